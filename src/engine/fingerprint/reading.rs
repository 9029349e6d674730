//! Inputs of which not everything counts for a step: other content of the same essence is as good. Does not know how an essence is found.

use serde::{Deserialize, Serialize};

use super::record::{Input, Record, remember};
use crate::engine::digest::Digest;
use crate::engine::graph::StepSpec;
use crate::engine::path::FilePath;
use crate::engine::scan::comment_blind::Dialect;
use crate::engine::scan::interface::is_library_name;

/// How a step reads those inputs of which not everything counts.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum Reading {
    /// Texts of C or C++, whose comments do not count.
    Text(Dialect),
    /// Shared libraries, of which nothing but the interface counts.
    Interface,
}

impl Reading {
    /// Whether `step` reads the file at `path` so. What a compile reads beside the command line and the depfile it reads in a way of its own.
    #[must_use]
    pub fn concerns(self, step: &StepSpec, path: &FilePath) -> bool {
        match self {
            Self::Text(_) => !step.implicit.contains(path),
            Self::Interface => is_library_name(path.name().as_bytes()),
        }
    }
}

/// An input that holds something else than when it was recorded, with the same essence.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reworded {
    /// An index into the record's inputs.
    pub input: usize,
    /// What it holds now.
    pub digest: Digest,
}

/// The records with the one at `index` first, which has been used, and its inputs as they are now; `instead` may stand for it.
pub(super) fn renewed(records: &[Record], index: usize, changes: &[Reworded], instead: Option<Record>) -> Vec<Record> {
    let mut all = records.to_vec();
    if index >= all.len() {
        return all;
    }
    let old = all.remove(index);
    let mut record = instead.unwrap_or(old);
    if !changes.is_empty() {
        let mut inputs: Vec<Input> = record.inputs.iter().cloned().collect();
        for change in changes {
            if let Some((_, Some(identity))) = inputs.get_mut(change.input) {
                identity.digest = change.digest;
            }
        }
        record.inputs = inputs.into();
    }
    remember(&mut all, record);
    all
}
