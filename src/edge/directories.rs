//! What directories hold, read once and again only when they change: names and kinds, found by name. Knows nothing of projects but
//! their root, and nothing of why a name is looked for.

use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant, SystemTime};

use rayon::prelude::*;

use super::fs::Stat;
use crate::engine::fingerprint::{self, Entry};
use crate::engine::path::FilePath;
use crate::engine::settled::Seen;

/// A directory that changed so shortly before it was read may change again without its stat telling.
const RACY: Duration = Duration::from_millis(20);

/// Names with their kinds, sorted; whether each is a directory.
type Names = Vec<(Box<[u8]>, bool)>;

/// One directory as it was read; no stat if it was not there.
#[derive(Debug, Default)]
struct Listing {
    stat: Option<Stat>,
    /// When reading began: it holds nothing older.
    began: Option<Instant>,
    racy: bool,
    names: Names,
    /// Its links, and what they led to: it does not tell when that changes.
    links: Arc<[(PathBuf, Option<bool>)]>,
}

/// Directories, and whether each holds a name as that of a directory.
type Holders = Vec<(Arc<Path>, bool)>;

#[derive(Debug, Default)]
struct Table {
    listings: HashMap<Arc<Path>, Listing>,
    /// Who holds a name, and whether as a directory.
    holders: HashMap<Box<[u8]>, Holders>,
}

/// The tables of all projects: one that is on a slow or vanished file system concerns no other.
#[derive(Debug, Default)]
pub struct Directories(Mutex<HashMap<PathBuf, Arc<RwLock<Table>>>>);

/// The table of one project: paths relative to its root where inside.
#[derive(Debug)]
pub struct OfProject<'a> {
    table: Arc<RwLock<Table>>,
    root: &'a Path,
}

impl Directories {
    /// As seen from `root`.
    #[must_use]
    pub fn of<'a>(&self, root: &'a Path) -> OfProject<'a> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.get(root).cloned();
        OfProject { table: known.unwrap_or_else(|| all.entry(root.to_owned()).or_default().clone()), root }
    }
}

impl OfProject<'_> {
    fn read(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads again what changed. Between two calls the table stands still.
    pub fn refresh(&self) {
        // The lock is not held while others compute: a thread that waits for them may begin work that wants it.
        let now = |(path, listing): (&Arc<Path>, &Listing)| (path.clone(), listing.stat.filter(|_| !listing.racy), listing.links.clone());
        let known: Vec<_> = self.read().listings.iter().map(now).collect();
        let turned = |links: &[(PathBuf, Option<bool>)]| links.iter().any(|(link, then)| leads_to_directory(link) != *then);
        let changed = known.into_par_iter().with_min_len(64);
        let changed = changed.filter(|(path, then, links)| then.is_none() || stat(path) != *then || turned(links));
        let stale: Vec<(Arc<Path>, Listing)> = changed.map(|(path, ..)| (path.clone(), read(&path))).collect();
        let mut table = self.write();
        stale.into_iter().for_each(|(path, listing)| table.put(&path, listing));
    }

    /// Reads again what changed, if one of these is not, as an entry, what it was when its directory was read.
    pub fn heed(&self, seen: &[Seen]) {
        let news = |one: &Seen| {
            let (there, place) = (one.digest.is_some() || one.is_dir, one.path.under(self.root));
            let (Some(dir), Some(name)) = (place.parent(), place.file_name()) else { return false };
            let table = self.read();
            let Some(listing) = table.listings.get(dir) else { return false };
            let known = listing.names.binary_search_by(|(known, _)| known.as_ref().cmp(name.as_bytes())).ok();
            known.map(|at| listing.names[at].1) != there.then_some(one.is_dir)
        };
        if seen.iter().any(news) {
            self.refresh();
        }
    }

    /// Every directory that was opened, with whether it is there.
    #[must_use]
    pub fn opened(&self) -> Vec<(PathBuf, bool)> {
        self.read().listings.iter().map(|(path, listing)| (path.to_path_buf(), listing.stat.is_some())).collect()
    }

    /// Where links of those directories lead that lead nowhere: what comes there comes to them.
    #[must_use]
    pub fn nowhere(&self) -> Vec<PathBuf> {
        let table = self.read();
        let links = table.listings.values().flat_map(|listing| listing.links.iter());
        let dead = links.filter(|(_, leads)| leads.is_none()).map(|(link, _)| link);
        dead.filter_map(|link| Some(link.parent()?.join(std::fs::read_link(link).ok()?))).collect()
    }

    fn open_place(&self, path: &Path) {
        if self.read().listings.contains_key(path) {
            return;
        }
        let (path, listing): (Arc<Path>, _) = (path.into(), read(path));
        self.write().put(&path, listing);
    }

    fn seen(&self, path: &Path) -> FilePath {
        FilePath::new(path.strip_prefix(self.root).unwrap_or(path))
    }
}

