//! The doors of projects that were opened on a thread, so that a session need not ask the root, which is on another one. Does not open any.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::messages::supervisor::OpenedProject;

/// All that were opened there. Cheap to clone; goes with the thread.
#[derive(Clone, Debug, Default)]
pub(super) struct Doors(Arc<Mutex<HashMap<PathBuf, OpenedProject>>>);

impl Doors {
    /// Those of a project, if somebody is behind them still.
    pub(super) fn of(&self, root: &Path) -> Option<OpenedProject> {
        self.all().get(root).filter(|opened| opened.start.connected()).cloned()
    }

    /// Keeps some.
    pub(super) fn keep(&self, root: PathBuf, opened: OpenedProject) {
        self.all().insert(root, opened);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<PathBuf, OpenedProject>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
