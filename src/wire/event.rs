//! Events of a build as users and scripts read them. Does not know who listens.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::jobs::JobStateReply;
use super::text::PathText;
use crate::engine::report::{self, BuildEvent};
pub use crate::engine::report::{Counts, Outcome, Severity, StepKind};
use crate::engine::testing;

/// An event and when it happened.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Timed {
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
    /// Milliseconds since the build's start.
    pub time_ms: u64,
}

/// What happened. `StepOutput`, `Reminder`, `Progress` and `HookDue` are for the client only, the others are its JSON.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub enum Event {
    BuildStarted {
        build: u32,
        root: PathText,
        profile: String,
        targets: Vec<String>,
    },
    WatchStarted {
        root: PathText,
    },
    FileChanged {
        paths: Vec<PathText>,
    },
    HookDue {
        argv: Vec<String>,
    },
    Notice {
        text: String,
    },
    Reminder {
        text: String,
    },
    CompleteStarted {
        root: PathText,
        file: PathText,
        fields: Vec<String>,
        /// What a refresh leaves alone, as somebody typed it.
        #[serde(default)]
        kept: Vec<String>,
    },
    JobStarted {
        job: String,
        actor: String,
        title: String,
        section: String,
    },
    /// `text` says what was found, or why nothing was.
    JobFinished {
        job: String,
        section: String,
        status: String,
        attempts: u32,
        text: String,
        wall_ms: u64,
    },
    /// `diff` is there if nothing was to be written.
    CompleteFinished {
        success: bool,
        exit_code: u8,
        changed: bool,
        filled: Vec<String>,
        failed: Vec<String>,
        diff: Option<String>,
        wall_ms: u64,
    },
    /// `done` are those that need not be done again.
    JobsStarted {
        root: PathText,
        file: PathText,
        run: u64,
        jobs: Vec<String>,
        done: Vec<String>,
    },
    /// An attempt failed; the job waits for its next one.
    JobWaiting {
        job: String,
        attempts: u32,
        text: String,
    },
    /// What a job printed that failed.
    JobOutput {
        job: String,
        text: String,
    },
    JobsFinished {
        success: bool,
        exit_code: u8,
        run: u64,
        jobs: Vec<JobStateReply>,
        wall_ms: u64,
    },
    StepStarted {
        step: u32,
        #[serde(with = "StepKindName")]
        kind: StepKind,
        label: String,
        command: Vec<PathText>,
    },
    StepFinished {
        step: u32,
        #[serde(with = "StepKindName")]
        kind: StepKind,
        label: String,
        target: String,
        #[serde(with = "OutcomeName")]
        outcome: Outcome,
        reason: String,
        wall_ms: u64,
        user_ms: u64,
        max_rss_kb: u64,
    },
    StepOutput {
        step: u32,
        label: String,
        target: String,
        failed: bool,
        text: String,
    },
    Diagnostic {
        #[serde(with = "SeverityName")]
        severity: Severity,
        file: Option<PathText>,
        line: u32,
        column: u32,
        message: String,
        rendered: String,
    },
    Artifact {
        target: String,
        kind: String,
        path: PathText,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        test: Option<Box<TestRun>>,
        /// What runs a program for another machine.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        runner: Vec<String>,
    },
    Progress {
        done: u32,
        total: u32,
        running: u32,
    },
    ActorRestarted {
        name: String,
        restarts: u32,
        why: String,
    },
    BuildError {
        build: u32,
        first: String,
    },
    BuildFinished {
        success: bool,
        exit_code: u8,
        #[serde(with = "CountsFields")]
        steps: Counts,
        artifacts: Vec<PathText>,
        wall_ms: u64,
    },
}

impl Event {
    /// Whether `--json` shows it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        !matches!(self, Self::StepOutput { .. } | Self::Reminder { .. } | Self::Progress { .. } | Self::HookDue { .. })
    }
}

