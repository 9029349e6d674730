//! Requests that wait while an actor fails: each is answered or refused, none is lost.

use super::stage::{adder, building, endless, failed_clearly, fault, faults_left};
use crate::support::{Running, Space};

fn ask(space: &Space, command: &[&str]) -> Vec<Running> {
    (0..3).map(|_| space.start(command)).collect()
}

#[test]
fn many_clients_are_answered_over_a_panic() {
    for end in ["", ".spawned"] {
        let space = adder();
        let daemon = space.started_daemon();
        for actor in ["FileScanner", "ToolCache", "ConfigStore"] {
            fault(&space, &format!("{actor}{end}"), &["ok", "panic"]);
        }
        let commands: [&[&str]; 3] = [&["build", "--json"], &["discover", "--json"], &["tools", "--json"]];
        let clients: Vec<Running> = commands.iter().flat_map(|command| ask(&space, command)).collect();
        for client in clients {
            client.finish().ok();
        }
        assert_eq!(faults_left(&space), [""; 0], "all of them happened");
        assert_eq!(space.daemon(), Some(daemon));
        assert_eq!(super::stage::result(&space), Some(34));
    }
}

#[test]
fn builds_that_wait_behind_one_that_fails_are_refused() {
    let space = endless();
    let (running, compiler) = building(&space);
    let mut waiting = ask(&space, &["build", "--json"]);
    for client in &mut waiting {
        client.wait_for(|line| line.contains("waiting for build"));
    }
    space.write("slow.h", "");
    fault(&space, "Orchestrator", &["panic"]);
    super::killed::kill(compiler);
    for client in waiting.into_iter().chain([running]) {
        failed_clearly(client.finish(), "run the build again");
    }
    space.build(&[]).ok();
}
