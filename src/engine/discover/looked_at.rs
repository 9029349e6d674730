//! What of a tree `[discovery]` lets be looked at. Does not know what is made of it.

use std::collections::HashSet;
use std::sync::Arc;

use super::FileEntry;
use super::names::vendor_directory;
use super::patterns::{PatternError, Patterns, is_literal};
use crate::engine::config::settings::{DiscoverySettings, Settings};
use crate::engine::path::FilePath;
use crate::engine::scan::kind::FileKind;

/// Files that count, and remarks on those that do not.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names say all")]
pub struct LookedAt {
    pub files: Vec<FileEntry>,
    pub notes: Vec<String>,
    /// Sources that `discovery.files` does not list.
    pub unlisted: Vec<FilePath>,
}

/// So many sources are named.
const NAMED: usize = 5;

/// Why a list of files cannot be built.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ListError {
    /// They are not there.
    #[error(
        "discovery.files in jmake.toml lists {}, which {} not there: correct the list, or let `jmake complete --refresh` write it anew",
        some(.0), if .0.len() == 1 { "is" } else { "are" }
    )]
    Absent(Vec<FilePath>),
    /// They are nothing to compile.
    #[error("discovery.files in jmake.toml lists {}, which is no source of C, C++ or assembly by its name: take it out of the list", some(.0))]
    NoSource(Vec<FilePath>),
}

/// The files that count. What is named by itself counts wherever it lies.
///
/// # Errors
/// A pattern is no glob.
pub fn looked_at(settings: &Settings, files: &[FileEntry]) -> Result<LookedAt, PatternError> {
    let discovery = &settings.discovery;
    let named = named(settings);
    let patterns = Patterns::new(&discovery.include_patterns)?;
    let listed = |path: &FilePath| discovery.files.as_ref().is_none_or(|files| files.contains(path));
    let (mut found, mut unlisted) = (LookedAt::default(), Vec::new());
    for file in files {
        let source = matches!(file.kind, FileKind::Source(_));
        let by_name = named.contains(&file.path);
        if !by_name && (is_excluded(discovery, &file.path) || source && !patterns.is_empty() && !patterns.fit(&file.path)) {
            continue;
        }
        if source && !by_name && settings.targets.is_empty() && !listed(&file.path) {
            unlisted.push(file.path.clone());
            continue;
        }
        found.files.push(file.clone());
    }
    found.notes.extend(remark(&unlisted));
    found.unlisted = unlisted;
    Ok(found)
}

impl LookedAt {
    /// Fails unless all that is listed is there to be compiled. Where there are targets the list has no effect.
    ///
    /// # Errors
    /// Something is not.
    pub fn has_listed(&self, settings: &Settings) -> Result<(), ListError> {
        let listed = settings.discovery.files.iter().flatten().filter(|_| settings.targets.is_empty());
        let there: HashSet<&FilePath> = self.files.iter().map(|file| &file.path).collect();
        let (found, absent): (Vec<&FilePath>, Vec<&FilePath>) = listed.partition(|path| there.contains(path));
        if !absent.is_empty() {
            return Err(ListError::Absent(absent.into_iter().cloned().collect()));
        }
        match found.into_iter().find(|path| !matches!(FileKind::of(path), FileKind::Source(_))) {
            Some(other) => Err(ListError::NoSource(vec![other.clone()])),
            None => Ok(()),
        }
    }

    /// Counts files that steps make as present, whether they are there already or not. What they say is not asked: it may be another by the
    /// time they are made, and the same project is to be described the same way before and after.
    pub fn add_made<'a>(&mut self, paths: impl Iterator<Item = &'a FilePath>) {
        for path in paths {
            let made = FileEntry { path: path.clone(), kind: FileKind::of(path), facts: Arc::default() };
            match self.files.iter_mut().find(|file| file.path == *path) {
                Some(known) => *known = made,
                None => self.files.push(made),
            }
        }
    }
}

/// Files that the settings name one by one: they are looked at even if they are ignored or lie elsewhere.
#[must_use]
pub fn named(settings: &Settings) -> Vec<FilePath> {
    let of_targets = settings.targets.iter().flat_map(|target| &target.sources).filter(|pattern| is_literal(pattern));
    let of_targets = of_targets.map(|path| FilePath::new(crate::engine::path::fold(std::path::Path::new(path))));
    let listed = settings.discovery.files.iter().flatten().cloned();
    settings.extra_sources.iter().cloned().chain(listed).chain(of_targets).collect()
}

/// Sources that are built whatever their place or name says: of those that are listed only other people's, as a list is not to change what
/// the rest of it means.
#[must_use]
pub fn asked_for(settings: &Settings) -> Vec<FilePath> {
    let listed = settings.discovery.files.iter().flatten().filter(|path| vendor_directory(path).is_some());
    settings.extra_sources.iter().chain(listed).cloned().collect()
}

