//! Symbols that a link lacks: where to look for them, and what to tell the user of what was found. Does not read files.

mod hints;
mod spelling;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::argv::response;
use super::diagnostics::linker::{self, LinkProblems};
use crate::engine::config::settings::Settings;
use crate::engine::config::targets::Kind;
use crate::engine::discover::{Discovery, Language, Target, other_platform};
use crate::engine::graph::StepSpec;
use crate::engine::path::FilePath;
use crate::engine::scan::kind::FileKind;
use crate::engine::scan::source::Offered;
pub use hints::hints;
pub use spelling::Spelling;

/// What is known of a project when one of its links fails.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the types say all")]
pub struct Lookup {
    pub settings: Arc<Settings>,
    pub discovery: Arc<Discovery>,
    /// Where the linker looks, in order.
    pub library_dirs: Vec<FilePath>,
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

    /// The undefined symbols, by index, that a source with these functions and variables in it defines, and why they are not there.
    #[must_use]
    pub fn defined_by(&self, suspect: Suspect, offered: &[Offered]) -> Option<(Suspect, Vec<usize>)> {
        if suspect.standing != Standing::Linked {
            let symbols = self.those(|spelling| offered.iter().any(|it| spelling.is_defined_as(&it.name)));
            return (!symbols.is_empty()).then_some((suspect, symbols));
        }
        // It is linked already: what it surely defines is something else of that name.
        let in_c = suspect.language == Language::C;
        let symbols = self.those(|spelling| in_c && offered.iter().any(|it| spelling.is_in_c(&it.name)));
        if !symbols.is_empty() {
            return Some((suspect, symbols));
        }
        let under = |spelling: &Spelling| offered.iter().find(|it| it.under.is_some() && spelling.is_defined_as(&it.name))?.under.clone();
        let condition = self.spellings.iter().find_map(under)?;
        let symbols = self.those(|spelling| under(spelling).as_ref() == Some(&condition));
        Some((Suspect { standing: Standing::Conditional(condition), ..suspect }, symbols))
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
    /// Ignored, or in a directory that some build made.
    Ignored,
    /// Not in `discovery.files`.
    Unlisted,
    /// By its name for another platform.
    Platform(String),
    /// Left out for this reason, which naming it would not mend.
    LeftOut(String),
    /// A part of this kind of program only: a test, an example.
    Grouped(&'static str),
    /// It defines `main`, so that no other product has it.
    Program,
    /// Of a declared target that can be depended on.
    Target {
        /// It.
        name: String,
        /// The one whose link lacks it.
        user: String,
    },
    /// Of this declared program alone.
    OtherProgram(String),
    /// They are, but they define it only under this `#if`.
    Conditional(String),
    /// It lies with a program, apart from the library's sources.
    Apart,
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
    /// Its name, without `-l`; or its path, which has a `/`.
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
        out.extend(self.library_dirs.iter().cloned());
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
        let declared = found.declared.get(&spec.target);
        let used = declared.into_iter().flat_map(|declared| declared.libraries.iter().chain(&declared.objects));
        let theirs = used.filter_map(|name| found.declared.get(name)).flat_map(|target| &target.sources);
        let project = found.project_sources.iter().filter(|_| target.is_none_or(|target| target.uses_project));
        let linked: BTreeSet<&FilePath> = project.chain(own).chain(theirs).collect();
        for source in &found.sources {
            let standing = match declared {
                _ if linked.contains(&source.path) => Standing::Linked,
                Some(_) => declared_standing(found, &source.path, &spec.target),
                None if found.project_sources.contains(&source.path) => Standing::Apart,
                None => standing(&found.targets, &source.path),
            };
            out.push(suspect(&source.path, source.language, standing));
        }
        out
    }
}

impl Lack {
    /// Whether some symbol is still without anybody who defines it.
    #[must_use]
    pub fn is_open(&self, found: &Found) -> bool {
        let defined = |at| found.libraries.iter().any(|o| o.symbols.contains(&at)) || found.sources.iter().any(|(_, s)| s.contains(&at));
        (0..self.spellings.len()).any(|at| !defined(at))
    }
}

impl Lookup {
    /// The sources that discovery was shown.
    #[must_use]
    pub fn known(&self) -> Vec<FilePath> {
        let found = &self.discovery;
        let left_out = found.left_out.iter().map(|left| &left.path);
        found.sources.iter().chain(&found.vendored).map(|source| &source.path).chain(left_out).cloned().collect()
    }

    /// The sources among files that discovery was not shown. What this project's own builds made is no source of it.
    #[must_use]
    pub fn hidden_suspects(&self, files: &[FilePath]) -> Vec<Suspect> {
        let standing = || match &self.settings.discovery.files {
            Some(_) if self.settings.targets.is_empty() => Standing::Unlisted,
            _ => Standing::Ignored,
        };
        let source = |path: &FilePath| match FileKind::of(path) {
            FileKind::Source(language) if !self.is_made(path) => Some(suspect(path, language, standing())),
            _ => None,
        };
        files.iter().filter_map(source).collect()
    }

    /// The libraries among files of the project, and how they are named in settings.
    #[must_use]
    pub fn hidden_libraries(&self, files: &[FilePath]) -> Vec<(String, FilePath)> {
        let named = |path: &FilePath| {
            let library = link_name(&path.name()).is_some() && !self.is_made(path);
            let text = path.as_path().to_str().filter(|_| library)?;
            Some((if text.contains('/') { text.to_owned() } else { format!("./{text}") }, path.clone()))
        };
        files.iter().filter_map(named).collect()
    }

    /// Whether JMake made it, in this profile or another.
    fn is_made(&self, path: &FilePath) -> bool {
        let named = self.settings.output_dir.as_ref().is_some_and(|dir| path.as_path().starts_with(dir.as_path()));
        let below = path.as_path().strip_prefix(self.settings.build_dir.as_path()).ok();
        let kind = below.and_then(|below| below.components().nth(1)).map(|kind| kind.as_os_str().to_owned());
        named || kind.is_some_and(|kind| kind == "lib" || kind == "bin")
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

/// The standing of a source that other declared targets than `user` have.
fn declared_standing(found: &Discovery, path: &FilePath, user: &str) -> Standing {
    let holders = || found.declared.values().filter(|target| target.sources.contains(path));
    let to_depend_on = |kind: Kind| matches!(kind, Kind::StaticLibrary | Kind::SharedLibrary | Kind::Objects);
    match (holders().find(|target| to_depend_on(target.kind)), holders().next()) {
        (Some(target), _) => Standing::Target { name: target.name.clone(), user: user.to_owned() },
        (None, Some(target)) => Standing::OtherProgram(target.name.clone()),
        (None, None) => Standing::Linked,
    }
}

/// The command line, as it is when none of it is in a file.
fn arguments(spec: &StepSpec) -> Vec<FilePath> {
    let Some(command) = &spec.command else { return Vec::new() };
    command.args.iter().cloned().chain(command.responses.iter().flat_map(response::words)).collect()
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
