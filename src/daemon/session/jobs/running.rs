//! A run under way, and what its client is told of it. Does not know sockets.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::super::Gone;
use super::perform::Doer;
use super::records::Records;
use super::stop::Stopped;
use super::{Started, milliseconds};
use crate::daemon::running_jobs::RunningJob;
use crate::daemon::translate;
use crate::engine::jobs::progress::{Clock, Effect, Progress};
use crate::engine::jobs::{answers, history, run};
use crate::wire::Event;

/// A run under way.
pub(super) struct Running {
    pub(super) progress: Progress,
    pub(super) records: Records,
    pub(super) doer: Doer,
    file: PathBuf,
    notes: Vec<String>,
    pub(super) entry: RunningJob,
    pub(super) stops: BTreeMap<usize, oneshot::Sender<Stopped>>,
    pub(super) admitted: mpsc::UnboundedReceiver<(usize, u32)>,
    pub(super) wake: Option<Duration>,
    pub(super) since: Instant,
    pub(super) cancelled: bool,
    pub(super) gone: Option<Gone>,
}

impl Running {
    pub(super) fn new(started: Started, entry: RunningJob) -> Self {
        let Started { progress, records, doer, file, notes, admitted } = started;
        let (stops, since) = (BTreeMap::new(), Instant::now());
        Self { progress, records, doer, file, notes, entry, stops, admitted, wake: None, since, cancelled: false, gone: None }
    }

    pub(super) fn clock(&self) -> Clock {
        Clock { now: self.since.elapsed(), wall_ms: self.doer.wall_ms() }
    }

    pub(super) fn begin(&self) -> Vec<Event> {
        let ids = |wanted: fn(&history::JobState) -> bool| {
            self.progress.states().iter().filter(|state| wanted(state)).map(|state| state.id.clone()).collect::<Vec<String>>()
        };
        let started = Event::JobsStarted {
            root: self.doer.project.root.as_path().into(),
            file: self.file.as_path().into(),
            run: self.records.run(),
            jobs: ids(|_| true),
            done: ids(|state| state.status == run::Status::Completed),
        };
        let notes = self.records.notes().iter().chain(&self.notes);
        std::iter::once(started).chain(notes.map(|text| Event::Notice { text: text.clone() })).collect()
    }

    pub(super) fn carry_out(&mut self, effect: Effect) -> Vec<Event> {
        match effect {
            Effect::Stop { job, timed_out } => {
                if let Some(stop) = self.stops.remove(&job) {
                    // It may have ended just now.
                    let _ended = stop.send(if timed_out { Stopped::TimedOut } else { Stopped::Cancelled });
                }
                Vec::new()
            }
            Effect::Wake(at) => {
                self.wake = Some(at);
                Vec::new()
            }
            Effect::Began { job, .. } => vec![translate::job_started(&self.progress.jobs()[job])],
            Effect::TriesAgain { job, attempts, error, output } => {
                let job = &self.progress.jobs()[job];
                std::iter::once(translate::job_waiting(job, attempts, error)).chain(translate::job_output(job, output)).collect()
            }
            Effect::Ended { job, output } => {
                let (job, state) = (&self.progress.jobs()[job], &self.progress.states()[job]);
                let cut = state.result.as_ref().and_then(answers::truncation);
                let cut = cut.map(|remark| Event::Notice { text: format!("job {}: {remark}", job.id) });
                std::iter::once(translate::job_finished(job, state)).chain(translate::job_output(job, output)).chain(cut).collect()
            }
            Effect::Record(_) | Effect::Perform(_) | Effect::Finish { .. } => Vec::new(),
        }
    }

    pub(super) fn finished(&self, success: bool) -> Event {
        Event::JobsFinished {
            success,
            exit_code: self.exit_code(success),
            run: self.records.run(),
            jobs: self.progress.states().iter().map(translate::job_state).collect(),
            wall_ms: milliseconds(self.since.elapsed()),
        }
    }

    /// What the shell is told.
    pub(super) fn exit_code(&self, success: bool) -> u8 {
        match (success, self.cancelled) {
            (true, _) => 0,
            (false, true) => 130,
            (false, false) => 1,
        }
    }
}
