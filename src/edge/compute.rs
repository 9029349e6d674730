//! Work that would hold up a mailbox, done on other threads. Does not know what the work is.

use std::future::Future;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// The work panicked; its panic is in the log.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a computation failed; the daemon's log says how")]
pub struct Lost;

/// Runs `work` on a rayon thread.
pub fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> impl Future<Output = Result<T, Lost>> + Send + 'static {
    let (sender, receiver) = oneshot::channel();
    rayon::spawn(move || {
        // The asker may be gone: then nobody needs the value.
        let _unwanted = sender.send(work());
    });
    async move { receiver.await.map_err(|_| Lost) }
}

/// Runs `work` that waits for a disk, on a thread on which nothing else waits. Only to be called where tokio runs.
pub fn wait<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> impl Future<Output = Result<T, Lost>> + 'static {
    let waiting = tokio::task::spawn_blocking(work);
    async move { waiting.await.map_err(|_| Lost) }
}

/// Runs `work` that takes its time on a thread of its own. An error if there is none to be had.
pub fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<impl Future<Output = Result<T, Lost>> + Send + 'static> {
    let (sender, receiver) = oneshot::channel();
    let run = move || {
        // The asker may be gone: then nobody needs the value.
        let _unwanted = sender.send(work());
    };
    std::thread::Builder::new().name("step".into()).spawn(run)?;
    Ok(async move { receiver.await.map_err(|_| Lost) })
}

/// Does all of `work`, each on a thread of its own; false if some of it took longer than `limit`, and goes on.
pub fn all_within(limit: Duration, work: impl Iterator<Item = impl FnOnce() + Send + 'static>) -> bool {
    let (done, ends) = mpsc::channel();
    let mut open = 0_u32;
    for one in work {
        let done = done.clone();
        open += 1;
        std::thread::spawn(move || {
            one();
            // Nobody may wait any more.
            let _unheard = done.send(());
        });
    }
    let until = Instant::now() + limit;
    (0..open).all(|_| ends.recv_timeout(until.saturating_duration_since(Instant::now())).is_ok())
}

/// Makes rayon log a panic instead of ending the process. Call once, before the first computation.
pub fn install_panic_handler() {
    let built = rayon::ThreadPoolBuilder::new().thread_name(|n| format!("compute-{n}")).panic_handler(|_| ()).build_global();
    if built.is_err() {
        tracing::debug!("rayon was started before its panic handler was set");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_end_is_not_waited_for() {
        let (hold, held) = mpsc::channel::<()>();
        let quick = |_| Box::new(|| ()) as Box<dyn FnOnce() + Send>;
        assert!(all_within(Duration::from_secs(60), (0..3).map(quick)));
        assert!(all_within(Duration::ZERO, (0..0).map(quick)));
        let slow: Box<dyn FnOnce() + Send> = Box::new(move || assert!(held.recv().is_err()));
        assert!(!all_within(Duration::from_millis(20), [slow].into_iter()));
        drop(hold);
    }
}
