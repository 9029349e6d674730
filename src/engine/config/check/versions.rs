//! Versions that are none, or that are too old. Does not know which are installed but by what it is told.

use super::{Facts, Finder};
use crate::engine::cxx::toolchain;

pub(super) fn check(finder: &mut Finder<'_>, facts: &Facts) {
    llvm(finder, facts);
    let raw = &finder.examined.project;
    for table in std::iter::once(&raw.table).chain(&raw.targets) {
        for path in ["binary.version", "targets.version"] {
            let (Some(entry), Some(version)) = (table.get(path), table.text(path)) else { continue };
            if numbers(version).is_none() {
                let right: String =
                    version.chars().skip_while(|c| !c.is_ascii_digit()).take_while(|c| c.is_ascii_digit() || *c == '.').collect();
                let right = if numbers(&right).is_some() { right } else { "1.2.3".to_owned() };
                finder.error(
                    entry.span.clone(),
                    format!("`{version}` cannot be the version of a library: its first number is part of the name that programs look for"),
                    format!("write numbers with points, such as \"{right}\""),
                );
            }
        }
    }
}

/// The numbers of a version.
fn numbers(version: &str) -> Option<Vec<u32>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

fn llvm(finder: &mut Finder<'_>, facts: &Facts) {
    let table = &finder.examined.project.table;
    let Some(entry) = table.get("llvm.version") else { return };
    let version = table.text("llvm.version").unwrap_or_default();
    let span = entry.span.clone();
    let Some(numbers) = numbers(version).filter(|numbers| numbers.len() <= 3) else {
        let message = format!("`{version}` is no version of LLVM");
        return finder.error(span, message, "write one such as \"19\" or \"19.1\"; `llvm.root` names a directory");
    };
    if table.get("llvm.root").is_some() {
        finder.warning(span, "`llvm.version` has no effect beside `llvm.root`", "remove one of the two");
    } else if numbers[0] < toolchain::OLDEST.0 {
        let message = format!("LLVM {version} is older than {}", toolchain::OLDEST);
        finder.error(span, message, "name a newer one; `jmake tools` lists those there are");
    } else if facts.toolchain.is_none()
        && let Some(Err(error)) = facts.installs.as_ref().map(|installs| toolchain::choose(installs, Some(version)))
    {
        finder.error(span, error.to_string(), "`jmake tools` lists those there are; without the line the newest is used");
    }
}
