//! The rows that move while jobs run: one for each that runs, or waits for its next attempt, with its time. Does not know what jobs do.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::client::screen::visible;
use crate::edge::term;

/// More rows than this are counted, not shown.
const MOST: usize = 12;

/// How a job stands that has begun and not ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It runs.
    Running,
    /// It failed, and waits for its next attempt.
    Waiting,
}

#[derive(Debug)]
struct Row {
    job: String,
    standing: Standing,
    since: Instant,
}

/// The rows. There are none until a job runs, so that a run without work never shows any.
#[derive(Debug, Default)]
pub struct Live {
    bar: Option<ProgressBar>,
    rows: Vec<Row>,
    done: usize,
    total: usize,
}

impl Live {
    /// A run of so many jobs begins, of which so many are done.
    pub fn begun(&mut self, total: usize, done: usize) {
        (self.total, self.done) = (total, done);
    }

    /// A job stands so from now on.
    pub fn stands(&mut self, job: &str, standing: Standing) {
        let row = Row { job: visible(job), standing, since: Instant::now() };
        match self.rows.iter_mut().find(|other| other.job == row.job) {
            Some(known) => *known = row,
            None => self.rows.push(row),
        }
        self.bar.get_or_insert_with(line);
        self.tick();
    }

    /// A job has ended.
    pub fn ended(&mut self, job: &str) {
        let job = visible(job);
        self.rows.retain(|row| row.job != job);
        self.done += 1;
        self.tick();
    }

    /// Renews the rows.
    pub fn tick(&self) {
        if let Some(bar) = &self.bar {
            bar.set_message(self.text(Instant::now(), term::width()));
            bar.tick();
        }
    }

    /// Takes the rows away, does something else with the terminal, and shows them again.
    pub fn aside(&self, write: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes the rows away.
    pub fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn text(&self, now: Instant, width: usize) -> String {
        let count = |standing| self.rows.iter().filter(|row| row.standing == standing).count();
        let (running, waiting) = (count(Standing::Running), count(Standing::Waiting));
        let mut lines = vec![match waiting {
            0 => format!("[{}/{}] {running} running", self.done, self.total),
            _ => format!("[{}/{}] {running} running, {waiting} waiting", self.done, self.total),
        }];
        lines.extend(self.rows.iter().take(MOST).map(|row| row.text(now)));
        let more = self.rows.len().saturating_sub(MOST);
        lines.extend((more > 0).then(|| format!("  and {more} more")));
        // A line that the terminal breaks cannot be taken away again.
        lines.iter_mut().for_each(|line| *line = line.chars().take(width.saturating_sub(1)).collect());
        lines.join("\n")
    }
}

impl Row {
    fn text(&self, now: Instant) -> String {
        let took = now.saturating_duration_since(self.since);
        let standing = if self.standing == Standing::Running { "running" } else { "waiting" };
        format!("  {standing:<8}{:>7}  {}", seconds(took), self.job)
    }
}

fn seconds(time: Duration) -> String {
    format!("{}.{} s", time.as_secs(), time.subsec_millis() / 100)
}

fn line() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_job_that_has_begun_has_a_row_with_its_time() {
        let mut live = Live::default();
        live.begun(30, 2);
        let began = Instant::now();
        let row = |job: &str, standing| Row { job: job.to_owned(), standing, since: began };
        live.rows = vec![row("generate", Standing::Running), row("fetch", Standing::Waiting)];
        let at = |live: &Live, width| live.text(began + Duration::from_millis(12_345), width);
        assert_eq!(at(&live, 80), "[2/30] 1 running, 1 waiting\n  running  12.3 s  generate\n  waiting  12.3 s  fetch");
        assert_eq!(at(&live, 22), "[2/30] 1 running, 1 w\n  running  12.3 s  ge\n  waiting  12.3 s  fe");
        live.ended("fetch");
        assert_eq!(at(&live, 80), "[3/30] 1 running\n  running  12.3 s  generate");
        live.rows = (0..MOST + 3).map(|job| row(&job.to_string(), Standing::Running)).collect();
        assert!(at(&live, 80).ends_with("  running  12.3 s  11\n  and 3 more"));
        assert!(live.bar.is_none());
    }
}
