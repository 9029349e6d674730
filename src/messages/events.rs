//! What flows up: a build's events to whoever shows them, and what workers did to whoever asked.

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;

use crate::engine::execution::Execution;
use crate::engine::ids::{BuildId, StepId};
use crate::engine::report::BuildEvent;

/// Takes a build's events, in order. Never waits for a client.
pub trait EventSink: Send + Sync + std::fmt::Debug {
    /// One more event, `time` after the build's start.
    fn push(&self, time: Duration, event: &BuildEvent);
    /// Whether anything can still come.
    fn is_open(&self) -> bool;
    /// Nothing more will come; the request ended with this exit code.
    fn close(&self, exit_code: u8);
}

/// A sink shared by a build and its sessions.
pub type SharedSink = Arc<dyn EventSink>;

/// Event: a worker ran a step.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct StepExecuted {
    /// Whose step.
    pub build: BuildId,
    /// Which.
    pub step: StepId,
    /// Which try of it: a result of an earlier try is stale.
    pub attempt: u32,
    /// What came of it.
    pub execution: Execution,
}
