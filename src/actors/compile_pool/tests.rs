//! What a pool does with steps that are stopped while no process of theirs runs. Its workers only listen.

use std::sync::Mutex;

use super::*;
use crate::engine::fingerprint::Assembled;
use crate::engine::graph::{Output, Purity, StepFlags, StepSpec};
use crate::engine::ids::StepId;
use crate::engine::report::StepKind;
use crate::engine::variables::Variables;

/// Keeps what it hears, as a worker or as a build.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<StepId>>>);

impl Actor for Listener {
    type Context = Context<Self>;
}

impl Handler<ExecuteStep> for Listener {
    type Result = ();
    fn handle(&mut self, order: ExecuteStep, _: &mut Context<Self>) {
        self.0.lock().unwrap().push(order.step.step);
    }
}

impl Handler<StepExecuted> for Listener {
    type Result = ();
    fn handle(&mut self, executed: StepExecuted, _: &mut Context<Self>) {
        assert_eq!(executed.execution.ending, Ending::Signalled(15));
        self.0.lock().unwrap().push(executed.step);
    }
}

impl Handler<WorkersLost> for Listener {
    type Result = ();
    fn handle(&mut self, _: WorkersLost, _: &mut Context<Self>) {}
}

impl Listener {
    fn heard(&self) -> Vec<u32> {
        self.0.lock().unwrap().iter().map(|step| step.0).collect()
    }
}

fn step(number: u32, build: &Addr<Listener>) -> RunStep {
    let spec = StepSpec {
        kind: StepKind::Link,
        purity: Purity::Understood,
        label: "p".to_owned(),
        target: "p".to_owned(),
        explicit: Vec::new(),
        implicit: Vec::new(),
        order_only: Vec::new(),
        validations: Vec::new(),
        outputs: vec![Output::file("p".into())],
        flags: StepFlags::default(),
        pool: None,
        command: None,
        cxx: None,
    };
    RunStep {
        build: BuildId(1),
        step: StepId(number),
        attempt: 1,
        since: 0,
        spec: Arc::new(spec),
        lookup: None,
        assembled: Assembled::default(),
        root: Arc::default(),
        variables: Variables::default(),
        inspect_main: false,
        keep: false,
        report_to: build.clone().recipient(),
    }
}

#[test]
fn a_step_that_was_stopped_is_not_run_again_when_its_worker_fails() {
    System::new().block_on(async {
        let (worker, build) = (Listener::default(), Listener::default());
        let (workers, told) = (worker.clone().start(), build.clone().start());
        let world = World::real(std::path::Path::new("/nowhere"));
        let hire: HireWorker = Arc::new(move |_, _| workers.clone().recipient());
        let pool = CompilePool::new(world, hire, told.clone().recipient()).start();
        pool.send(ReserveWorkers { build: BuildId(1), workers: 2 }).await.unwrap();
        for number in [1, 2, 3] {
            pool.send(step(number, &told)).await.unwrap();
        }
        pool.send(StopSteps { build: BuildId(1), step: Some(StepId(1)) }).await.unwrap();
        assert_eq!(worker.heard(), [1, 2]);

        // Their workers fail: what was stopped is not run again, the other one is.
        pool.send(WorkerRestarted { worker: 0 }).await.unwrap();
        pool.send(WorkerRestarted { worker: 1 }).await.unwrap();
        pool.send(Ping).await.unwrap();
        assert_eq!((worker.heard(), build.heard()), (vec![1, 2, 3, 2], vec![1]));
    });
}

fn borrow(customer: u32, workers: usize) -> (BorrowWorker, oneshot::Receiver<Loan>) {
    let (to, lent) = oneshot::channel();
    (BorrowWorker { customer: Customer::Jobs(customer), workers, to }, lent)
}

#[test]
fn jobs_of_two_queues_and_the_steps_of_a_build_share_the_places() {
    System::new().block_on(async {
        let (worker, build) = (Listener::default(), Listener::default());
        let (workers, told) = (worker.clone().start(), build.clone().start());
        let hire: HireWorker = Arc::new(move |_, _| workers.clone().recipient());
        let pool = CompilePool::new(World::real(std::path::Path::new("/nowhere")), hire, told.clone().recipient()).start();
        pool.send(ReserveWorkers { build: BuildId(1), workers: 2 }).await.unwrap();
        pool.send(step(1, &told)).await.unwrap();
        let (one, first) = borrow(1, 2);
        let (other, mut second) = borrow(2, 2);
        let (third, mut unwanted) = borrow(1, 2);
        pool.send(one).await.unwrap();
        let first = first.await.unwrap();
        // Both places are taken.
        pool.send(other).await.unwrap();
        pool.send(third).await.unwrap();
        pool.send(step(2, &told)).await.unwrap();
        assert!(second.try_recv().is_err() && unwanted.try_recv().is_err());
        assert_eq!(pool.send(GetPool).await.unwrap().waiting, 3);
        // Each has its turn when the step ends: the second queue, then the first one, then the build.
        pool.send(WorkerFreed { worker: 1 }).await.unwrap();
        let second = second.await.unwrap();
        // All places are lent by now, and jobs may wait for the step: it has a place beyond.
        assert_eq!((pool.send(GetPool).await.unwrap().workers.len(), worker.heard()), (3, vec![1, 2]));
        assert!(unwanted.try_recv().is_err());
        pool.send(WorkerFreed { worker: 2 }).await.unwrap();
        assert_eq!(pool.send(GetPool).await.unwrap().workers.len(), 2, "only for it");
        // Nobody wants the third any more: its place goes on to the next step.
        drop(unwanted);
        drop(second);
        pool.send(step(3, &told)).await.unwrap();
        drop(first);
        while pool.send(GetPool).await.unwrap().busy > 1 {}
        assert_eq!((worker.heard(), pool.send(GetPool).await.unwrap().waiting), (vec![1, 2, 3], 0));
    });
}
