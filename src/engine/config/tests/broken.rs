//! What is said of broken files: `broken/NAME.toml` is answered with `broken/NAME.txt`. Each answer alone is to suffice to mend the file.

use std::path::Path;
use std::sync::Arc;

use super::{none, request};
use crate::engine::config::check::{Facts, Lies, asked, check};
use crate::engine::config::merge::examine;
use crate::engine::cxx::toolchain::{Install, Version};
use crate::engine::path::FilePath;

macro_rules! files {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("broken/", $name, ".toml")), include_str!(concat!("broken/", $name, ".txt")))),*]
    };
}

const FILES: &[(&str, &str, &str)] = files![
    "another_dialect" "bare_word" "bridge_dialect" "circle" "contradictions" "dependencies" "flags_as_text" "idle_patterns"
    "inherits" "json" "keys_twice" "link_words" "list_items" "missing_files" "missing_llvm" "misspelt_keys" "no_value"
    "not_built" "old_llvm" "open_list" "open_long_string" "open_section" "open_string" "other_languages" "profiles"
    "section_names" "section_twice" "tables_mixed" "target_without_name" "target_wrong_types" "targets_as_table"
    "targets_contradict" "unknown_dependency" "values" "versions" "wrong_types" "wrong_words" "windows_path" "sign_in_key"
    "near_names" "outside" "wrong_lists" "dialects_twice" "tool_names"
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
    let files = ["include/geom.h", "src/a.c", "src/geom.cpp", "src/geometry.cpp", "src/main.cpp"].map(FilePath::from).to_vec();
    let tools = ["clang", "clang++", "llvm-ar"].map(|name| (name.to_owned(), name.into()));
    let install = Install {
        bin_dir: "/usr/lib/llvm-19/bin".into(),
        version: Version(19, 1, 7),
        triple: String::new(),
        tools: tools.into(),
        origin: String::new(),
    };
    let installs = vec![Arc::new(install)];
    let facts = Facts { root: "/home/me/Root".into(), lies, files: Some(files), installs: Some(installs), ..Facts::default() };
    check(&examined, content, &facts).iter().map(|problem| format!("{problem}\n\n")).collect()
}

#[test]
fn each_broken_file_is_answered_as_before() {
    let mut wrong = String::new();
    for (name, content, expect) in FILES {
        let said = said(content);
        assert!(!said.is_empty(), "nothing is wrong with {name}");
        if said.trim_end() != expect.trim_end() {
            wrong.push_str(&format!("=== {name}\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "where the new text is better, it belongs into broken/NAME.txt:\n{wrong}");
}
