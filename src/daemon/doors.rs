//! The doors of projects that were opened on a thread, so that a session need not ask the root, which is on another one. Opens none, and keeps
//! none open.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::messages::supervisor::OpenedProject;

/// All that were opened there. Cheap to clone; goes with the thread.
#[derive(Clone, Debug, Default)]
pub(super) struct Doors(Arc<Mutex<HashMap<PathBuf, Weak<OpenedProject>>>>);

impl Doors {
    /// Those of a project, if it is open still.
    pub(super) fn of(&self, root: &Path) -> Option<Arc<OpenedProject>> {
        self.all().get(root)?.upgrade()
    }

    /// Remembers some.
    pub(super) fn keep(&self, root: PathBuf, opened: &Arc<OpenedProject>) {
        let mut all = self.all();
        all.retain(|_, opened| opened.strong_count() > 0);
        all.insert(root, Arc::downgrade(opened));
    }

    fn all(&self) -> MutexGuard<'_, HashMap<PathBuf, Weak<OpenedProject>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
