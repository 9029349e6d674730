//! Jobs for people: how a run goes, how the last ones went, what waits for what. Does not know what jobs do.

use std::fmt::Write as _;

use super::listing::table;
use super::live::{Live, Standing};
use crate::client::screen::{Screen, Stream, visible};
use crate::client::session::Show;
use crate::wire::{Control, Event, FromDaemon, FunctionReply, GraphJobReply, JobStateReply, JobsReply, PastRunReply};

/// How a run is shown.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag or a fact of the terminal")]
pub struct JobStyle {
    /// Failures only.
    pub quiet: bool,
    /// Beginnings too.
    pub verbose: bool,
    /// In colour.
    pub color: bool,
    /// With rows that move.
    pub progress: bool,
}

/// Shows one run.
#[derive(Debug, Default)]
pub struct Jobs {
    style: JobStyle,
    screen: Screen,
    live: Live,
}

impl Jobs {
    /// Shows nothing yet.
    #[must_use]
    pub fn new(style: JobStyle) -> Self {
        Self { style, ..Self::default() }
    }

    fn say(&mut self, text: &str) {
        if !self.style.quiet {
            self.screen.put_line(Stream::Out, format!("jmake: {text}"));
        }
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::JobsStarted { run, jobs, done, .. } => {
                self.live.begun(jobs.len(), done.len());
                let before = if done.is_empty() { String::new() } else { format!(", {} done before", done.len()) };
                self.say(&format!("run {run}: {}{before}", counted(jobs.len(), "job")));
            }
            Event::Notice { text } if !self.style.quiet => self.screen.put_line(Stream::Err, format!("jmake: {}", visible(text))),
            Event::JobStarted { job, actor, .. } => {
                if self.style.verbose {
                    self.say(&format!("begun      {} ({actor})", visible(job)));
                }
                self.stands(job, Standing::Running);
            }
            Event::JobWaiting { job, text, .. } => {
                if !self.style.quiet {
                    let text = format!("jmake: job {} failed, and is tried again: {}", visible(job), visible(text));
                    self.screen.put_line(Stream::Err, text);
                }
                self.stands(job, Standing::Waiting);
            }
            Event::JobFinished { job, status, attempts, text, wall_ms, .. } => {
                self.finished(job, status, *attempts, text, *wall_ms);
                self.live.ended(job);
            }
            Event::JobOutput { text, .. } => self.screen.put_line(Stream::Err, text),
            Event::JobsFinished { jobs, wall_ms, exit_code, .. } => self.summary(jobs, *exit_code, *wall_ms),
            _ => {}
        }
    }

    fn stands(&mut self, job: &str, standing: Standing) {
        if self.style.progress {
            self.live.stands(job, standing);
        }
    }

    fn finished(&mut self, job: &str, status: &str, attempts: u32, text: &str, wall_ms: u64) {
        let again = if attempts > 1 { format!(", attempt {attempts}") } else { String::new() };
        if status == "failed" {
            let word = if self.style.color { "\u{1b}[1;31mFAILED\u{1b}[0m" } else { "FAILED" };
            self.screen.put_line(Stream::Err, format!("jmake: {word} {}: {}{again}", visible(job), visible(text)));
            return;
        }
        let took = if attempts > 0 { format!(" in {}{again}", seconds(wall_ms)) } else { String::new() };
        self.say(&format!("{status:<10} {}{took}", visible(job)));
    }

    fn summary(&mut self, jobs: &[JobStateReply], exit_code: u8, wall_ms: u64) {
        self.live.clear();
        let mut counts: Vec<(String, usize)> = Vec::new();
        for job in jobs {
            match counts.iter_mut().find(|(status, _)| *status == job.status) {
                Some((_, count)) => *count += 1,
                None => counts.push((job.status.clone(), 1)),
            }
        }
        let counts: Vec<String> = counts.iter().map(|(status, count)| format!("{count} {status}")).collect();
        let interrupted = if exit_code == crate::client::exit_code::INTERRUPTED { "interrupted: " } else { "" };
        if !self.style.quiet {
            let table = states(jobs, false);
            self.screen.put(Stream::Out, format!("\n{table}\n"));
        }
        self.say(&format!("{interrupted}{}: {} in {}", counted(jobs.len(), "job"), counts.join(", "), seconds(wall_ms)));
        if exit_code != 0 {
            self.screen.put_line(Stream::Err, "jmake: `jmake jobs resume` does again what is not done");
        }
    }
}

