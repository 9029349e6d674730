//! What is said of a target or file: which of its steps would run, and why; or why they ran last. Does not know how it is shown.

use std::sync::Arc;

use super::Cause;
use crate::engine::path::FilePath;
use crate::engine::report::StepKind;

/// What would become of a step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fate {
    /// Nothing. With why it ran last, where that was written down.
    UpToDate(Option<String>),
    /// Its outputs would be put back.
    Restored(Arc<Cause>),
    /// It would run.
    Run(Arc<Cause>),
}

/// Why, in one line; empty for what is up to date and of which nothing was written down.
impl std::fmt::Display for Fate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UpToDate(last) => f.write_str(last.as_deref().unwrap_or_default()),
            Self::Restored(cause) | Self::Run(cause) => cause.fmt(f),
        }
    }
}

/// One step of it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names say all")]
pub struct Explained {
    pub kind: StepKind,
    pub label: String,
    pub target: String,
    pub output: Option<FilePath>,
    /// It makes what was asked about, or reads it; others only come before such a one.
    pub asked: bool,
    pub fate: Fate,
}

/// All that is said.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Explanation {
    /// What was asked about.
    pub subject: String,
    /// It is a file that these steps read, rather than what they make.
    pub read: bool,
    /// Its steps, each after those that it waits for.
    pub steps: Vec<Explained>,
    /// Remarks, in words.
    pub notes: Vec<String>,
}
