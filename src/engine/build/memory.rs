//! What a build learns about its steps for the next one.

use std::sync::Arc;

use super::{Build, Effect, key};
use crate::engine::execution::Execution;
use crate::engine::fingerprint::{self, Record};
use crate::engine::graph::StepSpec;
use crate::engine::ids::StepId;
use crate::engine::path::FilePath;

impl Build {
    pub(super) fn remember(&mut self, spec: &StepSpec, execution: &Execution, effects: &mut Vec<Effect>) {
        let record = fingerprint::record_of(
            spec,
            &self.root,
            execution.inputs.clone(),
            execution.lookups.clone(),
            execution.outputs.clone(),
            execution.output.clone(),
            execution.cost.wall_ms,
        );
        let path = key(spec);
        let mut variants = self.records.get(&path).map(|all| all.as_ref().clone()).unwrap_or_default();
        fingerprint::remember(&mut variants, record);
        self.keep(path, variants, effects);
    }

    /// The variant that was used becomes the newest.
    pub(super) fn promote(&mut self, step: StepId, index: usize, effects: &mut Vec<Effect>) {
        let path = key(&self.spec(step));
        if index > 0
            && let Some(all) = self.records.get(&path)
        {
            let mut variants = all.as_ref().clone();
            fingerprint::promote(&mut variants, index);
            self.keep(path, variants, effects);
        }
    }

    fn keep(&mut self, path: FilePath, variants: Vec<Record>, effects: &mut Vec<Effect>) {
        let variants = Arc::new(variants);
        self.records.insert(path.clone(), variants.clone());
        effects.push(Effect::Remember(path, variants));
    }
}
