//! When a failed actor starts again, and when it is given up. Does not know actors, panics or the clock.

use std::collections::VecDeque;
use std::time::Duration;

/// How patient a supervisor is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Policy {
    /// The wait before the first restart; doubled for each further one in the window.
    pub base: Duration,
    /// The longest wait.
    pub cap: Duration,
    /// More restarts than this within `window` mean giving up.
    pub max: u32,
    /// How long a restart counts.
    pub window: Duration,
}

/// For every actor of the daemon: a crash loop ends within about two seconds, and a rare panic never adds up.
pub const DAEMON_POLICY: Policy =
    Policy { base: Duration::from_millis(10), cap: Duration::from_millis(500), max: 5, window: Duration::from_secs(10) };

/// What to do about one failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Decision {
    /// Start again after a wait.
    Restart {
        /// How long to wait.
        after: Duration,
    },
    /// It failed too often.
    GiveUp,
}

/// The failures of one actor that still count.
#[derive(Clone, Debug)]
pub struct History {
    policy: Policy,
    recent: VecDeque<Duration>,
    total: u32,
}

impl History {
    /// No failure yet.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy, recent: VecDeque::new(), total: 0 }
    }

    /// Failures since the beginning.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.total
    }

    /// Judges a failure at `now`, which never goes backwards.
    pub fn failed(&mut self, now: Duration) -> Decision {
        self.total += 1;
        self.recent.push_back(now);
        while self.recent.front().is_some_and(|then| now.saturating_sub(*then) > self.policy.window) {
            self.recent.pop_front();
        }
        let count = u32::try_from(self.recent.len()).unwrap_or(u32::MAX);
        if count > self.policy.max {
            return Decision::GiveUp;
        }
        Decision::Restart { after: self.policy.base.saturating_mul(1 << (count - 1).min(16)).min(self.policy.cap) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy =
        Policy { base: Duration::from_millis(10), cap: Duration::from_millis(50), max: 4, window: Duration::from_secs(1) };

    fn check(failures_ms: &[u64], expect: &[Option<u64>]) {
        let mut history = History::new(POLICY);
        let got: Vec<_> = failures_ms
            .iter()
            .map(|ms| match history.failed(Duration::from_millis(*ms)) {
                Decision::Restart { after } => Some(u64::try_from(after.as_millis()).unwrap()),
                Decision::GiveUp => None,
            })
            .collect();
        assert_eq!(got, expect, "{failures_ms:?}");
    }

    #[test]
    fn waits_double_up_to_the_cap_and_a_loop_is_given_up() {
        check(&[0, 1, 2, 3, 4], &[Some(10), Some(20), Some(40), Some(50), None]);
    }

    #[test]
    fn failures_outside_the_window_do_not_count() {
        check(&[0, 2_000, 4_000, 6_000, 8_000, 10_000], &[Some(10); 6]);
    }
}
