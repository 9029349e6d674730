//! From files to targets: what a project builds when nobody says. Does not know flags, tools or steps.

mod declared;
mod directories;
mod frameworks;
mod library;
mod links;
mod looked_at;
mod missing;
mod names;
pub mod patterns;
mod programs;
mod request;
mod roles;
mod survey;
mod targets;
mod told;
mod unused;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::declared::{DeclareError, Declared, declare, include_dirs};
pub use self::looked_at::{ListError, LookedAt, asked_for, looked_at, named, some};
pub use self::names::{group_by_directory, other_platform, vendor_directory};
pub use self::request::{FileEntry, Request};
pub use self::survey::discover;
pub use self::told::told;
pub use self::unused::unused;
use super::path::FilePath;

/// A language that JMake compiles.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub enum Language {
    /// `.c`
    C,
    /// `.cc .cpp .cxx .c++ .C`
    Cxx,
    /// `.s`
    Assembler,
    /// `.S`
    AssemblerWithCpp,
}

/// What a target becomes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TargetKind {
    /// A program.
    Executable,
    /// The project's library, in the form that the settings ask for.
    Library,
    /// A declared shared library.
    SharedLibrary,
    /// A declared static library.
    StaticLibrary,
    /// A declared shared library that is loaded, not linked.
    Plugin,
    /// Declared headers: nothing is made.
    Headers,
    /// Declared objects, which others take in.
    Objects,
}

/// Targets that are built by `--all` or by name only.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs, reason = "the names say all")]
pub enum Group {
    Test,
    Example,
    Benchmark,
    Fuzzer,
    Tool,
}

impl Group {
    /// What one of its programs is called.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Example => "example",
            Self::Benchmark => "benchmark",
            Self::Fuzzer => "fuzzer",
            Self::Tool => "tool",
        }
    }
}

/// A file that is compiled.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source {
    /// Where.
    pub path: FilePath,
    /// In what.
    pub language: Language,
}

/// Whether a file defines `main`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Main {
    /// Surely.
    Yes,
    /// Under `#if`: only its object can tell.
    IfObjectDefinesIt,
}

/// What becomes of the library if a `main` under a condition proves to be one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum IfMain {
    /// There is one all the same.
    #[default]
    Stays,
    /// There is none, as in a project whose `main` is sure; with the reason, where that is worth a remark.
    Goes(Option<String>),
}

/// Something to build.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// Unique among the targets.
    pub name: String,
    /// What it becomes.
    pub kind: TargetKind,
    /// `None`: built by default.
    pub group: Option<Group>,
    /// The file that defines `main`, for a program, and how sure that is. If its object does not define it, there is no such program
    /// and the file counts among the project's own sources, the library's too; in a group it then counts for nothing.
    /// Fuzzers share the file that drives them, so several programs may name the same one.
    pub main: Option<(FilePath, Main)>,
    /// Its further own sources, sorted. For the library: what it is made of, which is the project's sources less those that lie
    /// with a program apart from it (they are in the internal archive only). Empty where only files with an unsure `main` may make it.
    pub sources: Vec<FilePath>,
    /// Links the project's own objects through the internal archive.
    pub uses_project: bool,
    /// Libraries it needs beyond the project's settings, such as a test framework's, without `-l`.
    pub libraries: Vec<String>,
    /// For the library: whether it is one beside a program. Only objects tell of some.
    pub if_main: IfMain,
    /// Why it is a target, in words.
    pub why: String,
}

/// Which builds say that a file is left out.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Repeat {
    /// None: `jmake discover` does.
    #[default]
    Never,
    /// Those of tests, examples and the like.
    WithGroups,
    /// Every one.
    Always,
}

/// A file that is not built, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LeftOut {
    /// Where.
    pub path: FilePath,
    /// In words.
    pub why: String,
    /// Whether a build says so, and again when it closes.
    pub repeat: Repeat,
}

/// What was found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Discovery {
    /// All that may be compiled, sorted by path, those of groups included.
    pub sources: Vec<Source>,
    /// Headers, sorted.
    pub headers: Vec<FilePath>,
    /// Sources that belong to no program of their own: they make the library and the internal archive. Sorted.
    pub project_sources: Vec<FilePath>,
    /// The inferred include directories, in search order. The root is the empty path.
    pub include_dirs: Vec<FilePath>,
    /// What to build, sorted by name.
    pub targets: Vec<Target>,
    /// Those of them that jmake.toml declares, by name: then all are declared.
    pub declared: BTreeMap<String, Arc<Declared>>,
    /// Not built.
    pub left_out: Vec<LeftOut>,
    /// Sources of other people, in their own directories: not built. Sorted.
    pub vendored: Vec<Source>,
    /// Further remarks, in words.
    pub notes: Vec<String>,
    /// The include graph: each file of the project with the files that it includes itself, as far as they are in the root.
    pub includes: BTreeMap<FilePath, Vec<FilePath>>,
    /// Files whose text does not say all that they read: macros name includes, or they take in data.
    pub unclear: BTreeSet<FilePath>,
    /// Files of C and C++ whose text has the assembler read others.
    pub assembling: BTreeSet<FilePath>,
}

impl Discovery {
    /// These files, and all that include one of them, directly or not.
    #[must_use]
    pub fn with_includers(&self, mut files: HashSet<FilePath>) -> HashSet<FilePath> {
        if files.is_empty() {
            return files;
        }
        let mut includers: HashMap<&FilePath, Vec<&FilePath>> = HashMap::new();
        for (file, included) in &self.includes {
            included.iter().for_each(|included| includers.entry(included).or_default().push(file));
        }
        let mut open: Vec<FilePath> = files.iter().cloned().collect();
        while let Some(file) = open.pop() {
            let all = includers.get(&file).into_iter().flatten().copied();
            open.extend(all.filter(|includer| files.insert((*includer).clone())).cloned());
        }
        files
    }
}

#[cfg(test)]
mod tests;
