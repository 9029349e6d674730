//! What a law is, and the laws that forbid a name everywhere but in one place.

use super::source::Source;
use super::{check, holds_for_sources};

/// What a law finds wrong with a file.
pub type Law = fn(&Source) -> Vec<String>;

/// True if `mention` is `path` or something within it.
pub fn within(mention: &str, path: &str) -> bool {
    mention.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// A message for each mention that `forbidden` finds.
pub fn mentions_of(source: &Source, forbidden: impl Fn(&str) -> bool, why: &str) -> Vec<String> {
    source.mentions.iter().filter(|mention| forbidden(mention)).map(|mention| format!("`{mention}`: {why}")).collect()
}

/// Actors are one way to run this; only three rooms know it.
fn actix_has_three_rooms(source: &Source) -> Vec<String> {
    if matches!(source.room(), None | Some("actors" | "messages" | "daemon")) {
        return Vec::new();
    }
    let is_actix = |mention: &str| within(mention, "actix") || within(mention, "actix_rt");
    mentions_of(source, is_actix, "actix stays in actors, messages and daemon")
}

/// A panic is caught in one place, which knows how to begin again.
fn one_file_catches_panics(source: &Source) -> Vec<String> {
    if source.is_test || source.path == "src/actors/supervise.rs" || !source.path.starts_with("src/") {
        return Vec::new();
    }
    let caught = source.code.lines().zip(1..).filter(|(line, _)| line.contains("catch_unwind"));
    caught.map(|(_, number)| format!("line {number}: only actors/supervise.rs knows panics")).collect()
}

/// What the compiler cannot check is at the edge.
fn unsafe_is_at_the_edge(source: &Source) -> Vec<String> {
    if matches!(source.room(), None | Some("edge")) {
        return Vec::new();
    }
    let blocks = source
        .code
        .lines()
        .zip(1..)
        .filter(|(line, _)| line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe"));
    blocks.map(|(_, number)| format!("line {number}: unsafe stays in edge")).collect()
}

/// Waiting for time to pass hides what is waited for.
fn nobody_sleeps(source: &Source) -> Vec<String> {
    mentions_of(source, |mention| mention.ends_with("thread::sleep"), "wait for what you wait for, not for time")
}

/// A test that does not run shows nothing.
fn every_test_runs(source: &Source) -> Vec<String> {
    let code = super::source::blanked(&source.text);
    let ignored = code.lines().zip(1..).filter(|(line, _)| line.contains("#[ignore"));
    ignored.map(|(_, number)| format!("line {number}: an ignored test shows nothing")).collect()
}

/// Work that is not done is in an issue, not in the code.
fn nothing_is_half_done(source: &Source) -> Vec<String> {
    const MARKS: [&str; 5] =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("todo", "!("), concat!("unimplemented", "!(")];
    let marked = source.text.lines().zip(1..).filter(|(line, _)| MARKS.iter().any(|mark| line.contains(mark)));
    marked.map(|(line, number)| format!("line {number}: {}", line.trim())).collect()
}

#[test]
fn actix_stays_in_its_rooms() {
    check(
        actix_has_three_rooms,
        &[
            ("src/edge/clock.rs", "use actix::Actor;", "actix"),
            ("src/client/run.rs", "fn f() { actix_rt::spawn(x) }", "actix"),
            ("src/actors/pool.rs", "use actix::Actor;", ""),
            ("src/edge/clock.rs", "// use actix::Actor;", ""),
        ],
    );
    holds_for_sources(actix_has_three_rooms);
}

#[test]
fn panics_are_caught_in_one_file() {
    check(
        one_file_catches_panics,
        &[("src/edge/clock.rs", "std::panic::catch_unwind(f)", "line 1"), ("src/actors/supervise.rs", "std::panic::catch_unwind(f)", "")],
    );
    holds_for_sources(one_file_catches_panics);
}

#[test]
fn unsafe_code_is_at_the_edge() {
    check(
        unsafe_is_at_the_edge,
        &[
            ("src/engine/graph.rs", "fn f() {\n unsafe { g() }\n}", "line 2"),
            ("src/edge/watch.rs", "unsafe { g() }", ""),
            ("src/engine/graph.rs", "#![forbid(unsafe_code)]", ""),
        ],
    );
    holds_for_sources(unsafe_is_at_the_edge);
}

#[test]
fn waits_have_a_subject() {
    check(
        nobody_sleeps,
        &[
            ("src/edge/clock.rs", "std::thread::sleep(d)", "sleep"),
            ("tests/it/build.rs", "use std::thread::{self, sleep};", "sleep"),
            ("tests/it/build.rs", "tokio::time::sleep(d)", ""),
        ],
    );
    holds_for_sources(nobody_sleeps);
}

#[test]
fn no_test_is_ignored() {
    check(every_test_runs, &[("tests/it/build.rs", "#[test]\n#[ignore]\nfn f() {}", "line 2"), ("src/x.rs", "// #[ignore]", "")]);
    holds_for_sources(every_test_runs);
}

#[test]
fn no_work_is_left_in_the_code() {
    check(
        nothing_is_half_done,
        &[
            ("src/x.rs", concat!("a\n// TO", "DO: more"), "line 2"),
            ("src/x.rs", concat!("unimplemented", "!()"), "line 1"),
            ("src/x.rs", "// done", ""),
        ],
    );
    holds_for_sources(nothing_is_half_done);
}
