//! A build's events, encoded once: a session is an offset in it. What concerns every build is said in every open log. Does not
//! know who reads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::engine::report::BuildEvent;
use crate::messages::events::EventSink;
use crate::messages::supervisor::ActorFailed;
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
    /// When the build began, once something was said of it.
    since: Option<Instant>,
    /// What has to be said once the build has begun.
    held: Vec<BuildEvent>,
    /// The time of the last event: none is earlier, whoever says it.
    last: Duration,
    /// The last event, if it was said.
    ending: Option<Ending>,
}

/// The last event of a build.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    /// Which line it is.
    pub(super) at: usize,
    /// When.
    pub(super) time_ms: u64,
    /// What was said.
    pub(super) event: BuildEvent,
}

impl EventLog {
    /// Waits for lines from `offset` on. `Err` with the exit code once there are none left and the log is closed.
    pub(super) async fn after(&self, offset: usize) -> Result<Vec<Arc<[u8]>>, u8> {
        loop {
            let grown = self.grown.notified();
            {
                let lines = self.lines();
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

    /// The last event, once it was said.
    pub(super) fn ending(&self) -> Option<Ending> {
        self.lines().ending.clone()
    }
}

impl EventLog {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what did not come from the build itself, unless the build has ended.
    fn interject(&self, event: &BuildEvent) {
        let mut lines = self.lines();
        match lines.since {
            _ if lines.ending.is_some() => {}
            Some(since) => lines.push(since.elapsed(), event),
            None => lines.held.push(event.clone()),
        }
        drop(lines);
        self.grown.notify_waiters();
    }
}

impl Lines {
    fn push(&mut self, time: Duration, event: &BuildEvent) {
        self.last = self.last.max(time);
        let time_ms = u64::try_from(self.last.as_millis()).unwrap_or(u64::MAX);
        if matches!(event, BuildEvent::BuildFinished { .. }) {
            self.ending = Some(Ending { at: self.encoded.len(), time_ms, event: event.clone() });
        }
        let line = wire::encode_event(time_ms, event);
        self.encoded.push(line.into());
    }
}

/// The logs that somebody reads. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenLogs(Arc<Mutex<Vec<Weak<EventLog>>>>);

impl OpenLogs {
    /// One more, with nothing in it.
    pub(super) fn open(&self) -> Arc<EventLog> {
        let log = Arc::new(EventLog::default());
        let mut all = self.all();
        all.retain(|log| log.strong_count() > 0);
        all.push(Arc::downgrade(&log));
        log
    }

    /// Tells them all of an actor's failure when called, from any thread.
    pub(super) fn announcer(&self) -> Arc<dyn Fn(&ActorFailed) + Send + Sync> {
        let logs = self.clone();
        Arc::new(move |failed| {
            let event = event_of(failed);
            logs.all().iter().filter_map(Weak::upgrade).for_each(|log| log.interject(&event));
        })
    }

    fn all(&self) -> MutexGuard<'_, Vec<Weak<EventLog>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn event_of(failed: &ActorFailed) -> BuildEvent {
    let ActorFailed { name, why, restarts, given_up } = failed.clone();
    if given_up {
        let text = format!("{name} failed {restarts} times ({why}); the daemon ends, its log says more");
        return BuildEvent::Notice { text };
    }
    BuildEvent::ActorRestarted { name, restarts, why }
}

impl EventSink for EventLog {
    fn push(&self, time: Duration, event: &BuildEvent) {
        let mut lines = self.lines();
        lines.since = lines.since.or_else(|| Instant::now().checked_sub(time));
        lines.push(time, event);
        for event in std::mem::take(&mut lines.held) {
            lines.push(time, &event);
        }
        drop(lines);
        self.grown.notify_waiters();
    }

    fn is_open(&self) -> bool {
        self.lines().exit_code.is_none()
    }

    fn close(&self, exit_code: u8) {
        self.lines().exit_code.get_or_insert(exit_code);
        self.grown.notify_waiters();
    }
}
