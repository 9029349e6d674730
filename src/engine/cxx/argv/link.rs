//! Linking programs and shared libraries. Does not know which objects belong together.

use std::path::PathBuf;

use super::compile::{self, without_own};
use super::{joined, operand, platform, words};
use crate::engine::config::options::Options;
use crate::engine::config::settings::Lto;
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
    /// Objects in order, then archives and libraries of this build.
    pub inputs: &'a [FilePath],
    /// Archives whose members use each other.
    pub archives: &'a [FilePath],
    /// Libraries, without `-l`, in order.
    pub libraries: &'a [String],
    /// Where they are looked for when the product runs.
    pub run_paths: &'a [FilePath],
    /// What is made.
    pub output: &'a FilePath,
    /// Where the linker lists what it read.
    pub depfile: &'a FilePath,
}

/// Flags of a link: which linker, what the compiler's flags mean for it. `language` is C++ if any object is.
#[must_use]
pub fn flags(options: &Options, toolchain: &Toolchain, language: Language, product: Product<'_>) -> Vec<FilePath> {
    let environment = if language == Language::Cxx { &options.environment.cxx } else { &options.environment.c };
    let given = [without_language(&options.flags), without_language(environment)].concat();
    let mut out = Vec::new();
    let chosen = given.iter().copied().chain(late(options)).any(|f| f.starts_with("-fuse-ld="));
    if let Some(lld) = toolchain.tool("ld.lld").filter(|_| !chosen) {
        out.extend(words(["-fuse-ld=lld", "-Wl,--color-diagnostics"]));
        // The driver finds the one of its own install; settings may name another.
        let elsewhere = lld.as_path().is_absolute() && lld.parent() != toolchain.bin_dir;
        out.extend(elsewhere.then(|| joined("--ld-path=", lld)));
    }
    out.extend(platform::flags(&options.platform));
    out.extend(words(options.profile_flags.iter().map(String::as_str)));
    out.extend(options.opt_level.as_deref().map(compile::level));
    out.extend(compile::sanitizers(options));
    out.extend(words(options.coverage.then_some(compile::COVERAGE)));
    out.extend(words(given));
    if options.lto == Lto::Thin {
        out.extend(words(["-flto=thin"]));
    }
    // What only compiling needs is no mistake here.
    out.extend(words(["-Qunused-arguments", "-fcolor-diagnostics"]));
    if let Product::Shared { soname } = product {
        out.extend(words(["-shared", "-Xlinker", "-soname", "-Xlinker", soname]));
        if !options.allow_undefined && !sanitizes(options) {
            out.extend(words(["-Wl,-z,defs"]));
        }
    }
    out
}

/// Flags of the run that shows what the driver makes of any link of these options.
#[must_use]
pub fn probe_flags(options: &Options, toolchain: &Toolchain) -> Vec<FilePath> {
    let mut out = flags(options, toolchain, Language::Cxx, Product::Shared { soname: "libjmake-probe.so" });
    out.extend(options.lib_dirs.iter().map(searched));
    out.extend(words(late(options)));
    out
}

/// The whole line.
#[must_use]
pub fn arguments(flags: &[FilePath], options: &Options, files: Files<'_>) -> Vec<FilePath> {
    let mut out = flags.to_vec();
    out.extend([FilePath::from("-o"), files.output.clone()]);
    out.extend([FilePath::from("-Xlinker"), joined("--dependency-file=", files.depfile)]);
    for dir in files.run_paths {
        out.extend([FilePath::from("-Xlinker"), "-rpath".into(), "-Xlinker".into(), dir.clone()]);
    }
    out.extend(files.inputs.iter().map(operand));
    // lld searches them all anyway; other linkers go back to an earlier one only within a group.
    let several = files.archives.len() > 1;
    out.extend(words(several.then_some("-Wl,--start-group")));
    out.extend(files.archives.iter().map(operand));
    out.extend(words(several.then_some("-Wl,--end-group")));
    out.extend(options.lib_dirs.iter().map(searched));
    out.extend(words(late(options)));
    out.extend(files.libraries.iter().map(|library| self::library(library)));
    // In older C libraries these are libraries of their own; only what is used is recorded.
    out.extend(words(["-Wl,--push-state,--as-needed", "-lm", "-lpthread", "-ldl", "-Wl,--pop-state"]));
    out
}

/// Flags that may name libraries: they come after what uses these.
fn late(options: &Options) -> impl Iterator<Item = &str> {
    without_own(&options.link_flags).into_iter().chain(options.environment.link.iter().map(String::as_str))
}

fn searched(dir: &FilePath) -> FilePath {
    if dir.as_bytes().is_empty() { FilePath::from("-L.") } else { joined("-L", dir) }
}

/// How what lies at `output` names the directory `dir` when it runs, wherever the tree is then.
#[must_use]
pub fn run_path(output: &FilePath, dir: &FilePath) -> FilePath {
    if dir.as_path().is_absolute() {
        return dir.clone();
    }
    let from = output.parent();
    if from.as_path().is_absolute() {
        return FilePath::from("$ORIGIN");
    }
    let (from, to): (Vec<_>, Vec<_>) = (from.as_path().components().collect(), dir.as_path().components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut path = PathBuf::from("$ORIGIN");
    path.extend(from.iter().skip(common).map(|_| ".."));
    path.extend(&to[common..]);
    FilePath::new(path)
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
fn sanitizes(options: &Options) -> bool {
    let environment = &options.environment;
    let all = [&options.flags, &options.profile_flags, &options.link_flags, &environment.c, &environment.cxx, &environment.link];
    !options.sanitizers.is_empty() || all.into_iter().flatten().any(|flag| flag.starts_with("-fsanitize"))
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
