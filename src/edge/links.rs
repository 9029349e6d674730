//! Where paths lead: symbolic links on the way, one by one, remembered for many paths of the same directories. Decides nothing, and
//! does not know who names them.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

/// So many links on one way are a loop.
const MOST: usize = 40;

/// Follows paths.
#[derive(Debug, Default)]
pub struct Links {
    /// Where directories lead.
    directories: HashMap<PathBuf, PathBuf>,
    /// Every link that was followed.
    pub followed: HashSet<PathBuf>,
}

impl Links {
    /// Where `path`, which is absolute, leads. What does not exist leads to itself.
    pub fn real(&mut self, path: &Path) -> PathBuf {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return self.directory(path) };
        let place = self.directory(parent).join(name);
        self.step(place, MOST)
    }

    /// Where a directory leads.
    fn directory(&mut self, path: &Path) -> PathBuf {
        if let Some(known) = self.directories.get(path) {
            return known.clone();
        }
        let mut real = PathBuf::new();
        for part in path.components() {
            match part {
                Component::ParentDir => {
                    real.pop();
                }
                Component::CurDir => {}
                other => {
                    real.push(other);
                    real = self.step(real, MOST);
                }
            }
        }
        self.directories.insert(path.to_owned(), real.clone());
        real
    }

    /// Follows the last component as long as it is a link. What comes before it has been followed.
    fn step(&mut self, place: PathBuf, most: usize) -> PathBuf {
        let Some(target) = std::fs::read_link(&place).ok().filter(|_| most > 0) else { return place };
        let whole = place.parent().unwrap_or(Path::new("/")).join(target);
        self.followed.insert(place);
        let (Some(parent), Some(name)) = (whole.parent(), whole.file_name()) else { return self.walk(&whole, most - 1) };
        let further = self.walk(parent, most - 1).join(name);
        self.step(further, most - 1)
    }

    fn walk(&mut self, path: &Path, most: usize) -> PathBuf {
        let mut real = PathBuf::new();
        for part in path.components() {
            match part {
                Component::ParentDir => drop(real.pop()),
                Component::CurDir => {}
                other => {
                    real.push(other);
                    real = self.step(real, most);
                }
            }
        }
        real
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn every_link_on_the_way_is_followed_and_named() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("v1/inc")).unwrap();
        std::fs::write(root.join("v1/inc/a.h"), "").unwrap();
        for (target, link) in [
            ("v1", "current"),
            ("current/inc", "inc"),
            ("../v1/inc/a.h", "v1/b.h"),
            ("inc/..", "v1/up"),
            ("loop2", "loop1"),
            ("loop1", "loop2"),
            ("gone", "broken"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        let check = |path: &str, real: &str, followed: &str| {
            let mut links = Links::default();
            let found = links.real(&root.join(path));
            assert_eq!(found, root.join(real), "{path}");
            let mut names: Vec<String> = links.followed.iter().map(|it| it.strip_prefix(&root).unwrap().display().to_string()).collect();
            names.sort();
            assert_eq!(names.join(" "), followed, "{path}");
        };
        check("v1/inc/a.h", "v1/inc/a.h", "");
        check("inc/a.h", "v1/inc/a.h", "current inc");
        check("v1/b.h", "v1/inc/a.h", "v1/b.h");
        check("inc/../b.h", "v1/inc/a.h", "current inc v1/b.h");
        check("broken", "gone", "broken");
        check("none/x", "none/x", "");
        check("current/inc/..", "v1", "current");
        check("v1/up/b.h", "v1/inc/a.h", "v1/b.h v1/up");
        let mut links = Links::default();
        let _somewhere = links.real(&root.join("loop1"));
        assert_eq!(links.followed.len(), 2);
    }
}
