//! A project's files as one walk found them, with what their text says. Does not know how they were read.

use super::discover::FileEntry;

/// All files of a project that are not ignored.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Sorted by path.
    pub files: Vec<FileEntry>,
    /// What could not be read, and directories passed over, in words.
    pub notes: Vec<String>,
}
