//! Changes that caches and build systems are known to miss, each right by name: what a build made before the change is not what it makes
//! after it, whether a daemon watches, a new one knows what another left, or there is none.
//!
//! | trap | test |
//! |---|---|
//! | a header appears earlier in the `-I` path | `lookups::a_header_that_appears_earlier_in_the_search_is_noticed` |
//! | a header appears beside the source | `lookups::a_header_beside_the_source_goes_before_those_of_the_list` |
//! | git: branch A, B, A, where B lacks the header that A finds first | [`a_branch_that_lacks_a_header_and_back`] |
//! | `__has_include` becomes true | `lookups::what_has_include_asked_for_counts_when_it_comes_and_when_it_goes` |
//! | what `.incbin` reads | `inputs::a_blob_that_assembler_text_embeds_is_an_input` |
//! | a link to a header leads elsewhere | [`a_link_to_a_header_leads_elsewhere`], `settled::a_link_leads_elsewhere` for directories |
//! | an edit that keeps size and time | [`an_edit_that_keeps_size_and_time`] |
//! | `__TIME__` and its kin | `inputs::a_text_that_shows_the_time_is_made_where_it_is_shown` |
//! | a response file | [`a_response_file_says_something_else`] |
//! | `CPATH` | [`the_variable_for_headers_leads_elsewhere`], [`a_header_in_a_directory_of_the_variable`] |
//! | the list of a sanitizer | [`the_list_of_what_a_sanitizer_ignores`] |
//! | an output that is overwritten in place | `settled::outputs_are_taken_away_or_spoilt` |
//! | an upgraded header of the system | [`a_header_of_the_system_is_upgraded`], [`a_header_of_the_compiler_is_upgraded`] |
//! | a file that comes to `/usr/local/include` | [`a_header_comes_to_usr_local_include`] |
//! | a dependency outside, by `../` | [`a_dependency_above_the_project`] |
//! | a replaced `libz.a` | [`a_static_library_is_replaced`] |
//! | a `libfoo.so` that comes earlier in `-L` | [`a_shared_library_comes_before_a_static_one`] |
//! | a module map comes to a directory of headers | [`a_module_map_comes`] |
//! | a file comes to where an overlay leads | [`what_an_overlay_leads_to_comes`], [`an_overlay_leads_elsewhere`] |
//! | a framework comes earlier in `-F` | [`a_framework_comes_before_another`], [`a_header_comes_to_a_framework`] |
//! | a header map leads elsewhere | [`a_header_map_leads_elsewhere`] |

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::support::{DEADLINE, Running, Space, llvm_bin, not_tried, until};

const MAIN: (&str, &str) = ("main.c", "#include <answer.h>\nint main(void) { return ANSWER; }\n");

fn code(space: &Space) -> Option<i32> {
    let mut run = space.command(space.path("build/dev/bin/project"));
    run.env("LD_LIBRARY_PATH", format!("{}:{}", space.place("tmp/first").display(), space.place("tmp/second").display()));
    run.status().unwrap().code()
}

/// A program ends with 1, and with 2 after `change`, and then nothing is left to do.
fn check(prepare: impl Fn(&mut Space), change: impl Fn(&mut Space)) {
    for daemon in ["watches", "is new", "is none"] {
        let mut space = Space::with(&[MAIN]);
        prepare(&mut space);
        let args: &[&str] = if daemon == "is none" { &["--no-daemon"] } else { &[] };
        space.build(args).ok();
        assert_eq!(code(&space), Some(1), "{daemon}");
        assert_eq!(space.build(args).ok().count("ran"), 0, "{daemon}");
        if daemon == "watches" {
            let watching = || space.jmake(&["status", "--json"]).object()["projects"][0]["watching"] == true;
            assert!(until(DEADLINE, watching), "it does not watch");
        } else {
            space.jmake(&["daemon", "stop"]);
        }
        change(&mut space);
        let run = space.build(args).ok();
        assert_eq!(code(&space), Some(2), "{daemon}: {run}");
        assert_eq!(space.build(args).ok().count("ran"), 0, "{daemon}");
    }
}

fn answer(place: &Path, value: u32) {
    fs::create_dir_all(place).unwrap();
    fs::write(place.join("answer.h"), format!("#define ANSWER {value}\n")).unwrap();
}

