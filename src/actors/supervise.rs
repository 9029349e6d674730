//! Keeps an actor alive: the only file that knows panics.
//!
//! actix's own `Supervisor` does not restart after a panic, so each actor's future is polled here under `catch_unwind`. After
//! a panic the actor waits as its [`Policy`] says, rebuilds itself from nothing in `restarting`, and goes on with the same
//! mailbox and address: messages queued behind the panic are answered by the fresh state. Does not know what an actor does.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Waker, Poll, ready};

use actix::dev::{ContextFut, channel};
use actix::prelude::*;
use tokio::time::{Instant, Sleep};

use crate::engine::failure::Failure;
use crate::engine::restart::{Decision, History, Policy};
use crate::messages::supervisor::ActorFailed;

/// Hears of every failure, on the failed actor's thread and before it is restarted: what comes of the restart comes after it.
pub type Hear = Arc<dyn Fn(ActorFailed) + Send + Sync>;

/// Starts an actor on `arbiter` and keeps it. The address stays good over every restart. `mailbox` bounds what waits for it.
///
/// The actor's `restarting` must replace its state by a new one: nothing of the old value is to be trusted.
pub fn start<A>(arbiter: &ArbiterHandle, name: String, policy: Policy, mailbox: usize, hear: Hear, actor: A) -> Addr<A>
where
    A: Actor<Context = Context<A>> + Supervised + Send,
{
    let (sender, receiver) = channel::channel(mailbox);
    arbiter.spawn_fn(move || {
        let future = Context::with_receiver(receiver).into_future(actor);
        let kept = Kept { future: Some(future), name, history: History::new(policy), born: Instant::now(), pause: None, hear };
        actix_rt::spawn(kept);
    });
    Addr::new(sender)
}

struct Kept<A: Actor<Context = Context<A>> + Supervised> {
    future: Option<ContextFut<A, Context<A>>>,
    name: String,
    history: History,
    born: Instant,
    pause: Option<Pin<Box<Sleep>>>,
    hear: Hear,
}

impl<A: Actor<Context = Context<A>> + Supervised> Unpin for Kept<A> {}

impl<A: Actor<Context = Context<A>> + Supervised> Future for Kept<A> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, waker: &mut Waker<'_>) -> Poll<()> {
        let kept = &mut *self;
        loop {
            let Some(future) = kept.future.as_mut() else { return Poll::Ready(()) };
            if let Some(pause) = kept.pause.as_mut() {
                ready!(pause.as_mut().poll(waker));
                kept.pause = None;
                // `restarting` and the drops of spawned futures are the actor's own code: they may panic as well.
                match catch_unwind(AssertUnwindSafe(|| future.restart())) {
                    Ok(true) => {}
                    Ok(false) => return Poll::Ready(()),
                    Err(panic) => {
                        kept.failed(&text(panic.as_ref()));
                        continue;
                    }
                }
            }
            match catch_unwind(AssertUnwindSafe(|| Pin::new(future).poll(waker))) {
                Ok(poll) => return poll,
                Err(panic) => kept.failed(&text(panic.as_ref())),
            }
        }
    }
}

impl<A: Actor<Context = Context<A>> + Supervised> Kept<A> {
    fn failed(&mut self, why: &str) {
        let decision = self.history.failed(self.born.elapsed());
        let given_up = decision == Decision::GiveUp;
        tracing::error!(actor = %self.name, restarts = self.history.total(), given_up, "actor panicked: {why}");
        (self.hear)(ActorFailed { name: self.name.clone(), why: why.to_owned(), restarts: self.history.total(), given_up });
        match decision {
            Decision::Restart { after } => self.pause = Some(Box::pin(tokio::time::sleep(after))),
            Decision::GiveUp => self.bury(),
        }
    }

    /// Drops the actor without its `Drop` polling it once more, which would run the actor's code while it is broken.
    fn bury(&mut self) {
        if let Some(mut future) = self.future.take() {
            future.ctx().terminate();
            let _ = catch_unwind(AssertUnwindSafe(|| drop(future)));
        }
    }
}

impl<A: Actor<Context = Context<A>> + Supervised> Drop for Kept<A> {
    fn drop(&mut self) {
        self.bury();
    }
}

fn text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without text".to_owned())
}

/// Sends a request, once more if the actor failed on it: it was restarted meanwhile.
pub async fn ask<M>(door: &Recipient<M>, message: M) -> Result<M::Result, Failure>
where
    M: Message + Send + Clone + 'static,
    M::Result: Send,
{
    match door.send(message.clone()).await {
        Ok(answer) => Ok(answer),
        Err(_) => door.send(message).await.map_err(|_| {
            Failure::internal(
                "a part of the daemon failed twice on one request; run the command again, and report this with the daemon's log",
            )
        }),
    }
}

#[cfg(test)]
mod tests;
