//! Programs and modules that the project's file names: are they on this machine? Does not look for them.

use super::{Facts, Finder};
use crate::engine::config::merge::Examined;
use crate::engine::config::problem::Severity;
use crate::engine::config::value::Entry;
use crate::engine::cxx::toolchain::ToolError;

/// Lists of arguments, of which the first is a program.
const COMMANDS: &[&str] = &["hooks.on_success", "hooks.on_failure", "test.runner", "targets.test.runner"];

fn commands(examined: &Examined) -> impl Iterator<Item = &Entry> {
    let raw = &examined.project;
    let tables = std::iter::once(&raw.table).chain(raw.profiles.values()).chain(&raw.targets);
    tables.flat_map(|table| &table.entries).filter(|entry| COMMANDS.contains(&entry.key.path))
}

/// The programs that are to be looked for.
pub(super) fn named(examined: &Examined) -> Vec<String> {
    commands(examined).filter_map(|entry| Some(entry.items.first()?.0.clone())).filter(|name| !name.is_empty()).collect()
}

pub(super) fn check(finder: &mut Finder<'_>, facts: &Facts) {
    for entry in commands(finder.examined) {
        if let Some((name, span)) = entry.items.first().filter(|(name, _)| facts.no_programs.contains(name)) {
            let place = if name.contains('/') { "there" } else { "on the PATH" };
            finder.warning(span.clone(), format!("there is no program `{name}` {place}"), "install it, or correct its name");
        }
    }
    let raw = &finder.examined.project;
    for table in std::iter::once(&raw.table).chain(raw.profiles.values()) {
        for (module, span) in table.get("dependencies.pkg_config").into_iter().flat_map(|entry| &entry.items) {
            if let Some(said) = facts.no_modules.get(module) {
                let advice = "install its development package, add the directory of its .pc file to PKG_CONFIG_PATH, or remove it";
                finder.error(span.clone(), format!("pkg-config has no `{module}`: {said}"), advice);
            }
        }
    }
    if facts.installs.as_ref().is_some_and(Vec::is_empty) {
        let span = raw.table.get("llvm.root").or_else(|| raw.table.get("llvm.version")).map_or(0..0, |entry| entry.span.clone());
        let said = ToolError::None.to_string();
        let (message, advice) = said.split_once(". ").unwrap_or((said.as_str(), ""));
        finder.put(Severity::Error, span, message, advice);
    }
}
