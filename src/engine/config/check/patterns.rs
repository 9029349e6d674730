//! Globs of the project's file: can they be read, and does any file fit them? Does not look at the disk.

use super::{Facts, Finder, Lies};
use crate::engine::config::merge::Examined;
use crate::engine::config::merged::relative;
use crate::engine::config::problem::Severity;
use crate::engine::config::value::Entry;
use crate::engine::discover::patterns::Patterns;
use crate::engine::path::FilePath;
use crate::engine::scan::kind::FileKind;

/// How bad it is if a pattern fits nothing; nothing for a key that holds no patterns.
fn severity(path: &str) -> Option<Severity> {
    match path {
        // A build fails on these.
        "targets.sources" | "install.headers" => Some(Severity::Error),
        "targets.exclude" | "files.match" | "discovery.include_patterns" => Some(Severity::Warning),
        _ => None,
    }
}

fn entries(examined: &Examined) -> impl Iterator<Item = (&Entry, Severity)> {
    let raw = &examined.project;
    let tables = std::iter::once(&raw.table).chain(raw.profiles.values()).chain(&raw.targets).chain(&raw.files);
    tables.flat_map(|table| &table.entries).filter_map(|entry| Some((entry, severity(entry.key.path)?)))
}

/// There are patterns, so it matters which files there are.
pub(super) fn any(examined: &Examined) -> bool {
    entries(examined).any(|(entry, _)| !entry.items.is_empty())
}

pub(super) fn check(finder: &mut Finder<'_>, facts: &Facts) {
    let examined = finder.examined;
    let discovers = examined.project.targets.is_empty();
    for (entry, severity) in entries(examined) {
        let (noun, kind): (_, fn(&FilePath) -> bool) = match entry.key.path {
            "install.headers" => ("header", |path| FileKind::of(path) == FileKind::Header),
            _ => ("source", |path| matches!(FileKind::of(path), FileKind::Source(_))),
        };
        for (typed, span) in entry.items.iter().filter(|_| discovers || entry.key.section() != "discovery") {
            let one_path = matches!(facts.lies.get(&relative(typed)), Some(Lies::Nothing | Lies::File));
            match Patterns::new(std::slice::from_ref(typed)) {
                Err(error) => finder.error(
                    span.clone(),
                    format!("`{typed}` is no pattern: {}", error.why),
                    "write a file, a directory, or a glob such as \"src/**/*.cpp\"",
                ),
                Ok(patterns) => {
                    let files = facts.files.iter().flatten().filter(|path| kind(path));
                    let fits = one_path || facts.files.is_none() || patterns.idle(files).is_none();
                    if !fits {
                        let message = format!("`{typed}` fits no {noun} that is not ignored");
                        finder.put(severity, span.clone(), message, advice(typed));
                    }
                }
            }
        }
    }
}

fn advice(typed: &str) -> String {
    let name = typed.rsplit('/').next().unwrap_or(typed);
    let deep = typed.contains('*') && !typed.contains("**");
    let deeper = if deep { format!(", or write \"**/{name}\" for every directory") } else { String::new() };
    format!("patterns begin at the project's root: correct it{deeper}, or remove it")
}
