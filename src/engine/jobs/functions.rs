//! What a job can run: functions, their arguments and their results. Does not know how one is carried out.

mod table;

pub use table::{FUNCTIONS, LEVELS, PROJECT_TYPES};

use super::values::Kind;

/// One function.
#[derive(Debug, Eq, PartialEq)]
pub struct Function {
    /// Which.
    pub call: Call,
    /// As `callback` names it.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub doc: &'static str,
    /// What it takes.
    pub parameters: &'static [Parameter],
    /// The fields of its result beside `success`.
    pub results: &'static [Field],
    /// The one of them that `target_section` receives; empty: there is none.
    pub primary: &'static str,
}

/// One argument that a function takes.
#[derive(Debug, Eq, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// It has to be given.
    pub required: bool,
    /// What it is unless given; empty: nothing.
    pub default: &'static str,
    /// What it is for, in a sentence.
    pub doc: &'static str,
}

/// One field of a result.
#[derive(Debug, Eq, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What it says, in a sentence.
    pub doc: &'static str,
}

/// What functions do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "FUNCTIONS documents each")]
pub enum Call {
    Command,
    ScanFiles,
    DetectBinaries,
    BuildIncludeDirs,
    DiscoverProject,
    WalkAstDependencies,
    GetTool,
    GetAllTools,
    CreateStructure,
    GenerateConfig,
    ValidateConfig,
    UpdateConfig,
    GetConfigSection,
    CompileParallel,
    LinkIr,
    OptimizeIr,
    CompileToObject,
    LinkSharedLibrary,
    BuildProject,
    Build,
    CleanBuild,
    WatchAndBuild,
    GetStats,
    CacheStats,
    ClearCaches,
    CheckDaemons,
}

impl Call {
    /// It is one process, which may be given a directory and variables.
    #[must_use]
    pub fn is_process(self) -> bool {
        matches!(self, Self::Command | Self::LinkIr | Self::OptimizeIr | Self::CompileToObject | Self::LinkSharedLibrary)
    }
}

const fn parameter(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Parameter {
    Parameter { name, kind, required: false, default, doc }
}

const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Parameter {
    Parameter { name, kind, required: true, default: "", doc }
}

const fn field(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field { name, kind, doc }
}

const fn function(call: Call, name: &'static str, doc: &'static str) -> Function {
    Function { call, name, doc, parameters: &[], results: &[], primary: "" }
}

impl Function {
    const fn takes(self, parameters: &'static [Parameter]) -> Self {
        Self { parameters, ..self }
    }

    const fn gives(self, results: &'static [Field], primary: &'static str) -> Self {
        Self { results, primary, ..self }
    }

    /// The parameter `name`.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// The field `name` of its result.
    #[must_use]
    pub fn result(&self, name: &str) -> Option<&'static Field> {
        self.results.iter().find(|field| field.name == name)
    }

    /// What `target_section` receives.
    #[must_use]
    pub fn primary_kind(&self) -> Option<Kind> {
        self.result(self.primary).map(|field| field.kind)
    }
}

/// The function `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_there_once_and_the_primary_value_is_a_result() {
        for (at, function) in FUNCTIONS.iter().enumerate() {
            let name = function.name;
            assert!(FUNCTIONS[..at].iter().all(|other| other.name != name), "{name}");
            assert!(function.primary.is_empty() || function.primary_kind().is_some(), "{name}");
            assert!(function.doc.ends_with('.') && function.parameters.iter().all(|p| p.doc.ends_with('.')), "{name}");
            assert!(function.results.iter().all(|field| field.doc.ends_with('.') && field.name != "success"), "{name}");
        }
    }
}
