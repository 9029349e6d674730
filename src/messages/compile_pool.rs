//! What the CompilePool receives.

use std::path::PathBuf;
use std::sync::Arc;

use actix::prelude::*;
use tokio::sync::oneshot;

use crate::engine::cxx::undefined::Lookup;
use crate::engine::fingerprint::Assembled;
use crate::engine::graph::StepSpec;
use crate::engine::ids::{BuildId, StepId};
use crate::engine::variables::Variables;

use super::events::StepExecuted;

/// Request: run a step as soon as a worker is free. The answer is a [`StepExecuted`] to `report_to`.
#[derive(Clone, Message)]
#[rtype(result = "()")]
pub struct RunStep {
    /// Whose step.
    pub build: BuildId,
    /// Which.
    pub step: StepId,
    /// Which try of it.
    pub attempt: u32,
    /// When the build began to look at files, for [`crate::edge::digests::Digests::doubted_since`].
    pub since: u64,
    /// What to run.
    pub spec: Arc<StepSpec>,
    /// Where to look for what it lacks, if it links.
    pub lookup: Option<Lookup>,
    /// What it may read for bitcode among its inputs.
    pub assembled: Assembled,
    /// The project's root: the process's working directory.
    pub root: Arc<PathBuf>,
    /// The client's environment.
    pub variables: Variables,
    /// Look whether the first output defines `main`.
    pub inspect_main: bool,
    /// Keep outputs in the store.
    pub keep: bool,
    /// Who hears of it.
    pub report_to: Recipient<StepExecuted>,
}

impl std::fmt::Debug for RunStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RunStep({}/{} try {}: {})", self.build, self.step, self.attempt, self.spec.label)
    }
}

/// Request: stop these steps; they report themselves as signalled. Or the build is over, whatever of it still runs or waits.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub struct StopSteps {
    /// Whose steps.
    pub build: BuildId,
    /// `None`: all, and no more are taken.
    pub step: Option<StepId>,
}

/// Request: a build begins, or hears that the pool is new, and may run so many steps at once. Its steps are taken from now on;
/// what it sent before is dropped, as it asks again for all that it misses.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct ReserveWorkers {
    /// Whose steps.
    pub build: BuildId,
    /// How many at once.
    pub workers: usize,
}

/// Who has work for workers.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Customer {
    /// A build, for its steps.
    Build(BuildId),
    /// A run of jobs, by the process of its client.
    Jobs(u32),
}

/// Request: the place of a worker, for a process that is none of a build's steps. Lent as soon as it is this customer's turn; a request that the
/// pool forgets is answered by the sender's end.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct BorrowWorker {
    /// For whom.
    pub customer: Customer,
    /// How many it uses at most at once.
    pub workers: usize,
    /// Where the loan goes; nobody listens any more: it is for the next one.
    pub to: oneshot::Sender<Loan>,
}

/// The place of a worker, until it is dropped.
#[derive(Debug)]
pub struct Loan {
    worker: usize,
    freed: Recipient<WorkerFreed>,
}

impl Loan {
    /// That of `worker`; `freed` hears when it is given back.
    #[must_use]
    pub fn new(worker: usize, freed: Recipient<WorkerFreed>) -> Self {
        Self { worker, freed }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.freed.do_send(WorkerFreed { worker: self.worker });
    }
}

/// Event: a worker waits for work.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct WorkerFreed {
    /// Which worker.
    pub worker: usize,
}

/// Event: a worker panicked and is new. What it ran is lost.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct WorkerRestarted {
    /// Which worker.
    pub worker: usize,
}

/// Query: busy and all workers, and waiting steps.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "PoolCounts")]
pub struct GetPool;

/// Answer to [`GetPool`].
#[derive(Clone, Debug, Default, MessageResponse)]
pub struct PoolCounts {
    /// Workers that run a step.
    pub busy: usize,
    /// All workers, by their names, in order.
    pub workers: Vec<usize>,
    /// Steps that wait for a worker.
    pub waiting: usize,
}
