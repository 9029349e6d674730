//! How a tool's names of files and directories are kept: as it spells them, seen from the project's root. Does not know what is in them.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use crate::engine::path::FilePath;

/// Spells paths, many of the same directories.
#[derive(Debug)]
pub struct Spelling<'a> {
    root: &'a Path,
    /// What comes before the last `..` of paths outside of the project, as it is kept.
    known: HashMap<PathBuf, PathBuf>,
}

impl<'a> Spelling<'a> {
    /// As seen from `root`, a real path.
    #[must_use]
    pub fn seen_from(root: &'a Path) -> Self {
        Self { root, known: HashMap::new() }
    }

    /// `path`, which may be relative to the root. Inside of the project `..` stays where it is: what is a directory now may be a symbolic
    /// link at the next look, and a search goes on from the name as it was asked for. Outside, it goes where it only leads back.
    pub fn of(&mut self, path: &Path) -> FilePath {
        let inner = path.strip_prefix(self.root).unwrap_or(path);
        if inner.is_absolute() {
            return FilePath::new(self.outside(inner));
        }
        let plain: PathBuf = inner.components().filter(|part| *part != Component::CurDir).collect();
        let (mut base, mut rest) = (self.root, plain.as_path());
        while let Ok(below) = rest.strip_prefix(Component::ParentDir) {
            (base, rest) = (base.parent().unwrap_or(base), below);
        }
        if base == self.root {
            return FilePath::new(rest);
        }
        let whole = base.join(rest);
        FilePath::new(whole.strip_prefix(self.root).unwrap_or(&whole))
    }

    fn outside(&mut self, path: &Path) -> PathBuf {
        let parts: Vec<Component<'_>> = path.components().collect();
        let Some(last) = parts.iter().rposition(|part| *part == Component::ParentDir) else { return parts.iter().collect() };
        let before: PathBuf = parts[..=last].iter().collect();
        let kept = self.known.entry(before).or_insert_with_key(|before| folded(before));
        parts[last + 1..].iter().fold(kept.clone(), |path, part| path.join(part))
    }
}

/// Without each `..` that leads back to where the name before it lies.
fn folded(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match (part, out.components().next_back()) {
            (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) if !out.is_symlink() => drop(out.pop()),
            _ => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_where_the_tool_went() {
        let dir = tempfile::tempdir().unwrap();
        let parent = dir.path().canonicalize().unwrap();
        for name in ["p/src", "ext/inc"] {
            std::fs::create_dir_all(parent.join(name)).unwrap();
        }
        std::os::unix::fs::symlink("ext/inc", parent.join("link")).unwrap();
        let root = parent.join("p");
        let mut spelling = Spelling::seen_from(&root);
        let mut check = |path: &str, expect: &str| {
            let at = |text: &str| PathBuf::from(text.replace('@', parent.to_str().unwrap()));
            assert_eq!(spelling.of(&at(path)), FilePath::new(at(expect)), "{path}");
        };
        check("src/a.c", "src/a.c");
        check("./src/./a.c", "src/a.c");
        check("@/p/src/a.c", "src/a.c");
        check("src/../a.h", "src/../a.h");
        check("@/p/./src/../a.h", "src/../a.h");
        check("../ext/a.h", "@/ext/a.h");
        check("./../ext/a.h", "@/ext/a.h");
        check("../p/a.h", "a.h");
        check("src/../../ext/a.h", "src/../../ext/a.h");
        check("@/ext/../ext/inc/../a.h", "@/ext/a.h");
        check("@/link/a.h", "@/link/a.h");
        check("@/link/../a.h", "@/link/../a.h");
        check("@/link/../inc/../b.h", "@/link/../b.h");
        check("/../../x.h", "/x.h");
        check("", "");
        check(".", "");
    }
}
