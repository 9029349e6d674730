//! What records tell of files: who reads and makes each, and what it held. Does not know what a change means.

use std::collections::{HashMap, HashSet};
use std::os::unix::ffi::OsStrExt;

use super::{Settled, last};
use crate::engine::digest::Digest;
use crate::engine::fingerprint::{Input, Record, Runs, lookups};
use crate::engine::graph::SearchKind;
use crate::engine::path::FilePath;

/// What some records say of one path.
#[derive(Default)]
struct Told {
    before: Option<Digest>,
    now: Option<Digest>,
    /// They do not agree.
    disputed: bool,
    last: Option<u32>,
    steps: usize,
}

impl Settled {
    /// Takes in what steps read and made, all of them at about the same time.
    pub(super) fn absorb_all(&mut self, records: &[(u32, &Record)]) {
        let mut told: HashMap<&FilePath, Told> = HashMap::new();
        for (step, record) in records {
            let news = self.news_of(*step, record);
            let read = news.iter().map(|(path, identity)| (path, identity.map(|identity| identity.digest)));
            let dated: HashSet<&FilePath> = record.times.iter().flat_map(|times| &times.written).map(|(path, _)| path).collect();
            let made = record.outputs.iter().map(|(path, identity, _)| (path, Some(identity.digest)));
            for (path, digest) in read.chain(made) {
                let known = self.known.entry(path.clone()).or_default();
                let told = told.entry(path).or_insert_with(|| Told { before: known.digest, now: digest, ..Told::default() });
                told.disputed |= told.now != digest;
                told.steps += usize::from(told.last != Some(*step));
                told.last = Some(*step);
                known.digest = digest;
                known.dated |= dated.contains(path);
                if known.steps.is_empty() {
                    note_name(&mut self.names, path);
                }
                if let Err(at) = known.steps.binary_search(step) {
                    known.steps.insert(at, *step);
                }
            }
            for (path, _, mode) in &record.outputs {
                self.known.entry(path.clone()).or_default().mode = Some(*mode);
            }
            self.absorb_looks(*step, record, &news);
            if let Some(told) = self.told.get_mut(*step as usize) {
                *told = record.inputs.clone();
            }
        }
        for (path, told) in told {
            let Some(known) = self.known.get_mut(path) else { continue };
            let others = told.steps < known.steps.len();
            known.disputed = told.disputed || others && (known.disputed || told.before != told.now);
            self.disputed |= known.disputed;
        }
        self.disputed = self.disputed && self.known.values().any(|known| known.disputed);
    }

    /// The inputs of a step in runs that were not told of it before. As long as something is disputed, all have to be told again.
    pub(super) fn news_of<'a>(&self, step: u32, record: &'a Record) -> Vec<&'a Input> {
        let told = self.told.get(step as usize).filter(|_| !self.disputed).map_or(&[][..], Runs::runs);
        let told: HashSet<usize> = told.iter().map(|run| run.as_ptr().addr()).collect();
        let fresh = record.inputs.runs().iter().filter(|run| !told.contains(&run.as_ptr().addr()));
        fresh.flat_map(|run| run.iter()).map(AsRef::as_ref).collect()
    }

    fn absorb_looks(&mut self, step: u32, record: &Record, news: &[&Input]) {
        if let Some(reading) = self.readings.get_mut(step as usize) {
            *reading = record.reading;
        }
        let libraries = self.searches(step) == Some(SearchKind::Libraries);
        for (path, _) in news.iter().filter(|_| libraries) {
            self.names.extend(lookups::forms(last(path)));
        }
        record.lookups.questions.names.iter().for_each(|name| note_name(&mut self.names, name));
        self.any_name |= record.lookups.questions.unknown;
    }

    fn searches(&self, step: u32) -> Option<SearchKind> {
        Some(self.lowered.steps.get(step as usize)?.cxx.as_ref()?.search.as_ref()?.kind)
    }
}

/// A search may end at any component of a name.
pub(super) fn note_name(names: &mut HashSet<Vec<u8>>, path: &FilePath) {
    for part in path.as_path() {
        if !names.contains(part.as_bytes()) {
            names.insert(part.as_bytes().to_vec());
        }
    }
}
