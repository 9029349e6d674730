//! The directories that a build looked at, and what it was looking for there. Does not know what they hold.

use std::collections::HashSet;

use crate::engine::digest::Digest;
use crate::engine::half_made::MARK;
use crate::engine::path::FilePath;
use crate::engine::tree::{BUILD_MARKS, SETTINGS};

/// What something in a directory may mean to a build.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// The project's own files are walked here.
    Tree,
    /// Headers or libraries are looked for here.
    Searched,
    /// A directory or a symbolic link: everything below it depends on where it leads.
    Hinge,
    /// It is passed over for a mark in it.
    Marked,
    /// JMake writes here itself.
    Own,
    /// The compile database, which is there after each build.
    Database,
    /// Nobody looks here.
    Elsewhere,
}

/// Where a build looked.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// Directories of the walk. The root is the empty path.
    pub walked: HashSet<FilePath>,
    /// Directories that the walk passed over for a mark in them.
    pub marked: HashSet<FilePath>,
    /// Directories in which a name was looked for.
    pub searched: HashSet<FilePath>,
    /// Directories and symbolic links on the way to anything that was looked at, absent ones too.
    pub hinges: HashSet<FilePath>,
    /// Where results go, relative to the root.
    pub build_dir: FilePath,
    /// What describes the project, if that is not the root's own.
    pub config: Option<FilePath>,
    /// What the compile database holds after the build.
    pub database: Option<Digest>,
}

/// Inside of the root: records, objects, the lock.
const STATE: &str = ".jmake_cache";

impl Places {
    /// Whether it is JMake's own, whatever else it may mean.
    #[must_use]
    pub fn is_state(&self, path: &FilePath) -> bool {
        path.as_path().starts_with(STATE)
    }

    /// What `path` may mean.
    #[must_use]
    pub fn of(&self, path: &FilePath) -> Place {
        let parent = path.parent();
        let name = path.as_bytes();
        let temporary = name.windows(MARK.len()).any(|part| part == MARK.as_bytes());
        let results = parent == self.build_dir && path.as_path().file_name().is_some_and(|name| name == "compile_commands.json");
        if temporary {
            Place::Own
        } else if self.hinges.contains(path) || self.config.as_ref() == Some(path) {
            Place::Hinge
        } else if results {
            Place::Database
        } else if self.is_state(path) {
            Place::Own
        } else if self.marked.contains(&parent) {
            Place::Marked
        } else if self.walked.contains(&parent) {
            Place::Tree
        } else if self.searched.contains(&parent) {
            Place::Searched
        } else {
            Place::Elsewhere
        }
    }
}

/// Whether a directory that holds a file of this name is none of the project's, or a project of its own.
pub(super) fn is_mark(name: &[u8]) -> bool {
    name == SETTINGS.as_bytes() || BUILD_MARKS.iter().any(|mark| name == mark.as_bytes())
}
