//! What may lead a search anywhere: a question whose name nobody knows, module maps, header maps, frameworks, overlays of the file system.
//! Then every entry of the directories that were searched counts. Does not know how it came to be so.

use super::lookups::{Directories, Entry};
use crate::engine::graph::Search;
use crate::engine::path::FilePath;

/// How deep frameworks are looked into: `Foo.framework/Versions/Current/Frameworks/Bar.framework/Headers/part`.
const DEPTH: usize = 7;

/// The entries that count, of `searched` and of what the fence names.
pub(super) fn entries<'s>(search: &Search, searched: impl Iterator<Item = &'s FilePath>, directories: &dyn Directories) -> Vec<Entry> {
    let mut found: Vec<Entry> = searched.flat_map(|dir| directories.entries(dir)).collect();
    if let Some(fence) = &search.fence {
        for dir in &fence.listed {
            let all = directories.entries(dir);
            let frameworks = all.iter().filter(|(path, is_dir)| *is_dir && path.extension() == "framework");
            frameworks.for_each(|(framework, _)| below(framework, DEPTH, directories, &mut found));
            found.extend(all);
        }
        found.retain(|(path, _)| !fence.apart.contains(path));
    }
    found
}

fn below(dir: &FilePath, depth: usize, directories: &dyn Directories, found: &mut Vec<Entry>) {
    for (path, is_dir) in directories.entries(dir) {
        if is_dir && depth > 0 {
            below(&path, depth - 1, directories, found);
        }
        found.push((path, is_dir));
    }
}
