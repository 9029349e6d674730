//! Completing a jmake.toml: which questions its missing fields ask, in which order, and what the answers say. Does not know who answers, nor
//! how the file is written.

mod answer;
mod queue;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use answer::{asks_for_library, in_words, value, without_lists};
pub use queue::Queue;

use super::config::document::{self, DocumentError, Field, Mode, Value, WRITTEN};
use super::config::settings::Settings;
use super::cxx::toolchain::Toolchain;
use super::failure::{Failure, FailureKind};
use super::path::FilePath;
use super::scan::binary::BinaryFacts;
use super::survey::Survey;

/// What is asked for a field, as users of the original know it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Job {
    /// Its function.
    pub name: &'static str,
    /// Who does it.
    pub actor: &'static str,
    /// In words.
    pub title: &'static str,
}

/// The job that fills a field.
#[must_use]
pub fn job(field: Field) -> Job {
    let job = |actor, name, title| Job { name, actor, title };
    match field {
        Field::Files => job("discovery", "scan_files", "Scan for source files"),
        Field::IncludeDirs => job("discovery", "discover_project", "Infer include directories"),
        Field::Binaries => job("discovery", "detect_binaries", "Detect binaries"),
        Field::Tools => job("discovery", "get_all_tools", "Discover LLVM tools"),
        Field::OutputDir => job("setup", "create_structure", "Choose the directory of IR"),
        Field::LibraryName => job("setup", "generate_config", "Name the library"),
    }
}

/// What an actor is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Question {
    /// What the project is made of.
    Survey,
    /// Its compiled files.
    Binaries,
    /// The toolchain that a build uses.
    Toolchain,
    /// The settings as they are now.
    Settings,
}

/// What has to be asked to fill a field.
#[must_use]
pub fn question(field: Field) -> Question {
    match field {
        Field::Files | Field::IncludeDirs => Question::Survey,
        Field::Binaries => Question::Binaries,
        Field::Tools => Question::Toolchain,
        Field::OutputDir | Field::LibraryName => Question::Settings,
    }
}

/// What an actor answered.
#[derive(Clone, Debug)]
pub enum Found {
    /// To [`Question::Survey`].
    Survey(Arc<Survey>),
    /// To [`Question::Binaries`], with the settings that say which of them builds make.
    Binaries(Vec<(FilePath, BinaryFacts)>, Arc<Settings>),
    /// To [`Question::Toolchain`].
    Toolchain(Arc<Toolchain>),
    /// To [`Question::Settings`].
    Settings(Arc<Settings>),
}

/// The fields that are filled in `text`: the missing ones, and with [`Mode::Refresh`] those that were filled before and are found in the
/// project or on the machine. Where there are targets, nothing that they set aside.
pub fn wanted(text: &str, mode: Mode) -> Result<Vec<Field>, DocumentError> {
    let (missing, marked, targets) = (document::missing(text)?, document::marked(text)?, document::has_targets(text)?);
    let set_aside = |field: &Field| targets && matches!(field, Field::Files | Field::LibraryName);
    let wanted = |field: &Field| missing.contains(field) || (mode == Mode::Refresh && marked.contains(field));
    Ok(Field::ALL.into_iter().filter(|field| wanted(field) && !set_aside(field)).collect())
}

/// The fields of `text` that a refresh would write anew if somebody had not typed them.
pub fn kept(text: &str, mode: Mode) -> Result<Vec<Field>, DocumentError> {
    if mode == Mode::Refresh { document::typed(text) } else { Ok(Vec::new()) }
}

/// The answers, by field.
pub type Values = BTreeMap<Field, Value>;
/// Why fields could not be filled.
pub type Failures = BTreeMap<Field, Failure>;

/// `text` with all of `values` that it wants, and those that have no place in it.
#[must_use]
pub fn completed(text: &str, values: &Values, mode: Mode) -> (String, Failures) {
    let mut failures = Failures::new();
    let mut whole = text.to_owned();
    for (field, value) in WRITTEN.iter().filter_map(|field| Some((*field, values.get(field)?))) {
        let mode = if field.is_found() { mode } else { Mode::Fill };
        match document::filled(&whole, field, value, mode) {
            Ok(filled) => whole = filled,
            Err(error) => drop(failures.insert(field, Failure::usage(error))),
        }
    }
    (whole, failures)
}

/// The exit code: that of the machine's failures, if there is one of them.
#[must_use]
pub fn exit_code(failures: &Failures) -> u8 {
    match failures.values().map(|failure| failure.kind).max_by_key(|kind| kind.exit_code()) {
        None => 0,
        Some(FailureKind::Usage) => 1,
        Some(other) => other.exit_code(),
    }
}

#[cfg(test)]
mod tests;
