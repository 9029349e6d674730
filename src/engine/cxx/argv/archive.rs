//! Making archives. Does not know which objects belong together.
//!
//! `llvm-ar` adds to an archive that is there: the output must be removed before the run, and, for a thin one, written in
//! place, as it names its members relative to itself.

use super::{operand, words};
use crate::engine::path::FilePath;

/// A static library: members by value, no dates or owners.
#[must_use]
pub fn whole(output: &FilePath, objects: &[FilePath]) -> Vec<FilePath> {
    line("rcsD", output, objects)
}

/// An archive that names its members: for links of this build only.
#[must_use]
pub fn thin(output: &FilePath, objects: &[FilePath]) -> Vec<FilePath> {
    line("rcsDT", output, objects)
}

fn line(operation: &str, output: &FilePath, objects: &[FilePath]) -> Vec<FilePath> {
    words([operation]).chain([operand(output)]).chain(objects.iter().map(operand)).collect()
}
