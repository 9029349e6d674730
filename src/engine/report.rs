//! What a build says while it runs: events, and the summary they add up to. Does not know how they are shown or sent.

use serde::{Deserialize, Serialize};

use super::ids::{BuildId, StepId};
use super::path::FilePath;
use super::testing::TestRun;

/// What a step does, as users see it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum StepKind {
    /// Source to bitcode.
    Frontend,
    /// Bitcode to object.
    Backend,
    /// Source to object in one process.
    Compile,
    /// Objects to a program or shared library.
    Link,
    /// Objects to a static library.
    Archive,
    /// A whole-program step: llvm-link, opt or llc.
    Lto,
    /// A job that makes files.
    Job,
    /// Any other command.
    Custom,
}

impl StepKind {
    /// The name used in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Frontend => "frontend",
            Self::Backend => "backend",
            Self::Compile => "compile",
            Self::Link => "link",
            Self::Archive => "archive",
            Self::Lto => "lto",
            Self::Job => "job",
            Self::Custom => "custom",
        }
    }
}

/// How a step ended.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Outcome {
    /// Its process ran and succeeded.
    Ran,
    /// Its outputs came from the store.
    Cached,
    /// Its process failed.
    Failed,
    /// It was stopped before it ended.
    Cancelled,
}

impl Outcome {
    /// The name used in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::Cached => "cached",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Belongs to the diagnostic before it.
    Note,
    /// Does not fail the step.
    Warning,
    /// Fails the step.
    Error,
}

/// What a tool said about a place in a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// The file it names, if any.
    pub file: Option<FilePath>,
    /// One-based; 0 if unknown.
    pub line: u32,
    /// One-based; 0 if unknown.
    pub column: u32,
    /// The first line of its text.
    pub message: String,
    /// The tool's own text, verbatim, with colour codes if the client asked for colour.
    pub rendered: String,
}

/// Counts of one build. `total = ran + cached + up_to_date + failed + not_run`; cancelled steps count as not run.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct Counts {
    pub total: u32,
    pub ran: u32,
    pub cached: u32,
    pub up_to_date: u32,
    pub failed: u32,
    pub not_run: u32,
}

/// What an artifact is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub enum ArtifactKind {
    Executable,
    SharedLibrary,
    StaticLibrary,
    /// Intermediate code of one source.
    Ir,
}

impl ArtifactKind {
    /// The one that [`Self::name`] calls so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Executable, Self::SharedLibrary, Self::StaticLibrary, Self::Ir].into_iter().find(|kind| kind.name() == name)
    }

    /// As in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Executable => "executable",
            Self::SharedLibrary => "shared_library",
            Self::StaticLibrary => "static_library",
            Self::Ir => "ir",
        }
    }
}

/// A finished artifact.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Artifact {
    /// The target it belongs to.
    pub target: String,
    /// What it is.
    pub kind: ArtifactKind,
    /// Where it is.
    pub path: FilePath,
    /// How it is run, if it is a test.
    pub test: Option<TestRun>,
    /// For any other program: what runs it, if this machine does not; a program and its arguments.
    pub runner: Vec<String>,
}

/// What one process cost.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Cost {
    /// From start to end.
    pub wall_ms: u64,
    /// Processor time in user mode.
    pub user_ms: u64,
    /// Largest resident set, in KiB.
    pub max_rss_kb: u64,
}

/// What is to be known of a build before anything runs.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Remark {
    /// In words.
    pub text: String,
    /// It is said again when all is done, for those who have seen much else go by.
    pub closing: bool,
}

impl From<String> for Remark {
    fn from(text: String) -> Self {
        Self { text, closing: false }
    }
}

/// One line of a build's event log.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub enum BuildEvent {
    BuildStarted {
        build: BuildId,
        root: FilePath,
        profile: String,
        targets: Vec<String>,
    },
    Notice {
        text: String,
    },
    /// A notice once more, for people, just before the end.
    Reminder {
        text: String,
    },
    /// `command` is the program and its arguments, run in the root.
    StepStarted {
        step: StepId,
        kind: StepKind,
        label: String,
        command: Vec<FilePath>,
    },
    /// `reason` says why it ran.
    StepFinished {
        step: StepId,
        kind: StepKind,
        label: String,
        target: String,
        outcome: Outcome,
        reason: String,
        cost: Cost,
    },
    /// A whole text of a tool, verbatim, headed by the step it comes from.
    StepOutput {
        step: StepId,
        label: String,
        target: String,
        failed: bool,
        text: String,
    },
    Diagnostic(Diagnostic),
    Artifact(Artifact),
    /// How far the build is, for a progress line.
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
        build: BuildId,
        first: String,
    },
    BuildFinished {
        success: bool,
        exit_code: u8,
        counts: Counts,
        artifacts: Vec<FilePath>,
        wall_ms: u64,
    },
}
