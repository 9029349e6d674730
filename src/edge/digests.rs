//! Digests of files, hashed once per change: a stat that is equal to the one of the last hashing stands for equal content, unless that was
//! too soon after a change. Does not know what files mean.

mod content;
mod doubts;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use self::content::hash;
use self::doubts::Doubts;
use super::fs::Stat;
use crate::engine::change_log::Change;
use crate::engine::digest::Digest;

/// A file that was written so shortly before it was hashed may be written again without its stat changing.
pub const RACY: Duration = Duration::from_millis(20);
/// Tables, so that threads seldom wait for each other.
const SHARDS: usize = 16;

/// What is known of one file.
#[derive(Clone, Copy, Debug)]
struct Row {
    stat: Stat,
    digest: Digest,
    /// When this stat and content were first seen. A change at least [`RACY`] later gives another one, whatever the clock says.
    seen: Instant,
    /// Hashed so soon after it was written that the stat proves nothing.
    racy: bool,
    /// Watched: as long as nothing is heard of it, it is what it was.
    vouched: bool,
}

/// The table.
#[derive(Debug, Default)]
pub struct Digests {
    /// By the bytes of a path, which are compared much faster than its components.
    shards: [Mutex<HashMap<Box<[u8]>, Row>>; SHARDS],
    doubts: Mutex<Doubts>,
}

impl Digests {
    /// The digest of a regular file's content; `None` if there is no such file or it cannot be read.
    #[must_use]
    pub fn digest(&self, path: &Path) -> Option<Digest> {
        self.row(path).map(|row| row.digest)
    }

    /// The same, and whether it stays so until the file is doubted.
    #[must_use]
    pub fn firm(&self, path: &Path) -> (Option<Digest>, bool) {
        let name = name(path);
        let row = self.row_of(path, &name);
        (row.map(|row| row.digest), row.is_some_and(|row| row.vouched) && matches!(name, Cow::Borrowed(_)))
    }

    /// Now, for [`Self::doubted_since`].
    #[must_use]
    pub fn moment(&self) -> u64 {
        self.doubts().moment()
    }

    /// The files that were doubted since a moment; `None` if that may be any.
    #[must_use]
    pub fn doubted_since(&self, moment: u64) -> Option<Vec<PathBuf>> {
        let doubts = self.doubts();
        let paths = doubts.since(moment)?.map(|name| PathBuf::from(OsStr::from_bytes(name))).collect();
        Some(paths)
    }

    fn doubts(&self) -> MutexGuard<'_, Doubts> {
        self.doubts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a regular file holds, and what the system says of it.
    #[must_use]
    pub fn held(&self, path: &Path) -> Option<(Digest, Stat)> {
        self.row(path).map(|row| (row.digest, row.stat))
    }

    /// Whether a regular file is known to have been at `moment` what it is now. If that is not known, it can be said of later moments.
    #[must_use]
    pub fn held_since(&self, path: &Path, moment: Instant) -> bool {
        self.row(path).is_some_and(|row| row.seen <= moment)
    }

    fn row(&self, path: &Path) -> Option<Row> {
        self.row_of(path, &name(path))
    }

    fn row_of(&self, path: &Path, name: &[u8]) -> Option<Row> {
        let known = self.shard(name).get(name).copied();
        if let Some(row) = known.filter(|row| row.vouched) {
            return Some(row);
        }
        let stat = Stat::of(&std::fs::metadata(path).ok()?);
        if let Some(row) = known.filter(|row| row.stat == stat && !row.racy) {
            return Some(row);
        }
        let began = Instant::now();
        let (digest, stat) = hash(path)?;
        let seen = known.filter(|row| row.stat == stat && row.digest == digest).map_or_else(Instant::now, |row| row.seen);
        let racy = is_racy(&stat, SystemTime::now(), began.saturating_duration_since(seen));
        let row = Row { stat, digest, seen, racy, vouched: false };
        self.shard(name).insert(name.into(), row);
        Some(row)
    }

