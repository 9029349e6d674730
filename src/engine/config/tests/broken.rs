//! What is said of broken files: `broken/NAME.toml` is answered with `broken/NAME.txt`. Each answer alone is to suffice to mend the file.

use std::path::Path;

use super::{none, request};
use crate::engine::config::check::{Facts, Lies, asked, check};
use crate::engine::config::merge::examine;
use crate::engine::path::FilePath;

macro_rules! files {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("broken/", $name, ".toml")), include_str!(concat!("broken/", $name, ".txt")))),*]
    };
}

const FILES: &[(&str, &str, &str)] = files![
    "another_dialect" "bare_word" "bridge_dialect" "circle" "contradictions" "dependencies" "flags_as_text" "link_words" "missing_files"
    "misspelt_keys" "no_value" "not_built" "old_llvm" "open_section" "open_string" "profiles" "section_twice" "target_without_name"
    "target_wrong_types" "targets_as_table" "targets_contradict" "unknown_dependency" "wrong_types" "wrong_words"
];

/// All that has `missing` in its name is not there; of the rest, what has an ending is a file.
fn lies(path: &FilePath) -> Lies {
    match path.to_string() {
        path if path.contains("missing") => Lies::Nothing,
        path if Path::new(&path).extension().is_some() => Lies::File,
        _ => Lies::Directory,
    }
}

fn said(content: &str) -> String {
    let examined = examine(&request(Some(content), &none));
    let lies = asked(&examined).into_iter().map(|path| (path.clone(), lies(&path))).collect();
    let facts = Facts { root: "/home/me/Root".into(), lies, ..Facts::default() };
    check(&examined, content, &facts).iter().map(|problem| format!("{problem}\n\n")).collect()
}

#[test]
fn each_broken_file_is_answered_as_before() {
    for (name, content, expect) in FILES {
        let said = said(content);
        assert!(!said.is_empty(), "nothing is wrong with {name}");
        assert_eq!(said.trim_end(), expect.trim_end(), "{name}: if the new text is better, it belongs into broken/{name}.txt:\n{said}");
    }
}
