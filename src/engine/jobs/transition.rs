//! The words between a run of the job queue and its world: how a job stands, what happened, what is to be done. Does not know the order of things.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How a job stands.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not begun, or waiting for another attempt.
    Pending,
    /// Begun.
    Running,
    /// It did what it is there for.
    Completed,
    /// It did not, and will not be tried again.
    Failed,
    /// Not run, because of what became of those it depends on.
    Skipped,
    /// Not run, or stopped, because the run was cancelled.
    Cancelled,
    /// It was running when the daemon died: nobody knows how far it came.
    Interrupted,
}

impl Status {
    /// As files and events have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// Nothing more becomes of it in this run.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Skipped | Self::Cancelled)
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Well.
    Succeeded,
    /// Not well; another attempt may do better.
    Failed,
    /// Not well, and no other attempt would do better.
    Hopeless,
}

/// What happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// The run begins.
    Begun,
    /// An attempt that was started may begin: from now on its time counts.
    Admitted {
        /// The job's position.
        job: usize,
        /// Which attempt, from one.
        attempt: u32,
    },
    /// An attempt that was started ended.
    Ended {
        /// The job's position.
        job: usize,
        /// Which attempt, from one.
        attempt: u32,
        /// How.
        outcome: Outcome,
    },
    /// A moment that was asked for with [`Action::Wake`] has come.
    Woken,
    /// Nobody wants the run any more.
    Cancelled,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// Start an attempt, as soon as there is a place for it: then say [`Event::Admitted`].
    Start {
        /// The job's position.
        job: usize,
        /// Which attempt, from one.
        attempt: u32,
    },
    /// End a job's attempt, which is then reported as ended.
    Stop {
        /// The job's position.
        job: usize,
        /// It took too long.
        timed_out: bool,
    },
    /// The job stands so from now on.
    Note {
        /// The job's position.
        job: usize,
        /// How it stands.
        status: Status,
        /// Attempts so far.
        attempts: u32,
    },
    /// Say [`Event::Woken`] at this moment, or earlier if another is asked for.
    Wake(Duration),
    /// Nothing is left to do. Comes once, and last.
    Finish,
}
