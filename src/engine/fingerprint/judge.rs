//! Whether a step is up to date, can be put back, or has to run. Does not know where facts come from.

use super::explain::static_difference;
use super::lookups::{Directories, forms, others};
use super::manifest::key_of;
use super::reading::renewed;
use super::record::unfinished;
use super::{Identity, Input, Reading, Reason, Record, Reworded, Run, Taints, static_key};
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
        /// Inputs of it that changed without effect.
        reworded: Vec<Reworded>,
    },
    /// Put back what this record says; the store has all of it.
    Restore {
        /// An index into the records.
        record: usize,
        /// Inputs of it that changed without effect.
        reworded: Vec<Reworded>,
        /// Why its outputs are not there.
        why: Reason,
    },
    /// Run it.
    Run(Reason),
}

impl Judgement {
    /// The records that the step has from now on, if they are others: the one that was used comes first, as its inputs are now, and with
    /// outputs of their taint.
    #[must_use]
    pub fn renewed(&self, step: &StepSpec, records: &[Record], taints: &Taints) -> Option<Vec<Record>> {
        let (Self::UpToDate { record, reworded } | Self::Restore { record, reworded, .. }) = self else { return None };
        let passed = taints.passed_on(step, records.get(*record)?);
        let same = *record == 0 && reworded.is_empty() && passed.is_none();
        (!same).then(|| renewed(records, *record, reworded, passed))
    }
}

/// What is so now.
pub trait Facts {
    /// What a file holds; `None` if it is absent.
    fn identity(&self, path: &FilePath) -> Option<Identity>;
    /// Whether all of these files hold what they held, taint aside.
    fn hold(&self, inputs: &Run<Input>) -> bool;
    /// What an output holds now, with its mode bits; `None` if it is absent.
    fn output(&self, path: &FilePath) -> Option<(Identity, u32)>;
    /// When a file was written, in seconds; `None` if it is absent.
    fn written(&self, path: &FilePath) -> Option<i64>;
    /// What counts of `content` for who reads it so; the file at `path` may hold it. `None` if all of it counts, or if it is not known any
    /// more.
    fn essence(&self, path: &FilePath, content: &Digest, reading: Reading) -> Option<Digest>;
    /// Whether the store has some content.
    fn stored(&self, digest: &Digest) -> bool;
    /// What directories hold.
    fn directories(&self) -> &dyn Directories;
}

/// Judges `step` by its `records`, newest first. Outputs are compared by content alone: taint is not on disk.
pub fn verdict(step: &StepSpec, root: &FilePath, records: &[Record], facts: &dyn Facts) -> Judgement {
    let key = key_of(step, root);
    let is_there = |path: &FilePath| facts.identity(path).is_some();
    let static_difference = |record: &Record| static_difference(step, &static_key(step, root).1.into(), record, &is_there);
    let compared = |record: &Record| {
        let reworded = compare_inputs(step, record, facts)?;
        let other = lookup_difference(step, record, facts).or_else(|| time_difference(step, record, facts));
        other.map_or(Ok(reworded), Err)
    };
    let difference = |record: &Record| match record.key {
        same if same == key => compared(record).err(),
        begun if begun == unfinished() => Some(Reason::Unfinished),
        _ => Some(static_difference(record)),
    };
    let Some(newest) = records.first() else { return Judgement::Run(Reason::NeverBuilt) };
    // An opaque command may have made more than its outputs: only what the last run left is there.
    let usable = if step.purity == Purity::Opaque { 1 } else { records.len() };
    let mut refutation = None;
    let mut same_work = |(index, record): (usize, &Record)| {
        let refuted = |reason: &Reason| suspect(reason).is_some_and(|path| is_refuted(step, record, path, facts));
        if record.key != key || refutation.as_ref().is_some_and(refuted) {
            return None;
        }
        compared(record).map(|reworded| (index, reworded)).map_err(|reason| refutation.get_or_insert(reason)).ok()
    };
    let Some((record, reworded)) = records.iter().take(usable).enumerate().find_map(&mut same_work) else {
        let first = refutation.filter(|_| newest.key == key);
        return Judgement::Run(first.or_else(|| difference(newest)).unwrap_or(Reason::NeverBuilt));
    };
    match output_difference(&records[record], facts) {
        None => Judgement::UpToDate { record, reworded },
        Some(reason) if may_restore(step, &records[record]) && all_stored(&records[record], facts) => {
            // Back at an earlier state, the outputs are those of the newest.
            let why = Some(newest).filter(|_| record > 0).and_then(difference).unwrap_or(reason);
            Judgement::Restore { record, reworded, why }
        }
        Some(reason) => Judgement::Run(reason),
    }
}

