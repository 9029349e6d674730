//! A project's files: all that no ignore file hides. Does not know which of them matter.

use std::collections::HashSet;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::engine::path::FilePath;
use crate::engine::tree::{BUILD_MARKS, SETTINGS};

/// Never a project's own files.
const SKIPPED: &[&str] = &["node_modules", ".jmake_cache"];

/// Files of a directory that say what is ignored in it and below.
const RULES: &[&str] = &[".gitignore", ".ignore", ".git/info/exclude"];

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// Relative to the root, sorted.
    pub files: Vec<FilePath>,
    /// Directories that were entered, likewise.
    pub dirs: Vec<FilePath>,
    /// Directories that were passed over for a mark in them, likewise.
    pub marked: Vec<FilePath>,
    /// What could not be read and what was passed over, in words, sorted.
    pub notes: Vec<String>,
}

/// Walks the project at `root`, on several threads. `follow_links`: directories outside of it, too, that symbolic links in it lead to.
#[must_use]
pub fn walk(root: &Path, follow_links: bool) -> Walk {
    let base = root.to_owned();
    let real = root.canonicalize().unwrap_or_else(|_| base.clone());
    let unreadable = root.ancestors().find_map(not_rules);
    let note = unreadable.as_ref().map(|path| format!("{} {NO_RULES} nothing is ignored", path.display()));
    let found = Arc::new(Mutex::new(Walk { notes: Vec::from_iter(note), ..Walk::default() }));
    let passed_over = found.clone();
    let walker = WalkBuilder::new(root)
        .standard_filters(unreadable.is_none())
        .hidden(true)
        .require_git(false)
        // That of the daemon's user is not that of whoever builds the same sources elsewhere.
        .git_global(false)
        .follow_links(follow_links)
        .filter_entry(move |entry| !leads_inside(&real, entry) && enters(&base, entry, &passed_over))
        .threads(super::own_process::processors().min(8))
        .build_parallel();
    walker.run(|| {
        Box::new(|entry| {
            visit(root, entry, &found);
            WalkState::Continue
        })
    });
    let mut walk = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    walk.files.sort();
    walk.dirs.sort();
    walk.marked.sort();
    walk.notes.sort();
    walk
}

/// Files that [`walk`] does not show and that are no secret either: ignored ones, those in build directories and those of other
/// projects below this one. At most `limit` of all files are looked at.
#[must_use]
pub fn hidden(root: &Path, known: &[FilePath], limit: usize) -> Vec<FilePath> {
    let known: HashSet<&FilePath> = known.iter().collect();
    let enters = |entry: &DirEntry| entry.depth() == 0 || !SKIPPED.iter().any(|name| entry.file_name() == *name);
    let all = WalkBuilder::new(root).standard_filters(false).hidden(true).follow_links(false).filter_entry(enters).build();
    let files = all.filter_map(Result::ok).filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    files.take(limit).map(|entry| FilePath::within(root, entry.path())).filter(|path| !known.contains(path)).collect()
}

/// The device that is always empty: a usual way to say that there are no rules.
const NULL: u64 = 0x103;
/// What is said of rules that would have to be waited for, or never end.
const NO_RULES: &str = "is not a regular file; put one there or remove it;";

/// A place in `dir` where ignore rules would be read from something that is no file.
fn not_rules(dir: &Path) -> Option<PathBuf> {
    let odd = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir() && about.rdev() != NULL);
    RULES.iter().map(|name| dir.join(name)).find(odd)
}

/// A link to a directory of the project: its files have another name already.
fn leads_inside(real_root: &Path, entry: &DirEntry) -> bool {
    let is_linked_dir = entry.depth() > 0 && entry.path_is_symlink() && entry.file_type().is_some_and(|kind| kind.is_dir());
    is_linked_dir && entry.path().canonicalize().is_ok_and(|place| place.starts_with(real_root))
}

fn enters(root: &Path, entry: &DirEntry, found: &Mutex<Walk>) -> bool {
    let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
    if !is_dir || entry.depth() == 0 {
        return true;
    }
    if SKIPPED.iter().any(|name| entry.file_name() == *name) {
        return false;
    }
    let relative = FilePath::within(root, entry.path());
    let there = |name: &&&str| entry.path().join(name).exists();
    let (mark, unreadable) = ([SETTINGS].iter().chain(BUILD_MARKS).find(there), not_rules(entry.path()));
    let note = match (mark, &unreadable) {
        (Some(&SETTINGS), _) => Some(format!("{relative}: a project of its own (it has a jmake.toml)")),
        (Some(&".jmake_cache"), _) => {
            Some(format!("{relative}: it was built as a project of its own; to make it part of this one, remove {relative}/.jmake_cache"))
        }
        (None, Some(path)) => Some(format!("{} {NO_RULES} the files beside it are not built", FilePath::within(root, path))),
        _ => None,
    };
    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
    found.notes.extend(note);
    found.marked.extend(mark.map(|_| relative));
    mark.is_none() && unreadable.is_none()
}

