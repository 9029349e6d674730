//! The normal binaries cannot be made to fail.

use super::stage::{adder, fault, faults_left, next_builds_are_right, restarts, result};

#[test]
fn faults_are_not_even_read() {
    let space = adder();
    let points = ["ToolCache", "FileScanner", "ConfigStore", "CompilePool", "CompileWorker", "Orchestrator"];
    let all: Vec<String> = points.iter().flat_map(|point| ["", ".spawned", ".restart"].map(|end| format!("{point}{end}"))).collect();
    all.iter().for_each(|point| fault(&space, point, &["panic", "hang"]));
    let run = space.build(&[]).ok();
    assert!(run.events_of("actor_restarted").is_empty(), "{run}");
    assert_eq!(result(&space), Some(34));
    next_builds_are_right(&space);
    assert!(points.iter().all(|actor| restarts(&space, actor) == 0));
    assert_eq!(faults_left(&space).len(), all.len(), "they are all still there");
}

#[test]
fn the_binaries_do_not_know_the_variable() {
    for binary in [env!("CARGO_BIN_EXE_jmake"), env!("CARGO_BIN_EXE_jmake-actors")] {
        let bytes = std::fs::read(binary).unwrap();
        assert!(bytes.windows(10).any(|part| part == b"JMAKE_SOCK"), "{binary} knows others");
        assert!(!bytes.windows(12).any(|part| part == b"JMAKE_FAULTS"), "{binary}");
    }
}
