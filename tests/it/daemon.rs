//! The daemon's life as clients see it: one per socket, gone when told, and nothing left behind.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{DEADLINE, Running, Space, slow_header, until};

const HELLO: &[(&str, &str)] = &[("main.c", "int main(void) { return 0; }\n")];

/// A project whose compile does not end by itself.
fn endless() -> Space {
    let space = Space::with(&[("main.c", "#include \"slow.h\"\nint main(void) { return 0; }\n")]);
    space.write("slow.h", slow_header(150));
    space
}

fn compilers(space: &Space) -> Vec<(i32, String)> {
    space.processes().into_iter().filter(|(_, line)| line.contains("clang")).collect()
}

/// A build in which the compiler runs.
fn building(space: &Space) -> Running {
    let mut build = space.start(&["build", "--json"]);
    build.wait_for_event("step_started");
    assert!(until(DEADLINE, || !compilers(space).is_empty()), "no compiler came");
    build
}

#[test]
fn status_never_starts_one() {
    let space = Space::with(HELLO);
    assert_eq!(space.jmake(&["status", "--json"]).ok().object()["daemon"], serde_json::Value::Null);
    space.jmake(&["daemon", "status"]).exits(1);
    assert!(space.processes().is_empty());
}

#[test]
fn it_starts_by_itself_and_stops_when_told() {
    let space = Space::with(HELLO);
    space.build(&[]).ok();
    let pid = space.daemon().unwrap();
    space.jmake(&["daemon", "status"]).ok();
    space.jmake(&["daemon", "start"]).ok();
    assert_eq!(space.daemon(), Some(pid), "a second start changes nothing");
    space.jmake(&["daemon", "restart"]).ok();
    let next = space.daemon().unwrap();
    assert_ne!(next, pid);
    space.jmake(&["daemon", "stop"]).ok();
    assert_eq!(space.daemon(), None);
    assert!(until(DEADLINE, || space.processes().is_empty()), "{:?}", space.processes());
    space.jmake(&["daemon", "stop"]).ok();
}

#[test]
fn status_tells_of_actors_projects_and_caches() {
    let space = Space::with(HELLO);
    space.build(&[]).ok();
    let status = space.jmake(&["status", "--json"]).ok().object();
    let names: Vec<&str> = status["actors"].as_array().unwrap().iter().map(|actor| actor["name"].as_str().unwrap()).collect();
    let orchestrator = format!("Orchestrator {}", space.path("").to_str().unwrap().trim_end_matches('/'));
    for name in ["ToolCache", "FileScanner", "ConfigStore", "CompilePool", "CompileWorker-0", "Supervisor", &orchestrator] {
        assert!(names.contains(&name), "{name}: {status}");
    }
    // How much may wait for each.
    let mailbox = |name: &str| status["actors"][names.iter().position(|it| *it == name).unwrap()]["mailbox"].as_u64().unwrap();
    assert!(names.iter().all(|name| mailbox(name) > 0), "{status}");
    assert!(mailbox(&orchestrator) > mailbox("ToolCache") && mailbox("ToolCache") > mailbox("CompileWorker-0"), "{status}");
    assert!(status["actors"].as_array().unwrap().iter().all(|actor| actor["restarts"] == 0), "{status}");
    assert_eq!(
        status["projects"][0]["root"].as_str().map(|root| root.trim_end_matches('/')),
        space.path("").to_str().map(|root| root.trim_end_matches('/'))
    );
    assert!(!status["caches"].as_array().unwrap().is_empty(), "{status}");
    space.jmake(&["status"]).ok().says("ToolCache");
}

#[test]
fn status_tells_of_builds_and_who_asked_for_them() {
    let space = endless();
    let build = building(&space);
    let status = space.jmake(&["status", "--json"]).ok().object();
    let builds = status["builds"].as_array().unwrap();
    assert_eq!(builds.len(), 1, "{status}");
    assert!(builds[0]["build"].as_u64().is_some(), "{status}");
    let root = builds[0]["root"].as_str().unwrap();
    assert_eq!(std::path::Path::new(root), std::fs::canonicalize(space.path("")).unwrap());
    assert_eq!(builds[0]["client_pid"].as_i64(), Some(build.pid().into()), "{status}");
    build.signal(Signal::INT);
    build.finish().exits(130);
    let none = || space.jmake(&["status", "--json"]).object()["builds"].as_array().is_some_and(Vec::is_empty);
    assert!(until(DEADLINE, none), "it is still told of");
}

