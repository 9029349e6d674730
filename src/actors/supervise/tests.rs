//! Panics at every place of a small actor's life. Knows none of the daemon's actors.

use super::*;

use std::sync::mpsc;
use std::time::Duration;

const POLICY: Policy = Policy { base: Duration::from_millis(1), cap: Duration::from_millis(4), max: 3, window: Duration::from_secs(60) };

#[derive(Message)]
#[rtype(result = "u32")]
struct Count;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Handler,
    Spawned,
    Restart,
}

#[derive(Message)]
#[rtype(result = "()")]
struct Break(Fault);

#[derive(Message)]
#[rtype(result = "()")]
struct BreakTask;

struct Counter {
    counted: u32,
    bad_restart: bool,
}

impl Counter {
    fn new() -> Self {
        Self { counted: 0, bad_restart: false }
    }
}

impl Actor for Counter {
    type Context = Context<Self>;
}

impl Supervised for Counter {
    fn restarting(&mut self, _: &mut Context<Self>) {
        let bad = std::mem::take(&mut self.bad_restart);
        *self = Self::new();
        assert!(!bad, "restart");
    }
}

impl Handler<Count> for Counter {
    type Result = u32;
    fn handle(&mut self, _: Count, _: &mut Context<Self>) -> u32 {
        self.counted += 1;
        self.counted
    }
}

impl Handler<Break> for Counter {
    type Result = ();
    fn handle(&mut self, Break(fault): Break, context: &mut Context<Self>) {
        self.bad_restart = fault == Fault::Restart;
        if fault == Fault::Spawned {
            context.spawn(async { panic!("spawned") }.into_actor(self));
        } else {
            panic!("handler");
        }
    }
}

impl Handler<BreakTask> for Counter {
    type Result = ResponseFuture<()>;
    fn handle(&mut self, _: BreakTask, _: &mut Context<Self>) -> ResponseFuture<()> {
        Box::pin(async { panic!("task") })
    }
}

fn with_counter<F: Future<Output = ()>>(body: impl FnOnce(Addr<Counter>, mpsc::Receiver<ActorFailed>) -> F) {
    System::new().block_on(async {
        let (sender, failures) = mpsc::channel();
        let hear: Hear = Arc::new(move |failed| sender.send(failed).unwrap());
        let counter = start(&Arbiter::current(), "Counter".into(), POLICY, 16, hear, Counter::new());
        body(counter, failures).await;
    });
}

#[test]
fn messages_queued_behind_a_panic_are_answered_by_a_fresh_state() {
    for fault in [Fault::Handler, Fault::Spawned, Fault::Restart] {
        with_counter(|counter, failures| async move {
            assert_eq!(counter.send(Count).await.unwrap(), 1);
            let broken = counter.send(Break(fault));
            let (first, second) = (counter.send(Count), counter.send(Count));
            let (broken, first, second) = futures_util::future::join3(broken, first, second).await;
            assert_eq!(broken.is_err(), fault != Fault::Spawned, "{fault:?}");
            // A spawned future is polled after the mailbox: what was queued is answered before it panics.
            let expected = if fault == Fault::Spawned { (2, 3) } else { (1, 2) };
            assert_eq!((first.unwrap(), second.unwrap()), expected, "{fault:?}");
            let after = counter.send(Count).await.unwrap();
            assert_eq!(after, if fault == Fault::Spawned { 1 } else { 3 }, "{fault:?}");
            let expected = if fault == Fault::Restart { 2 } else { 1 };
            assert_eq!(failures.try_iter().last().unwrap().restarts, expected, "{fault:?}");
        });
    }
}

#[test]
fn a_panic_in_a_detached_answer_hurts_its_asker_only() {
    with_counter(|counter, failures| async move {
        assert_eq!(counter.send(Count).await.unwrap(), 1);
        assert!(counter.send(BreakTask).await.is_err());
        assert_eq!(counter.send(Count).await.unwrap(), 2, "the state is untouched");
        assert_eq!(failures.try_iter().count(), 0);
    });
}

#[test]
fn a_crash_loop_is_given_up_and_its_mailbox_refuses() {
    with_counter(|counter, failures| async move {
        for _ in 0..4 {
            assert!(counter.send(Break(Fault::Handler)).await.is_err());
        }
        assert!(counter.send(Count).await.is_err());
        assert!(!counter.connected());
        let given_up: Vec<_> = failures.try_iter().map(|f| f.given_up).collect();
        assert_eq!(given_up, [false, false, false, true]);
    });
}
