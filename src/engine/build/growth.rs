//! How a build comes by its steps: all at once, and again when an object tells whether it defines `main`.

use std::time::Duration;

use super::{Build, Effect, key};
use crate::engine::cxx::lower::Lowered;
use crate::engine::failure::Failure;
use crate::engine::graph::StepSpec;
use crate::engine::ids::StepId;
use crate::engine::path::FilePath;
use crate::engine::plan;
use crate::engine::report::BuildEvent;

impl Build {
    pub(super) fn grow(&mut self, now: Duration, lowered: Lowered, effects: &mut Vec<Effect>) {
        effects.extend(lowered.notes.into_iter().map(|text| Effect::Emit(BuildEvent::Notice { text })));
        let fresh: Vec<StepSpec> = lowered.steps.into_iter().filter(|spec| !self.known.contains_key(&key(spec))).collect();
        let keys: Vec<_> = fresh.iter().map(key).collect();
        self.account.describe(lowered.artifacts, lowered.compile_commands);
        let lasted = |path: &FilePath| Some((path.clone(), self.records.newest(path)?.duration_ms));
        self.wanted.clone_from(&lowered.wanted);
        self.plan.expect(keys.iter().filter_map(lasted));
        let mut actions = self.plan.on_event(now, plan::Event::Grow { steps: fresh, wanted: lowered.wanted });
        for path in keys {
            if let Some(step) = self.plan.graph().producer_of(&path) {
                self.known.insert(path, step);
            }
        }
        for awaited in lowered.awaiting {
            let step = self.known.get(&awaited.object).filter(|step| !self.plan.state(**step).is_lost());
            if let Some(step) = step {
                self.awaiting.insert(*step, awaited.source);
            }
        }
        self.act(now, std::mem::take(&mut actions), effects);
        self.seal_if_complete(now, effects);
    }

    /// The plan may end only when no object is left that could change what there is to build.
    pub(super) fn seal_if_complete(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        if self.awaiting.is_empty() && !self.sealed {
            self.sealed = true;
            self.feed(now, plan::Event::Sealed, effects);
        }
    }

    /// An object told whether it defines `main`: the build may grow by a program.
    pub(super) fn confirm(&mut self, now: Duration, step: StepId, defines_main: Option<bool>, effects: &mut Vec<Effect>) {
        let Some(source) = self.awaiting.remove(&step) else { return };
        self.confirmed.insert(source, defines_main.unwrap_or(false));
        if self.awaiting.is_empty() {
            self.grow_by_mains(now, effects);
        }
    }

    /// An object that will not be made tells nothing: whatever the others told is all there is.
    pub(super) fn await_no_lost(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        let before = self.awaiting.len();
        let plan = &self.plan;
        self.awaiting.retain(|step, _| !plan.state(*step).is_lost());
        if self.awaiting.is_empty() && before > 0 {
            if self.confirmed.is_empty() || self.plan.is_halted() {
                self.seal_if_complete(now, effects);
            } else {
                self.grow_by_mains(now, effects);
            }
        }
    }

    fn grow_by_mains(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        match self.front_end.lower(&self.confirmed) {
            Ok(lowered) => self.grow(now, lowered, effects),
            Err(why) => self.refuse(now, why, effects),
        }
    }

    /// The description itself is wrong: nothing more is started.
    pub(super) fn refuse(&mut self, now: Duration, why: Failure, effects: &mut Vec<Effect>) {
        self.account.refuse(why);
        self.awaiting.clear();
        self.seal_if_complete(now, effects);
        self.feed(now, plan::Event::Cancel, effects);
    }
}
