//! What `jmake check` finds beyond what reading finds: files that are not there, and settings that contradict each other. Pure: [`asked`] says
//! whose presence matters, and [`check`] judges by what was found there. Does not look at the disk.

mod contradictions;
mod listed;
mod paths;
mod patterns;
mod programs;
mod tools;
mod versions;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::merge::Examined;
use super::problem::{Problem, Severity};
use super::shown::Row;
use crate::engine::cxx::toolchain::Install;
use crate::engine::path::FilePath;

/// What lies at a path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lies {
    /// Nothing.
    Nothing,
    /// A file, or something else that is no directory.
    File,
    /// A directory.
    Directory,
}

/// What was looked up.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The project's root.
    pub root: PathBuf,
    /// What lies at each path of [`asked`].
    pub lies: BTreeMap<FilePath, Lies>,
    /// In which directory each of [`programs()`] really is.
    pub real_dirs: BTreeMap<FilePath, PathBuf>,
    /// The project's files, if [`asks_for_files`]; `None`: nobody looked.
    pub files: Option<Vec<FilePath>>,
    /// The LLVM installs of the machine; `None`: nobody looked.
    pub installs: Option<Vec<Arc<Install>>>,
    /// Those of [`commands`] that are not on this machine.
    pub no_programs: BTreeSet<String>,
    /// Modules that pkg-config does not have, with its words.
    pub no_modules: BTreeMap<String, String>,
    /// `--toolchain`, which goes before the file's.
    pub toolchain: Option<String>,
}

/// The paths whose presence [`check`] wants to know, relative to the root where inside it.
#[must_use]
pub fn asked(examined: &Examined) -> Vec<FilePath> {
    paths::named(&examined.project).into_iter().map(|named| named.path).collect()
}

/// The programs of which [`check`] wants to know where they really are.
#[must_use]
pub fn programs(examined: &Examined) -> Vec<FilePath> {
    tools::named(&examined.project)
}

/// The names of programs of which [`check`] wants to know whether they are there.
#[must_use]
pub fn commands(examined: &Examined) -> Vec<String> {
    programs::named(examined)
}

/// Whether [`check`] wants to know which files there are.
#[must_use]
pub fn asks_for_files(examined: &Examined) -> bool {
    patterns::any(examined) || listed::any(examined)
}

/// All that is wrong, in the order of the files.
#[must_use]
pub fn check(examined: &Examined, content: &str, facts: &Facts) -> Vec<Problem> {
    let mut finder = Finder { examined, content, found: Vec::new() };
    paths::check(&mut finder, facts);
    patterns::check(&mut finder, facts);
    listed::check(&mut finder, facts);
    contradictions::check(&mut finder);
    versions::check(&mut finder, facts);
    tools::check(&mut finder, facts);
    programs::check(&mut finder, facts);
    let mut problems = examined.problems.clone();
    problems.extend(finder.found);
    problems.sort_by(|a, b| {
        let own = |problem: &Problem| problem.file == examined.project.file;
        (own(a), a.line, a.column, a.severity).cmp(&(own(b), b.line, b.column, b.severity))
    });
    problems.dedup();
    problems
}

/// What `jmake check` tells.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What messages call the project's file; `None`: there is none.
    pub file: Option<String>,
    /// All that is wrong at a place of a file.
    pub problems: Vec<Problem>,
    /// What is wrong besides, such as a profile that is not there.
    pub error: Option<String>,
    /// Every setting with where it came from.
    pub rows: Vec<Row>,
    /// The project's file, as it is; empty: there is none.
    pub content: String,
}

struct Finder<'a> {
    examined: &'a Examined,
    content: &'a str,
    found: Vec<Problem>,
}

impl Finder<'_> {
    fn put(&mut self, severity: Severity, span: Range<usize>, message: impl Into<String>, advice: impl Into<String>) {
        let problem = Problem::at(&self.examined.project.file, self.content, span, message, advice);
        self.found.push(Problem { severity, ..problem });
    }

    fn error(&mut self, span: Range<usize>, message: impl Into<String>, advice: impl Into<String>) {
        self.put(Severity::Error, span, message, advice);
    }

    fn warning(&mut self, span: Range<usize>, message: impl Into<String>, advice: impl Into<String>) {
        self.put(Severity::Warning, span, message, advice);
    }
}
