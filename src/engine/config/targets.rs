//! What jmake.toml itself says of targets, dependencies, tests and installing. Does not know what discovery finds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::options::Options;
use crate::engine::path::FilePath;

/// One `[[targets]]` table. If there is one, targets are what these say and discovery makes none.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct TargetSettings {
    /// `name`.
    pub name: String,
    /// `kind`.
    pub kind: Kind,
    /// `sources`: files, directories and globs, relative to the root.
    pub sources: Vec<String>,
    /// `exclude`: globs of what of them is left out.
    pub exclude: Vec<String>,
    /// `depends`: targets of this project. Libraries among them are linked, and their `public_include_dirs` and `public_defines` count.
    pub depends: Vec<String>,
    /// The project's options and its own.
    pub options: Options,
    /// `public_include_dirs`: for this target and all that depend on it.
    pub public_include_dirs: Vec<FilePath>,
    /// `public_defines`: the same for macros.
    pub public_defines: BTreeMap<String, String>,
    /// `output_name`: the file's name without `lib` and ending; `None`: the target's.
    pub output_name: Option<String>,
    /// `output_dir`; replaces `build/<profile>/{lib,bin}`.
    pub output_dir: Option<FilePath>,
    /// `soname` and `version`.
    pub library: LibraryVersion,
    /// `export_list`: the symbols that a shared library offers, and no others; empty: all visible ones.
    pub export_list: Vec<String>,
    /// `test`: how it is run, for a test.
    pub test: TestSettings,
    /// `install`: whether `jmake install` takes it; `None`: if it is a program or a library.
    pub install: Option<bool>,
    /// `default`: built when nothing is named; `None`: unless it is a test, an example or a benchmark.
    pub default: Option<bool>,
}

/// What a target becomes.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub enum Kind {
    /// `"executable"`
    #[default]
    Executable,
    /// `"shared"`
    SharedLibrary,
    /// `"static"`
    StaticLibrary,
    /// `"plugin"`: a shared library that is loaded, not linked; undefined symbols are its host's.
    Plugin,
    /// `"headers"`: nothing is compiled; options for those that depend on it.
    Headers,
    /// `"objects"`: objects that are linked into those that depend on it.
    Objects,
    /// `"test"`
    Test,
    /// `"example"`
    Example,
    /// `"benchmark"`
    Benchmark,
}

/// How a shared library is named for those that load it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct LibraryVersion {
    /// `soname`; `None`: `lib<name>.so`, with the version's first number if there is a version.
    pub soname: Option<String>,
    /// `version`, such as `1.2.3`: the file is `lib<name>.so.1.2.3`, with links to it under the soname and `lib<name>.so`.
    pub version: Option<String>,
}

/// How tests are run.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct TestSettings {
    /// `args`.
    pub args: Vec<String>,
    /// `env`.
    pub env: BTreeMap<String, String>,
    /// `timeout_s`; `None`: 300 s.
    pub timeout_s: Option<u64>,
    /// `working_dir`, relative to the root, which it is by default.
    pub working_dir: Option<FilePath>,
    /// `runner`: a program and its arguments before the test's, such as an emulator; for a cross build qemu is found by itself.
    pub runner: Vec<String>,
}

/// One `[[files]]` table: options of some sources, after those of their target.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct FileRule {
    /// `match`: globs, relative to the root.
    pub patterns: Vec<String>,
    /// `flags`.
    pub flags: Vec<String>,
    /// `defines`.
    pub defines: BTreeMap<String, String>,
}

/// One entry of `[dependencies]`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Dependency {
    /// `pkg_config = ["zlib >= 1.2", …]`: modules as pkg-config knows them.
    PkgConfig(String),
    /// `name = { path = "../x" }`: another project that JMake builds, whose libraries are linked.
    Path {
        /// Its name here.
        name: String,
        /// Its root.
        path: FilePath,
    },
}

/// `[install]`.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct InstallSettings {
    /// `prefix`; `None`: `/usr/local`.
    pub prefix: Option<FilePath>,
    /// `headers`: files, directories and globs; `None`: what lies in `include/`.
    pub headers: Option<Vec<String>>,
    /// `include_dir`, below the prefix; `None`: `include`.
    pub include_dir: Option<String>,
    /// `lib_dir`, below the prefix; `None`: `lib`.
    pub lib_dir: Option<String>,
    /// `bin_dir`, below the prefix; `None`: `bin`.
    pub bin_dir: Option<String>,
    /// `pkg_config`: whether a .pc file is written for the libraries; `None`: if there are any.
    pub pkg_config: Option<bool>,
}
