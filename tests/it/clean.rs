//! `jmake clean`: what JMake made goes, what others made stays, and no build is disturbed.

use crate::support::{Space, slow_header};

const MAIN: &str = "int main(void) { return 0; }\n";

#[test]
fn the_compile_database_of_somebody_else_stays() {
    let space = Space::with(&[("main.c", MAIN), ("cmake-build/compile_commands.json", "[]"), ("cmake-build/CMakeCache.txt", "")]);
    space.build(&[]).ok();
    space.jmake(&["clean", "-B", "cmake-build"]).ok();
    assert_eq!(space.read("cmake-build/compile_commands.json"), b"[]");
    assert!(!space.exists("build") && !space.exists(".jmake_cache"), "what JMake made is gone, wherever it was put");

    space.build(&[]).ok();
    space.build(&["-B", "out"]).ok();
    space.write("out/compile_commands.json", "[]");
    space.jmake(&["clean"]).ok().says("out/compile_commands.json").says("changed since");
    assert_eq!(space.read("out/compile_commands.json"), b"[]");
    assert!(!space.exists("build"));
}

#[test]
fn a_compile_database_that_another_daemon_wrote_goes_too() {
    let space = Space::with(&[("main.c", MAIN)]);
    space.build(&["-B", "out"]).ok();
    space.jmake(&["daemon", "restart"]).ok();
    space.jmake(&["clean"]).ok();
    assert!(!space.exists("out"));
}

#[test]
fn what_is_refused_while_a_build_runs_loses_nothing() {
    let space = Space::with(&[("main.c", "#include \"slow.h\"\nint main(void) { return 0; }\n"), ("other.c", "int other;\n")]);
    space.write("slow.h", slow_header(17));
    let mut build = space.start(&["build", "--json", "-j2"]);
    build.wait_for_event("step_started");
    space.jmake(&["clean"]).exits(2).says("is running");
    build.finish().ok();
    space.jmake(&["daemon", "stop"]).ok();
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn a_build_and_a_clean_take_turns() {
    let space = Space::with(&[("main.c", MAIN)]);
    for number in 0..30 {
        space.write(format!("f{number}.c"), format!("int f{number};\n"));
    }
    space.build(&[]).ok();
    for round in 0..6 {
        let mut both = [space.start(&["clean"]), space.start(&["build", "--json"])];
        if round % 2 == 1 {
            both.reverse();
        }
        for run in both.map(crate::support::Running::finish) {
            assert!(matches!(run.status.code(), Some(0 | 2)), "{round}: {run}");
            assert!(run.status.success() || run.stderr.contains("clean"), "{round}: {run}");
        }
        space.build(&[]).ok();
        assert_eq!(space.build(&[]).ok().count("ran"), 0, "{round}");
        assert!(space.exists("build/dev/bin/project") && space.exists(".jmake_cache/obj/dev/project/f7.c.o"), "{round}");
    }
}
