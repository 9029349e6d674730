//! What is said of tests, for people or as JSON. Does not run anything.

use std::time::Duration;

use serde::Serialize;

use super::{Outcome, Tested};
use crate::client::screen::{Screen, Stream, visible};

/// How it is said.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Told {
    /// One object a line.
    pub json: bool,
    /// Failures and the summary of them only.
    pub quiet: bool,
    /// What tests that passed printed, too.
    pub verbose: bool,
    /// With colours.
    pub color: bool,
}

/// Says it.
#[derive(Debug)]
pub struct Report {
    told: Told,
    screen: Screen,
    /// What the times of events count from.
    since: Duration,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "test_finished")]
struct Finished<'a> {
    name: &'a str,
    outcome: &'a str,
    why: String,
    wall_ms: u128,
    output: &'a str,
    time_ms: u128,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "tests_finished")]
struct All {
    success: bool,
    total: usize,
    passed: usize,
    failed: usize,
    not_run: usize,
    wall_ms: u128,
    time_ms: u128,
}

impl Report {
    /// Says nothing yet. `since` the request began so much time has gone.
    #[must_use]
    pub fn new(told: Told, since: Duration) -> Self {
        Self { told, screen: Screen::default(), since }
    }

    /// One test ended, so long after the first began.
    pub fn tell(&mut self, tested: &Tested, after: Duration) {
        let Tested { name, outcome, wall, output } = tested;
        if self.told.json {
            let (time_ms, wall_ms) = ((self.since + after).as_millis(), wall.as_millis());
            self.object(&Finished { name, outcome: outcome.name(), why: outcome.why(), wall_ms, output, time_ms });
        } else {
            self.line(tested);
        }
    }

    /// Writes what was said.
    pub fn flush(&mut self) {
        self.screen.flush();
    }

    fn line(&mut self, tested: &Tested) {
        let passed = tested.outcome == Outcome::Passed;
        if self.told.quiet && passed {
            return;
        }
        let (word, color) = if passed { ("PASS", "32") } else { ("FAIL", "31") };
        let word = if self.told.color { format!("\x1b[1;{color}m{word}\x1b[0m") } else { word.to_owned() };
        let why = tested.outcome.why();
        let why = if why.is_empty() { why } else { format!(": {}", visible(&why)) };
        self.screen.put_line(Stream::Out, format!("{word} {} ({:.2} s){why}", visible(&tested.name), tested.wall.as_secs_f64()));
        if (!passed || self.told.verbose) && !tested.output.is_empty() {
            self.screen.put_line(Stream::Out, tested.output.trim_end_matches('\n'));
        }
    }

    /// All of them ended, but for so many that were stopped or not begun.
    pub fn end(&mut self, all: &[Tested], not_run: usize, wall: Duration) {
        let failed: Vec<&Tested> = all.iter().filter(|tested| tested.outcome != Outcome::Passed).collect();
        if self.told.json {
            let (total, failed) = (all.len(), failed.len());
            let (wall_ms, time_ms) = (wall.as_millis(), (self.since + wall).as_millis());
            self.object(&All { success: failed == 0, total, passed: total - failed, failed, not_run, wall_ms, time_ms });
        } else if !self.told.quiet || !failed.is_empty() {
            self.summary(all.len(), &failed, wall);
            if not_run > 0 {
                self.screen.put_line(Stream::Out, format!("jmake: {not_run} more stopped or not begun, as --fail-fast says"));
            }
        }
    }

    fn summary(&mut self, total: usize, failed: &[&Tested], wall: Duration) {
        let noun = if total == 1 { "test" } else { "tests" };
        let time = format!("in {:.2} s", wall.as_secs_f64());
        if failed.is_empty() {
            self.screen.put_line(Stream::Out, format!("jmake: {total} {noun} passed {time}"));
            return;
        }
        let names = failed.iter().map(|tested| visible(&tested.name)).collect::<Vec<_>>().join(", ");
        self.screen.put_line(Stream::Out, format!("jmake: {} of {total} {noun} failed {time}: {names}", failed.len()));
    }

    fn object(&mut self, object: &impl Serialize) {
        match serde_json::to_string(object) {
            Ok(line) => self.screen.put_line(Stream::Out, line),
            Err(error) => self.screen.put_line(Stream::Err, format!("jmake: the outcome is no JSON: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(told: Told, all: &[(&str, Outcome, &str)]) -> String {
        let mut report = Report::new(told, Duration::from_millis(5));
        let of = |(name, outcome, output): &(&str, Outcome, &str)| Tested {
            name: (*name).to_owned(),
            outcome: outcome.clone(),
            wall: Duration::from_millis(20),
            output: (*output).to_owned(),
        };
        let all: Vec<Tested> = all.iter().map(of).collect();
        all.iter().for_each(|tested| report.tell(tested, Duration::from_millis(20)));
        report.end(&all, 0, Duration::from_millis(40));
        String::from_utf8(report.screen.take().into_iter().flat_map(|(_, bytes)| bytes).collect()).unwrap()
    }

    #[test]
    fn people_see_what_failed_and_why() {
        let all = [("a", Outcome::Passed, "fine\n"), ("b", Outcome::Failed(3), "no\n"), ("c", Outcome::TimedOut(1), "")];
        let text = said(Told::default(), &all);
        assert_eq!(
            text,
            "PASS a (0.02 s)\nFAIL b (0.02 s): exit code 3\nno\nFAIL c (0.02 s): it took longer than 1 s\njmake: 2 of 3 tests failed in 0.04 s: b, c\n"
        );
        assert!(said(Told { verbose: true, ..Told::default() }, &all).starts_with("PASS a (0.02 s)\nfine\n"));
        assert!(said(Told { quiet: true, ..Told::default() }, &all).starts_with("FAIL b"));
        assert!(said(Told::default(), &all[..1]).ends_with("jmake: 1 test passed in 0.04 s\n"));
        assert!(said(Told { color: true, ..Told::default() }, &all).contains("\x1b[1;31mFAIL\x1b[0m b"));
    }

    #[test]
    fn scripts_get_objects() {
        let text = said(Told { json: true, ..Told::default() }, &[("a", Outcome::Crashed(11), "x")]);
        let lines: Vec<&str> = text.lines().collect();
        let of = |at: usize| serde_json::from_str::<serde_json::Value>(lines[at]).unwrap();
        let expect = serde_json::json!({"type": "test_finished", "name": "a", "outcome": "crashed", "why": "signal 11 (SIGSEGV)",
            "wall_ms": 20, "output": "x", "time_ms": 25});
        assert_eq!(of(0), expect);
        let expect = serde_json::json!({"type": "tests_finished", "success": false, "total": 1, "passed": 0, "failed": 1,
            "not_run": 0, "wall_ms": 40, "time_ms": 45});
        assert_eq!(of(1), expect);
    }
}
