//! The runs of job queues that are under way, so that another client can end one. Does not know what a run does.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// All of them, by root. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct RunningJobs(Arc<Mutex<HashMap<PathBuf, Arc<Notify>>>>);

/// One of them, as long as it is kept.
#[derive(Debug)]
pub(super) struct RunningJob {
    all: RunningJobs,
    root: PathBuf,
    /// Somebody wants it to end.
    pub(super) cancelled: Arc<Notify>,
}

impl RunningJobs {
    /// A run in `root`. Nobody else has one there.
    pub(super) fn enter(&self, root: &Path) -> RunningJob {
        let cancelled = Arc::new(Notify::new());
        self.all().insert(root.to_owned(), cancelled.clone());
        RunningJob { all: self.clone(), root: root.to_owned(), cancelled }
    }

    /// Ends the run in `root`; whether there is one.
    pub(super) fn cancel(&self, root: &Path) -> bool {
        let found = self.all().get(root).cloned();
        found.inspect(|cancelled| cancelled.notify_one()).is_some()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<PathBuf, Arc<Notify>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RunningJob {
    fn drop(&mut self) {
        self.all.all().remove(&self.root);
    }
}
