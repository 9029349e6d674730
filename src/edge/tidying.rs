//! Removes files that somebody left half made who was killed. What such files are called is the engine's.

use std::collections::BTreeSet;
use std::path::Path;

use super::project_state::DIRECTORY;
use crate::engine::build::Records;
use crate::engine::graph::StepSpec;
use crate::engine::half_made;
use crate::engine::path::FilePath;

/// Tidies up JMake's own directory and those of outputs. Nobody may be at work.
pub fn tidy(root: &Path, directories: &BTreeSet<FilePath>) {
    let own = walkdir::WalkDir::new(root.join(DIRECTORY)).into_iter().filter_map(Result::ok);
    let half_made = own.filter(|entry| !entry.file_type().is_dir() && half_made::is_in_own_place(entry.file_name().as_encoded_bytes()));
    half_made.for_each(|entry| remove(entry.path()));
    for directory in directories {
        remove_in(&directory.under(root), half_made::is_own);
    }
}

/// Where these steps and those of the records write.
#[must_use]
pub fn directories<'a>(steps: impl IntoIterator<Item = &'a StepSpec>, records: &Records) -> BTreeSet<FilePath> {
    let planned = steps.into_iter().flat_map(|step| &step.outputs).map(|output| output.path.parent());
    let made = records.iter().flat_map(|(_, all)| all.iter()).flat_map(|record| &record.outputs).map(|(path, ..)| path.parent());
    planned.chain(made).collect()
}

/// Removes what the killed tool of a step began that was to write `paths`.
pub fn tidy_beside<'a>(root: &Path, paths: impl IntoIterator<Item = &'a FilePath>) {
    for path in paths {
        remove_in(&path.parent().under(root), |name| half_made::is_of(path, name));
    }
}

fn remove_in(directory: &Path, is_half_made: impl Fn(&[u8]) -> bool) {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries.filter(|entry| is_half_made(entry.file_name().as_encoded_bytes())).for_each(|entry| remove(&entry.path()));
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!("{} was left half made and cannot be removed: {error}", path.display());
    }
}
