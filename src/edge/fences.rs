//! What a build stood on beside files that it read: programs, places where others of their kind may appear, ignore rules from above. They are
//! compared by their stats. As far as their directories can be watched, only when something was heard there. Does not know what they mean.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::fs::Stat;
use super::watch;
use crate::engine::path::FilePath;

/// So many links on one way are a loop.
const MOST: usize = 40;

/// Paths, and how each was.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Fences {
    heard_of: Vec<Fence>,
    unheard: Vec<Fence>,
    /// What tells of those that are heard of.
    watched: BTreeSet<FilePath>,
    /// Entries of such directories that matter.
    entries: HashSet<FilePath>,
    /// Directories of which every entry matters.
    listings: HashSet<FilePath>,
}

type Fence = (FilePath, Option<Stat>);

/// What decides where one path leads.
#[derive(Default)]
struct Way {
    watched: Vec<PathBuf>,
    entries: Vec<PathBuf>,
    listing: Option<PathBuf>,
}

impl Fences {
    /// As they are now.
    #[must_use]
    pub fn around(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut fences = Self::default();
        let mut watchable = Watchable::default();
        for path in paths {
            let fence = (FilePath::new(&path), stat(&path));
            let Some(way) = Way::of(&path, &mut watchable) else {
                fences.unheard.push(fence);
                continue;
            };
            fences.watched.extend(way.watched.iter().map(FilePath::new));
            fences.entries.extend(way.entries.iter().map(FilePath::new));
            fences.listings.extend(way.listing.iter().map(FilePath::new));
            fences.heard_of.push(fence);
        }
        fences
    }

    /// What has to be watched for [`Self::hold`] to be true.
    pub fn watched(&self) -> impl Iterator<Item = &Path> {
        self.watched.iter().map(FilePath::as_path)
    }

    /// Whether one of them changed after `moment`. What is gone does not tell: that is heard.
    #[must_use]
    pub fn changed_since(&self, moment: SystemTime) -> bool {
        self.all().any(|(_, then)| then.is_some_and(|stat| stat.changed_since(moment)))
    }

    /// Whether a change of `path` may be one of theirs.
    #[must_use]
    pub fn concern(&self, path: &Path) -> bool {
        let path = FilePath::new(path);
        self.entries.contains(&path) || self.listings.contains(&path) || self.listings.contains(&path.parent())
    }

    /// Whether they are as they were, if this is all that was heard since.
    #[must_use]
    pub fn hold<'a>(&self, heard: impl IntoIterator<Item = &'a PathBuf>) -> bool {
        let news = heard.into_iter().any(|path| self.concern(path));
        are_the_same(&self.unheard) && (!news || are_the_same(&self.heard_of))
    }

    /// Whether they are as they were, whatever was heard.
    #[must_use]
    pub fn all_hold(&self) -> bool {
        are_the_same(&self.unheard) && are_the_same(&self.heard_of)
    }

    /// Whether nothing has to be looked at when nothing was heard.
    #[must_use]
    pub fn are_all_heard_of(&self) -> bool {
        self.unheard.is_empty()
    }

    fn all(&self) -> impl Iterator<Item = &Fence> {
        self.heard_of.iter().chain(&self.unheard)
    }
}

fn are_the_same(fences: &[Fence]) -> bool {
    fences.iter().all(|(path, then)| stat(path.as_path()) == *then)
}

fn stat(path: &Path) -> Option<Stat> {
    std::fs::metadata(path).ok().map(|about| Stat::of(&about))
}

impl Way {
    /// `None` if not all of it can be told by watches.
    fn of(path: &Path, watchable: &mut Watchable) -> Option<Self> {
        let mut way = Self::default();
        let mut at = PathBuf::from("/");
        let mut left: Vec<PathBuf> = parts(path);
        let mut links = 0;
        while let Some(part) = left.pop() {
            if part == Path::new("..") {
                at.pop();
                continue;
            }
            let entry = at.join(&part);
            let about = entry.symlink_metadata().ok();
            match about {
                Some(about) if about.is_dir() && watchable.as_directory(&entry, &about) => {
                    way.watched.push(entry.clone());
                    way.listing = left.is_empty().then(|| entry.clone());
                    at = entry;
                    continue;
                }
                // Its own entries are anybody's; that it is there is told by the one above.
                Some(about) if about.is_dir() && !left.is_empty() => at.clone_from(&entry),
                Some(about) if about.is_symlink() => {
                    links += 1;
                    let target = std::fs::read_link(&entry).ok().filter(|_| links <= MOST)?;
                    if target.is_absolute() {
                        at = PathBuf::from("/");
                    }
                    left.extend(parts(&target));
                }
                Some(about) if about.is_file() => {
                    if about.nlink() > 1 {
                        way.watched.push(entry.clone());
                    }
                    left.clear();
                }
                Some(_) => return None,
                None => left.clear(),
            }
            let holder = entry.parent()?;
            watchable.as_directory(holder, &holder.symlink_metadata().ok()?).then_some(())?;
            way.watched.push(holder.to_owned());
            way.entries.push(entry);
        }
        Some(way)
    }
}