fn flags(space: &Space, flags: &[String]) {
    space.write("jmake.toml", format!("[compile]\nflags = {flags:?}\n"));
}

fn run(space: &Space, at: &Path, program: &str, args: &[&str]) {
    let mut command = space.command(program);
    command.current_dir(at).args(args);
    Running::start(command).finish().ok();
}

#[test]
fn a_branch_that_lacks_a_header_and_back() {
    let space = Space::with(&[MAIN]);
    let git = |args: &[&str]| {
        let who = ["-c", "user.name=nobody", "-c", "user.email=nobody@localhost"];
        run(&space, &space.path(""), "git", &[&who, args].concat());
    };
    space.write("jmake.toml", "[compile]\ninclude_dirs = ['inc1', 'inc2']\n");
    space.write(".gitignore", "/build/\n/.jmake_cache/\n");
    answer(&space.path("inc1"), 1);
    answer(&space.path("inc2"), 2);
    git(&["init", "-q", "-b", "a"]);
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "a"]);
    git(&["checkout", "-q", "-b", "b"]);
    git(&["rm", "-q", "-r", "inc1"]);
    git(&["commit", "-q", "-m", "b"]);
    for (branch, expect, ran) in [("a", 1, 2), ("b", 2, 2), ("a", 1, 0), ("b", 2, 0)] {
        git(&["checkout", "-q", branch]);
        let built = space.build(&[]).ok();
        assert_eq!((code(&space), built.count("ran")), (Some(expect), ran), "{branch}: {built}");
        assert_eq!(space.build(&[]).ok().count("ran") + space.build(&[]).ok().count("cached"), 0);
    }
}

#[test]
fn a_link_to_a_header_leads_elsewhere() {
    let link = |space: &Space, to: &str| {
        let place = space.path("answer.h");
        let _first_time = fs::remove_file(&place);
        symlink(to, place).unwrap();
    };
    check(
        |space| {
            answer(&space.place("tmp/one"), 1);
            answer(&space.place("tmp/two"), 2);
            flags(space, &["-I.".to_owned()]);
            link(space, "../tmp/one/answer.h");
        },
        |space| link(space, "../tmp/two/answer.h"),
    );
}

#[test]
fn an_edit_that_keeps_size_and_time() {
    check(
        |space| {
            answer(&space.path("include"), 1);
            space.write("jmake.toml", "[compile]\ninclude_dirs = ['include']\n");
        },
        |space| {
            let place = space.path("include/answer.h");
            let then = fs::metadata(&place).unwrap();
            answer(&space.path("include"), 2);
            fs::File::options().write(true).open(&place).unwrap().set_modified(then.modified().unwrap()).unwrap();
            assert_eq!(fs::metadata(&place).unwrap().len(), then.len());
        },
    );
}

#[test]
fn a_response_file_says_something_else() {
    check(
        |space| {
            space.write("answer.h", "");
            flags(space, &["-I.".to_owned(), "@words".to_owned()]);
            space.write("words", "-DANSWER=1");
        },
        |space| space.write("words", "-DANSWER=2"),
    );
    check(
        |space| {
            space.write("answer.h", "");
            flags(space, &["-I.".to_owned(), "@words".to_owned()]);
            space.write("words", "@more");
            space.write("more", "-DANSWER=1");
        },
        |space| space.write("more", "-DANSWER=2"),
    );
}

#[test]
fn the_variable_for_headers_leads_elsewhere() {
    check(
        |space| {
            answer(&space.place("tmp/one"), 1);
            answer(&space.place("tmp/two"), 2);
            space.set("CPATH", space.place("tmp/one"));
        },
        |space| space.set("CPATH", space.place("tmp/two")),
    );
}

#[test]
fn a_header_in_a_directory_of_the_variable() {
    check(
        |space| {
            fs::create_dir(space.place("tmp/one")).unwrap();
            answer(&space.place("tmp/two"), 1);
            let both = format!("{}:{}", space.place("tmp/one").display(), space.place("tmp/two").display());
            space.set("CPATH", both);
        },
        |space| answer(&space.place("tmp/one"), 2),
    );
}

