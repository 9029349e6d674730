//! What a client does around the builds of a watch: the program after each success, and hooks. Does not know when is built, nor how a
//! build looks.

use std::ffi::OsString;
use std::path::PathBuf;

use super::program::Program;
use super::session::Show;
use crate::wire::{Event, FromDaemon};

/// Shows builds, and runs what is to be run after them. All of it ends with this.
pub struct Watcher {
    show: Box<dyn Show>,
    exec: Vec<OsString>,
    root: PathBuf,
    /// Standard output is for events.
    json: bool,
    program: Option<Program>,
    hook: Option<Program>,
    served: bool,
}

impl Watcher {
    /// Runs nothing yet. `exec` is empty if nothing is to be run.
    #[must_use]
    pub fn new(show: Box<dyn Show>, exec: Vec<OsString>, root: PathBuf, json: bool) -> Self {
        Self { show, exec, root, json, program: None, hook: None, served: false }
    }

    /// Whether a build ended since this was last asked.
    pub fn was_served(&mut self) -> bool {
        std::mem::take(&mut self.served)
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::BuildFinished { success, .. } => {
                self.served = true;
                if *success && !self.exec.is_empty() {
                    // The one before ends first: it may hold a port.
                    self.program = None;
                    self.program = self.start(&self.exec.clone());
                }
            }
            Event::HookDue { argv } => {
                self.hook = None;
                self.hook = self.start(&argv.iter().map(OsString::from).collect::<Vec<_>>());
            }
            _ => {}
        }
    }

    fn start(&mut self, argv: &[OsString]) -> Option<Program> {
        // What is said of the build comes before what the program says.
        self.show.flush();
        match Program::start(argv, &self.root, self.json) {
            Ok(program) => Some(program),
            Err(error) => {
                self.show.note(&error.to_string(), false);
                None
            }
        }
    }
}

impl Show for Watcher {
    fn line(&mut self, line: &FromDaemon, raw: &[u8]) {
        self.show.line(line, raw);
        if let FromDaemon::Event(timed) = line {
            self.event(&timed.event);
        }
    }

    fn note(&mut self, text: &str, detail: bool) {
        self.show.note(text, detail);
    }

    fn flush(&mut self) {
        self.show.flush();
    }

    fn end(&mut self) {
        self.show.end();
    }
}