/// The components of a path, the first one last.
fn parts(path: &Path) -> Vec<PathBuf> {
    let names = path.components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    names.map(|part| PathBuf::from(part.as_os_str())).rev().collect()
}

/// Which directories can be watched, asked once each.
#[derive(Default)]
struct Watchable(HashMap<PathBuf, bool>);

impl Watchable {
    /// Not those in which everybody may write: there is no end to what is heard there.
    fn as_directory(&mut self, path: &Path, about: &Metadata) -> bool {
        let is_public = about.permissions().mode() & 0o002 != 0;
        let can = || !is_public && watch::tells(path).unwrap_or(false);
        *self.0.entry(path.to_owned()).or_insert_with(can)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::symlink;

    use super::*;

    /// A directory that nobody else may write in, wherever tests have theirs.
    fn place() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        for dir in ["bin", "lib/v1/bin", "public"] {
            fs::create_dir_all(root.join(dir)).unwrap();
        }
        fs::write(root.join("lib/v1/bin/clang"), "1").unwrap();
        fs::write(root.join("public/tool"), "1").unwrap();
        fs::set_permissions(root.join("public"), Permissions::from_mode(0o1777)).unwrap();
        symlink("v1", root.join("lib/current")).unwrap();
        symlink("../lib/current/bin/clang", root.join("bin/clang")).unwrap();
        (dir, root)
    }

    fn around(root: &Path, path: &str) -> Fences {
        Fences::around([root.join(path)])
    }

    fn beneath(root: &Path, paths: impl IntoIterator<Item = impl AsRef<Path>>) -> String {
        let mut names: Vec<String> =
            paths.into_iter().filter_map(|path| Some(path.as_ref().strip_prefix(root).ok()?.display().to_string())).collect();
        names.sort();
        names.join(" ")
    }

    #[test]
    fn every_directory_and_link_on_the_way_is_heard_of() {
        let (_dir, root) = place();
        let check = |path: &str, watched: &str, entries: &str| {
            let fences = around(&root, path);
            assert!(fences.are_all_heard_of(), "{path}");
            assert_eq!(beneath(&root, fences.watched()), watched, "{path}");
            assert_eq!(beneath(&root, fences.entries.iter().map(FilePath::as_path)), entries, "{path}");
        };
        check("bin/clang", " bin lib lib/v1 lib/v1/bin", "bin/clang lib/current lib/v1/bin/clang");
        check("lib/v1/bin", " lib lib/v1 lib/v1/bin", "");
        check("none/at/all", "", "none");
        check("bin/gcc", " bin", "bin/gcc");
    }

    #[test]
    fn where_everybody_may_write_is_looked_at_each_time() {
        let (_dir, root) = place();
        for path in ["public", "public/tool", "public/none"] {
            assert!(!around(&root, path).are_all_heard_of(), "{path}");
        }
        let fences = around(&root, "public/tool");
        assert!(fences.hold([]));
        fs::write(root.join("public/tool"), "other").unwrap();
        assert!(!fences.hold([]));
    }

    #[test]
    fn what_is_heard_of_is_looked_at_when_it_is_heard_of() {
        let (_dir, root) = place();
        let fences = Fences::around(["bin/clang", "lib/v1", "bin/gcc"].map(|path| root.join(path)));
        let is_looked_at = |path: &str| fences.concern(&root.join(path));
        assert_eq!(
            ["bin/clang", "bin/gcc", "bin/ls", "lib/current", "lib/v1/bin/clang", "lib/v1", "lib/v1/include", "lib/v2"].map(is_looked_at),
            [true, true, false, true, true, true, true, false]
        );
        fs::write(root.join("lib/v1/bin/clang"), "2.0").unwrap();
        assert!(fences.hold(&[root.join("bin/ls")]) && !fences.hold(&[root.join("lib/v1/bin/clang")]) && !fences.all_hold());
    }

    #[test]
    fn a_file_with_other_names_is_heard_of_itself() {
        let (_dir, root) = place();
        fs::hard_link(root.join("lib/v1/bin/clang"), root.join("bin/clang-19")).unwrap();
        assert_eq!(beneath(&root, around(&root, "bin/clang-19").watched()), " bin bin/clang-19");
    }
}
