//! The answer to `explain`. Does not know how it is found out, nor how it is shown.

use serde::{Deserialize, Serialize};

use super::event::{StepKind, StepKindName};
use super::text::PathText;

/// What would become of a target or file, and why.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ExplainReply {
    /// As asked; empty for all that a build would make.
    pub subject: String,
    /// It is a file that the steps read, rather than what they make.
    pub read: bool,
    /// How many steps belong to it.
    pub total: u32,
    /// How many of them would run.
    pub run: u32,
    /// How many would have their outputs put back from the store.
    pub restore: u32,
    /// Those that would not stay as they are, and those that make what was asked about; at most 2,000.
    pub steps: Vec<ExplainedStep>,
    /// Further remarks, in words.
    pub notes: Vec<String>,
}

/// One step of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct ExplainedStep {
    #[serde(with = "StepKindName")]
    pub kind: StepKind,
    pub label: String,
    pub target: String,
    pub output: Option<PathText>,
    /// `run`, `restore` or `up_to_date`.
    pub fate: String,
    /// In one line: why it would run, or why it ran last.
    pub why: String,
    /// The same, link by link, down to what a person did. Empty for what is up to date.
    pub because: Vec<BecauseReply>,
}

/// One link of a cause.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BecauseReply {
    /// The step behind the link before; `null` for the first.
    pub step: Option<String>,
    /// In words.
    pub what: String,
    /// From the source to the header that changed.
    pub includes: Vec<PathText>,
}

impl ExplainedStep {
    /// Whether a build would leave it as it is.
    #[must_use]
    pub fn is_up_to_date(&self) -> bool {
        self.fate == "up_to_date"
    }
}
