//! Command lines, relative to the project's root: compile, link, archive, whole-program steps. Does not know targets or steps.

pub mod archive;
pub mod compile;
pub mod link;
pub mod lto;
mod platform;
pub mod response;

use crate::engine::path::FilePath;

/// `path` spelled so that no tool takes it for an option or a response file.
#[must_use]
pub fn operand(path: &FilePath) -> FilePath {
    if path.as_bytes().starts_with(b"-") || path.as_bytes().starts_with(b"@") {
        FilePath::from(".").join(path.as_path())
    } else {
        path.clone()
    }
}

/// `prefix` and `path` as one word.
#[must_use]
pub fn joined(prefix: &str, path: &FilePath) -> FilePath {
    use std::os::unix::ffi::OsStrExt;
    let bytes = [prefix.as_bytes(), path.as_bytes()].concat();
    FilePath::new(std::ffi::OsStr::from_bytes(&bytes))
}

/// Words as arguments.
fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = FilePath> {
    words.into_iter().map(FilePath::from)
}

#[cfg(test)]
mod tests;