    /// All changes of a file that was looked at before are heard from now on, if `is_watched` says so: until one is, it need not be looked at,
    /// however lately it was written. What it holds. `path` leads there without links.
    pub fn vouch(&self, path: &Path, is_watched: impl FnOnce() -> bool) -> Option<(Digest, Stat)> {
        let name = name(path);
        let known = self.shard(&name).contains_key(name.as_ref());
        if known { self.believe(path, &name, is_watched) } else { None }
    }

    /// The same of a file that was just made, under no other name: what was known of it is void.
    pub fn made(&self, path: &Path, is_watched: impl FnOnce() -> bool) -> Option<(Digest, Stat)> {
        self.forget(path);
        self.believe(path, &name(path), is_watched)
    }

    fn believe(&self, path: &Path, name: &[u8], is_watched: impl FnOnce() -> bool) -> Option<(Digest, Stat)> {
        // In this order: a watch that ends later is told of, and what changes later is.
        let moment = self.moment();
        let is_watched = is_watched();
        let row = self.row_of(path, name)?;
        if is_watched && !row.vouched {
            self.trust(name, &row, moment);
        }
        Some((row.digest, row.stat))
    }

    /// Whatever was changed since `moment` is doubted. Who doubts holds what is doubted until no row says otherwise.
    fn trust(&self, name: &[u8], row: &Row, moment: u64) {
        let doubts = self.doubts();
        if doubts.since(moment).is_some_and(|mut names| names.all(|other| other != name)) {
            let mut shard = self.shard(name);
            let same = shard.get_mut(name).filter(|known| known.stat == row.stat && known.digest == row.digest);
            same.into_iter().for_each(|known| known.vouched = true);
        }
    }

    /// What was hashed too soon for its stat to prove it is proven now, if nothing was heard of it. All that happened until `heard` has to be
    /// heard already.
    pub fn confirm(&self, path: &Path, heard: Instant) {
        let name = name(path);
        let Some(row) = self.row_of(path, &name).filter(|row| row.vouched && row.racy && row.seen + RACY <= heard) else { return };
        if std::fs::metadata(path).is_ok_and(|about| Stat::of(&about) == row.stat) {
            let mut shard = self.shard(&name);
            let same = shard.get_mut(name.as_ref()).filter(|known| known.vouched && known.stat == row.stat && known.seen == row.seen);
            same.into_iter().for_each(|known| known.racy = false);
        }
    }

    /// Something was heard: what it concerns has to be looked at again.
    pub fn doubt(&self, change: &Change) {
        let below = |all: &Path| {
            for shard in &self.shards {
                let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
                let within = |path: &[u8]| Path::new(OsStr::from_bytes(path)).starts_with(all);
                shard.iter_mut().filter(|(path, _)| within(path)).for_each(|(_, row)| row.vouched = false);
            }
        };
        // Held until no row says otherwise: who asks what was doubted since a moment, and looks at rows after it, misses nothing.
        let mut doubts = self.doubts();
        match change {
            Change::Entry { path, .. } => {
                let name = name(path);
                doubts.add(&name);
                if let Some(row) = self.shard(&name).get_mut(name.as_ref()) {
                    row.vouched = false;
                }
            }
            Change::Gone(path) => {
                doubts.add_all();
                below(path);
            }
            Change::Everything => {
                doubts.add_all();
                below(Path::new("/"));
            }
        }
    }

    /// The file was written by ourselves: what was known of it is void.
    pub fn forget(&self, path: &Path) {
        let name = name(path);
        let mut doubts = self.doubts();
        doubts.add(&name);
        self.shard(&name).remove(name.as_ref());
    }

