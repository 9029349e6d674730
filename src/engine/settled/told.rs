//! What records tell of files: who reads and makes each, and what it held. Does not know what a change means.

use std::collections::{HashMap, HashSet};
use std::os::unix::ffi::OsStrExt;

use super::{Settled, last};
use crate::engine::digest::Digest;
use crate::engine::fingerprint::{Record, lookups};
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
            let read = record.inputs.iter().map(|(path, identity)| (path, identity.map(|identity| identity.digest)));
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
            self.absorb_looks(*step, record);
        }
        for (path, told) in told {
            let Some(known) = self.known.get_mut(path) else { continue };
            let others = told.steps < known.steps.len();
            known.disputed = told.disputed || others && (known.disputed || told.before != told.now);
        }
    }

    fn absorb_looks(&mut self, step: u32, record: &Record) {
        if let Some(reading) = self.readings.get_mut(step as usize) {
            *reading = record.reading;
        }
        let libraries = self.searches(step) == Some(SearchKind::Libraries);
        for (path, _) in record.inputs.iter().filter(|_| libraries) {
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
