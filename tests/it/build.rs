//! What a build makes of a project, and what a second one does again.

use crate::support::{Space, llvm_bin};

const HELLO: &[(&str, &str)] = &[("main.c", "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n")];

/// A library with a public header, a program, a C file, a test, and a header that only one source includes.
const PROJECT: &[(&str, &str)] = &[
    ("include/shape/area.hpp", "#pragma once\nnamespace shape { int area(int w, int h); }\n"),
    ("src/area.cpp", "#include \"shape/area.hpp\"\n#include \"detail.h\"\nint shape::area(int w, int h) { return multiply(w, h); }\n"),
    ("src/detail.h", "#ifdef __cplusplus\nextern \"C\"\n#endif\nint multiply(int a, int b);\n"),
    ("src/detail.c", "#include \"detail.h\"\nint multiply(int a, int b) { return a * b; }\n"),
    ("src/main.cpp", "#include \"shape/area.hpp\"\nint main() { return shape::area(6, 7) == 42 ? 0 : 1; }\n"),
    ("tests/area_test.cpp", "#include \"shape/area.hpp\"\nint main() { return shape::area(2, 3) == 6 ? 0 : 1; }\n"),
];

#[test]
fn a_program_needs_nothing_but_its_source() {
    let space = Space::with(HELLO);
    let run = space.build(&[]).ok();
    assert_eq!(run.steps("compile", "ran"), ["main.c"]);
    assert_eq!(run.artifacts(), ["build/dev/bin/project"]);
    space.command(space.path("build/dev/bin/project")).output().map(|out| assert_eq!(out.stdout, b"hello\n")).unwrap();
}

#[test]
fn a_second_build_runs_nothing() {
    let space = Space::with(PROJECT);
    let first = space.build(&["--all"]).ok();
    assert_eq!(first.count("up_to_date"), 0, "{first}");
    let second = space.build(&["--all"]).ok();
    assert_eq!((second.count("ran"), second.count("cached")), (0, 0), "{second}");
    assert_eq!(second.count("up_to_date"), first.count("total"), "{second}");
    assert_eq!(second.artifacts(), first.artifacts(), "they are announced all the same");
}

#[test]
fn a_second_build_runs_nothing_after_the_daemon_ended() {
    let space = Space::with(PROJECT);
    let first = space.build(&[]).ok();
    space.jmake(&["daemon", "stop"]).ok();
    let second = space.build(&[]).ok();
    assert_eq!((second.count("ran"), second.count("up_to_date")), (0, first.count("total")), "{second}");
}

#[test]
fn a_library_a_program_and_a_test_come_of_one_tree() {
    let space = Space::with(PROJECT);
    let run = space.build(&[]).ok();
    assert_eq!(run.artifacts(), ["build/dev/bin/project", "build/dev/lib/libproject.so"]);
    let all = space.build(&["--all"]).ok();
    let test = all.artifacts().into_iter().find(|path| path.contains("area_test")).unwrap_or_else(|| panic!("no test: {all}"));
    for program in ["build/dev/bin/project", &test] {
        assert!(space.command(space.path(program)).status().unwrap().success(), "{program}");
    }
}

#[test]
fn an_edit_reaches_what_depends_on_it_and_nothing_else() {
    let check = |path: &str, from: &str, to: &str, expect: &[&str]| {
        let space = Space::with(PROJECT);
        space.build(&["--all"]).ok();
        space.edit(path, from, to);
        let run = space.build(&["--all"]).ok();
        assert_eq!(run.steps("compile", "ran"), expect, "{path}: {run}");
        assert_eq!(space.build(&["--all"]).ok().count("ran"), 0, "{path}: and then all is done");
    };
    check("src/detail.h", "int a, int b", "int left, int right", &["src/area.cpp", "src/detail.c"]);
    check("include/shape/area.hpp", "int w", "int width", &["src/area.cpp", "src/main.cpp", "tests/area_test.cpp"]);
    check("tests/area_test.cpp", "6 ?", "2 * 3 ?", &["tests/area_test.cpp"]);
}

