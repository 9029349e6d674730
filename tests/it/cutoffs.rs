//! Changes that cannot change what is made: nothing runs for them, in any way of building. And those that look alike, for which something does.

use std::cell::Cell;
use std::fs::File;
use std::time::{Duration, SystemTime};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Run, Space, llvm_bin};

const SOURCE: &str = "#include \"one.h\"\n\n/* what it\n   answers */\nint main(void) { return ONE; } // at once\n";
const HEADER: &str = "#ifndef ONE_H\n#define ONE_H\n#define ONE 1 /* not two */\n#endif\n";

/// A program of two sources and a header, built with these flags.
fn built(flags: &str) -> Space {
    let space = Space::with(&[("src/main.c", SOURCE), ("src/other.c", "#include \"one.h\"\nint other = ONE;\n"), ("src/one.h", HEADER)]);
    space.write("jmake.toml", format!("[compile]\nflags = [{flags}]\n"));
    space.build(&[]).ok();
    space
}

/// Who builds next.
#[derive(Clone, Copy, Debug)]
enum By {
    TheSame,
    ANewDaemon,
    NoDaemon,
    /// A process of its own, while a daemon has the project.
    NoDaemonBeside,
    AfterAKill,
}

fn build(space: &Space, by: By) -> Run {
    match by {
        By::TheSame | By::NoDaemonBeside => {}
        By::ANewDaemon | By::NoDaemon => drop(space.jmake(&["daemon", "stop"]).ok()),
        By::AfterAKill => drop(space.daemon().map(|pid| kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap())),
    }
    space.build(if matches!(by, By::NoDaemon | By::NoDaemonBeside) { &["--no-daemon"] } else { &[] })
}

/// Nothing may run for this, whoever builds.
fn costs_nothing(space: &Space, what: &str, change: impl Fn()) {
    for by in [By::TheSame, By::ANewDaemon, By::NoDaemon] {
        change();
        let run = build(space, by).ok();
        assert!(run.events_of("step_finished").is_empty(), "{what}, {by:?}: {run}");
    }
}

#[test]
fn equal_content_costs_nothing() {
    let space = built("");
    let all = ["src/main.c", "src/other.c", "src/one.h", "jmake.toml", "build/dev/bin/project"];
    let later = || SystemTime::now() + Duration::from_secs(60);
    let touch = |path: &str| File::options().append(true).open(space.path(path)).unwrap().set_modified(later()).unwrap();
    costs_nothing(&space, "touched", || all.iter().for_each(|path| touch(path)));
    costs_nothing(&space, "written anew", || space.write("src/one.h", HEADER));
    let replaced = || {
        space.write("src/other.new", space.read("src/one.h"));
        std::fs::rename(space.path("src/other.new"), space.path("src/one.h")).unwrap();
    };
    costs_nothing(&space, "replaced", replaced);
    let there_and_back = || {
        space.edit("src/one.h", "ONE 1", "ONE 2");
        space.edit("src/one.h", "ONE 2", "ONE 1");
    };
    costs_nothing(&space, "changed and changed back", there_and_back);
}

#[test]
fn equal_bitcode_skips_the_back_end() {
    let space = built("'-g0'");
    space.build(&["--staged"]).ok();
    let before = space.read("build/dev/bin/project");
    space.edit("src/main.c", "return ONE;", "\n  return 1;");
    let run = space.build(&["--staged"]).ok();
    assert_eq!(run.steps("", "ran"), ["src/main.c"], "{run}");
    assert_eq!(run.steps("frontend", "ran"), ["src/main.c"]);
    assert_eq!(space.read("build/dev/bin/project"), before);
    assert_eq!(space.build(&["--staged"]).ok().count("ran"), 0);
    space.edit("src/main.c", "return 1;", "return 2;");
    let run = space.build(&["--staged"]).ok();
    assert_eq!([run.steps("backend", "ran").len(), run.steps("link", "ran").len()], [1, 1], "{run}");
}

#[test]
fn equal_objects_skip_links_and_archives() {
    let space = built("'-g0'");
    let before = space.read("build/dev/bin/project");
    space.edit("src/main.c", "return ONE;", "\n  return 1;");
    space.edit("src/other.c", "int other = ONE", "int\nother = 1");
    let run = space.build(&[]).ok();
    assert_eq!(run.steps("", "ran"), ["src/main.c", "src/other.c"], "{run}");
    assert_eq!(run.steps("compile", "ran"), ["src/main.c", "src/other.c"]);
    assert_eq!(space.read("build/dev/bin/project"), before);
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
    space.edit("src/other.c", "other = 1", "other = 2");
    let run = space.build(&[]).ok();
    assert_eq!([run.steps("archive", "ran").len(), run.steps("link", "ran").len()], [1, 2], "the program and the library: {run}");
}

