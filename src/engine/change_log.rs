//! What was heard of a project's directories, in order: several readers ask it from where each left off. Does not know how changes
//! are noticed, nor what they mean.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// So many paths are worth remembering; beyond that a reader looks at everything.
const CAPACITY: usize = 100_000;

/// A moment in the log.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Moment(u64);

/// What was heard since some moment.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Heard {
    /// Up to here.
    pub now: Moment,
    /// Anything may have changed.
    pub everything: bool,
    /// Changed, or may have.
    pub paths: HashSet<PathBuf>,
}

impl Heard {
    /// Whether all is as it was.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        !self.everything && self.paths.is_empty()
    }
}

/// Something that happened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// To an entry of a directory, or to a file that is watched itself.
    Entry {
        /// The directory as it was named when the watch began; the file itself for a file.
        watched: PathBuf,
        /// The entry.
        path: PathBuf,
    },
    /// A watched path leads nowhere now, or elsewhere; it is watched no more.
    Gone(PathBuf),
    /// Events were lost.
    Everything,
}

/// The log of one project.
#[derive(Clone, Debug, Default)]
pub struct ChangeLog {
    now: Moment,
    /// Nothing is known of what came before.
    floor: Moment,
    /// When the last watches were set.
    grown: Moment,
    /// How many times watches are being set right now.
    growing: u32,
    watched: HashSet<PathBuf>,
    /// In the order of time; of a path that changed again, only the last entry counts.
    changes: Vec<(Moment, PathBuf)>,
    last: HashMap<PathBuf, Moment>,
}

impl ChangeLog {
    /// A log that knows nothing of what came before `start`, which is later than any moment of a log that it replaces.
    #[must_use]
    pub fn new(start: u64) -> Self {
        Self { now: Moment(start), floor: Moment(start), ..Self::default() }
    }

    /// What was heard since `since`, at the cost of that. Time goes on: a later change has a later moment.
    pub fn since(&mut self, since: Moment) -> Heard {
        let everything = since < self.floor;
        let first = if everything { self.changes.len() } else { self.changes.partition_point(|(moment, _)| *moment <= since) };
        let paths = self.changes[first..].iter().map(|(_, path)| path.clone());
        let heard = Heard { now: self.now, everything, paths: paths.collect() };
        self.now.0 += 1;
        heard
    }

    /// Notes a change; false if nobody here watches what changed.
    pub fn take(&mut self, change: &Change) -> bool {
        match change {
            Change::Entry { watched, path } if self.watched.contains(watched) => self.note(path),
            Change::Entry { .. } => return false,
            Change::Gone(path) => return self.forget(path),
            Change::Everything => {
                self.watched.clear();
                self.note_everything();
            }
        }
        true
    }

    fn note(&mut self, path: &Path) {
        if self.last.get(path) == Some(&self.now) {
            return;
        }
        if self.last.len() >= CAPACITY {
            self.note_everything();
        }
        self.changes.push((self.now, path.to_owned()));
        self.last.insert(path.to_owned(), self.now);
        if self.changes.len() > 2 * self.last.len().max(CAPACITY / 100) {
            self.changes.retain(|(moment, path)| self.last.get(path) == Some(moment));
        }
    }

    /// Events were lost.
    fn note_everything(&mut self) {
        self.changes.clear();
        self.last.clear();
        self.now.0 += 1;
        self.floor = self.now;
    }

    /// Those of `paths` that are not yet watched. What is heard of them counts from now on; that all is heard, only after
    /// [`Self::watches_set`], which is called if there are any.
    #[must_use]
    pub fn watch(&mut self, paths: impl IntoIterator<Item = PathBuf>) -> Vec<PathBuf> {
        let fresh: Vec<PathBuf> = paths.into_iter().filter(|path| self.watched.insert(path.clone())).collect();
        self.growing += u32::from(!fresh.is_empty());
        fresh
    }

    /// The watches of an earlier call of [`Self::watch`] are set, but for some.
    pub fn watches_set(&mut self, failed: &[PathBuf]) {
        failed.iter().for_each(|path| {
            self.forget(path);
        });
        self.growing = self.growing.saturating_sub(1);
        self.now.0 += 1;
        self.grown = self.now;
    }

    /// A watch of it ended: whoever relies on it has to look at everything.
    fn forget(&mut self, path: &Path) -> bool {
        let known = self.watched.remove(path);
        if known {
            self.note_everything();
        }
        known
    }

    /// All that is watched for this log.
    pub fn watched(&self) -> impl Iterator<Item = &Path> {
        self.watched.iter().map(PathBuf::as_path)
    }

    /// Whether this log relies on the watch of `path`.
    #[must_use]
    pub fn watches(&self, path: &Path) -> bool {
        self.watched.contains(path)
    }

