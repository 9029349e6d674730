//! Which names are watched under which numbers, and what an event means for them. A name that is no longer true is given up, with all
//! names below it. Does not know projects.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::kernel::{Event, Happened, Interest, Kernel};
use crate::engine::change_log::Change;

/// One watched name.
#[derive(Clone, Copy, Debug)]
struct Watched {
    number: i32,
    interest: Interest,
}

/// All of them. A path's watch rests on those of the directories above it: without them it could lead elsewhere unnoticed.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// In the order of paths, what is below a directory comes right after it.
    names: BTreeMap<PathBuf, Watched>,
    /// An inode has one number, and may have several names.
    numbers: HashMap<i32, Vec<PathBuf>>,
    /// Directories on the way that must not be read, hence not be watched: which they are.
    closed: BTreeMap<PathBuf, Option<(u64, u64)>>,
    /// What is told with the next events.
    waiting: Vec<Change>,
    /// So many of them were seen by [`Self::fresh`].
    seen: usize,
}

impl Table {
    /// Whether everything of `path` is told.
    pub(super) fn watches(&self, path: &Path) -> bool {
        self.names.get(path).is_some_and(|watched| watched.interest == Interest::Whole)
    }

    /// How many paths are watched for somebody.
    pub(super) fn count(&self) -> usize {
        self.names.values().filter(|watched| watched.interest == Interest::Whole).count()
    }

    /// Watches `path`, a real one, and the way to it, from the top down.
    pub(super) fn watch(&mut self, path: &Path, kernel: &dyn Kernel) -> Result<(), Errno> {
        let mut missing = vec![(path, Interest::Whole)];
        for above in path.ancestors().skip(1) {
            // A directory that is removed while somebody works in it does not say so; the one above it does.
            let interest = if missing.len() == 1 { Interest::Names } else { Interest::Way };
            let known = self.names.get(above).map(|watched| watched.interest);
            if known < Some(interest) {
                missing.push((above, interest));
            }
            if known.is_some() {
                break;
            }
        }
        while let Some((place, interest)) = missing.pop() {
            match self.add(place, interest, kernel) {
                // It must not be read: what it is, and what lies in it on the way, is looked at each time.
                Err(Errno::ACCESS) if interest != Interest::Whole => {
                    for path in [Some(place), missing.last().map(|(below, _)| *below)].into_iter().flatten() {
                        self.closed.entry(path.to_owned()).or_insert_with(|| identity(path));
                    }
                }
                other => other?,
            }
        }
        Ok(())
    }

    fn add(&mut self, path: &Path, interest: Interest, kernel: &dyn Kernel) -> Result<(), Errno> {
        if self.names.get(path).is_some_and(|watched| watched.interest >= interest) {
            return Ok(());
        }
        let number = kernel.add(path, interest)?;
        if self.names.get(path).is_some_and(|watched| watched.number != number) {
            self.give_up(path, kernel);
        }
        let paths = self.numbers.entry(number).or_default();
        if !paths.iter().any(|known| known == path) {
            paths.push(path.to_owned());
        }
        self.names.insert(path.to_owned(), Watched { number, interest });
        Ok(())
    }

    /// Ends the watch of one path, not of what is below it, nor of the way there.
    pub(super) fn unwatch(&mut self, path: &Path, kernel: &dyn Kernel) {
        if !self.watches(path) {
            return;
        }
        if self.is_on_the_way(path) {
            self.names.entry(path.to_owned()).and_modify(|watched| watched.interest = Interest::Names);
            self.waiting.push(Change::Gone(path.to_owned()));
            return;
        }
        self.remove(path, kernel);
        for above in path.ancestors().skip(1) {
            if self.watches(above) || self.is_on_the_way(above) {
                break;
            }
            self.remove(above, kernel);
        }
    }

