//! How a jmake.toml was completed, for people. Does not know what was asked of whom.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::client::screen::{Screen, Stream, visible};
use crate::client::session::Show;
use crate::wire::{Control, Event, FromDaemon};

/// Shows one completion.
#[derive(Debug, Default)]
pub struct Completion {
    quiet: bool,
    /// Standard output is a terminal, which shows more than ASCII.
    marks: bool,
    /// Standard output is for the diff.
    dry_run: bool,
    /// What was filled before is looked for again.
    refresh: bool,
    /// What is being asked, by section.
    jobs: BTreeMap<String, String>,
    screen: Screen,
}

impl Completion {
    /// Shows nothing yet.
    #[must_use]
    pub fn new(quiet: bool, marks: bool, dry_run: bool) -> Self {
        Self { quiet, marks, dry_run, ..Self::default() }
    }

    /// What was filled before is looked for again.
    #[must_use]
    pub fn again(self, refresh: bool) -> Self {
        Self { refresh, ..self }
    }

    fn say(&mut self, text: &str) {
        if !self.quiet {
            self.screen.put_line(if self.dry_run { Stream::Err } else { Stream::Out }, text);
        }
    }

    fn mark(&self, good: bool) -> &'static str {
        match (self.marks, good) {
            (false, _) => "",
            (true, true) => "\u{2713} ",
            (true, false) => "\u{2717} ",
        }
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::CompleteStarted { file, fields, kept, .. } => {
                let file = visible(&file.to_string());
                let what = if self.refresh { "" } else { "missing " };
                let found = match fields.len() {
                    0 => "Nothing is missing".to_owned(),
                    1 => format!("Found 1 {what}field"),
                    count => format!("Found {count} {what}fields"),
                };
                let queueing = if fields.is_empty() { "" } else { "\nQueueing jobs to actors..." };
                self.say(&format!("Analyzing TOML: {file}\n\n{found}{queueing}\n"));
                if !kept.is_empty() {
                    self.say(&format!("Kept as typed: {}; remove it to have it filled\n", kept.join(", ")));
                }
            }
            Event::JobStarted { job, actor, title, section } => {
                let head = format!("[{actor}] {title}\n  Type: {job}\n  Section: {section}\n");
                self.jobs.insert(section.clone(), head);
            }
            Event::JobFinished { section, status, text, .. } => self.answered(section, status == "completed", text),
            Event::CompleteFinished { .. } => self.finished(event),
            Event::Notice { text } => self.screen.put_line(Stream::Err, format!("jmake: {text}")),
            _ => {}
        }
    }

    /// Those that were asked side by side come one after another.
    fn answered(&mut self, section: &str, good: bool, text: &str) {
        let mut block = self.jobs.remove(section).unwrap_or_default();
        let text = visible(text);
        let what = match (good, self.dry_run) {
            (false, _) => format!("Failed: {text}"),
            (true, true) => format!("Found: {text}"),
            (true, false) => format!("Updated: {section} ({text})"),
        };
        let _ = writeln!(block, "{}{what}", self.mark(good));
        self.say(&block);
    }

    fn finished(&mut self, event: &Event) {
        let Event::CompleteFinished { changed, failed, diff, .. } = event else { return };
        if let Some(diff) = diff {
            self.screen.put(Stream::Out, diff);
        } else if *changed {
            self.say("Saving updated TOML...");
        }
        for failure in failed {
            self.screen.put_line(Stream::Err, format!("jmake: error: not filled: {}", visible(failure)));
        }
        if failed.is_empty() {
            let what = if diff.is_some() && *changed { "Nothing was written" } else { "TOML auto-completion complete!" };
            let good = self.mark(true);
            self.say(&format!("{good}{what}"));
        }
    }
}

impl Show for Completion {
    fn line(&mut self, line: &FromDaemon, _raw: &[u8]) {
        match line {
            FromDaemon::Event(timed) => self.event(&timed.event),
            FromDaemon::Control(Control::Failed(failed)) => self.screen.put_line(Stream::Err, format!("jmake: error: {}", failed.message)),
            FromDaemon::Control(_) => {}
        }
    }

    fn note(&mut self, text: &str, detail: bool) {
        if !detail {
            self.screen.put_line(Stream::Err, format!("jmake: {text}"));
        }
    }

    fn flush(&mut self) {
        self.screen.flush();
    }

    fn end(&mut self) {
        self.screen.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(mut completion: Completion, events: &[Event]) -> String {
        events.iter().for_each(|event| completion.event(event));
        let parts = completion.screen.take().into_iter();
        parts.map(|(stream, bytes)| format!("{stream:?}:\n{}", String::from_utf8(bytes).unwrap())).collect()
    }

    fn started(section: &str) -> Event {
        Event::JobStarted { job: "scan_files".into(), actor: "discovery".into(), title: "Scan".into(), section: section.into() }
    }

    fn finished(section: &str, status: &str, text: &str) -> Event {
        let (job, section, status, text) = ("scan_files".into(), section.into(), status.into(), text.into());
        Event::JobFinished { job, section, status, attempts: 1, text, wall_ms: 1 }
    }

    fn end(failed: &[&str], diff: Option<&str>) -> Event {
        let failed = failed.iter().map(ToString::to_string).collect();
        let (filled, diff) = (vec!["a.b".to_owned()], diff.map(str::to_owned));
        Event::CompleteFinished { success: true, exit_code: 0, changed: true, filled, failed, diff, wall_ms: 1 }
    }

    #[test]
    fn answers_come_in_blocks() {
        let begin = Event::CompleteStarted {
            root: "/p".into(),
            file: "/p/jmake.toml".into(),
            fields: vec!["a.b".into(), "c.d".into()],
            kept: vec!["e".into()],
        };
        let events = [
            begin,
            started("a.b"),
            started("c.d"),
            finished("c.d", "failed", "no\n"),
            finished("a.b", "completed", "2"),
            end(&["c.d: no"], None),
        ];
        let text = "Out:\nAnalyzing TOML: /p/jmake.toml\n\nFound 2 missing fields\nQueueing jobs to actors...\n\
            Kept as typed: e; remove it to have it filled\n\
            [discovery] Scan\n  Type: scan_files\n  Section: c.d\nFailed: no\\n\n\
            [discovery] Scan\n  Type: scan_files\n  Section: a.b\nUpdated: a.b (2)\n\
            Saving updated TOML...\nErr:\njmake: error: not filled: c.d: no\n";
        assert_eq!(shown(Completion::new(false, false, false), &events), text);
        assert_eq!(shown(Completion::new(true, false, false), &events), "Err:\njmake: error: not filled: c.d: no\n");
        assert!(shown(Completion::new(false, true, false), &events).contains("\u{2713} Updated: a.b (2)"));
    }

    #[test]
    fn a_diff_is_alone_on_standard_output() {
        let events = [started("a.b"), finished("a.b", "completed", "2"), end(&[], Some("--- x\n"))];
        assert!(shown(Completion::new(false, false, true), &events).contains("Out:\n--- x\nErr:\nNothing was written\n"));
    }
}
