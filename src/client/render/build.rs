//! A build for people: the tools' own words, a heading for each step that fails, a summary. Does not know sockets.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::progress::Progress;
use crate::client::screen::{Screen, Stream, visible};
use crate::client::session::Show;
use crate::wire::{Control, Counts, Event, FromDaemon, Outcome, PathText};

/// How to show it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Style {
    /// Failures only.
    pub quiet: bool,
    /// Every step.
    pub verbose: bool,
    /// Every reason.
    pub explain: bool,
    /// Nothing runs.
    pub dry_run: bool,
    /// With colours.
    pub color: bool,
    /// A line that moves, on a terminal.
    pub progress: bool,
    /// Standard output is somebody else's: everything goes to standard error.
    pub err_only: bool,
}

/// The first error of a build that had none but was ended by its client.
const CANCELLED: &str = "cancelled";

/// Shows one build.
#[derive(Debug)]
pub struct Build {
    style: Style,
    screen: Screen,
    progress: Progress,
    headed: BTreeSet<u32>,
    silent_failures: BTreeMap<u32, String>,
    first_error: Option<String>,
}

impl Build {
    /// Shows nothing yet.
    #[must_use]
    pub fn new(style: Style) -> Self {
        Self {
            style,
            screen: Screen::default(),
            progress: Progress::default(),
            headed: BTreeSet::new(),
            silent_failures: BTreeMap::new(),
            first_error: None,
        }
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::BuildStarted { root, profile, .. } if self.style.verbose => {
                let text = format!("building {} (profile {profile})", visible(&root.to_string()));
                self.say(&text);
            }
            Event::Notice { text } | Event::Reminder { text } => self.say(text),
            Event::StepStarted { label, command, .. } => {
                self.command(command);
                self.progress.started(label);
            }
            Event::StepFinished { step, target, label, outcome, reason, .. } => {
                self.finished(event);
                if *outcome == Outcome::Failed && !self.headed.contains(step) {
                    let heading = self.heading(label, target);
                    self.silent_failures.insert(*step, format!("{heading}: {reason}"));
                }
            }
            Event::StepOutput { step, label, target, failed, text } => self.output(*step, label, target, *failed, text),
            Event::Progress { done, total, running } if self.style.progress => self.progress.moved(*done, *total, *running),
            Event::ActorRestarted { name, restarts, why } => self.say(&format!("{name} failed and was restarted (no. {restarts}): {why}")),
            Event::BuildError { first, .. } => self.first_error = Some(first.clone()),
            Event::BuildFinished { success, exit_code, steps, wall_ms, .. } => {
                self.progress.clear();
                self.summary(*success, *exit_code, steps, *wall_ms);
            }
            Event::BuildStarted { .. }
            | Event::WatchStarted { .. }
            | Event::FileChanged { .. }
            | Event::HookDue { .. }
            | Event::CompleteStarted { .. }
            | Event::JobsStarted { .. }
            | Event::JobStarted { .. }
            | Event::JobWaiting { .. }
            | Event::JobOutput { .. }
            | Event::JobFinished { .. }
            | Event::JobsFinished { .. }
            | Event::CompleteFinished { .. }
            | Event::Progress { .. }
            | Event::Diagnostic { .. }
            | Event::Artifact { .. } => {}
        }
    }

    /// One line about how it goes.
    fn say(&mut self, text: &str) {
        if !self.style.quiet {
            let stream = if self.style.err_only { Stream::Err } else { Stream::Out };
            self.screen.put_line(stream, format!("jmake: {}", text.trim_end()));
        }
    }

    /// A command line as a shell takes it, without a head, so that it can be copied.
    fn command(&mut self, command: &[PathText]) {
        if !self.style.verbose || command.is_empty() {
            return;
        }
        let words: Vec<_> = command.iter().map(|word| visible(&quoted(word))).collect();
        let stream = if self.style.err_only { Stream::Err } else { Stream::Out };
        self.screen.put_line(stream, words.join(" "));
    }

    fn finished(&mut self, event: &Event) {
        let Event::StepFinished { kind, label, outcome, reason, wall_ms, .. } = event else { return };
        let Style { verbose, explain, dry_run, .. } = self.style;
        if !(verbose || explain || dry_run) {
            return;
        }
        let what = format!("{} {}", kind.name(), visible(label));
        let line = match (dry_run, verbose) {
            (true, _) if *outcome == Outcome::Cached => format!("would put back {what}"),
            (true, _) => format!("would run {what}"),
            (false, true) => format!("{} {what} in {}", outcome.name(), seconds(*wall_ms)),
            (false, false) => what,
        };
        let reason = if explain && !reason.is_empty() { format!(": {reason}") } else { String::new() };
        self.say(&format!("{line}{reason}"));
    }

    fn output(&mut self, step: u32, label: &str, target: &str, failed: bool, text: &str) {
        self.silent_failures.remove(&step);
        if failed && self.headed.insert(step) {
            let heading = self.heading(label, target);
            self.screen.put_line(Stream::Err, heading);
        }
        if failed || !self.style.quiet {
            self.screen.put_line(Stream::Err, text);
        }
    }

    fn heading(&self, label: &str, target: &str) -> String {
        let of = if target.is_empty() { String::new() } else { format!(" (target {})", visible(target)) };
        format!("jmake: {} {}{of}", self.red("FAILED"), visible(label))
    }

    fn red(&self, text: &str) -> String {
        if self.style.color { format!("\u{1b}[1;31m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Failed steps whose tool said nothing, such as one that a signal ended.
    fn silent(&mut self) {
        for (_, heading) in std::mem::take(&mut self.silent_failures) {
            self.screen.put_line(Stream::Err, heading);
        }
    }

    fn summary(&mut self, success: bool, exit_code: u8, steps: &Counts, wall_ms: u64) {
        self.silent();
        let cancelled = exit_code == crate::client::exit_code::INTERRUPTED && self.first_error.as_deref() == Some(CANCELLED);
        if !success
            && !cancelled
            && let Some(first) = self.first_error.take()
        {
            let line = format!("jmake: {} {first}", self.red("first error:"));
            self.screen.put_line(Stream::Err, line);
        }
        let interrupted = if exit_code == crate::client::exit_code::INTERRUPTED { "interrupted: " } else { "" };
        let dry_run = if self.style.dry_run { " (dry run)" } else { "" };
        self.say(&format!("{interrupted}{} in {}{dry_run}", counted(steps), seconds(wall_ms)));
    }
}

fn quoted(word: &PathText) -> String {
    let plain = word.to_string();
    shlex::try_quote(&plain).map_or_else(|_| plain.clone(), Cow::into_owned)
}

fn counted(steps: &Counts) -> String {
    let Counts { total, ran, cached, up_to_date, failed, not_run } = *steps;
    let plural = if total == 1 { "" } else { "s" };
    let mut text = format!("{total} step{plural}: {ran} ran, {cached} cached, {up_to_date} up to date");
    for (count, what) in [(failed, "failed"), (not_run, "not run")] {
        if count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    text
}

fn seconds(wall_ms: u64) -> String {
    format!("{}.{:02} s", wall_ms / 1000, wall_ms % 1000 / 10)
}

impl Show for Build {
    fn line(&mut self, line: &FromDaemon, _raw: &[u8]) {
        match line {
            FromDaemon::Event(timed) => self.event(&timed.event),
            FromDaemon::Control(Control::Failed(failed)) => {
                let line = format!("jmake: {} {}", self.red("error:"), failed.message);
                self.screen.put_line(Stream::Err, line);
            }
            FromDaemon::Control(_) => {}
        }
    }

    fn note(&mut self, text: &str, detail: bool) {
        if !detail || self.style.verbose {
            self.screen.put_line(Stream::Err, format!("jmake: {text}"));
        }
    }

    fn flush(&mut self) {
        let Self { screen, progress, .. } = self;
        if screen.is_empty() { progress.tick() } else { progress.aside(|| screen.flush()) }
    }

    fn end(&mut self) {
        self.progress.clear();
        self.silent();
        self.screen.flush();
    }
}

#[cfg(test)]
#[path = "build_tests.rs"]
mod tests;

#[cfg(test)]
impl Build {
    pub(super) fn take(&mut self) -> Vec<(Stream, Vec<u8>)> {
        self.screen.take()
    }
}
