//! How a file looks: its opening words, its length and that of its functions, its name, the order within an actor.

use super::source::{Source, item_end};
use super::{check, holds_for_sources, root};

/// Lines of a file without its tests.
const FILE_LINES: usize = 300;
/// Lines of a function.
const FUNCTION_LINES: usize = 70;
/// Lines of an actor's handler.
const HANDLER_LINES: usize = 15;
/// Lines of a program's file.
const PROGRAM_LINES: usize = 60;

/// A file says what it is for.
fn opens_with_its_purpose(source: &Source) -> Vec<String> {
    let words = source.text.lines().next().and_then(|line| line.strip_prefix("//!")).unwrap_or_default();
    if words.trim().len() >= 10 { Vec::new() } else { vec!["begin with `//!` and what the file is for".to_owned()] }
}

/// A file fits in a head.
fn files_are_short(source: &Source) -> Vec<String> {
    if source.is_test || !source.path.starts_with("src/") {
        return Vec::new();
    }
    let limit = if source.path.starts_with("src/bin/") { PROGRAM_LINES } else { FILE_LINES };
    let tests = source
        .code
        .lines()
        .zip(source.text.lines())
        .filter(|(code, text)| !text.trim().is_empty() && code.trim().is_empty())
        .filter(|(_, text)| !text.trim_start().starts_with("//"))
        .count();
    let lines = source.text.lines().count() - tests;
    if lines <= limit { Vec::new() } else { vec![format!("{lines} lines without tests; {limit} at most")] }
}