#[test]
fn equal_settings_cost_nothing() {
    let space = built("'-O1'");
    for text in [
        "# of many words\n[compile]\nflags = ['-O1']\n",
        "[compile] # here\n\n\nflags = [\n  '-O1', # why not\n]\n\n",
        "[compile]\nflags = ['-O1']\ndefines = {}\n\n[binary]\nlink_libraries = []\n",
        "[binary]\nlink_libraries = []\n\n[compile]\ndefines = {}\nflags = ['-O1']\n",
        "compile.flags = ['-O1']\n",
    ] {
        costs_nothing(&space, text, || space.write("jmake.toml", format!("{text}# {:?}\n", SystemTime::now())));
    }
    space.write("jmake.toml", "[compile]\nflags = ['-O1', '-DX']\n");
    assert_eq!(space.build(&[]).ok().steps("compile", "ran"), ["src/main.c", "src/other.c"]);
}

/// A program that links a library of somebody else, with these flags.
fn linked(library: &str, flags: &str) -> Space {
    let mut space =
        Space::with(&[("src/main.c", "int answer(void);\nextern int table[];\nint main(void) { return answer() + table[0]; }\n")]);
    space.write("jmake.toml", format!("[binary]\nlink_libraries = ['libs/{library}']\n"));
    space.set("LDFLAGS", flags);
    foreign(&space, "1", "");
    space.build(&[]).ok();
    space
}

/// Makes `libv.so` and `libv.a` anew.
fn foreign(space: &Space, answer: &str, more: &str) {
    space.write("libs/v.txt", format!("int table[2] = {{1}}; int answer(void) {{ return {answer}; }} {more}\n"));
    let bin = llvm_bin(19).or_else(|| llvm_bin(14)).expect("there is an LLVM");
    let run = |program: &str, args: &str| {
        let made = space.command(bin.join(program)).args(args.split_whitespace()).current_dir(space.path("libs")).status();
        assert!(made.unwrap().success(), "{program} {args}");
    };
    run("clang", "-fPIC -c -x c v.txt -o v.o");
    run("clang", "-fuse-ld=lld -shared v.o -Wl,-soname,libv.so -o libv.so");
    run("llvm-ar", "rcsD libv.a v.o");
    space.remove("libs/v.o");
}

#[test]
fn an_equal_interface_of_a_shared_library_skips_links() {
    let space = linked("libv.so", "");
    let before = space.read("build/dev/bin/project");
    let times = Cell::new(1);
    let another_body = || {
        times.set(times.get() + 1);
        foreign(
            &space,
            &format!("{} * table[0]", times.get()),
            "static int own[99]; __attribute__((used)) static int *all(void) { return own; }",
        );
    };
    costs_nothing(&space, "another body", another_body);
    costs_nothing(&space, "another body", another_body);
    assert_eq!(space.read("build/dev/bin/project"), before);
    space.jmake(&["daemon", "stop"]).ok();
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
    let run = space.build(&["--force"]).ok();
    assert_eq!((run.count("ran"), space.read("build/dev/bin/project")), (2, before), "a link makes the same of it");
}

#[test]
fn another_interface_of_a_shared_library_is_linked() {
    let space = linked("libv.so", "");
    for (number, more) in ["int more(void) { return 1; }", "int more;", "int more[2];", "const int more = 1;"].into_iter().enumerate() {
        foreign(&space, &format!("{number}"), more);
        let run = build(&space, [By::TheSame, By::ANewDaemon, By::NoDaemon][number % 3]).ok();
        assert_eq!(run.steps("", "ran"), ["build/dev/bin/project"], "{more}: {run}");
    }
    space.remove("libs/libv.so");
    space.build(&[]).exits(1);
    foreign(&space, "2", "");
    assert_eq!(space.build(&[]).ok().count("ran"), 0, "it is there again, with an interface that it had");
}

#[test]
fn libraries_count_as_a_whole_where_a_link_reads_more() {
    for (library, flags) in [("libv.a", ""), ("libv.so", "-Wl,-Map=program.map"), ("libv.so", "-Wl,--trace"), ("libv.so", "-fuse-ld=bfd")] {
        let space = linked(library, flags);
        foreign(&space, "2", "");
        let run = space.build(&[]).ok();
        assert_eq!(run.steps("link", "ran"), ["build/dev/bin/project"], "{library} {flags}: {run}");
    }
}

#[test]
fn comments_cost_nothing() {
    for flags in ["", "'-O2', '-g0', '-Wall', '-Wextra'"] {
        let space = built(flags);
        let before = space.read("build/dev/bin/project");
        for by in [By::TheSame, By::ANewDaemon, By::NoDaemon, By::NoDaemonBeside, By::AfterAKill] {
            for (path, from, to) in [
                ("src/main.c", "// at once", "// at last"),
                ("src/main.c", "/* what it\n   answers */", "/* what\n   it says */"),
                ("src/one.h", "/* not two */", "/* nor two */   "),
                ("src/one.h", "#endif\n", "#endif // ONE_H\n"),
            ] {
                for (from, to) in [(from, to), (to, from)] {
                    space.edit(path, from, to);
                    let run = build(&space, by).ok();
                    assert!(run.events_of("step_finished").is_empty(), "{by:?}: {to}: {run}");
                }
            }
        }
        assert_eq!(space.read("build/dev/bin/project"), before);
    }
}

