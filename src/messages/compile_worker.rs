//! What a CompileWorker receives.

use actix::prelude::*;

use super::compile_pool::RunStep;

/// Request: run one step and report to its build; then tell the pool.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub struct ExecuteStep(pub RunStep);
