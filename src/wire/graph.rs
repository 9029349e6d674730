//! The answer to `graph`. Does not know how it is found out, nor how it is shown.

use serde::{Deserialize, Serialize};

use super::event::{StepKind, StepKindName};
use super::text::PathText;

/// A project's targets and steps.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct GraphReply {
    /// Where.
    pub root: PathText,
    /// By name.
    pub targets: Vec<GraphTarget>,
    /// All of them, in no order that means anything. [`super::encode_reply`] sends them before, in parts.
    #[serde(default)]
    pub steps: Vec<GraphStep>,
    /// With `symbols`, all files; sent like the steps.
    #[serde(default)]
    pub files: Vec<GraphFile>,
    /// Further remarks, in words.
    pub notes: Vec<String>,
}

/// Some steps or files, so that no line grows too long.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct GraphPart {
    /// In the order of the whole.
    #[serde(default)]
    pub steps: Vec<GraphStep>,
    /// The same.
    #[serde(default)]
    pub files: Vec<GraphFile>,
}

impl GraphPart {
    /// Adds the next part.
    pub fn take(&mut self, part: &Self) {
        self.steps.extend_from_slice(&part.steps);
        self.files.extend_from_slice(&part.files);
    }

    /// The whole, with what came before it.
    #[must_use]
    pub fn whole(self, last: &GraphReply) -> GraphReply {
        GraphReply { steps: self.steps, files: self.files, ..last.clone() }
    }
}

/// One target.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct GraphTarget {
    /// Unique.
    pub name: String,
    /// `executable`, `shared_library`, `static_library`, `plugin`, `headers`, `objects`, or `job`.
    pub kind: String,
    /// `None`: built by default.
    pub group: Option<String>,
    /// What users get of it.
    pub artifacts: Vec<PathText>,
    /// Targets that make what it needs.
    pub depends_on: Vec<String>,
}

/// One step.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GraphStep {
    /// What it does.
    #[serde(with = "StepKindName")]
    pub kind: StepKind,
    /// The source or the output.
    pub label: String,
    /// Whose it is.
    pub target: String,
    /// What it reads for sure.
    pub inputs: Vec<PathText>,
    /// What has to be there before it runs.
    pub after: Vec<PathText>,
    /// What it makes; the first names it.
    pub outputs: Vec<PathText>,
    /// Steps that have to be done before, by their names.
    pub depends_on: Vec<PathText>,
}

/// One source or header.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct GraphFile {
    /// Where.
    pub path: PathText,
    /// It is not compiled for itself.
    pub is_header: bool,
    /// Files of the project that it includes itself.
    pub includes: Vec<PathText>,
    /// In the order of their lines.
    pub namespaces: Vec<DeclarationReply>,
    /// Classes, structs, unions and enums.
    pub classes: Vec<DeclarationReply>,
    /// Functions and methods.
    pub functions: Vec<DeclarationReply>,
    /// What clang found wrong.
    pub errors: Vec<TroubleReply>,
}

/// Something that a file declares.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct DeclarationReply {
    /// With the namespaces and classes around it.
    pub name: String,
    /// `namespace`, `class`, `struct`, `union`, `enum`, `function`, `method`, `constructor`, `destructor`, `conversion`.
    pub kind: String,
    /// One-based.
    pub line: u32,
    /// It is a template.
    pub template: bool,
    /// It is all of it, and not only announced.
    pub definition: bool,
    /// Of a function, as clang writes it; else empty.
    pub r#type: String,
}

/// Something that is wrong with a file.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct TroubleReply {
    /// One-based; 0: the file as a whole.
    pub line: u32,
    /// In words.
    pub message: String,
}