#[test]
fn a_touched_file_is_the_same_file() {
    let space = Space::with(PROJECT);
    space.build(&[]).ok();
    space.write("src/area.cpp", space.read("src/area.cpp"));
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn what_is_taken_away_or_changed_behind_its_back_comes_back() {
    let space = Space::with(PROJECT);
    space.build(&[]).ok();
    let whole = space.read("build/dev/bin/project");
    for damage in ["build/dev/bin/project", "build", ".jmake_cache/obj", ".jmake_cache"] {
        space.remove(damage);
        space.build(&[]).ok();
        assert_eq!(space.read("build/dev/bin/project"), whole, "after {damage} was removed");
    }
    space.write("build/dev/bin/project", "not a program");
    space.build(&[]).ok();
    assert_eq!(space.read("build/dev/bin/project"), whole, "after it was overwritten");
}

#[test]
fn an_undone_edit_gives_the_same_program() {
    let space = Space::with(PROJECT);
    space.build(&[]).ok();
    let before = space.read("build/dev/bin/project");
    space.edit("src/detail.c", "a * b", "b * a + 0");
    space.build(&[]).ok();
    space.edit("src/detail.c", "b * a + 0", "a * b");
    space.build(&[]).ok();
    assert_eq!(space.read("build/dev/bin/project"), before);
}

#[test]
fn sources_of_one_name_do_not_share_an_object() {
    let space = Space::with(&[
        ("src/main.c", "int a(void), b(void), c(void); int main(void) { return a() + b() + c() == 6 ? 0 : 1; }\n"),
        ("src/x/part.c", "int a(void) { return 1; }\n"),
        ("src/y/part.c", "int b(void) { return 2; }\n"),
        ("src/y/part.cpp", "extern \"C\" int c(void) { return 3; }\n"),
    ]);
    space.build(&[]).ok();
    assert!(space.command(space.path("build/dev/bin/project")).status().unwrap().success());
}

#[test]
fn a_new_source_and_a_removed_one_change_the_program() {
    let space = Space::with(&[("src/main.c", "int f(void); int main(void) { return f(); }\n"), ("src/f.c", "int f(void) { return 0; }\n")]);
    space.build(&[]).ok();
    space.remove("src/f.c");
    space.build(&[]).exits(1).says("f");
    space.write("src/g.c", "int f(void) { return 5; }\n");
    space.build(&[]).ok();
    assert_eq!(space.command(space.path("build/dev/bin/project")).status().unwrap().code(), Some(5));
}

#[test]
fn flags_of_the_environment_make_another_build() {
    let mut space = Space::with(&[("main.c", "#ifndef ANSWER\n#define ANSWER 1\n#endif\nint main(void) { return ANSWER; }\n")]);
    let code = |space: &Space| space.command(space.path("build/dev/bin/project")).status().unwrap().code();
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(1));
    space.set("CFLAGS", "-DANSWER=3");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(3));
    space.set("HARMLESS", "1");
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn profiles_live_side_by_side() {
    let space = Space::with(&[("main.c", "int main(void) {\n#ifdef NDEBUG\nreturn 1;\n#else\nreturn 2;\n#endif\n}\n")]);
    for (profile, code) in [("dev", 2), ("release", 1)] {
        space.build(&["--profile", profile]).ok();
        let program = space.path(format!("build/{profile}/bin/project"));
        assert_eq!(space.command(program).status().unwrap().code(), Some(code), "{profile}");
    }
    assert_eq!(space.build(&["--profile", "dev"]).ok().count("ran"), 0);
}

/// What flags add to those of the `dev` profile, `-O0 -g -gdwarf-4`.
const FLAG_SETS: &[&str] = &[
    "",
    "-g0",
    "-O2",
    "-O2 -g0",
    "-O2 -ffunction-sections -fdata-sections",
    "-fno-pic",
    "-O2 -fPIE",
    "-fsanitize=address",
    "-O1 -fsanitize=address,undefined",
    "-fsanitize=thread",
    "--coverage",
    "-fprofile-instr-generate -fcoverage-mapping",
    "-O2 -fprofile-instr-generate -fcoverage-mapping",
    "-fprofile-generate",
    "-gsplit-dwarf",
    "-O2 -gdwarf-5 -gsplit-dwarf",
];

#[test]
fn stages_and_one_process_give_the_same_bytes() {
    same_bytes(19);
}

#[test]
fn stages_and_one_process_give_the_same_bytes_with_an_old_llvm() {
    same_bytes(14);
}

fn same_bytes(version: u32) {
    if llvm_bin(version).is_none() {
        crate::support::not_tried(&format!("LLVM {version} is not installed"));
        return;
    }
    for flags in FLAG_SETS {
        let list = flags.split_whitespace().map(|flag| format!("'{flag}'")).collect::<Vec<_>>().join(", ");
        // In one and the same folder: its path is part of the objects, and coverage keeps it compressed and hashed.
        let space = Space::with(PROJECT);
        space.write("jmake.toml", format!("[compile]\nflags = [{list}]\n"));
        let built = [&[][..], &["--staged"]].map(|extra| {
            let asked = ["--toolchain", &version.to_string(), "src/detail.c", "src/area.cpp"];
            let run = space.build(&[extra, &asked].concat()).ok();
            assert_eq!(run.steps("backend", "ran").len(), extra.len() * 2, "{flags}: {run}");
            let made = compiled(&space);
            space.remove(".jmake_cache");
            made
        });
        let expected = if flags.contains("split") || *flags == "--coverage" { 4 } else { 2 };
        assert_eq!(names(&built[0]).len(), expected, "{flags}: {:?}", names(&built[0]));
        assert!(built[0] == built[1], "{flags}: {:?} and {:?}", names(&built[0]), names(&built[1]));
    }
}

