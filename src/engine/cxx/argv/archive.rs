//! Making archives. Does not know which objects belong together.
//!
//! `llvm-ar` adds to an archive that is there: the output must be removed before the run, and, for a thin one, written in
//! place, as it names its members relative to itself.

use super::{operand, words};
use crate::engine::graph::Light;
use crate::engine::path::FilePath;

/// A static library: members by value, no dates or owners.
#[must_use]
pub fn whole(output: &FilePath, objects: &[FilePath]) -> Vec<FilePath> {
    line(WHOLE, output, objects)
}

/// An archive that names its members: for links of this build only.
#[must_use]
pub fn thin(output: &FilePath, objects: &[FilePath]) -> Vec<FilePath> {
    line(THIN, output, objects)
}

/// What makes of the first word of [`thin`] that of [`whole`], where the members have at most so many bytes. A linker opens each member of
/// a thin archive: that costs more than to copy small ones, here 6 to 10 µs against 1 ms for so much.
#[must_use]
pub fn holding_small() -> Light {
    Light { up_to: 1 << 20, first: WHOLE.into() }
}

/// What holds the members.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The archive.
    Whole,
    /// Their own files, which it names.
    Thin,
}

impl Kind {
    /// Of the archive that such a line makes, if it is one of these.
    #[must_use]
    pub fn of(line: &[FilePath]) -> Option<Self> {
        match line.first()?.as_bytes() {
            word if word == WHOLE.as_bytes() => Some(Self::Whole),
            word if word == THIN.as_bytes() => Some(Self::Thin),
            _ => None,
        }
    }
}

const WHOLE: &str = "rcsD";
const THIN: &str = "rcsDT";

fn line(operation: &str, output: &FilePath, objects: &[FilePath]) -> Vec<FilePath> {
    words([operation]).chain([operand(output)]).chain(objects.iter().map(operand)).collect()
}