/// The input that speaks against a record. It most likely speaks against the step's other records, too, and is asked first.
fn suspect(reason: &Reason) -> Option<&FilePath> {
    match reason {
        Reason::InputChanged(path) => Some(path),
        _ => None,
    }
}

fn is_refuted(step: &StepSpec, record: &Record, path: &FilePath, facts: &dyn Facts) -> bool {
    let recorded = record.inputs.iter().find(|(input, _)| input == path);
    match (recorded.and_then(|(_, then)| *then), facts.identity(path)) {
        (Some(then), Some(now)) => then.digest != now.digest && !same_essence(step, record, path, [&then.digest, &now.digest], facts),
        _ => false,
    }
}

/// Opaque commands may do more than make their outputs, and what cannot be shared is not in the store under its own name.
fn may_restore(step: &StepSpec, record: &Record) -> bool {
    record.times.is_none() && step.purity == Purity::Understood && step.cxx.as_ref().is_none_or(|cxx| cxx.uncacheable.is_none())
}

fn all_stored(record: &Record, facts: &dyn Facts) -> bool {
    record.outputs.iter().all(|(_, identity, _)| facts.stored(&identity.digest))
}

/// The inputs that are not what they were, if that does not matter; else the first one for which it does.
fn compare_inputs(step: &StepSpec, record: &Record, facts: &dyn Facts) -> Result<Vec<Reworded>, Reason> {
    let (mut reworded, mut after) = (Vec::new(), 0);
    // Steps have most runs in common, and so have the records of a step.
    for run in record.inputs.runs() {
        let before = after;
        after += run.len();
        if step.purity == Purity::Opaque || !facts.hold(run) {
            compare_run(step, record, (run, before), facts, &mut reworded)?;
        }
    }
    Ok(reworded)
}

/// The same for one run of them, before which there are so many.
fn compare_run(
    step: &StepSpec,
    record: &Record,
    (run, before): (&Run<Input>, usize),
    facts: &dyn Facts,
    reworded: &mut Vec<Reworded>,
) -> Result<(), Reason> {
    for (index, (path, then)) in run.iter().map(AsRef::as_ref).enumerate() {
        match (then, facts.identity(path)) {
            (None, None) => {}
            (None, Some(_)) => return Err(Reason::InputAppeared(path.clone())),
            (Some(_), None) => return Err(Reason::InputGone(path.clone())),
            (Some(then), Some(now)) if then.digest != now.digest => {
                if !same_essence(step, record, path, [&then.digest, &now.digest], facts) {
                    return Err(Reason::InputChanged(path.clone()));
                }
                reworded.push(Reworded { input: before + index, digest: now.digest });
            }
            (Some(then), Some(now)) if step.purity == Purity::Opaque && then.taint != now.taint => {
                return Err(Reason::InputRemade(path.clone()));
            }
            (Some(_), Some(_)) => {}
        }
    }
    Ok(())
}

/// Whether two contents of an input are the same to the step, as it was recorded. What is then is asked first: what is not known any more
/// is not compared with anything.
fn same_essence(step: &StepSpec, record: &Record, path: &FilePath, [then, now]: [&Digest; 2], facts: &dyn Facts) -> bool {
    let Some(reading) = record.reading.filter(|reading| reading.concerns(step, path)) else { return false };
    facts.essence(path, then, reading).is_some_and(|then| facts.essence(path, now, reading) == Some(then))
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
