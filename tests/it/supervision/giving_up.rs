//! A crash loop: it is given up, the daemon ends and says why, and the next client starts another.

use std::fs;

use super::stage::{adder, building, compilers, endless, fault, gone, next_builds_are_right};
use crate::support::{Space, until};
use std::time::Duration;

const LOOP: &[&str] = &["panic"; 50];

fn end_of_faults(space: &Space) {
    for entry in fs::read_dir(space.place("faults")).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
}

/// Builds with an actor that fails again and again. The client and the log name it, and all is well once it does not fail any more.
#[track_caller]
fn given_up(points: &[&str], actor: &str) {
    let space = adder();
    let daemon = space.started_daemon();
    points.iter().for_each(|point| fault(&space, point, LOOP));
    let run = space.build(&[]).exits(4);
    assert!(!run.stderr.is_empty() || !run.events_of("build_error").is_empty(), "it says why: {run}");
    let run = run.says(&format!("{actor} failed 6 times (fault at {actor}"));
    gone(&space, daemon);
    let log = space.log();
    assert!(log.contains(&format!("the daemon ends: {actor} failed 6 times (fault at {actor}")), "{run}\n{log}");
    end_of_faults(&space);
    next_builds_are_right(&space);
    assert_ne!(space.daemon(), Some(daemon));
}

fn orchestrator(space: &Space) -> String {
    format!("Orchestrator {}", space.path("").to_str().unwrap().trim_end_matches('/'))
}

#[test]
fn of_the_compile_pool() {
    given_up(&["CompilePool"], "CompilePool");
}

#[test]
fn of_the_tool_cache() {
    given_up(&["ToolCache", "ToolCache.restart"], "ToolCache");
}

#[test]
fn of_the_file_scanner() {
    given_up(&["FileScanner", "FileScanner.restart"], "FileScanner");
}

#[test]
fn of_the_config_store() {
    given_up(&["ConfigStore", "ConfigStore.restart"], "ConfigStore");
}

#[test]
fn of_a_compile_worker() {
    let space = adder();
    fault(&space, "CompileWorker", LOOP);
    space.build(&["-j1"]).exits(4).says("CompileWorker-0 failed 6 times (fault at CompileWorker)");
    end_of_faults(&space);
    next_builds_are_right(&space);
}

#[test]
fn of_an_orchestrator() {
    let space = adder();
    fault(&space, "Orchestrator.spawned", LOOP);
    fault(&space, "Orchestrator.restart", LOOP);
    space.build(&[]).exits(4).says(&format!("{} failed 6 times", orchestrator(&space)));
    end_of_faults(&space);
    next_builds_are_right(&space);
}

#[test]
fn without_a_daemon() {
    let space = adder();
    fault(&space, "Orchestrator.spawned", LOOP);
    fault(&space, "Orchestrator.restart", LOOP);
    space.build(&["--no-daemon"]).exits(4).says(&format!("{} failed 6 times", orchestrator(&space)));
    assert!(until(Duration::from_secs(5), || space.processes().is_empty()), "{:?}", space.processes());
    end_of_faults(&space);
    space.build(&["--no-daemon"]).ok();
    assert_eq!(super::stage::result(&space), Some(34));
}

#[test]
fn ends_the_compilers_of_other_builds() {
    let space = endless();
    let (build, compiler) = building(&space);
    fault(&space, "ToolCache", LOOP);
    fault(&space, "ToolCache.restart", LOOP);
    space.jmake(&["tools"]).exits(4);
    gone(&space, compiler);
    // Its own attempt at another daemon meets the same faults.
    build.finish().exits(4);
    assert!(until(Duration::from_secs(5), || compilers(&space).is_empty()), "{:?}", compilers(&space));
}
