//! An LLVM install as a value. Does not know how one is found on disk.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::digest::Digest;
use crate::engine::path::FilePath;

/// `major.minor.patch`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Version(pub u32, pub u32, pub u32);

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// One LLVM install.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Toolchain {
    /// The directory that holds its programs.
    pub bin_dir: FilePath,
    /// Of its clang.
    pub version: Version,
    /// The default target, such as `x86_64-pc-linux-gnu`.
    pub triple: String,
    /// Every tool, by its plain name (`clang++`, `llvm-ar`, `ld.lld`), to its absolute path.
    pub tools: BTreeMap<String, FilePath>,
    /// Identity of the programs a build runs (clang with its shared libraries, lld, llvm-ar…): digest of their contents.
    pub identity: Digest,
    /// How it was found, in words.
    pub origin: String,
}

impl Toolchain {
    /// The tool called `name`, if the install has it.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&FilePath> {
        self.tools.get(name)
    }
}

/// What a driver does with one set of flags in one language, learnt from one `-###` run.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct DriverProbe {
    /// Identity of the expanded command lines, source and output names taken out.
    pub identity: Digest,
    /// Directories for `"…"` only, in order.
    pub quote_dirs: Vec<FilePath>,
    /// Directories for `<…>` and `"…"`, in order, absent ones kept, system ones included.
    pub search_dirs: Vec<FilePath>,
}
