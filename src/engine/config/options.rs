//! How sources are compiled and what is linked: of a whole project, or of one target, which has the project's and its own. Does not know
//! where a value came from, nor what a compiler makes of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::settings::Lto;
use crate::engine::path::FilePath;

/// One set of options. All that a command line is made of but files.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// `compile.std`, such as `c++20`; `None`: `gnu++17`.
    pub std: Option<String>,
    /// `compile.c_std`, such as `c11`; `None`: `gnu17`.
    pub c_std: Option<String>,
    /// `compile.warnings`.
    pub warnings: Warnings,
    /// `compile.warnings_as_errors`.
    pub warnings_as_errors: bool,
    /// `compile.sanitizers`, such as `address` and `undefined`, for compiling and linking.
    pub sanitizers: Vec<String>,
    /// `compile.coverage`: source-based coverage, for compiling and linking.
    pub coverage: bool,
    /// `compile.visibility`.
    pub visibility: Visibility,
    /// Flags of the profile for the compiler, defaults included, such as `-O0 -g -gdwarf-4`.
    pub profile_flags: Vec<String>,
    /// `link.opt_level`, such as `O2`; for the compiler, too, which optimises under ThinLTO and without LTO; `None`: the profile's.
    pub opt_level: Option<String>,
    /// `compile.flags`, for C and C++.
    pub flags: Vec<String>,
    /// `compile.defines`; an empty value means `-DNAME`.
    pub defines: BTreeMap<String, String>,
    /// `compile.include_dirs`, in order, before inferred ones.
    pub include_dirs: Vec<FilePath>,
    /// `link.flags`.
    pub link_flags: Vec<String>,
    /// `binary.link_libraries`, without `-l`.
    pub link_libraries: Vec<String>,
    /// `binary.lib_dirs`, in order.
    pub lib_dirs: Vec<FilePath>,
    /// `binary.rpath`: programs and libraries find the libraries of `lib_dirs` and those of this build when they run.
    pub rpath: bool,
    /// `link.lto`.
    pub lto: Lto,
    /// `link.opt_passes`.
    pub opt_passes: Vec<String>,
    /// `link.allow_undefined`.
    pub allow_undefined: bool,
    /// `[target]`: what is compiled for.
    pub platform: Platform,
    /// What the environment adds, last.
    pub environment: EnvironmentFlags,
}

/// Flags of the environment, split.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentFlags {
    /// `CPPFLAGS` and `CFLAGS`.
    pub c: Vec<String>,
    /// `CPPFLAGS` and `CXXFLAGS`.
    pub cxx: Vec<String>,
    /// `LDFLAGS`.
    pub link: Vec<String>,
}

/// How much the compiler warns.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum Warnings {
    /// `"none"`: `-w`.
    None,
    /// `"default"`: what the compiler does unasked.
    #[default]
    Default,
    /// `"all"`: `-Wall`.
    All,
    /// `"extra"`: `-Wall -Wextra`.
    Extra,
    /// `"everything"`: `-Weverything`.
    Everything,
}

/// Which symbols a shared library offers unless its source says otherwise.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum Visibility {
    /// All that are not static.
    #[default]
    Default,
    /// None.
    Hidden,
}

/// What is compiled for; all empty: the machine at hand.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Platform {
    /// `target.triple`, such as `aarch64-linux-gnu`.
    pub triple: Option<String>,
    /// `target.cpu`: what `-mcpu` or, for x86, `-march` gets; `None` and `generic`: nothing.
    pub cpu: Option<String>,
    /// `target.features`, such as `+avx2` and `-sse4a`.
    pub features: Vec<String>,
    /// `target.sysroot`.
    pub sysroot: Option<FilePath>,
}

impl Platform {
    /// The settings that say what is compiled for, if any do.
    #[must_use]
    pub fn in_words(&self) -> Option<String> {
        let triple = self.triple.iter().map(|triple| format!("target.triple = \"{triple}\""));
        let words: Vec<String> = triple.chain(self.sysroot.iter().map(|sysroot| format!("target.sysroot = \"{sysroot}\""))).collect();
        (!words.is_empty()).then(|| words.join(" and "))
    }
}