    /// Everything that a later process may trust once a stat confirms it.
    #[must_use]
    pub fn rows(&self) -> Vec<(Vec<u8>, Stat, Digest)> {
        let shards = self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner));
        let sure = |shard: MutexGuard<'_, HashMap<Box<[u8]>, Row>>| {
            let sure = shard.iter().filter(|(_, row)| !row.racy);
            sure.map(|(path, row)| (path.to_vec(), row.stat, row.digest)).collect::<Vec<_>>()
        };
        shards.flat_map(sure).collect()
    }

    /// Takes rows of an earlier process back.
    pub fn restore(&self, rows: Vec<(Vec<u8>, Stat, Digest)>) {
        let seen = Instant::now();
        for (path, stat, digest) in rows {
            self.shard(&path).insert(path.clone().into(), Row { stat, digest, seen, racy: false, vouched: false });
        }
    }

    fn shard(&self, name: &[u8]) -> MutexGuard<'_, HashMap<Box<[u8]>, Row>> {
        // Names differ most at their ends.
        let index = name.iter().rev().take(8).fold(name.len(), |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
        self.shards[index % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one name of all spellings that the standard library takes for the same path.
fn name(path: &Path) -> Cow<'_, [u8]> {
    let bytes = path.as_os_str().as_bytes();
    let detour = |slash: usize| matches!(&bytes[slash + 1..], [] | [b'/', ..] | [b'.'] | [b'.', b'/', ..]);
    let detour = bytes.starts_with(b"./") || memchr::memchr_iter(b'/', bytes).any(detour);
    if detour { Cow::Owned(path.components().collect::<PathBuf>().into_os_string().into_encoded_bytes()) } else { Cow::Borrowed(bytes) }
}

/// Whether a file that was hashed `now` may change without its stat changing. What is dated in the future, because the clock was set
/// back or is another's, is sound once its stat has been the same for a while.
fn is_racy(stat: &Stat, now: SystemTime, same_for: Duration) -> bool {
    same_for < RACY && now.checked_sub(RACY).is_none_or(|doubtful| stat.changed_since(doubtful))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rewrite_of_equal_size_and_time_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let digests = Digests::default();
        for content in ["aaaa", "bbbb", "cccc"] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(digests.digest(&path), Some(Digest::of(content.as_bytes())));
        }
        std::fs::remove_file(&path).unwrap();
        assert_eq!(digests.digest(&path), None);
        assert_eq!(digests.digest(dir.path()), None);
    }

    #[test]
    fn a_path_has_one_name() {
        for spelled in ["/p/a/b.c", "/p//a/b.c", "/p/./a/b.c", "/p/a/b.c/", "/p/a/b.c/.", "/p/././/a/b.c"] {
            assert_eq!(name(Path::new(spelled)).as_ref(), b"/p/a/b.c", "{spelled}");
        }
        for kept in ["/p/.jmake_cache/a.o", "/p/a/../b.c", "/", "/p/.a", "a"] {
            assert_eq!(name(Path::new(kept)).as_ref(), kept.as_bytes());
        }
    }

    #[test]
    fn what_is_dated_tomorrow_is_not_hashed_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, "a").unwrap();
        let stat = hash(&path).unwrap().1;
        let now = SystemTime::now();
        let (moment, minute) = (Duration::from_millis(1), Duration::from_secs(60));
        assert!(is_racy(&stat, now, moment), "it was written just now");
        assert!(!is_racy(&stat, now + minute, moment));
        assert!(is_racy(&stat, now - minute, moment), "its time is yet to come");
        assert!(!is_racy(&stat, now - minute, minute));
    }

    #[test]
    fn a_file_holds_what_it_held_since_it_was_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, "a").unwrap();
        let digests = Digests::default();
        let before = Instant::now();
        assert!(!digests.held_since(&path, before));
        let seen = Instant::now();
        assert!(digests.held_since(&path, seen) && !digests.held_since(&path, before));
        std::fs::write(&path, "b").unwrap();
        assert!(!digests.held_since(&path, seen));
        assert!(!digests.held_since(&dir.path().join("none"), seen));
    }

    #[test]
    fn what_is_vouched_for_is_looked_at_again_when_something_is_heard() {
        let dir = tempfile::tempdir().unwrap();
        let (digests, path) = (Digests::default(), dir.path().join("a"));
        let entry = |path: &Path| Change::Entry { watched: dir.path().into(), path: path.into() };
        let write = |text: &str| {
            std::fs::write(&path, text).unwrap();
            // Long ago, so that the stat proves the content.
            let past = SystemTime::now() - Duration::from_secs(60);
            std::fs::File::options().write(true).open(&path).unwrap().set_modified(past).unwrap();
        };
        let sure = |digests: &Digests| until_sure(digests, &path);
        for change in [entry(&path), Change::Gone(dir.path().into()), Change::Everything] {
            write("one");
            sure(&digests);
            assert!(digests.vouch(&path, || true).is_some());
            write("other");
            digests.doubt(&entry(&dir.path().join("b")));
            digests.doubt(&Change::Gone(dir.path().join("elsewhere")));
            assert_eq!(digests.digest(&path), Some(Digest::of(b"one")), "nothing was heard");
            digests.doubt(&change);
            assert_eq!(digests.digest(&path), Some(Digest::of(b"other")), "{change:?}");
        }
        sure(&digests);
        write("third");
        assert!(digests.vouch(&path, || true).is_some());
        assert_eq!(digests.digest(&path), Some(Digest::of(b"third")), "it changed before");
    }

    #[test]
    fn what_was_written_just_now_is_vouched_for_and_proven_later() {
        let dir = tempfile::tempdir().unwrap();
        let (digests, path) = (Digests::default(), dir.path().join("a"));
        let (racy, vouched) = (|| digests.shard(&name(&path))[&*name(&path)].racy, || digests.firm(&path).1);
        let heard = || digests.doubt(&Change::Entry { watched: dir.path().into(), path: path.clone() });
        std::fs::write(&path, "one").unwrap();
        assert_eq!((digests.vouch(&path, || true), vouched()), (None, false), "nobody looked at it");
        let made = |is_watched: bool| digests.made(&path, || is_watched).map(|(digest, _)| digest) == Some(Digest::of(b"one"));
        assert!(made(false) && racy() && !vouched() && made(true));
        assert!(racy() && vouched());
        digests.confirm(&path, digests.row(&path).unwrap().seen);
        assert!(racy(), "what was written since may not be heard yet");
        let end = Instant::now() + Duration::from_secs(10);
        while racy() {
            assert!(Instant::now() < end, "it stays doubtful");
            digests.confirm(&path, Instant::now());
        }
        assert!(vouched());
        std::fs::write(&path, "two").unwrap();
        heard();
        assert!(!vouched() && digests.digest(&path) == Some(Digest::of(b"two")));
        // What is heard while it is hashed counts.
        let (moment, row) = (digests.moment(), digests.row(&path).unwrap());
        heard();
        digests.trust(&name(&path), &row, moment);
        assert!(!vouched());
        digests.trust(&name(&path), &row, digests.moment());
        assert!(vouched());
        // What was seen is not there any more.
        std::fs::write(&path, "three").unwrap();
        heard();
        assert_eq!(digests.digest(&path), Some(Digest::of(b"three")));
        digests.trust(&name(&path), &row, digests.moment());
        assert!(!vouched());
    }

    #[test]
    fn who_takes_the_moment_first_and_then_looks_misses_no_doubt() {
        let dir = tempfile::tempdir().unwrap();
        let (digests, path) = (Digests::default(), dir.path().join("a"));
        std::fs::write(&path, "one").unwrap();
        let row = digests.row(&path).unwrap();
        digests.restore((0..5000).map(|number| (format!("/x/{number}").into_bytes(), row.stat, row.digest)).collect());
        let entry = Change::Entry { watched: dir.path().into(), path: path.clone() };
        for (number, change) in [entry, Change::Everything, Change::Gone(dir.path().into())].iter().cycle().take(600).enumerate() {
            digests.trust(&name(&path), &row, digests.moment());
            assert!(digests.firm(&path).1);
            let go = std::sync::Barrier::new(2);
            let (moment, firm) = std::thread::scope(|scope| {
                scope.spawn(|| {
                    go.wait();
                    digests.doubt(change);
                });
                go.wait();
                (0..number % 40 * 200).for_each(|_| std::hint::spin_loop());
                (digests.moment(), digests.firm(&path).1)
            });
            let told = digests.doubted_since(moment).is_none_or(|all| all.contains(&path));
            assert!(told || !firm, "{change:?} came between");
        }
    }

    /// Hashes until the stat proves the content.
    fn until_sure(digests: &Digests, path: &Path) {
        let end = Instant::now() + Duration::from_secs(10);
        while digests.row(path).unwrap().racy {
            assert!(Instant::now() < end, "it stays doubtful");
        }
    }
}
