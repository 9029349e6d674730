//! The sets of flags that a build uses, and what drivers say of each. Equal sets are one. Does not know how drivers are asked.

use std::collections::{BTreeMap, BTreeSet};

use super::argv::compile;
use super::argv::link::{self, Product};
use super::probe::LinkProbe;
use super::toolchain::{DriverProbe, Toolchain};
use crate::engine::config::options::Options;
use crate::engine::config::settings::{LibraryType, Settings};
use crate::engine::config::targets::{FileRule, Kind};
use crate::engine::discover::patterns::{PatternError, Patterns};
use crate::engine::discover::{Declared, FileEntry, Language};
use crate::engine::path::FilePath;
use crate::engine::scan::facts::MainFact;
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

/// A set of flags for links by the driver of one language: the line of any of them.
type Linked = (Language, Vec<FilePath>);

/// What is to be asked: compiles and links by language.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[allow(missing_docs, reason = "the type says all")]
pub struct FlagSets {
    pub compiles: BTreeSet<Compile>,
    pub links: BTreeSet<Linked>,
}

impl FlagSets {
    /// Those of the project and of its declared targets. The project's own for C and C++ are always there, and some link.
    ///
    /// # Errors
    /// A pattern of `[[files]]` is no glob.
    pub fn of(settings: &Settings, declared: &[Declared], files: &[FileEntry], toolchain: &Toolchain) -> Result<Self, PatternError> {
        let rules = Rules::of(settings)?;
        let mut sets = Self::default();
        for language in [Language::C, Language::Cxx] {
            sets.compiles.insert(compile_set(&settings.options, language));
        }
        let sources = files.iter().filter_map(|file| Some((&file.path, language_of(file)?)));
        sets.add_links(settings, declared, files, toolchain);
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

    /// Links that are likely; others are left to the driver.
    fn add_links(&mut self, settings: &Settings, declared: &[Declared], files: &[FileEntry], toolchain: &Toolchain) {
        let sources = files.iter().filter_map(|file| Some((&file.path, language_of(file)?)));
        let languages: BTreeMap<&FilePath, Language> = sources.collect();
        for target in declared {
            let Some(product) = product(target.kind) else { continue };
            let merged = declared.iter().filter(|other| target.libraries.contains(&other.name) || target.objects.contains(&other.name));
            let merged = merged.filter(|other| matches!(other.kind, Kind::StaticLibrary | Kind::Objects));
            let sources = std::iter::once(target).chain(merged).flat_map(|target| &target.sources);
            let language = linked_as(sources.filter_map(|source| languages.get(source).copied()));
            self.links.insert(link_set(&target.link_options(), toolchain, language, product));
        }
        if !self.links.is_empty() {
            return;
        }
        // A program may be linked with all that is in none.
        let sources = files.iter().filter_map(|file| Some((file.facts.main != MainFact::None, language_of(file)?)));
        let (mains, others): (Vec<_>, Vec<_>) = sources.partition(|(is_main, _)| *is_main);
        let of = |all: &[(bool, Language)]| all.iter().map(|(_, language)| *language).collect::<Vec<_>>();
        let shared = settings.library_type.unwrap_or_default() == LibraryType::Shared && !others.is_empty();
        let (mains, others) = (of(&mains), of(&others));
        let programs = mains.iter().map(|main| linked_as(others.iter().chain([main]).copied()));
        let mut likely: BTreeSet<Linked> =
            programs.map(|language| link_set(&settings.options, toolchain, language, Product::Executable)).collect();
        if shared || likely.is_empty() {
            let product = if shared { SHARED } else { Product::Executable };
            likely.insert(link_set(&settings.options, toolchain, linked_as(others.into_iter()), product));
        }
        self.links.extend(likely);
    }

    /// All that drivers are told.
    #[must_use]
    pub fn flags(&self) -> Vec<FilePath> {
        self.compiles.iter().chain(&self.links).flat_map(|(_, flags)| flags).cloned().collect()
    }
}

fn compile_set(options: &Options, language: Language) -> Compile {
    let language = asked_as(language);
    (language, compile::flags(options, language, &[]))
}

fn language_of(file: &FileEntry) -> Option<Language> {
    if let FileKind::Source(language) = file.kind { Some(language) } else { None }
}

/// Whose driver links objects of these languages.
fn linked_as(mut languages: impl Iterator<Item = Language>) -> Language {
    if languages.any(|language| language == Language::Cxx) { Language::Cxx } else { Language::C }
}

fn link_set(options: &Options, toolchain: &Toolchain, language: Language, product: Product<'_>) -> Linked {
    (language, link::around(options, toolchain, language, product))
}

const SHARED: Product<'static> = Product::Shared { soname: "" };

/// What the link of a target makes, if it is linked.
fn product(kind: Kind) -> Option<Product<'static>> {
    match kind {
        Kind::Executable | Kind::Test | Kind::Example | Kind::Benchmark => Some(Product::Executable),
        Kind::SharedLibrary | Kind::Plugin => Some(SHARED),
        Kind::StaticLibrary | Kind::Headers | Kind::Objects => None,
    }
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
    pub links: BTreeMap<Linked, LinkProbe>,
}

impl Probes {
    /// Of a compile with these options.
    #[must_use]
    pub fn compile(&self, options: &Options, language: Language) -> Option<&DriverProbe> {
        self.compiles.get(&compile_set(options, language))
    }

    /// Of links with these options by the driver of that language.
    #[must_use]
    pub fn link(&self, options: &Options, toolchain: &Toolchain, language: Language, product: Product<'_>) -> Option<&LinkProbe> {
        self.links.get(&link_set(options, toolchain, language, product))
    }

    /// Of some link with these options: where libraries are found, and by which programs, is the same for all.
    #[must_use]
    pub fn any_link(&self, options: &Options, toolchain: &Toolchain) -> Option<&LinkProbe> {
        let all = [Language::Cxx, Language::C].into_iter().flat_map(|language| [Product::Executable, SHARED].map(|made| (language, made)));
        let asked = all.into_iter().find_map(|(language, product)| self.link(options, toolchain, language, product));
        asked.or_else(|| self.links.values().next())
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
