//! Answers to requests that are not builds. Does not know how they are shown.

use serde::{Deserialize, Serialize};

use super::check::{CheckReply, SchemaReply};
use super::explain::ExplainReply;
use super::graph::{GraphPart, GraphReply};
use super::jobs::JobsReply;
use super::text::PathText;

/// One answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    /// To `status`.
    Status(StatusReply),
    /// To `tools`.
    Tools(ToolsReply),
    /// To `discover`, after all its `Includes`.
    Discover(DiscoverReply),
    /// A part of the include graph, so that no line grows too long. [`super::encode_reply`] makes these.
    Includes(IncludesReply),
    /// To `graph`, after all its `GraphPart`s.
    Graph(GraphReply),
    /// Some of its steps. [`super::encode_reply`] makes these.
    GraphPart(GraphPart),
    /// To `init`.
    Init(InitReply),
    /// To `templates`.
    Templates(TemplatesReply),
    /// To `clean`.
    Clean(CleanReply),
    /// To `install`.
    Install(InstallReply),
    /// To `explain`.
    Explain(ExplainReply),
    /// To `check`.
    Check(CheckReply),
    /// To `schema`.
    Schema(SchemaReply),
    /// To `jobs`, unless they are run.
    Jobs(JobsReply),
}

/// How the daemon is.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct StatusReply {
    /// `None` only where the client answers itself.
    pub daemon: Option<DaemonStatus>,
    /// Why there is none and none can be, so that every build does without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    pub actors: Vec<ActorStatus>,
    pub projects: Vec<ProjectStatus>,
    pub caches: Vec<CacheStatus>,
    pub builds: Vec<BuildStatus>,
}

/// The process.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct DaemonStatus {
    pub pid: u32,
    pub version: String,
    pub uptime_s: u64,
    pub socket: PathText,
    pub rss_kb: u64,
}

/// One actor.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct ActorStatus {
    pub name: String,
    pub state: String,
    pub restarts: u32,
    /// How many messages may wait for it.
    pub mailbox: u32,
}

/// One open project.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct ProjectStatus {
    pub root: PathText,
    pub generation: u64,
    pub watching: bool,
    pub steps: u32,
}

/// One cache.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct CacheStatus {
    pub name: String,
    pub entries: u64,
    pub capacity: u64,
    pub hits: u64,
    pub misses: u64,
}

/// One running build.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct BuildStatus {
    pub build: u32,
    pub root: PathText,
    pub client_pid: u32,
}

/// The LLVM installs of the machine.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ToolsReply {
    /// All of them, the one a build would use first.
    pub toolchains: Vec<ToolchainReply>,
    /// Further remarks, in words.
    pub notes: Vec<String>,
}

/// One LLVM install.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ToolchainReply {
    /// Whether a build here would use it.
    pub selected: bool,
    /// `major.minor.patch`
    pub version: String,
    /// Where its programs are.
    pub bin_dir: PathText,
    /// Its default target.
    pub triple: String,
    /// How it was found, in words.
    pub origin: String,
    /// Its tools by name.
    pub tools: Vec<ToolReply>,
}

/// One program.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ToolReply {
    /// Its plain name.
    pub name: String,
    /// Where it is.
    pub path: PathText,
}

/// What was found in a project.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct DiscoverReply {
    /// Where.
    pub root: PathText,
    /// What may be compiled.
    pub sources: Vec<SourceReply>,
    /// What is included.
    pub headers: Vec<PathText>,
    /// Inferred, in search order; `.` is the root.
    pub include_dirs: Vec<PathText>,
    /// Compiled files found, by content.
    pub binaries: Vec<BinaryReply>,
    /// What would be built.
    pub targets: Vec<TargetReply>,
    /// Who includes whom, within the project.
    #[serde(default)]
    pub graph: Vec<Includes>,
    /// What is not built, and why.
    pub left_out: Vec<LeftOutReply>,
    /// Further remarks, in words.
    pub notes: Vec<String>,
}

/// A part of the include graph.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct IncludesReply {
    /// Edges by file.
    pub graph: Vec<Includes>,
}

/// What one file includes.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Includes {
    /// The includer.
    pub file: PathText,
    /// What it includes, of the project's own files.
    pub includes: Vec<PathText>,
}

/// A file that is compiled.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct SourceReply {
    /// Where.
    pub path: PathText,
    /// `c`, `c++`, `assembler` or `assembler-with-cpp`.
    pub language: String,
}

/// A compiled file that was found.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct BinaryReply {
    /// Where.
    pub path: PathText,
    /// `executable`, `shared_library`, `static_library`, `object` or `bitcode`.
    pub kind: String,
    /// Such as `x86_64`.
    pub architecture: String,
    /// Its own name, for a shared library.
    pub soname: Option<String>,
    /// The libraries it needs.
    pub needed: Vec<String>,
    /// The symbols it exports, or defines.
    pub symbols: Vec<String>,
}

/// What would be built.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct TargetReply {
    /// Unique.
    pub name: String,
    /// `executable`, `shared_library` or `static_library`.
    pub kind: String,
    /// `None`: built by default.
    pub group: Option<String>,
    /// The file with `main`.
    pub main: Option<PathText>,
    /// Its further own sources.
    pub sources: Vec<PathText>,
    /// In words.
    pub why: String,
}

/// What is not built.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct LeftOutReply {
    /// Where.
    pub path: PathText,
    /// In words.
    pub why: String,
}

/// What was installed.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct InstallReply {
    /// The directory that all of it lies below.
    pub top: PathText,
    /// What was put there, relative to it.
    pub installed: Vec<PathText>,
    /// What was there already as it should be.
    pub unchanged: Vec<PathText>,
    /// Remarks, in words.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// What was removed.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CleanReply {
    /// Files and directories, relative to the root where inside it.
    pub removed: Vec<PathText>,
    /// What JMake made but could not or would not remove, with the reason.
    pub kept: Vec<LeftOutReply>,
}

/// A project that was started.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct InitReply {
    /// Where.
    pub root: PathText,
    /// Its name.
    pub name: String,
    /// What it was made from.
    pub template: String,
    /// There were sources: only what describes them was written.
    pub settings_only: bool,
    /// Files that are new.
    pub written: Vec<PathText>,
    /// Files of the template that are as they were, with the reason.
    pub kept: Vec<LeftOutReply>,
}

/// What a project may be started from.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct TemplatesReply {
    /// The built-in ones first.
    pub templates: Vec<TemplateReply>,
}

/// One template.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct TemplateReply {
    /// To be asked for.
    pub name: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// In a few words.
    pub about: String,
}
