//! Sequences of builds and edits that once ended wrong, each by the name of what has to hold.

use crate::support::{DEADLINE, Space, slow_header, until};

#[test]
fn the_compile_database_is_fresh_while_something_does_not_compile() {
    let space = Space::with(&[("main.c", "int main(void) { return 0 }\n")]);
    space.build(&["-n"]).ok();
    assert!(!space.exists("build"), "a dry run writes nothing");
    space.build(&[]).exits(1);
    let database = String::from_utf8(space.read("build/compile_commands.json")).unwrap();
    assert!(database.contains("\"main.c\""), "{database}");
}

#[test]
fn a_source_that_goes_concerns_no_other_of_its_name() {
    let space = Space::with(&[
        ("src/main.c", "#include \"one.h\"\nint main(void) { return ONE; }\n"),
        ("src/one.h", "#define ONE 1\n"),
        ("src/same.c", "int f;\n"),
        ("src/core/same.c", "#include \"one.h\"\nint g = ONE;\n"),
    ]);
    space.build(&[]).ok();
    space.remove("src/same.c");
    assert_eq!(space.build(&[]).ok().steps("compile", "ran"), [""; 0]);
}

#[test]
fn a_header_that_appears_while_the_compiler_runs_is_not_taken_for_an_old_one() {
    let space = Space::with(&[
        ("src/main.c", "#include <one.h>\n#include \"slow.h\"\nint main(void) { return ONE; }\n"),
        ("second/one.h", "#define ONE 2\n"),
        ("jmake.toml", "[compile]\ninclude_dirs = ['first', 'second']\n"),
        ("first/other.h", ""),
    ]);
    space.write("src/slow.h", slow_header(17));
    let build = space.start(&["build"]);
    // By then it is in the midst of the slow header.
    let busy = |(pid, line): &(i32, String)| line.contains("src/main.c") && ticks(*pid) >= 20;
    assert!(until(DEADLINE, || space.processes().iter().any(busy)), "no compiler came");
    space.write("first/one.h", "#define ONE 1\n");
    build.finish().ok();
    space.build(&[]).ok();
    let code = space.command(space.path("build/dev/bin/project")).status().unwrap().code();
    assert_eq!(code, Some(1), "the header that comes first is the one");
}

/// How long a process has computed, in hundredths of a second.
fn ticks(pid: i32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    after_name.split(' ').nth(11).and_then(|ticks| ticks.parse().ok()).unwrap_or(0)
}

#[test]
fn an_edit_of_the_settings_is_seen_each_time() {
    let space = Space::with(&[("main.c", "int main(void) { return A; }\n")]);
    for answer in 2..5 {
        space.write("jmake.toml", format!("[compile]\ndefines = {{ A = {answer} }}\n"));
        let run = space.build(&[]).ok();
        let code = space.command(space.path("build/dev/bin/project")).status().unwrap().code();
        assert_eq!(code, Some(answer), "{run}");
        space.build(&[]).ok();
    }
}

#[test]
fn a_spoilt_compile_database_is_written_again() {
    let space = Space::with(&[("main.c", "int main(void) { return 0; }\n")]);
    let whole = |space: &Space| space.read("build/compile_commands.json");
    space.build(&[]).ok();
    let before = whole(&space);
    for _ in 0..2 {
        space.write("build/compile_commands.json", "[]");
        space.build(&[]).ok();
        assert_eq!(whole(&space), before);
        assert_eq!(space.build(&[]).ok().count("ran"), 0);
    }
}

#[test]
fn files_of_tomorrow_build_like_others() {
    let space = Space::with(&[
        ("src/main.c", "#include \"answer.h\"\nint main(void) { return ANSWER; }\n"),
        ("src/answer.h", "#define ANSWER 1\n"),
        ("jmake.toml", "[compile]\ninclude_dirs = ['include']\n"),
        ("include/other.h", ""),
    ]);
    let date = |when: &str| {
        let paths = ["src/main.c", "src/answer.h", "src", "include", "include/other.h", "jmake.toml", "."];
        assert!(space.command("touch").args(["-d", when]).args(paths).status().unwrap().success());
    };
    let code = || space.command(space.path("build/dev/bin/project")).status().unwrap().code();
    date("tomorrow");
    assert_eq!(space.build(&[]).ok().count("failed"), 0);
    assert_eq!((space.build(&[]).ok().count("ran"), code()), (0, Some(1)));
    space.write("src/answer.h", "#define ANSWER 2\n");
    date("tomorrow");
    assert_eq!((space.build(&[]).ok().count("ran"), code()), (2, Some(2)));
    space.write("src/answer.h", "#define ANSWER 3\n");
    date("last year");
    assert_eq!((space.build(&[]).ok().count("ran"), code()), (2, Some(3)));
}
