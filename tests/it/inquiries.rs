//! Programs that are asked what they are and do: with the client's variables, and not for ever.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::support::{DEADLINE, Running, Space, until};

/// A project whose PATH begins with a directory of these shell scripts.
fn with_programs(programs: &[(&str, &str)]) -> Space {
    let mut space = Space::with(&[("main.c", "int main(void) { return 0; }\n")]);
    std::fs::create_dir(space.place("programs")).unwrap();
    for (name, script) in programs {
        let path = space.place("programs").join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let rest = std::env::var("PATH").unwrap_or_default();
    space.set("PATH", format!("{}:{rest}", space.place("programs").display()));
    space
}

fn sleepers(space: &Space) -> usize {
    space.processes().iter().filter(|(_, line)| line.contains("sleep")).count()
}

const SILENT: &str = "sleep 1000 & wait";

#[test]
fn a_program_that_does_not_answer_is_named_and_does_not_run_on() {
    for name in ["clang", "llvm-config"] {
        let space = with_programs(&[(name, SILENT)]);
        let from = Instant::now();
        space.jmake(&["build"]).exits(3).says(&format!("programs/{name}")).says("10 s");
        assert!(from.elapsed() < Duration::from_secs(30), "{name}: {:?}", from.elapsed());
        assert!(until(Duration::from_secs(5), || sleepers(&space) == 0), "{name}");
    }
}

#[test]
fn an_interrupt_does_not_wait_for_an_answer() {
    let space = with_programs(&[("clang", SILENT)]);
    let build: Running = space.start(&["build", "--json"]);
    assert!(until(DEADLINE, || sleepers(&space) > 0), "it was not asked");
    let from = Instant::now();
    build.signal(Signal::INT);
    build.finish().exits(130);
    assert!(from.elapsed() < Duration::from_secs(5), "{:?}", from.elapsed());
    std::fs::remove_file(space.place("programs/clang")).unwrap();
    space.build(&[]).ok();
}

#[test]
fn what_is_asked_sees_the_variables_of_the_client_that_tools_get() {
    let mut space = with_programs(&[("llvm-config", "env > $(dirname $0)/seen; echo /nowhere")]);
    space.set("SECRET", "of the first client");
    space.set("LIBRARY_PATH", "/first");
    space.started_daemon();
    space.unset("SECRET");
    space.set("LIBRARY_PATH", "/second");
    space.build(&[]).ok();
    let seen = std::fs::read_to_string(space.place("programs/seen")).unwrap();
    assert!(seen.contains("LIBRARY_PATH=/second") && seen.contains("programs:"), "{seen}");
    assert!(!seen.contains("SECRET") && !seen.contains("JMAKE_SOCKET"), "{seen}");
}
