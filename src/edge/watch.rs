//! Changes of directories, as the kernel tells them. One descriptor for the whole daemon. Does not know projects, nor what a change means.
//!
//! The kernel queues an event inside of the system call that causes it, so what was written before [`Watches::drain`] is told by it. Not told
//! are stores through a mapping that stays open, and changes that another machine makes on a network file system, which is why those
//! are refused.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::Stream;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::engine::change_log::Change;

/// File systems whose changes may come from elsewhere: NFS, FUSE, 9P, SMB in three versions, AFS, Ceph.
const WITHOUT_EVENTS: &[i64] = &[0x6969, 0x6573_5546, 0x0102_1997, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x5346_414f, 0x00c3_6400];

/// Why something cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The kernel refuses, most often because a limit is reached.
    #[error("cannot watch {}: {source}; raise fs.inotify.max_user_watches, or builds look at every file each time", path.display())]
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
    descriptor: Option<OwnedFd>,
    /// Who may read: a reader that was replaced must not take what is meant for the next.
    reader: AtomicU64,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    by_number: HashMap<i32, Vec<PathBuf>>,
    by_path: HashMap<PathBuf, i32>,
}

impl Default for Watches {
    fn default() -> Self {
        let descriptor = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC);
        if let Err(error) = &descriptor {
            tracing::warn!("no watches: {error}; builds look at every file each time");
        }
        Self { descriptor: descriptor.ok(), reader: AtomicU64::new(0), table: Mutex::default() }
    }
}

impl Watches {
    /// The caller becomes the one who reads.
    #[must_use]
    pub fn claim(&self) -> u64 {
        self.reader.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Watches the entries of a directory, or one file under all its names. `path` is a real path.
    pub fn watch(&self, path: &Path) -> Result<(), WatchError> {
        let refused = |source: std::io::Error| WatchError::Refused { path: path.to_owned(), source };
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if table.by_path.contains_key(path) {
            return Ok(());
        }
        let descriptor = self.descriptor.as_ref().ok_or_else(|| refused(std::io::ErrorKind::Unsupported.into()))?;
        let about = rustix::fs::statfs(path).map_err(|error| refused(error.into()))?;
        #[allow(clippy::useless_conversion, reason = "its width depends on the architecture")]
        if WITHOUT_EVENTS.contains(&i64::from(about.f_type)) {
            return Err(WatchError::NoEvents { path: path.to_owned() });
        }
        let what = WatchFlags::CREATE
            | WatchFlags::DELETE
            | WatchFlags::MODIFY
            | WatchFlags::CLOSE_WRITE
            | WatchFlags::ATTRIB
            | WatchFlags::MOVED_FROM
            | WatchFlags::MOVED_TO
            | WatchFlags::DELETE_SELF
            | WatchFlags::MOVE_SELF;
        let number = inotify::add_watch(descriptor, path, what).map_err(|error| refused(error.into()))?;
        table.by_path.insert(path.to_owned(), number);
        table.by_number.entry(number).or_default().push(path.to_owned());
        Ok(())
    }

    /// Watches all of them; those that cannot be are the answer.
    #[must_use]
    pub fn watch_all(&self, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        let refused = |path: &PathBuf| match self.watch(path) {
            Ok(()) => false,
            Err(error) => {
                tracing::warn!("{error}");
                true
            }
        };
        paths.into_iter().filter(refused).collect()
    }

    /// An item each time something happened, for whoever drains; the end if there are no watches.
    #[must_use]
    pub fn readiness(&self) -> Option<impl Stream<Item = ()> + 'static> {
        let descriptor = self.descriptor.as_ref()?.try_clone().ok()?;
        // SAFETY: the descriptor is owned, and so stays open and the same as long as it is registered.
        #[allow(unsafe_code, reason = "no safe constructor promises that")]
        let readable = unsafe { AsyncFd::register_with_interest(descriptor, Interest::READABLE) }.ok()?;
        Some(Box::pin(futures_util::stream::unfold(readable, |readable| async {
            // Drained by whoever gets the item: ready again only when more comes.
            readable.readable().await.ok()?.clear_ready();
            Some(((), readable))
        })))
    }

