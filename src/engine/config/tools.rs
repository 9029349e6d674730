//! The names of LLVM's programs in `llvm.tools`, and what people call them. Does not know which programs there are.

use std::collections::BTreeMap;

use super::merged::relative;
use crate::engine::path::FilePath;

/// Programs by their own names: the original wrote `llvm_link`, and `clang` for what was clang++.
pub(super) fn named(typed: BTreeMap<String, String>) -> BTreeMap<String, FilePath> {
    let mut tools = BTreeMap::new();
    for (name, path) in typed.iter().filter(|(_, path)| !path.is_empty()) {
        let own = own_name(name, path);
        // What is typed under its own name goes first, and a clang++ under clang's name is no clang.
        let is_other = own != *name && typed.contains_key(&own);
        if !is_other {
            tools.insert(own, relative(path));
        }
    }
    tools
}

/// What the program is called that `name` stands for.
pub(super) fn own_name(name: &str, path: &str) -> String {
    match name {
        "clang" if relative(path).name().starts_with("clang++") => "clang++".to_owned(),
        "clangxx" | "clangpp" | "clang_cpp" | "clang_cxx" => "clang++".to_owned(),
        "ld_lld" => "ld.lld".to_owned(),
        name => name.replace('_', "-"),
    }
}
