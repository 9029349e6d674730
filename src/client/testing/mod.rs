//! `jmake test` after its build: the tests run side by side, and what comes of them is told. Does not know how a test is built.

mod junit;
mod outcome;
mod process;
mod report;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

pub use self::junit::write as write_junit;
pub use self::outcome::{Outcome, Tested};
pub use self::report::{Report, Told};
use super::error::ClientError;
use super::interrupt;
use crate::wire::TestRun;

/// One test, built.
#[derive(Clone, Debug)]
pub struct Test {
    /// Its target.
    pub name: String,
    /// Its program.
    pub path: PathBuf,
    /// How it is run.
    pub run: TestRun,
}

/// Runs all `tests` of the project at `root`, so many at once, and tells of each as it ends. What came of them, in the order of `tests`.
///
/// # Errors
/// The system gives no place for what tests print.
pub fn run(root: &Path, tests: &[Test], jobs: usize, limit: Option<Duration>, report: &mut Report) -> Result<Vec<Tested>, ClientError> {
    interrupt::end_programs_at_once();
    let began = Instant::now();
    let next = AtomicUsize::new(0);
    let (sender, ended) = mpsc::channel();
    let mut all: Vec<Option<Tested>> = vec![None; tests.len()];
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(tests.len()) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some((at, test)) = nth(tests, next.fetch_add(1, Ordering::Relaxed)) {
                    // Nobody listens any more if something went wrong.
                    let _told = sender.send((at, process::run(root, test, limit)));
                }
            });
        }
        drop(sender);
        for (at, tested) in ended {
            let tested = tested?;
            report.tell(&tested, began.elapsed());
            report.flush();
            all[at] = Some(tested);
        }
        Ok::<(), ClientError>(())
    })?;
    let all: Vec<Tested> = all.into_iter().flatten().collect();
    report.end(&all, began.elapsed());
    report.flush();
    Ok(all)
}

fn nth(tests: &[Test], at: usize) -> Option<(usize, &Test)> {
    Some((at, tests.get(at)?))
}
