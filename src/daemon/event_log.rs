//! A build's events, encoded once: a session is an offset in it. Does not know who reads.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::engine::report::BuildEvent;
use crate::messages::events::EventSink;
use crate::wire;

/// Append-only, in memory, until its last reader is gone.
#[derive(Debug, Default)]
pub(super) struct EventLog {
    lines: Mutex<Lines>,
    grown: Notify,
}

#[derive(Debug, Default)]
struct Lines {
    encoded: Vec<Arc<[u8]>>,
    exit_code: Option<u8>,
}

impl EventLog {
    /// Waits for lines from `offset` on. `Err` with the exit code once there are none left and the log is closed.
    pub(super) async fn after(&self, offset: usize) -> Result<Vec<Arc<[u8]>>, u8> {
        loop {
            let grown = self.grown.notified();
            {
                let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
                if lines.encoded.len() > offset {
                    return Ok(lines.encoded[offset..].to_vec());
                }
                if let Some(exit_code) = lines.exit_code {
                    return Err(exit_code);
                }
            }
            grown.await;
        }
    }
}

impl EventSink for EventLog {
    fn push(&self, time: Duration, event: &BuildEvent) {
        let line = wire::encode_event(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), event);
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).encoded.push(line.into());
        self.grown.notify_waiters();
    }

    fn close(&self, exit_code: u8) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).exit_code.get_or_insert(exit_code);
        self.grown.notify_waiters();
    }
}
