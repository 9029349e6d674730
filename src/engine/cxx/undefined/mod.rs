//! Symbols that a link lacks: where to look for them, and what to tell the user of what was found. Does not read files.

mod hints;
mod spelling;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::argv::response;
use super::diagnostics::linker::{self, LinkProblems};
use super::probe::LinkProbe;
use crate::engine::config::settings::Settings;
use crate::engine::discover::{Discovery, Language, Target, other_platform};
use crate::engine::graph::StepSpec;
use crate::engine::path::FilePath;
use crate::engine::scan::kind::FileKind;
pub use hints::hints;
pub use spelling::Spelling;

/// What is known of a project when one of its links fails.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the types say all")]
pub struct Lookup {
    pub settings: Arc<Settings>,
    pub discovery: Arc<Discovery>,
    pub link_probe: Arc<LinkProbe>,
}

/// What a failed link lacks.
#[derive(Clone, Debug)]
pub struct Lack {
    /// As the linker says it.
    pub problems: LinkProblems,
    /// The forms of each undefined symbol, in the same order.
    pub spellings: Vec<Spelling>,
    /// The link makes a shared library.
    pub shared: bool,
}

impl Lack {
    /// What a link with this output lacks; `None` if it failed for other reasons.
    #[must_use]
    pub fn of(spec: &StepSpec, output: &str) -> Option<Self> {
        let problems = linker::parse(output);
        let spellings = problems.undefined.iter().map(|undefined| Spelling::of(&undefined.symbol)).collect();
        let shared = arguments(spec).iter().any(|arg| arg.as_bytes() == b"-shared");
        (!problems.undefined.is_empty() || !problems.missing_libraries.is_empty()).then_some(Self { problems, spellings, shared })
    }

    /// The undefined symbols, by index, that a library with these symbols defines.
    #[must_use]
    pub fn exported_by(&self, exports: &[String]) -> Vec<usize> {
        self.those(|spelling| exports.iter().any(|exported| spelling.is_exported_as(exported)))
    }

    /// The undefined symbols, by index, that a source in `language` defines, with these functions and variables in it.
    #[must_use]
    pub fn defined_by(&self, suspect: &Suspect, names: &[String]) -> Vec<usize> {
        self.those(|spelling| match suspect.standing {
            // It is linked already: what it defines is something else of that name.
            Standing::Linked => suspect.language == Language::C && names.iter().any(|name| spelling.is_in_c(name)),
            _ => names.iter().any(|name| spelling.is_defined_as(name)),
        })
    }

    fn those(&self, defined: impl Fn(&Spelling) -> bool) -> Vec<usize> {
        self.spellings.iter().enumerate().filter(|(_, spelling)| defined(spelling)).map(|(at, _)| at).collect()
    }
}

/// Why a source's definitions are not in a link.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Standing {
    /// In a directory of other people's code.
    Vendored,
    /// By its name for another platform.
    Platform(String),
    /// Left out for this reason, which naming it would not mend.
    LeftOut(String),
    /// A part of this kind of program only: a test, an example.
    Grouped(&'static str),
    /// It defines `main`, so that no other product has it.
    Program,
    /// None: they are.
    Linked,
}

/// A source that may define what is missing.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "the types say all")]
pub struct Suspect {
    pub path: FilePath,
    pub language: Language,
    pub standing: Standing,
}

/// A library that defines some of what is missing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Offer {
    /// Its name, without `-l`.
    pub library: String,
    /// The symbols, as indices into what is undefined.
    pub symbols: Vec<usize>,
}

/// Who defines what is missing.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Found {
    /// Libraries where the linker looks, in its order.
    pub libraries: Vec<Offer>,
    /// Sources, with the symbols as indices into what is undefined.
    pub sources: Vec<(Suspect, Vec<usize>)>,
}

impl Lookup {
    /// Where this link looks for libraries, in order.
    #[must_use]
    pub fn directories(&self, spec: &StepSpec) -> Vec<FilePath> {
        let mut out: Vec<FilePath> = Vec::new();
        let args = arguments(spec);
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_bytes().strip_prefix(b"-L") {
                Some(b"") => out.extend(args.next().cloned()),
                Some(dir) => out.push(FilePath::from_bytes(dir)),
                None => {}
            }
        }
        out.extend(self.link_probe.library_dirs.iter().cloned());
        out
    }

    /// The sources of the project that may define what this link lacks.
    #[must_use]
    pub fn suspects(&self, spec: &StepSpec) -> Vec<Suspect> {
        let found = &self.discovery;
        let mut out: Vec<Suspect> = found.vendored.iter().map(|s| suspect(&s.path, s.language, Standing::Vendored)).collect();
        for left in &found.left_out {
            if let FileKind::Source(language) = FileKind::of(&left.path) {
                let platform = other_platform(&left.path).map(Standing::Platform);
                out.push(suspect(&left.path, language, platform.unwrap_or_else(|| Standing::LeftOut(left.why.clone()))));
            }
        }
        let target = found.targets.iter().find(|target| target.name == spec.target);
        let own = target.into_iter().flat_map(|t| t.sources.iter().chain(t.main.iter().map(|(main, _)| main)));
        let linked: BTreeSet<&FilePath> = found.project_sources.iter().chain(own).collect();
        for source in &found.sources {
            let standing = if linked.contains(&source.path) { Standing::Linked } else { standing(&found.targets, &source.path) };
            out.push(suspect(&source.path, source.language, standing));
        }
        out
    }
}

fn suspect(path: &FilePath, language: Language, standing: Standing) -> Suspect {
    Suspect { path: path.clone(), language, standing }
}

/// The standing of a source that is not the project's own.
fn standing(targets: &[Target], path: &FilePath) -> Standing {
    let defines_main = |target: &&Target| target.main.as_ref().is_some_and(|(main, _)| main == path);
    let group = targets.iter().filter(|t| defines_main(t) || t.sources.contains(path)).find_map(|target| target.group);
    match group {
        Some(group) => Standing::Grouped(group.noun()),
        None if targets.iter().any(|target| defines_main(&target)) => Standing::Program,
        None => Standing::Linked,
    }
}

/// The command line, as it is when none of it is in a file.
fn arguments(spec: &StepSpec) -> Vec<FilePath> {
    let Some(command) = &spec.command else { return Vec::new() };
    command.args.iter().cloned().chain(command.response.iter().flat_map(response::words)).collect()
}

/// The name by which a linker finds a library file; `None` if it would not find it.
#[must_use]
pub fn link_name(file: &str) -> Option<&str> {
    let stem = file.strip_prefix("lib")?;
    let name = stem.strip_suffix(".so").or_else(|| stem.strip_suffix(".a"))?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests;
