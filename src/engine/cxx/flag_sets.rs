//! The sets of flags that a build uses, and what drivers say of each. Equal sets are one. Does not know how drivers are asked.

use std::collections::{BTreeMap, BTreeSet};

use super::argv::{compile, link};
use super::probe::LinkProbe;
use super::toolchain::{DriverProbe, Toolchain};
use crate::engine::config::options::Options;
use crate::engine::config::settings::Settings;
use crate::engine::config::targets::FileRule;
use crate::engine::discover::patterns::{PatternError, Patterns};
use crate::engine::discover::{Declared, FileEntry, Language};
use crate::engine::path::FilePath;
use crate::engine::scan::kind::FileKind;

/// `[[files]]`, ready to be matched.
#[derive(Clone, Debug)]
pub struct Rules<'a> {
    all: Vec<(Patterns, &'a FileRule)>,
}

impl<'a> Rules<'a> {
    /// Reads their patterns.
    ///
    /// # Errors
    /// One of them is no glob.
    pub fn of(settings: &'a Settings) -> Result<Self, PatternError> {
        let read = |rule: &'a FileRule| Ok((Patterns::new(&rule.patterns)?, rule));
        Ok(Self { all: settings.files.iter().map(read).collect::<Result<_, _>>()? })
    }

    /// Those that fit, by index.
    #[must_use]
    pub fn fitting(&self, source: &FilePath) -> Vec<usize> {
        (0..self.all.len()).filter(|at| self.all[*at].0.fit(source)).collect()
    }

    /// `options` with what these rules add.
    #[must_use]
    pub fn applied(&self, options: &Options, rules: &[usize]) -> Options {
        let mut options = options.clone();
        for (_, rule) in rules.iter().filter_map(|at| self.all.get(*at)) {
            options.flags.extend(rule.flags.iter().cloned());
            options.defines.extend(rule.defines.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        options
    }
}

/// A set of flags for compiles of one language, as the driver gets them, inferred include directories left out.
type Compile = (Language, Vec<FilePath>);

/// What is to be asked: compiles by language, and links.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[allow(missing_docs, reason = "the type says all")]
pub struct FlagSets {
    pub compiles: BTreeSet<Compile>,
    pub links: BTreeSet<Vec<FilePath>>,
}

impl FlagSets {
    /// Those of the project and of its declared targets. The project's own are always there: for C, C++ and links.
    ///
    /// # Errors
    /// A pattern of `[[files]]` is no glob.
    pub fn of(settings: &Settings, declared: &[Declared], files: &[FileEntry], toolchain: &Toolchain) -> Result<Self, PatternError> {
        let rules = Rules::of(settings)?;
        let mut sets = Self::default();
        for language in [Language::C, Language::Cxx] {
            sets.compiles.insert(compile_set(&settings.options, language));
        }
        sets.links.insert(link::probe_flags(&settings.options, toolchain));
        sets.links.extend(declared.iter().map(|target| link::probe_flags(&target.options, toolchain)));
        let sources = files.iter().filter_map(|file| match file.kind {
            FileKind::Source(language) => Some((&file.path, language)),
            _ => None,
        });
        if declared.is_empty() {
            sets.add(&settings.options, &rules, sources);
            return Ok(sets);
        }
        let languages: BTreeMap<&FilePath, Language> = sources.collect();
        for target in declared {
            let own = target.sources.iter().filter_map(|path| Some((path, *languages.get(path)?)));
            sets.add(&target.options, &rules, own);
        }
        Ok(sets)
    }

    fn add<'a>(&mut self, options: &Options, rules: &Rules<'_>, sources: impl Iterator<Item = (&'a FilePath, Language)>) {
        let distinct: BTreeSet<(Language, Vec<usize>)> =
            sources.map(|(path, language)| (asked_as(language), rules.fitting(path))).collect();
        self.compiles.extend(distinct.iter().map(|(language, fitting)| compile_set(&rules.applied(options, fitting), *language)));
    }

    /// All that drivers are told.
    #[must_use]
    pub fn flags(&self) -> Vec<FilePath> {
        self.compiles.iter().map(|(_, flags)| flags).chain(&self.links).flatten().cloned().collect()
    }
}

fn compile_set(options: &Options, language: Language) -> Compile {
    let language = asked_as(language);
    (language, compile::flags(options, language, &[]))
}

/// Assembler is asked about as C is.
fn asked_as(language: Language) -> Language {
    if language == Language::Cxx { Language::Cxx } else { Language::C }
}

/// What drivers say, by what they were asked.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the type says all")]
pub struct Probes {
    pub compiles: BTreeMap<Compile, DriverProbe>,
    pub links: BTreeMap<Vec<FilePath>, LinkProbe>,
}

impl Probes {
    /// Of a compile with these options.
    #[must_use]
    pub fn compile(&self, options: &Options, language: Language) -> Option<&DriverProbe> {
        self.compiles.get(&compile_set(options, language))
    }

    /// Of a link with these options.
    #[must_use]
    pub fn link(&self, options: &Options, toolchain: &Toolchain) -> Option<&LinkProbe> {
        self.links.get(&link::probe_flags(options, toolchain))
    }

    /// All that was asked.
    #[must_use]
    pub fn asked(&self) -> FlagSets {
        FlagSets { compiles: self.compiles.keys().cloned().collect(), links: self.links.keys().cloned().collect() }
    }

    /// The programs that compiles and links run.
    #[must_use]
    pub fn programs(&self) -> BTreeSet<&FilePath> {
        let compilers = self.compiles.values().flat_map(|probe| &probe.programs);
        compilers.chain(self.links.values().flat_map(LinkProbe::programs)).collect()
    }
}

#[cfg(test)]
mod tests;
