//! Somebody who waits for a build, as an Orchestrator knows them. Does not know how events reach them.

use std::time::Duration;

use crate::engine::ids::BuildId;
use crate::engine::report::{BuildEvent, Counts};
use crate::messages::events::SharedSink;

/// Somebody who waits for a build.
pub(super) struct Listener {
    pub(super) build: BuildId,
    pub(super) client_pid: u32,
    pub(super) sink: SharedSink,
    pub(super) since: Duration,
}

impl Listener {
    pub(super) fn say(&self, now: Duration, event: &BuildEvent) {
        self.sink.push(now.saturating_sub(self.since), event);
    }

    /// Ends a build that never became one, once.
    pub(super) fn refuse(&self, now: Duration, first: String, exit_code: u8) {
        if !self.sink.is_open() {
            return;
        }
        self.say(now, &BuildEvent::BuildError { build: self.build, first });
        let wall_ms = u64::try_from(now.saturating_sub(self.since).as_millis()).unwrap_or(u64::MAX);
        let end = BuildEvent::BuildFinished { success: false, exit_code, counts: Counts::default(), artifacts: Vec::new(), wall_ms };
        self.say(now, &end);
        self.sink.close(exit_code);
    }
}
