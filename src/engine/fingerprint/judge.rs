//! Whether a step is up to date, can be put back, or has to run. Does not know where facts come from.

use super::explain::static_difference;
use super::{Identity, Reason, Record, static_key};
use crate::engine::digest::Digest;
use crate::engine::graph::{Purity, StepSpec};
use crate::engine::path::FilePath;

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
    },
    /// Run it.
    Run(Reason),
}

/// Judges `step` by its `records`, newest first. `facts` gives the identity of a file now, `None` if it is absent; `stored` says whether the
/// store has some content. Outputs are compared by content alone: taint is not on disk.
pub fn verdict(
    step: &StepSpec,
    root: &FilePath,
    records: &[Record],
    facts: &dyn Fn(&FilePath) -> Option<Identity>,
    stored: &dyn Fn(&Digest) -> bool,
) -> Judgement {
    let (key, fields) = static_key(step, root);
    let same_work = |record: &Record| record.key == key && input_difference(step.purity, record, facts).is_none();
    let Some(newest) = records.first() else { return Judgement::Run(Reason::NeverBuilt) };
    let Some(index) = records.iter().position(same_work) else {
        let inputs = || input_difference(step.purity, newest, facts);
        let reason = if newest.key == key { inputs() } else { Some(static_difference(step, &fields, newest)) };
        return Judgement::Run(reason.unwrap_or(Reason::NeverBuilt));
    };
    match output_difference(&records[index], facts) {
        None => Judgement::UpToDate { record: index },
        Some(_) if may_restore(step) && all_stored(&records[index], stored) => Judgement::Restore { record: index },
        Some(reason) => Judgement::Run(reason),
    }
}

/// Opaque commands may do more than make their outputs, and what cannot be shared is not in the store under its own name.
fn may_restore(step: &StepSpec) -> bool {
    step.purity == Purity::Understood && step.cxx.as_ref().is_none_or(|cxx| cxx.uncacheable.is_none())
}

fn all_stored(record: &Record, stored: &dyn Fn(&Digest) -> bool) -> bool {
    record.outputs.iter().all(|(_, identity, _)| stored(&identity.digest))
}

/// The first input that is not what it was.
fn input_difference(purity: Purity, record: &Record, facts: &dyn Fn(&FilePath) -> Option<Identity>) -> Option<Reason> {
    record.inputs.iter().find_map(|(path, then)| match (then, facts(path)) {
        (None, None) => None,
        (None, Some(_)) => Some(Reason::InputAppeared(path.clone())),
        (Some(_), None) => Some(Reason::InputGone(path.clone())),
        (Some(then), Some(now)) if then.digest != now.digest => Some(Reason::InputChanged(path.clone())),
        (Some(then), Some(now)) => (purity == Purity::Opaque && then.taint != now.taint).then(|| Reason::InputRemade(path.clone())),
    })
}

/// The first output that is not what was made.
fn output_difference(record: &Record, facts: &dyn Fn(&FilePath) -> Option<Identity>) -> Option<Reason> {
    record.outputs.iter().find_map(|(path, made, _)| match facts(path) {
        None => Some(Reason::OutputGone(path.clone())),
        Some(now) if now.digest != made.digest => Some(Reason::OutputOverwritten(path.clone())),
        Some(_) => None,
    })
}
