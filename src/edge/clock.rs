//! The clocks.

use std::time::{Duration, Instant, SystemTime};

/// Time, for whoever may ask.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Since some fixed moment; never goes backwards.
    fn now(&self) -> Duration;
    /// The calendar's time, which may jump.
    fn wall(&self) -> SystemTime;
}

/// The machine's.
#[derive(Debug)]
pub struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }
}
