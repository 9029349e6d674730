//! Somebody else ends what JMake started, or the daemon itself.

use rustix::process::{Pid, Signal, kill_process};

use super::stage::{adder, building, compiler, compilers, endless, gone, half_made, next_builds_are_right, result};
use crate::support::{DEADLINE, Space, slow_header, until};

/// Ends a process at once.
pub fn kill(pid: i32) {
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
}

#[test]
fn a_compiler_is_tried_once_more() {
    let space = endless();
    let (build, first) = building(&space);
    space.write("slow.h", "");
    kill(first);
    let run = build.finish().ok();
    let tries: Vec<_> = run.events_of("step_finished").into_iter().filter(|step| step["label"] == "main.c").collect();
    assert_eq!((&tries[0]["outcome"], &tries.last().unwrap()["outcome"]), (&"cancelled".into(), &"ran".into()), "{run}");
    assert!(tries[1]["reason"].as_str().unwrap().contains("signal 9"), "{run}");
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn a_compiler_twice_fails_the_step_with_the_signal() {
    let space = endless();
    let (build, first) = building(&space);
    kill(first);
    gone(&space, first);
    let second = compiler(&space);
    kill(second);
    let run = build.finish().exits(1);
    assert_eq!(run.steps("compile", "failed"), ["main.c"], "{run}");
    let errors = run.events_of("build_error");
    let first = errors[0]["first"].as_str().unwrap();
    assert!(first.contains("main.c") && first.contains("signal 9 (SIGKILL)"), "{first}");
    assert!(run.events_of("diagnostic").iter().any(|said| said["rendered"].as_str().unwrap().contains("SIGKILL")), "{run}");
    assert!(half_made(&space).is_empty() && compilers(&space).is_empty());
    space.write("slow.h", "");
    space.build(&[]).ok();
}

#[test]
fn a_daemon_told_to_end_during_a_build_says_so() {
    let space = endless();
    let daemon = space.started_daemon();
    let (build, _) = building(&space);
    kill_process(Pid::from_raw(daemon).unwrap(), Signal::TERM).unwrap();
    build.finish().exits(4).says("the daemon was stopped");
    assert!(until(DEADLINE, || space.processes().is_empty()), "{:?}", space.processes());
    assert!(half_made(&space).is_empty(), "{:?}", half_made(&space));
    assert!(!space.exists("build/dev/bin/project"));
    space.write("slow.h", "");
    space.build(&[]).ok();
}

#[test]
fn a_killed_daemon_is_replaced_in_the_middle_of_a_build() {
    let space = endless();
    let daemon = space.started_daemon();
    let (build, _) = building(&space);
    space.write("slow.h", "");
    kill(daemon);
    build.finish().ok().says("the daemon was lost");
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

/// Whether the state file has something of a step that makes an output of this name.
fn is_noted(space: &Space, name: &str) -> bool {
    let bytes = std::fs::read(space.path(".jmake_cache/state.redb")).unwrap_or_default();
    bytes.windows(name.len()).any(|part| part == name.as_bytes())
}

#[test]
fn what_was_done_before_a_daemon_is_killed_is_not_done_again() {
    let space = endless();
    space.write("first.c", "int first(void) { return 0; }\n");
    space.write("later.c", "#include \"short/slow.h\"\nint later(void) { return 0; }\n");
    space.write("short/slow.h", slow_header(17));
    let daemon = space.started_daemon();
    let build = space.start(&["build", "--json", "-j3"]);
    // What is written later comes after all of what was written before.
    assert!(until(DEADLINE, || is_noted(&space, "/later.c.o")), "while the build runs");
    space.write("slow.h", "");
    kill(daemon);
    let run = build.finish().ok().says("the daemon was lost");
    let ran = run.steps("compile", "ran");
    assert_eq!(ran.iter().filter(|label| *label == "first.c").count(), 1, "{run}");
}

#[test]
fn a_killed_linker_leaves_the_program_as_it_was() {
    let space = adder();
    next_builds_are_right(&space);
    space.edit("b.c", "4", "6");
    let daemon = space.daemon().unwrap();
    let mut build = space.start(&["build", "--json"]);
    build.wait_for(|line| line.contains("step_started") && line.contains("\"link\""));
    kill_process(Pid::from_raw(daemon).unwrap(), Signal::TERM).unwrap();
    let run = build.finish();
    let now = result(&space);
    assert!(run.status.success() && now == Some(56) || !run.status.success() && matches!(now, Some(54 | 56)), "{now:?}: {run}");
    space.build(&[]).ok();
    assert_eq!(result(&space), Some(56));
    assert!(half_made(&space).is_empty(), "{:?}", half_made(&space));
}
