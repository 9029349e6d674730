//! Requests against daemons that behave, refuse, vanish and babble.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::thread::JoinHandle;

use super::*;
use crate::wire::{Failed, FailureKind, Refusal, Refused, Welcome, decode_hello_line, decode_request_line, encode_control};

/// Remembers what it is shown.
#[derive(Default)]
struct Memory(Vec<String>);

impl Show for Memory {
    fn line(&mut self, line: &FromDaemon, _raw: &[u8]) {
        self.0.push(format!("{line:?}"));
    }
    fn note(&mut self, text: &str, _detail: bool) {
        self.0.push(text.to_owned());
    }
    fn flush(&mut self) {}
    fn end(&mut self) {
        self.0.push("end".to_owned());
    }
}

/// Answers one connection after the other with the given bytes, closing each. Returns the requests it got.
fn daemon(listener: UnixListener, answers: Vec<Vec<u8>>) -> JoinHandle<Vec<Request>> {
    thread::spawn(move || {
        let serve = |answer: Vec<u8>| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).split(b'\n');
            decode_hello_line(&lines.next().unwrap().unwrap()).unwrap();
            let request = decode_request_line(&lines.next().unwrap().unwrap()).unwrap();
            stream.write_all(&answer).unwrap();
            request
        };
        answers.into_iter().map(serve).collect()
    })
}

fn lines(controls: &[Control]) -> Vec<u8> {
    controls.iter().flat_map(|control| encode_control(control).unwrap()).collect()
}

fn welcome() -> Control {
    Control::Welcome(Welcome::default())
}

fn done(exit_code: u8) -> Control {
    Control::Done { exit_code }
}

fn refused(refusal: Refusal) -> Control {
    Control::Refused(Refused::new(refusal, "because".to_owned(), 0))
}

struct Told {
    result: Result<u8, ClientError>,
    shown: Vec<String>,
    requests: Vec<Request>,
}

/// `cat run --once` is a child that ends without a word.
fn told(answers: Vec<Vec<u8>>, interrupted: bool) -> Told {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("daemon.sock");
    let handle = daemon(UnixListener::bind(&socket).unwrap(), answers);
    let place = Place { program: "/bin/cat".into(), build_id: "ours".to_owned(), socket, log: None };
    let interrupt = Interrupt::default();
    if interrupted {
        interrupt.ask();
    }
    let mut asker = Asker { interrupt: Some(interrupt), ..Asker::new(&place, false) };
    let mut memory = Memory::default();
    let result = asker.ask(&Request::Status, &mut memory);
    Told { result, shown: memory.0, requests: handle.join().unwrap() }
}

#[test]
fn the_exit_code_is_the_daemons() {
    for code in [0, 1, 130] {
        let told = told(vec![lines(&[welcome(), done(code)])], false);
        assert_eq!(told.result.unwrap(), code);
        assert_eq!(told.shown, ["end"]);
        assert_eq!(told.requests, [Request::Status]);
    }
}

#[test]
fn what_is_said_before_the_end_is_shown() {
    let failed = Control::Failed(Failed { kind: FailureKind::Environment, message: "no clang".to_owned() });
    let told = told(vec![lines(&[welcome(), failed, done(3)])], false);
    assert_eq!(told.result.unwrap(), 3);
    assert!(told.shown[0].contains("no clang"), "{:?}", told.shown);
}

#[test]
fn a_lost_connection_is_replaced_once() {
    let lost = || lines(&[welcome()]);
    let first = told(vec![lost(), lines(&[welcome(), done(0)])], false);
    assert_eq!(first.result.unwrap(), 0);
    assert!(first.shown[0].contains("asking again"), "{:?}", first.shown);

    let second = told(vec![lost(), lost()], false);
    let error = second.result.unwrap_err();
    assert!(matches!(error, ClientError::Lost(_)), "{error:?}");
    assert_eq!(error.exit_code(), 4);
}

#[test]
fn garbage_counts_as_a_lost_connection() {
    let garbage = [lines(&[welcome()]), b"\xff{]\n".to_vec()].concat();
    let cut_off = [lines(&[welcome()]), b"{\"type\":\"do".to_vec()].concat();
    assert_eq!(told(vec![garbage, cut_off], false).result.unwrap_err().exit_code(), 4);
    let first_line = told(vec![b"SSH-2.0-OpenSSH\r\n".to_vec()], false).result.unwrap_err();
    assert!(matches!(first_line, ClientError::Wire(_)), "{first_line:?}");
}

#[test]
fn a_daemon_that_ends_before_its_welcome_is_tried_again() {
    let told = told(vec![vec![], lines(&[welcome(), done(0)])], false);
    assert_eq!(told.result.unwrap(), 0);
    assert_eq!(told.requests.len(), 2);
}

#[test]
fn a_daemon_of_another_build_is_asked_to_hand_over() {
    let answers = vec![lines(&[refused(Refusal::OtherBuild)]), lines(&[welcome(), done(0)]), lines(&[welcome(), done(0)])];
    let told = told(answers, false);
    assert_eq!(told.result.unwrap(), 0);
    assert_eq!(told.requests, [Request::Status, Request::Stop { drain: true }, Request::Status]);
}

#[test]
fn a_daemon_that_sees_other_files_is_left_alone() {
    let error = told(vec![lines(&[refused(Refusal::OtherTree)])], false).result.unwrap_err();
    assert!(matches!(error, ClientError::Unserved(_)), "the child was asked: {error:?}");
}

#[test]
fn daemons_that_keep_vanishing_are_given_up() {
    let error = told(vec![vec![]; 5], false).result.unwrap_err();
    assert!(error.to_string().contains("5 daemons in a row"), "{error}");
}

#[test]
fn an_interrupted_request_ends_with_130_and_is_not_repeated() {
    for answer in [lines(&[welcome(), done(1)]), lines(&[welcome()])] {
        let told = told(vec![answer], true);
        assert_eq!(told.result.unwrap(), 130);
        assert_eq!(told.requests.len(), 1);
    }
}
