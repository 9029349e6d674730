//! What a build says that finds nothing to do. Does not know how that was found out.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::account::distinct;
use crate::engine::report::{Artifact, BuildEvent, Counts, Remark};

/// All of it but the time.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Remarks, in words.
    pub notices: Vec<Remark>,
    /// Its steps.
    pub counts: Counts,
    /// What is there.
    pub artifacts: Vec<Artifact>,
}

impl Answer {
    /// As events, `now` after the build's start.
    #[must_use]
    pub fn events(&self, now: Duration) -> Vec<BuildEvent> {
        let notices = self.notices.iter().map(|remark| BuildEvent::Notice { text: remark.text.clone() });
        let artifacts = self.artifacts.iter().cloned().map(BuildEvent::Artifact);
        let wall_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let (counts, made) = (self.counts, distinct(&self.artifacts));
        notices
            .chain(artifacts)
            .chain([BuildEvent::BuildFinished { success: true, exit_code: 0, counts, artifacts: made, wall_ms }])
            .collect()
    }
}
