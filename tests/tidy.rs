//! The laws of the rooms, checked by reading the sources. `ARCHITECTURE.md` says why each of them is there.
//!
//! A law is a function from one file to what it finds wrong there, so each has a table below it of files that break it:
//! a law that cannot fail checks nothing.

#[path = "tidy/laws.rs"]
mod laws;
#[path = "tidy/rooms.rs"]
mod rooms;
#[path = "tidy/shape.rs"]
mod shape;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/texts.rs"]
mod texts;

use std::path::{Path, PathBuf};

use source::Source;

/// Where the repository is.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file of the repository that git does not ignore, by its path from the root.
fn texts() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in ignore::WalkBuilder::new(root()).hidden(false).filter_entry(|entry| entry.file_name() != ".git").build() {
        let entry = entry.expect("the repository can be walked");
        let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
        let path: PathBuf = entry.path().strip_prefix(root()).expect("it is below the root").into();
        found.push((path.to_str().expect("our own names are UTF-8").to_owned(), text));
    }
    found.sort();
    found
}

/// Every Rust file.
fn sources() -> Vec<Source> {
    let texts = texts();
    let rust = texts.iter().filter(|(path, _)| path.ends_with(".rs"));
    let mut sources: Vec<Source> = rust.map(|(path, text)| Source::new(path, text)).collect();
    let tests: Vec<String> = sources.iter().flat_map(Source::test_files).collect();
    for source in sources.iter_mut().filter(|source| tests.contains(&source.path)) {
        source.is_test = true;
    }
    sources
}

/// Fails with everything that `law` finds wrong with any Rust file.
#[track_caller]
fn holds_for_sources(law: laws::Law) {
    let wrong: Vec<String> =
        sources().iter().flat_map(|source| law(source).into_iter().map(move |what| format!("{}: {what}", source.path))).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Fails with everything that `law` finds wrong with any text.
#[track_caller]
fn holds_for_texts(law: texts::Law) {
    let wrong: Vec<String> =
        texts().iter().flat_map(|(path, text)| law(path, text).into_iter().map(move |what| format!("{path}: {what}"))).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Runs `law` over (path, text, part of what it must find; "" if nothing).
#[track_caller]
fn check(law: laws::Law, table: &[(&str, &str, &str)]) {
    for (path, text, expect) in table {
        let found = law(&Source::new(path, text)).join("\n");
        let as_expected = if expect.is_empty() { found.is_empty() } else { found.contains(expect) };
        assert!(as_expected, "{path}:\n{text}\nexpected {expect:?}, found {found:?}");
    }
}
