//! Changes of directories, as the kernel tells them. One descriptor for the whole daemon. Does not know projects, nor what a change means.
//!
//! The kernel queues an event inside of the system call that causes it, so what was written before [`Watches::drain`] is told by it. Not told
//! are stores through a mapping that stays open, file systems that are mounted over a watched directory, and changes that another machine
//! makes on a network file system, which is why those are refused.

mod kernel;
mod readiness;
mod table;
#[cfg(test)]
mod tests;

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{Stream, stream};
use rustix::io::Errno;
use tokio::sync::Notify;

use self::kernel::{Inotify, Kernel};
use self::readiness::Readiness;
use self::table::Table;
use super::digests::Digests;
use crate::engine::change_log::Change;

/// File systems whose changes may come from elsewhere or are told to nobody: NFS, FUSE, 9P, SMB in three versions, AFS in two, Ceph, Coda,
/// Lustre, GFS2, OCFS2, GPFS, BeeGFS, the shared folders of three hypervisors, proc, sysfs, cgroups in two versions.
const WITHOUT_EVENTS: &[i64] = &[
    0x6969,
    0x6573_5546,
    0x0102_1997,
    0x517b,
    0xff53_4d42,
    0xfe53_4d42,
    0x5346_414f,
    0x6b41_4653,
    0x00c3_6400,
    0x7375_7245,
    0x0bd0_0bd0,
    0x0116_1970,
    0x7461_636f,
    0x4750_4653,
    0x1983_0326,
    0x786f_4256,
    0x7c7c_6673,
    0xbacb_acbc,
    0x9fa0,
    0x6265_6572,
    0x0027_e0eb,
    0x6367_7270,
];

/// Why something cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// No more watches.
    #[error("the limit of watches is reached at {}; raise fs.inotify.max_user_watches, or builds look at every file each time", path.display())]
    Full {
        /// What.
        path: PathBuf,
    },
    /// The kernel refuses.
    #[error("cannot watch {}: {source}; until that is mended, builds look at every file each time", path.display())]
    Refused {
        /// What.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Its file system does not tell of all changes.
    #[error("{} is on a file system that does not tell of changes; builds look at every file each time", path.display())]
    NoEvents {
        /// What.
        path: PathBuf,
    },
}

/// The watches of the daemon.
#[derive(Debug)]
pub struct Watches {
    kernel: Option<Box<dyn Kernel>>,
    /// Who may read: a reader that was replaced must not take what is meant for the next.
    reader: AtomicU64,
    table: Mutex<Table>,
    /// Something was heard by somebody who does not take it.
    left: Arc<Notify>,
    /// What of files is believed as long as nothing is heard.
    digests: Arc<Digests>,
}

impl Watches {
    /// This machine's. What `digests` vouches for is doubted as soon as something is heard of it.
    #[must_use]
    pub fn new(digests: Arc<Digests>) -> Self {
        let kernel = Inotify::new();
        if let Err(error) = &kernel {
            tracing::warn!("no watches: {error}; raise fs.inotify.max_user_instances, or builds look at every file each time");
        }
        Self::on(kernel.ok().map(|kernel| Box::new(kernel) as Box<dyn Kernel>), digests)
    }

