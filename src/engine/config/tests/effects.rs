//! Every key of the schema that is heeded, and what it changes of what a project becomes: command lines, paths, plans. Does not know how keys
//! are read.

use std::collections::BTreeSet;

use super::described::{described, difference};
use super::keys;
use crate::engine::config::schema::{self, State};

/// What each key changes. `> ` begins what is said beside the keys that follow, until the next; then come lines that set a key, each with what
/// it changes below it. `KEY <- ` stands before a line that does not begin with its key. Where something is said of targets beside them, keys
/// are those of the last one.
const ROWS: &str = include_str!("effects.txt");

/// Keys whose effects other tests show: what the engine gets to see takes whole builds (tests/it/settings.rs), and the job queue has a table of
/// its own (`jobs::tests::keys`); other projects are built in tests/it/neighbours.rs; the graph of files is no build's (tests/it/graph.rs).
const ELSEWHERE: &[&str] =
    &["discovery.follow_symlinks", "discovery.dependency_graph_file", "discovery.parse_ast", "jobs.", "job_queue.", "dependencies.NAME"];

/// A key, what is said beside it, what sets it, what it changes.
struct Row {
    key: String,
    beside: &'static str,
    line: &'static str,
    changes: Vec<&'static str>,
}

fn rows() -> Vec<Row> {
    let (mut rows, mut beside): (Vec<Row>, &str) = (Vec::new(), "");
    for line in ROWS.lines().filter(|line| !line.is_empty()) {
        if let Some(text) = line.strip_prefix('>') {
            beside = text.trim();
        } else if let Some(change) = line.strip_prefix("    ") {
            rows.last_mut().unwrap().changes.push(change);
        } else {
            let (key, line) = line.split_once(" <- ").unwrap_or_else(|| (line.split(" = ").next().unwrap(), line));
            let of_target = format!("targets.{key}");
            let is_one = beside.starts_with("targets: ") && schema::find(&of_target).is_some();
            let key = if is_one { of_target } else { key.to_owned() };
            rows.push(Row { key, beside, line, changes: Vec::new() });
        }
    }
    rows
}

/// The settings that say `line` and `beside`, in which targets are `NAME KIND SOURCES DEPENDS` each, `-` for nothing.
fn settings(beside: &str, line: &str) -> String {
    let Some(targets) = beside.strip_prefix("targets: ") else { return format!("{line}\n{}", beside.replace("; ", "\n")) };
    let target = |words: &str| {
        let words: Vec<&str> = words.split(' ').collect();
        let mut text = format!("[[targets]]\nname = '{}'\n", words[0]);
        for (key, at) in [("kind = 'X'\n", 1), ("sources = ['X']\n", 2), ("depends = ['X']\n", 3)] {
            text.extend(words.get(at).filter(|word| **word != "-").map(|word| key.replace('X', word)));
        }
        text
    };
    targets.split("; ").map(target).collect::<String>() + &line.replace("; ", "\n")
}

#[test]
fn every_key_that_is_heeded_changes_what_it_says_and_no_more() {
    let mut wrong = String::new();
    for Row { key, beside, line, changes } in rows() {
        let before = described(&settings(beside, "")).unwrap_or_else(|error| panic!("{key}: {error}"));
        let told = described(&settings(beside, line)).map_or_else(|error| vec![error], |after| difference(&before, &after));
        if told != changes || told.is_empty() {
            wrong.push_str(&format!("\n> {beside}\n{line}\n    {}\n", told.join("\n    ")));
        }
    }
    assert!(wrong.is_empty(), "where this is better, it belongs into effects.txt:\n{wrong}");
}

#[test]
fn a_key_that_is_not_heeded_changes_nothing() {
    let mut before = described("").unwrap();
    before.retain(|about, _| !["notes", "check"].contains(&about.as_str()));
    for (key, text) in keys::not_heeded() {
        let mut after = described(text).unwrap_or_else(|error| panic!("{key}: {error}"));
        after.retain(|about, _| !["notes", "check"].contains(&about.as_str()));
        assert_eq!(difference(&before, &after), [""; 0], "{key}: {text}");
    }
}

#[test]
fn every_key_that_is_heeded_has_a_row_and_every_row_a_key() {
    let rows: BTreeSet<String> = rows().into_iter().map(|row| row.key).collect();
    let heeded = schema::all().iter().filter(|key| key.state == State::Honoured).map(|key| key.path.to_owned());
    let heeded: BTreeSet<String> = heeded.collect();
    let missing: Vec<&String> =
        heeded.difference(&rows).filter(|key| !ELSEWHERE.iter().any(|elsewhere| key.starts_with(elsewhere))).collect();
    assert!(missing.is_empty(), "no row in effects.txt says what these change: {missing:?}");
    let surplus: Vec<&String> = rows.difference(&heeded).collect();
    assert!(surplus.is_empty(), "effects.txt has rows of what is no key that is heeded: {surplus:?}");
}
