//! What a successful build left behind, arranged so that the next one costs only what changed: who reads and makes each file, what each
//! file held, and which names would matter if they came or went. Does not know how changes are noticed, nor how files are read.

mod impact;
mod known;
mod mains;
mod names;
mod place;
mod scope;
#[cfg(test)]
mod tests;
mod told;

use std::collections::{HashMap, HashSet};
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;

pub use self::impact::Impact;
use self::known::Known;
pub use self::known::Seen;
use self::place::is_mark;
pub use self::place::{Place, Places};
pub use self::scope::{Glance, Scope};
use self::told::note_name;
use super::build::Records;
use super::cxx::lower::Lowered;
use super::digest::Digest;
use super::discover::patterns::Patterns;
use super::fingerprint::{Input, Reading, Record, Runs};
use super::graph::{Purity, StepSpec};
use super::path::FilePath;
use super::report::Counts;
use super::scan::facts::{SourceFacts, name_digest};
use super::scan::kind::FileKind;
use super::tree::Tree;

/// A build that succeeded, and nothing has changed since but what is said to [`Self::impact`].
#[derive(Debug)]
pub struct Settled {
    lowered: Lowered,
    known: HashMap<FilePath, Known>,
    /// Some of them is disputed.
    disputed: bool,
    /// A step is opaque.
    opaque: bool,
    /// What was told of each step's inputs.
    told: Vec<Runs<Input>>,
    /// How each step reads its inputs.
    readings: Vec<Option<Reading>>,
    /// Steps that read what a step makes.
    dependents: Vec<Vec<u32>>,
    files: HashMap<FilePath, Arc<SourceFacts>>,
    /// Names that some file makes `main`: who defines one may define a program.
    main_names: HashSet<u64>,
    /// Names that were looked for: last components, and the directories before them.
    names: HashSet<Vec<u8>>,
    /// Somewhere any name was looked for.
    any_name: bool,
    /// What inputs of jobs are called.
    inputs: Option<Patterns>,
    places: Places,
}

impl Settled {
    /// After a build of `lowered` in which every step is as its newest record says. `tree` is what it was described from, `places` what it
    /// looked at. `None` if a step has no record, or has to run every time.
    #[must_use]
    pub fn new(lowered: Lowered, records: &Records, tree: &Tree, places: Places) -> Option<Self> {
        let mut settled = Self {
            known: HashMap::new(),
            disputed: false,
            opaque: lowered.steps.iter().any(|step| step.purity == Purity::Opaque),
            told: vec![Runs::default(); lowered.steps.len()],
            readings: vec![None; lowered.steps.len()],
            dependents: vec![Vec::new(); lowered.steps.len()],
            main_names: tree.files.iter().flat_map(|file| &file.facts.main_names).map(|name| name_digest(name)).collect(),
            files: tree.files.iter().map(|file| (file.path.clone(), file.facts.clone())).collect(),
            names: HashSet::new(),
            any_name: false,
            // They were read before.
            inputs: Patterns::new(&lowered.input_patterns).ok().filter(|patterns| !patterns.is_empty()),
            lowered,
            places,
        };
        for (_, facts) in settled.files.iter().filter(|(path, _)| FileKind::of(path).scanned_as().is_some()) {
            facts.includes.iter().chain(&facts.has_include).for_each(|include| note_name(&mut settled.names, &include.name));
        }
        for path in &settled.lowered.maybe_inputs {
            settled.known.entry(path.clone()).or_default();
        }
        let mut all = Vec::with_capacity(settled.lowered.steps.len());
        for (step, spec) in settled.lowered.steps.iter().enumerate() {
            let record = newest(records, spec).filter(|record| record.lookups.unnamed.is_none())?;
            all.push((u32::try_from(step).ok()?, record));
        }
        settled.absorb_all(&all);
        settled.link_dependents();
        Some(settled)
    }