#[test]
fn the_list_of_what_a_sanitizer_ignores() {
    let space = Space::with(&[("main.c", "int main(int c, char **v) { int a[2] = {0}; return a[c - 1]; }\n"), ("ignored", "")]);
    flags(&space, &["-fsanitize=address".to_owned(), "-fsanitize-ignorelist=ignored".to_owned()]);
    let calls = || {
        let object = walkdir::WalkDir::new(space.path(".jmake_cache/obj")).into_iter().map(Result::unwrap);
        let object = object.into_iter().find(|entry| entry.path().extension().is_some_and(|it| it == "o")).unwrap();
        fs::read(object.path()).unwrap().windows(13).any(|part| part == b"__asan_report")
    };
    space.build(&["main.c"]).ok();
    assert!(calls());
    for stopped in [false, true] {
        space.write("ignored", "src:*main.c\n");
        space.build(&["main.c"]).ok();
        assert!(!calls(), "stopped: {stopped}");
        space.write("ignored", "");
        if stopped {
            space.jmake(&["daemon", "stop"]).ok();
        }
        space.build(&["main.c"]).ok();
        assert!(calls(), "stopped: {stopped}");
    }
}

#[test]
fn a_header_of_the_system_is_upgraded() {
    check(
        |space| {
            answer(&space.place("tmp/usr/include"), 1);
            flags(space, &["-isystem".to_owned(), space.place("tmp/usr/include").display().to_string()]);
        },
        |space| {
            // As a package manager does it: a new file in the place of the old one, with the time of its making.
            let (new, place) = (space.place("tmp/usr/new"), space.place("tmp/usr/include/answer.h"));
            answer(&new, 2);
            run(space, &new, "touch", &["-d", "2020-01-01", "answer.h"]);
            fs::rename(new.join("answer.h"), place).unwrap();
        },
    );
}

#[test]
fn a_header_of_the_compiler_is_upgraded() {
    let space =
        Space::with(&[("main.c", "#include <stdbool.h>\n#ifndef ANSWER\n#define ANSWER 1\n#endif\nint main(void) { return ANSWER; }\n")]);
    let real = llvm_bin(19).expect("clang-19 and lld-19 are installed");
    let own = space.place("llvm");
    fs::create_dir_all(own.join("bin")).unwrap();
    fs::create_dir_all(own.join("lib")).unwrap();
    fs::copy(real.join("clang"), own.join("bin/clang")).unwrap();
    symlink("clang", own.join("bin/clang++")).unwrap();
    for tool in ["lld", "llvm-ar"] {
        fs::copy(real.join(tool), own.join("bin").join(tool)).unwrap();
    }
    symlink("lld", own.join("bin/ld.lld")).unwrap();
    for entry in fs::read_dir(real.join("../lib")).unwrap().map(Result::unwrap).filter(|entry| entry.file_name() != "clang") {
        symlink(entry.path(), own.join("lib").join(entry.file_name())).unwrap();
    }
    run(&space, &own, "cp", &["-rL", real.join("../lib/clang").to_str().unwrap(), "lib/"]);
    let header: PathBuf = walkdir::WalkDir::new(own.join("lib/clang"))
        .into_iter()
        .map(Result::unwrap)
        .find(|entry| entry.file_name() == "stdbool.h")
        .unwrap()
        .into_path();
    let text = fs::read_to_string(&header).unwrap();
    let build = || space.build(&["--toolchain", own.to_str().unwrap()]).ok();
    build();
    assert_eq!(code(&space), Some(1));
    for (stopped, value) in [(false, 2), (true, 3)] {
        if stopped {
            space.jmake(&["daemon", "stop"]).ok();
        }
        fs::write(&header, format!("{text}\n#define ANSWER {value}\n")).unwrap();
        build();
        assert_eq!(code(&space), Some(value));
        assert_eq!(build().count("ran"), 0);
    }
}

