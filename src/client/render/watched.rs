//! The builds of a watch for people: each on a fresh screen where there is one, so that only what is wrong now is there. Does not know
//! what is run beside them.

use super::build::{Build, Style};
use crate::client::screen::{Screen, Stream, visible};
use crate::client::session::Show;
use crate::wire::{Event, FromDaemon, PathText};

/// Clears the screen and what was scrolled off it, and begins at its top.
const CLEAR: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H";
/// So many changed files are named.
const NAMED: usize = 5;

/// Shows one build after another.
#[derive(Debug)]
pub struct Watched {
    style: Style,
    clears: bool,
    build: Build,
    screen: Screen,
    changed: Option<String>,
}

impl Watched {
    /// Shows nothing yet. `clears`: standard output is a terminal.
    #[must_use]
    pub fn new(style: Style, clears: bool) -> Self {
        Self { style, clears, build: Build::new(style), screen: Screen::default(), changed: None }
    }

    fn fresh(&mut self) {
        self.build.end();
        self.build = Build::new(self.style);
        if self.clears {
            self.screen.put(Stream::Out, CLEAR);
        }
        if let Some(changed) = self.changed.take() {
            self.say(&changed);
        }
    }

    fn say(&mut self, text: &str) {
        if !self.style.quiet {
            self.screen.put_line(Stream::Out, format!("jmake: {text}"));
        }
    }
}

fn named(paths: &[PathText]) -> String {
    let mut names: Vec<String> = paths.iter().take(NAMED).map(|path| visible(&path.to_string())).collect();
    if paths.is_empty() {
        names.push("more than could be heard".to_owned());
    }
    if paths.len() > NAMED {
        names.push(format!("and {} more", paths.len() - NAMED));
    }
    format!("changed: {}", names.join(", "))
}

impl Show for Watched {
    fn line(&mut self, line: &FromDaemon, raw: &[u8]) {
        let event = if let FromDaemon::Event(timed) = line { Some(&timed.event) } else { None };
        match event {
            Some(Event::FileChanged { paths }) => self.changed = Some(named(paths)),
            Some(Event::BuildStarted { .. }) => {
                self.fresh();
                self.screen.flush();
            }
            _ => {}
        }
        self.build.line(line, raw);
        if matches!(event, Some(Event::BuildFinished { .. })) {
            self.build.end();
            self.say("watching for changes; Ctrl-C ends it");
        }
    }

    fn note(&mut self, text: &str, detail: bool) {
        self.build.note(text, detail);
    }

    fn flush(&mut self) {
        self.build.flush();
        self.screen.flush();
    }

    fn end(&mut self) {
        self.build.end();
        self.screen.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_files_are_named_up_to_a_number() {
        let check = |paths: &[&str], expect: &str| {
            let paths: Vec<PathText> = paths.iter().map(|path| (*path).into()).collect();
            assert_eq!(named(&paths), expect);
        };
        check(&["src/a.c"], "changed: src/a.c");
        check(&["a", "b\u{1b}", "c", "d", "e", "f", "g"], "changed: a, b\\u{1b}, c, d, e, and 2 more");
        check(&[], "changed: more than could be heard");
    }
}
