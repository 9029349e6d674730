//! A panic in each actor: in a handler, in what it spawned, and in its restart.

use super::stage::{
    adder, building, compiler, compilers, endless, failed_clearly, fault, faults_left, gone, next_builds_are_right, restarts, result,
};
use crate::support::{DEADLINE, Run, Space, slow_header, until};
use rustix::process::Signal;

/// Builds while the faults happen. The daemon is the same afterwards, and the user saw each restart of `actor`.
#[track_caller]
fn build_with(faults: &[(&str, &[&str])], actor: &str) -> (Space, Run) {
    let space = adder();
    let daemon = space.started_daemon();
    let panics: usize = faults.iter().map(|(_, words)| words.iter().filter(|word| **word == "panic").count()).sum();
    faults.iter().for_each(|(point, words)| fault(&space, point, words));
    let run = space.build(&[]);
    assert_eq!(faults_left(&space), [""; 0], "{run}");
    let seen = run.events_of("actor_restarted");
    assert_eq!(seen.len(), panics, "{run}");
    for (index, event) in seen.iter().enumerate() {
        assert!(event["name"].as_str().unwrap().starts_with(actor), "{event}");
        assert!(event["why"].as_str().unwrap().contains("fault at"), "{event}");
        assert_eq!(event["restarts"], index + 1, "{event}");
    }
    assert_eq!(run.events()[0]["type"], "build_started", "{run}");
    assert_eq!(restarts(&space, actor), panics as u64);
    assert_eq!(space.daemon(), Some(daemon), "the daemon is the same");
    (space, run)
}

#[track_caller]
fn completes(faults: &[(&str, &[&str])], actor: &str) {
    let (space, run) = build_with(faults, actor);
    run.ok();
    assert_eq!(result(&space), Some(34));
    next_builds_are_right(&space);
}

#[track_caller]
fn fails(faults: &[(&str, &[&str])], actor: &str) {
    let (space, run) = build_with(faults, actor);
    failed_clearly(run, "run the build again");
    next_builds_are_right(&space);
}

#[test]
fn in_a_handler_of_the_tool_cache() {
    completes(&[("ToolCache", &["panic"])], "ToolCache");
}

#[test]
fn in_a_handler_of_the_file_scanner() {
    completes(&[("FileScanner", &["panic"])], "FileScanner");
}

#[test]
fn in_a_handler_of_the_config_store() {
    completes(&[("ConfigStore", &["panic"])], "ConfigStore");
}

#[test]
fn in_a_handler_of_the_compile_pool() {
    completes(&[("CompilePool", &["panic"])], "CompilePool");
    completes(&[("CompilePool", &["ok", "ok", "ok", "panic"])], "CompilePool");
}

#[test]
fn in_a_handler_of_a_compile_worker() {
    completes(&[("CompileWorker", &["panic"])], "CompileWorker");
}

#[test]
fn in_a_handler_of_the_orchestrator_before_the_build() {
    completes(&[("Orchestrator", &["panic"])], "Orchestrator");
}

#[test]
fn in_a_handler_of_the_orchestrator_during_the_build() {
    fails(&[("Orchestrator", &["ok", "ok", "panic"])], "Orchestrator");
}

#[test]
fn in_what_the_tool_cache_spawned() {
    completes(&[("ToolCache.spawned", &["panic"])], "ToolCache");
}

#[test]
fn in_what_the_file_scanner_spawned() {
    completes(&[("FileScanner.spawned", &["panic"])], "FileScanner");
}

#[test]
fn in_what_the_config_store_spawned() {
    completes(&[("ConfigStore.spawned", &["panic"])], "ConfigStore");
}

#[test]
fn in_what_a_compile_worker_spawned() {
    completes(&[("CompileWorker.spawned", &["ok", "panic"])], "CompileWorker");
}

#[test]
fn in_what_the_orchestrator_spawned() {
    fails(&[("Orchestrator.spawned", &["panic"])], "Orchestrator");
}

#[test]
fn in_the_restart_of_a_small_actor() {
    for actor in ["ToolCache", "FileScanner", "ConfigStore"] {
        completes(&[(actor, &["panic"]), (&format!("{actor}.restart"), &["panic", "panic"])], actor);
    }
}

