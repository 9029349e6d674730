//! The connections that are open, so that they can be counted, awaited and cut. Does not know what is said on them.

use std::collections::HashMap;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// All of them. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    open: Mutex<(u64, HashMap<u64, UnixStream>)>,
    ended: Notify,
    cut: Notify,
}

/// One open connection; dropped when its session ends.
#[derive(Debug)]
pub(super) struct Ticket {
    id: u64,
    sessions: Sessions,
}

impl Sessions {
    /// Counts a connection. `handle` is a second handle to it.
    pub(super) fn enter(&self, handle: UnixStream) -> Ticket {
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.0 += 1;
        let id = open.0;
        open.1.insert(id, handle);
        Ticket { id, sessions: self.clone() }
    }

    /// Cuts them all when called, from any thread.
    pub(super) fn cutter(&self) -> Arc<dyn Fn() + Send + Sync> {
        let sessions = self.clone();
        Arc::new(move || sessions.cut())
    }

    pub(super) fn count(&self) -> usize {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner).1.len()
    }

    /// Ends every connection, whatever its session does: clients see the end and ask again.
    fn cut(&self) {
        for (_, handle) in self.0.open.lock().unwrap_or_else(PoisonError::into_inner).1.drain() {
            // Already closed is as good.
            let _closed = handle.shutdown(std::net::Shutdown::Both);
        }
        self.0.ended.notify_waiters();
        self.0.cut.notify_one();
    }

    /// Waits until all are cut: their thread is given up.
    pub(super) async fn all_cut(&self) {
        self.0.cut.notified().await;
    }

    /// Waits until a session ends.
    pub(super) async fn one_ended(&self) {
        self.0.ended.notified().await;
    }

    /// Waits until none is open.
    pub(super) async fn all_ended(&self) {
        loop {
            let ended = self.0.ended.notified();
            if self.count() == 0 {
                return;
            }
            ended.await;
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.sessions.0.open.lock().unwrap_or_else(PoisonError::into_inner).1.remove(&self.id);
        self.sessions.0.ended.notify_waiters();
    }
}