    /// How many watches there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.table.lock().unwrap_or_else(PoisonError::into_inner).by_number.len()
    }

    /// All that happened since the last call, in order. Never waits. Nothing for a reader that was replaced.
    #[must_use]
    pub fn drain(&self, reader: u64) -> Vec<Change> {
        let Some(descriptor) = self.descriptor.as_ref().filter(|_| self.reader.load(Ordering::SeqCst) == reader) else { return Vec::new() };
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changes = Vec::new();
        let mut buffer = [MaybeUninit::uninit(); 16 << 10];
        let mut events = inotify::Reader::new(descriptor, &mut buffer);
        loop {
            match events.next() {
                Ok(event) => {
                    let name = event.file_name().map(|name| OsStr::from_bytes(name.to_bytes()));
                    table.take(event.wd(), event.events(), name, descriptor, &mut changes);
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return changes,
                Err(error) => {
                    tracing::error!("watches cannot be read: {error}");
                    changes.push(Change::Everything);
                    return changes;
                }
            }
        }
    }
}

impl Table {
    fn take(&mut self, number: i32, events: ReadFlags, name: Option<&OsStr>, descriptor: &OwnedFd, changes: &mut Vec<Change>) {
        if events.contains(ReadFlags::QUEUE_OVERFLOW) {
            changes.push(Change::Everything);
            return;
        }
        // The number may belong to a watch that was given up while its events were still in the queue.
        let Some(paths) = self.by_number.get(&number).cloned() else { return };
        if events.intersects(ReadFlags::IGNORED | ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF | ReadFlags::UNMOUNT) {
            if !events.contains(ReadFlags::IGNORED) {
                // Moved: it still tells of changes, but under a name that is no longer true.
                let _gone_already = inotify::remove_watch(descriptor, number);
            }
            paths.iter().for_each(|path| self.give_up(path, descriptor, changes));
            return;
        }
        for watched in paths {
            let path = name.map_or_else(|| watched.clone(), |name| watched.join(name));
            let change = Change::Entry { watched, path };
            if changes.last() != Some(&change) {
                changes.push(change);
            }
        }
    }

