//! What a plan is told and what it asks for. Does not know how either travels.

use std::time::Duration;

use crate::engine::graph::{GraphError, StepSpec};
use crate::engine::ids::StepId;
use crate::engine::path::FilePath;
use crate::engine::report::Counts;

/// What a check of a step's record against the files came to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Nothing to do.
    UpToDate,
    /// The store has the outputs.
    Restore,
    /// It has to run, for this reason.
    Run(String),
    /// Its record names inputs that other steps make, and those are not done yet: check again after them.
    Wait(Vec<FilePath>),
}

/// How something that the plan started ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Finish {
    /// The process succeeded, having read `discovered` beside its declared inputs.
    Succeeded {
        /// From its depfile.
        discovered: Vec<FilePath>,
    },
    /// The outputs are in place.
    Restored,
    /// The store could not deliver, for this reason: the step has to run.
    RestoreFailed(String),
    /// The process failed.
    Failed,
    /// A signal that we did not send killed the process. Tried again once, with nothing else running.
    Signalled(i32),
    /// The process was stopped, as asked.
    Stopped,
    /// An input changed while the process ran, so nobody may use what it made. It runs again at once, at most 3 times.
    Voided(String),
}

/// What a plan is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    /// The front end knows more steps. Also the first event.
    Grow {
        /// In any order.
        steps: Vec<StepSpec>,
        /// Outputs to build.
        wanted: Vec<FilePath>,
    },
    /// The front end will add nothing more.
    Sealed,
    /// The answer to one step of [`Action::Check`].
    Checked {
        /// Which.
        step: StepId,
        /// What to do with it.
        verdict: Verdict,
    },
    /// The answer to [`Action::Run`] or [`Action::Restore`].
    Finished {
        /// Which.
        step: StepId,
        /// How it went.
        finish: Finish,
    },
    /// So many steps may run at once from now on. What runs beyond that is left to end.
    Slots(usize),
    /// The client does not want the build any more.
    Cancel,
    /// The workers restarted and these processes are gone: those running go back into the queue, those being stopped are stopped.
    /// No answer for them may come afterwards, save for a later [`Action::Run`].
    Lost(Vec<StepId>),
}

/// What a plan asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Action {
    /// Compare the records of these steps with the files, the most urgent first. Each is answered by an [`Event::Checked`], in the order of asking.
    Check(Vec<StepId>),
    /// Put the step's outputs in place from the store.
    Restore(StepId),
    /// Run the step's process.
    Run {
        /// Which.
        step: StepId,
        /// Why, in words.
        reason: String,
    },
    /// Stop the step's process. It still answers with an [`Event::Finished`].
    Stop(StepId),
    /// The description makes no graph: the build ends, as after a failure.
    Refused(GraphError),
    /// The build has ended. Comes once, last.
    Complete(PlanSummary),
}

/// What a build came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PlanSummary {
    /// Of wanted steps that run something.
    pub counts: Counts,
    /// It was told to end, rather than having ended.
    pub cancelled: bool,
    /// The graph was refused.
    pub refused: bool,
    /// The step that failed first.
    pub first_failure: Option<StepId>,
    /// From the build's start to its end.
    pub took: Duration,
}

impl PlanSummary {
    /// Whether all that was wanted is done.
    #[must_use]
    pub fn success(&self) -> bool {
        !self.cancelled && !self.refused && self.first_failure.is_none()
    }
}
