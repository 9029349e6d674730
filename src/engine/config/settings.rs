//! Valid settings of one project under one profile. Does not know where a value came from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::options::Options;
use super::targets::{Dependency, FileRule, InstallSettings, LibraryVersion, TargetSettings, TestSettings};
use crate::engine::path::FilePath;
use crate::engine::report::ArtifactKind;

/// The form of the project's library.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum LibraryType {
    /// `lib<name>.so`
    #[default]
    Shared,
    /// `lib<name>.a`
    Static,
}

impl LibraryType {
    /// What it makes.
    #[must_use]
    pub fn kind(self) -> ArtifactKind {
        match self {
            Self::Shared => ArtifactKind::SharedLibrary,
            Self::Static => ArtifactKind::StaticLibrary,
        }
    }
}

/// Link-time optimisation.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum Lto {
    /// None.
    #[default]
    Off,
    /// ThinLTO in the linker.
    Thin,
    /// The whole program as one module: llvm-link, opt, llc.
    Full,
}

/// How far a build goes that names no target.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum LastStage {
    /// It looks at what there is.
    Discovery,
    /// It makes objects.
    Compile,
    /// It makes all.
    #[default]
    Link,
}

/// What a build is asked to do.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// `project.name`, else the root directory's name.
    pub name: String,
    /// `project.version`, for `install` and as the libraries' if they have none.
    pub version: Option<String>,
    /// `project.description`, for `install`.
    pub description: Option<String>,
    /// `project.allow_outside`: sources and include directories may lie outside the root.
    pub allow_outside: bool,
    /// `dev`, `release` or the user's own.
    pub profile: String,
    /// How all targets are compiled and linked.
    pub options: Options,
    /// `[[targets]]`.
    pub targets: Vec<TargetSettings>,
    /// `[[files]]`.
    pub files: Vec<FileRule>,
    /// `[dependencies]`.
    pub dependencies: Vec<Dependency>,
    /// `[discovery]`.
    pub discovery: DiscoverySettings,
    /// `compile.extra_sources`: sources to build although discovery would leave them out.
    pub extra_sources: Vec<FilePath>,
    /// `compile.emit_ir` and the like.
    pub emit: Emit,
    /// `binary.library_name` as typed; empty means the project's name in lower case.
    pub library_name: String,
    /// `binary.library_type`; `None`: not asked for.
    pub library_type: Option<LibraryType>,
    /// `binary.soname` and `binary.version`, of the discovered library.
    pub library_version: LibraryVersion,
    /// `symbols.export_list`, of the discovered library.
    pub export_list: Vec<String>,
    /// `binary.output_dir`; replaces `build/<profile>/{lib,bin}`.
    pub output_dir: Option<FilePath>,
    /// `llvm.root`.
    pub llvm_root: Option<FilePath>,
    /// `llvm.version`: what `--toolchain` gets unless it is given.
    pub llvm_version: Option<String>,
    /// `llvm.tools`: programs by name, used instead of the toolchain's own.
    pub llvm_tools: BTreeMap<String, FilePath>,
    /// `llvm.use_jmake_llvm`: `false` means what `$CC` and `$CXX` name, else the first on the `PATH`.
    pub choose_llvm: bool,
    /// `[test]`, for all tests.
    pub test: TestSettings,
    /// `[install]`.
    pub install: InstallSettings,
    /// `cache.enabled`: results may be taken from the shared store and put there.
    pub use_store: bool,
    /// `daemon.workers`: what `-j` gets unless it is given.
    pub workers: Option<u32>,
    /// `workflow.stages`: the last of them.
    pub last_stage: LastStage,
    /// `workflow.stop_on_error = false`: what `--keep-going` is unless it is given.
    pub keep_going: bool,
    /// `hooks.on_success`: what a watching client runs after a build that succeeded; empty: nothing.
    pub on_success: Vec<String>,
    /// `hooks.on_failure`: the same after one that failed.
    pub on_failure: Vec<String>,
    /// Stages as separate processes rather than fused.
    pub staged: bool,
    /// The build directory, `build` unless `-B` says otherwise.
    pub build_dir: FilePath,
}

impl Settings {
    /// What a watching client runs after a build; empty: nothing.
    #[must_use]
    pub fn hook(&self, success: bool) -> &[String] {
        if success { &self.on_success } else { &self.on_failure }
    }
}

/// `[discovery]`: what of the tree is looked at, and what was written down of it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct DiscoverySettings {
    /// `scan_recursive = false` and `max_depth`: directories below the root that are looked into; `None`: all.
    pub max_depth: Option<u32>,
    /// `exclude_dirs`: names, or paths relative to the root.
    pub exclude_dirs: Vec<String>,
    /// `include_patterns`: if there are any, only sources that one of these globs matches are built.
    pub include_patterns: Vec<String>,
    /// `follow_symlinks`: directories that are links are looked into.
    pub follow_symlinks: bool,
    /// `files`: the sources to build, and no others; `None`: all that are found.
    pub files: Option<Vec<FilePath>>,
    /// `include_dirs`: instead of inferred ones; `None`: inferred.
    pub include_dirs: Option<Vec<FilePath>>,
    /// `dependency_graph_file`: where the graph of files is written.
    pub graph_file: Option<FilePath>,
    /// `parse_ast`: with what they declare.
    pub graph_declarations: bool,
    /// `test.test_dir`: what lies in it is a test's.
    pub test_dir: Option<FilePath>,
}

/// Intermediate results that are placed in the tree.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Emit {
    /// `compile.emit_ir`: a `.ll` for each source.
    pub ir: bool,
    /// `compile.emit_bc`: a `.bc` for each source.
    pub bitcode: bool,
    /// `compile.output_dir`: where; `None`: `build/<profile>/ir`.
    pub dir: Option<FilePath>,
    /// `link.output_dir`: where the linked and optimised IR goes, with `link.lto = "full"`.
    pub linked_dir: Option<FilePath>,
}
