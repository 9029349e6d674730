//! Whether a step is up to date, can be put back, or has to run. Does not know where facts come from.

use super::explain::static_difference;
use super::lookups::{Directories, forms, others};
use super::manifest::key_of;
use super::{Identity, Reason, Record, static_key};
use crate::engine::digest::Digest;
use crate::engine::graph::{Purity, StepSpec};
use crate::engine::path::FilePath;

/// The bits of a mode that `chmod` sets.
const PERMISSIONS: u32 = 0o7777;

/// What is to be done about a step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Judgement {
    /// Nothing: its outputs are what this record says.
    UpToDate {
        /// An index into the records.
        record: usize,
    },
    /// Put back what this record says; the store has all of it.
    Restore {
        /// An index into the records.
        record: usize,
        /// Why its outputs are not there.
        why: Reason,
    },
    /// Run it.
    Run(Reason),
}

/// What is so now.
pub trait Facts {
    /// What a file holds; `None` if it is absent.
    fn identity(&self, path: &FilePath) -> Option<Identity>;
    /// What an output holds now, with its mode bits; `None` if it is absent.
    fn output(&self, path: &FilePath) -> Option<(Identity, u32)>;
    /// When a file was written, in seconds; `None` if it is absent.
    fn written(&self, path: &FilePath) -> Option<i64>;
    /// Whether the store has some content.
    fn stored(&self, digest: &Digest) -> bool;
    /// What directories hold.
    fn directories(&self) -> &dyn Directories;
}

/// Judges `step` by its `records`, newest first. Outputs are compared by content alone: taint is not on disk.
pub fn verdict(step: &StepSpec, root: &FilePath, records: &[Record], facts: &dyn Facts) -> Judgement {
    let key = key_of(step, root);
    let static_difference = |newest: &Record| static_difference(step, &static_key(step, root).1.into(), newest);
    let difference = |record: &Record| {
        let read = input_difference(step.purity, record, facts).or_else(|| lookup_difference(step, record, facts));
        read.or_else(|| time_difference(step, record, facts))
    };
    let same_work = |record: &Record| record.key == key && difference(record).is_none();
    let Some(newest) = records.first() else { return Judgement::Run(Reason::NeverBuilt) };
    let Some(index) = records.iter().position(same_work) else {
        let inputs = || difference(newest);
        let reason = if newest.key == key { inputs() } else { Some(static_difference(newest)) };
        return Judgement::Run(reason.unwrap_or(Reason::NeverBuilt));
    };
    match output_difference(&records[index], facts) {
        None => Judgement::UpToDate { record: index },
        Some(reason) if may_restore(step, &records[index]) && all_stored(&records[index], facts) => {
            // Back at an earlier state, the outputs are those of the newest.
            let back = |newest: &Record| if newest.key == key { difference(newest) } else { Some(static_difference(newest)) };
            let why = Some(newest).filter(|_| index > 0).and_then(back).unwrap_or(reason);
            Judgement::Restore { record: index, why }
        }
        Some(reason) => Judgement::Run(reason),
    }
}

/// Opaque commands may do more than make their outputs, and what cannot be shared is not in the store under its own name.
fn may_restore(step: &StepSpec, record: &Record) -> bool {
    record.times.is_none() && step.purity == Purity::Understood && step.cxx.as_ref().is_none_or(|cxx| cxx.uncacheable.is_none())
}

fn all_stored(record: &Record, facts: &dyn Facts) -> bool {
    record.outputs.iter().all(|(_, identity, _)| facts.stored(&identity.digest))
}

/// The first input that is not what it was.
fn input_difference(purity: Purity, record: &Record, facts: &dyn Facts) -> Option<Reason> {
    record.inputs.iter().find_map(|(path, then)| match (then, facts.identity(path)) {
        (None, None) => None,
        (None, Some(_)) => Some(Reason::InputAppeared(path.clone())),
        (Some(_), None) => Some(Reason::InputGone(path.clone())),
        (Some(then), Some(now)) if then.digest != now.digest => Some(Reason::InputChanged(path.clone())),
        (Some(then), Some(now)) => (purity == Purity::Opaque && then.taint != now.taint).then(|| Reason::InputRemade(path.clone())),
    })
}

/// The first entry that came or went where the step looks for what it reads.
fn lookup_difference(step: &StepSpec, record: &Record, facts: &dyn Facts) -> Option<Reason> {
    if let Some(text) = &record.lookups.unnamed {
        return Some(Reason::ReadsUnnamed(text.clone()));
    }
    let search = step.cxx.as_ref()?.search.as_ref()?;
    let hits: Vec<&FilePath> = record.inputs.iter().filter(|(_, then)| then.is_some()).map(|(path, _)| path).collect();
    let (then, now) = (&record.lookups.others, others(search, &step.explicit, &hits, &record.lookups.questions, facts.directories()));
    let appeared = now.iter().find(|entry| !then.contains(entry)).map(|(path, _)| appeared(path, &hits));
    appeared.or_else(|| then.iter().find(|entry| !now.contains(entry)).map(|(path, _)| Reason::InputGone(path.clone())))
}

/// What stood for the time is another, or a text shows when a file was written, and it was written again.
fn time_difference(step: &StepSpec, record: &Record, facts: &dyn Facts) -> Option<Reason> {
    let times = record.times.as_ref()?;
    if times.epoch != step.cxx.as_ref().and_then(|cxx| cxx.epoch) {
        return Some(Reason::VariableChanged("SOURCE_DATE_EPOCH".to_owned()));
    }
    let again = times.written.iter().find(|(path, then)| facts.written(path) != Some(*then));
    again.map(|(path, _)| Reason::InputTouched(path.clone()))
}

/// With the file that was found under the same name, and would not be found any more.
fn appeared(path: &FilePath, hits: &[&FilePath]) -> Reason {
    let in_common = |hit: &FilePath| {
        let last = forms(hit.name().as_bytes()).any(|form| form == path.name().as_bytes());
        let (ours, theirs) = (path.as_path().components().rev().skip(1), hit.as_path().components().rev().skip(1));
        if last { 1 + ours.zip(theirs).take_while(|(a, b)| a == b).count() } else { 0 }
    };
    match hits.iter().map(|hit| (in_common(hit), *hit)).filter(|(common, _)| *common > 0).max_by_key(|(common, _)| *common) {
        Some((_, hidden)) => Reason::InputShadows { path: path.clone(), hidden: hidden.clone() },
        None => Reason::InputAppeared(path.clone()),
    }
}

/// The first output that is not what was made.
fn output_difference(record: &Record, facts: &dyn Facts) -> Option<Reason> {
    record.outputs.iter().find_map(|(path, made, mode)| match facts.output(path) {
        None => Some(Reason::OutputGone(path.clone())),
        Some((now, _)) if now.digest != made.digest => Some(Reason::OutputOverwritten(path.clone())),
        Some((_, now)) if now & PERMISSIONS != mode & PERMISSIONS => Some(Reason::OutputMode(path.clone())),
        Some(_) => None,
    })
}
