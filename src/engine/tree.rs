//! A project's files as one walk found them, with what their text says. Does not know how they were read.

use super::discover::FileEntry;
use super::path::FilePath;

/// All files of a project that are not ignored.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Sorted by path.
    pub files: Vec<FileEntry>,
    /// The directories that were walked, sorted. The root is the empty path.
    pub dirs: Vec<FilePath>,
    /// What could not be read, and directories passed over, in words.
    pub notes: Vec<String>,
}
