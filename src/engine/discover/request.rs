//! What discovery is told: files with their facts, and what is known beyond them. Does not know how they were found.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Declared;
use super::names::vendor_directory;
use crate::engine::path::FilePath;
use crate::engine::scan::facts::SourceFacts;
use crate::engine::scan::kind::FileKind;

/// A file of the project, vendored ones included.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileEntry {
    /// Relative to the root.
    pub path: FilePath,
    /// By its name.
    pub kind: FileKind,
    /// What it says; empty for what is not scanned.
    pub facts: Arc<SourceFacts>,
}

/// What discovery works on.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The project's name.
    pub name: &'a str,
    /// All files that are not ignored, outside of build directories, in any order.
    pub files: &'a [FileEntry],
    /// `compile.include_dirs`, in order.
    pub include_dirs: &'a [FilePath],
    /// `discovery.include_dirs`: used instead of inferred ones.
    pub only_include_dirs: Option<&'a [FilePath]>,
    /// Targets that jmake.toml declares: if there are any, there are no others.
    pub declared: &'a [Declared],
    /// `compile.extra_sources`: built whatever their place or name says.
    pub extra_sources: &'a [FilePath],
    /// A library is asked for in the settings.
    pub want_library: bool,
    /// The settings that say what machine is compiled for, in words, if there are any.
    pub machine: Option<&'a str>,
    /// `test.test_dir`: what lies in it is a test's.
    pub test_dir: Option<&'a FilePath>,
    /// Whether a header of that name is found in the compiler's own search list, or in a given directory outside of the project.
    pub system_has: &'a dyn Fn(&str) -> bool,
}

/// The files of a request, sorted, and found by path and by name.
pub(super) struct Files {
    pub entries: Vec<FileEntry>,
    by_path: HashMap<FilePath, usize>,
    by_name: HashMap<Vec<u8>, Vec<usize>>,
    headers_by_stem: HashMap<String, Vec<usize>>,
    asked_for: HashSet<usize>,
    /// The settings that say what machine is compiled for.
    pub machine: Option<String>,
    test_dir: Option<FilePath>,
}

impl Files {
    pub fn new(request: &Request<'_>) -> Self {
        let mut entries = request.files.to_vec();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|a, b| a.path == b.path);
        let by_path: HashMap<_, _> = entries.iter().enumerate().map(|(at, e)| (e.path.clone(), at)).collect();
        let mut by_name: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            by_name.entry(base_name(entry.path.as_bytes()).to_vec()).or_default().push(at);
        }
        let mut headers_by_stem: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate().filter(|(_, e)| e.kind == FileKind::Header) {
            headers_by_stem.entry(entry.path.stem()).or_default().push(at);
        }
        let asked_for = request.extra_sources.iter().filter_map(|path| by_path.get(path).copied()).collect();
        let (machine, test_dir) = (request.machine.map(ToOwned::to_owned), request.test_dir.cloned());
        Self { entries, by_path, by_name, headers_by_stem, asked_for, machine, test_dir }
    }

    pub fn path(&self, at: usize) -> &FilePath {
        &self.entries[at].path
    }

    pub fn facts(&self, at: usize) -> &SourceFacts {
        &self.entries[at].facts
    }

    pub fn is_header(&self, at: usize) -> bool {
        self.entries[at].kind == FileKind::Header
    }

    /// Other people's code that nobody asked for.
    pub fn is_vendored(&self, at: usize) -> bool {
        !self.asked_for(at) && vendor_directory(self.path(at)).is_some()
    }

    /// Named in `compile.extra_sources`.
    pub fn asked_for(&self, at: usize) -> bool {
        self.asked_for.contains(&at)
    }

    /// A directory whose files are tests, whatever its name says.
    pub fn test_dir(&self) -> Option<&FilePath> {
        self.test_dir.as_ref()
    }

    /// The headers called `stem` and an extension.
    pub fn headers_with_stem(&self, stem: &str) -> &[usize] {
        self.headers_by_stem.get(stem).map_or(&[], Vec::as_slice)
    }

    pub fn find(&self, path: &FilePath) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// Whether any file is called `name`, and the first that is.
    pub fn named(&self, name: &str) -> Option<&FilePath> {
        self.by_name.get(name.as_bytes())?.first().map(|at| self.path(*at))
    }

    /// The files whose path ends with `name`, and the directories from which that is their name.
    pub fn ending_in(&self, name: &[u8]) -> Vec<(usize, FilePath)> {
        let Some(same_name) = self.by_name.get(base_name(name)) else { return Vec::new() };
        same_name
            .iter()
            .filter_map(|at| {
                let rest = self.path(*at).as_bytes().strip_suffix(name)?;
                let directory = if rest.is_empty() { rest } else { rest.strip_suffix(b"/")? };
                Some((*at, FilePath::from_bytes(directory)))
            })
            .collect()
    }
}

fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|b| *b == b'/').next().unwrap_or(path)
}
