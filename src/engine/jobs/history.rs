//! What is written down of runs: one line for each time a job's state changes, so that another run can go on from there, and the readable copy
//! of the last run. Does not know files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::queue::{Job, Queue};
use super::run::Status;
use crate::engine::config::value::quoted;
use crate::engine::digest::Digest;

/// One line of the journal.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum Entry {
    /// A run begins.
    Begun {
        /// From one.
        run: u64,
        /// The queue's file.
        file: String,
        /// Milliseconds since 1970.
        at_ms: u64,
        /// The jobs, in the order of the file.
        jobs: Vec<String>,
        /// Those that an earlier run has done, and this one need not do: in the same line, so that nothing is ever known of one without the other.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        done: Vec<JobState>,
    },
    /// A job's state changed.
    Job(Box<JobState>),
    /// A run came to its end.
    Finished {
        /// Milliseconds since 1970.
        at_ms: u64,
        /// Every job did what it should.
        success: bool,
    },
}

/// How a job stands.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct JobState {
    /// Which.
    pub id: String,
    /// How.
    pub status: Status,
    /// Attempts so far.
    pub attempts: u32,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it was begun, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_ms: Option<u64>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_ms: Option<u64>,
    /// The identity of what the queue said of it then, in hexadecimal.
    #[serde(default)]
    pub definition: String,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Json>,
}

impl JobState {
    /// A job that has not begun.
    #[must_use]
    pub fn pending(id: &str, definition: String) -> Self {
        Self {
            id: id.to_owned(),
            status: Status::Pending,
            attempts: 0,
            error: None,
            started_ms: None,
            completed_ms: None,
            definition,
            result: None,
        }
    }
}

/// A run, as far as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct PastRun {
    /// From one.
    pub run: u64,
    /// The queue's file.
    pub file: String,
    /// Milliseconds since 1970.
    pub began_ms: u64,
    /// When it ended and whether well; `None`: it never came to its end.
    pub ended: Option<(u64, bool)>,
    /// In the order of the file.
    pub jobs: Vec<JobState>,
}

/// The line of `entry`.
#[must_use]
pub fn line(entry: &Entry) -> Vec<u8> {
    let mut line = serde_json::to_vec(entry).unwrap_or_default();
    line.push(b'\n');
    line
}

/// Whether somebody works on the last run of a journal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Last {
    /// Somebody does: what runs, runs.
    UnderWay,
    /// Nobody does: what was running was interrupted.
    Over,
}

/// The runs of a journal, the oldest first. A line that is no entry, as the last one may be after a crash, is passed over.
#[must_use]
pub fn replay(journal: &[u8], last: Last) -> Vec<PastRun> {
    let mut runs: Vec<PastRun> = Vec::new();
    for entry in journal.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()) {
        match (entry, runs.last_mut()) {
            (Entry::Begun { run, file, at_ms, jobs, done }, _) => {
                let known = |id: &String| done.iter().find(|state| state.id == *id).cloned();
                let jobs = jobs.iter().map(|id| known(id).unwrap_or_else(|| JobState::pending(id, String::new()))).collect();
                runs.push(PastRun { run, file, began_ms: at_ms, ended: None, jobs });
            }
            (Entry::Job(state), Some(run)) => match run.jobs.iter_mut().find(|job| job.id == state.id) {
                Some(job) => *job = *state,
                None => run.jobs.push(*state),
            },
            (Entry::Finished { at_ms, success }, Some(run)) => run.ended = Some((at_ms, success)),
            (_, None) => {}
        }
    }
    let over = runs.len() - usize::from(last == Last::UnderWay && !runs.is_empty());
    for job in runs[..over].iter_mut().flat_map(|run| &mut run.jobs).filter(|job| job.status == Status::Running) {
        job.status = Status::Interrupted;
    }
    runs
}

/// What another run of `queue` need not do again: the results of jobs that completed in `past`, that the queue says the same of, and that
/// depend on no other job that is done again.
#[must_use]
pub fn done(queue: &Queue, past: &PastRun) -> Vec<Option<Json>> {
    let states: BTreeMap<&str, &JobState> = past.jobs.iter().map(|job| (job.id.as_str(), job)).collect();
    let before = |at: usize| {
        let job = &queue.jobs[at];
        let state = states.get(job.id.as_str())?;
        (state.status == Status::Completed && state.definition == job.digest.hex()).then(|| state.result.clone())?
    };
    let mut done: Vec<Option<Json>> = (0..queue.jobs.len()).map(before).collect();
    while let Some(again) =
        (0..done.len()).find(|at| done[*at].is_some() && queue.jobs[*at].depends_on.iter().any(|on| done[*on].is_none()))
    {
        done[again] = None;
    }
    done
}

