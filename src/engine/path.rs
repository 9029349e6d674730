//! Paths as the engine sees them: bytes, relative to the project's root where inside it. Does not know what exists.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A path in bytes, cheap to clone. Relative paths are relative to the project's root.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct FilePath(Arc<[u8]>);

impl FilePath {
    /// The path as given, not normalised.
    pub fn new(path: impl AsRef<OsStr>) -> Self {
        Self(path.as_ref().as_bytes().into())
    }

    /// The path with exactly these bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// `path` as JMake keeps it: `.` and `..` folded by name, and relative to `root` where inside it.
    /// A relative `path` is taken as relative to `root`. The root itself is the empty path.
    #[must_use]
    pub fn within(root: &Path, path: &Path) -> Self {
        let whole = fold(&root.join(path));
        Self::new(whole.strip_prefix(root).unwrap_or(&whole))
    }

    /// The path for use with the standard library.
    #[must_use]
    pub fn as_path(&self) -> &Path {
        Path::new(OsStr::from_bytes(&self.0))
    }

    /// The raw bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// This path with `name` added.
    #[must_use]
    pub fn join(&self, name: impl AsRef<Path>) -> Self {
        Self::new(self.as_path().join(name))
    }

    /// Where the file is, seen from anywhere.
    #[must_use]
    pub fn under(&self, root: &Path) -> PathBuf {
        root.join(self.as_path())
    }

    /// The directory that holds it; the empty path for a file of the root.
    #[must_use]
    pub fn parent(&self) -> Self {
        Self::new(self.as_path().parent().unwrap_or(Path::new("")))
    }

    /// The last component, lossily as text.
    #[must_use]
    pub fn name(&self) -> String {
        self.as_path().file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The last component without its extension, lossily as text.
    #[must_use]
    pub fn stem(&self) -> String {
        self.as_path().file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The extension, case kept, empty if none.
    #[must_use]
    pub fn extension(&self) -> String {
        self.as_path().extension().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// Folds `.` and `..` by name, without looking at symbolic links.
#[must_use]
pub fn fold(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::RootDir)) => {}
            other => out.push(other),
        }
    }
    out
}

impl std::fmt::Debug for FilePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_path().fmt(f)
    }
}

impl std::fmt::Display for FilePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_path().display().fmt(f)
    }
}

/// The root.
impl Default for FilePath {
    fn default() -> Self {
        Self::from_bytes(b"")
    }
}

impl From<&str> for FilePath {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_folded_and_made_relative() {
        let within = |p: &str| FilePath::within(Path::new("/p"), Path::new(p)).to_string();
        assert_eq!(within("src/../a.c"), "a.c");
        assert_eq!(within("/p/./src/a.c"), "src/a.c");
        assert_eq!(within("../other/x.h"), "/other/x.h");
        assert_eq!(within("../../../x.h"), "/x.h");
        assert_eq!(within("."), "");
    }
}
