//! Answers about jobs. Does not know how they are shown.

use serde::{Deserialize, Serialize};

/// One of these, as asked for.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct JobsReply {
    /// To `list`: the last runs, the newest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<Vec<PastRunReply>>,
    /// To `graph`: the jobs in the order of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graph: Option<Vec<GraphJobReply>>,
    /// To `graph --dot`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dot: Option<String>,
    /// To `list --functions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub functions: Option<Vec<FunctionReply>>,
    /// To `cancel`: whether a run was under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<bool>,
    /// To `cancel`: a run is under way where this daemon does not reach, and that is how it is ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<String>,
}

/// A run, as far as it came.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct PastRunReply {
    pub run: u64,
    pub file: String,
    pub began_ms: u64,
    /// `None`: it never came to its end, or is under way.
    pub ended_ms: Option<u64>,
    pub success: bool,
    /// It is under way.
    #[serde(default)]
    pub running: bool,
    pub jobs: Vec<JobStateReply>,
}

/// How a job stands.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct JobStateReply {
    pub id: String,
    pub status: String,
    pub attempts: u32,
    pub error: Option<String>,
    pub wall_ms: Option<u64>,
}

/// A job and what it waits for.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct GraphJobReply {
    pub id: String,
    pub callback: String,
    pub priority: u64,
    pub depends_on: Vec<String>,
}

/// What a job can run.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct FunctionReply {
    pub name: String,
    pub doc: String,
    pub parameters: Vec<ParameterReply>,
    /// Beside `success`.
    pub results: Vec<ResultReply>,
    /// What of the result `target_section` receives.
    pub primary: String,
}

/// An argument that it takes.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct ParameterReply {
    pub name: String,
    pub kind: String,
    pub required: bool,
    /// Empty: nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub default: String,
    pub doc: String,
}

/// A field of its result.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct ResultReply {
    pub name: String,
    pub kind: String,
    pub doc: String,
}
