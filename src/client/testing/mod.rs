//! `jmake test` after its build: the tests run side by side, and what comes of them is told. Does not know how a test is built.

mod junit;
mod outcome;
mod process;
mod report;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

pub use self::junit::write as write_junit;
pub use self::outcome::{Outcome, Tested};
pub use self::report::{Report, Told};
use super::error::ClientError;
use super::{interrupt, program};
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

/// How tests are run.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// So many at once.
    pub jobs: usize,
    /// How long each may take, whatever its settings say.
    pub limit: Option<Duration>,
    /// The first that does not pass ends all.
    pub fail_fast: bool,
}

/// Runs all `tests` of the project at `root` and tells of each as it ends. What came of those that were not stopped, in the order of `tests`.
///
/// # Errors
/// The system gives no place for what tests print.
pub fn run(root: &Path, tests: &[Test], manner: Manner, report: &mut Report) -> Result<Vec<Tested>, ClientError> {
    interrupt::end_programs_at_once();
    let began = Instant::now();
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, ended) = mpsc::channel();
    let mut all: Vec<Option<Tested>> = vec![None; tests.len()];
    std::thread::scope(|scope| {
        for _ in 0..manner.jobs.min(tests.len()) {
            let (sender, next, stop) = (sender.clone(), &next, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::SeqCst)
                    && let Some((at, test)) = nth(tests, next.fetch_add(1, Ordering::Relaxed))
                {
                    // Nobody listens any more if something went wrong.
                    let _told = sender.send((at, process::run(root, test, manner.limit, stop)));
                }
            });
        }
        drop(sender);
        for (at, tested) in ended {
            let tested = tested?;
            let passed = tested.outcome == Outcome::Passed;
            // It may have been killed.
            if stop.load(Ordering::SeqCst) && !passed {
                continue;
            }
            report.tell(&tested, began.elapsed());
            report.flush();
            all[at] = Some(tested);
            if manner.fail_fast && !passed {
                stop.store(true, Ordering::SeqCst);
                program::kill_all();
            }
        }
        Ok::<(), ClientError>(())
    })?;
    let all: Vec<Tested> = all.into_iter().flatten().collect();
    report.end(&all, tests.len() - all.len(), began.elapsed());
    report.flush();
    Ok(all)
}

fn nth(tests: &[Test], at: usize) -> Option<(usize, &Test)> {
    Some((at, tests.get(at)?))
}
