//! The key reference in docs/configuration.md says of every key what the schema says. Does not know what keys do.

use crate::engine::config::schema::{self, Form, Key, SECTIONS, State};

const DOCUMENT: &str = include_str!("../../../../docs/configuration.md");

fn values(form: Form) -> String {
    let listed = |choices: &[&str]| choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(" ");
    match form {
        Form::Text => "string".to_owned(),
        Form::Path => "path".to_owned(),
        Form::Texts => "list of strings".to_owned(),
        Form::Paths => "list of paths".to_owned(),
        Form::TextsOrAll => "list of strings, or true".to_owned(),
        Form::OneOrMore => "string or list".to_owned(),
        Form::Truth => "true or false".to_owned(),
        Form::Number(..) => "number".to_owned(),
        Form::Choice(choices) => listed(choices),
        Form::Choices(choices) => format!("list of {}", listed(choices)),
        Form::Switch(choices) => format!("{}, true or false", listed(choices)),
        Form::Standard { .. } => "standard".to_owned(),
        Form::Defines => "table of macros".to_owned(),
        Form::Pairs => "table of strings".to_owned(),
        Form::Anything => "anything".to_owned(),
    }
}

/// The key's row of the reference.
fn row(key: &Key) -> String {
    let state = match key.state {
        State::Honoured => String::new(),
        State::Record => " Says something to readers only.".to_owned(),
        State::Only(only, "") => format!(" Only `{only}`."),
        State::Only(only, why) => format!(" Only `{only}`: {why}."),
        State::Inert("") => " No effect.".to_owned(),
        State::Inert(why) => format!(" No effect: {why}."),
    };
    let default = if key.default.is_empty() { String::new() } else { format!("`{}`", key.default) };
    format!("| `{}` | {} | {default} | {}{state} |", key.path, values(key.form), key.doc)
}

#[test]
fn every_key_is_in_the_reference_and_nothing_else() {
    for key in schema::all() {
        let row = row(key);
        assert!(DOCUMENT.lines().any(|line| line == row), "docs/configuration.md lacks this row:\n{row}");
    }
    let reference = DOCUMENT.split("## All keys").nth(1).unwrap();
    let rows = reference.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, schema::all().len(), "docs/configuration.md has rows of keys that are not there");
    for section in SECTIONS {
        let head = format!("### {}", section.name);
        let at = DOCUMENT.lines().position(|line| line == head).unwrap_or_else(|| panic!("docs/configuration.md lacks {head}"));
        let told = DOCUMENT.lines().skip(at + 1).find(|line| !line.is_empty());
        assert!(told.is_some_and(|line| line.starts_with(section.doc)), "{head} is not followed by: {}", section.doc);
    }
}
