//! What `check` and `schema` answer. Does not know how it is shown.

use serde::{Deserialize, Serialize};

use super::request::Project;

/// Which settings are to be checked.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CheckRequest {
    /// Where.
    pub project: Project,
    /// `--show-origin`: every setting, too.
    pub show_origin: bool,
}

/// What is wrong with settings.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CheckReply {
    /// The file; `null`: there is none.
    pub file: Option<String>,
    /// Errors among the problems.
    pub errors: usize,
    /// Warnings among them.
    pub warnings: usize,
    /// In the order of the files.
    pub problems: Vec<ProblemReply>,
    /// Every setting, if it was asked for.
    pub settings: Vec<SettingReply>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProblemReply {
    /// `error` or `warning`.
    pub severity: String,
    /// The file, if it stands in one.
    pub file: Option<String>,
    /// From one.
    pub line: Option<usize>,
    /// From one, in characters.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub advice: String,
    /// All of it, with the line of the file, for people.
    pub rendered: String,
}

/// One setting.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct SettingReply {
    /// The key, or `$NAME` of a variable.
    pub key: String,
    /// As TOML.
    pub value: String,
    /// Where it came from, in words.
    pub origin: String,
}

/// The format of jmake.toml.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct SchemaReply {
    /// As JSON Schema.
    pub schema: serde_json::Value,
}
