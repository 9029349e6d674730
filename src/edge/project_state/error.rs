//! Why a project's state cannot be opened, and what is done with one that cannot be read.

use std::path::Path;

use crate::edge::fs::FsError;
use crate::edge::project_lock::LockError;
use crate::engine::failure::Failure;

/// A state could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process works on the project.
    #[error("{0}")]
    Busy(LockError),
    /// It is of no use.
    #[error("{0}")]
    Failed(#[from] Failure),
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Busy(busy) => Self::environment(format!("{busy}; wait until it is done, then try again")),
            OpenError::Failed(failure) => failure,
        }
    }
}

/// Whether an error says nothing about the file, only about what may be done here and now.
pub(super) fn is_of_the_machine(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem | PermissionDenied)
}

/// An operation on a file of the state that the system refused.
pub(super) fn refused(operation: &'static str, path: &Path, source: std::io::Error) -> Failure {
    Failure::environment(FsError { operation, path: path.to_owned(), source })
}

/// Keeps the newest unreadable state for whoever wants to know why, whatever kind of thing it or its predecessor is.
pub(super) fn set_aside(path: &Path, aside: &Path) -> Result<(), Failure> {
    // Most often there is no predecessor.
    let _removed = if aside.is_dir() { std::fs::remove_dir_all(aside) } else { std::fs::remove_file(aside) };
    std::fs::rename(path, aside)
        .map_err(|error| Failure::environment(format!("cannot set {} aside: {error}; remove it, then build again", path.display())))
}
