//! Has what is remembered written down, in groups, while nobody waits for it. Does not know how.

use std::time::Duration;

use actix::prelude::*;

use super::Orchestrator;
use crate::edge::compute::wait;

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
    pub(super) fn save(&mut self, context: &mut Context<Self>) {
        self.saving = Saving { open: false, busy: true };
        let state = self.state.clone();
        let writing = wait(move || state.iter().for_each(|state| state.commit()));
        context.spawn(writing.into_actor(self).map(|_, orchestrator, context| {
            orchestrator.saving.busy = false;
            if orchestrator.saving.open {
                orchestrator.save_soon(context);
            }
        }));
    }
}
