//! The job queue: jobs that a TOML file lists, what each waits for, what it is given, and where its result goes. Does not know who does a
//! job, nor any file.
//!
//! [`read`] makes a [`queue::Queue`] of a text and says all that is wrong with it. [`run`] is a run of it as a state machine, [`history`] what
//! is written down of that, so that another run can go on from there.

pub mod answers;
mod arguments;
mod check;
pub mod commands;
mod fields;
pub mod functions;
pub mod generation;
pub mod history;
mod kinds;
pub mod pace;
pub mod places;
pub mod progress;
pub mod queue;
mod reading;
pub mod refusals;
pub mod run;
pub mod template;
mod transition;
pub mod typed;
pub mod values;

pub use queue::Queue;
pub use reading::{problems, read, refusal};

#[cfg(test)]
mod tests;
