//! What a CompileWorker receives.

use actix::prelude::*;

use super::compile_pool::RunStep;
use crate::engine::ids::RunId;

/// Request: run one step and report to its build; then tell the pool.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub struct ExecuteStep {
    /// Which.
    pub step: RunStep,
    /// As what its process may start.
    pub run: RunId,
}