    fn on(kernel: Option<Box<dyn Kernel>>, digests: Arc<Digests>) -> Self {
        Self { kernel, reader: AtomicU64::new(0), table: Mutex::default(), left: Arc::default(), digests }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The caller becomes the one who reads.
    #[must_use]
    pub fn claim(&self) -> u64 {
        self.reader.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Watches the entries of a directory, or one file under all its names. `path` is a real path. Nothing happens if it is watched.
    pub fn watch(&self, path: &Path) -> Result<(), WatchError> {
        let refused = |source: std::io::Error| WatchError::Refused { path: path.to_owned(), source };
        let kernel = self.kernel.as_deref().ok_or_else(|| refused(std::io::ErrorKind::Unsupported.into()))?;
        if self.table().watches(path) {
            return Ok(());
        }
        if !tells(path).map_err(&refused)? {
            return Err(WatchError::NoEvents { path: path.to_owned() });
        }
        self.table().watch(path, kernel).map_err(|error| match error {
            Errno::NOSPC => WatchError::Full { path: path.to_owned() },
            error => refused(error.into()),
        })
    }

    /// Watches all of them; those that cannot be are the answer. When the limit is reached, that is all of them, and what was taken is
    /// given back: other programs need watches, too.
    #[must_use]
    pub fn watch_all(&self, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        let known: Vec<bool> = paths.iter().map(|path| self.table().watches(path)).collect();
        let mut failed = Vec::new();
        for path in &paths {
            let Err(error) = self.watch(path) else { continue };
            tracing::warn!("{error}");
            if matches!(error, WatchError::Full { .. }) {
                self.unwatch_all(paths.iter().zip(known).filter(|(_, known)| !known).map(|(path, _)| path.as_path()));
                return paths;
            }
            failed.push(path.clone());
        }
        failed
    }

    /// Ends watches. Whoever still relies on one is told with the next events that it is gone.
    pub fn unwatch_all<'a>(&self, paths: impl IntoIterator<Item = &'a Path>) {
        let Some(kernel) = self.kernel.as_deref() else { return };
        let mut table = self.table();
        paths.into_iter().for_each(|path| table.unwatch(path, kernel));
    }

    /// An item when something happened, for whoever drains; the end if there are no watches.
    #[must_use]
    pub fn readiness(&self) -> Option<impl Stream<Item = ()> + 'static> {
        let readable = Readiness::of(self.kernel.as_ref()?.descriptor()?).ok()?.items();
        let left = stream::unfold(self.left.clone(), |left| async {
            left.notified().await;
            Some(((), left))
        });
        Some(Box::pin(stream::select(readable, left)))
    }

    /// Whether changes of the regular file at `path` are heard under this name, whatever its others are. No link is one, and a path that leads
    /// through links is not known here.
    #[must_use]
    pub fn hears(&self, path: &Path) -> bool {
        let Some(about) = path.symlink_metadata().ok().filter(Metadata::is_file) else { return false };
        let table = self.table();
        table.watches(path) || about.nlink() == 1 && path.parent().is_some_and(|dir| table.watches(dir))
    }

    /// How many paths are watched.
    #[must_use]
    pub fn count(&self) -> usize {
        self.table().count()
    }

    /// All that happened since the last call, in order. Never waits. Nothing for a reader that was replaced.
    #[must_use]
    pub fn drain(&self, reader: u64) -> Vec<Change> {
        let mut table = self.table();
        self.take(&mut table);
        if self.reader.load(Ordering::SeqCst) == reader { table.told() } else { Vec::new() }
    }

    /// Everything written before this call is known to [`Self::drain`], and doubted where it was vouched for.
    pub fn hear(&self) {
        let told = self.take(&mut self.table());
        if told {
            self.left.notify_one();
        }
    }

    /// Whether anything was told.
    fn take(&self, table: &mut Table) -> bool {
        let Some(kernel) = self.kernel.as_deref() else { return false };
        if let Err(error) = kernel.read(&mut |event| table.take(event, kernel)) {
            tracing::error!("watches cannot be read: {error}; all files are looked at");
            table.lose();
        }
        table.look_at_closed(kernel);
        let fresh = table.fresh();
        fresh.iter().for_each(|change| self.digests.doubt(change));
        !fresh.is_empty()
    }
}

/// Whether the kernel tells of all changes of what `path` leads to.
pub fn tells(path: &Path) -> std::io::Result<bool> {
    let about = rustix::fs::statfs(path)?;
    #[allow(clippy::useless_conversion, reason = "its width depends on the architecture")]
    let kind = i64::from(about.f_type);
    Ok(!WITHOUT_EVENTS.contains(&kind))
}