    /// Also what lies below it: all those names are no longer true.
    fn give_up(&mut self, gone: &Path, descriptor: &OwnedFd, changes: &mut Vec<Change>) {
        let below: Vec<(PathBuf, i32)> =
            self.by_path.iter().filter(|(path, _)| path.starts_with(gone)).map(|(path, number)| (path.clone(), *number)).collect();
        for (path, number) in below {
            self.by_path.remove(&path);
            let left = self.by_number.get_mut(&number).is_some_and(|paths| {
                paths.retain(|other| *other != path);
                !paths.is_empty()
            });
            if !left && self.by_number.remove(&number).is_some() {
                let _gone_already = inotify::remove_watch(descriptor, number);
            }
            changes.push(Change::Gone(path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    struct Place {
        _dir: tempfile::TempDir,
        root: PathBuf,
        watches: Watches,
        reader: u64,
    }

    fn place(watched: &[&str]) -> Place {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let watches = Watches::default();
        for name in watched {
            let path = if name.is_empty() { root.clone() } else { root.join(name) };
            fs::create_dir_all(&path).unwrap();
        }
        for name in watched {
            watches.watch(&if name.is_empty() { root.clone() } else { root.join(name) }).unwrap();
        }
        let reader = watches.claim();
        let place = Place { _dir: dir, root, watches, reader };
        place.drained();
        place
    }

    impl Place {
        /// Changed paths, each once, sorted; `-` before what is gone, `*` for everything.
        fn drained(&self) -> String {
            let short = |path: &Path| path.strip_prefix(&self.root).unwrap().display().to_string();
            let text = |change: Change| match change {
                Change::Entry { path, .. } => short(&path),
                Change::Gone(path) => format!("-{}", short(&path)),
                Change::Everything => "*".to_owned(),
            };
            let mut all: Vec<String> = self.watches.drain(self.reader).into_iter().map(text).collect();
            all.sort();
            all.dedup();
            all.join(" ")
        }
    }

    #[test]
    fn what_was_written_before_is_told() {
        let place = place(&["a"]);
        for n in 0..500 {
            fs::write(place.root.join("a/x"), n.to_string()).unwrap();
            assert_eq!(place.drained(), "a/x", "{n}");
        }
        assert_eq!(place.drained(), "");
    }

    #[test]
    fn entries_come_change_and_go() {
        let place = place(&["", "a"]);
        let at = |name: &str| place.root.join(name);
        fs::write(at("a/x"), "").unwrap();
        assert_eq!(place.drained(), "a/x");
        fs::rename(at("a/x"), at("a/y")).unwrap();
        assert_eq!(place.drained(), "a/x a/y");
        fs::set_permissions(at("a/y"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        assert_eq!(place.drained(), "a/y");
        fs::create_dir_all(at("b/c")).unwrap();
        assert_eq!(place.drained(), "b");
        fs::remove_file(at("a/y")).unwrap();
        assert_eq!(place.drained(), "a/y");
    }

    #[test]
    fn a_directory_that_goes_or_moves_takes_what_is_below_with_it() {
        let place = place(&["", "a", "a/b", "ab"]);
        let at = |name: &str| place.root.join(name);
        fs::rename(at("a"), at("z")).unwrap();
        assert_eq!(place.drained(), "-a -a/b a z");
        fs::write(at("z/x"), "").unwrap();
        assert_eq!(place.drained(), "", "it is watched no more");
        fs::create_dir(at("a")).unwrap();
        place.watches.watch(&at("a")).unwrap();
        fs::write(at("a/x"), "").unwrap();
        assert_eq!(place.drained(), "a a/x");
        fs::remove_dir_all(at("a")).unwrap();
        assert_eq!(place.drained(), "-a a a/x");
        fs::write(at("ab/x"), "").unwrap();
        assert_eq!(place.drained(), "ab/x");
    }

    #[test]
    fn a_file_is_told_of_under_its_other_name_too() {
        let place = place(&["a", "b"]);
        let at = |name: &str| place.root.join(name);
        fs::write(at("a/x"), "").unwrap();
        fs::hard_link(at("a/x"), at("y")).unwrap();
        place.watches.watch(&at("a/x")).unwrap();
        place.drained();
        fs::write(at("y"), "more").unwrap();
        assert_eq!(place.drained(), "a/x");
    }

    #[test]
    fn lost_events_are_told() {
        let place = place(&["a"]);
        let limit: usize = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap().trim().parse().unwrap();
        let (one, two) = (fs::File::create(place.root.join("a/1")).unwrap(), fs::File::create(place.root.join("a/2")).unwrap());
        for n in 0..=limit {
            std::io::Write::write_all(&mut if n % 2 == 0 { &one } else { &two }, b"x").unwrap();
        }
        assert!(place.drained().contains('*'));
        assert_eq!(place.drained(), "");
    }

    #[test]
    fn a_reader_that_was_replaced_takes_nothing() {
        let mut place = place(&["a"]);
        let old = place.reader;
        place.reader = place.watches.claim();
        fs::write(place.root.join("a/x"), "").unwrap();
        assert_eq!(place.watches.drain(old), []);
        assert_eq!(place.drained(), "a/x");
    }

    #[test]
    fn what_is_not_there_cannot_be_watched() {
        let place = place(&["a"]);
        assert!(matches!(place.watches.watch(&place.root.join("none")), Err(WatchError::Refused { .. })));
        assert!(matches!(place.watches.watch(Path::new("/proc/self")), Ok(()) | Err(_)));
        assert_eq!(place.watches.count(), if place.watches.watch(Path::new("/proc/self")).is_ok() { 2 } else { 1 });
    }
}