/// The line of each function and how many lines it has.
fn functions(code: &str) -> Vec<(usize, usize)> {
    let starts = code
        .match_indices("fn ")
        .map(|(at, _)| at)
        .filter(|at| *at == 0 || !code.as_bytes()[at - 1].is_ascii_alphanumeric() && code.as_bytes()[at - 1] != b'_');
    starts
        .filter(|at| code[at + 3..].starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .map(|at| (line_of(code, at), line_of(code, item_end(code, at)) - line_of(code, at) + 1))
        .collect()
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

/// A function fits on a screen.
fn functions_are_short(source: &Source) -> Vec<String> {
    let long = functions(&source.code).into_iter().filter(|(_, lines)| *lines > FUNCTION_LINES && !source.is_test);
    long.map(|(line, lines)| format!("line {line}: a function of {lines} lines; {FUNCTION_LINES} at most")).collect()
}

/// A file is named after its subject.
fn names_are_nouns(source: &Source) -> Vec<String> {
    const NO_SUBJECT: [&str; 9] = ["util", "utils", "common", "helper", "helpers", "manager", "misc", "types", "shared"];
    let parts = source.path.trim_end_matches(".rs").split('/');
    parts.filter(|part| NO_SUBJECT.contains(part) || part.ends_with("_manager")).map(|part| format!("`{part}` is no subject")).collect()
}

/// `src/lib.rs` is the map.
fn lib_is_a_map(source: &Source) -> Vec<String> {
    if source.path != "src/lib.rs" {
        return Vec::new();
    }
    let allowed = |line: &str| {
        line.is_empty()
            || line.starts_with("pub mod ")
            || line.starts_with("mod ")
            || line.starts_with('#')
            || line.starts_with("compile_error!(")
    };
    let wrong = source.code.lines().map(str::trim).zip(1..).filter(|(line, _)| !allowed(line));
    wrong.map(|(line, number)| format!("line {number}: `{line}` is code")).collect()
}

fn is_actor(source: &Source) -> bool {
    source.room() == Some("actors")
        && source.path != "src/actors/supervise.rs"
        && source
            .code
            .split_whitespace()
            .collect::<Vec<_>>()
            .windows(3)
            .any(|words| words[0].starts_with("impl") && words[1] == "Actor" && words[2] == "for")
}

/// What an actor owns, hears, says and does when it breaks, before anything else.
fn actors_introduce_themselves(source: &Source) -> Vec<String> {
    if !is_actor(source) {
        return Vec::new();
    }
    let mut lines = source
        .text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .map(|line| line.trim_start_matches("//!").trim_start().trim_start_matches('*'));
    let missing = ["Owns", "Receives", "Sends", "On failure"].into_iter().find(|word| !lines.any(|line| line.starts_with(word)));
    missing
        .map(|word| format!("its `//!` lines begin with Owns, Receives, Sends, On failure, in this order; {word} is missing"))
        .into_iter()
        .collect()
}

/// A handler hands on.
fn handlers_are_short(source: &Source) -> Vec<String> {
    if source.room() != Some("actors") {
        return Vec::new();
    }
    let mut wrong = Vec::new();
    for (at, _) in source.code.match_indices("fn handle(") {
        let body = source.code[at..].find('{').map_or(at, |open| at + open);
        let lines = (line_of(&source.code, item_end(&source.code, at)) - line_of(&source.code, body)).saturating_sub(1);
        if lines > HANDLER_LINES {
            wrong.push(format!("line {}: a handler of {lines} lines; {HANDLER_LINES} at most", line_of(&source.code, at)));
        }
    }
    wrong
}

/// Files of `tests/it` that its `main.rs` does not list; they would never run.
fn unlisted(main: &str, files: &[String]) -> Vec<String> {
    files.iter().filter(|name| *name != "main" && !main.lines().any(|line| line.trim() == format!("mod {name};"))).cloned().collect()
}

#[test]
fn every_file_opens_with_its_purpose() {
    check(
        opens_with_its_purpose,
        &[
            ("src/engine/x.rs", "use std::fmt;", "//!"),
            ("src/engine/x.rs", "//! .", "//!"),
            ("src/engine/x.rs", "/// A thing that is something.", "//!"),
            ("src/engine/x.rs", "//! Names of things. Does not know files.", ""),
        ],
    );
    holds_for_sources(opens_with_its_purpose);
}

#[test]
fn no_file_is_too_long() {
    let long = "fn f() {}\n".repeat(FILE_LINES + 1);
    let tested = format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", "fn f() {}\n".repeat(FILE_LINES - 2), "fn g() {}\n".repeat(100));
    let program = "fn f() {}\n".repeat(PROGRAM_LINES + 1);
    check(
        files_are_short,
        &[
            ("src/engine/x.rs", &long, "301 lines"),
            ("src/engine/x.rs", &tested, ""),
            ("src/engine/x/tests.rs", &long, ""),
            ("src/bin/jmake.rs", &program, "60 at most"),
            ("src/engine/x.rs", &program, ""),
        ],
    );
    holds_for_sources(files_are_short);
}

#[test]
fn no_function_is_too_long() {
    let long = format!("impl X {{\n    fn f(&self) -> [u8; 3] {{\n{}    }}\n}}\n", "        g();\n".repeat(FUNCTION_LINES - 1));
    let short = format!("fn f() {{\n{}}}\nfn h();\n", "    g();\n".repeat(FUNCTION_LINES - 2));
    check(functions_are_short, &[("src/engine/x.rs", &long, "line 2: a function of 71 lines"), ("src/engine/x.rs", &short, "")]);
    holds_for_sources(functions_are_short);
}

#[test]
fn every_file_has_a_subject() {
    check(
        names_are_nouns,
        &[
            ("src/engine/utils.rs", "", "no subject"),
            ("src/common/mod.rs", "", "no subject"),
            ("src/actors/cache_manager.rs", "", "no subject"),
            ("src/engine/graph.rs", "", ""),
        ],
    );
    holds_for_sources(names_are_nouns);
}

#[test]
fn the_crate_root_is_a_map() {
    check(
        lib_is_a_map,
        &[
            ("src/lib.rs", "//! A map.\n\npub mod engine;\nfn f() {}\n", "line 4"),
            ("src/lib.rs", "//! A map.\n#[cfg(not(unix))]\ncompile_error!(\"no\");\npub mod engine;\n", ""),
        ],
    );
    holds_for_sources(lib_is_a_map);
}

#[test]
fn actors_say_what_they_are() {
    let actor = "impl Actor for Pool {}";
    let whole =
        format!("//! Owns the workers.\n//! Receives steps,\n//! of any kind.\n//! Sends results.\n//! On failure begins again.\n{actor}");
    check(
        actors_introduce_themselves,
        &[
            ("src/actors/pool.rs", actor, "Owns is missing"),
            ("src/actors/pool.rs", &whole.replace("Sends", "Says"), "Sends is missing"),
            ("src/actors/pool.rs", &whole, ""),
            ("src/actors/mod.rs", "//! The tree.", ""),
        ],
    );
    holds_for_sources(actors_introduce_themselves);
}

#[test]
fn handlers_hand_on() {
    let long = format!(
        "impl Handler<M> for A {{\n    fn handle(&mut self, m: M, c: &mut C) {{\n{}    }}\n}}",
        "        f();\n".repeat(HANDLER_LINES + 1)
    );
    check(
        handlers_are_short,
        &[("src/actors/pool.rs", &long, "a handler of 16 lines"), ("src/actors/pool.rs", &long.replacen("        f();\n", "", 1), "")],
    );
    holds_for_sources(handlers_are_short);
}

#[test]
fn every_integration_test_is_listed() {
    assert_eq!(unlisted("mod a;\n", &["a".to_owned(), "b".to_owned(), "main".to_owned()]), ["b"]);
    let folder = root().join("tests/it");
    let main = std::fs::read_to_string(folder.join("main.rs")).unwrap();
    let files: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(unlisted(&main, &files), [""; 0]);
}
