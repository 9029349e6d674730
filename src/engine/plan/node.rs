//! What a plan keeps of one step beside its description. Does not know how it changes.

use super::State;
use crate::engine::graph::{Purity, StepSpec};

/// What the plan knows of a step beside its description.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) state: State,
    /// Inputs whose producer is not done, whatever the state.
    pub(super) pending: u32,
    /// Checks that were asked for before its inputs changed: their answers mean nothing.
    pub(super) stale_checks: u32,
    /// While it ran, somebody turned up who makes one of its inputs.
    pub(super) outdated: bool,
    /// It ran in this build.
    pub(super) ran: bool,
    /// A signal killed it once: it runs alone.
    pub(super) alone: bool,
    /// It goes before all others.
    pub(super) urgent: bool,
    /// How often it ran for nothing because an input changed.
    pub(super) voids: u8,
    /// Of [`super::ready::Ready`].
    pub(super) pool: usize,
    /// It runs nothing and is not counted.
    pub(super) phony: bool,
    /// Why it has to run.
    pub(super) reason: String,
}

impl Node {
    /// A step that nobody wants yet.
    pub(super) fn new(spec: &StepSpec, pool: usize) -> Self {
        Self {
            state: State::Unwanted,
            pending: 0,
            stale_checks: 0,
            outdated: false,
            ran: false,
            alone: false,
            urgent: false,
            voids: 0,
            pool,
            phony: spec.purity == Purity::Phony,
            reason: String::new(),
        }
    }
}
