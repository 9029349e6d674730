//! What changes mean for the next build: which steps they concern, or that the description may be another. Does not know how changes are
//! noticed.

use std::collections::BTreeSet;

use super::known::{Known, Seen};
use super::place::{Place, is_mark};
use super::{Settled, last, names};
use crate::engine::path::FilePath;
use crate::engine::scan::kind::FileKind;
use crate::engine::tree::SETTINGS;

/// What changes mean for the next build.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Impact {
    /// Nothing.
    Nothing,
    /// These steps, and what depends on them, have to be judged; sorted.
    Steps(Vec<u32>),
    /// The description itself may be another: this path says so.
    Description(FilePath),
}

impl Settled {
    /// What these changes mean. Paths that hold what they held mean nothing.
    #[must_use]
    pub fn impact(&self, seen: &[Seen]) -> Impact {
        let mut direct = BTreeSet::new();
        for one in seen {
            match self.impact_of(one) {
                Some(steps) => direct.extend(steps.iter().copied()),
                None => return Impact::Description(one.path.clone()),
            }
        }
        if let Some(one) = seen.iter().find(|one| one.facts.is_some()).filter(|_| names::meet(&self.files, seen)) {
            return Impact::Description(one.path.clone());
        }
        let steps = self.with_dependents(direct);
        if let Some(source) = steps.iter().find_map(|step| self.conditional_main(*step)) {
            return Impact::Description(source);
        }
        if steps.is_empty() { Impact::Nothing } else { Impact::Steps(steps) }
    }

    /// The steps that read or make it, if it is another; `None` if the description may change.
    fn impact_of(&self, seen: &Seen) -> Option<&[u32]> {
        if self.places.config.as_ref() == Some(&seen.path) {
            return None;
        }
        // A walk may have met it as a file like others.
        if self.places.of(&seen.path) == Place::Database {
            return (seen.digest == self.places.database).then_some(&[]);
        }
        let there = seen.digest.is_some() || seen.is_dir;
        if self.lowered.maybe_inputs.contains(&seen.path) {
            let then = self.known.get(&seen.path).and_then(|known| known.digest);
            return (then == seen.digest && !seen.is_dir).then_some(&[]);
        }
        if let Some(file) = self.files.get(&seen.path) {
            let same = match (&seen.facts, FileKind::of(&seen.path).scanned_as()) {
                // Settings are read by nobody but the description.
                (_, None) => seen.digest.is_some() && last(&seen.path) != SETTINGS.as_bytes(),
                (Some(now), Some(_)) => now.says_the_same(file) && self.main_named_by(now).eq(self.main_named_by(file)),
                (None, Some(_)) => false,
            };
            if !same {
                return None;
            }
        }
        if there && self.is_new_to_the_walk(&seen.path) || self.is_another_input(&seen.path, there) {
            return None;
        }
        if let Some(known) = self.known.get(&seen.path) {
            let same = known.is(seen) || self.reads_the_same(known, seen);
            return Some(if same { &[] } else { &known.steps });
        }
        if self.files.contains_key(&seen.path) {
            return Some(&[]);
        }
        match self.places.of(&seen.path) {
            Place::Elsewhere | Place::Own => Some(&[]),
            Place::Database | Place::Hinge => None,
            Place::Marked if !there && is_mark(last(&seen.path)) => None,
            Place::Searched if self.any_name || self.names.contains(last(&seen.path)) => None,
            Place::Tree if self.any_name || self.shapes_the_tree(seen, there) => None,
            Place::Marked | Place::Searched | Place::Tree => Some(&[]),
        }
    }

    /// A source or header that came after the description was made. A step may have read it all the same.
    fn is_new_to_the_walk(&self, path: &FilePath) -> bool {
        !self.files.contains_key(path) && FileKind::of(path).scanned_as().is_some() && self.places.of(path) == Place::Tree
    }

    /// A file that jobs read by a pattern, and that came or went.
    fn is_another_input(&self, path: &FilePath, there: bool) -> bool {
        let was_there = || self.known.get(path).is_some_and(|known| known.digest.is_some());
        self.inputs.as_ref().is_some_and(|patterns| patterns.fit(path)) && there != was_there()
    }

    /// Whether what changed in it is nothing to all that read it, and nobody makes it.
    fn reads_the_same(&self, known: &Known, seen: &Seen) -> bool {
        let read = |step: &u32| {
            let (reading, spec) = ((*self.readings.get(*step as usize)?)?, self.lowered.steps.get(*step as usize)?);
            let made = spec.outputs.iter().any(|output| output.path == seen.path);
            Some(!made && reading.concerns(spec, &seen.path) && seen.reads_the_same(reading))
        };
        known.steps.iter().all(|step| read(step) == Some(true))
    }

    /// A path in a directory of the project that was not there as a file: would a walk find other files?
    fn shapes_the_tree(&self, seen: &Seen, there: bool) -> bool {
        let name = last(&seen.path);
        let hidden = name.starts_with(b".");
        // Marks in the root itself mean nothing.
        let mark = is_mark(name) && !seen.path.parent().as_bytes().is_empty() || name == SETTINGS.as_bytes();
        let rules = name == b".gitignore" || name == b".ignore" || mark;
        let looked_for = self.names.contains(name);
        let kind = FileKind::of(&seen.path);
        rules || looked_for || (!hidden && (seen.is_dir || there && kind != FileKind::Other))
    }

    fn with_dependents(&self, direct: BTreeSet<u32>) -> Vec<u32> {
        let mut all = direct.clone();
        let mut open: Vec<u32> = direct.into_iter().collect();
        while let Some(step) = open.pop() {
            let further = self.dependents.get(step as usize).map_or(&[][..], Vec::as_slice);
            open.extend(further.iter().copied().filter(|next| all.insert(*next)));
        }
        all.into_iter().collect()
    }
}
