//! The states of a step, and which may follow which. Does not know why a step changes.

/// How a step got done.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum How {
    /// It only names its inputs, and they are done.
    Phony,
    /// Its outputs already were what they should be.
    UpToDate,
    /// Its process ran and succeeded.
    Ran,
    /// Its outputs came from the store.
    Restored,
}

/// Where a step is. Drawn in `docs/build-states.md`; each state has a heading there.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum State {
    /// Nothing that is wanted needs it.
    Unwanted,
    /// Wanted, and at least one of its dependencies is not [`State::Done`].
    Blocked,
    /// All its dependencies are done; an [`super::Action::Check`] is out.
    Checking,
    /// All its dependencies are done and it has to run; it waits for a slot, its pool, or to be alone.
    Queued,
    /// An [`super::Action::Run`] is out; it holds a slot.
    Running,
    /// An [`super::Action::Restore`] is out; it holds no slot.
    Restoring,
    /// It was running and an [`super::Action::Stop`] is out; it holds its slot until it ends.
    Stopping,
    /// Its outputs are right, and so were those of all its dependencies.
    Done(How),
    /// Its process failed for good.
    Failed,
    /// It will not be judged in this build: a dependency failed, or the build ended before its turn.
    NotRun,
}

impl State {
    /// How many indices there are.
    pub(super) const COUNT: usize = 13;

    /// A dense number, for counting.
    pub(super) fn index(self) -> usize {
        match self {
            Self::Unwanted => 0,
            Self::Blocked => 1,
            Self::Checking => 2,
            Self::Queued => 3,
            Self::Running => 4,
            Self::Restoring => 5,
            Self::Stopping => 6,
            Self::Done(How::Phony) => 7,
            Self::Done(How::UpToDate) => 8,
            Self::Done(How::Ran) => 9,
            Self::Done(How::Restored) => 10,
            Self::Failed => 11,
            Self::NotRun => 12,
        }
    }

    /// Whether something still has to happen to the step.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Blocked | Self::Checking | Self::Queued | Self::Running | Self::Restoring | Self::Stopping)
    }

    /// Whether it holds a slot.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Running | Self::Stopping)
    }

    /// Whether nothing that waits for it can ever be built.
    #[must_use]
    pub fn is_lost(self) -> bool {
        matches!(self, Self::Failed | Self::NotRun)
    }

    /// The arrows of `docs/build-states.md`.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        use State::{Blocked, Checking, Done, Failed, NotRun, Queued, Restoring, Running, Stopping, Unwanted};
        match self {
            Unwanted => matches!(next, Blocked | NotRun),
            Blocked => matches!(next, Checking | Done(How::Phony) | NotRun),
            Checking => matches!(next, Blocked | Queued | Restoring | Done(How::UpToDate | How::Ran) | NotRun),
            Queued => matches!(next, Blocked | Running | NotRun),
            Running => matches!(next, Blocked | Queued | Stopping | Done(How::Ran) | Failed | NotRun),
            Restoring => matches!(next, Blocked | Queued | Done(How::Restored) | NotRun),
            Stopping => matches!(next, Done(How::Ran) | NotRun),
            Done(_) => matches!(next, Blocked),
            Failed | NotRun => false,
        }
    }
}