fn is_excluded(discovery: &DiscoverySettings, path: &FilePath) -> bool {
    let dir = path.parent();
    let parts: Vec<_> = dir.as_path().components().collect();
    let deep = discovery.max_depth.is_some_and(|most| parts.len() > most as usize);
    let excluded = |name: &String| {
        let name = name.trim_start_matches("./").trim_end_matches('/');
        let by_name = !name.contains('/') && parts.iter().any(|part| part.as_os_str() == name);
        !name.is_empty() && (by_name || dir.as_path().starts_with(name))
    };
    deep || discovery.exclude_dirs.iter().any(excluded)
}

fn remark(unlisted: &[FilePath]) -> Option<String> {
    (!unlisted.is_empty()).then(|| format!("not built, as discovery.files in jmake.toml does not list them: {}", some(unlisted)))
}

/// The first of some paths, and how many more there are.
#[must_use]
pub fn some(paths: &[FilePath]) -> String {
    let first = paths.iter().take(NAMED).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match paths.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(discovery: DiscoverySettings, extra: &[&str]) -> (String, Vec<String>) {
        let settings = Settings { discovery, extra_sources: extra.iter().map(|path| (*path).into()).collect(), ..Settings::default() };
        let paths = ["a.c", "a.h", "src/b.c", "src/deep/c.c", "third/x/d.c", "third/x/d.h"];
        let entry = |path: &str| FileEntry { path: path.into(), kind: FileKind::of(&path.into()), facts: Arc::default() };
        let found = looked_at(&settings, &paths.map(entry)).unwrap();
        (found.files.iter().map(|file| file.path.to_string()).collect::<Vec<_>>().join(" "), found.notes)
    }

    #[test]
    fn what_is_excluded_is_not_looked_at() {
        let check =
            |discovery: DiscoverySettings, extra: &[&str], expect: &str| assert_eq!(left(discovery, extra), (expect.to_owned(), vec![]));
        let none = DiscoverySettings::default;
        check(none(), &[], "a.c a.h src/b.c src/deep/c.c third/x/d.c third/x/d.h");
        check(DiscoverySettings { exclude_dirs: vec!["x".into()], ..none() }, &[], "a.c a.h src/b.c src/deep/c.c");
        check(DiscoverySettings { exclude_dirs: vec!["third/x/".into()], ..none() }, &[], "a.c a.h src/b.c src/deep/c.c");
        check(
            DiscoverySettings { exclude_dirs: vec!["third".into()], ..none() },
            &["third/x/d.c"],
            "a.c a.h src/b.c src/deep/c.c third/x/d.c",
        );
        check(DiscoverySettings { exclude_dirs: vec!["deep/x".into()], max_depth: Some(1), ..none() }, &[], "a.c a.h src/b.c");
        check(DiscoverySettings { max_depth: Some(0), ..none() }, &[], "a.c a.h");
        check(DiscoverySettings { include_patterns: vec!["src/**".into()], ..none() }, &[], "a.h src/b.c src/deep/c.c third/x/d.h");
    }

    #[test]
    fn a_list_of_files_counts_and_others_are_named() {
        let files = Some(vec!["a.c".into(), "third/x/d.c".into()]);
        let (kept, notes) = left(DiscoverySettings { files, ..DiscoverySettings::default() }, &[]);
        assert_eq!(kept, "a.c a.h third/x/d.c third/x/d.h");
        assert_eq!(notes, ["not built, as discovery.files in jmake.toml does not list them: src/b.c, src/deep/c.c"]);
    }

    #[test]
    fn what_is_listed_has_to_be_there() {
        let check = |listed: &[&str], expect: &str| {
            let files = Some(listed.iter().map(|path| (*path).into()).collect());
            let settings = Settings { discovery: DiscoverySettings { files, ..DiscoverySettings::default() }, ..Settings::default() };
            let entry = |path: &str| FileEntry { path: path.into(), kind: FileKind::of(&path.into()), facts: Arc::default() };
            let mut found = looked_at(&settings, &["a.c", "a.h", "notes.txt"].map(entry)).unwrap();
            found.add_made([FilePath::from("made.c")].iter());
            let said = found.has_listed(&settings).map_or_else(|error| error.to_string(), |()| String::new());
            assert!(if expect.is_empty() { said.is_empty() } else { said.contains(expect) }, "{listed:?}: {said}");
        };
        check(&["a.c"], "");
        check(&["a.c", "made.c"], "");
        check(&["a.c", "gone.c"], "lists gone.c, which is not there");
        check(&["1.c", "2.c", "3.c", "4.c", "5.c", "6.c", "7.c"], "5.c and 2 more, which are not there");
        check(&["a.c", "notes.txt"], "lists notes.txt, which is no source");
    }
}
