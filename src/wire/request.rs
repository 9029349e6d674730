//! What a client may ask. Does not know how a request is answered.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::check::CheckRequest;
use super::text::PathText;

/// The first line of a client: who it is and which protocols it speaks.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Hello {
    /// The oldest protocol it speaks.
    pub protocol_min: u32,
    /// The newest.
    pub protocol_max: u32,
    /// The build of the daemon it would start itself, from [`super::build_id`].
    pub build_id: String,
}

impl Hello {
    /// The hello of this version.
    #[must_use]
    pub fn new(build_id: String) -> Self {
        Self { protocol_min: super::PROTOCOL_MIN, protocol_max: super::PROTOCOL_MAX, build_id }
    }

    /// The protocol both sides will speak, if there is one.
    #[must_use]
    pub fn agreed(&self) -> Option<u32> {
        let newest = self.protocol_max.min(super::PROTOCOL_MAX);
        (newest >= self.protocol_min.max(super::PROTOCOL_MIN)).then_some(newest)
    }
}

/// The second line of a client. [`Request::Cancel`] alone may follow it on the same connection.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum Request {
    /// Build, or say what would be built.
    Build(Box<BuildRequest>),
    /// Build now and after each change, until cancelled.
    Watch(Box<BuildRequest>),
    /// What is in the project.
    Discover(Box<Project>),
    /// What would become of a target or file, and why.
    Explain(Box<ExplainRequest>),
    /// The same, only to know the names of its targets.
    Targets(Box<Project>),
    /// Its targets and steps.
    Graph(Box<GraphRequest>),
    /// What is wrong with the settings.
    Check(Box<CheckRequest>),
    /// The format of jmake.toml.
    Schema,
    /// Write the files of a template.
    Init(Box<InitRequest>),
    /// The templates that there are.
    Templates(Box<Project>),
    /// Fill what is missing in jmake.toml, or say what would be filled.
    Complete(Box<CompleteRequest>),
    /// Run jobs, or say how they stand.
    Jobs(Box<JobsRequest>),
    /// Put what was built where others look for it.
    Install(Box<InstallRequest>),
    /// Remove what JMake made.
    Clean(Box<Project>),
    /// The LLVM installs of the machine.
    Tools(Box<Project>),
    /// How the daemon is. Answered for any build id.
    Status,
    /// End the daemon. Answered for any build id.
    Stop {
        /// Give up the socket at once, but let running builds finish: another daemon takes over.
        drain: bool,
    },
    /// Stop the request that this connection made.
    Cancel,
}

/// Where a request comes from and how it wants the project to be seen.
#[derive(Clone, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Project {
    /// The project's root, canonical.
    pub root: PathText,
    /// Device of the root, as the client sees it.
    pub root_dev: u64,
    /// Inode of the root, as the client sees it.
    pub root_ino: u64,
    /// The configuration file that the user named, if it is not the root's `jmake.toml`.
    pub config: Option<PathText>,
    /// The client's working directory: relative file names on the command line start here.
    pub cwd: PathText,
    /// The client's umask.
    pub umask: u32,
    /// All of the client's variables. Never logged, never stored.
    pub environment: Vec<(PathText, PathText)>,
    /// `-B`, as typed.
    pub build_dir: Option<PathText>,
    /// `--profile`; `None`: the default one.
    pub profile: Option<String>,
    /// `--toolchain`: a version or a path.
    pub toolchain: Option<String>,
    /// `--native`: straight to discovery.
    pub native: bool,
}

/// Prints everything but the variables, which may hold secrets.
impl fmt::Debug for Project {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Project")
            .field("root", &self.root)
            .field("config", &self.config)
            .field("cwd", &self.cwd)
            .field("environment", &format_args!("{} variables", self.environment.len()))
            .field("build_dir", &self.build_dir)
            .field("profile", &self.profile)
            .field("toolchain", &self.toolchain)
            .field("native", &self.native)
            .finish_non_exhaustive()
    }
}

/// One build.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct BuildRequest {
    /// Where.
    pub project: Project,
    /// What the artifacts are wanted for.
    pub goal: Goal,
    /// Targets by name, or sources as typed. Empty: the default group.
    pub targets: Vec<String>,
    /// `--all`: tests, examples and the like too.
    pub all: bool,
    /// `-j`.
    pub jobs: Option<u32>,
    /// `-k`.
    pub keep_going: bool,
    /// `--fail-fast`.
    pub fail_fast: bool,
    /// `-n`.
    pub dry_run: bool,
    /// `--force`.
    pub force: bool,
    /// `--explain`: reasons for every step, those that are up to date too.
    pub explain: bool,
    /// Tools may colour what they say.
    pub color: bool,
    /// `--staged`: front end and back end as separate processes.
    pub staged: bool,
}

/// What is to be explained.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ExplainRequest {
    /// Where.
    pub project: Project,
    /// A target, a source, or a file that a step makes or reads; `None` for all that `build` would make.
    pub subject: Option<String>,
    /// `--all`.
    pub all: bool,
}

/// What is to be shown of a project.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct GraphRequest {
    /// Where.
    pub project: Project,
    /// `--symbols`: what each file declares, too.
    pub symbols: bool,
}

/// How a project is to be started.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct InitRequest {
    /// Where the client stands.
    pub project: Project,
    /// The directory, as typed; `None`: where the client stands.
    pub directory: Option<PathText>,
    /// `--template`.
    pub template: Option<String>,
}

/// How jmake.toml is to be completed.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CompleteRequest {
    /// Where.
    pub project: Project,
    /// `--dry-run`: nothing is written.
    pub dry_run: bool,
    /// `--refresh`: what was found before is looked for again.
    pub refresh: bool,
}

/// What is to become of a project's jobs.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct JobsRequest {
    /// Where.
    pub project: Project,
    /// The queue's file, absolute, if it is not the settings'.
    pub file: Option<PathText>,
    /// What.
    pub action: JobsAction,
    /// `-j`: how many run at once, if the queue does not say.
    pub jobs: Option<u32>,
}

/// What is to be done with jobs.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobsAction {
    /// Run all of them.
    #[default]
    Run,
    /// Go on with the last run.
    Resume,
    /// End the run that is under way.
    Cancel,
    /// Say how the last runs went.
    List,
    /// Say what each waits for.
    Graph,
    /// The same for Graphviz.
    Dot,
    /// Say what jobs can run.
    Functions,
}

/// What is to be put where.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct InstallRequest {
    /// Where.
    pub project: Project,
    /// What a build of it just made.
    pub artifacts: Vec<BuiltFile>,
    /// `--prefix`, absolute.
    pub prefix: Option<PathText>,
    /// `--destdir`, absolute.
    pub destdir: Option<PathText>,
}

/// An artifact, as its event told.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct BuiltFile {
    /// Its target.
    pub target: String,
    /// `executable`, `shared_library` or `static_library`.
    pub kind: String,
    /// Where it is.
    pub path: PathText,
    /// It is a test.
    pub test: bool,
}

/// What the artifacts are wanted for.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// To be there.
    #[default]
    Build,
    /// The client will run the one executable among them.
    Run,
    /// The client will run the tests among them. Targets are parts of their names; none: all of them.
    Test,
}
