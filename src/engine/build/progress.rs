//! How far a build is, for those who watch it. Does not know who does.

use super::{Build, Effect};
use crate::engine::report::{BuildEvent, Counts};

impl Build {
    /// Told once for all steps that begin or end in `effects`; not in a dry run, where nothing does.
    pub(super) fn progress(&self, effects: &[Effect]) -> Option<Effect> {
        let moved = |effect: &Effect| matches!(effect, Effect::Emit(BuildEvent::StepStarted { .. } | BuildEvent::StepFinished { .. }));
        if self.request.dry_run || self.plan.is_complete() || !effects.iter().any(moved) {
            return None;
        }
        let Counts { total, ran, cached, up_to_date, failed, not_run } = self.plan.counts();
        let (done, running) = (ran + cached + up_to_date + failed + not_run, self.plan.running() as u32);
        Some(Effect::Emit(BuildEvent::Progress { done, total, running }))
    }
}
