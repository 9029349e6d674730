//! Linking programs and shared libraries. Does not know which objects belong together.

use std::path::PathBuf;

use super::compile::{self, without_own};
use super::{joined, operand, platform, words};
use crate::engine::config::options::Options;
use crate::engine::config::settings::Lto;
use crate::engine::cxx::interface_only::is_operand;
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
    /// Which symbols the product offers, if not all that it may.
    pub script: Option<&'a FilePath>,
}

/// What stands in a driver's line for the files of a link, so that what it passes on can be used for any.
mod place {
    pub(super) const OUTPUT: &str = "jmake-output";
    pub(super) const DEPFILE: &str = "jmake-depfile";
    pub(super) const SONAME: &str = "jmake-soname";
    pub(super) const INPUTS: &str = "--jmake-inputs";
    pub(super) const LIBRARIES: &str = "-ljmake-libraries";
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

/// What the driver is asked to learn what it makes of any link of these options: the whole line, with placeholders for files.
#[must_use]
pub fn around(options: &Options, toolchain: &Toolchain, language: Language, product: Product<'_>) -> Vec<FilePath> {
    let product = match product {
        Product::Executable => Product::Executable,
        Product::Shared { .. } => Product::Shared { soname: place::SONAME },
    };
    let mut out = flags(options, toolchain, language, product);
    out.extend(ends(&place::OUTPUT.into(), &place::DEPFILE.into()));
    out.extend(words(["-Xlinker", place::INPUTS]));
    out.extend(rest(options, std::iter::once(place::LIBRARIES.into())));
    out
}

/// The whole line.
#[must_use]
pub fn arguments(flags: &[FilePath], options: &Options, files: Files<'_>) -> Vec<FilePath> {
    let mut out = flags.to_vec();
    out.extend(ends(files.output, files.depfile));
    out.extend(files.script.into_iter().flat_map(|script| ["-Xlinker".into(), joined("--version-script=", script)]));
    for dir in files.run_paths {
        out.extend([FilePath::from("-Xlinker"), "-rpath".into(), "-Xlinker".into(), dir.clone()]);
    }
    out.extend(files.inputs.iter().map(operand));
    // lld searches them all anyway; other linkers go back to an earlier one only within a group.
    let several = files.archives.len() > 1;
    out.extend(words(several.then_some("-Wl,--start-group")));
    out.extend(files.archives.iter().map(operand));
    out.extend(words(several.then_some("-Wl,--end-group")));
    out.extend(rest(options, files.libraries.iter().map(|library| self::library(library))));
    out
}

/// What is made, and where is told of what.
fn ends(output: &FilePath, depfile: &FilePath) -> [FilePath; 4] {
    ["-o".into(), output.clone(), "-Xlinker".into(), joined("--dependency-file=", depfile)]
}

/// What comes after the inputs.
fn rest(options: &Options, libraries: impl Iterator<Item = FilePath>) -> Vec<FilePath> {
    let mut out: Vec<FilePath> = options.lib_dirs.iter().map(searched).collect();
    out.extend(words(late(options)));
    out.extend(libraries);
    // In older C libraries these are libraries of their own; only what is used is recorded.
    out.extend(words(["-Wl,--push-state,--as-needed", "-lm", "-lpthread", "-ldl", "-Wl,--pop-state"]));
    out
}

/// The line of the linker itself, where `line` is what the driver passes on when it is asked [`around`]. `None` if it is the driver that
/// has to see the files: it may compile one, or pass another on in its place.
#[must_use]
pub fn direct(line: &[String], product: Product<'_>, files: Files<'_>) -> Option<Vec<FilePath>> {
    let named = files.libraries.iter().filter(|library| library.contains('/'));
    let passed_on = named.map(String::as_str).chain(files.inputs.iter().filter_map(|path| path.as_path().to_str())).all(is_operand);
    // What stands for the C++ library depends on `-stdlib`.
    if !passed_on || files.libraries.iter().any(|library| library == "stdc++") {
        return None;
    }
    let mut out = Vec::with_capacity(line.len() + files.inputs.len());
    for word in line {
        match word.as_str() {
            place::INPUTS => out.extend(linker_inputs(files)),
            place::LIBRARIES => out.extend(files.libraries.iter().map(|library| self::library(library))),
            place::OUTPUT => out.push(files.output.clone()),
            word => out.push(match (word.strip_suffix(place::DEPFILE), product) {
                (Some(flag), _) => joined(flag, files.depfile),
                (None, Product::Shared { soname }) if word == place::SONAME => soname.into(),
                (None, _) => word.into(),
            }),
        }
    }
    Some(out)
}

/// Whether a line that a driver passes on has each of its places once, and nothing that only looks like one.
#[must_use]
pub fn has_places(line: &[String]) -> bool {
    let count = |place: &str| line.iter().filter(|word| *word == place).count();
    let depfile = format!("--dependency-file={}", place::DEPFILE);
    let all = [place::OUTPUT, place::INPUTS, place::LIBRARIES, &depfile];
    let looks_like = |word: &&String| word.contains("jmake-") && *word != place::SONAME && !all.contains(&word.as_str());
    all.into_iter().all(|place| count(place) == 1) && count(place::SONAME) <= 1 && !line.iter().any(|word| looks_like(&word))
}

/// Flags by which a driver looks elsewhere, where something may come unseen, or does more than to pass files on.
const FOR_DRIVERS: [&str; 18] = [
    "@",
    "--config",
    "--sysroot",
    "-isysroot",
    "--gcc-",
    "-B",
    "--prefix",
    "-resource-dir",
    "-ccc-",
    "--target",
    "-target",
    "-m32",
    "-mx32",
    "--ld-path",
    "-save-stats",
    "-save-temps",
    "--save-",
    "-v",
];

/// Whether the linker may be run without the driver, if that gets such a line.
#[must_use]
pub fn may_be_direct(line: &[FilePath]) -> bool {
    let for_drivers = |word: &FilePath| FOR_DRIVERS.iter().any(|flag| word.as_bytes().starts_with(flag.as_bytes()));
    !line.iter().any(for_drivers)
}

/// The line without what no linker knows.
#[must_use]
pub fn without_places(line: &[String]) -> Vec<String> {
    line.iter().filter(|word| *word != place::INPUTS).cloned().collect()
}

fn linker_inputs(files: Files<'_>) -> Vec<FilePath> {
    let mut out = Vec::from_iter(files.script.map(|script| joined("--version-script=", script)));
    out.extend(files.run_paths.iter().flat_map(|dir| ["-rpath".into(), dir.clone()]));
    out.extend(files.inputs.iter().map(operand));
    let several = files.archives.len() > 1;
    out.extend(words(several.then_some("--start-group")));
    out.extend(files.archives.iter().map(operand));
    out.extend(words(several.then_some("--end-group")));
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