impl Show for Jobs {
    fn line(&mut self, line: &FromDaemon, _raw: &[u8]) {
        match line {
            FromDaemon::Event(timed) => self.event(&timed.event),
            FromDaemon::Control(Control::Failed(failed)) => self.screen.put_line(Stream::Err, format!("jmake: error: {}", failed.message)),
            FromDaemon::Control(_) => {}
        }
    }

    fn note(&mut self, text: &str, detail: bool) {
        if !detail || self.style.verbose {
            self.screen.put_line(Stream::Err, format!("jmake: {text}"));
        }
    }

    fn flush(&mut self) {
        let screen = &mut self.screen;
        if screen.is_empty() {
            self.live.tick();
        } else {
            self.live.aside(|| screen.flush());
        }
    }

    fn end(&mut self) {
        self.live.clear();
        self.screen.flush();
    }
}

/// An answer about jobs, in words.
#[must_use]
pub fn jobs(reply: &JobsReply) -> String {
    let runs = reply.runs.as_ref().map(|runs| past(runs));
    let graph = reply.graph.as_ref().map(|graph| waits(graph));
    let functions = reply.functions.as_ref().map(|functions| documented(functions));
    let cancelled = reply.cancelled.map(|yes| match &reply.elsewhere {
        _ if yes => "the run ends\n".to_owned(),
        Some(how) => format!("the run that is under way here is not this daemon's; {how}\n"),
        None => "no run is under way here\n".to_owned(),
    });
    runs.or(graph).or(functions).or(cancelled).or(reply.dot.clone()).unwrap_or_default()
}

fn past(runs: &[PastRunReply]) -> String {
    if runs.is_empty() {
        return "no jobs have been run here; `jmake jobs run` runs those of jmake.toml\n".to_owned();
    }
    let mut out = String::new();
    for run in runs {
        let how = match (run.ended_ms, run.success) {
            (Some(_), true) => "succeeded",
            (Some(_), false) => "did not succeed",
            (None, _) if run.running => "is under way",
            (None, _) => "did not end",
        };
        let took =
            run.ended_ms.and_then(|end| end.checked_sub(run.began_ms)).map(|took| format!(" after {}", seconds(took))).unwrap_or_default();
        let _ = writeln!(out, "run {} of {}: {how}{took}\n{}", run.run, visible(&run.file), states(&run.jobs, run.running));
    }
    out
}

fn states(jobs: &[JobStateReply], running: bool) -> String {
    let mut out = String::new();
    let rows = jobs.iter().map(|job| {
        let took = job.wall_ms.map(seconds).unwrap_or_default();
        let error = visible(job.error.as_deref().unwrap_or_default());
        // It was begun, and is to be begun again.
        let waits = running && job.status == "pending" && job.attempts > 0;
        let status = if waits { "waiting" } else { &job.status };
        vec![visible(&job.id), status.to_owned(), job.attempts.to_string(), took, error]
    });
    table(&mut out, ["job", "status", "attempts", "time", ""], rows);
    out.trim_start_matches('\n').to_owned()
}

fn waits(graph: &[GraphJobReply]) -> String {
    let mut out = String::new();
    for job in graph {
        let on = if job.depends_on.is_empty() { String::new() } else { format!(" after {}", job.depends_on.join(", ")) };
        let _ = writeln!(out, "{} ({}, priority {}){on}", job.id, job.callback, job.priority);
    }
    out
}

fn documented(functions: &[FunctionReply]) -> String {
    let mut out = String::new();
    for function in functions {
        let names = |required: bool| function.parameters.iter().filter(move |parameter| parameter.required == required);
        let args: Vec<String> = names(true).map(|p| p.name.clone()).chain(names(false).map(|p| format!("[{}]", p.name))).collect();
        let _ = writeln!(out, "{}({})\n  {}", function.name, args.join(", "), function.doc);
        for parameter in &function.parameters {
            let default = if parameter.default.is_empty() { String::new() } else { format!("; {} unless said", parameter.default) };
            let _ = writeln!(out, "    {}: {}{default}. {}", parameter.name, parameter.kind, parameter.doc);
        }
        let _ = writeln!(out, "  gives");
        for result in &function.results {
            let primary = if result.name == function.primary { "; what target_section gets" } else { "" };
            let _ = writeln!(out, "    {}: {}{primary}. {}", result.name, result.kind, result.doc);
        }
        out.push('\n');
    }
    out
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn seconds(wall_ms: u64) -> String {
    format!("{}.{:02} s", wall_ms / 1000, wall_ms % 1000 / 10)
}
