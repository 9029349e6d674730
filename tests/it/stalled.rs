//! Clients that take nothing for a while, as one that was stopped, and daemons that cannot take one more.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, Signal, prlimit};

use crate::support::{DEADLINE, Running, Space, until};

/// Takes nothing for so long: a little longer than any daemon ever waited.
const LONG: Duration = Duration::from_secs(33);

/// A project that prints more than a socket holds, and then waits for a header to be written into a pipe.
fn talkative() -> Space {
    let space = Space::with(&[("main.c", "#include \"gate.h\"\nint main(void) { return 0; }\n")]);
    space.write("talk.c", "#warning \"words, words, words and more words, so that no socket holds them all\"\n".repeat(4000));
    assert!(space.command("mkfifo").arg(space.path("gate.h")).status().unwrap().success());
    space
}

fn compilers(space: &Space) -> usize {
    space.processes().iter().filter(|(_, line)| line.contains("clang")).count()
}

/// A socket before the daemon's, whose clients hear nothing of what comes after the first step's start until they are let.
fn muted(space: &Space) -> (Sender<()>, Receiver<()>) {
    let (place, daemon) = (space.place("run/muted.sock"), space.socket());
    let listener = UnixListener::bind(place).unwrap();
    let ((speak, may_speak), (full, is_full)) = (channel(), channel());
    std::thread::spawn(move || {
        let (client, server) = (listener.accept().unwrap().0, UnixStream::connect(daemon).unwrap());
        let (from_client, to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        std::thread::spawn(move || pass(from_client, to_server));
        pass_until(&server, &client, "step_started");
        if until(DEADLINE, || rustix::io::ioctl_fionread(&server).unwrap() >= 100_000) {
            full.send(()).unwrap();
        }
        let _let_through_or_over = may_speak.recv();
        pass(server, client);
    });
    (speak, is_full)
}

fn pass_until(mut from: &UnixStream, mut to: &UnixStream, word: &str) {
    let mut passed = Vec::new();
    let mut buffer = [0; 1];
    while !String::from_utf8_lossy(&passed).contains(word) && from.read(&mut buffer).is_ok_and(|read| read == 1) {
        passed.extend(buffer);
    }
    to.write_all(&passed).unwrap();
}

fn pass(mut from: UnixStream, mut to: UnixStream) {
    let mut buffer = [0; 8 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _closed_already = to.shutdown(std::net::Shutdown::Write);
}

/// A build through the muted socket, once the daemon has more to say than anybody takes.
fn unheard(space: &mut Space) -> (Running, Sender<()>) {
    space.started_daemon();
    let (speak, is_full) = muted(space);
    let real = space.socket();
    space.set("JMAKE_SOCKET", space.place("run/muted.sock"));
    let mut build = space.start(&["build", "--json", "-j2"]);
    space.set("JMAKE_SOCKET", real);
    build.wait_for_event("build_started");
    is_full.recv_timeout(DEADLINE).expect("it says a lot");
    assert_eq!(compilers(space), 1);
    (build, speak)
}

#[test]
fn a_build_goes_on_while_its_client_takes_nothing() {
    let mut space = talkative();
    let (build, speak) = unheard(&mut space);
    assert!(!until(LONG, || compilers(&space) == 0), "it was stopped");
    let gate = std::fs::File::options().write(true).open(space.path("gate.h")).unwrap();
    space.remove("gate.h");
    space.write("gate.h", "");
    drop(gate);
    assert!(until(DEADLINE, || space.exists("build/dev/bin/project")), "it did not go on");
    speak.send(()).unwrap();
    let run = build.finish().ok();
    let words = run.events_of("diagnostic").iter().filter(|event| event["severity"] == "warning").count();
    assert_eq!((words, run.count("failed")), (4000, 0), "nothing is missing");
}

#[test]
fn a_client_that_takes_nothing_is_still_listened_to() {
    let mut space = talkative();
    let (build, speak) = unheard(&mut space);
    build.signal(Signal::INT);
    assert!(until(Duration::from_secs(5), || compilers(&space) == 0), "it was not stopped");
    speak.send(()).unwrap();
    build.finish().exits(130);
}

#[test]
fn a_client_that_takes_nothing_and_goes_takes_its_build_along() {
    let mut space = talkative();
    let (build, _speak) = unheard(&mut space);
    build.signal(Signal::KILL);
    assert!(until(Duration::from_secs(5), || compilers(&space) == 0), "it was not stopped");
}

#[test]
fn a_daemon_that_was_out_of_descriptors_serves_again() {
    let space = Space::with(&[("main.c", "int main(void) { return 0; }\n")]);
    let daemon = Pid::from_raw(space.started_daemon()).unwrap();
    let open = std::fs::read_dir(format!("/proc/{}/fd", daemon.as_raw_nonzero())).unwrap().count() as u64;
    let limit = |current| prlimit(Some(daemon), Resource::Nofile, Rlimit { current: Some(current), maximum: Some(4096) }).unwrap();
    limit(open);
    let _nobody = UnixStream::connect(space.socket()).unwrap();
    assert!(until(DEADLINE, || space.log().contains("cannot accept")), "it is not out of descriptors");
    limit(4096);
    let mut status = UnixStream::connect(space.socket()).unwrap();
    status.write_all(b"{\"protocol_min\":1,\"protocol_max\":1,\"build_id\":\"x\"}\n{\"request\":\"status\"}\n").unwrap();
    status.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut answer = [0; 10];
    status.read_exact(&mut answer).expect("it answers");
}
