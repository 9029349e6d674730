//! The paths that the project's file names: are they there, are they inside? Does not look at the disk.

use std::ops::Range;

use super::{Facts, Finder, Lies};
use crate::engine::config::merged::relative;
use crate::engine::config::problem::Severity;
use crate::engine::config::raw::Raw;
use crate::engine::config::targets::Dependency;
use crate::engine::config::value::{Entry, Table, Value};
use crate::engine::path::FilePath;

/// One path of the file.
pub(super) struct Named {
    pub(super) path: FilePath,
    typed: String,
    span: Range<usize>,
    rule: Rule,
}

/// What is to lie at a path.
#[derive(Clone, Copy)]
struct Rule {
    lies: Lies,
    /// How bad it is if not.
    severity: Severity,
    /// What to do then.
    advice: &'static str,
    /// It belongs to the project, and so should lie inside it.
    inside: bool,
    /// A build makes it.
    made: bool,
}

const fn rule(lies: Lies, severity: Severity, inside: bool, advice: &'static str) -> Rule {
    Rule { lies, severity, advice, inside, made: false }
}

/// Where a build writes: not to a place that nobody expects.
const OUTPUT: Rule = Rule { made: true, ..rule(Lies::Directory, Severity::Error, true, "") };

const LISTED: Rule = rule(Lies::File, Severity::Error, true, "remove it from the list, or correct its name");
const HEADER: Rule = rule(Lies::File, Severity::Warning, false, "remove it from the list; headers are found by what includes them");
const SEARCHED: Rule = rule(Lies::Directory, Severity::Warning, true, "nothing is found there: correct its name, or remove it");
const LIBRARIES: Rule = rule(Lies::Directory, Severity::Warning, false, "nothing is found there: correct its name, or remove it");
const NEEDED: Rule = rule(Lies::Directory, Severity::Error, false, "correct its name, or remove the line");
const TOOL: Rule = rule(Lies::File, Severity::Error, false, "`jmake tools` lists the tools there are; remove the line to have one chosen");

fn rule_of(path: &str) -> Option<Rule> {
    Some(match path {
        "discovery.files.cpp_sources" | "discovery.files.c_sources" | "compile.extra_sources" | "targets.sources" => LISTED,
        "discovery.files.cpp_headers" | "discovery.files.c_headers" => HEADER,
        "compile.include_dirs" | "discovery.include_dirs" | "targets.include_dirs" | "targets.public_include_dirs" => SEARCHED,
        "binary.lib_dirs" | "targets.lib_dirs" => LIBRARIES,
        "llvm.root" | "target.sysroot" | "test.working_dir" => NEEDED,
        "llvm.tools" => TOOL,
        "binary.output_dir" | "compile.output_dir" | "link.output_dir" | "targets.output_dir" => OUTPUT,
        _ => return None,
    })
}

/// Every path that is named, but for globs.
pub(super) fn named(raw: &Raw) -> Vec<Named> {
    let tables = std::iter::once(&raw.table).chain(raw.profiles.values()).chain(&raw.targets);
    let mut named: Vec<Named> = tables.flat_map(of_table).collect();
    named.extend(raw.dependencies.iter().filter_map(|(dependency, _, span)| match dependency {
        Dependency::Path { path, .. } => Some(Named { path: path.clone(), typed: path.to_string(), span: span.clone(), rule: NEEDED }),
        Dependency::PkgConfig(_) => None,
    }));
    named
}

fn of_table(table: &Table) -> impl Iterator<Item = Named> {
    table.entries.iter().filter_map(|entry| Some((entry, rule_of(entry.key.path)?))).flat_map(|(entry, rule)| of_entry(entry, rule))
}

fn of_entry(entry: &Entry, rule: Rule) -> Vec<Named> {
    let name = |typed: &String, span: &Range<usize>| Named { path: relative(typed), typed: typed.clone(), span: span.clone(), rule };
    match &entry.value {
        Value::Text(typed) => vec![name(typed, &entry.span)],
        // What is empty, a pattern, or differs by profile is not one path.
        _ => entry
            .items
            .iter()
            .filter(|(typed, _)| !typed.is_empty() && !typed.contains(['*', '?', '[', '{']))
            .map(|(t, s)| name(t, s))
            .collect(),
    }
}

pub(super) fn check(finder: &mut Finder<'_>, facts: &Facts) {
    let allowed = finder.examined.merged.truth("project.allow_outside");
    for named in named(&finder.examined.project) {
        let Named { path, typed, span, rule } = named;
        let source_dir = finder
            .examined
            .project
            .targets
            .iter()
            .any(|table| table.get("targets.sources").is_some_and(|e| e.items.iter().any(|(_, s)| *s == span)));
        match facts.lies.get(&path) {
            Some(Lies::Nothing) if !rule.made => {
                let what = if rule.lies == Lies::File { "file" } else { "directory" };
                finder.put(rule.severity, span.clone(), format!("there is no {what} `{typed}`"), rule.advice);
            }
            Some(Lies::File) if rule.lies == Lies::Directory => {
                finder.error(span.clone(), format!("`{typed}` is a file, not a directory"), "name the directory that it is in");
            }
            Some(Lies::Directory) if rule.lies == Lies::File && !source_dir => {
                finder.error(span.clone(), format!("`{typed}` is a directory, not a file"), "name the files in it");
            }
            _ => {}
        }
        if rule.inside && !allowed && FilePath::within(&facts.root, path.as_path()).as_path().is_absolute() {
            let advice = "move it into the project, or write project.allow_outside = true if it is meant to be there";
            let severity = if rule.made { Severity::Error } else { Severity::Warning };
            finder.put(severity, span, format!("`{typed}` lies outside the project"), advice);
        }
    }
}
