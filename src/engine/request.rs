//! What a client asks of a project. Does not know how it was asked.

use std::path::PathBuf;

use super::path::FilePath;
use super::variables::Variables;

/// Which project, and how it is looked at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProjectRequest {
    /// Canonical path of the root.
    pub root: PathBuf,
    /// `--profile`.
    pub profile: String,
    /// `-B`, relative to the root where inside it.
    pub build_dir: FilePath,
    /// `--toolchain`.
    pub toolchain: Option<String>,
    /// The client's environment.
    pub variables: Variables,
    /// Stages as separate processes.
    pub staged: bool,
}

/// What to build, and how.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BuildRequest {
    /// The project.
    pub project: ProjectRequest,
    /// Targets by name or source files; empty: the default group.
    pub targets: Vec<String>,
    /// Every group.
    pub all: bool,
    /// How many steps at once.
    pub jobs: usize,
    /// Go on with what does not depend on a failure.
    pub keep_going: bool,
    /// Stop running steps at the first failure.
    pub fail_fast: bool,
    /// Say what would run, and run nothing.
    pub dry_run: bool,
    /// Ignore records and the store.
    pub force: bool,
    /// Tools may colour what they print.
    pub color: bool,
    /// The client's process id.
    pub client_pid: u32,
}
