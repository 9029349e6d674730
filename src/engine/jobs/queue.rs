//! A queue of jobs as its file has it. Does not know how one is read or run.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use serde_json::Value as Json;

use super::functions::{Call, Function};
use super::template::Template;
use crate::engine::digest::Digest;

/// A file that holds a queue.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QueueText {
    /// As messages call it.
    pub file: String,
    /// What is in it.
    pub text: String,
}

/// All jobs of a file, in its order.
#[derive(Clone, Debug, PartialEq)]
pub struct Queue {
    /// The file, as messages call it.
    pub file: String,
    /// `[job_queue]`.
    pub options: Options,
    /// `[[jobs]]`. None waits for itself, even by way of others.
    pub jobs: Vec<Job>,
}

impl Queue {
    /// What each job waits for, for Graphviz.
    #[must_use]
    pub fn dot(&self) -> String {
        let mut out = String::from("digraph jobs {\n  rankdir = LR;\n  node [shape = box];\n");
        for job in &self.jobs {
            out.push_str(&format!("  \"{}\" [label = \"{}\\n{}\"];\n", job.id, job.id, job.function.name));
            for on in &job.depends_on {
                out.push_str(&format!("  \"{}\" -> \"{}\";\n", self.jobs[*on].id, job.id));
            }
        }
        out + "}\n"
    }
}

/// What goes for all jobs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Options {
    /// Jobs may be run.
    pub enabled: bool,
    /// They are run before a build that needs what they make.
    pub auto_execute: bool,
    /// Their states are written down.
    pub persistence: bool,
    /// So many run at once; `None`: as many as there are processors.
    pub most_at_once: Option<usize>,
    /// So long one may take; `None`: as long as it likes.
    pub timeout: Option<Duration>,
    /// So often one is tried again.
    pub retries: u32,
    /// So long until the first time; twice as long until each further one.
    pub retry_delay: Duration,
}

impl Options {
    /// Jobs that make files are steps of builds.
    #[must_use]
    pub fn are_run_by_builds(&self) -> bool {
        self.enabled && self.auto_execute
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            enabled: true,
            auto_execute: true,
            persistence: true,
            most_at_once: None,
            timeout: None,
            retries: 0,
            retry_delay: Duration::from_secs(1),
        }
    }
}

/// After which ends of those that it depends on a job is run.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum When {
    /// All completed.
    #[default]
    Success,
    /// At least one failed.
    Failure,
    /// Whatever came of them.
    Always,
}

/// One job.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Unique in the queue.
    pub id: String,
    /// A label for readers.
    pub label: String,
    /// Higher goes first among those that could.
    pub priority: u64,
    /// Positions in the queue.
    pub depends_on: Vec<usize>,
    /// Where its result goes, as the names of tables and a key.
    pub target_section: Option<Vec<String>>,
    /// What it runs.
    pub function: &'static Function,
    /// What with.
    pub args: BTreeMap<String, Argument>,
    /// So often it is tried again; `None`: as the queue says.
    pub retries: Option<u32>,
    /// So long it may take; `None`: as the queue says.
    pub timeout: Option<Duration>,
    /// After what.
    pub when: When,
    /// Variables beyond those of whoever runs the queue.
    pub env: BTreeMap<String, Template>,
    /// Where it runs, from the root.
    pub cwd: Option<Template>,
    /// Files that it reads: paths and patterns, from the root.
    pub inputs: Vec<Template>,
    /// Files that it makes, from the root. If there are any, it is a step of builds.
    pub outputs: Vec<Template>,
    /// The identity of all that is said of it, but for its place.
    pub digest: Digest,
    /// The line it begins in.
    pub line: usize,
    /// Where its parts stand, by key and, for names in a list, by name.
    pub(super) places: Places,
}

/// Where parts of a job stand in the file.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Places {
    /// The whole job.
    pub whole: Range<usize>,
    /// Values of keys.
    pub keys: BTreeMap<&'static str, Range<usize>>,
    /// Items of `depends_on`.
    pub depends_on: Vec<Range<usize>>,
    /// Items of `outputs`.
    pub outputs: Vec<Range<usize>>,
    /// Values of `args`.
    pub args: BTreeMap<String, Range<usize>>,
}

/// One argument: data with templates in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// As it is.
    Data(Json),
    /// A string that is filled in.
    Filled(Template),
    /// A list.
    List(Vec<Argument>),
    /// A table.
    Table(BTreeMap<String, Argument>),
}

impl Argument {
    /// Calls `visit` for each template in it.
    pub fn templates<'a>(&'a self, visit: &mut dyn FnMut(&'a Template)) {
        match self {
            Self::Data(_) => {}
            Self::Filled(template) => visit(template),
            Self::List(items) => items.iter().for_each(|item| item.templates(visit)),
            Self::Table(entries) => entries.values().for_each(|entry| entry.templates(visit)),
        }
    }
}

impl Job {
    /// Where an argument stands, or else the job.
    pub(super) fn arg(&self, name: &str) -> Range<usize> {
        self.places.args.get(name).or_else(|| self.places.keys.get("callback")).unwrap_or(&self.places.whole).clone()
    }

    /// The places in jmake.toml that it writes to, as far as that is known.
    #[must_use]
    pub fn writes(&self) -> Vec<Vec<String>> {
        let section = match self.args.get("section") {
            Some(Argument::Data(Json::String(section))) if self.function.call == Call::UpdateConfig => Some(section),
            _ => None,
        };
        let entries = match self.args.get("data") {
            Some(Argument::Table(entries)) => entries.keys().collect(),
            _ => Vec::new(),
        };
        let updated = section.into_iter().flat_map(|section| {
            entries.iter().map(|name| section.split('.').chain([name.as_str()]).map(str::to_owned).collect::<Vec<String>>())
        });
        self.target_section.iter().cloned().chain(updated).collect()
    }

    /// All templates of the job.
    #[must_use]
    pub fn templates(&self) -> Vec<&Template> {
        let mut found: Vec<&Template> = self.env.values().chain(&self.cwd).chain(&self.inputs).chain(&self.outputs).collect();
        self.args.values().for_each(|argument| argument.templates(&mut |template| found.push(template)));
        found
    }
}