#[test]
fn somebody_else_is_dropped_though_the_socket_lets_them_in() {
    if !crate::support::is_root() {
        return crate::support::not_tried("only root can become somebody else");
    }
    let space = Space::with(HELLO);
    space.started_daemon();
    std::fs::set_permissions(space.place("run"), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(space.socket(), std::fs::Permissions::from_mode(0o666)).unwrap();
    let ask = |socket: std::path::PathBuf| {
        let mut stream = UnixStream::connect(socket).expect("the raw connection succeeds");
        // Whoever is dropped may be so before all is written.
        let _ = stream.write_all(b"{\"protocol_min\":1,\"protocol_max\":1,\"build_id\":\"x\"}\n{\"request\":\"status\"}\n");
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => panic!("it was left open: {error}"),
            _ => String::from_utf8(answer).unwrap(),
        }
    };
    let socket = space.socket();
    let other = std::thread::spawn(move || {
        // Of this thread alone.
        let nobody = rustix::process::Uid::from_raw(65534);
        rustix::thread::set_thread_res_uid(nobody, nobody, nobody).unwrap();
        ask(socket)
    });
    assert_eq!(other.join().unwrap(), "");
    assert!(ask(space.socket()).starts_with('{'), "its own user is answered");
    assert!(until(DEADLINE, || space.log().contains("a client of another user was dropped uid=65534")), "{}", space.log());
}

#[test]
fn ten_clients_at_once_start_one() {
    let space = Space::with(HELLO);
    let clients: Vec<Running> = (0..10).map(|_| space.start(&["build", "--json"])).collect();
    for client in clients {
        client.finish().ok();
    }
    let daemons = space.processes();
    assert_eq!(daemons.len(), 1, "{daemons:?}");
    assert_eq!(Some(daemons[0].0), space.daemon());
}

#[test]
fn what_an_old_socket_leaves_is_replaced() {
    let space = Space::with(HELLO);
    drop(UnixListener::bind(space.socket()).unwrap());
    assert!(space.socket().exists() && UnixStream::connect(space.socket()).is_err(), "a socket nobody listens on");
    space.build(&[]).ok();
    assert!(space.daemon().is_some());
}

#[test]
fn an_interrupt_that_comes_at_once_ends_the_client_with_130() {
    let space = Space::with(HELLO);
    let listener = UnixListener::bind(space.socket()).unwrap();
    let build = space.start(&["build", "--json"]);
    let (stream, _) = listener.accept().unwrap();
    let mut lines = BufReader::new(stream).lines();
    for _ in ["hello", "request"] {
        lines.next().unwrap().unwrap();
    }
    build.signal(Signal::INT);
    build.finish().exits(130);
    assert!(lines.next().is_none(), "its end is the cancel");
}

#[test]
fn a_killed_one_is_replaced() {
    let space = Space::with(HELLO);
    space.build(&[]).ok();
    let pid = space.daemon().unwrap();
    // Waits until the daemon has written what it learned and lets others look at it.
    space.build(&["--no-daemon", "-n"]).ok();
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    let run = space.build(&[]).ok();
    assert_eq!(run.count("ran"), 0, "what was recorded is still known: {run}");
    assert_ne!(space.daemon(), Some(pid));
}

/// The lock by which a daemon holds its socket.
fn held(space: &Space) -> File {
    let lock = File::create(space.socket().with_added_extension("lock")).unwrap();
    lock.lock().unwrap();
    lock
}

#[test]
fn one_that_was_killed_and_has_not_let_go_yet_is_waited_for() {
    let space = Space::with(HELLO);
    let lock = held(&space);
    let build = space.start(&["build", "--json"]);
    assert!(until(DEADLINE, || space.processes().iter().any(|(_, line)| line.contains("jmake-actors"))), "no daemon was started");
    drop(lock);
    build.finish().ok();
    assert!(space.daemon().is_some());
}

#[test]
fn a_socket_that_somebody_holds_who_does_not_listen_costs_the_daemon_but_not_the_build() {
    let space = Space::with(HELLO);
    let _lock = held(&space);
    space.build(&[]).ok();
    assert_eq!(space.daemon(), None);
    space.jmake(&["daemon", "start"]).exits(3).says("daemon.sock is locked by a process that does not listen there");
}

#[test]
fn the_socket_is_its_users_alone() {
    let space = Space::with(HELLO);
    space.started_daemon();
    let mode = |path: std::path::PathBuf| std::fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!((mode(space.socket()), mode(space.place("run"))), (0o600, 0o700));
}

