//! What a daemon says besides events: the handshake, failures, the end. Does not know how it comes to say it.

use serde::{Deserialize, Serialize};

use super::event::Timed;
use super::reply::Reply;

/// One line of a daemon.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FromDaemon {
    /// An event of the build that was asked for.
    Event(Timed),
    /// Anything else.
    Control(Control),
}

/// A line of a daemon that is no event.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Control {
    /// The first line: the request is being served.
    Welcome(Welcome),
    /// The first and last line: the request is not served here.
    Refused(Refused),
    /// An answer to a request that is not a build.
    Reply(Reply),
    /// The request failed as a whole; `Done` follows.
    Failed(Failed),
    /// The last line.
    Done {
        /// The exit code of the command.
        exit_code: u8,
    },
}

impl Control {
    /// Their `type` names, in the order of the variants.
    pub(super) const NAMES: [&'static str; 5] = ["welcome", "refused", "reply", "failed", "done"];
}

/// Who serves.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Welcome {
    /// The protocol both speak.
    pub protocol: u32,
    /// The daemon's own build, from [`super::build_id`].
    pub build_id: String,
    /// The daemon's process.
    pub pid: u32,
}

/// Why a daemon does not serve a request.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Refused {
    /// What the client should do about it.
    pub refusal: Refusal,
    /// In words.
    pub why: String,
    /// The oldest protocol the daemon speaks.
    pub protocol_min: u32,
    /// The newest.
    pub protocol_max: u32,
    /// The daemon's process.
    pub pid: u32,
}

impl Refused {
    /// A refusal by this version.
    #[must_use]
    pub fn new(refusal: Refusal, why: String, pid: u32) -> Self {
        Self { refusal, why, protocol_min: super::PROTOCOL_MIN, protocol_max: super::PROTOCOL_MAX, pid }
    }
}

/// What a client should do about a refusal.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No common protocol: replace the daemon.
    Protocol,
    /// The daemon is of another build: replace it.
    OtherBuild,
    /// The daemon does not see the client's files (another mount namespace): do without it.
    OtherTree,
    /// The daemon is ending: wait for that, then start a new one.
    Stopping,
    /// The lines were not understood: a bug, or not a client.
    Malformed,
}

/// A request that failed as a whole.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Failed {
    /// Whose fault.
    pub kind: FailureKind,
    /// In words, with what to do next.
    pub message: String,
}

/// Whose fault a failure is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// Wrong usage or invalid configuration.
    Usage,
    /// The machine: no toolchain, disk full, no permission.
    Environment,
    /// JMake itself.
    Internal,
}

impl FailureKind {
    /// The exit code of a command that fails this way.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Environment => 3,
            Self::Internal => 4,
        }
    }
}