impl Table {
    /// Several may read at once: what was read first does not replace what was read later.
    fn put(&mut self, path: &Arc<Path>, listing: Listing) {
        if self.listings.get(path).is_some_and(|known| known.began > listing.began) {
            return;
        }
        for (name, _) in self.listings.remove(path).unwrap_or_default().names {
            if let Some(holders) = self.holders.get_mut(&name) {
                holders.retain(|(holder, _)| holder != path);
                if holders.is_empty() {
                    self.holders.remove(&name);
                }
            }
        }
        for (name, is_dir) in &listing.names {
            self.holders.entry(name.clone()).or_default().push((path.clone(), *is_dir));
        }
        self.listings.insert(path.clone(), listing);
    }
}

impl fingerprint::Directories for OfProject<'_> {
    fn open(&self, dir: &FilePath) {
        self.open_place(&place(self.root, dir));
    }

    fn holding(&self, name: &[u8]) -> Vec<Entry> {
        let table = self.read();
        let holders = table.holders.get(name).map_or(&[][..], Vec::as_slice);
        holders.iter().map(|(path, is_dir)| (self.seen(path), *is_dir)).collect()
    }

    fn entries(&self, dir: &FilePath) -> Vec<Entry> {
        self.open(dir);
        let table = self.read();
        let names = table.listings.get(place(self.root, dir).as_path()).map_or(&[][..], |listing| listing.names.as_slice());
        names.iter().map(|(name, is_dir)| (dir.join(FilePath::from_bytes(name).as_path()), *is_dir)).collect()
    }
}

/// The root itself has no slash at its end, like every other directory.
fn place(root: &Path, dir: &FilePath) -> PathBuf {
    if dir.as_bytes().is_empty() { root.to_owned() } else { dir.under(root) }
}

fn stat(path: &Path) -> Option<Stat> {
    std::fs::metadata(path).ok().map(|about| Stat::of(&about))
}

/// The stat comes first: what changes while the names are read shows in the next one.
fn read(path: &Path) -> Listing {
    let began = Some(Instant::now());
    let Some(stat) = stat(path) else { return Listing { began, ..Listing::default() } };
    let racy = SystemTime::now().checked_sub(RACY).is_none_or(|doubtful| stat.changed_since(doubtful));
    let mut names = Names::new();
    let mut links = Vec::new();
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        let is_dir = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => {
                let is_dir = leads_to_directory(&entry.path());
                links.push((entry.path(), is_dir));
                is_dir
            }
            Ok(kind) => Some(kind.is_dir()),
            Err(_) => Some(false),
        };
        // Nobody finds a link that leads nowhere.
        names.extend(is_dir.map(|is_dir| (entry.file_name().as_bytes().into(), is_dir)));
    }
    names.sort();
    Listing { stat: Some(stat), began, racy, names, links: links.into() }
}

