//! One build as a state machine: events in, actions out. Does not know processes, files, the clock, nor who carries its actions out.
//!
//! `docs/build-states.md` draws the states; [`State`] says when a step is in each. The machine is in `machine`, what it does with a
//! growing graph in `grow`, how runs end in `finish`, who is next in `ready`, and the longest way to the end in `priority`.

mod event;
mod finish;
mod grow;
mod machine;
mod node;
mod priority;
mod ready;
#[cfg(test)]
mod simulation;
mod state;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use event::{Action, Event, Finish, PlanSummary, Verdict};
pub use machine::Plan;
pub use state::{How, State};

use super::path::FilePath;

/// What a build is asked to do, and what earlier builds taught.
#[derive(Clone, Debug, Default)]
pub struct PlanOptions {
    /// How many steps may run at once. With 0 nothing runs until [`Event::Slots`] says otherwise.
    pub slots: usize,
    /// After a failure, build everything that does not depend on it.
    pub keep_going: bool,
    /// After a failure, stop what runs.
    pub fail_fast: bool,
    /// How many steps of a pool may run at once; 0 and unnamed pools have no limit. The pool `console` always has a depth of 1.
    pub pools: HashMap<String, usize>,
    /// How long a step took the last time, in milliseconds, by its first output. 1 where nothing is known.
    pub durations: HashMap<FilePath, u64>,
}
