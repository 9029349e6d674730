//! Taint: which runs of opaque commands a file stems from. Equal content is not enough behind those: they may have read what nobody
//! declared. Does not know how a step is judged, nor what is on disk: a taint is that of the record.

use std::collections::HashMap;
use std::sync::Arc;

use super::record::{Identity, Input, Record};
use crate::engine::digest::Hasher;
use crate::engine::execution::Execution;
use crate::engine::graph::{Purity, StepSpec};
use crate::engine::path::{FilePath, fold};

/// The taint of files that stem from opaque commands; all others have none. Cheap to copy.
#[derive(Clone, Debug, Default)]
pub struct Taints(Arc<HashMap<FilePath, u64>>);

impl Taints {
    /// What the newest record of a step says of its outputs counts from now on.
    pub fn learn(&mut self, record: &Record) {
        for (path, identity, _) in &record.outputs {
            if self.0.get(path).copied().unwrap_or(0) == identity.taint {
                continue;
            }
            let all = Arc::make_mut(&mut self.0);
            match identity.taint {
                0 => all.remove(path),
                taint => all.insert(path.clone(), taint),
            };
        }
    }

    /// Of a file, however it is spelled.
    #[must_use]
    pub fn of(&self, path: &FilePath) -> u64 {
        if self.0.is_empty() {
            return 0;
        }
        let plain = || self.0.get(&FilePath::new(fold(path.as_path())));
        self.0.get(path).or_else(plain).copied().unwrap_or(0)
    }

    /// A file that holds this, with its taint.
    #[must_use]
    pub fn on(&self, path: &FilePath, identity: Option<Identity>) -> Option<Identity> {
        identity.map(|identity| Identity { taint: self.of(path), ..identity })
    }

    /// Says of a run what its inputs stem from, where that counts, and what its outputs do.
    pub fn tell(&self, step: &StepSpec, run: &mut Execution) {
        let inputs: Vec<Input> = run.inputs.iter().map(|(path, identity)| (path.clone(), self.on(path, *identity))).collect();
        let taint = output_taint(step.purity, run.number, inputs.iter().filter_map(|(_, identity)| *identity));
        if step.purity == Purity::Opaque {
            run.inputs = inputs;
        }
        for (path, identity, _) in &mut run.outputs {
            // What the run did not touch is what an earlier one made.
            let kept = step.flags.restat && run.untouched.contains(path);
            identity.taint = if kept { self.of(path) } else { taint };
        }
    }

    /// The record of a step that is as `record` says, if its outputs stem from other runs by now.
    #[must_use]
    pub fn passed_on(&self, step: &StepSpec, record: &Record) -> Option<Record> {
        let clean = self.0.is_empty() && record.outputs.iter().all(|(_, identity, _)| identity.taint == 0);
        if clean || step.purity == Purity::Opaque {
            return None;
        }
        let inputs = record.inputs.iter().filter_map(|input| self.on(&input.0, input.1));
        let taint = output_taint(step.purity, 0, inputs);
        if record.outputs.iter().all(|(_, identity, _)| identity.taint == taint) {
            return None;
        }
        let mut record = record.clone();
        record.outputs.iter_mut().for_each(|(_, identity, _)| identity.taint = taint);
        Some(record)
    }
}

/// The taint of what a step makes from `inputs`: an understood one passes on what it gets, an opaque one adds its `run` number.
#[must_use]
pub fn output_taint(purity: Purity, run: u64, inputs: impl IntoIterator<Item = Identity>) -> u64 {
    let mut taints: Vec<u64> = inputs.into_iter().map(|identity| identity.taint).filter(|&taint| taint != 0).collect();
    taints.sort_unstable();
    taints.dedup();
    match (purity, taints.as_slice()) {
        (Purity::Opaque, _) => mix(&run.to_le_bytes(), &taints),
        (_, []) => 0,
        (_, [only]) => *only,
        _ => mix(b"", &taints),
    }
}

/// A number that no other run has, also of another daemon: `began` is since the epoch, in nanoseconds.
#[must_use]
pub fn run_number(began: u128, process: u32, run: u64) -> u64 {
    mix(&began.to_le_bytes(), &[u64::from(process), run])
}

fn mix(head: &[u8], taints: &[u64]) -> u64 {
    let mut hasher = Hasher::default();
    hasher.part(head);
    taints.iter().for_each(|taint| {
        hasher.part(&taint.to_le_bytes());
    });
    let bytes = hasher.finish().bytes;
    // 0 means untainted.
    bytes.iter().take(8).fold(0u64, |all, &byte| all << 8 | u64::from(byte)).max(1)
}
