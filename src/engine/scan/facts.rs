//! What one source or header says about itself, as kept in caches. Does not know how it is found out.

use serde::{Deserialize, Serialize};

use crate::engine::path::FilePath;

/// How an included file is named.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub enum IncludeForm {
    /// `"name"`
    Quote,
    /// `<name>`
    Angle,
    /// A macro: only the preprocessor knows.
    Computed,
}

/// One `#include`, or a question about one.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Include {
    /// As spelled, without quotes; the macro's text if computed.
    pub name: FilePath,
    /// How.
    pub form: IncludeForm,
    /// One-based.
    pub line: u32,
    /// Under an `#if` that is neither the file's include guard nor always true.
    pub conditional: bool,
    /// `#include_next`
    pub next: bool,
}

/// Whether a text defines `main`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub enum MainFact {
    /// It does not.
    #[default]
    None,
    /// Under `#if`, or by a macro that looks as if it did.
    Conditional,
    /// It does.
    Yes,
}

/// What a text says about itself.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct SourceFacts {
    /// In order of appearance. Those under `#if 0` do not count.
    pub includes: Vec<Include>,
    /// Whether it defines `main`.
    pub main: MainFact,
    /// What `__has_include` asks for.
    pub has_include: Vec<Include>,
    /// It is a C++20 module unit, or imports one.
    pub module: bool,
    /// It uses `__DATE__`, `__TIME__` or `__TIMESTAMP__`.
    pub time_macros: bool,
    /// Files that become data: `#embed`, and what `__has_embed` asks for.
    pub embeds: Vec<Include>,
    /// Files that the assembler reads: `.incbin` and `.include`.
    pub assembled: Vec<Include>,
    /// It defines `LLVMFuzzerTestOneInput`.
    pub fuzzer: bool,
    /// It names `LLVMFuzzerTestOneInput` without defining it, as a stand-in for libFuzzer's `main` does.
    pub drives_fuzzer: bool,
    /// Functions and variables that it defines for others; kept only if it may define `main`.
    pub defines: Vec<String>,
    /// Names that it makes `main` by `#define NAME main`: who includes it and defines one of them defines `main`.
    pub main_names: Vec<String>,
    /// Digests, by [`name_digest`], of the functions and variables that it defines for others.
    pub defined: Vec<u64>,
    /// Digests, by [`name_digest`], of the functions and variables that it declares without defining them.
    pub declares: Vec<u64>,
}

impl SourceFacts {
    /// Whether a project that held `other` in its place would be described in the same way, as far as names that files declare and define
    /// for each other do not tell. Lines may differ.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        let same = |these: &[Include], those: &[Include]| {
            these.len() == those.len() && these.iter().zip(those).all(|(a, b)| Include { line: b.line, ..a.clone() } == *b)
        };
        let rest = |facts: &Self| {
            let empty = Self { includes: Vec::new(), has_include: Vec::new(), ..facts.clone() };
            let empty = Self { defines: Vec::new(), defined: Vec::new(), declares: Vec::new(), ..empty };
            Self { time_macros: false, embeds: Vec::new(), assembled: Vec::new(), ..empty }
        };
        let data = |facts: &Self| [facts.embeds.is_empty(), facts.assembled.is_empty()];
        let all = same(&self.includes, &other.includes) && same(&self.has_include, &other.has_include);
        all && data(self) == data(other) && rest(self) == rest(other)
    }
}

/// A name in eight bytes (FNV-1a), so that long lists of names stay small.
#[must_use]
pub fn name_digest(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
