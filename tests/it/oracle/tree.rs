//! The files of a project on the disk: written in the ways in which editors, archives and git write. Does not know what is in them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::chance::Chance;
use super::project::{Entry, Files, Project};
use crate::support::Space;

/// What is on the disk, and what git keeps.
#[derive(Default)]
pub struct Tree {
    written: Files,
    branch: String,
    branches: BTreeMap<String, Project>,
}

impl Tree {
    /// Makes the files those of `project`.
    pub fn show(&mut self, space: &Space, chance: &mut Chance, project: &Project) {
        let files = project.files();
        let old = std::mem::take(&mut self.written);
        for path in old.keys().filter(|path| !files.contains_key(*path)) {
            fs::remove_file(space.path(path)).unwrap();
            remove_empty(space, path);
        }
        for (path, entry) in &files {
            if old.get(path) != Some(entry) {
                put(&space.path(path), entry, old.get(path), chance);
            }
        }
        self.written = files;
    }

    /// Moves a file or a directory, which keeps its times.
    pub fn rename(&mut self, space: &Space, from: &str, to: &str) {
        fs::create_dir_all(space.path(to).parent().unwrap()).unwrap();
        fs::rename(space.path(from), space.path(to)).unwrap();
        let inside = format!("{from}/");
        let moved = |path: String| match path.strip_prefix(&inside) {
            Some(rest) => format!("{to}/{rest}"),
            None if path == from => to.to_owned(),
            None => path,
        };
        self.written = std::mem::take(&mut self.written).into_iter().map(|(path, entry)| (moved(path), entry)).collect();
        remove_empty(space, from);
    }

    /// Writes a file again as it is.
    pub fn touch(&self, space: &Space, path: &str, chance: &mut Chance) {
        if let Some(entry @ Entry::Text(_)) = self.written.get(path) {
            put(&space.path(path), entry, None, chance);
        }
    }

    /// Puts everything into git, on the branch at hand, and leaves that for another one, a new one if `name` is.
    pub fn switch(&mut self, space: &Space, project: &mut Project, name: &str) {
        if self.branch.is_empty() {
            "first".clone_into(&mut self.branch);
            git(space, &["init", "-q", "-b", "first"]);
            fs::write(space.path(".git/info/exclude"), "/build/\n/made/\n").unwrap();
        }
        git(space, &["add", "-A"]);
        git(space, &["commit", "-q", "--allow-empty", "-m", "state"]);
        self.branches.insert(std::mem::replace(&mut self.branch, name.to_owned()), project.clone());
        match self.branches.get(name) {
            Some(other) => {
                git(space, &["checkout", "-q", name]);
                project.clone_from(other);
                self.written = project.files();
            }
            None => git(space, &["checkout", "-q", "-b", name]),
        }
    }

    /// The branches that are not at hand.
    pub fn others(&self) -> Vec<String> {
        self.branches.keys().filter(|name| **name != self.branch).cloned().collect()
    }
}

fn git(space: &Space, args: &[&str]) {
    let mut command = space.command("git");
    command.args(["-c", "user.name=nobody", "-c", "user.email=nobody@localhost", "-c", "gc.auto=0"]).args(args);
    let run = command.output().unwrap();
    assert!(run.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&run.stderr));
}

fn put(path: &Path, entry: &Entry, old: Option<&Entry>, chance: &mut Chance) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    match entry {
        Entry::Link(to) => {
            if old.is_some() {
                fs::remove_file(path).unwrap();
            }
            symlink(to, path).unwrap();
        }
        Entry::Text(text) => {
            if matches!(old, Some(Entry::Link(_))) {
                fs::remove_file(path).unwrap();
            }
            write(path, text, chance);
        }
    }
}

/// Over the old file, or beside it and then in its place; with the time of now, of the old file, or of long ago.
fn write(path: &Path, text: &str, chance: &mut Chance) {
    let before = fs::metadata(path).and_then(|about| about.modified()).ok();
    let place = if chance.one_in(3) { path.with_extension("swap~") } else { path.to_owned() };
    fs::write(&place, text).unwrap();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let time = match chance.below(6) {
        0 => before,
        1 => Some(long_ago),
        _ => None,
    };
    if let Some(time) = time {
        fs::File::options().write(true).open(&place).unwrap().set_modified(time).unwrap();
    }
    if place != path {
        fs::rename(place, path).unwrap();
    }
}

/// Removes the directories above `path` that hold nothing any more.
fn remove_empty(space: &Space, path: &str) {
    let mut dir = super::project::parent(path);
    while !dir.is_empty() && fs::remove_dir(space.path(dir)).is_ok() {
        dir = super::project::parent(dir);
    }
}
