//! How what was started ends: success, failure, another try, or the end of the build. Does not know who starts it.

use super::{Action, Finish, How, Plan, State};
use crate::engine::graph::GraphError;
use crate::engine::ids::StepId;
use crate::engine::path::FilePath;

/// How often a step runs again because an input changed meanwhile.
const MAX_VOIDS: u8 = 3;

impl Plan {
    pub(super) fn finished(&mut self, step: StepId, finish: Finish) {
        let state = self.state(step);
        if !matches!(state, State::Running | State::Restoring | State::Stopping) {
            return;
        }
        let outdated = std::mem::take(&mut self.node(step).outdated);
        match state {
            State::Stopping => self.stopped(step, finish, outdated),
            // What it read is being made again, or for the first time: however it went, it went too early.
            _ if outdated && finish != Finish::Stopped => self.place(step),
            State::Running => self.ran(step, finish),
            _ => self.restored(step, finish),
        }
    }

    /// Whether a running step that ended so is given another try.
    #[must_use]
    pub fn tries_again(&self, step: StepId, finish: &Finish) -> bool {
        let node = &self.nodes[step.index()];
        match finish {
            Finish::Signalled(_) => !node.alone,
            Finish::Voided(_) => node.voids < MAX_VOIDS,
            _ => false,
        }
    }

    fn ran(&mut self, step: StepId, finish: Finish) {
        let again = self.tries_again(step, &finish);
        match finish {
            Finish::Succeeded { discovered } => self.succeeded(step, &discovered),
            Finish::Signalled(signal) if again => {
                self.node(step).alone = true;
                self.again(step, format!("signal {signal} killed it"));
            }
            Finish::Voided(why) if again => {
                self.node(step).voids += 1;
                self.node(step).urgent = true;
                self.again(step, why);
            }
            Finish::Failed | Finish::Signalled(_) | Finish::Voided(_) => self.fail(step),
            // Somebody ends the workers: the build cannot go on, nor may it hang.
            Finish::Stopped => {
                self.give_up(step);
                self.cancel();
            }
            Finish::Restored | Finish::RestoreFailed(_) => {}
        }
    }

    fn restored(&mut self, step: StepId, finish: Finish) {
        match finish {
            Finish::Restored => self.done(step, How::Restored),
            Finish::RestoreFailed(why) | Finish::Voided(why) => self.again(step, why),
            _ => self.again(step, "its outputs could not be put back".to_owned()),
        }
    }

    fn stopped(&mut self, step: StepId, finish: Finish, outdated: bool) {
        match finish {
            Finish::Succeeded { discovered } if !outdated => self.succeeded(step, &discovered),
            _ => self.set(step, State::NotRun),
        }
    }

    /// A step that read what another step has yet to make was too early: it waits for that, and is checked again.
    fn succeeded(&mut self, step: StepId, discovered: &[FilePath]) {
        self.learn(step, discovered);
        if self.node(step).pending == 0 {
            return self.done(step, How::Ran);
        }
        if self.halted {
            return self.set(step, State::NotRun);
        }
        let is_done = |id: StepId| matches!(self.state(id), State::Done(_));
        if let Some(cycle) = self.graph.find_cycle_from([step], is_done) {
            self.first_failure.get_or_insert(step);
            self.set(step, State::Failed);
            return self.refuse(GraphError::Cycle(cycle));
        }
        self.raise_makers(step);
        let late: Vec<StepId> = self.graph.dependencies(step).filter(|&id| self.state(id) == State::Unwanted).collect();
        late.into_iter().for_each(|maker| self.want(maker));
        self.place(step);
    }

    fn fail(&mut self, step: StepId) {
        self.first_failure.get_or_insert(step);
        self.set(step, State::Failed);
        self.give_up_dependents(step);
        if self.options.fail_fast {
            self.halt();
            self.stop_all();
        } else if !self.options.keep_going {
            self.halt();
        }
    }

    /// Puts a step whose run or restoring came to nothing into the queue.
    fn again(&mut self, step: StepId, reason: String) {
        if self.halted {
            self.set(step, State::NotRun);
        } else {
            self.enqueue(step, reason);
        }
    }

    pub(super) fn lost(&mut self, step: StepId) {
        if self.knows(step) {
            match self.state(step) {
                State::Running if std::mem::take(&mut self.node(step).outdated) => self.place(step),
                State::Running => {
                    let reason = self.node(step).reason.clone();
                    self.again(step, reason);
                }
                State::Stopping => self.set(step, State::NotRun),
                _ => {}
            }
        }
    }

    pub(super) fn cancel(&mut self) {
        self.cancelled = true;
        self.halt();
        self.stop_all();
    }

    /// Starts nothing from now on.
    pub(super) fn halt(&mut self) {
        if std::mem::replace(&mut self.halted, true) {
            return;
        }
        let waiting = |&id: &StepId| matches!(self.state(id), State::Blocked | State::Checking | State::Queued);
        let steps: Vec<StepId> = self.graph.ids_from(0).filter(waiting).collect();
        steps.into_iter().for_each(|step| self.set(step, State::NotRun));
    }

    fn stop_all(&mut self) {
        let running: Vec<StepId> = self.running_steps().map(|(step, _)| step).filter(|&step| self.state(step) == State::Running).collect();
        for step in running {
            self.set(step, State::Stopping);
            self.actions.push(Action::Stop(step));
        }
    }
}
