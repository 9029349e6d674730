//! Has what is remembered written down, in groups, while nobody waits for it. Does not know how.

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;

use super::Orchestrator;
use crate::edge::compute::wait;
use crate::edge::project_state::ProjectState;

/// So long a record may wait for others to be written with: what a crash takes.
const GROUP: Duration = Duration::from_millis(50);

/// What is written down, and when.
#[derive(Debug, Default)]
pub(super) struct Saving {
    /// Something came that may not be written.
    open: bool,
    /// A group is being gathered or written.
    busy: bool,
}

impl Orchestrator {
    /// Something was remembered: it is written soon, with what comes until then.
    pub(super) fn save_soon(&mut self, context: &mut Context<Self>) {
        self.saving.open = true;
        if !self.saving.busy {
            self.saving.busy = true;
            context.run_later(GROUP, Self::save);
        }
    }

    /// Writes now what was remembered. What cannot be written is tried again with what comes next.
    fn save(&mut self, context: &mut Context<Self>) {
        let state = self.state.clone();
        self.write(state, context);
    }

    /// Writes what is left, and lets other processes work on the project.
    pub(super) fn leave(&mut self, context: &mut Context<Self>) {
        let state = self.state.take();
        self.write(state, context);
    }

    fn write(&mut self, state: Option<Arc<ProjectState>>, context: &mut Context<Self>) {
        self.saving = Saving { open: false, busy: true };
        let writing = wait(move || state.iter().for_each(|state| state.commit()));
        context.spawn(writing.into_actor(self).map(|_, orchestrator, context| {
            orchestrator.saving.busy = false;
            if orchestrator.saving.open {
                orchestrator.save_soon(context);
            }
        }));
    }
}
