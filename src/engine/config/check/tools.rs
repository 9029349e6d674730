//! The programs of `llvm.tools`: do their names mean something, and are they of the LLVM that is asked for? Does not look at the disk.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Facts, Finder};
use crate::engine::config::keys::nearest;
use crate::engine::config::merged::relative;
use crate::engine::config::raw::Raw;
use crate::engine::config::tools::own_name;
use crate::engine::config::value::{Entry, Table};
use crate::engine::cxx::toolchain::{self, IDENTIFYING, Install};
use crate::engine::path::FilePath;

fn entries(raw: &Raw) -> impl Iterator<Item = (&Table, &Entry)> {
    std::iter::once(&raw.table).chain(raw.profiles.values()).filter_map(|table| Some((table, table.get("llvm.tools")?)))
}

/// Paths of programs, to be looked up for where they really are.
pub(super) fn named(raw: &Raw) -> Vec<FilePath> {
    let typed = entries(raw).flat_map(|(table, _)| table.pairs("llvm.tools").into_values());
    typed.filter(|path| !path.is_empty()).map(|path| relative(&path)).collect()
}

pub(super) fn check(finder: &mut Finder<'_>, facts: &Facts) {
    let raw = &finder.examined.project;
    for (table, entry) in entries(raw) {
        let asked = asked(table, facts);
        for (name, path) in table.pairs("llvm.tools").into_iter().filter(|(_, path)| !path.is_empty()) {
            let (own, span) = (own_name(&name, &path), entry.span_of(&path));
            if let Some(advice) = unknown(&own, facts) {
                finder.warning(span, format!("`{name}` is no program of LLVM, and no build runs it"), advice);
            } else if let Some((key, asked)) = asked
                && let Some(other) = of_another(&own, facts.real_dirs.get(&relative(&path)), asked, facts)
            {
                let message = format!("`{name}` is of LLVM {}, not of the {} that `{key}` asks for", other.describe(), asked.version);
                finder.warning(
                    span,
                    message,
                    format!("remove the line, or `{key}`; `jmake complete --refresh` writes the tools of {}", asked.version),
                );
            }
        }
    }
}

/// The install that the table of some tools asks for besides, and by which key.
fn asked<'a>(table: &Table, facts: &'a Facts) -> Option<(&'static str, &'a Arc<Install>)> {
    let installs = facts.installs.as_ref()?;
    if let Some(root) = table.text("llvm.root") {
        let root = relative(root).under(&facts.root);
        return Some(("llvm.root", toolchain::choose(installs, root.to_str()).ok()?));
    }
    Some(("llvm.version", toolchain::choose(installs, Some(table.text("llvm.version")?)).ok()?))
}

/// The install that a program which builds run is of, if that is another version than asked for.
fn of_another<'a>(name: &str, dir: Option<&PathBuf>, asked: &Install, facts: &'a Facts) -> Option<&'a Arc<Install>> {
    let dir = dir.filter(|_| IDENTIFYING.contains(&name))?;
    let found = facts.installs.iter().flatten().find(|install| install.bin_dir.as_path() == dir)?;
    (found.version != asked.version).then_some(found)
}

/// What to write instead of a name that means nothing.
fn unknown(name: &str, facts: &Facts) -> Option<String> {
    let installs = || facts.installs.iter().flatten();
    if IDENTIFYING.contains(&name) || installs().any(|install| install.tools.contains_key(name)) {
        return None;
    }
    let begun = IDENTIFYING.iter().filter(|it| name.len() > 2 && it.starts_with(name)).max_by_key(|it| it.len());
    match begun.copied().or_else(|| nearest(name, IDENTIFYING.iter().copied())) {
        Some(near) => Some(format!("did you mean \"{near}\"?")),
        None if installs().next().is_none() => None,
        None => Some(format!("remove the line; builds run {}", IDENTIFYING.join(", "))),
    }
}
