//! A project's files as one walk found them, with what their text says. Does not know how they were read.

use super::discover::FileEntry;
use super::path::FilePath;

/// What marks a directory as made by a build, whatever its name.
pub const BUILD_MARKS: &[&str] = &["CMakeCache.txt", "build.ninja", ".ninja_log", "meson-private", "CACHEDIR.TAG", ".jmake_cache"];
/// What describes a project; one below another is a project of its own.
pub const SETTINGS: &str = "jmake.toml";

/// All files of a project that are not ignored.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Sorted by path.
    pub files: Vec<FileEntry>,
    /// The directories that were walked, sorted. The root is the empty path.
    pub dirs: Vec<FilePath>,
    /// Directories that were passed over for a mark in them, sorted.
    pub marked: Vec<FilePath>,
    /// What could not be read, and directories passed over, in words.
    pub notes: Vec<String>,
}
