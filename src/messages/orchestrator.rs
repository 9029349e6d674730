//! What an Orchestrator, one per open project, receives.

use std::sync::Arc;

use actix::prelude::*;

use crate::engine::build::Judged;
use crate::engine::config::settings::Settings;
use crate::engine::discover::Discovery;
use crate::engine::explain::Explanation;
use crate::engine::failure::Failure;
use crate::engine::graph::StepSpec;
use crate::engine::ids::{BuildId, StepId};
use crate::engine::path::FilePath;
use crate::engine::project_graph::ProjectGraph;
use crate::engine::report::Artifact;
use crate::engine::request::{BuildRequest, ProjectRequest, RequestKey};
use crate::engine::survey::Survey;
use crate::engine::tree::Tree;

use super::events::SharedSink;

/// Request: build. Events and the end go to the sink; the answer only says that it began or waits.
#[derive(Clone, Debug, Message)]
#[rtype(result = "BuildId")]
pub struct StartBuild {
    /// What to build, and how.
    pub request: BuildRequest,
    /// Who hears of it.
    pub sink: SharedSink,
}

/// Request: stop a build, running or waiting.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct CancelBuild {
    /// Which.
    pub build: BuildId,
}

/// Query: what the project is made of.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<Survey, Failure>")]
pub struct SurveyProject {
    /// Which, and how it is looked at.
    pub project: ProjectRequest,
    /// Sources and include directories are looked for even if the settings list them.
    pub afresh: bool,
}

/// Query: what a build would do about a target or file, and why.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<Explanation, Failure>")]
pub struct ExplainSubject {
    /// The build. Nothing of it is carried out.
    pub request: BuildRequest,
    /// A target, a source, or a file that a step makes or reads; `None` for all that the build would make.
    pub subject: Option<String>,
}

/// Query: the settings that the last build of this kind went by, if nothing was heard of since. `None`: they may be others now.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "Option<Arc<Settings>>")]
pub struct RecallSettings {
    /// Of which kind.
    pub key: RequestKey,
}

/// Query: all targets and steps of a project. Nothing runs, but what is asked of the compiler's driver.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<Charted, Failure>")]
pub struct ChartProject {
    /// A build of all of it. Nothing of it is carried out.
    pub request: BuildRequest,
}

/// Answer to [`ChartProject`].
#[derive(Clone, Debug)]
pub struct Charted {
    /// Targets and steps.
    pub graph: ProjectGraph,
    /// The files that were found, and what includes what.
    pub discovery: Arc<Discovery>,
    /// What the files say.
    pub tree: Arc<Tree>,
    /// What clang is asked for the syntax tree of each source.
    pub trees: Vec<StepSpec>,
    /// The settings.
    pub settings: Arc<Settings>,
}

/// Request: remove exactly what JMake made. Refused while a build runs.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "Result<Cleaned, Failure>")]
pub struct CleanProject;

/// Request: put what a build made, and headers, below a prefix.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<Installed, Failure>")]
pub struct InstallProject {
    /// Which, and how it is looked at.
    pub project: ProjectRequest,
    /// What the build made.
    pub artifacts: Vec<Artifact>,
    /// `--prefix`, absolute.
    pub prefix: Option<FilePath>,
    /// `--destdir`, absolute.
    pub destdir: Option<FilePath>,
}

/// Answer to [`InstallProject`].
#[derive(Clone, Debug)]
pub struct Installed {
    /// The directory that all of it lies below.
    pub top: FilePath,
    /// What lies there now, and whether it did not before.
    pub files: Vec<(FilePath, bool)>,
    /// Remarks, in words.
    pub notes: Vec<String>,
}

/// Answer to [`CleanProject`].
#[derive(Clone, Debug, Default)]
pub struct Cleaned {
    /// What went.
    pub removed: Vec<FilePath>,
    /// What stayed though JMake made it once, and why.
    pub kept: Vec<(FilePath, String)>,
}

/// Event: steps were judged against their records.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct StepsJudged {
    /// Which build.
    pub build: BuildId,
    /// What each is.
    pub judged: Vec<Judged>,
}

/// Event: a step's outputs were put back from the store, or could not be.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct StepRestored {
    /// Which build.
    pub build: BuildId,
    /// Which step.
    pub step: StepId,
    /// Whether the first output defines `main`, if that was asked; else why they could not.
    pub result: Result<Option<bool>, String>,
}

/// Event: the worker pool is new; what it ran or held is lost.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct WorkersLost;

/// Query: the project's standing.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "ProjectStanding")]
pub struct GetProject;

/// Answer to [`GetProject`].
#[derive(Clone, Debug, Default, MessageResponse)]
pub struct ProjectStanding {
    /// Grows with each build.
    pub generation: u64,
    /// The next build asks only what changed.
    pub watching: bool,
    /// Steps of the last build, or with records.
    pub steps: usize,
    /// Running and waiting builds with their clients' process ids.
    pub builds: Vec<(BuildId, u32)>,
}