fn visit(root: &Path, entry: Result<DirEntry, ignore::Error>, found: &Mutex<Walk>) {
    let mut file = None;
    let mut dir = None;
    let mut note = None;
    match entry {
        Err(error) => note = Some(format!("{error}; its files are not built")),
        Ok(entry) => match entry.file_type() {
            Some(kind) if kind.is_dir() => dir = Some(FilePath::within(root, entry.path())),
            Some(kind) if kind.is_file() => file = Some(FilePath::within(root, entry.path())),
            Some(kind) if kind.is_symlink() => match linked(entry.path()) {
                Ok(true) => file = Some(FilePath::within(root, entry.path())),
                Ok(false) => {}
                Err(why) => note = Some(format!("{}: {why}", FilePath::within(root, entry.path()))),
            },
            _ => {}
        },
    }
    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
    found.files.extend(file);
    found.dirs.extend(dir);
    found.notes.extend(note);
}

/// Whether a symbolic link leads to a file. Linked directories are not entered unless somebody wants that: mostly their files have another name
/// already.
fn linked(path: &Path) -> Result<bool, String> {
    match std::fs::metadata(path) {
        Ok(about) => Ok(about.is_file()),
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            Err("a symbolic link that leads to itself".into())
        }
        Err(_) => {
            let target = std::fs::read_link(path).unwrap_or_else(|_| PathBuf::from("?"));
            Err(format!("a symbolic link to {}, which is not there", target.display()))
        }
    }
}

/// Files outside of the walk that say what is ignored in it.
#[must_use]
pub fn ignore_files(root: &Path) -> Vec<PathBuf> {
    let above = root.ancestors().skip(1).flat_map(|above| [".gitignore", ".ignore"].map(|name| above.join(name)));
    above.chain([root.join(".git/info/exclude")]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks a directory with these files, each empty but for rules, which come behind a `=`; a name with a `/` at its end is a directory.
    fn walked(paths: &[&str]) -> Walk {
        let dir = tempfile::tempdir().unwrap();
        for path in paths {
            let (path, text) = path.split_once('=').unwrap_or((path, ""));
            let place = dir.path().join(path);
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            if path.ends_with('/') { std::fs::create_dir_all(&place).unwrap() } else { std::fs::write(&place, text).unwrap() }
        }
        walk(dir.path(), false)
    }

    fn list(paths: &[FilePath]) -> String {
        paths.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_directory_that_some_build_made_is_passed_over() {
        for mark in BUILD_MARKS {
            // Of a directory with the name alone counts.
            let mark = if ["meson-private", ".jmake_cache"].contains(mark) { format!("{mark}/") } else { (*mark).to_owned() };
            let found = walked(&["a.c", "out/b.c", "out/deep/c.c", &format!("out/{mark}"), "deep/in/d.c", &format!("deep/in/{mark}")]);
            assert_eq!((list(&found.files).as_str(), list(&found.marked).as_str()), ("a.c", "deep/in out"), "{mark}");
        }
    }

    #[test]
    fn in_the_root_itself_a_mark_means_nothing() {
        for mark in BUILD_MARKS {
            let name = if ["meson-private", ".jmake_cache"].contains(mark) { format!("{mark}/x") } else { (*mark).to_owned() };
            let found = walked(&["a.c", "sub/b.c", &name]);
            assert!(list(&found.files).contains("a.c") && list(&found.files).contains("sub/b.c"), "{mark}: {found:?}");
            assert!(found.marked.is_empty(), "{mark}: {found:?}");
        }
    }

    #[test]
    fn a_project_below_is_another_one() {
        let found = walked(&["jmake.toml", "a.c", "other/jmake.toml", "other/b.c"]);
        assert_eq!((list(&found.files).as_str(), list(&found.marked).as_str()), ("a.c jmake.toml", "other"));
        assert!(found.notes[0].starts_with("other: a project of its own"), "{:?}", found.notes);
    }

    #[test]
    fn what_git_ignores_is_not_shown_with_or_without_git() {
        let rules = ".gitignore=*.gen.c\n/out/\n!keep.gen.c\n";
        let files = ["a.c", "x.gen.c", "sub/y.gen.c", "sub/keep.gen.c", "out/b.c", "sub/out/c.c", "sub/z.c", "sub/.gitignore=z.c\n", rules];
        assert_eq!(list(&walked(&files).files), "a.c sub/keep.gen.c sub/out/c.c");
        let with_git = [&files[..], &[".git/info/exclude=a.c\n"]].concat();
        assert_eq!(list(&walked(&with_git).files), "sub/keep.gen.c sub/out/c.c");
        assert_eq!(list(&walked(&["a.c", "b.c", ".ignore=b.c\n"]).files), "a.c");
    }

    #[test]
    fn hidden_files_and_those_of_other_tools_are_nobodys() {
        assert_eq!(list(&walked(&["a.c", ".hidden.c", ".dir/b.c", "node_modules/c.c"]).files), "a.c");
    }
}
