//! Jobs as clients hear of them. Does not know how they are run.

use std::sync::Arc;

use crate::engine::jobs::answers::builds::Built;
use crate::engine::jobs::functions::FUNCTIONS;
use crate::engine::jobs::history::{JobState, PastRun};
use crate::engine::jobs::progress::JobError;
use crate::engine::jobs::queue::{Job, Queue};
use crate::engine::jobs::run::Status;
use crate::wire::{self, Event, FromDaemon, FunctionReply, GraphJobReply, JobStateReply, ParameterReply, PastRunReply, ResultReply};

/// How a run went, or goes.
pub(in crate::daemon) fn past_run(run: &PastRun, running: bool) -> PastRunReply {
    PastRunReply {
        run: run.run,
        file: run.file.clone(),
        began_ms: run.began_ms,
        ended_ms: run.ended.map(|(at, _)| at),
        success: run.ended.is_some_and(|(_, success)| success),
        running,
        jobs: run.jobs.iter().map(job_state).collect(),
    }
}

/// How a job stands.
pub(in crate::daemon) fn job_state(state: &JobState) -> JobStateReply {
    let took = |state: &JobState| state.completed_ms?.checked_sub(state.started_ms?);
    JobStateReply {
        id: state.id.clone(),
        status: state.status.name().to_owned(),
        attempts: state.attempts,
        error: state.error.clone().filter(|_| state.status != Status::Completed),
        wall_ms: took(state),
    }
}

/// What each job waits for.
pub(in crate::daemon) fn job_graph(queue: &Queue) -> Vec<GraphJobReply> {
    let one = |job: &Job| GraphJobReply {
        id: job.id.clone(),
        callback: job.function.name.to_owned(),
        priority: job.priority,
        depends_on: job.depends_on.iter().map(|on| queue.jobs[*on].id.clone()).collect(),
    };
    queue.jobs.iter().map(one).collect()
}

/// What jobs can run.
pub(in crate::daemon) fn functions() -> Vec<FunctionReply> {
    let parameters = |function: &crate::engine::jobs::functions::Function| {
        let one = |parameter: &crate::engine::jobs::functions::Parameter| ParameterReply {
            name: parameter.name.to_owned(),
            kind: parameter.kind.in_words(),
            required: parameter.required,
            default: parameter.default.to_owned(),
            doc: parameter.doc.to_owned(),
        };
        function.parameters.iter().map(one).collect()
    };
    let result = |field: &crate::engine::jobs::functions::Field| ResultReply {
        name: field.name.to_owned(),
        kind: field.kind.in_words(),
        doc: field.doc.to_owned(),
    };
    let one = |function: &crate::engine::jobs::functions::Function| FunctionReply {
        name: function.name.to_owned(),
        doc: function.doc.to_owned(),
        parameters: parameters(function),
        results: function.results.iter().map(result).collect(),
        primary: function.primary.to_owned(),
    };
    FUNCTIONS.iter().map(one).collect()
}

/// A job begins.
pub(in crate::daemon) fn job_started(job: &Job) -> Event {
    Event::JobStarted {
        job: job.id.clone(),
        actor: job.function.name.to_owned(),
        title: job.label.clone(),
        section: job.target_section.as_ref().map(|section| section.join(".")).unwrap_or_default(),
    }
}

/// A job failed, and is tried again.
pub(in crate::daemon) fn job_waiting(job: &Job, attempts: u32, error: String) -> Event {
    Event::JobWaiting { job: job.id.clone(), attempts, text: error }
}

/// What a job printed, if anything.
pub(in crate::daemon) fn job_output(job: &Job, text: String) -> Option<Event> {
    (!text.is_empty()).then(|| Event::JobOutput { job: job.id.clone(), text })
}

/// A job came to its end.
pub(in crate::daemon) fn job_finished(job: &Job, state: &JobState) -> Event {
    let JobStateReply { status, attempts, error, wall_ms, .. } = job_state(state);
    Event::JobFinished {
        job: job.id.clone(),
        section: job.target_section.as_ref().map(|section| section.join(".")).unwrap_or_default(),
        status,
        attempts,
        text: error.unwrap_or_default(),
        wall_ms: wall_ms.unwrap_or(0),
    }
}

/// What a build's steps printed.
pub(in crate::daemon) fn printed(lines: &[Arc<[u8]>]) -> String {
    let text = |line: &Arc<[u8]>| match wire::decode_line(line) {
        Ok(FromDaemon::Event(timed)) => match timed.event {
            Event::StepOutput { text, .. } => text,
            _ => String::new(),
        },
        _ => String::new(),
    };
    lines.iter().map(text).collect()
}

/// What came of a build, by its events.
pub(in crate::daemon) fn built(lines: &[Arc<[u8]>], exit_code: u8) -> Result<Built, JobError> {
    let (mut built, mut said, mut first) = (Built::default(), String::new(), None);
    for line in lines {
        let Ok(FromDaemon::Event(timed)) = wire::decode_line(line) else { continue };
        match timed.event {
            Event::Artifact { kind, path, .. } => built.artifacts.push((kind, path.to_string())),
            Event::StepFinished { kind, label, outcome, .. } => built.steps.push((kind, label, outcome)),
            Event::StepOutput { text, failed: true, .. } => said.push_str(&text),
            Event::BuildError { first: error, .. } => first = Some(error),
            Event::BuildFinished { steps, wall_ms, .. } => (built.counts, built.wall_ms) = (steps, wall_ms),
            _ => {}
        }
    }
    if exit_code != 0 {
        let why = first.unwrap_or_else(|| format!("the build ended with exit code {exit_code}"));
        return Err(JobError { why, output: said, hopeless: exit_code != 1 });
    }
    Ok(built)
}
