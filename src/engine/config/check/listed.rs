//! Sources that are there and that `discovery.files` does not list. Does not look at the disk.

use std::sync::Arc;

use super::{Facts, Finder};
use crate::engine::config::merge::Examined;
use crate::engine::config::value::Entry;
use crate::engine::discover::{FileEntry, looked_at, some};
use crate::engine::scan::kind::FileKind;

/// Where the list stands, if it counts.
fn list(examined: &Examined) -> Option<&Entry> {
    let table = &examined.project.table;
    let list = ["discovery.files.cpp_sources", "discovery.files.c_sources"].iter().find_map(|path| table.get(path));
    list.filter(|_| examined.project.targets.is_empty())
}

/// There is a list, so it matters which files there are.
pub(super) fn any(examined: &Examined) -> bool {
    list(examined).is_some()
}

pub(super) fn check(finder: &mut Finder<'_>, facts: &Facts) {
    let (Some(entry), Ok(settings), Some(files)) = (list(finder.examined), &finder.examined.settings, &facts.files) else { return };
    let entries: Vec<FileEntry> =
        files.iter().map(|path| FileEntry { path: path.clone(), kind: FileKind::of(path), facts: Arc::default() }).collect();
    // A pattern that cannot be read is told of where it stands.
    let Ok(found) = looked_at(settings, &entries) else { return };
    if !found.unlisted.is_empty() {
        let message = format!("sources that are there and not listed are not built: {}", some(&found.unlisted));
        finder.warning(entry.span.clone(), message, "`jmake complete --refresh` lists what is found; discovery.exclude_dirs leaves it out");
    }
}
