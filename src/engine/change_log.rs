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
    grown: Moment,
    watched: HashSet<PathBuf>,
    changed: HashMap<PathBuf, Moment>,
}

impl ChangeLog {
    /// A log that knows nothing of what came before `start`, which is later than any moment of a log that it replaces.
    #[must_use]
    pub fn new(start: u64) -> Self {
        Self { now: Moment(start), floor: Moment(start), ..Self::default() }
    }

    /// What was heard since `since`. Time goes on: a later change has a later moment.
    pub fn since(&mut self, since: Moment) -> Heard {
        let everything = since < self.floor;
        let paths = self.changed.iter().filter(|(_, moment)| **moment > since && !everything).map(|(path, _)| path.clone());
        let heard = Heard { now: self.now, everything, paths: paths.collect() };
        self.now.0 += 1;
        heard
    }

    /// Notes a change, if anybody here watches what changed.
    pub fn take(&mut self, change: &Change) {
        match change {
            Change::Entry { watched, path } if self.watched.contains(watched) => self.note(path.clone()),
            Change::Entry { .. } => {}
            Change::Gone(path) => self.forget(path),
            Change::Everything => self.note_everything(),
        }
    }

    fn note(&mut self, path: PathBuf) {
        if self.changed.len() >= CAPACITY {
            self.note_everything();
        }
        self.changed.insert(path, self.now);
    }

    /// Events were lost.
    pub fn note_everything(&mut self) {
        self.changed.clear();
        self.now.0 += 1;
        self.floor = self.now;
    }

    /// Those of `directories` that are not yet watched; from now on they are.
    pub fn watch(&mut self, directories: impl IntoIterator<Item = PathBuf>) -> Vec<PathBuf> {
        let fresh: Vec<PathBuf> = directories.into_iter().filter(|directory| self.watched.insert(directory.clone())).collect();
        if !fresh.is_empty() {
            self.now.0 += 1;
            self.grown = self.now;
        }
        fresh
    }

    /// A watch of it ended: whoever relies on it has to look at everything.
    pub fn forget(&mut self, directory: &Path) {
        if self.watched.remove(directory) {
            self.note_everything();
        }
    }

    /// Whether all that is watched was watched at `moment` already.
    #[must_use]
    pub fn stood_at(&self, moment: Moment) -> bool {
        self.grown <= moment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(log: &mut ChangeLog, path: &str) {
        log.take(&Change::Entry { watched: Path::new(path).parent().unwrap().into(), path: path.into() });
    }

    fn heard(log: &mut ChangeLog, since: Moment) -> (Moment, String) {
        let heard = log.since(since);
        let mut paths: Vec<String> = heard.paths.iter().map(|path| path.display().to_string()).collect();
        paths.sort();
        (heard.now, if heard.everything { "everything".into() } else { paths.join(" ") })
    }

    #[test]
    fn each_reader_goes_on_from_where_it_was() {
        let mut log = ChangeLog::default();
        assert_eq!(log.watch(["/a".into(), "/b".into()]).len(), 2);
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
        log.watch(["/a".into()]);
        let (start, _) = heard(&mut log, Moment::default());
        log.take(&Change::Everything);
        let (after, said) = heard(&mut log, start);
        assert_eq!(said, "everything");
        assert_eq!(heard(&mut log, after).1, "");
        log.forget(Path::new("/a"));
        assert_eq!(heard(&mut log, after).1, "everything");
        log.forget(Path::new("/a"));
        for n in 0..=CAPACITY {
            log.watch(["/b".into()]);
            note(&mut log, &format!("/b/{n}"));
        }
        assert_eq!(heard(&mut log, after).1, "everything");
    }

    #[test]
    fn a_watch_that_began_later_proves_nothing() {
        let mut log = ChangeLog::default();
        log.watch(["/a".into()]);
        let (before, _) = heard(&mut log, Moment::default());
        assert!(log.stood_at(before));
        assert_eq!(log.watch(["/a".into()]).len(), 0);
        assert!(log.stood_at(before));
        assert_eq!(log.watch(["/a".into(), "/b".into()]), [PathBuf::from("/b")]);
        assert!(!log.stood_at(before));
        let (after, _) = heard(&mut log, before);
        assert!(log.stood_at(after));
    }
}
