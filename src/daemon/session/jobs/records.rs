//! Has a run of jobs written down: each change before anything comes of it, the readable copy now and then. Does not know what is in it.

use std::path::Path;
use std::time::Instant;

use crate::edge::compute::wait;
use crate::edge::inherited_lock::Stray;
use crate::edge::job_journal::{self, Journal, LONG};
use crate::engine::failure::Failure;
use crate::engine::jobs::Queue;
use crate::engine::jobs::history::{self, Entry, JobState, Last, PastRun};
use crate::engine::jobs::pace::Pace;
use crate::engine::jobs::progress::Effect;
use crate::engine::jobs::run::Status;

/// The records of one run.
#[derive(Debug)]
pub(super) struct Records {
    /// `None` while something is being written.
    journal: Option<Journal>,
    /// Otherwise it only keeps others out.
    keep: bool,
    head: PastRun,
    /// What is to be said of the last run: what was running when its daemon died.
    notes: Vec<String>,
    since: Instant,
    pace: Pace,
}

fn stray(stray: &Stray) -> String {
    format!("process {} ({}) was left running by a run that was killed, and is ended", stray.pid, stray.name)
}

/// The file of the last run, from the root.
pub(super) async fn last_file(root: &Path) -> Result<Option<String>, Failure> {
    let root = root.to_owned();
    let (journal, copy) = wait(move || job_journal::peek(&root)).await.map_err(Failure::internal)?;
    Ok(history::last_runs(&journal, copy.as_deref(), Last::Over).pop().map(|run| run.file))
}

/// The last runs in `root`, the oldest first, and whether the last of them is under way.
pub(super) fn standing(root: &Path) -> (Vec<PastRun>, Last) {
    let (journal, copy) = job_journal::peek(root);
    let runs = history::last_runs(&journal, copy.as_deref(), Last::UnderWay);
    if runs.last().is_some_and(|run| run.ended.is_none()) && job_journal::holder(root).is_some() {
        return (runs, Last::UnderWay);
    }
    // It may have come to its end since it was read.
    let (journal, copy) = job_journal::peek(root);
    (history::last_runs(&journal, copy.as_deref(), Last::Over), Last::Over)
}

impl Records {
    /// Begins a run, and says how the last one went if this goes on from it.
    pub(super) async fn begin(root: &Path, queue: &Queue, resume: bool, wall_ms: u64) -> Result<(Self, Option<PastRun>), Failure> {
        let (place, keep) = (root.to_owned(), queue.options.persistence);
        let taken = wait(move || -> Result<_, Failure> {
            let mut journal = Journal::take(&place)?;
            let content = journal.content()?;
            let runs = history::last_runs(&content, job_journal::read_copy(&place).as_deref(), Last::Over);
            if content.len() as u64 > LONG || !content.ends_with(b"\n") {
                journal.replace(&history::journal(&runs))?;
            }
            Ok((journal, runs))
        });
        let (mut journal, runs) = taken.await.map_err(Failure::internal)??;
        let past = runs.last().filter(|_| resume).cloned();
        if resume && past.is_none() {
            return Err(Failure::usage("there is no run to go on with; `jmake jobs run` begins one"));
        }
        let head = history::begun(queue, runs.last().map_or(1, |run| run.run + 1), wall_ms, past.as_ref());
        if keep {
            journal.add(&history::line(&history::entry(&head)))?;
        }
        let states = past.iter().flat_map(|past| &past.jobs);
        let interrupted = states.filter(|state| state.status == Status::Interrupted);
        let interrupted = interrupted.map(|state| format!("job {} was interrupted: it may have half run, and runs again", state.id));
        let notes = journal.ended().iter().map(stray).chain(interrupted).collect();
        Ok((Self { journal: Some(journal), keep, head, notes, since: Instant::now(), pace: Pace::default() }, past))
    }

    /// The run's number.
    pub(super) fn run(&self) -> u64 {
        self.head.run
    }

    /// What was running when the last run's daemon died.
    pub(super) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// When the copy is to be written.
    pub(super) fn due(&self) -> Option<Instant> {
        self.pace.due().map(|due| self.since + due)
    }

    /// Writes down what is to be written down of `effects`.
    pub(super) async fn write(&mut self, effects: &[Effect], states: &[JobState]) -> Result<(), Failure> {
        let mut lines = Vec::new();
        for effect in effects {
            if let Effect::Record(entry) = effect {
                lines.extend(history::line(entry));
                if let Entry::Finished { at_ms, success } = **entry {
                    self.head.ended = Some((at_ms, success));
                }
            }
        }
        if lines.is_empty() {
            return Ok(());
        }
        if self.pace.changed(self.since.elapsed()) {
            self.copy(states).await?;
        }
        self.with_journal(move |journal| journal.add(&lines)).await
    }

    /// Writes the readable copy, and what the journal says for good: a machine that crashes forgets no more than what came since.
    pub(super) async fn copy(&mut self, states: &[JobState]) -> Result<(), Failure> {
        self.pace.copied(self.since.elapsed());
        let text = history::copy(&PastRun { jobs: states.to_vec(), ..self.head.clone() });
        self.with_journal(move |journal| {
            journal.sync();
            journal.write_copy(&text)
        })
        .await
    }

    async fn with_journal(&mut self, work: impl FnOnce(&mut Journal) -> Result<(), Failure> + Send + 'static) -> Result<(), Failure> {
        let Some(mut journal) = self.journal.take_if(|_| self.keep) else { return Ok(()) };
        let (journal, done) = wait(move || {
            let done = work(&mut journal);
            (journal, done)
        })
        .await
        .map_err(Failure::internal)?;
        self.journal = Some(journal);
        done
    }
}
