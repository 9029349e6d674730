//! Linking programs and shared libraries. Does not know which objects belong together.

use super::compile::without_own;
use super::{joined, operand, words};
use crate::engine::config::settings::{Lto, Settings};
use crate::engine::cxx::toolchain::Toolchain;
use crate::engine::discover::Language;
use crate::engine::path::FilePath;

/// What a link makes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Product<'a> {
    /// A program.
    Executable,
    /// A shared library with this soname.
    Shared {
        /// What programs that use it will look for.
        soname: &'a str,
    },
}

/// The files of one link.
#[derive(Clone, Copy, Debug)]
pub struct Files<'a> {
    /// Objects in order, then archives.
    pub inputs: &'a [FilePath],
    /// Libraries, without `-l`, in order.
    pub libraries: &'a [String],
    /// What is made.
    pub output: &'a FilePath,
    /// Where the linker lists what it read.
    pub depfile: &'a FilePath,
}

/// Flags of a link: which linker, what the compiler's flags mean for it. `language` is C++ if any object is.
#[must_use]
pub fn flags(settings: &Settings, toolchain: &Toolchain, language: Language, product: Product<'_>) -> Vec<FilePath> {
    let environment = if language == Language::Cxx { &settings.cxx_flags } else { &settings.c_flags };
    let given = [without_language(&settings.flags), without_language(environment)].concat();
    let mut out = Vec::new();
    let chosen = given.iter().copied().chain(settings.link_flags.iter().map(String::as_str)).any(|f| f.starts_with("-fuse-ld="));
    if toolchain.tool("ld.lld").is_some() && !chosen {
        out.extend(words(["-fuse-ld=lld", "-Wl,--color-diagnostics"]));
    }
    out.extend(words(settings.profile_flags.iter().map(String::as_str)));
    out.extend(words(given));
    if settings.lto == Lto::Thin {
        out.extend(words(["-flto=thin"]));
    }
    // What only compiling needs is no mistake here.
    out.extend(words(["-Qunused-arguments", "-fcolor-diagnostics"]));
    if let Product::Shared { soname } = product {
        out.extend(words(["-shared", "-Xlinker", "-soname", "-Xlinker", soname]));
        if !settings.allow_undefined && !sanitizes(settings) {
            out.extend(words(["-Wl,-z,defs"]));
        }
    }
    out
}

/// Flags of the run that shows what the driver makes of any link of these settings.
#[must_use]
pub fn probe_flags(settings: &Settings, toolchain: &Toolchain) -> Vec<FilePath> {
    let mut out = flags(settings, toolchain, Language::Cxx, Product::Shared { soname: "libjmake-probe.so" });
    out.extend(words(settings.link_flags.iter().map(String::as_str)));
    out
}

/// The whole line.
#[must_use]
pub fn arguments(flags: &[FilePath], settings: &Settings, files: Files<'_>) -> Vec<FilePath> {
    let mut out = flags.to_vec();
    out.extend([FilePath::from("-o"), files.output.clone()]);
    out.extend([FilePath::from("-Xlinker"), joined("--dependency-file=", files.depfile)]);
    out.extend(files.inputs.iter().map(operand));
    out.extend(words(settings.link_flags.iter().map(String::as_str)));
    out.extend(files.libraries.iter().map(|library| self::library(library)));
    // In older C libraries these are libraries of their own; only what is used is recorded.
    out.extend(words(["-Wl,--push-state,--as-needed", "-lm", "-lpthread", "-ldl", "-Wl,--pop-state"]));
    out
}

/// `z` is `-lz`; `libz.a` that file, looked for as libraries are; `dir/libz.a` that very file.
fn library(name: &str) -> FilePath {
    let file = std::path::Path::new(name).extension().is_some_and(|e| e == "a" || e == "so") || name.contains(".so.");
    match name {
        path if path.contains('/') => operand(&FilePath::from(path)),
        _ if file => FilePath::from(format!("-l:{name}").as_str()),
        _ => FilePath::from(format!("-l{name}").as_str()),
    }
}

/// Whether a sanitizer's runtime, which only the program has, leaves symbols of a shared library undefined.
fn sanitizes(settings: &Settings) -> bool {
    let all = [&settings.flags, &settings.profile_flags, &settings.c_flags, &settings.cxx_flags, &settings.link_flags];
    all.into_iter().flatten().any(|flag| flag.starts_with("-fsanitize"))
}

/// A language given by `-x` would be that of the objects, too.
fn without_language(flags: &[String]) -> Vec<&str> {
    let mut out = Vec::new();
    let mut words = without_own(flags).into_iter();
    while let Some(word) = words.next() {
        match word {
            "-x" => drop(words.next()),
            joined if joined.starts_with("-x") => {}
            other => out.push(other),
        }
    }
    out
}
