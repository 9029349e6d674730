//! What of a tree `[discovery]` lets be looked at. Does not know what is made of it.

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
}

/// So many sources are named.
const NAMED: usize = 5;

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
            unlisted.push(file.path.to_string());
            continue;
        }
        found.files.push(file.clone());
    }
    found.notes.extend(remark(&unlisted));
    Ok(found)
}

impl LookedAt {
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

fn remark(unlisted: &[String]) -> Option<String> {
    let (first, more) = (unlisted.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", "), unlisted.len().saturating_sub(NAMED));
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!unlisted.is_empty()).then(|| format!("not built, as discovery.files in jmake.toml does not list them: {first}{more}"))
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
}
