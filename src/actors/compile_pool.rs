//! Hands steps to workers, in turns between builds.
//!
//! Owns: who waits for whom; the workers' addresses; the builds that reserved some; places that are lent to jobs.
//! Receives: `RunStep`, `StopSteps`, `ReserveWorkers`, `BorrowWorker`, `WorkerFreed`, `WorkerRestarted`, `GetPool`.
//! Sends: `ExecuteStep` to its workers, `Loan` to jobs, `WorkersLost` to the Supervisor.
//! On failure: its strays are killed, it starts with new workers, and builds ask again for what they miss.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use actix::prelude::*;
use tokio::sync::oneshot;

use crate::edge::process::Permit;
use crate::edge::{World, faults};
use crate::engine::execution::{Ending, Execution};
use crate::engine::fair_queue::FairQueue;
use crate::engine::ids::{BuildId, RunId};
use crate::messages::compile_pool::{
    BorrowWorker, Customer, GetPool, Loan, PoolCounts, ReserveWorkers, RunStep, StopSteps, WorkerFreed, WorkerRestarted,
};
use crate::messages::compile_worker::ExecuteStep;
use crate::messages::events::StepExecuted;
use crate::messages::orchestrator::WorkersLost;
use crate::messages::{Flush, Ping};

/// Starts one more worker that reports to this pool.
pub type HireWorker = Arc<dyn Fn(usize, Addr<CompilePool>) -> Recipient<ExecuteStep> + Send + Sync>;

/// What waits for a worker.
enum Waiting {
    Step(Box<RunStep>),
    Job(oneshot::Sender<Loan>),
}

/// What has a worker.
enum Work {
    Step(Box<RunStep>, Permit),
    Job,
}

/// The pool. One for the whole daemon.
pub struct CompilePool {
    world: World,
    hire: HireWorker,
    lost: Recipient<WorkersLost>,
    queue: FairQueue<Customer, Waiting>,
    workers: HashMap<usize, Recipient<ExecuteStep>>,
    running: HashMap<usize, Work>,
    builds: HashSet<BuildId>,
    /// So many were asked for at once.
    most: usize,
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
            most: 0,
            next_worker: 0,
        }
    }

    /// Hands out what waits. A job may itself wait for a build: if all places are lent, the steps of builds get one more.
    fn dispatch(&mut self, own: &Addr<Self>) {
        loop {
            let (lent, most) = (self.lent(), self.most);
            let may = |customer| matches!(customer, Customer::Build(_)) || lent < most;
            match self.queue.pair(may) {
                Some((worker, Waiting::Step(step))) => self.hand_over(worker, step),
                Some((worker, Waiting::Job(to))) => {
                    self.running.insert(worker, Work::Job);
                    // Nobody listens any more: the loan comes back at once.
                    let _unwanted = to.send(Loan::new(worker, own.clone().recipient()));
                }
                None if self.starves(0) => self.hire(own),
                None => return,
            }
        }
    }

    fn hand_over(&mut self, worker: usize, step: Box<RunStep>) {
        if let Some(address) = self.workers.get(&worker) {
            let permit = self.world.process.permit(Some((step.build, step.step)));
            let run = permit.run;
            self.running.insert(worker, Work::Step(step.clone(), permit));
            address.do_send(ExecuteStep { step: *step, run });
        }
    }

    fn hire(&mut self, own: &Addr<Self>) {
        let worker = self.next_worker;
        self.next_worker += 1;
        self.workers.insert(worker, (self.hire)(worker, own.clone()));
        self.queue.free(worker);
    }

    fn hire_up_to(&mut self, workers: usize, own: &Addr<Self>) {
        self.most = self.most.max(workers);
        while self.workers.len() < workers {
            self.hire(own);
        }
    }

    fn lent(&self) -> usize {
        self.running.values().filter(|work| matches!(work, Work::Job)).count()
    }

    /// Whether a step waits while all workers but so many are lent to jobs.
    fn starves(&self, others: usize) -> bool {
        self.queue.waits(|customer| matches!(customer, Customer::Build(_))) && self.lent() + others >= self.workers.len()
    }

    fn run_again(&mut self, worker: usize) {
        let Some(Work::Step(step, permit)) = self.running.remove(&worker) else { return };
        let wanted = !permit.is_revoked();
        self.world.process.kill_step(step.build, step.step);
        if wanted {
            self.queue.push(Customer::Build(step.build), Waiting::Step(step));
        } else {
            Self::report_stopped(&step);
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
        self.hire_up_to(reserve.workers, &context.address());
        self.dispatch(&context.address());
    }
}

impl Handler<BorrowWorker> for CompilePool {
    type Result = ();
    fn handle(&mut self, BorrowWorker { customer, workers, to }: BorrowWorker, context: &mut Context<Self>) {
        self.hire_up_to(workers, &context.address());
        self.queue.push(customer, Waiting::Job(to));
        self.dispatch(&context.address());
    }
}

impl Handler<RunStep> for CompilePool {
    type Result = ();
    fn handle(&mut self, step: RunStep, context: &mut Context<Self>) {
        faults::point("CompilePool");
        // Otherwise its build has yet to hear that this pool is new.
        if self.builds.contains(&step.build) {
            self.queue.push(Customer::Build(step.build), Waiting::Step(step.into()));
            self.dispatch(&context.address());
        }
    }
}

impl Handler<StopSteps> for CompilePool {
    type Result = ();
    fn handle(&mut self, stop: StopSteps, _: &mut Context<Self>) {
        let stopped = |queued: &Waiting| matches!(queued, Waiting::Step(queued) if stop.step.is_none_or(|step| step == queued.step));
        for waiting in self.queue.remove(Customer::Build(stop.build), stopped) {
            if let Waiting::Step(step) = waiting {
                Self::report_stopped(&step);
            }
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
    fn handle(&mut self, WorkerFreed { worker }: WorkerFreed, context: &mut Context<Self>) {
        self.running.remove(&worker);
        if self.workers.len() > self.most && !self.starves(1) {
            self.workers.remove(&worker);
        }
        if self.workers.contains_key(&worker) {
            self.queue.free(worker);
        }
        self.dispatch(&context.address());
    }
}

impl Handler<WorkerRestarted> for CompilePool {
    type Result = ();
    fn handle(&mut self, WorkerRestarted { worker }: WorkerRestarted, context: &mut Context<Self>) {
        // What is lent needs the place, not the worker.
        if matches!(self.running.get(&worker), Some(Work::Step(..))) {
            self.run_again(worker);
            self.queue.free(worker);
        }
        self.dispatch(&context.address());
    }
}

impl Handler<GetPool> for CompilePool {
    type Result = PoolCounts;
    fn handle(&mut self, _: GetPool, _: &mut Context<Self>) -> PoolCounts {
        let mut workers: Vec<usize> = self.workers.keys().copied().collect();
        workers.sort_unstable();
        PoolCounts { busy: self.running.len(), workers, waiting: self.queue.waiting() }
    }
}

impl Handler<Flush> for CompilePool {
    type Result = ();
    fn handle(&mut self, _: Flush, _: &mut Context<Self>) {
        self.queue.clear();
        self.builds.clear();
        // Only its own: it may be one that was given up, and there may be another.
        let run = |work: &Work| if let Work::Step(_, permit) = work { Some(permit.run) } else { None };
        let runs: HashSet<RunId> = self.running.values().filter_map(run).collect();
        self.world.process.end_all(&runs);
    }
}

impl Handler<Ping> for CompilePool {
    type Result = ();
    fn handle(&mut self, _: Ping, _: &mut Context<Self>) {}
}

#[cfg(test)]
mod tests;