#[test]
fn a_socket_directory_that_others_may_use_is_refused() {
    let space = Space::with(HELLO);
    std::fs::set_permissions(space.place("run"), std::fs::Permissions::from_mode(0o777)).unwrap();
    space.jmake(&["daemon", "start"]).exits(3).says(space.place("run").to_str().unwrap());
    space.build(&[]).ok();
    assert_eq!(space.daemon(), None, "the build did without");
    for mode in [0o755, 0o777] {
        std::fs::set_permissions(space.place("run"), std::fs::Permissions::from_mode(mode)).unwrap();
        space.jmake(&["status"]).ok().says("no daemon is running").says(&format!("chmod 700 {}", space.place("run").display()));
        let why = space.jmake(&["status", "--json"]).ok().object()["why"].clone();
        assert!(why.as_str().unwrap().contains(&format!("mode {mode:o}")), "{why}");
    }
    std::fs::set_permissions(space.place("run"), std::fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(space.jmake(&["status", "--json"]).ok().object().get("why"), None);
}

#[test]
fn a_socket_directory_of_somebody_else_is_refused() {
    if !crate::support::is_root() {
        crate::support::not_tried("only root can make a directory somebody else's");
        return;
    }
    let mut space = Space::with(HELLO);
    space.drop_root();
    std::os::unix::fs::chown(space.place("run"), Some(0), Some(0)).unwrap();
    assert!(!space.command("touch").arg(space.place("run/x")).status().unwrap().success(), "the raw operation fails");
    space.jmake(&["daemon", "start"]).exits(3).says("run");
    space.build(&[]).ok();
}

#[test]
fn an_interrupt_ends_the_build_and_leaves_nothing_half_made() {
    let space = endless();
    let build = building(&space);
    let from = Instant::now();
    build.signal(Signal::INT);
    let run = build.finish().exits(130);
    assert!(from.elapsed() < Duration::from_secs(5), "{:?}", from.elapsed());
    assert!(until(Duration::from_secs(2), || compilers(&space).is_empty()), "{:?}", compilers(&space));
    assert_eq!(run.count("ran"), 0);
    assert!(!space.exists("build/dev/bin/project") && !space.exists(".jmake_cache/obj/dev/project/main.c.o"));
    assert!(space.leftovers().is_empty(), "{:?}", space.leftovers());
    space.write("slow.h", "");
    space.build(&[]).ok();
}

#[test]
fn an_interrupt_is_no_error_to_people() {
    let space = endless();
    let build = space.start(&["build"]);
    assert!(until(DEADLINE, || compilers(&space).iter().any(|(_, line)| line.contains(" -c "))), "no compiler came");
    build.signal(Signal::INT);
    let run = build.finish().exits(130).says("interrupted: ");
    run.does_not_say("signal").does_not_say("SIGTERM").does_not_say("first error").does_not_say("FAILED");
}

#[test]
fn a_client_that_vanishes_takes_its_build_along() {
    let space = endless();
    let build = building(&space);
    build.signal(Signal::KILL);
    assert_eq!(build.finish().status.code(), None);
    assert!(until(Duration::from_secs(10), || compilers(&space).is_empty()), "{:?}", compilers(&space));
    assert!(space.daemon().is_some(), "the daemon stays");
}

#[test]
fn an_interrupted_child_without_a_daemon_leaves_nothing() {
    let space = endless();
    let mut build = space.start(&["build", "--json", "--no-daemon"]);
    build.wait_for_event("step_started");
    assert!(until(DEADLINE, || !compilers(&space).is_empty()));
    build.signal(Signal::INT);
    build.finish().exits(130);
    assert!(until(Duration::from_secs(5), || space.processes().is_empty()), "{:?}", space.processes());
}

#[test]
fn a_term_signal_ends_it_quickly_and_in_order() {
    let space = endless();
    let build = building(&space);
    let daemon = space.daemon().unwrap();
    let from = Instant::now();
    kill_process(Pid::from_raw(daemon).unwrap(), Signal::TERM).unwrap();
    assert!(until(Duration::from_secs(10), || space.processes().iter().all(|(pid, _)| *pid != daemon)), "it still runs");
    assert!(from.elapsed() < Duration::from_secs(2), "{:?}", from.elapsed());
    assert!(until(Duration::from_secs(2), || compilers(&space).is_empty()), "{:?}", compilers(&space));
    build.finish().exits(4);
    assert!(!space.socket().exists(), "the socket is gone with it");
    space.write("slow.h", "");
    space.build(&[]).ok();
}

#[test]
fn in_the_foreground_it_exits_with_zero_on_term() {
    let space = Space::with(HELLO);
    let mut command = space.command(env!("CARGO_BIN_EXE_jmake-actors"));
    command.args(["run", "--socket"]).arg(space.socket());
    let daemon = Running::start(command);
    assert!(until(DEADLINE, || UnixStream::connect(space.socket()).is_ok()));
    daemon.signal(Signal::TERM);
    daemon.finish().ok();
}

#[test]
fn in_the_foreground_it_exits_with_zero_on_term_during_a_build_too() {
    let space = endless();
    let mut command = space.command(env!("CARGO_BIN_EXE_jmake-actors"));
    command.args(["run", "--socket"]).arg(space.socket());
    let daemon = Running::start(command);
    assert!(until(DEADLINE, || UnixStream::connect(space.socket()).is_ok()));
    let build = building(&space);
    assert_eq!(space.daemon(), Some(daemon.pid()));
    daemon.signal(Signal::TERM);
    daemon.finish().ok();
    build.finish().exits(4);
    assert!(until(DEADLINE, || compilers(&space).is_empty()), "{:?}", compilers(&space));
}

#[test]
fn an_idle_one_ends_by_itself() {
    let space = Space::with(HELLO);
    let mut command = space.command(env!("CARGO_BIN_EXE_jmake-actors"));
    command.args(["run", "--idle-timeout", "1", "--socket"]).arg(space.socket());
    Running::start(command).finish().ok();
}

#[test]
fn noise_on_the_socket_harms_nobody_else() {
    let space = Space::with(HELLO);
    let pid = space.started_daemon();
    let hello = b"{\"protocol_min\":1,\"protocol_max\":1,\"build_id\":\"x\"}\n";
    let oversized = vec![b'x'; 9 << 20];
    let nested = "[".repeat(200_000);
    let noise: [(&str, Vec<u8>); 9] = [
        ("nothing", Vec::new()),
        ("a newline", b"\n".to_vec()),
        ("bytes", (0..=255).cycle().take(70_000).collect()),
        ("a line too long", oversized.clone()),
        ("a request too long", [&hello[..], &oversized].concat()),
        ("half a hello", hello[..20].to_vec()),
        ("a hello alone", hello.to_vec()),
        ("an unknown request", [&hello[..], b"{\"request\":\"no such\"}\n"].concat()),
        ("deep nesting", [nested.as_bytes(), b"\n"].concat()),
    ];
    for (what, bytes) in noise {
        let mut stream = UnixStream::connect(space.socket()).unwrap_or_else(|error| panic!("before {what}: {error}"));
        // It may close before all is written.
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => panic!("{what}: {error}"),
            _ => {}
        }
    }
    space.build(&[]).ok();
    assert_eq!(space.daemon(), Some(pid), "it is still the same");
    let status = space.jmake(&["status", "--json"]).object();
    assert!(status["actors"].as_array().unwrap().iter().all(|actor| actor["restarts"] == 0), "{status}");
}

