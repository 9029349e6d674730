//! Builds on each save, as a machine of events and actions: when changes have settled, which build a change outdates, and whether what
//! a build came to is still true. Does not know how changes are noticed, nor what a build is.
//!
//! ```text
//! Quiet ──change──▶ Settling ──30 ms without another──▶ Building ──end──▶ Confirming ──nothing heard──▶ Quiet
//!                      ▲                                   │ change            │ change
//!                      └────────end──── Cancelling ◀───────┘                   │
//!                      └───────────────────────────────────────────────────────┘
//! ```

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::time::Duration;

use super::path::FilePath;

/// So long nothing has to change before a build begins: an editor writes, renames and removes in less.
pub const DEBOUNCE: Duration = Duration::from_millis(30);
/// A build begins after so long even if changes go on.
pub const PATIENCE: Duration = Duration::from_millis(300);

/// What changed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Changes {
    /// Files and directories that matter.
    pub paths: BTreeSet<FilePath>,
    /// More happened than could be heard: anything may have changed.
    pub everything: bool,
}

impl Changes {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && !self.everything
    }

    /// Adds others.
    pub fn absorb(&mut self, other: Self) {
        self.paths.extend(other.paths);
        self.everything |= other.everything;
    }
}

/// What happened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    /// This has changed since it was last asked; the answer to [`Action::Listen`], too, and then perhaps nothing.
    Heard(Changes),
    /// The build ended. What changed before its end may not have been heard yet.
    Ended,
    /// The time of [`Watch::wake_at`] has come.
    Tick,
}

/// What to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Action {
    /// Build the state of now, because of these.
    Build(Changes),
    /// Stop the build.
    Cancel,
    /// Say at once what has been heard.
    Listen,
    /// Say how the build ended: as what is so now, or as what became of an older state.
    Report {
        /// Nothing has changed since it began.
        current: bool,
    },
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Quiet,
    Settling(Burst),
    Building,
    Cancelling(Burst),
    Confirming,
}

/// Changes that follow each other closely.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Burst {
    first: Duration,
    last: Duration,
}

impl Burst {
    fn at(now: Duration) -> Self {
        Self { first: now, last: now }
    }

    fn over_at(self) -> Duration {
        (self.last + DEBOUNCE).min(self.first + PATIENCE)
    }
}

/// One project that is built on each change.
#[derive(Debug)]
pub struct Watch {
    state: State,
    changes: Changes,
}

impl Watch {
    /// Begins with a build.
    #[must_use]
    pub fn start() -> (Self, Vec<Action>) {
        (Self { state: State::Building, changes: Changes::default() }, vec![Action::Build(Changes::default())])
    }

    /// When it wants to be told that time has passed.
    #[must_use]
    pub fn wake_at(&self) -> Option<Duration> {
        match self.state {
            State::Settling(burst) => Some(burst.over_at()),
            _ => None,
        }
    }

    /// Takes an event and says what to do.
    pub fn on_event(&mut self, now: Duration, event: Event) -> Vec<Action> {
        match event {
            Event::Heard(changes) if changes.is_empty() => self.heard_nothing(),
            Event::Heard(changes) => {
                self.changes.absorb(changes);
                self.heard(now)
            }
            Event::Ended => self.ended(),
            Event::Tick => self.tick(now),
        }
    }

    fn heard_nothing(&mut self) -> Vec<Action> {
        if self.state != State::Confirming {
            return Vec::new();
        }
        self.state = State::Quiet;
        vec![Action::Report { current: true }]
    }

    fn heard(&mut self, now: Duration) -> Vec<Action> {
        let (state, actions) = match self.state {
            State::Quiet => (State::Settling(Burst::at(now)), Vec::new()),
            State::Settling(burst) => (State::Settling(Burst { last: now, ..burst }), Vec::new()),
            State::Building => (State::Cancelling(Burst::at(now)), vec![Action::Cancel]),
            State::Cancelling(burst) => (State::Cancelling(Burst { last: now, ..burst }), Vec::new()),
            State::Confirming => (State::Settling(Burst::at(now)), vec![Action::Report { current: false }]),
        };
        self.state = state;
        actions
    }

    fn ended(&mut self) -> Vec<Action> {
        match self.state {
            State::Building => {
                self.state = State::Confirming;
                vec![Action::Listen]
            }
            State::Cancelling(burst) => {
                self.state = State::Settling(burst);
                vec![Action::Report { current: false }]
            }
            State::Quiet | State::Settling(_) | State::Confirming => Vec::new(),
        }
    }

    fn tick(&mut self, now: Duration) -> Vec<Action> {
        if self.wake_at().is_none_or(|at| now < at) {
            return Vec::new();
        }
        self.state = State::Building;
        vec![Action::Build(std::mem::take(&mut self.changes))]
    }
}