/// In a mount namespace of its own, where `/usr/local/include` is empty and may be written to.
#[test]
fn a_header_comes_to_usr_local_include() {
    let space = Space::with(&[(
        "main.c",
        "#if __has_include(<answer.h>)\n#include <answer.h>\n#else\n#define ANSWER 1\n#endif\nint main(void) { return ANSWER; }\n",
    )]);
    let script = r#"
mount -t tmpfs none /usr/local/include || exit 77
for how in "" --no-daemon; do
    "$1" build $how >&2 && build/dev/bin/project; echo "before: $?"
    echo '#define ANSWER 2' > /usr/local/include/answer.h
    "$1" build $how >&2 && build/dev/bin/project; echo "came: $?"
    rm /usr/local/include/answer.h
    "$1" build $how >&2 && build/dev/bin/project; echo "went: $?"
done
"$1" daemon stop >&2
"#;
    for flags in ["-m", "-rm"] {
        let mut command = space.command("unshare");
        command.args([flags, "--propagation", "private", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_jmake")]);
        let run = Running::start(command).finish();
        if run.status.success() {
            assert_eq!(run.stdout, "before: 1\ncame: 2\nwent: 1\n".repeat(2), "{run}");
            return;
        }
    }
    not_tried("this machine gives no mount namespace");
}

#[test]
fn a_module_map_comes() {
    check(
        |space| {
            // A module is compiled apart: what was defined before it is not seen.
            space.write("inc/answer.h", "#ifdef BEFORE\n#define ANSWER 1\n#else\n#define ANSWER 2\n#endif\n");
            space.write("main.c", "#define BEFORE 1\n#include <answer.h>\nint main(void) { return ANSWER; }\n");
            flags(space, &["-fmodules".to_owned(), "-fmodules-cache-path=../tmp/modules".to_owned(), "-Iinc".to_owned()]);
        },
        |space| space.write("inc/module.modulemap", "module answer { header \"answer.h\" export * }\n"),
    );
}

const PERHAPS: &str =
    "#if __has_include(\"answer.h\")\n#include \"answer.h\"\n#else\n#define ANSWER 1\n#endif\nint main(void) { return ANSWER; }\n";

fn overlay(space: &Space, from: &str, to: &Path) {
    let (from, to) = (space.path(from), to.display());
    let (dir, name) = (from.parent().unwrap().display(), from.file_name().unwrap().display());
    let file = format!("{{ 'name': '{name}', 'type': 'file', 'external-contents': '{to}' }}");
    let text = format!("{{ 'version': 0, 'roots': [ {{ 'name': '{dir}', 'type': 'directory', 'contents': [ {file} ] }} ] }}\n");
    space.write("ov.yaml", text);
}

#[test]
fn what_an_overlay_leads_to_comes() {
    check(
        |space| {
            space.write("main.c", PERHAPS);
            space.write("inc/other.h", "");
            overlay(space, "inc/answer.h", &space.place("tmp/real/answer.h"));
            flags(space, &["-Iinc".to_owned(), "-ivfsoverlay".to_owned(), "ov.yaml".to_owned()]);
        },
        |space| answer(&space.place("tmp/real"), 2),
    );
}

#[test]
fn an_overlay_leads_elsewhere() {
    check(
        |space| {
            answer(&space.place("tmp/one"), 1);
            answer(&space.place("tmp/two"), 2);
            space.write("inc/other.h", "");
            overlay(space, "inc/answer.h", &space.place("tmp/one/answer.h"));
            flags(
                space,
                &["-Iinc".to_owned(), "-Xclang".to_owned(), "-ivfsoverlay".to_owned(), "-Xclang".to_owned(), "ov.yaml".to_owned()],
            );
        },
        |space| overlay(space, "inc/answer.h", &space.place("tmp/two/answer.h")),
    );
}

fn needs_framework(space: &mut Space) {
    space.write("main.c", "#include <Answer/answer.h>\nint main(void) { return ANSWER; }\n");
    fs::create_dir(space.path("one")).unwrap();
    answer(&space.path("two/Answer.framework/Headers"), 1);
    flags(space, &["-Fone".to_owned(), "-Ftwo".to_owned()]);
}

#[test]
fn a_framework_comes_before_another() {
    check(needs_framework, |space| answer(&space.path("one/Answer.framework/Headers"), 2));
}

#[test]
fn a_header_comes_to_a_framework() {
    check(
        |space| {
            needs_framework(space);
            let text = "#if __has_include(<Answer/more.h>)\n#include <Answer/more.h>\n#else\n#include <Answer/answer.h>\n#endif\n";
            space.write("main.c", format!("{text}int main(void) {{ return ANSWER; }}\n"));
        },
        |space| space.write("two/Answer.framework/Headers/more.h", "#define ANSWER 2\n"),
    );
}

/// A header map as clang reads it, of one name.
fn header_map(name: &str, dir: &str) -> Vec<u8> {
    let hash = name.bytes().fold(0u32, |sum, byte| sum.wrapping_add(u32::from(byte.to_ascii_lowercase()).wrapping_mul(13)));
    let strings = format!("\0{name}\0{dir}\0{name}\0");
    let at = [1, 2 + name.len(), 3 + name.len() + dir.len()].map(|at| u32::try_from(at).unwrap());
    let (buckets, header) = (2u32, 24u32);
    let mut bytes = b"pamh".to_vec();
    bytes.extend([1u16, 0].iter().flat_map(|word| word.to_le_bytes()));
    let longest = u32::try_from(dir.len() + name.len()).unwrap();
    bytes.extend([header + buckets * 12, 1, buckets, longest].iter().flat_map(|word| word.to_le_bytes()));
    let bucket = |number: u32| if number == hash & (buckets - 1) { at } else { [0; 3] };
    bytes.extend((0..buckets).flat_map(bucket).flat_map(u32::to_le_bytes));
    bytes.extend(strings.as_bytes());
    bytes
}

#[test]
fn a_header_map_leads_elsewhere() {
    let lead = |space: &Space, dir: &str| {
        space.write("answers.hmap", header_map("answer.h", &format!("{}/", space.path(dir).display())));
    };
    check(
        |space| {
            answer(&space.path("one"), 1);
            answer(&space.path("two"), 2);
            lead(space, "one");
            flags(space, &["-Ianswers.hmap".to_owned()]);
        },
        |space| lead(space, "two"),
    );
}

#[test]
fn a_dependency_above_the_project() {
    check(
        |space| {
            answer(&space.place("shared/include"), 1);
            space.write("main.c", "#include \"../shared/include/answer.h\"\nint main(void) { return ANSWER; }\n");
        },
        |space| answer(&space.place("shared/include"), 2),
    );
    check(
        |space| {
            answer(&space.place("shared/include"), 1);
            space.write("jmake.toml", "[compile]\ninclude_dirs = ['../shared/include']\n");
        },
        |space| answer(&space.place("shared/include"), 2),
    );
}

/// A library in `tmp/<dir>` whose function returns `value`.
fn library(space: &Space, dir: &str, name: &str, value: u32) {
    let place = space.place("tmp").join(dir);
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join("part.c"), format!("int answer(void) {{ return {value}; }}\n")).unwrap();
    if name.ends_with(".so") {
        run(space, &place, "clang-19", &["-shared", "-fPIC", "-fuse-ld=lld", "part.c", "-o", name]);
    } else {
        run(space, &place, "clang-19", &["-c", "part.c", "-o", "part.o"]);
        run(space, &place, "ar", &["rc", name, "part.o"]);
    }
}

fn needs_library(space: &mut Space) {
    space.write("main.c", "int answer(void);\nint main(void) { return answer(); }\n");
    space.write("jmake.toml", "[binary]\nlink_libraries = ['answer']\n");
    fs::create_dir(space.place("tmp/first")).unwrap();
    let place = |name: &str| space.place("tmp").join(name).display().to_string();
    let flags = format!("-L{} -L{}", place("first"), place("second"));
    space.set("LDFLAGS", flags);
}

#[test]
fn a_static_library_is_replaced() {
    check(
        |space| {
            needs_library(space);
            library(space, "second", "libanswer.a", 1);
        },
        |space| {
            library(space, "new", "libanswer.a", 2);
            fs::rename(space.place("tmp/new/libanswer.a"), space.place("tmp/second/libanswer.a")).unwrap();
        },
    );
}

#[test]
fn a_shared_library_comes_before_a_static_one() {
    for dir in ["first", "second"] {
        check(
            |space| {
                needs_library(space);
                library(space, "second", "libanswer.a", 1);
            },
            |space| library(space, dir, "libanswer.so", 2),
        );
    }
}

#[test]
fn what_a_linker_script_names_is_looked_for_where_the_linker_runs() {
    check(
        |space| {
            needs_library(space);
            let flags = format!("-L{} -L{}", space.place("tmp/second").display(), space.place("tmp/third").display());
            space.set("LDFLAGS", flags);
            library(space, "third", "part.a", 1);
            fs::create_dir(space.place("tmp/second")).unwrap();
            fs::write(space.place("tmp/second/libanswer.so"), "INPUT(part.a)\n").unwrap();
        },
        |space| {
            library(space, "new", "part.a", 2);
            fs::rename(space.place("tmp/new/part.a"), space.path("part.a")).unwrap();
        },
    );
}
