//! A client's environment as a value: never logged, never stored. Does not read the process's own environment.

use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use super::digest::{Digest, Hasher};

/// What compilers and linkers get, and nothing else. A trailing `*` stands for any ending.
pub const TOOL_VARIABLES: &[&str] = &[
    "PATH",
    "HOME",
    "TMPDIR",
    "LANG",
    "LC_*",
    "CPATH",
    "C_INCLUDE_PATH",
    "CPLUS_INCLUDE_PATH",
    "LIBRARY_PATH",
    "LD_LIBRARY_PATH",
    "COMPILER_PATH",
    "GCC_EXEC_PREFIX",
    "CCC_OVERRIDE_OPTIONS",
    "SOURCE_DATE_EPOCH",
    "CC",
    "CXX",
    "CFLAGS",
    "CXXFLAGS",
    "CPPFLAGS",
    "LDFLAGS",
    "PKG_CONFIG_*",
];

/// Reach tools, but count only through what they resolve to (the toolchain, its search lists): they are not part of a fingerprint.
const RESOLVED: &[&str] = &["PATH", "HOME", "TMPDIR"];

/// They count through what drivers make of the flags.
const LEADING: &[&str] =
    &["CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "LIBRARY_PATH", "COMPILER_PATH", "GCC_EXEC_PREFIX", "CCC_OVERRIDE_OPTIONS"];

/// Names and values of one client.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Variables(Arc<Vec<(OsString, OsString)>>);

impl Variables {
    /// All of a client's variables.
    #[must_use]
    pub fn new(all: Vec<(OsString, OsString)>) -> Self {
        Self(Arc::new(all))
    }

    /// The value of `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_os_str())
    }

    /// The value of `name`, if it is text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(OsStr::to_str).map(str::to_owned)
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<(OsString, OsString)> {
        self.0.to_vec()
    }

    /// Those of [`TOOL_VARIABLES`], sorted.
    #[must_use]
    pub fn for_tools(&self) -> Vec<(OsString, OsString)> {
        let mut chosen: Vec<_> = self.0.iter().filter(|(name, _)| reaches_tools(name)).cloned().collect();
        chosen.sort();
        chosen
    }

    /// Identity of what stands for the time in texts, if anything does.
    #[must_use]
    pub fn epoch(&self) -> Option<Digest> {
        self.get("SOURCE_DATE_EPOCH").map(|value| Digest::of(value.as_encoded_bytes()))
    }

    /// Those that lead drivers to directories and programs or change their flags, with the identity of each value.
    #[must_use]
    pub fn leading(&self) -> Vec<(String, Digest)> {
        let digest = |value: &OsStr| Digest::of(value.as_encoded_bytes());
        LEADING.iter().filter_map(|name| Some(((*name).to_owned(), digest(self.get(name)?)))).collect()
    }

    /// Identity of what tools can see of them, less those that count through what they resolve to.
    #[must_use]
    pub fn tool_identity(&self) -> Digest {
        let mut hasher = Hasher::default();
        for (name, value) in self.for_tools() {
            if !RESOLVED.iter().any(|resolved| name == *resolved) {
                hasher.part(name.as_encoded_bytes()).part(value.as_encoded_bytes());
            }
        }
        hasher.finish()
    }
}

fn reaches_tools(name: &OsStr) -> bool {
    TOOL_VARIABLES.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => name.as_encoded_bytes().starts_with(start.as_bytes()),
        None => name == *pattern,
    })
}

impl std::fmt::Debug for Variables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} variables", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Variables {
        Variables::new(pairs.iter().map(|(n, v)| (n.into(), v.into())).collect())
    }

    #[test]
    fn tools_get_a_subset_and_debug_shows_none() {
        let all = of(&[("SECRET", "x"), ("LC_ALL", "C"), ("PATH", "/bin")]);
        let names: Vec<_> = all.for_tools().into_iter().map(|(n, _)| n).collect();
        assert_eq!(names, ["LC_ALL", "PATH"]);
        assert_eq!(format!("{all:?}"), "3 variables");
    }

    #[test]
    fn identity_ignores_what_tools_cannot_see_or_only_resolve() {
        let base = of(&[("CPATH", "/a")]);
        assert_eq!(base.tool_identity(), of(&[("CPATH", "/a"), ("SECRET", "y"), ("HOME", "/h")]).tool_identity());
        assert_ne!(base.tool_identity(), of(&[("CPATH", "/b")]).tool_identity());
    }
}
