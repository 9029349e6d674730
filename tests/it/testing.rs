//! `jmake test`: builds tests, runs them side by side, and says what came of them.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::{DEADLINE, Space, until};

/// A project of one function, and tests that end in all ways.
fn project() -> Space {
    Space::with(&[
        ("src/twice.c", "int twice(int n) { return 2 * n; }\n"),
        ("include/twice.h", "int twice(int n);\n"),
        ("tests/right_test.c", "#include \"twice.h\"\nint main(void) { return twice(2) != 4; }\n"),
        (
            "tests/wrong_test.c",
            "#include <stdio.h>\n#include \"twice.h\"\nint main(void) { puts(\"no: 5\"); return twice(2) == 4 ? 3 : 0; }\n",
        ),
        ("tests/crash_test.c", "#include <stdlib.h>\nint main(void) { abort(); }\n"),
    ])
}

fn of<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["type"] == kind).collect()
}

#[test]
fn what_fails_is_told_with_what_it_printed() {
    let space = project();
    let run = space.jmake(&["test"]);
    assert_eq!(run.status.code(), Some(1), "{run}");
    let run = run.says("PASS right_test").says("FAIL wrong_test").says("exit code 3\nno: 5\n").says("FAIL crash_test").says("SIGABRT");
    run.says("jmake: 2 of 3 tests failed");
    let right = space.jmake(&["test", "right"]).ok();
    let right = right.says("PASS right_test").says("jmake: 1 test passed");
    assert!(!right.stdout.contains("wrong_test"), "{right}");
    let none = space.jmake(&["test", "nosuch"]);
    assert_eq!(none.status.code(), Some(2), "{none}");
    none.says("crash_test, right_test, wrong_test");
}

#[test]
fn a_test_that_does_not_build_is_not_run() {
    let space = project();
    space.edit("src/twice.c", "return", "retrun");
    let run = space.jmake(&["test"]);
    assert_eq!(run.status.code(), Some(1), "{run}");
    assert!(!run.stdout.contains("PASS") && !run.stdout.contains("FAIL"), "{run}");
}

#[test]
fn a_test_that_takes_too_long_ends_with_all_it_started() {
    let space = Space::with(&[(
        "tests/slow_test.c",
        "#include <stdio.h>\n#include <unistd.h>\nint main(void) { fork(); printf(\"pid %d\\n\", getpid()); fflush(stdout); for (;;) pause(); }\n",
    )]);
    let run = space.jmake(&["test", "--timeout", "1"]);
    assert_eq!(run.status.code(), Some(1), "{run}");
    let run = run.says("it took longer than 1 s");
    let pids: Vec<&str> = run.stdout.lines().filter_map(|line| line.strip_prefix("pid ")).collect();
    assert_eq!(pids.len(), 2, "{run}");
    let gone = |pid: &&str| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.is_empty() || stat.contains(") Z ")
    };
    assert!(until(DEADLINE, || pids.iter().all(gone)), "they run on");
}

#[test]
fn settings_say_how_tests_are_run() {
    let text = "#include <stdio.h>\n#include <stdlib.h>\nint main(int n, char **args) {\n  FILE *data = fopen(\"data.txt\", \"r\");\n  \
        return !(n == 2 && args[1][0] == 'x' && getenv(\"OWN\") && data);\n}\n";
    let space = Space::with(&[("tests/own_test.c", text), ("tests/data/data.txt", "data\n")]);
    space.write("jmake.toml", "[test]\nargs = ['x']\nenv = { OWN = '1' }\nworking_dir = 'tests/data'\n");
    space.jmake(&["test"]).ok().says("PASS own_test");
    space.write("jmake.toml", "[test]\nargs = ['y']\nenv = { OWN = '1' }\nworking_dir = 'tests/data'\n");
    assert_eq!(space.jmake(&["test"]).status.code(), Some(1));
}

