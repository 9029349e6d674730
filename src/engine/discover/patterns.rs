//! Files, directories and globs as jmake.toml names them. Does not know what they are for.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::engine::path::{FilePath, fold};

/// A pattern that cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{pattern}` is no pattern: {why}; write a file, a directory, or a glob such as `src/**/*.cpp`")]
pub struct PatternError {
    /// As typed.
    pub pattern: String,
    /// In words.
    pub why: String,
}

/// Some patterns, relative to the root. A directory stands for all that is in it.
#[derive(Clone, Debug)]
pub struct Patterns {
    typed: Vec<String>,
    /// Two globs for each: itself, and all below it.
    globs: GlobSet,
}

impl Patterns {
    /// Reads them.
    ///
    /// # Errors
    /// One of them is no glob.
    pub fn new(typed: &[String]) -> Result<Self, PatternError> {
        let mut globs = GlobSetBuilder::new();
        for pattern in typed {
            let refused = |error: globset::Error| PatternError { pattern: pattern.clone(), why: error.kind().to_string() };
            let folded = fold(std::path::Path::new(pattern)).display().to_string();
            let below = if folded.is_empty() { "**".to_owned() } else { format!("{folded}/**") };
            for glob in [folded, below] {
                globs.add(GlobBuilder::new(&glob).literal_separator(true).build().map_err(refused)?);
            }
        }
        let globs = globs.build().map_err(|error| PatternError { pattern: typed.join(", "), why: error.kind().to_string() })?;
        Ok(Self { typed: typed.to_vec(), globs })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }

    /// Whether one of them fits.
    #[must_use]
    pub fn fit(&self, path: &FilePath) -> bool {
        self.globs.is_match(path.as_path())
    }

    /// The first that fits none of `paths`.
    #[must_use]
    pub fn idle<'a>(&self, paths: impl Iterator<Item = &'a FilePath>) -> Option<&str> {
        let mut used = vec![false; self.typed.len()];
        for at in paths.flat_map(|path| self.globs.matches(path.as_path())) {
            used[at / 2] = true;
        }
        used.iter().position(|used| !used).map(|at| self.typed[at].as_str())
    }
}

/// Whether a pattern names one file or directory, as far as its text tells.
#[must_use]
pub fn is_literal(pattern: &str) -> bool {
    !pattern.contains(['*', '?', '[', '{'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_directories_and_globs_are_meant() {
        let check = |pattern: &str, path: &str, expect: bool| {
            let patterns = Patterns::new(&[pattern.to_owned()]).unwrap();
            assert_eq!(patterns.fit(&path.into()), expect, "{pattern} {path}");
        };
        check("src/a.c", "src/a.c", true);
        check("./src/a.c", "src/a.c", true);
        check("src", "src/x/a.c", true);
        check("src/", "src/a.c", true);
        check("src", "src2/a.c", false);
        check(".", "x/a.c", true);
        check("*.c", "a.c", true);
        check("*.c", "x/a.c", false);
        check("**/*.c", "x/y/a.c", true);
        check("**/*.c", "a.c", true);
        check("src/**/*.{c,cpp}", "src/x/a.cpp", true);
        check("lib*", "libx/a.c", true);
        assert!(Patterns::new(&["src/[".to_owned()]).unwrap_err().to_string().starts_with("`src/[` is no pattern: "));
    }

    #[test]
    fn a_pattern_that_fits_nothing_is_told() {
        let patterns = Patterns::new(&["a.c".to_owned(), "x/*.c".to_owned()]).unwrap();
        assert_eq!(patterns.idle([FilePath::from("a.c")].iter()), Some("x/*.c"));
        assert_eq!(patterns.idle([FilePath::from("a.c"), "x/y.c".into()].iter()), None);
        assert!(is_literal("src/a.c") && !is_literal("src/*.c"));
    }
}