impl From<&BuildEvent> for Event {
    fn from(event: &BuildEvent) -> Self {
        match event.clone() {
            BuildEvent::BuildStarted { build, root, profile, targets } => {
                Self::BuildStarted { build: build.0, root: (&root).into(), profile, targets }
            }
            BuildEvent::Notice { text } => Self::Notice { text },
            BuildEvent::Reminder { text } => Self::Reminder { text },
            BuildEvent::StepStarted { step, kind, label, command } => {
                Self::StepStarted { step: step.0, kind, label, command: command.iter().map(PathText::from).collect() }
            }
            BuildEvent::StepFinished { step, kind, label, target, outcome, reason, cost } => {
                let report::Cost { wall_ms, user_ms, max_rss_kb } = cost;
                Self::StepFinished { step: step.0, kind, label, target, outcome, reason, wall_ms, user_ms, max_rss_kb }
            }
            BuildEvent::StepOutput { step, label, target, failed, text } => Self::StepOutput { step: step.0, label, target, failed, text },
            BuildEvent::Diagnostic(diagnostic) => diagnostic.into(),
            BuildEvent::Artifact(artifact) => artifact.into(),
            BuildEvent::Progress { done, total, running } => Self::Progress { done, total, running },
            BuildEvent::ActorRestarted { name, restarts, why } => Self::ActorRestarted { name, restarts, why },
            BuildEvent::BuildError { build, first } => Self::BuildError { build: build.0, first },
            BuildEvent::BuildFinished { success, exit_code, counts, artifacts, wall_ms } => {
                let artifacts = artifacts.iter().map(PathText::from).collect();
                Self::BuildFinished { success, exit_code, steps: counts, artifacts, wall_ms }
            }
        }
    }
}

impl From<report::Diagnostic> for Event {
    fn from(it: report::Diagnostic) -> Self {
        let file = it.file.as_ref().map(PathText::from);
        Self::Diagnostic { severity: it.severity, file, line: it.line, column: it.column, message: it.message, rendered: it.rendered }
    }
}

impl From<report::Artifact> for Event {
    fn from(it: report::Artifact) -> Self {
        let test = it.test.map(|run| Box::new(run.into()));
        Self::Artifact { target: it.target, kind: it.kind.name().to_owned(), path: (&it.path).into(), test, runner: it.runner }
    }
}

/// How a client runs a test.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct TestRun {
    /// A program and its arguments, before the test's path.
    pub runner: Vec<String>,
    /// What the test gets.
    pub args: Vec<String>,
    /// Beside the client's own variables.
    pub env: BTreeMap<String, String>,
    /// So many seconds it may take.
    pub timeout_s: u64,
    /// Relative to the root, where it stands.
    pub working_dir: PathText,
}

impl From<testing::TestRun> for TestRun {
    fn from(it: testing::TestRun) -> Self {
        let testing::TestRun { runner, args, env, timeout_s, working_dir } = it;
        Self { runner, args, env, timeout_s, working_dir: (&working_dir).into() }
    }
}

#[derive(Deserialize, Serialize)]
#[serde(remote = "StepKind", rename_all = "snake_case")]
pub(super) enum StepKindName {
    Frontend,
    Backend,
    Compile,
    Link,
    Archive,
    Lto,
    Job,
    Custom,
}

#[derive(Deserialize, Serialize)]
#[serde(remote = "Outcome", rename_all = "snake_case")]
enum OutcomeName {
    Ran,
    Cached,
    Failed,
    Cancelled,
}

#[derive(Deserialize, Serialize)]
#[serde(remote = "Severity", rename_all = "snake_case")]
enum SeverityName {
    Note,
    Warning,
    Error,
}

#[derive(Deserialize, Serialize)]
#[serde(remote = "Counts")]
struct CountsFields {
    total: u32,
    ran: u32,
    cached: u32,
    up_to_date: u32,
    failed: u32,
    not_run: u32,
}
