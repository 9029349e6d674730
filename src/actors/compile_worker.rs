//! Waits for one process at a time.
//!
//! Owns: nothing that outlives a step.
//! Receives: `ExecuteStep`.
//! Sends: `StepExecuted` to the step's build, `WorkerFreed` and `WorkerRestarted` to the pool.
//! On failure: the pool kills its process and runs the step again on a free worker.

use actix::prelude::*;

use crate::edge::execution::{self, Order};
use crate::edge::{World, faults};
use crate::engine::ids::RunId;
use crate::messages::compile_pool::{RunStep, WorkerFreed, WorkerRestarted};
use crate::messages::compile_worker::ExecuteStep;
use crate::messages::events::StepExecuted;

/// One worker.
pub struct CompileWorker {
    name: usize,
    world: World,
    freed: Recipient<WorkerFreed>,
    restarted: Recipient<WorkerRestarted>,
}

impl CompileWorker {
    /// A worker that reports to a pool under this name.
    #[must_use]
    pub fn new(name: usize, world: World, freed: Recipient<WorkerFreed>, restarted: Recipient<WorkerRestarted>) -> Self {
        Self { name, world, freed, restarted }
    }
}

impl Actor for CompileWorker {
    type Context = Context<Self>;
}

impl Supervised for CompileWorker {
    fn restarting(&mut self, _: &mut Context<Self>) {
        faults::point("CompileWorker.restart");
        self.restarted.do_send(WorkerRestarted { worker: self.name });
    }
}

impl Handler<ExecuteStep> for CompileWorker {
    type Result = ();
    fn handle(&mut self, ExecuteStep { step, run }: ExecuteStep, context: &mut Context<Self>) {
        faults::point("CompileWorker");
        let running = execution::run(self.world.clone(), order_of(&step, run), None);
        let reported = running.into_actor(self).map(move |execution, worker, _| {
            faults::point("CompileWorker.spawned");
            step.report_to.do_send(StepExecuted { build: step.build, step: step.step, attempt: step.attempt, execution });
            worker.freed.do_send(WorkerFreed { worker: worker.name });
        });
        context.spawn(reported);
    }
}

fn order_of(step: &RunStep, run: RunId) -> Order {
    Order {
        build: step.build,
        step: step.step,
        run,
        since: step.since,
        spec: step.spec.clone(),
        lookup: step.lookup.clone(),
        assembled: step.assembled.clone(),
        root: step.root.clone(),
        variables: step.variables.clone(),
        inspect_main: step.inspect_main,
        keep: step.keep,
    }
}