    fn is_on_the_way(&self, path: &Path) -> bool {
        self.names.range(path.to_owned()..).nth(1).is_some_and(|(below, _)| below.starts_with(path))
    }

    /// Takes what is to be told, in order.
    pub(super) fn told(&mut self) -> Vec<Change> {
        self.seen = 0;
        std::mem::take(&mut self.waiting)
    }

    /// What is to be told and was not in here before.
    pub(super) fn fresh(&mut self) -> &[Change] {
        let from = std::mem::replace(&mut self.seen, self.waiting.len());
        &self.waiting[from.min(self.waiting.len())..]
    }

    /// Whether the directories that cannot be watched are still the same.
    pub(super) fn look_at_closed(&mut self, kernel: &dyn Kernel) {
        let others: Vec<PathBuf> =
            self.closed.iter().filter(|(path, then)| identity(path) != **then).map(|(path, _)| path.clone()).collect();
        for path in others {
            self.closed.remove(&path);
            self.give_up(&path, kernel);
        }
    }

    /// Events were lost, and with them perhaps the ends of watches: no name is known to be true.
    pub(super) fn lose(&mut self) {
        self.names.clear();
        self.numbers.clear();
        self.closed.clear();
        self.waiting.push(Change::Everything);
    }

    pub(super) fn take(&mut self, event: Event<'_>, kernel: &dyn Kernel) {
        if event.happened == Happened::Overflow {
            return self.lose();
        }
        let Some(paths) = self.numbers.get(&event.number).cloned() else {
            // Given up while its events were in the queue, or never asked for again after some were lost.
            if event.happened != Happened::Ended {
                kernel.remove(event.number);
            }
            return;
        };
        for path in paths {
            match event.happened {
                Happened::SelfGone | Happened::Ended => self.give_up(&path, kernel),
                _ => self.note(&path, event, kernel),
            }
        }
    }

    fn note(&mut self, watched: &Path, event: Event<'_>, kernel: &dyn Kernel) {
        let path = event.name.map_or_else(|| watched.to_owned(), |name| watched.join(name));
        if event.happened == Happened::NameChanged {
            self.verify(&path, kernel);
        }
        if self.watches(watched) {
            let change = Change::Entry { watched: watched.to_owned(), path };
            // What was seen already may be vouched for again by now.
            if self.seen == self.waiting.len() || self.waiting.last() != Some(&change) {
                self.waiting.push(change);
            }
        }
    }

    /// Something else may be there under this name.
    fn verify(&mut self, path: &Path, kernel: &dyn Kernel) {
        let Some(known) = self.names.get(path).copied() else { return };
        match kernel.add(path, Interest::Way) {
            Ok(number) if number == known.number => {}
            Ok(number) => {
                if !self.numbers.contains_key(&number) {
                    kernel.remove(number);
                }
                self.give_up(path, kernel);
            }
            Err(_) => self.give_up(path, kernel),
        }
    }

    /// Also what lies below it: all those names are no longer true.
    fn give_up(&mut self, gone: &Path, kernel: &dyn Kernel) {
        let at_or_below = self.names.range(gone.to_owned()..).map(|(path, _)| path).take_while(|path| path.starts_with(gone));
        let all: Vec<PathBuf> = at_or_below.cloned().collect();
        all.iter().for_each(|path| self.remove(path, kernel));
    }

    fn remove(&mut self, path: &Path, kernel: &dyn Kernel) {
        let Some(Watched { number, interest }) = self.names.remove(path) else { return };
        let left = self.numbers.get_mut(&number).is_some_and(|paths| {
            paths.retain(|other| other != path);
            !paths.is_empty()
        });
        if !left {
            self.numbers.remove(&number);
            kernel.remove(number);
        }
        if interest == Interest::Whole {
            self.waiting.push(Change::Gone(path.to_owned()));
        }
    }
}

/// Which directory it is, if it is there.
fn identity(path: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(path).ok().map(|about| (about.dev(), about.ino()))
}
