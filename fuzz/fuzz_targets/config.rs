//! Any bytes as a jmake.toml: it is read, checked, listed and completed without a panic, every problem has a place in it, and completing it
//! keeps it valid, fills what is missing and is done after once.

#![no_main]

use jmake::engine::config::check::{Facts, Lies, asked, check};
use jmake::engine::config::document::{Field, Mode, Value, filled, missing};
use jmake::engine::config::merge::examine;
use jmake::engine::config::{ConfigError, Request, load, shown};
use libfuzzer_sys::fuzz_target;

/// Up to a NUL: the user's own file, if there is a NUL. The rest: the project's.
fn texts(bytes: &[u8]) -> (Option<String>, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match bytes.iter().position(|byte| *byte == 0) {
        Some(at) => (Some(text(&bytes[..at])), text(&bytes[at + 1..])),
        None => (None, text(bytes)),
    }
}

fn read(user: Option<&str>, project: &str, profile: &str) {
    let environment = |_: &str| None;
    let request = Request {
        root_name: "root",
        user,
        project: Some(project),
        environment: &environment,
        profile,
        build_dir: "build".into(),
        path_of_file: "jmake.toml",
    };
    let examined = examine(&request);
    for lies in [Lies::Nothing, Lies::File, Lies::Directory] {
        let lies = asked(&examined).into_iter().map(|path| (path, lies)).collect();
        let facts = Facts { root: "/root".into(), lies, files: Some(vec!["src/a.c".into()]), ..Facts::default() };
        let problems = check(&examined, project, &facts);
        let lines: Vec<&str> = project.split('\n').collect();
        for problem in problems.iter().filter(|problem| problem.file == "jmake.toml") {
            assert_eq!(problem.text, lines[problem.line - 1].trim_end_matches('\r'), "{problem:?}");
            assert!(!problem.message.is_empty() && !problem.advice.is_empty() && !problem.to_string().is_empty());
        }
        // A build complains of nothing that a check is silent about.
        if let Err(ConfigError::Invalid(errors)) = load(&request) {
            assert!(errors.iter().all(|error| problems.contains(error)), "{errors:?} not in {problems:?}");
        }
    }
    assert!(!shown::rows(&examined, &request, None).is_empty());
}

fn value(field: Field) -> Value {
    let list = || Value::List(vec!["a b".to_owned(), "'\"\\".to_owned()]);
    match field.parts() {
        [] if matches!(field, Field::OutputDir | Field::LibraryName) => Value::Text("x\"'".to_owned()),
        [] if field == Field::Tools => Value::Table(vec![("clang++".to_owned(), Value::Text("/l".to_owned()))]),
        [] => list(),
        parts => Value::Table(parts.iter().map(|part| ((*part).to_owned(), list())).collect()),
    }
}

fn complete(text: &str) {
    let Ok(wanted) = missing(text) else { return };
    let mut whole = text.to_owned();
    let mut refused = Vec::new();
    for field in wanted {
        match filled(&whole, field, &value(field), Mode::Fill) {
            Ok(text) => whole = text,
            Err(_) => refused.push(field),
        }
    }
    let still = missing(&whole).unwrap_or_else(|error| panic!("{error}: {whole:?} of {text:?}"));
    assert!(still.iter().all(|field| refused.contains(field)), "{still:?} missing in {whole:?} of {text:?}");
}

fuzz_target!(|bytes: &[u8]| {
    let (user, project) = texts(bytes);
    for profile in ["dev", "x"] {
        read(user.as_deref(), &project, profile);
    }
    complete(&project);
});