#[test]
fn another_protocol_is_refused_in_words() {
    let space = Space::new();
    space.started_daemon();
    let mut stream = UnixStream::connect(space.socket()).unwrap();
    stream.write_all(b"{\"protocol_min\":900,\"protocol_max\":901,\"build_id\":\"x\"}\n{\"request\":\"status\"}\n").unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let refused: serde_json::Value = serde_json::from_str(answer.lines().next().unwrap()).unwrap();
    assert_eq!((&refused["type"], &refused["refusal"]), (&"refused".into(), &"protocol".into()), "{answer}");
}

#[test]
fn two_projects_build_side_by_side() {
    let slow = endless();
    let build = building(&slow);
    let other = slow.place("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("main.c"), HELLO[0].1).unwrap();
    slow.jmake(&["-C", other.to_str().unwrap(), "build", "-j1"]).ok();
    build.signal(Signal::INT);
    build.finish().exits(130);
}

#[test]
fn a_second_request_for_the_same_project_is_served() {
    let space = Space::with(&[("main.c", "#include \"slow.h\"\nint main(void) { return 0; }\n")]);
    space.write("slow.h", slow_header(17));
    let clients: Vec<Running> = (0..3).map(|_| space.start(&["build", "--json"])).collect();
    for client in clients {
        client.finish().ok();
    }
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn an_executable_that_was_replaced_gets_a_daemon_of_its_own() {
    let space = Space::with(HELLO);
    std::fs::create_dir(space.place("bin")).unwrap();
    for (name, from) in [("jmake", env!("CARGO_BIN_EXE_jmake")), ("jmake-actors", env!("CARGO_BIN_EXE_jmake-actors"))] {
        std::fs::copy(from, space.place("bin").join(name)).unwrap();
    }
    let old = space.started_daemon();
    let mut command = space.command(space.place("bin/jmake"));
    command.args(["build", "--json"]);
    Running::start(command).finish().ok();
    assert!(until(DEADLINE, || space.processes().iter().all(|(pid, _)| *pid != old)), "the old one ends");
}
