//! What the FileScanner receives.

use std::path::PathBuf;
use std::sync::Arc;

use actix::prelude::*;

use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::scan::binary::BinaryFacts;
use crate::engine::tree::Tree;

/// Request: the project's files as they are now, with what their text says.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<Arc<Tree>, Failure>")]
pub struct ScanTree {
    /// The project's root.
    pub root: PathBuf,
    /// Files of it that count although they may be ignored.
    pub extra: Vec<FilePath>,
}

/// Request: the project's binaries, told by content.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<Vec<(FilePath, BinaryFacts)>, Failure>")]
pub struct FindBinaries {
    /// The project's root.
    pub root: PathBuf,
}
