//! How an execution ended, as the plan takes it and as people see it. Does not know what follows.

use crate::engine::execution::{Ending, Execution};
use crate::engine::path::{FilePath, fold};
use crate::engine::plan::{Finish, State};
use crate::engine::report::Outcome;

/// What a finished execution means for the plan, whose step was in `state`.
pub(super) fn finish_of(execution: &Execution, state: State) -> Finish {
    match &execution.ending {
        Ending::Signalled(_) | Ending::Outdated(_) if state == State::Stopping => Finish::Stopped,
        // What a step makes is named without detours.
        Ending::Exited(0) => {
            Finish::Succeeded { discovered: execution.discovered.iter().map(|path| FilePath::new(fold(path.as_path()))).collect() }
        }
        Ending::Exited(_) | Ending::Broken(_) | Ending::Unwritten(_) => Finish::Failed,
        Ending::Signalled(signal) => Finish::Signalled(*signal),
        Ending::Outdated(path) => Finish::Voided(path.to_string()),
    }
}

/// The outcome that a finished execution is shown with.
pub(super) fn outcome_of(finish: &Finish, again: bool) -> Outcome {
    match finish {
        Finish::Succeeded { .. } | Finish::Restored => Outcome::Ran,
        Finish::Stopped | Finish::RestoreFailed(_) => Outcome::Cancelled,
        Finish::Signalled(_) | Finish::Voided(_) if again => Outcome::Cancelled,
        Finish::Failed | Finish::Signalled(_) | Finish::Voided(_) => Outcome::Failed,
    }
}
