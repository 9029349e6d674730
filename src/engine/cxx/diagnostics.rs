//! What compilers and linkers print, taken apart. Does not know which step printed it.

use crate::engine::path::FilePath;
use crate::engine::report::{Diagnostic, Severity};

pub mod advice;
pub mod linker;
pub mod machine;

/// `text` without colour codes and other terminal sequences.
#[must_use]
pub fn strip(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        out.push_str(&rest[..at]);
        rest = after_sequence(&rest[at + 1..]);
    }
    out.push_str(rest);
    out
}

/// What follows an escape sequence whose escape character is gone already.
fn after_sequence(text: &str) -> &str {
    let Some(body) = text.strip_prefix('[') else {
        let mut chars = text.chars();
        chars.next();
        return chars.as_str();
    };
    body.find(|c: char| ('@'..='~').contains(&c)).map_or("", |end| &body[end + 1..])
}

/// The diagnostics in a tool's output, in order, each with its text as printed: the lines that say whence a file was included
/// come with the diagnostic after them, source lines and marks with the one before.
#[must_use]
pub fn parse(output: &str) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut lead = String::new();
    for line in output.split_inclusive('\n') {
        let plain = strip(line);
        let plain = plain.trim_end();
        if let Some(mut diagnostic) = heading(plain) {
            diagnostic.rendered = std::mem::take(&mut lead) + line;
            found.push(diagnostic);
        } else if leads(plain) || !lead.is_empty() {
            lead.push_str(line);
        } else if let Some(last) = found.last_mut().filter(|_| !is_count(plain)) {
            last.rendered.push_str(line);
        }
    }
    for diagnostic in &mut found {
        diagnostic.rendered.truncate(diagnostic.rendered.trim_end().len());
    }
    found
}

/// Lines that belong to the diagnostic after them.
fn leads(line: &str) -> bool {
    line.starts_with("In file included from ") || line.starts_with("In module ") || line.contains(": in function `")
}

/// `2 errors generated.`
fn is_count(line: &str) -> bool {
    line.ends_with(" generated.") && line.starts_with(|c: char| c.is_ascii_digit())
}

/// Severities by the words before which a place stands.
const WORDS: &[(&str, Severity)] = &[
    ("fatal error: ", Severity::Error),
    ("error: ", Severity::Error),
    ("warning: ", Severity::Warning),
    ("note: ", Severity::Note),
    ("remark: ", Severity::Note),
];

/// `file:line:column: error: message`, or the same without a place; or what GNU ld says.
fn heading(line: &str) -> Option<Diagnostic> {
    let first = WORDS.iter().filter_map(|(word, severity)| Some((position(line, word)?, word, *severity))).min_by_key(|(at, ..)| *at);
    if let Some((at, word, severity)) = first {
        let (file, row, column) = place(line[..at].trim_end_matches([' ', ':']));
        return Some(diagnostic(severity, file, row, column, &line[at + word.len()..]));
    }
    let gnu = ["undefined reference to `", "multiple definition of `", "cannot find "].iter().find_map(|w| line.find(&format!(": {w}")));
    let at = gnu.filter(|_| linker::is_gnu(line))?;
    let (file, row, column) = place(line[..at].trim_start_matches(linker::gnu_prefix(line)));
    Some(diagnostic(Severity::Error, file, row, column, &line[at + 2..]))
}

/// Where `word` stands behind a place or a program's name, or begins the line.
fn position(line: &str, word: &str) -> Option<usize> {
    if line.starts_with(word) { Some(0) } else { line.find(&format!(": {word}")).map(|at| at + 2) }
}

fn diagnostic(severity: Severity, file: Option<FilePath>, line: u32, column: u32, message: &str) -> Diagnostic {
    Diagnostic { severity, file, line, column, message: message.to_owned(), rendered: String::new() }
}

/// `file:line:column`; a program's name is no place.
fn place(text: &str) -> (Option<FilePath>, u32, u32) {
    let last_number = |text: &str| text.rsplit_once(':').and_then(|(rest, n)| Some((rest.to_owned(), n.parse::<u32>().ok()?)));
    match last_number(text) {
        Some((rest, second)) => match last_number(&rest) {
            Some((file, first)) => (Some(FilePath::from(file.as_str())), first, second),
            None => (Some(FilePath::from(rest.as_str())), second, 0),
        },
        None => (None, 0, 0),
    }
}

#[cfg(test)]
mod tests;
