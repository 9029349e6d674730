//! What the FileScanner receives.

use std::path::PathBuf;
use std::sync::{Arc, Weak};

use actix::prelude::*;

use crate::engine::change_log::{Heard, Moment};
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
    /// Directories outside of it count that symbolic links in it lead to.
    pub follow_links: bool,
}

/// Request: the project's binaries, told by content.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<Vec<(FilePath, BinaryFacts)>, Failure>")]
pub struct FindBinaries {
    /// The project's root.
    pub root: PathBuf,
}

/// Request: what was heard of the project's directories. Everything written before the request is in the answer.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<Heard, Failure>")]
pub struct SyncTree {
    /// The project's root.
    pub root: PathBuf,
    /// Since when.
    pub since: Moment,
}

/// Request: hear of these directories and files from now on.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<Watched, Failure>")]
pub struct WatchTree {
    /// The project's root.
    pub root: PathBuf,
    /// Real paths.
    pub paths: Vec<PathBuf>,
    /// When the asker looked at them.
    pub looked: Moment,
}

/// Answer to [`WatchTree`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Watched {
    /// All of them were watched when the asker looked: it has missed nothing.
    Before,
    /// All of them are watched from now on: the asker has to look again.
    FromNow,
    /// Some cannot be watched.
    Never,
}

/// Somebody who wants to know that something happened, and asks then what.
pub trait Bell: Send + Sync + std::fmt::Debug {
    /// Something happened.
    fn ring(&self);
}

/// Request: ring whenever something is heard of the project's directories, as long as the bell is there.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub struct RingOnChange {
    /// The project's root.
    pub root: PathBuf,
    /// Not kept alive.
    pub bell: Weak<dyn Bell>,
}

/// Request: nobody works on the project any more. What was kept of it goes, and so do watches that were set for it alone.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub struct ForgetTree {
    /// The project's root.
    pub root: PathBuf,
}