#[test]
fn in_the_restart_of_the_compile_pool() {
    completes(&[("CompilePool", &["ok", "panic"]), ("CompilePool.restart", &["panic"])], "CompilePool");
}

#[test]
fn in_the_restart_of_a_compile_worker() {
    completes(&[("CompileWorker", &["panic"]), ("CompileWorker.restart", &["panic"])], "CompileWorker");
}

#[test]
fn in_the_restart_of_the_orchestrator() {
    fails(&[("Orchestrator", &["ok", "panic"]), ("Orchestrator.restart", &["panic"])], "Orchestrator");
}

#[test]
fn of_the_compile_pool_leaves_no_stray_compiler() {
    let space = endless();
    let (mut build, first) = building(&space);
    let other = space.place("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("main.c"), "int main(void) { return 0; }\n").unwrap();
    fault(&space, "CompilePool", &["panic"]);
    space.jmake(&["-C", other.to_str().unwrap(), "build", "--json", "-j2"]).ok().says("actor_restarted");
    build.wait_for_event("actor_restarted");
    gone(&space, first);
    assert!(until(DEADLINE, || compilers(&space).len() == 1), "the step runs again: {:?}", compilers(&space));
    assert_ne!(compiler(&space), first);
    build.signal(Signal::INT);
    build.finish().exits(130);
    assert!(until(DEADLINE, || compilers(&space).is_empty()), "{:?}", compilers(&space));
    space.write("slow.h", "");
    space.build(&[]).ok();
}

#[test]
fn of_an_orchestrator_ends_its_steps_and_harms_no_other_project() {
    let space = endless();
    let (build, compiler) = building(&space);
    let other = space.place("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("main.c"), "int main(void) { return 0; }\n").unwrap();
    std::fs::write(other.join("endless.c"), "#include \"slow.h\"\n").unwrap();
    std::fs::write(other.join("slow.h"), slow_header(150)).unwrap();
    // The second message is that main.c was compiled, by the third worker.
    fault(&space, "Orchestrator", &["ok", "panic"]);
    let failed = space.jmake(&["-C", other.to_str().unwrap(), "build", "--json", "-j3"]);
    failed_clearly(failed, "run the build again");
    let only_the_other = || compilers(&space).iter().map(|(pid, _)| *pid).eq([compiler]);
    assert!(until(DEADLINE, only_the_other), "{:?}", compilers(&space));
    build.signal(Signal::INT);
    build.finish().exits(130);
}

#[test]
fn of_the_root_ends_the_daemon() {
    let space = adder();
    let daemon = space.started_daemon();
    fault(&space, "Supervisor", &["panic"]);
    let run = space.build(&[]);
    assert!(run.status.success() || run.status.code() == Some(4), "{run}");
    gone(&space, daemon);
    next_builds_are_right(&space);
}

#[test]
fn of_the_orchestrator_when_all_was_said_changes_nothing() {
    let space = adder();
    fault(&space, "Orchestrator.spawned", &["ok", "panic"]);
    let run = space.build(&[]).ok();
    assert_eq!((faults_left(&space).len(), restarts(&space, "Orchestrator")), (0, 1), "{run}");
    assert_eq!(result(&space), Some(34));
    next_builds_are_right(&space);
}

#[test]
fn loses_no_change_that_was_heard() {
    // The first that FileScanner is asked is whether another project may have to be built before.
    for (point, script) in [("FileScanner", &["ok", "panic"][..]), ("Orchestrator", &["panic"])] {
        let space = adder();
        space.build(&[]).ok();
        let watched = || space.jmake(&["status", "--json"]).object()["projects"][0]["watching"] == true;
        assert!(until(DEADLINE, watched), "changes are heard from now on");
        space.edit("a.c", "3", "7");
        fault(&space, point, script);
        space.build(&[]).ok().says("actor_restarted");
        assert_eq!(result(&space), Some(74), "{point}");
        space.edit("b.c", "4", "5");
        space.build(&[]).ok();
        assert_eq!(result(&space), Some(75), "{point}");
    }
}