/// Whether a link leads to a directory; `None` if it leads nowhere.
fn leads_to_directory(link: &Path) -> Option<bool> {
    std::fs::metadata(link).ok().map(|about| about.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fingerprint::Directories as _;

    #[test]
    fn refreshes_do_not_wait_for_each_other() {
        let dir = tempfile::tempdir().unwrap();
        let table = Arc::new(Directories::default());
        let names = (0..500).map(|number| dir.path().join(number.to_string()));
        names.for_each(|path| {
            std::fs::create_dir(&path).unwrap();
            table.of(dir.path()).open_place(&path);
        });
        // Many threads steal often.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build().unwrap();
        let (done, all) = std::sync::mpsc::channel();
        for _ in 0..200 {
            let (table, done, root) = (table.clone(), done.clone(), dir.path().to_owned());
            pool.spawn(move || {
                table.of(&root).refresh();
                done.send(()).unwrap();
            });
        }
        for _ in 0..200 {
            all.recv_timeout(Duration::from_secs(60)).unwrap();
        }
    }

    #[test]
    fn what_was_read_first_does_not_replace_what_was_read_later() {
        let dir = tempfile::tempdir().unwrap();
        let (table, place): (_, Arc<Path>) = (Directories::default(), dir.path().into());
        let of = table.of(dir.path());
        std::fs::write(dir.path().join("x.h"), "").unwrap();
        let first = read(&place);
        std::fs::remove_file(dir.path().join("x.h")).unwrap();
        let later = read(&place);
        of.write().put(&place, later);
        of.write().put(&place, first);
        assert_eq!(of.holding(b"x.h"), []);
    }

    #[test]
    fn what_is_heard_of_is_read_again_if_it_is_news() {
        let dir = tempfile::tempdir().unwrap();
        let table = Directories::default();
        let (of, path) = (table.of(dir.path()), dir.path().join("x.h"));
        of.open(&"".into());
        let seen = |is_dir: bool, there: bool| Seen {
            path: "x.h".into(),
            digest: there.then(|| crate::engine::digest::Digest::of(b"")),
            is_dir,
            ..Seen::default()
        };
        let holding = || of.holding(b"x.h").into_iter().map(|(_, is_dir)| is_dir).collect::<Vec<_>>();
        std::fs::write(&path, "").unwrap();
        of.heed(&[seen(false, false)]);
        assert_eq!(holding(), [false; 0], "it is said to be as it was");
        of.heed(&[seen(false, true)]);
        assert_eq!(holding(), [false]);
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        of.heed(&[seen(true, false)]);
        assert_eq!(holding(), [true]);
        std::fs::remove_dir(&path).unwrap();
        of.heed(&[seen(false, false)]);
        assert_eq!(holding(), [false; 0]);
    }

    #[test]
    fn changes_are_seen_after_a_refresh() {
        let dir = tempfile::tempdir().unwrap();
        let table = Directories::default();
        let seen = table.of(dir.path());
        let holders = |name: &str| {
            let mut all: Vec<String> = seen.holding(name.as_bytes()).into_iter().map(|(dir, is_dir)| format!("{dir}:{is_dir}")).collect();
            all.sort();
            all.join(" ")
        };
        for name in ["", "a", "b"] {
            seen.open(&name.into());
        }
        assert_eq!(holders("x.h"), "");
        std::fs::create_dir(dir.path().join("a")).unwrap();
        std::fs::write(dir.path().join("a/x.h"), "").unwrap();
        std::fs::create_dir(dir.path().join("x.h")).unwrap();
        assert_eq!(holders("x.h"), "", "nothing moves in between");
        seen.refresh();
        assert_eq!(holders("x.h"), ":true a:false");
        std::fs::remove_file(dir.path().join("a/x.h")).unwrap();
        std::fs::rename(dir.path().join("a"), dir.path().join("b")).unwrap();
        std::fs::write(dir.path().join("b/y.h"), "").unwrap();
        seen.refresh();
        assert_eq!((holders("x.h"), holders("y.h"), holders("b")), (":true".into(), "b:false".into(), ":true".into()));
        assert_eq!(seen.entries(&"b".into()), [("b/y.h".into(), false)]);
    }
}
