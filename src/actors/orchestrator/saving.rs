//! Has what is remembered written down, in groups, while nobody waits for it. Does not know how.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;

use super::Orchestrator;
use crate::edge::World;
use crate::edge::compute::wait;
use crate::edge::project_state::ProjectState;

/// So long a record may wait for others to be written with: what a crash takes.
const GROUP: Duration = Duration::from_millis(50);

/// So long it is waited for what was stopped: longer than what is asked to end is given.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is written down, and when.
#[derive(Debug, Default)]
pub(super) struct Saving {
    /// Something came that may not be written.
    open: bool,
    /// A group is being gathered or written.
    busy: bool,
}

/// Lets others work on a project once all that was stopped has ended. What does not end soon keeps them out for as long as it runs: then the
/// lock stays taken until this process ends, too.
pub(super) async fn release(world: World, root: Arc<PathBuf>, state: Option<Arc<ProjectState>>) {
    let Some(state) = state else { return };
    let releasing = wait(move || {
        if !world.claims.are_given_back(&root, PATIENCE) {
            std::mem::forget(state);
        }
    });
    // A lost computation has let go of it.
    let _released = releasing.await;
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