type Compiled = Vec<(String, Vec<u8>)>;

/// What compiling made: objects, and what is written beside them.
fn compiled(space: &Space) -> Compiled {
    let files = walkdir::WalkDir::new(space.path(".jmake_cache/obj")).sort_by_file_name().into_iter().filter_map(Result::ok);
    let made = files.filter(|entry| entry.path().extension().is_some_and(|it| it == "o" || it == "dwo" || it == "gcno"));
    made.map(|entry| (entry.file_name().to_str().unwrap().to_owned(), std::fs::read(entry.path()).unwrap())).collect()
}

fn names(made: &Compiled) -> Vec<&str> {
    made.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn each_kind_of_link_time_optimisation_works() {
    for lto in ["off", "thin", "full"] {
        let space = Space::with(PROJECT);
        space.write("jmake.toml", format!("[link]\nlto = '{lto}'\n"));
        let run = space.build(&["--profile", "release"]).ok();
        assert_eq!(run.steps("lto", "ran").is_empty(), lto != "full", "{lto}: {run}");
        assert!(space.command(space.path("build/release/bin/project")).status().unwrap().success(), "{lto}");
        assert_eq!(space.build(&["--profile", "release"]).ok().count("ran"), 0, "{lto}");
    }
}

#[test]
fn a_static_library_is_one_on_request() {
    let space = Space::with(PROJECT);
    space.write("jmake.toml", "[binary]\nlibrary_type = 'static'\nlibrary_name = 'forms'\n");
    assert_eq!(space.build(&[]).ok().artifacts(), ["build/dev/bin/project", "build/dev/lib/libforms.a"]);
}

#[test]
fn old_and_new_llvm_both_build() {
    for version in [14, 19] {
        let Some(bin) = llvm_bin(version) else {
            crate::support::not_tried(&format!("LLVM {version} is not installed"));
            continue;
        };
        let space = Space::with(PROJECT);
        space.build(&["--toolchain", &version.to_string()]).ok();
        let program = String::from_utf8_lossy(&space.read("build/dev/bin/project")).into_owned();
        assert!(program.contains(&format!("clang version {version}.")), "{version}");
        assert_eq!(space.build(&["--toolchain", bin.to_str().unwrap()]).ok().count("ran"), 0, "{version}: the same by its path");
    }
}

#[test]
fn the_compile_database_follows_the_project() {
    let space = Space::with(PROJECT);
    let files = |space: &Space| {
        let entries: Vec<serde_json::Value> = serde_json::from_slice(&space.read("build/compile_commands.json")).unwrap();
        let mut files: Vec<String> = entries
            .iter()
            .map(|entry| entry["file"].as_str().unwrap().trim_start_matches(space.path("").to_str().unwrap()).to_owned())
            .collect();
        files.sort();
        files
    };
    space.build(&[]).ok();
    assert!(
        ["src/area.cpp", "src/detail.c", "src/main.cpp"].iter().all(|file| files(&space).contains(&(*file).to_owned())),
        "{:?}",
        files(&space)
    );
    space.write("src/more.c", "int more;\n");
    space.build(&[]).ok();
    assert!(files(&space).contains(&"src/more.c".to_owned()), "{:?}", files(&space));
}

#[test]
fn one_source_can_be_asked_for() {
    let space = Space::with(PROJECT);
    let run = space.build(&["src/detail.c"]).ok();
    assert_eq!(run.steps("", "ran"), ["src/detail.c"]);
}

#[test]
fn a_dry_run_says_and_does_nothing() {
    let space = Space::with(HELLO);
    let run = space.build(&["-n"]).ok();
    assert_eq!(run.count("ran"), 0);
    assert_eq!(run.steps("compile", "cancelled"), ["main.c"]);
    assert!(!space.exists("build/dev/bin/project"));
    assert!(space.jmake(&["build", "-n"]).ok().stdout.contains("main.c"));
}

#[test]
fn every_step_has_a_reason() {
    let space = Space::with(PROJECT);
    space.build(&[]).ok();
    space.edit("src/detail.h", "int a", "int first");
    let run = space.build(&["--explain"]).ok();
    for step in run.events_of("step_finished").iter().filter(|step| step["outcome"] == "ran" && step["kind"] == "compile") {
        assert!(step["reason"].as_str().unwrap().contains("detail.h"), "{step}");
    }
    assert!(space.build(&["--force", "--explain"]).ok().count("ran") > 0);
}

#[test]
fn running_builds_first_and_passes_arguments_and_the_exit_code_on() {
    let space = Space::with(&[("main.c", "#include <stdio.h>\nint main(int c, char **v) { while (*++v) puts(*v); return c; }\n")]);
    let run = space.jmake(&["run", "--", "a b", "--json"]).exits(3);
    assert!(run.stdout.ends_with("a b\n--json\n"), "{run}");
}

#[test]
fn cleaning_removes_what_was_made_and_nothing_else() {
    let space = Space::with(PROJECT);
    space.write("build/mine.txt", "mine");
    space.build(&["--all"]).ok();
    space.jmake(&["clean"]).ok();
    let mut left: Vec<String> =
        walkdir::WalkDir::new(space.path("build")).into_iter().map(|it| it.unwrap().path().display().to_string()).collect();
    left.sort();
    assert_eq!(left, [space.path("build").display().to_string(), space.path("build/mine.txt").display().to_string()]);
    assert!(PROJECT.iter().all(|(path, _)| space.exists(path)));
    space.build(&[]).ok();
}

/// A program's directory with a part of its own, which needs the program.
const APART: &[(&str, &str)] = &[
    ("x.h", "int x(void);\n"),
    ("x.c", "#include \"x.h\"\nint x(void) { return 1; }\n"),
    ("cli/part.c", "int helper(void);\nint part(void) { return helper(); }\n"),
    ("cli/prog.c", "#include \"../x.h\"\nint part(void);\nint helper(void) { return 2; }\nint main(void) { return x() + part() - 3; }\n"),
];

#[test]
fn a_library_is_linked_without_the_parts_of_programs() {
    let space = Space::with(APART);
    let run = space.build(&[]).ok();
    assert_eq!(run.artifacts(), ["build/dev/bin/prog", "build/dev/lib/libproject.so"]);
    assert!(space.command(space.path("build/dev/bin/prog")).status().unwrap().success());
    assert_eq!(space.exports("build/dev/lib/libproject.so"), ["x"]);
}

#[test]
fn a_part_that_the_library_lacks_is_named() {
    let space = Space::with(APART);
    space.write("x.c", "#include \"x.h\"\nint part(void);\nint x(void) { return part(); }\n");
    space.jmake(&["build"]).exits(1).says("defined in cli/part.c, which lies with a program and is no part of the library");
}

#[test]
fn a_main_that_is_one_makes_no_library_of_what_is_for_it_alone() {
    let main = "int b(void);\n#ifndef NOMAIN\nint main(void) { return b(); }\n#endif\n";
    let space = Space::with(&[("a.c", main), ("b.c", "int b(void) { return 0; }\n")]);
    assert_eq!(space.build(&[]).ok().artifacts(), ["build/dev/bin/a"]);
    space.jmake(&["build", "libproject"]).exits(2).says("a.c defines `main` with these settings: there is no library `libproject`");
    space.write("jmake.toml", "compile.flags = [\"-DNOMAIN\"]\n");
    assert_eq!(space.build(&[]).ok().artifacts(), ["build/dev/lib/libproject.so"]);
    assert_eq!(space.exports("build/dev/lib/libproject.so"), ["b"]);
    space.write("jmake.toml", "");
    space.write("include/b.h", "int b(void);\n");
    assert_eq!(space.build(&[]).ok().artifacts(), ["build/dev/bin/a", "build/dev/lib/libproject.so"]);
}

#[test]
fn a_main_behind_a_macro_makes_a_program() {
    let space = Space::with(&[
        ("z.h", "int z(void);\n"),
        ("lib/z.c", "#include \"../z.h\"\nint z(void) { return 0; }\n"),
        ("programs/util.h", "#ifdef _WIN32\n#  define tmain wmain\n#else\n#  define tmain main\n#endif\n"),
        (
            "programs/gzip.c",
            "#include \"util.h\"\n#include \"../z.h\"\nint tmain(int argc, char **argv) { return z() + (argv[argc] != 0); }\n",
        ),
    ]);
    assert_eq!(space.build(&[]).ok().artifacts(), ["build/dev/bin/gzip"]);
    assert!(space.command(space.path("build/dev/bin/gzip")).status().unwrap().success());
    // The name that is one no more, with nothing else changed.
    space.edit("programs/util.h", "tmain main", "tmain start");
    assert_eq!(space.build(&[]).ok().artifacts(), ["build/dev/lib/libproject.so"]);
    space.edit("programs/gzip.c", "tmain", "main");
    assert_eq!(space.build(&[]).ok().artifacts(), ["build/dev/bin/gzip"]);
}
