//! Versions that are none, or that are too old. Does not know which are installed but by what it is told.

use super::{Facts, Finder};
use crate::engine::config::standards;
use crate::engine::cxx::toolchain;

pub(super) fn check(finder: &mut Finder<'_>, facts: &Facts) {
    llvm(finder, facts);
    standards(finder, facts);
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

/// Standards that the LLVM in use does not know yet.
fn standards(finder: &mut Finder<'_>, facts: &Facts) {
    let Some(major) = in_use(finder, facts) else { return };
    let raw = &finder.examined.project;
    for table in std::iter::once(&raw.table).chain(raw.profiles.values()).chain(&raw.targets) {
        for (path, cxx) in [("compile.std", true), ("compile.c_std", false), ("targets.std", true), ("targets.c_std", false)] {
            let (Some(entry), Some(standard)) = (table.get(path), table.text(path)) else { continue };
            let Some(since) = standards::since(standard, cxx).filter(|since| major < *since) else { continue };
            let year = standard.trim_start_matches(|c: char| !c.is_ascii_digit());
            let newest = standard.replace(year, standards::newest(major, cxx));
            finder.error(
                entry.span.clone(),
                format!("LLVM {major}, which builds here, does not know \"{standard}\""),
                format!("write \"{newest}\", or use LLVM {since} or newer: llvm.version = \"{since}\""),
            );
        }
    }
}

/// The version of the LLVM that a build uses.
fn in_use(finder: &Finder<'_>, facts: &Facts) -> Option<u32> {
    let (installs, settings) = (facts.installs.as_ref()?, finder.examined.settings.as_ref().ok()?);
    // Other programs than an install's own are of who knows which version.
    if !settings.llvm_tools.is_empty() && facts.toolchain.is_none() || !settings.choose_llvm {
        return None;
    }
    let root = settings.llvm_root.as_ref().map(|root| root.under(&facts.root).display().to_string());
    let wanted = toolchain::wanted(facts.toolchain.as_deref(), settings, || None).or(root);
    toolchain::choose(installs, wanted.as_deref()).ok().map(|install| install.version.0)
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
