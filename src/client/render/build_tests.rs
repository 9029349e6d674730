//! What people see of a build, as tables.

use super::*;
use crate::wire::{Failed, FailureKind, StepKind, Timed};

/// Standard error's lines are marked with `!`.
fn shown(style: Style, events: Vec<Event>) -> String {
    let mut build = Build::new(style);
    for event in events {
        build.line(&FromDaemon::Event(Timed { event, time_ms: 0 }), b"");
    }
    marked(build.take())
}

fn marked(pieces: Vec<(Stream, Vec<u8>)>) -> String {
    let mut out = String::new();
    for (stream, bytes) in pieces {
        for line in String::from_utf8(bytes).unwrap().lines() {
            out.push_str(if stream == Stream::Err { "! " } else { "  " });
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn finished(step: u32, outcome: Outcome) -> Event {
    Event::StepFinished {
        step,
        kind: StepKind::Compile,
        label: format!("src/{step}.cpp"),
        target: "app".to_owned(),
        outcome,
        reason: "src/1.h changed".to_owned(),
        wall_ms: 417,
        user_ms: 400,
        max_rss_kb: 9,
    }
}

fn output(step: u32, failed: bool, text: &str) -> Event {
    Event::StepOutput { step, label: format!("src/{step}.cpp"), target: "app".to_owned(), failed, text: text.to_owned() }
}

fn end(exit_code: u8, [ran, up_to_date, failed, not_run]: [u32; 4]) -> Event {
    let steps = Counts { total: ran + up_to_date + failed + not_run, ran, cached: 0, up_to_date, failed, not_run };
    Event::BuildFinished { success: exit_code == 0, exit_code, steps, artifacts: vec![], wall_ms: 1417 }
}

fn started() -> Event {
    Event::BuildStarted { build: 1, root: "/p".into(), profile: "dev".to_owned(), targets: vec![] }
}

const PLAIN: Style = Style { quiet: false, verbose: false, explain: false, dry_run: false, color: false, progress: false, err_only: false };

fn success() -> Vec<Event> {
    let notice = Event::Notice { text: "no jmake.toml: 3 sources discovered".to_owned() };
    vec![started(), notice, finished(1, Outcome::Ran), output(2, false, "warning: x\n"), finished(2, Outcome::Cached), end(0, [3, 9, 0, 0])]
}

#[test]
fn a_success_is_told_as_asked() {
    let check = |style: Style, expect: &str| assert_eq!(shown(style, success()), expect, "{style:?}");
    check(
        PLAIN,
        "  jmake: no jmake.toml: 3 sources discovered\n! warning: x\n  jmake: 12 steps: 3 ran, 0 cached, 9 up to date in 1.41 s\n",
    );
    check(Style { quiet: true, ..PLAIN }, "");
    check(
        Style { err_only: true, ..PLAIN },
        "! jmake: no jmake.toml: 3 sources discovered\n! warning: x\n! jmake: 12 steps: 3 ran, 0 cached, 9 up to date in 1.41 s\n",
    );
    check(
        Style { explain: true, ..PLAIN },
        "  jmake: no jmake.toml: 3 sources discovered\n  jmake: compile src/1.cpp: src/1.h changed\n! warning: x\n  \
         jmake: compile src/2.cpp: src/1.h changed\n  jmake: 12 steps: 3 ran, 0 cached, 9 up to date in 1.41 s\n",
    );
    check(
        Style { verbose: true, ..PLAIN },
        "  jmake: building /p (profile dev)\n  jmake: no jmake.toml: 3 sources discovered\n  jmake: ran compile src/1.cpp in 0.41 s\n\
         ! warning: x\n  jmake: cached compile src/2.cpp in 0.41 s\n  jmake: 12 steps: 3 ran, 0 cached, 9 up to date in 1.41 s\n",
    );
}

#[test]
fn a_failure_is_headed_and_repeated_at_the_end() {
    let events = || {
        let error = Event::BuildError { build: 1, first: "src/2.cpp:1:1: error: no".to_owned() };
        let outputs = [output(2, true, "src/2.cpp:1:1: error: no\n"), output(2, true, "the rest")];
        let steps = [finished(2, Outcome::Failed), finished(3, Outcome::Failed), error, end(1, [3, 1, 2, 1])];
        outputs.into_iter().chain(steps).collect::<Vec<_>>()
    };
    let check = |style: Style, expect: &str| assert_eq!(shown(style, events()), expect, "{style:?}");
    let failures = "! jmake: FAILED src/2.cpp (target app)\n! src/2.cpp:1:1: error: no\n! the rest\n\
                    ! jmake: FAILED src/3.cpp (target app): src/1.h changed\n! jmake: first error: src/2.cpp:1:1: error: no\n";
    check(Style { quiet: true, ..PLAIN }, failures);
    check(PLAIN, &format!("{failures}  jmake: 7 steps: 3 ran, 0 cached, 1 up to date, 2 failed, 1 not run in 1.41 s\n"));
    let red = failures.replace("FAILED", "\u{1b}[1;31mFAILED\u{1b}[0m").replace("first error:", "\u{1b}[1;31mfirst error:\u{1b}[0m");
    check(Style { quiet: true, color: true, ..PLAIN }, &red);
}

#[test]
fn a_failure_that_is_finished_before_its_output_is_headed_once() {
    let events = vec![finished(2, Outcome::Failed), output(2, true, "error\n"), end(1, [0, 0, 1, 0])];
    assert_eq!(
        shown(Style { quiet: true, ..PLAIN }, events),
        "! jmake: FAILED src/2.cpp (target app)\n! error\n",
        "the heading comes with the output"
    );
}

#[test]
fn special_ends_are_named() {
    let check = |style: Style, event: Event, expect: &str| assert_eq!(shown(style, vec![event]), expect);
    check(PLAIN, end(130, [0, 0, 0, 2]), "  jmake: interrupted: 2 steps: 0 ran, 0 cached, 0 up to date, 2 not run in 1.41 s\n");
    check(PLAIN, end(0, [1, 0, 0, 0]), "  jmake: 1 step: 1 ran, 0 cached, 0 up to date in 1.41 s\n");
    let dry = Style { dry_run: true, ..PLAIN };
    check(dry, end(0, [0, 0, 0, 2]), "  jmake: 2 steps: 0 ran, 0 cached, 0 up to date, 2 not run in 1.41 s (dry run)\n");
    check(dry, finished(1, Outcome::Cancelled), "  jmake: would run compile src/1.cpp\n");
    check(dry, finished(1, Outcome::Cached), "  jmake: would put back compile src/1.cpp\n");
    let explained = Style { explain: true, ..dry };
    check(explained, finished(1, Outcome::Cancelled), "  jmake: would run compile src/1.cpp: src/1.h changed\n");
}

#[test]
fn a_command_line_is_shown_to_those_who_ask_and_can_be_copied() {
    let words = ["/usr/bin/clang", "-DNAME=\"a b\"", "-c", "it's.c"].map(Into::into).to_vec();
    let event = Event::StepStarted { step: 1, kind: StepKind::Compile, label: "it's.c".to_owned(), command: words };
    assert_eq!(shown(PLAIN, vec![event.clone()]), "");
    let verbose = Style { verbose: true, ..PLAIN };
    assert_eq!(shown(verbose, vec![event]), "  /usr/bin/clang '-DNAME=\"a b\"' -c \"it's.c\"\n");
}

#[test]
fn names_cannot_steer_the_terminal() {
    let text = "warning\n".to_owned();
    let event = Event::StepOutput { step: 1, label: "a\n\u{1b}[2J.c".to_owned(), target: "t".to_owned(), failed: true, text };
    assert_eq!(shown(PLAIN, vec![event]), "! jmake: FAILED a\\n\\u{1b}[2J.c (target t)\n! warning\n");
}

#[test]
fn a_request_that_fails_as_a_whole_says_why() {
    let mut build = Build::new(Style { quiet: true, ..PLAIN });
    let failed = Failed { kind: FailureKind::Environment, message: "no clang; apt install clang".to_owned() };
    build.line(&FromDaemon::Control(Control::Failed(failed)), b"");
    assert_eq!(marked(build.take()), "! jmake: error: no clang; apt install clang\n");
}
