//! Valid settings of one project under one profile. Does not know where a value came from.

use std::collections::BTreeMap;

use crate::engine::path::FilePath;
use crate::engine::report::ArtifactKind;

/// The form of the project's library.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
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
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Lto {
    /// None.
    #[default]
    Off,
    /// ThinLTO in the linker.
    Thin,
    /// The whole program as one module: llvm-link, opt, llc.
    Full,
}

/// What a build is asked to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Settings {
    /// `project.name`, else the root directory's name.
    pub name: String,
    /// `dev`, `release` or the user's own.
    pub profile: String,
    /// Flags of the profile for the compiler, defaults included, such as `-O0 -g -gdwarf-4`.
    pub profile_flags: Vec<String>,
    /// `compile.flags`, for C and C++.
    pub flags: Vec<String>,
    /// `CPPFLAGS` and `CFLAGS`, split.
    pub c_flags: Vec<String>,
    /// `CPPFLAGS` and `CXXFLAGS`, split.
    pub cxx_flags: Vec<String>,
    /// `LDFLAGS`, split.
    pub link_flags: Vec<String>,
    /// `compile.defines`; an empty value means `-DNAME`.
    pub defines: BTreeMap<String, String>,
    /// `compile.include_dirs`, in order, before inferred ones.
    pub include_dirs: Vec<FilePath>,
    /// `compile.extra_sources`: sources to build although discovery would leave them out.
    pub extra_sources: Vec<FilePath>,
    /// `link.lto`.
    pub lto: Lto,
    /// `link.opt_passes`.
    pub opt_passes: Vec<String>,
    /// `link.allow_undefined`.
    pub allow_undefined: bool,
    /// `binary.library_name` as typed; empty means the project's name in lower case.
    pub library_name: String,
    /// `binary.library_type`; `None`: not asked for.
    pub library_type: Option<LibraryType>,
    /// `binary.link_libraries`, without `-l`.
    pub link_libraries: Vec<String>,
    /// `binary.output_dir`; replaces `build/<profile>/{lib,bin}`.
    pub output_dir: Option<FilePath>,
    /// `llvm.root`.
    pub llvm_root: Option<FilePath>,
    /// `hooks.on_success`: what a watching client runs after a build that succeeded; empty: nothing.
    pub on_success: Vec<String>,
    /// `hooks.on_failure`: the same after one that failed.
    pub on_failure: Vec<String>,
    /// Stages as separate processes rather than fused.
    pub staged: bool,
    /// The build directory, `build` unless `-B` says otherwise.
    pub build_dir: FilePath,
}
