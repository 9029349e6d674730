//! What crosses the socket: one JSON object a line, versioned. `docs/wire-protocol.md` is its description for people.
//!
//! A client says [`Hello`] and its [`Request`] in one write. The daemon answers [`Control::Welcome`] or
//! [`Control::Refused`], then events or replies, and [`Control::Done`] last. Does not know sockets, actors or terminals.

mod answer;
mod check;
mod codec;
mod event;
mod explain;
mod graph;
mod jobs;
mod reply;
mod request;
mod text;

#[cfg(test)]
mod tests;

pub use answer::{Control, Failed, FailureKind, FromDaemon, Refusal, Refused, Welcome};
pub use check::{CheckReply, CheckRequest, ProblemReply, SchemaReply, SettingReply};
pub use codec::{
    WireError, decode_hello_line, decode_line, decode_request_line, encode_control, encode_event, encode_opening, encode_reply,
    encode_request, encode_timed,
};
pub use event::{Counts, Event, Outcome, Severity, StepKind, TestRun, Timed};
pub use explain::{BecauseReply, ExplainReply, ExplainedStep};
pub use graph::{DeclarationReply, GraphFile, GraphPart, GraphReply, GraphStep, GraphTarget, TroubleReply};
pub use jobs::{FunctionReply, GraphJobReply, JobStateReply, JobsReply, ParameterReply, PastRunReply, ResultReply};
pub use reply::{
    ActorStatus, BinaryReply, BuildStatus, CacheStatus, CleanReply, DaemonStatus, DiscoverReply, Includes, IncludesReply, InitReply,
    InstallReply, LeftOutReply, ProjectStatus, Reply, SourceReply, StatusReply, TargetReply, TemplateReply, TemplatesReply, ToolReply,
    ToolchainReply, ToolsReply,
};
pub use request::{
    BuildRequest, BuiltFile, CompleteRequest, ExplainRequest, Goal, GraphRequest, Hello, InitRequest, InstallRequest, JobsAction,
    JobsRequest, Project, Request,
};
pub use text::PathText;

/// The oldest protocol this version speaks.
pub const PROTOCOL_MIN: u32 = 1;
/// The newest protocol this version speaks.
pub const PROTOCOL_MAX: u32 = 1;
/// The longest line, newline included.
pub const MAX_LINE: usize = 8 << 20;
/// The longest text within an event. Six times as long in JSON at worst, so a line stays within [`MAX_LINE`].
pub const MAX_TEXT: usize = 1 << 20;

/// Names a build of the daemon: its version, and the size and modification time of its executable.
/// The client looks at the one it would start, the daemon at the one it runs; a daemon that was replaced on disk differs.
#[must_use]
pub fn build_id(size: u64, modified_ns: i128) -> String {
    format!("{}-{size:x}-{modified_ns:x}", env!("CARGO_PKG_VERSION"))
}
