//! The thread that all actors but the root share does not answer: they start afresh on another one, and too often ends the daemon.

use std::os::unix::net::UnixStream;

use rustix::process::Signal;

use super::stage::{adder, building, compiler, endless, fault, faults_left, gone, next_builds_are_right, restarts, result};
use crate::support::{DEADLINE, Running, until};

#[test]
fn once_costs_time_only() {
    let space = adder();
    let daemon = space.started_daemon();
    fault(&space, "FileScanner", &["hang"]);
    let run = space.build(&[]).ok().says("the daemon was lost");
    assert_eq!(faults_left(&space), [""; 0], "{run}");
    assert_eq!(result(&space), Some(34));
    assert_eq!(restarts(&space, "FileScanner"), 1);
    next_builds_are_right(&space);
    assert_eq!(space.daemon(), Some(daemon));
}

#[test]
fn ends_the_steps_of_all_builds_and_they_begin_again() {
    let space = endless();
    let daemon = space.started_daemon();
    let (build, first) = building(&space);
    fault(&space, "ToolCache", &["hang"]);
    space.jmake(&["tools"]).ok();
    gone(&space, first);
    assert_ne!(compiler(&space), first);
    build.signal(Signal::INT);
    build.finish().exits(130);
    assert_eq!(space.daemon(), Some(daemon));
}

#[test]
fn without_a_daemon() {
    let space = adder();
    fault(&space, "ConfigStore", &["hang"]);
    space.build(&["--no-daemon"]).ok();
    assert_eq!((result(&space), faults_left(&space).len()), (Some(34), 0));
}

#[test]
fn three_times_end_the_daemon() {
    let space = adder();
    let mut command = space.command(env!("CARGO_BIN_EXE_jmake-actors"));
    command.args(["run", "--socket"]).arg(space.socket());
    let daemon = Running::start(command);
    assert!(until(DEADLINE, || UnixStream::connect(space.socket()).is_ok()));
    fault(&space, "FileScanner", &["hang", "hang", "hang"]);
    space.build(&[]).exits(4).says("the daemon was lost twice");
    // The third ends it; the client finds another one.
    space.build(&[]).ok();
    daemon.finish().exits(4).says("its shared thread hung too often");
    next_builds_are_right(&space);
}

#[test]
fn in_the_midst_of_a_build_starts_it_again() {
    for actor in ["CompilePool", "CompileWorker"] {
        let space = adder();
        let daemon = space.started_daemon();
        fault(&space, actor, &["ok", "hang"]);
        space.build(&[]).ok().says("the daemon was lost");
        assert_eq!((result(&space), restarts(&space, "CompilePool"), faults_left(&space).len()), (Some(34), 1, 0), "{actor}");
        next_builds_are_right(&space);
        assert_eq!(space.daemon(), Some(daemon));
    }
}

#[test]
fn of_the_root_ends_the_daemon() {
    let space = adder();
    let daemon = space.started_daemon();
    fault(&space, "Supervisor", &["hang"]);
    space.build(&[]).ok().says("the daemon was lost");
    gone(&space, daemon);
    assert!(space.log().contains("its main thread does not answer"), "{}", space.log());
    next_builds_are_right(&space);
}
