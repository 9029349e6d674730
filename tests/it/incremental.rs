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
