//! What files declare, as clang's syntax tree says it: namespaces, classes, functions. Does not know how clang is run, nor C++ itself.

mod layout;
mod node;
mod place;
mod reader;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::reader::{Reader, Unreadable};
use crate::engine::path::FilePath;

/// What is declared.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are those of the language")]
pub enum DeclarationKind {
    Namespace,
    Class,
    Struct,
    Union,
    Enum,
    Function,
    Method,
    Constructor,
    Destructor,
    Conversion,
}

impl DeclarationKind {
    /// The name used in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Namespace => "namespace",
            Self::Class => "class",
            Self::Struct => "struct",
            Self::Union => "union",
            Self::Enum => "enum",
            Self::Function => "function",
            Self::Method => "method",
            Self::Constructor => "constructor",
            Self::Destructor => "destructor",
            Self::Conversion => "conversion",
        }
    }

    /// It is a type.
    #[must_use]
    pub fn is_class(self) -> bool {
        matches!(self, Self::Class | Self::Struct | Self::Union | Self::Enum)
    }

    /// It can be called.
    #[must_use]
    pub fn is_function(self) -> bool {
        !self.is_class() && self != Self::Namespace
    }
}

/// One declaration of a file.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Declaration {
    /// One-based.
    pub line: u32,
    /// What it declares.
    pub kind: DeclarationKind,
    /// With the namespaces and classes around it.
    pub name: String,
    /// The type of a function, as clang writes it.
    pub signature: String,
    /// It is a template.
    pub template: bool,
    /// It is all of it: a class with its members, a function with its body.
    pub defined: bool,
}

/// What files declare, each in the order of its lines, everything once.
pub type Declarations = BTreeMap<FilePath, Vec<Declaration>>;

/// Adds what another compile saw in the same files: macros may make it more.
pub fn unite(all: &mut Declarations, more: Declarations) {
    for (path, declarations) in more {
        let known = all.entry(path).or_default();
        known.extend(declarations);
        tidy(known);
    }
}

/// In order, each once; of a namespace that is opened again the first time.
fn tidy(declarations: &mut Vec<Declaration>) {
    declarations.sort();
    declarations.dedup();
    let mut seen = std::collections::HashSet::new();
    declarations.retain(|it| it.kind != DeclarationKind::Namespace || seen.insert(it.name.clone()));
}
