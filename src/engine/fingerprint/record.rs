//! What a step's last runs read and made. Does not know how records are stored or compared.

use serde::{Deserialize, Serialize};

use super::assembled::Assembled;
use super::lookups::Lookups;
use super::manifest::{key_of, static_key};
use super::reading::Reading;
use super::runs::{Item, Runs};
use crate::engine::digest::Digest;
use crate::engine::execution::Execution;
use crate::engine::graph::{Purity, StepSpec};
use crate::engine::path::FilePath;

/// How many records a step keeps, so that going back to an earlier state of its inputs costs nothing.
pub const VARIANTS: usize = 8;

/// What a file is to those that read it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// Its content.
    pub digest: Digest,
    /// Which runs of opaque commands it stems from; 0 if from none. Equal content is not enough behind those: they may have read
    /// what nobody declared.
    pub taint: u64,
}

impl Identity {
    /// A file that no opaque command had a hand in.
    #[must_use]
    pub fn of(digest: Digest) -> Self {
        Self { digest, taint: 0 }
    }
}

/// What a text that shows the time took it from. Such a result is nobody else's: it is true where it was made.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// Identity of what stood for the time.
    pub epoch: Option<Digest>,
    /// When inputs were written, in seconds, where that shows.
    pub written: Vec<(FilePath, i64)>,
}

/// A file that was read; `None` if it was looked for and is absent.
pub type Input = (FilePath, Option<Identity>);

impl Item for Input {
    /// Content changes.
    fn mark(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// A part of what a key is made of: its name, and its value as text.
pub type Field = (String, String);

impl Item for Field {
    fn mark(&self) -> &[u8] {
        self.1.as_bytes()
    }
}

/// What one run of a step read and made. Its long lists are written down apart from it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The static part, from [`static_key`].
    pub key: Digest,
    /// What the key is made of, for explanations.
    #[serde(skip)]
    pub fields: Runs<Field>,
    /// Explicit, implicit, then discovered inputs; `None` for those looked for and absent.
    #[serde(skip)]
    pub inputs: Runs<Input>,
    /// What it looked for in vain.
    pub lookups: Lookups,
    /// What it took from the clock.
    pub times: Option<Times>,
    /// What is read besides by who makes code of what it made.
    pub assembled: Assembled,
    /// How it read them, where not everything in them counts for what it made.
    pub reading: Option<Reading>,
    /// Outputs that were there afterwards, with their mode bits.
    pub outputs: Vec<(FilePath, Identity, u32)>,
    /// The number of the run, if the step is opaque; else 0.
    pub run: u64,
    /// What it said, to say again: warnings do not go away by being cached.
    pub stdout_stderr: Vec<u8>,
    /// How long it took.
    pub duration_ms: u64,
    /// Why it ran, in words.
    pub why: String,
}

/// The record of a run that succeeded. `last` is the one before it: of the same work it says the same.
#[must_use]
pub fn record_of(step: &StepSpec, root: &FilePath, run: &Execution, last: Option<&Record>) -> Record {
    let key = key_of(step, root);
    let said = last.filter(|last| last.key == key).map(|last| last.fields.clone());
    Record {
        key,
        fields: said.unwrap_or_else(|| static_key(step, root).1.into()),
        inputs: run.inputs.clone().into(),
        lookups: run.lookups.clone(),
        times: run.times.clone(),
        assembled: run.assembled.clone(),
        reading: run.reading,
        outputs: run.outputs.clone(),
        run: if step.purity == Purity::Opaque { run.number } else { 0 },
        stdout_stderr: run.output.clone(),
        duration_ms: run.cost.wall_ms,
        why: String::new(),
    }
}

/// The key of a run that may have come to nothing: no work has it.
pub(super) fn unfinished() -> Digest {
    Digest::of(b"unfinished")
}

/// The records of an opaque step that begins to run: what it leaves besides its outputs is nobody's until it has come to its end. `None`
/// if there is none to distrust.
#[must_use]
pub fn begun(records: &[Record]) -> Option<Vec<Record>> {
    Some(vec![Record { key: unfinished(), ..records.first()?.clone() }])
}

/// The records of a step as they are after a run that nobody knows of, if the step is opaque: it may have been that run, or come before.
#[must_use]
pub fn distrusted(records: &[Record]) -> Option<Vec<Record>> {
    records.first().filter(|newest| newest.run != 0).and_then(|_| begun(records))
}

/// Puts `record` first, in the place of one of the same work, and forgets the oldest beyond [`VARIANTS`].
pub fn remember(records: &mut Vec<Record>, record: Record) {
    records
        .retain(|old| old.key != record.key || old.times != record.times || old.inputs != record.inputs || old.lookups != record.lookups);
    records.insert(0, record);
    records.truncate(VARIANTS);
}