/// The readable copy of a run, as TOML.
#[must_use]
pub fn copy(run: &PastRun) -> String {
    let mut text = String::from("# How the last run of the job queue went. JMake writes this file; `jmake jobs resume` goes on from it.\n");
    text.push_str(&format!("run = {}\nfile = {}\nbegan_ms = {}\n", run.run, quoted(&run.file), run.began_ms));
    if let Some((at, success)) = run.ended {
        text.push_str(&format!("ended_ms = {at}\nsuccess = {success}\n"));
    }
    for job in &run.jobs {
        text.push_str(&format!("\n[[jobs]]\nid = {}\nstatus = \"{}\"\nattempts = {}\n", quoted(&job.id), job.status.name(), job.attempts));
        let mut entry = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                text.push_str(&format!("{name} = {value}\n"));
            }
        };
        entry("error", job.error.as_deref().map(quoted));
        entry("started_at", job.started_ms.map(|at| at.to_string()));
        entry("completed_at", job.completed_ms.map(|at| at.to_string()));
        entry("definition", (!job.definition.is_empty()).then(|| quoted(&job.definition)));
        let result = job.result.as_ref().map(ToString::to_string);
        entry("result_digest", result.as_ref().map(|result| quoted(&Digest::of(result.as_bytes()).hex())));
        entry("result", result.as_deref().map(quoted));
    }
    text
}

/// The run that [`copy`] wrote down, if `text` is such a copy.
#[must_use]
pub fn read_copy(text: &str) -> Option<PastRun> {
    let table: toml::Table = text.parse().ok()?;
    let number = |table: &toml::Table, key: &str| table.get(key)?.as_integer().and_then(|number| u64::try_from(number).ok());
    let string = |table: &toml::Table, key: &str| table.get(key)?.as_str().map(str::to_owned);
    // A result that is not what was written down does not count.
    let is_whole =
        |job: &toml::Table, result: &str| string(job, "result_digest").is_none_or(|digest| digest == Digest::of(result.as_bytes()).hex());
    let job = |job: &toml::Value| {
        let job = job.as_table()?;
        let status: Status = serde_json::from_value(Json::String(string(job, "status")?)).ok()?;
        Some(JobState {
            id: string(job, "id")?,
            status: if status == Status::Running { Status::Interrupted } else { status },
            attempts: number(job, "attempts").and_then(|number| u32::try_from(number).ok()).unwrap_or(0),
            error: string(job, "error"),
            started_ms: number(job, "started_at"),
            completed_ms: number(job, "completed_at"),
            definition: string(job, "definition").unwrap_or_default(),
            result: string(job, "result").filter(|text| is_whole(job, text)).and_then(|text| serde_json::from_str(&text).ok()),
        })
    };
    Some(PastRun {
        run: number(&table, "run")?,
        file: string(&table, "file")?,
        began_ms: number(&table, "began_ms").unwrap_or(0),
        ended: number(&table, "ended_ms").map(|at| (at, table.get("success").and_then(toml::Value::as_bool) == Some(true))),
        jobs: table.get("jobs").and_then(toml::Value::as_array).into_iter().flatten().filter_map(job).collect(),
    })
}

/// So many runs are kept when a journal is written anew.
const KEPT: usize = 20;

/// The last runs, the oldest first, by the journal; without one, the last by its copy.
#[must_use]
pub fn last_runs(journal: &[u8], copy: Option<&str>, last: Last) -> Vec<PastRun> {
    let mut runs = replay(journal, last);
    if runs.is_empty() {
        runs.extend(copy.and_then(read_copy));
    }
    runs.drain(..runs.len().saturating_sub(KEPT));
    runs
}

/// A journal that says the same as these runs.
#[must_use]
pub fn journal(runs: &[PastRun]) -> Vec<u8> {
    let mut lines = Vec::new();
    for run in runs {
        lines.extend(line(&entry(run)));
        run.jobs.iter().for_each(|job| lines.extend(line(&Entry::Job(Box::new(job.clone())))));
        lines.extend(run.ended.map(|(at_ms, success)| line(&Entry::Finished { at_ms, success })).unwrap_or_default());
    }
    lines
}

/// A run of `queue` that begins, and goes on from `past` if there is one.
#[must_use]
pub fn begun(queue: &Queue, run: u64, at_ms: u64, past: Option<&PastRun>) -> PastRun {
    let is_done = past.map(|past| done(queue, past)).unwrap_or_default();
    let before = |at: usize| {
        let state = past?.jobs.iter().find(|state| state.id == queue.jobs[at].id);
        state.filter(|_| is_done[at].is_some()).cloned()
    };
    let state = |(at, job): (usize, &Job)| before(at).unwrap_or_else(|| JobState::pending(&job.id, job.digest.hex()));
    let jobs = queue.jobs.iter().enumerate().map(state).collect();
    PastRun { run, file: queue.file.clone(), began_ms: at_ms, ended: None, jobs }
}

/// The line that a run begins with.
#[must_use]
pub fn entry(run: &PastRun) -> Entry {
    let jobs = run.jobs.iter().map(|job| job.id.clone()).collect();
    let done = run.jobs.iter().filter(|job| job.status == Status::Completed).cloned().collect();
    Entry::Begun { run: run.run, file: run.file.clone(), at_ms: run.began_ms, jobs, done }
}