    fn link_dependents(&mut self) {
        for (maker, step) in self.lowered.steps.iter().enumerate() {
            let readers = step.outputs.iter().filter_map(|output| self.known.get(&output.path)).flat_map(|known| &known.steps);
            let mut readers: Vec<u32> = readers.copied().filter(|reader| *reader as usize != maker).collect();
            readers.sort_unstable();
            readers.dedup();
            self.dependents[maker] = readers;
        }
    }

    /// These steps were built again. False if one read something that it did not read before: then who depends on whom, or what surrounds the
    /// build, is another, and this is of no use any more.
    #[must_use]
    pub fn absorb(&mut self, steps: &[u32], records: &Records) -> bool {
        let newest = |step: &u32| Some((*step, newest(records, self.lowered.steps.get(*step as usize)?)?));
        let all: Vec<(u32, &Record)> = steps.iter().filter_map(newest).collect();
        let familiar = |(step, record): &(u32, &Record)| {
            let read = |path| self.known.get(path).is_some_and(|known| known.steps.binary_search(step).is_ok());
            record.lookups.unnamed.is_none() && self.news_of(*step, record).iter().all(|(path, _)| read(path))
        };
        let known = all.len() == steps.len() && all.iter().all(familiar);
        self.absorb_all(&all);
        known
    }

    /// Every file that the build read, made or was described from, absent ones too.
    pub fn paths(&self) -> impl Iterator<Item = &FilePath> {
        self.known.keys().chain(self.files.keys())
    }

    /// What the build looked at.
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The events that a build ends with if nothing is to be done.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let total = u32::try_from(self.lowered.steps.len()).unwrap_or(u32::MAX);
        Counts { total, up_to_date: total, ..Counts::default() }
    }

    /// The description that the build had.
    #[must_use]
    pub fn lowered(&self) -> &Lowered {
        &self.lowered
    }

    /// Whether a step is an opaque command: what that leaves is not all in the files that are named.
    #[must_use]
    pub fn runs_opaque(&self) -> bool {
        self.opaque
    }

    /// The same build, less the steps that are as they were: the wanted ones are those of `steps`.
    #[must_use]
    pub fn narrowed(&self, steps: &[u32]) -> Lowered {
        let chosen: Vec<StepSpec> = steps.iter().filter_map(|step| self.lowered.steps.get(*step as usize)).cloned().collect();
        let wanted = chosen.iter().filter_map(|step| step.outputs.first()).map(|output| output.path.clone()).collect();
        Lowered { wanted, steps: chosen, artifacts: self.lowered.artifacts.clone(), ..Lowered::default() }
    }

    /// Whether anything need be known about `path` as it is now.
    #[must_use]
    pub fn concerns(&self, path: &FilePath) -> bool {
        let named = || self.lowered.maybe_inputs.contains(path) || self.inputs.as_ref().is_some_and(|patterns| patterns.fit(path));
        // To look at the state file costs a look at many megabytes.
        let place = |path: &FilePath| !matches!(self.places.of(path), Place::Elsewhere | Place::Own);
        self.known.contains_key(path) || self.files.contains_key(path) || place(path) || named()
    }

    /// The description holds for these changes: what they say counts from now on.
    pub fn learn(&mut self, seen: &[Seen]) {
        for (one, facts) in seen.iter().filter_map(|one| Some((one, one.facts.as_ref()?))) {
            self.files.entry(one.path.clone()).and_modify(|known| known.clone_from(facts));
        }
    }

    /// What a path held for the steps that read it, if there are any.
    #[must_use]
    pub fn held(&self, path: &FilePath) -> Option<Digest> {
        self.known.get(path).filter(|known| !known.steps.is_empty())?.digest
    }
}

fn newest<'a>(records: &'a Records, step: &StepSpec) -> Option<&'a Record> {
    records.get(&step.outputs.first()?.path)?.first()
}

fn last(path: &FilePath) -> &[u8] {
    path.as_path().file_name().map(OsStrExt::as_bytes).unwrap_or_default()
}
