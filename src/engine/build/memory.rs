//! What a build learns about its steps for the next one.

use std::sync::Arc;
use std::time::Duration;

use super::{Build, Effect, key};
use crate::engine::execution::Execution;
use crate::engine::fingerprint::{self, Record};
use crate::engine::graph::{Purity, StepSpec};
use crate::engine::ids::StepId;
use crate::engine::path::FilePath;
use crate::engine::plan::{self, Finish};

/// So much of what a step says is kept, to be said again when its outputs are put back.
const SAID: usize = 64 << 10;

fn kept(output: &[u8]) -> Vec<u8> {
    let Some(head) = output.get(..SAID).filter(|_| output.len() > SAID) else { return output.to_vec() };
    let whole = head.iter().rposition(|byte| *byte == b'\n').map_or(head, |end| &head[..=end]);
    [whole, b"note: there was more; build with --force to see all of it\n"].concat()
}

impl Build {
    pub(super) fn remember(&mut self, step: StepId, spec: &StepSpec, execution: &Execution, effects: &mut Vec<Effect>) {
        let path = key(spec);
        let mut variants = self.records.get(&path).map(|all| all.as_ref().clone()).unwrap_or_default();
        let record = fingerprint::record_of(spec, &self.root, execution, variants.first());
        let record = Record { stdout_stderr: kept(&execution.output), why: self.account.reason(step), ..record };
        self.records.made(&record);
        self.unfinished.remove(&step);
        if spec.purity == Purity::Opaque {
            // What it left before is gone, whatever of it is listed.
            variants.clear();
        }
        fingerprint::remember(&mut variants, record);
        // Nobody asks for it again in this build.
        effects.push(Effect::Remember(path, Arc::new(variants)));
    }

    /// An opaque step begins: whatever comes of that, what is recorded of it holds no more.
    pub(super) fn distrust(&mut self, step: StepId, spec: &StepSpec, effects: &mut Vec<Effect>) {
        if spec.purity != Purity::Opaque {
            return;
        }
        let path = key(spec);
        // It may have been described as another step before.
        let others = || self.records.meeting(&path, spec.outputs.iter().map(|output| &output.path));
        let records = self.records.get(&path).cloned().or_else(|| others().first().and_then(|other| self.records.get(other)).cloned());
        if let Some(begun) = records.and_then(|records| fingerprint::begun(&records)) {
            self.keep(path, Arc::new(begun), effects);
        }
        self.unfinished.insert(step);
    }

    /// Whether a step began that may have left anything, and did not come to a good end: nothing that held before holds for sure.
    #[must_use]
    pub fn leaves_doubt(&self) -> bool {
        !self.unfinished.is_empty()
    }

    /// What was recorded is there again, or could not be put back.
    pub(super) fn restored(&mut self, now: Duration, step: StepId, result: Result<Option<bool>, String>, effects: &mut Vec<Effect>) {
        let spec = self.spec(step);
        match result {
            Ok(defines_main) => {
                let said = self.records.get(&key(&spec)).and_then(|all| all.first()).map(|record| record.stdout_stderr.clone());
                let why = self.fates.get(&step).map(ToString::to_string).unwrap_or_default();
                self.account.restored(step, &spec, &why, said.unwrap_or_default(), effects);
                self.feed(now, plan::Event::Finished { step, finish: Finish::Restored }, effects);
                self.confirm(now, step, defines_main, effects);
            }
            Err(why) => self.feed(now, plan::Event::Finished { step, finish: Finish::RestoreFailed(why) }, effects),
        }
    }

    /// From now on these are the step's records; in a dry run, for this build alone.
    pub(super) fn keep(&mut self, path: FilePath, variants: Arc<Vec<Record>>, effects: &mut Vec<Effect>) {
        self.records.insert(path.clone(), variants.clone());
        if !self.request.dry_run {
            effects.push(Effect::Remember(path, variants));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_text_ends_with_a_line() {
        assert_eq!(kept(b"a\nb"), b"a\nb");
        let long = b"0123456\n".repeat(SAID);
        let text = kept(&long);
        assert!(text.len() < SAID + 100 && text.starts_with(&long[..SAID]));
        assert!(String::from_utf8(text).unwrap().ends_with("0123456\nnote: there was more; build with --force to see all of it\n"));
        assert!(kept(&vec![b'x'; SAID + 1]).starts_with(&vec![b'x'; SAID]));
    }
}
