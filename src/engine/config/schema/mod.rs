//! Every key that may stand in jmake.toml: its form, what it is for, what it is unless said, and whether a build heeds it. Reading, merging,
//! `jmake check`, `jmake schema` and the key reference all go by this one table. Does not know files or other values.

mod build;
mod product;
mod project;
mod run;
mod target;

use std::sync::LazyLock;

pub(in crate::engine::config) use build::OPT_LEVELS;

/// One key.
#[derive(Debug, Eq, PartialEq)]
pub struct Key {
    /// `section.key`; `targets.` and `files.` stand for each table of that name, `profile.NAME.` for each profile.
    pub path: &'static str,
    /// What may be its value.
    pub form: Form,
    /// What it is for, as a sentence or two.
    pub doc: &'static str,
    /// The value that it has unless said, as TOML; empty: none, or `doc` says it.
    pub default: &'static str,
    /// Whether a build heeds it.
    pub state: State,
    /// How values of several places become one.
    pub join: Join,
    /// For a key of a target: the key of the project that it goes beyond.
    pub of: Option<&'static str>,
}

/// What may be a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// A string.
    Text,
    /// A path, as a string.
    Path,
    /// A list of strings.
    Texts,
    /// A list of paths.
    Paths,
    /// A list of strings; `true` stands for all that there are.
    TextsOrAll,
    /// A list of strings, or one.
    OneOrMore,
    /// True or false.
    Truth,
    /// A whole number of at least the first and at most the second.
    Number(u64, u64),
    /// One of these.
    Choice(&'static [&'static str]),
    /// A list of these.
    Choices(&'static [&'static str]),
    /// One of these; `true` stands for the second, `false` for the first.
    Switch(&'static [&'static str]),
    /// A standard of C++, or of C if not.
    Standard {
        /// C++.
        cxx: bool,
    },
    /// A table of macros.
    Defines,
    /// A table of strings.
    Pairs,
    /// Whatever its user likes; not looked at.
    Anything,
}

/// Whether a build heeds a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// It does what its documentation says.
    Honoured,
    /// It is for readers, or was written down by JMake: nothing happens because of it, and nobody is warned.
    Record,
    /// There is only this value, and why; another one is warned of.
    Only(&'static str, &'static str),
    /// It has no effect, and why; it is warned of.
    Inert(&'static str),
}

/// How values of several places become one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Join {
    /// The last wins.
    Replace,
    /// Lists one after the other: of two flags the later wins.
    Append,
    /// Later lists first: of two search directories the earlier wins.
    Prepend,
    /// Tables by name.
    Override,
}

const fn key(path: &'static str, form: Form, doc: &'static str) -> Key {
    let join = if matches!(form, Form::Defines | Form::Pairs) { Join::Override } else { Join::Replace };
    Key { path, form, doc, default: "", state: State::Honoured, join, of: None }
}

impl Key {
    const fn default(self, default: &'static str) -> Self {
        Self { default, ..self }
    }

    const fn append(self) -> Self {
        Self { join: Join::Append, ..self }
    }

    const fn prepend(self) -> Self {
        Self { join: Join::Prepend, ..self }
    }

    const fn record(self) -> Self {
        Self { state: State::Record, ..self }
    }

    const fn only(self, value: &'static str, why: &'static str) -> Self {
        Self { default: value, state: State::Only(value, why), ..self }
    }

    const fn inert(self, why: &'static str) -> Self {
        Self { state: State::Inert(why), ..self }
    }

    const fn of(self, of: &'static str) -> Self {
        Self { of: Some(of), ..self }
    }

    /// The part before the first dot; empty for a key at the top.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.path.split_once('.').map_or("", |(section, _)| section)
    }

    /// The part after the last dot.
    #[must_use]
    pub fn last(&self) -> &'static str {
        self.path.rsplit_once('.').map_or(self.path, |(_, last)| last)
    }
}

/// One table of the file.
#[derive(Debug, Eq, PartialEq)]
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// Why nothing in it has an effect, if so.
    pub inert: Option<&'static str>,
    /// It may stand in the user's own file, too.
    pub of_user: bool,
}

