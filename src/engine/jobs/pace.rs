//! When the readable copy of a run is written: soon after something changed, and not too often. Does not know the clock, nor the copy.

use std::time::Duration;

/// The copy is written no more often.
const EVERY: Duration = Duration::from_millis(200);

/// When it was written, and is to be written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    copied: Duration,
    /// `None`: it says how things stand.
    due: Option<Duration>,
}

impl Pace {
    /// Something changed: whether the copy is to be written at once.
    pub fn changed(&mut self, now: Duration) -> bool {
        *self.due.get_or_insert(self.copied + EVERY) <= now
    }

    /// When it is to be written.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        self.due
    }

    /// It was written.
    pub fn copied(&mut self, now: Duration) {
        *self = Self { copied: now, due: None };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_is_never_late_and_never_written_twice_in_a_fifth_of_a_second() {
        let (mut pace, mut now, mut state, mut copy, mut written) = (Pace::default(), Duration::ZERO, 0, 0, vec![Duration::ZERO]);
        let mut random = 7_u64;
        let write = |pace: &mut Pace, now: Duration, written: &mut Vec<Duration>| {
            pace.copied(now);
            written.push(now);
        };
        for change in 1..=10_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let next = now + Duration::from_millis((random >> 33) % if change % 100 == 0 { 1000 } else { 20 });
            // Whoever waits for the next change wakes up for the copy.
            if let Some(due) = pace.due().filter(|due| *due <= next) {
                (now, copy) = (due, state);
                write(&mut pace, now, &mut written);
            }
            (now, state) = (next, change);
            if pace.changed(now) {
                copy = state;
                write(&mut pace, now, &mut written);
            }
            assert!(copy == state || pace.due().is_some_and(|due| due > now && due <= now + EVERY), "late at {now:?}");
        }
        assert!(written.windows(2).all(|pair| pair[1].saturating_sub(pair[0]) >= EVERY), "{written:?}");
        assert!(written.len() > 300, "{}", written.len());
    }
}
