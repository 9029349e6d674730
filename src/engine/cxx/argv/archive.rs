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

const WHOLE: &str = "rcsD";
const THIN: &str = "rcsDT";

fn line(operation: &str, output: &FilePath, objects: &[FilePath]) -> Vec<FilePath> {
    words([operation]).chain([operand(output)]).chain(objects.iter().map(operand)).collect()
}
