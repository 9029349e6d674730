//! Which steps have to be judged, and which run whatever is so. Does not judge.

use std::time::Duration;

use super::{Build, Effect, JudgeTask, Judged, key};
use crate::engine::fingerprint::{Judgement, Reason};
use crate::engine::ids::StepId;

impl Build {
    /// Steps that are about to be run, unless they need not be.
    pub(super) fn check(&mut self, now: Duration, steps: Vec<StepId>, effects: &mut Vec<Effect>) {
        let is_decided = |step: &StepId| self.waits_for_pretence(*step) || self.request.force && !self.has_light_way(*step);
        let (decided, open): (Vec<_>, Vec<_>) = steps.into_iter().partition(is_decided);
        if !open.is_empty() {
            let tasks = open.into_iter().map(|step| self.judge_task(step)).collect();
            effects.push(Effect::Judge { tasks, assumed: self.assumed.clone(), taints: self.records.taints().clone() });
        }
        for step in decided {
            let reason = if self.request.force { Reason::Forced } else { Reason::DependencyWouldRun };
            let judged = Judged { step, judgement: Judgement::Run(reason), renewed: None, defines_main: None, light: false };
            self.judged(now, judged, effects);
        }
    }

    fn has_light_way(&self, step: StepId) -> bool {
        self.plan.graph().step(step).spec.light().is_some()
    }

    fn judge_task(&mut self, step: StepId) -> JudgeTask {
        let spec = self.spec(step);
        let records = self.records.get(&key(&spec)).cloned().unwrap_or_default();
        JudgeTask { step, spec, records, inspect_main: self.awaiting.contains_key(&step) }
    }
}