#[test]
fn scripts_and_servers_read_what_came_of_tests() {
    let space = project();
    let report = space.place("tmp").join("report.xml");
    let run = space.jmake(&["test", "--json", "--junit", report.to_str().unwrap()]);
    assert_eq!(run.status.code(), Some(1), "{run}");
    let events: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut outcomes: Vec<String> = of(&events, "test_finished")
        .iter()
        .map(|it| format!("{} {}", it["name"].as_str().unwrap(), it["outcome"].as_str().unwrap()))
        .collect();
    outcomes.sort();
    assert_eq!(outcomes, ["crash_test crashed", "right_test passed", "wrong_test failed"]);
    assert_eq!(of(&events, "tests_finished")[0]["failed"], 2);
    assert_eq!(of(&events, "build_finished")[0]["success"], true);
    let xml = std::fs::read_to_string(report).unwrap();
    assert!(xml.contains(r#"tests="3" failures="1" errors="1""#) && xml.contains("no: 5"), "{xml}");
}

#[test]
fn tests_run_side_by_side() {
    // Each waits for the other's file.
    let text = |own: &str, other: &str| {
        format!(
            "#include <stdio.h>\n#include <unistd.h>\nint main(void) {{\n  fclose(fopen(\"{own}\", \"w\"));\n  \
             while (access(\"{other}\", F_OK)) usleep(1000);\n  return 0;\n}}\n"
        )
    };
    let space = Space::with(&[("tests/a_test.c", &text("a.out", "b.out")), ("tests/b_test.c", &text("b.out", "a.out"))]);
    space.jmake(&["test", "-j", "2", "--timeout", "60"]).ok().says("2 tests passed");
}

#[test]
fn a_project_without_tests_passes() {
    Space::with(&[("main.c", "int main(void) { return 0; }\n")]).jmake(&["test"]).ok().says("there are no tests");
}

#[test]
fn an_interrupt_ends_the_tests() {
    let text = "#include <stdio.h>\n#include <unistd.h>\nint main(void) {\n  FILE *file = fopen(\"pid\", \"w\");\n  \
        fprintf(file, \"%d \", getpid());\n  fclose(file);\n  for (;;) pause();\n}\n";
    let space = Space::with(&[("tests/slow_test.c", text)]);
    let running = space.start(&["test"]);
    let pid = || std::fs::read_to_string(space.path("pid")).ok().filter(|text| text.ends_with(' '));
    assert!(until(DEADLINE, || pid().is_some()), "it does not start");
    kill_process(Pid::from_raw(running.pid()).unwrap(), Signal::INT).unwrap();
    let run = running.finish();
    assert_eq!(run.status.code(), Some(130), "{run}");
    let stat = || std::fs::read_to_string(format!("/proc/{}/stat", pid().unwrap().trim())).unwrap_or_default();
    assert!(until(DEADLINE, || stat().is_empty() || stat().contains(") Z ")), "it runs on");
}

#[test]
fn the_first_failure_ends_all_where_it_is_asked_for() {
    let space = Space::with(&[
        ("tests/fails_test.c", "int main(void) { return 1; }\n"),
        ("tests/waits_test.c", "#include <unistd.h>\nint main(void) { for (;;) pause(); }\n"),
    ]);
    let run = space.jmake(&["test", "--fail-fast", "-j", "2"]).exits(1);
    run.says("FAIL fails_test").does_not_say("waits_test (").says("1 more stopped or not begun");
}

#[test]
fn a_place_to_run_that_is_not_there_is_named() {
    let space = Space::with(&[("tests/x_test.c", "int main(void) { return 0; }\n"), ("jmake.toml", "[test]\nworking_dir = 'data'\n")]);
    space.jmake(&["test"]).exits(1).says("/data, which is no directory").says("test.working_dir");
    std::fs::create_dir(space.path("data")).unwrap();
    space.jmake(&["test"]).ok();
    space.write("jmake.toml", "[test]\nrunner = ['no-such-runner']\n");
    space.jmake(&["test"]).exits(1).says("cannot run no-such-runner").says("test.runner");
}
