//! Files with what they include and declare, put together from what was found and what clang saw. Does not know how either was found out,
//! nor how it is shown.

mod written;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

pub use self::written::{is_graph, written};
use super::cxx::declarations::{Declaration, Declarations, unite};
use super::discover::Discovery;
use super::path::FilePath;
use super::tree::Tree;

/// So many files are named in one remark.
const MOST_NAMES: usize = 3;

/// What clang saw of one source.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Seen {
    /// Which.
    pub source: FilePath,
    /// What it and the project's files that it includes declare.
    pub declarations: Arc<Declarations>,
    /// What is wrong with it.
    pub troubles: Vec<Trouble>,
    /// Nothing was run to know it.
    pub cached: bool,
}

/// Why something of a file is not known.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Trouble {
    /// Where.
    pub file: FilePath,
    /// One-based; 0: the file as a whole.
    pub line: u32,
    /// In words.
    pub what: String,
}

/// All files of a project that are sources or headers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SourceGraph {
    /// In the order of their paths.
    pub files: Vec<FileNode>,
    /// What files declare was asked of clang.
    pub with_declarations: bool,
    /// Of those whom clang was asked about, all were known.
    pub cached: bool,
}

/// One file.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FileNode {
    /// Where.
    pub path: FilePath,
    /// It is not compiled for itself.
    pub is_header: bool,
    /// What it names in `#include`, as spelled.
    pub named: Vec<String>,
    /// Files of the project that it includes itself.
    pub includes: Vec<FilePath>,
    /// What it declares, as far as some source that is compiled sees it.
    pub declarations: Vec<Declaration>,
    /// What clang found wrong in it.
    pub troubles: Vec<(u32, String)>,
    /// Some source that is compiled includes it, or it is one.
    pub compiled: bool,
}

impl SourceGraph {
    /// Of what was found, and of what clang saw, if it was asked.
    #[must_use]
    pub fn of(discovery: &Discovery, tree: &Tree, seen: Option<&[Seen]>) -> Self {
        let sources: BTreeSet<&FilePath> = discovery.sources.iter().map(|source| &source.path).collect();
        let compiled = reachable(discovery, &sources);
        let named: BTreeMap<&FilePath, Vec<String>> = tree
            .files
            .iter()
            .map(|file| (&file.path, file.facts.includes.iter().map(|include| include.name.to_string()).collect()))
            .collect();
        let (declared, troubles) = all_of(seen.unwrap_or_default());
        let told = declared.keys().chain(troubles.keys());
        let paths: BTreeSet<&FilePath> =
            sources.iter().copied().chain(&discovery.headers).chain(compiled.iter().copied()).chain(told).collect();
        let file = |path: &FilePath| FileNode {
            path: path.clone(),
            is_header: !sources.contains(path),
            named: named.get(path).cloned().unwrap_or_default(),
            includes: discovery.includes.get(path).cloned().unwrap_or_default(),
            declarations: declared.get(path).cloned().unwrap_or_default(),
            troubles: troubles.get(path).cloned().unwrap_or_default(),
            compiled: compiled.contains(path) || declared.contains_key(path),
        };
        let cached = seen.is_some_and(|seen| seen.iter().all(|one| one.cached));
        Self { files: paths.into_iter().map(file).collect(), with_declarations: seen.is_some(), cached }
    }

    /// Whether clang found something wrong.
    #[must_use]
    pub fn is_troubled(&self) -> bool {
        self.files.iter().any(|file| !file.troubles.is_empty())
    }

    /// That there are headers which no source includes, if there are: nothing is known of what they declare.
    #[must_use]
    pub fn unseen(&self) -> Option<String> {
        let unseen = self.files.iter().filter(|file| self.with_declarations && !file.compiled);
        let names: Vec<String> = unseen.map(|file| file.path.to_string()).collect();
        let (told, rest) = names.split_at(names.len().min(MOST_NAMES));
        let told = told.join(", ");
        match (names.len(), rest.len()) {
            (0, _) => None,
            (1, _) => Some(format!("{told} is included by no source that is compiled: what it declares is not known")),
            (_, 0) => Some(format!("{told} are included by no source that is compiled: what they declare is not known")),
            (_, more) => Some(format!("{told} and {more} more are included by no source that is compiled: what they declare is not known")),
        }
    }
}

/// What is told of each file, by all sources.
fn all_of(seen: &[Seen]) -> (Declarations, BTreeMap<FilePath, Vec<(u32, String)>>) {
    let mut declared = Declarations::new();
    let mut troubles: BTreeMap<FilePath, BTreeSet<(u32, String)>> = BTreeMap::new();
    for one in seen {
        unite(&mut declared, one.declarations.as_ref().clone());
        for Trouble { file, line, what } in &one.troubles {
            troubles.entry(file.clone()).or_default().insert((*line, what.clone()));
        }
    }
    (declared, troubles.into_iter().map(|(file, all)| (file, all.into_iter().collect())).collect())
}

/// `sources`, and what they include.
fn reachable<'a>(discovery: &'a Discovery, sources: &BTreeSet<&'a FilePath>) -> BTreeSet<&'a FilePath> {
    let (mut reached, mut open): (BTreeSet<&FilePath>, VecDeque<&FilePath>) = (sources.clone(), sources.iter().copied().collect());
    while let Some(path) = open.pop_front() {
        open.extend(discovery.includes.get(path).into_iter().flatten().filter(|included| reached.insert(included)));
    }
    reached
}

#[cfg(test)]
mod tests;
