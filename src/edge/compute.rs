//! Work that would hold up a mailbox, done on other threads. Does not know what the work is.

use std::future::Future;

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

/// Makes rayon log a panic instead of ending the process. Call once, before the first computation.
pub fn install_panic_handler() {
    let built = rayon::ThreadPoolBuilder::new().thread_name(|n| format!("compute-{n}")).panic_handler(|_| ()).build_global();
    if built.is_err() {
        tracing::debug!("rayon was started before its panic handler was set");
    }
}