const fn section(name: &'static str, doc: &'static str) -> Section {
    Section { name, doc, inert: None, of_user: true }
}

impl Section {
    const fn inert(self, why: &'static str) -> Self {
        Self { inert: Some(why), ..self }
    }

    const fn of_project(self) -> Self {
        Self { of_user: false, ..self }
    }
}

/// All tables, in the order in which they are documented.
pub const SECTIONS: &[Section] = &[
    section("project", "What the project is called.").of_project(),
    section("discovery", "What of the tree is looked at, and what was written down of it.").of_project(),
    section("compile", "How all sources are compiled."),
    section("link", "How all targets are linked and optimised."),
    section("binary", "The library and the programs that discovery finds, and what all targets are linked with."),
    section("symbols", "What the discovered library offers.").of_project(),
    section("targets", "One target: `[[targets]]`, as often as wanted. If there is one, discovery makes none.").of_project(),
    section("files", "Options of some sources: `[[files]]`, as often as wanted; after those of their target.").of_project(),
    section("profile", "`[profile.NAME]`: what `--profile NAME` adds and changes. `dev` and `release` are built in, and may be added to."),
    section("dependencies", "What is linked that this project does not make.").of_project(),
    section("llvm", "Which compiler and tools are used."),
    section("target", "What is compiled for; nothing: the machine at hand."),
    section("test", "How all tests are run by `jmake test`."),
    section("install", "What `jmake install` puts where."),
    section("hooks", "Programs that `jmake watch` runs, as lists of arguments."),
    section("workflow", "How a build goes on."),
    section("cache", "Results that builds share."),
    section("daemon", "The process that builds."),
    section("reorganize", "Moving sources into a layout.")
        .inert("JMake never moves your files; write reorganize.enabled = false or remove it"),
    section("wrap", "Bindings for Julia.").inert("bindings are not built yet; write wrap.enabled = false or remove it"),
    section("error_learning", "A database of errors and their remedies.")
        .inert("errors are explained from what the compiler says, nothing is learned; remove it"),
    section("job_queue", "How the jobs of this file are run by `jmake jobs run`.").of_project(),
    section("jobs", "One job: `[[jobs]]`, as often as wanted.").of_project(),
    section("custom", "Your own notes. JMake does not look at them."),
];

static ALL: LazyLock<Vec<&'static Key>> = LazyLock::new(|| {
    let tables: [&'static [Key]; 5] = [project::KEYS, build::KEYS, product::KEYS, target::KEYS, run::KEYS];
    let mut all: Vec<&'static Key> = tables.into_iter().flatten().collect();
    all.sort_by_key(|key| SECTIONS.iter().position(|section| section.name == key.section()).map_or(0, |at| at + 1));
    all
});

/// Every key, in the order of [`SECTIONS`], those at the top first.
#[must_use]
pub fn all() -> &'static [&'static Key] {
    &ALL
}

/// The key `path`.
#[must_use]
pub fn find(path: &str) -> Option<&'static Key> {
    all().iter().find(|key| key.path == path).copied()
}

/// The table `name`.
#[must_use]
pub fn find_section(name: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.name == name)
}

/// `path` is a table in which keys stand, such as `discovery.files`.
#[must_use]
pub fn is_table(path: &str) -> bool {
    all().iter().any(|key| key.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// Tables of which a profile may have its own.
pub const IN_PROFILES: &[&str] = &["compile", "link", "binary", "symbols", "llvm", "target", "test", "cache", "install", "hooks"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_there_once_has_a_section_and_a_sentence() {
        for (i, key) in all().iter().enumerate() {
            assert!(all()[..i].iter().all(|other| other.path != key.path), "{} is there twice", key.path);
            assert!(key.section().is_empty() || find_section(key.section()).is_some(), "{} is in no section", key.path);
            assert!(key.doc.ends_with('.'), "{}: {}", key.path, key.doc);
            assert!(key.of.is_none_or(|of| find(of).is_some_and(|of| of.form == key.form)), "{} goes beyond nothing", key.path);
        }
        for section in SECTIONS {
            let empty = all().iter().all(|key| key.section() != section.name);
            assert_eq!(empty, section.name == "custom", "{}", section.name);
        }
    }
}
