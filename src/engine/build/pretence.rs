//! Dry runs: what would run counts as if it had, and what would be put back as if it were there. Does not do anything.

use std::time::Duration;

use super::{Build, Effect};
use crate::engine::ids::StepId;
use crate::engine::plan::{self, Finish};

impl Build {
    /// In a dry run, a step behind one that would run would run as well.
    pub(super) fn waits_for_pretence(&self, step: StepId) -> bool {
        self.request.dry_run && self.plan.graph().dependencies(step).any(|dependency| self.pretended.contains(&dependency))
    }

    /// In a dry run: it would run.
    pub(super) fn pretend_run(&mut self, now: Duration, step: StepId, effects: &mut Vec<Effect>) {
        let spec = self.spec(step);
        self.pretended.insert(step);
        effects.push(self.account.pretended(step, &spec));
        self.awaiting.remove(&step);
        self.feed(now, plan::Event::Finished { step, finish: Finish::Succeeded { discovered: Vec::new() } }, effects);
        self.seal_if_complete(now, effects);
    }

    /// In a dry run: what waits for it is judged as if its outputs were there again.
    pub(super) fn pretend_restore(&mut self, now: Duration, step: StepId, effects: &mut Vec<Effect>) {
        let (spec, why) = (self.spec(step), self.fates.get(&step).map(ToString::to_string).unwrap_or_default());
        let outputs = self.restorable.remove(&step).map(|record| record.outputs).unwrap_or_default();
        self.assumed.extend(outputs.into_iter().map(|(path, identity, _)| (path, identity)));
        effects.push(self.account.pretended_restore(step, &spec, &why));
        self.awaiting.remove(&step);
        self.feed(now, plan::Event::Finished { step, finish: Finish::Restored }, effects);
        self.seal_if_complete(now, effects);
    }
}