#[test]
fn a_comment_in_the_header_that_all_include_costs_nothing_then_nor_later() {
    let space = built("");
    let nothing = || {
        let run = space.build(&[]).ok();
        assert!(run.events_of("step_finished").is_empty(), "{run}");
    };
    let mut comment = "not two".to_owned();
    let mut edit = |to: &str| {
        space.edit("src/one.h", &comment, to);
        to.clone_into(&mut comment);
    };
    // Heard by a daemon, and written down by it; met by the next one, and renewed, and written down again.
    edit("never two");
    nothing();
    space.jmake(&["daemon", "stop"]).ok();
    nothing();
    space.jmake(&["daemon", "stop"]).ok();
    edit("what is two?");
    space.jmake(&["explain", "project"]).ok().says("nothing would run");
    assert_eq!(space.build(&["-n"]).ok().count("not_run"), 0);
    nothing();
    nothing();
    kill_process(Pid::from_raw(space.daemon().unwrap()).unwrap(), Signal::KILL).unwrap();
    nothing();
    space.edit("src/one.h", "ONE 1", "ONE 2");
    assert_eq!(space.build(&[]).ok().steps("compile", "ran"), ["src/main.c", "src/other.c"]);
}

#[test]
fn what_a_comment_hides_counts() {
    let space = built("");
    for (path, from, to, compiled) in [
        ("src/main.c", "int main", "int  main", vec!["src/main.c"]),
        ("src/main.c", "answers */", "answers\n */", vec!["src/main.c"]),
        ("src/main.c", "return ONE;", "return /* ONE; */ 3;", vec!["src/main.c"]),
        ("src/main.c", "// at once", "// at once \\", vec!["src/main.c"]),
        ("src/one.h", "1 /*", "2 /*", vec!["src/main.c", "src/other.c"]),
        ("src/one.h", "#define ONE 2", "//\n#define ONE 2", vec!["src/main.c", "src/other.c"]),
    ] {
        space.edit(path, from, to);
        let run = space.build(&[]).ok();
        assert_eq!(run.steps("compile", "ran"), compiled, "{from}: {run}");
    }
}

#[test]
fn comments_count_where_something_knows_them() {
    for flags in ["'-gdwarf-5'", "'-Wdocumentation'", "'-Weverything', '-w'", "'-fprofile-instr-generate', '-fcoverage-mapping'"] {
        let space = built(flags);
        space.edit("src/main.c", "// at once", "// at last");
        let run = space.build(&[]).ok();
        assert_eq!(run.steps("compile", "ran"), ["src/main.c"], "{flags}: {run}");
    }
}

#[test]
fn a_warning_shows_the_comment_beside_it() {
    let space = built("'-Wall'");
    space.edit("src/other.c", "int other", "static int hidden; // hidden\nint other");
    space.build(&[]).ok().says("hidden");
    space.edit("src/one.h", "not two", "nor two");
    let run = space.build(&[]).ok();
    assert_eq!(run.steps("compile", "ran"), ["src/other.c"], "it alone said something: {run}");
    space.edit("src/other.c", "// hidden", "// shown");
    space.build(&[]).ok().says("// shown");
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn the_time_is_no_comment() {
    for macro_name in ["__TIME__", "__DATE__", "__TIMESTAMP__"] {
        let space = built("");
        space.edit("src/main.c", "#include", &format!("const char *when = {macro_name};\n#include"));
        space.build(&[]).ok();
        space.edit("src/main.c", "// at once", "// at last");
        let run = space.build(&[]).ok();
        assert_eq!(run.steps("compile", "ran"), ["src/main.c"], "{macro_name}: {run}");
        assert_eq!(space.build(&[]).ok().count("ran"), 0);
    }
}

#[test]
fn comments_of_what_the_stages_read_cost_nothing() {
    let space = built("");
    space.build(&["--staged"]).ok();
    space.edit("src/one.h", "not two", "nor two");
    assert_eq!(space.build(&["--staged"]).ok().count("ran"), 0);
    space.edit("src/one.h", "ONE 1", "ONE 2");
    assert_eq!(space.build(&["--staged"]).ok().steps("frontend", "ran"), ["src/main.c", "src/other.c"]);
}

#[test]
fn comments_are_remembered_beside_the_records() {
    let space = built("");
    space.jmake(&["daemon", "stop"]).ok();
    std::fs::remove_dir_all(space.place("cache/jmake/snapshots")).unwrap();
    space.edit("src/one.h", "not two", "nor two");
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}