    /// Whether all that is watched was watched at `moment` already.
    #[must_use]
    pub fn stood_at(&self, moment: Moment) -> bool {
        self.growing == 0 && self.grown <= moment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(log: &mut ChangeLog, path: &str) {
        let watched: PathBuf = Path::new(path).parent().unwrap().into();
        let concerns = log.watched.contains(&watched);
        assert_eq!(log.take(&Change::Entry { watched, path: path.into() }), concerns, "{path}");
    }

    fn heard(log: &mut ChangeLog, since: Moment) -> (Moment, String) {
        let heard = log.since(since);
        let mut paths: Vec<String> = heard.paths.iter().map(|path| path.display().to_string()).collect();
        paths.sort();
        (heard.now, if heard.everything { "everything".into() } else { paths.join(" ") })
    }

    fn watch(log: &mut ChangeLog, paths: &[&str]) {
        if !log.watch(paths.iter().map(PathBuf::from)).is_empty() {
            log.watches_set(&[]);
        }
    }

    #[test]
    fn each_reader_goes_on_from_where_it_was() {
        let mut log = ChangeLog::default();
        watch(&mut log, &["/a", "/b"]);
        let (start, _) = heard(&mut log, Moment::default());
        note(&mut log, "/a/x");
        note(&mut log, "/elsewhere/y");
        let (one, paths) = heard(&mut log, start);
        assert_eq!(paths, "/a/x");
        note(&mut log, "/b/z");
        assert_eq!(heard(&mut log, one).1, "/b/z");
        assert_eq!(heard(&mut log, start).1, "/a/x /b/z", "another reader loses nothing");
        note(&mut log, "/a/x");
        assert_eq!(heard(&mut log, one).1, "/a/x /b/z");
    }

    #[test]
    fn a_new_log_does_not_answer_for_an_old_one() {
        let (mut old, mut new) = (ChangeLog::new(5), ChangeLog::new(1000));
        let (moment, _) = heard(&mut old, Moment::default());
        let (now, said) = heard(&mut new, moment);
        assert_eq!(said, "everything");
        assert_eq!(heard(&mut new, now).1, "");
    }

    #[test]
    fn what_is_lost_is_everything() {
        let mut log = ChangeLog::default();
        watch(&mut log, &["/a"]);
        let (start, _) = heard(&mut log, Moment::default());
        assert!(log.take(&Change::Everything));
        let (after, said) = heard(&mut log, start);
        assert_eq!(said, "everything");
        assert_eq!(heard(&mut log, after).1, "");
        note(&mut log, "/a/x");
        assert_eq!(heard(&mut log, after).1, "", "nothing is watched until it is watched again");
        watch(&mut log, &["/a"]);
        assert!(log.take(&Change::Gone("/a".into())));
        assert_eq!(heard(&mut log, after).1, "everything");
        let (after, _) = heard(&mut log, Moment::default());
        assert!(!log.take(&Change::Gone("/a".into())));
        assert_eq!(heard(&mut log, after).1, "", "it was no watch of this log");
    }

    #[test]
    fn too_much_is_everything_and_much_of_the_same_is_not() {
        let mut log = ChangeLog::default();
        watch(&mut log, &["/b"]);
        let (start, _) = heard(&mut log, Moment::default());
        for n in 0..CAPACITY {
            note(&mut log, &format!("/b/{}", n % 10));
            let _later = log.since(Moment(u64::MAX));
        }
        assert_eq!(heard(&mut log, start).1.split(' ').count(), 10);
        assert!(log.changes.len() < CAPACITY / 10, "{}", log.changes.len());
        for n in 0..=CAPACITY {
            note(&mut log, &format!("/b/{n}"));
        }
        let (after, said) = heard(&mut log, start);
        assert_eq!(said, "everything");
        note(&mut log, "/b/x");
        assert_eq!(heard(&mut log, after).1, "/b/x");
    }

    #[test]
    fn a_watch_that_began_later_proves_nothing() {
        let mut log = ChangeLog::default();
        watch(&mut log, &["/a"]);
        let (before, _) = heard(&mut log, Moment::default());
        assert!(log.stood_at(before));
        watch(&mut log, &["/a"]);
        assert!(log.stood_at(before));
        assert_eq!(log.watch(["/a".into(), "/b".into()]), [PathBuf::from("/b")]);
        let (during, _) = heard(&mut log, before);
        assert!(log.watch(["/a".into(), "/b".into()]).is_empty(), "somebody else is setting it");
        assert!(!log.stood_at(during), "it is not set yet");
        log.watches_set(&[]);
        assert!(!log.stood_at(during), "it was set after that");
        let (after, _) = heard(&mut log, before);
        assert!(log.stood_at(after));
    }

    #[test]
    fn what_could_not_be_watched_is_asked_for_again() {
        let mut log = ChangeLog::default();
        assert_eq!(log.watch(["/a".into(), "/b".into()]).len(), 2);
        log.watches_set(&["/b".into()]);
        assert_eq!(log.watch(["/a".into(), "/b".into()]), [PathBuf::from("/b")]);
    }
}
