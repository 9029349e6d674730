//! Hands steps to workers, in turns between builds.
//!
//! Owns: who waits for whom; the workers' addresses; the builds that reserved some.
//! Receives: `RunStep`, `StopSteps`, `ReserveWorkers`, `WorkerFreed`, `WorkerRestarted`, `GetPool`.
//! Sends: `ExecuteStep` to its workers, `WorkersLost` to the Supervisor.
//! On failure: its strays are killed, it starts with new workers, and builds ask again for what they miss.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use actix::prelude::*;

use crate::edge::process::Permit;
use crate::edge::{World, faults};
use crate::engine::execution::{Ending, Execution};
use crate::engine::fair_queue::FairQueue;
use crate::engine::ids::BuildId;
use crate::messages::compile_pool::{GetPool, PoolCounts, ReserveWorkers, RunStep, StopSteps, WorkerFreed, WorkerRestarted};
use crate::messages::compile_worker::ExecuteStep;
use crate::messages::events::StepExecuted;
use crate::messages::orchestrator::WorkersLost;
use crate::messages::{Flush, Ping};

/// Starts one more worker that reports to this pool.
pub type HireWorker = Arc<dyn Fn(usize, Addr<CompilePool>) -> Recipient<ExecuteStep> + Send + Sync>;

/// The pool. One for the whole daemon.
pub struct CompilePool {
    world: World,
    hire: HireWorker,
    lost: Recipient<WorkersLost>,
    queue: FairQueue<BuildId, RunStep>,
    workers: HashMap<usize, Recipient<ExecuteStep>>,
    running: HashMap<usize, (RunStep, Permit)>,
    builds: HashSet<BuildId>,
    next_worker: usize,
}

impl CompilePool {
    /// A pool without workers.
    #[must_use]
    pub fn new(world: World, hire: HireWorker, lost: Recipient<WorkersLost>) -> Self {
        Self {
            world,
            hire,
            lost,
            queue: FairQueue::default(),
            workers: HashMap::new(),
            running: HashMap::new(),
            builds: HashSet::new(),
            next_worker: 0,
        }
    }

    fn dispatch(&mut self) {
        while let Some((worker, step)) = self.queue.pair() {
            if let Some(address) = self.workers.get(&worker) {
                let permit = self.world.process.permit(Some((step.build, step.step)));
                let run = permit.run;
                self.running.insert(worker, (step.clone(), permit));
                address.do_send(ExecuteStep { step, run });
            }
        }
    }

    /// Tells its build that a step was stopped before it ran.
    fn report_stopped(step: &RunStep) {
        let execution = Execution { ending: Ending::Signalled(15), ..Execution::empty() };
        step.report_to.do_send(StepExecuted { build: step.build, step: step.step, attempt: step.attempt, execution });
    }
}

impl Actor for CompilePool {
    type Context = Context<Self>;
}

impl Supervised for CompilePool {
    fn restarting(&mut self, _: &mut Context<Self>) {
        faults::point("CompilePool.restart");
        let first_new = self.next_worker;
        *self = Self::new(self.world.clone(), self.hire.clone(), self.lost.clone());
        // Old workers keep their names until their last result; new ones must not share them.
        self.next_worker = first_new;
        self.world.process.kill_steps();
        self.lost.do_send(WorkersLost);
    }
}

impl Handler<ReserveWorkers> for CompilePool {
    type Result = ();
    fn handle(&mut self, reserve: ReserveWorkers, context: &mut Context<Self>) {
        self.builds.insert(reserve.build);
        while self.workers.len() < reserve.workers {
            let worker = self.next_worker;
            self.next_worker += 1;
            self.workers.insert(worker, (self.hire)(worker, context.address()));
            self.queue.free(worker);
        }
        self.dispatch();
    }
}

impl Handler<RunStep> for CompilePool {
    type Result = ();
    fn handle(&mut self, step: RunStep, _: &mut Context<Self>) {
        faults::point("CompilePool");
        // Otherwise its build has yet to hear that this pool is new.
        if self.builds.contains(&step.build) {
            self.queue.push(step.build, step);
            self.dispatch();
        }
    }
}

impl Handler<StopSteps> for CompilePool {
    type Result = ();
    fn handle(&mut self, stop: StopSteps, _: &mut Context<Self>) {
        for step in self.queue.remove(stop.build, |queued| stop.step.is_none_or(|step| step == queued.step)) {
            Self::report_stopped(&step);
        }
        if let Some(step) = stop.step {
            return self.world.process.kill_step(stop.build, step);
        }
        self.builds.remove(&stop.build);
        self.world.process.kill_build(stop.build);
    }
}

impl Handler<WorkerFreed> for CompilePool {
    type Result = ();
    fn handle(&mut self, WorkerFreed { worker }: WorkerFreed, _: &mut Context<Self>) {
        self.running.remove(&worker);
        if self.workers.contains_key(&worker) {
            self.queue.free(worker);
        }
        self.dispatch();
    }
}

impl Handler<WorkerRestarted> for CompilePool {
    type Result = ();
    fn handle(&mut self, WorkerRestarted { worker }: WorkerRestarted, _: &mut Context<Self>) {
        if let Some((step, permit)) = self.running.remove(&worker) {
            let wanted = !permit.is_revoked();
            self.world.process.kill_step(step.build, step.step);
            if wanted {
                self.queue.push(step.build, step);
            } else {
                Self::report_stopped(&step);
            }
            self.queue.free(worker);
        }
        self.dispatch();
    }
}

impl Handler<GetPool> for CompilePool {
    type Result = PoolCounts;
    fn handle(&mut self, _: GetPool, _: &mut Context<Self>) -> PoolCounts {
        PoolCounts { busy: self.running.len(), workers: self.workers.len(), waiting: self.queue.waiting() }
    }
}

impl Handler<Flush> for CompilePool {
    type Result = ();
    fn handle(&mut self, _: Flush, _: &mut Context<Self>) {
        self.queue.clear();
        self.builds.clear();
        self.world.process.kill_steps();
    }
}

impl Handler<Ping> for CompilePool {
    type Result = ();
    fn handle(&mut self, _: Ping, _: &mut Context<Self>) {}
}

#[cfg(test)]
mod tests;
