//! What the Supervisor, the root of the tree, receives.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;

use super::compile_pool::BorrowWorker;
use super::config_store::{CheckSettings, LoadSettings};
use super::file_scanner::{FindBinaries, RingOnChange, ScanTree, SyncTree, WatchTree};
use super::orchestrator::{
    CancelBuild, ChartProject, CleanProject, ExplainSubject, GetProject, InstallProject, ProjectStanding, RecallSettings, StartBuild,
    SurveyProject,
};
use super::tool_cache::{FindToolchain, ListToolchains};
use crate::engine::cache::CacheCounts;
use crate::engine::failure::Failure;

/// Event: an actor panicked.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub struct ActorFailed {
    /// Its name, such as `FileScanner` or `CompileWorker-2`.
    pub name: String,
    /// The panic's text.
    pub why: String,
    /// Panics of this actor so far.
    pub restarts: u32,
    /// It will not be restarted again.
    pub given_up: bool,
}

/// Request: the Orchestrator of the project at this root, started if need be.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<Arc<OpenedProject>, Failure>")]
pub struct OpenProject {
    /// Canonical path of the root.
    pub root: PathBuf,
}

/// Answer to [`OpenProject`]: the doors of its Orchestrator. It is open as long as somebody holds them.
#[allow(missing_docs, reason = "the types say all")]
pub struct OpenedProject {
    pub start: Recipient<StartBuild>,
    pub cancel: Recipient<CancelBuild>,
    pub survey: Recipient<SurveyProject>,
    pub explain: Recipient<ExplainSubject>,
    pub chart: Recipient<ChartProject>,
    pub clean: Recipient<CleanProject>,
    pub install: Recipient<InstallProject>,
    pub settings: Recipient<RecallSettings>,
    pub standing: Recipient<GetProject>,
    pub files: FileDoors,
}

/// The doors of those who know a project's files and settings, for who looks at them or follows their changes.
#[derive(Clone)]
#[allow(missing_docs, reason = "the types say all")]
pub struct FileDoors {
    pub settings: Recipient<LoadSettings>,
    pub tree: Recipient<ScanTree>,
    pub binaries: Recipient<FindBinaries>,
    pub sync: Recipient<SyncTree>,
    pub watch: Recipient<WatchTree>,
    pub ring: Recipient<RingOnChange>,
}

impl std::fmt::Debug for OpenedProject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenedProject")
    }
}

/// Query: how the daemon does, and the doors that need no project.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "DaemonStanding")]
pub struct GetDaemon;

/// Answer to [`GetDaemon`].
#[derive(Clone, Debug)]
pub struct DaemonStanding {
    /// Since the Supervisor started.
    pub uptime: Duration,
    /// Every actor.
    pub actors: Vec<ActorStanding>,
    /// Every open project by its root.
    pub projects: Vec<(PathBuf, ProjectStanding)>,
    /// Every cache.
    pub caches: Vec<CacheCounts>,
    /// The ToolCache's doors.
    pub tools: ToolDoors,
    /// The ConfigStore's, for who checks settings.
    pub check: Recipient<CheckSettings>,
    /// The CompilePool's, for who runs processes that are no steps.
    pub borrow: Recipient<BorrowWorker>,
    /// The same, for who wants to know them.
    pub load: Recipient<LoadSettings>,
}

/// The doors of the ToolCache.
#[derive(Clone)]
#[allow(missing_docs, reason = "the types say all")]
pub struct ToolDoors {
    pub find: Recipient<FindToolchain>,
    pub list: Recipient<ListToolchains>,
}

impl std::fmt::Debug for ToolDoors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ToolDoors")
    }
}

/// One actor in an answer to [`GetDaemon`].
#[derive(Clone, Debug)]
pub struct ActorStanding {
    /// Its name.
    pub name: String,
    /// `running` or `given up`.
    pub state: &'static str,
    /// Panics so far.
    pub restarts: u32,
    /// How many messages may wait for it.
    pub mailbox: u32,
}

/// Query: where sessions run.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "CurrentBranch")]
pub struct GetBranch;

/// Answer to [`GetBranch`].
#[derive(Clone, Debug, MessageResponse)]
pub struct CurrentBranch {
    /// The thread that all actors but the root share with the sessions.
    pub arbiter: ArbiterHandle,
}

/// Request: end the daemon in order. Answered when all is flushed; then comes [`EndThread`].
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct Shutdown;

/// Request: nothing more will be asked. The thread that all but the root share is told to end.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "EndingThread")]
pub struct EndThread;

/// Answer to [`EndThread`]: to be waited for. `None` if it was asked before.
#[derive(Debug, MessageResponse)]
pub struct EndingThread(pub Option<Arbiter>);

/// Request: tell the daemon's main loop that somebody wants it to end.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct BeginShutdown(pub Ending);

/// How the daemon is to end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    /// Running builds are stopped.
    Stop,
    /// The socket is given up at once; running builds go on to their end.
    Drain,
    /// The tree cannot go on.
    Failed,
}
