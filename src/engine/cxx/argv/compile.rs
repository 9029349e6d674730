//! Compiling one source, in one process or in stages. Does not know where outputs go.
//!
//! Both ways give the same bytes: `docs/decisions/001-staged-equals-fused.md` says why the stages are cut where they are.

use super::{joined, operand, platform, words};
use crate::engine::config::options::{Options, Visibility, Warnings};
use crate::engine::config::settings::Lto;
use crate::engine::discover::Language;
use crate::engine::path::FilePath;

/// Flags that write dependencies or name an output; JMake gives these itself.
const OWN_ALONE: &[&str] = &["-c", "-S", "-E", "-M", "-MM", "-MD", "-MMD", "-MP", "-MG", "-MV"];

/// The same, with an argument in the same word or the next.
const OWN_EITHER: &[&str] = &["-MF", "-MT", "-MQ", "-MJ", "-o"];

/// Makes code count what runs, for compiling and linking.
pub(super) const COVERAGE: &str = "-fprofile-instr-generate";

/// The driver for a language.
#[must_use]
pub fn driver(language: Language) -> &'static str {
    if language == Language::Cxx { "clang++" } else { "clang" }
}

/// All flags for sources of `language`, the inferred include directories `inferred` last. One list for each language:
/// what the driver makes of it is learnt once.
#[must_use]
pub fn flags(options: &Options, language: Language, inferred: &[FilePath]) -> Vec<FilePath> {
    let mut out = vec![standard(options, language)];
    out.extend(words(["-fPIC"]));
    out.extend(platform::flags(&options.platform));
    out.extend(words(options.profile_flags.iter().map(String::as_str)));
    out.extend(options.opt_level.as_deref().map(level));
    out.extend(words(warnings(options)));
    out.extend(instrumentation(options));
    out.extend(words(visibility(options, language).iter().copied()));
    out.extend(options.defines.iter().map(|(name, value)| define(name, value)));
    out.extend(words(without_own(&options.flags).into_iter().filter(|flag| fits(language, flag))));
    out.extend(options.include_dirs.iter().chain(inferred).map(include));
    let environment = if language == Language::Cxx { &options.environment.cxx } else { &options.environment.c };
    out.extend(words(without_own(environment)));
    if options.lto == Lto::Thin {
        out.extend(words(["-flto=thin"]));
    }
    // Always in colour: whoever shows the text to no terminal takes the codes out, and no object depends on where it was built from.
    out.extend(words(["-fcolor-diagnostics"]));
    out
}

fn standard(options: &Options, language: Language) -> FilePath {
    let named = |name: &Option<String>, default: &str| FilePath::from(format!("-std={}", name.as_deref().unwrap_or(default)).as_str());
    match language {
        Language::C => named(&options.c_std, "gnu17"),
        Language::Cxx => named(&options.std, "gnu++17"),
        Language::Assembler | Language::AssemblerWithCpp => "-Qunused-arguments".into(),
    }
}

/// `O2`, `-O2` and `2` are the same.
pub(super) fn level(level: &str) -> FilePath {
    FilePath::from(format!("-O{}", level.trim_start_matches('-').trim_start_matches('O')).as_str())
}

fn warnings(options: &Options) -> impl Iterator<Item = &'static str> {
    let names = match options.warnings {
        Warnings::None => &["-w"][..],
        Warnings::Default => &[],
        Warnings::All => &["-Wall"],
        Warnings::Extra => &["-Wall", "-Wextra"],
        Warnings::Everything => &["-Weverything"],
    };
    names.iter().copied().chain(options.warnings_as_errors.then_some("-Werror"))
}

/// Sanitizers and coverage.
#[must_use]
pub fn instrumentation(options: &Options) -> Vec<FilePath> {
    let mut out = Vec::from_iter(sanitizers(options));
    if options.coverage {
        out.extend(words([COVERAGE, "-fcoverage-mapping"]));
    }
    out
}

/// What links need, too.
pub(super) fn sanitizers(options: &Options) -> Option<FilePath> {
    let all = options.sanitizers.join(",");
    (!all.is_empty()).then(|| FilePath::from(format!("-fsanitize={all}").as_str()))
}

fn visibility(options: &Options, language: Language) -> &'static [&'static str] {
    match (options.visibility, language) {
        (Visibility::Default, _) => &[],
        (Visibility::Hidden, Language::Cxx) => &["-fvisibility=hidden", "-fvisibility-inlines-hidden"],
        (Visibility::Hidden, _) => &["-fvisibility=hidden"],
    }
}

fn define(name: &str, value: &str) -> FilePath {
    if value.is_empty() { FilePath::from(format!("-D{name}").as_str()) } else { FilePath::from(format!("-D{name}={value}").as_str()) }
}

fn include(dir: &FilePath) -> FilePath {
    if dir.as_bytes().is_empty() { FilePath::from("-I.") } else { joined("-I", dir) }
}

/// `compile.flags` serve C and C++ alike, but a C++ standard is an error in C, and the other way round.
fn fits(language: Language, flag: &str) -> bool {
    let Some(standard) = flag.strip_prefix("-std=").or_else(|| flag.strip_prefix("--std=")) else { return true };
    match language {
        Language::Cxx => standard.contains("++"),
        _ => !standard.contains("++"),
    }
}

/// `flags` less those that JMake gives itself.
pub(super) fn without_own(flags: &[String]) -> Vec<&str> {
    let mut out = Vec::new();
    let mut words = flags.iter().map(String::as_str);
    while let Some(word) = words.next() {
        if OWN_EITHER.contains(&word) {
            words.next();
        } else if !OWN_ALONE.contains(&word) && !OWN_EITHER.iter().any(|own| word.starts_with(own)) {
            out.push(word);
        }
    }
    out
}

/// Source to object in one process.
#[must_use]
pub fn fused(flags: &[FilePath], source: &FilePath, object: &FilePath, depfile: Option<&FilePath>) -> Vec<FilePath> {
    with_files(flags, &["-c"], source, object, depfile)
}

/// Source to optimised bitcode: all passes run here, where the names that they make up are those of the fused compile.
#[must_use]
pub fn frontend(flags: &[FilePath], source: &FilePath, bitcode: &FilePath, depfile: &FilePath) -> Vec<FilePath> {
    with_files(flags, &["-emit-llvm", "-Xclang", "-emit-llvm-uselists", "-c"], source, bitcode, Some(depfile))
}

/// The same, for passes of the user's own to come: functions of `-O0` may be optimised too.
#[must_use]
pub fn frontend_for_passes(flags: &[FilePath], source: &FilePath, bitcode: &FilePath, depfile: &FilePath) -> Vec<FilePath> {
    with_files(flags, &["-emit-llvm", "-Xclang", "-disable-O0-optnone", "-c"], source, bitcode, Some(depfile))
}

/// Source to bitcode that no pass has seen, for whole-program optimisation.
#[must_use]
pub fn frontend_for_lto(flags: &[FilePath], source: &FilePath, bitcode: &FilePath, depfile: &FilePath) -> Vec<FilePath> {
    let stage = ["-emit-llvm", "-Xclang", "-disable-llvm-passes", "-Xclang", "-disable-O0-optnone", "-c"];
    with_files(flags, &stage, source, bitcode, Some(depfile))
}

/// Source to what code is generated from: text with `-S`, bitcode with `-c`.
#[must_use]
pub fn intermediate(flags: &[FilePath], form: &str, source: &FilePath, output: &FilePath, depfile: &FilePath) -> Vec<FilePath> {
    // Without it, no optimiser touches what was compiled with -O0.
    with_files(flags, &["-emit-llvm", "-Xclang", "-disable-O0-optnone", form], source, output, Some(depfile))
}

/// Source to its syntax tree on standard output. What is wrong is said plainly, and warnings are the build's.
#[must_use]
pub fn tree(flags: &[FilePath], source: &FilePath) -> Vec<FilePath> {
    let mut out = flags.to_vec();
    out.extend(words(["-fno-color-diagnostics", "-w", "-Qunused-arguments", "-fsyntax-only", "-Xclang", "-ast-dump=json"]));
    out.push(operand(source));
    out
}

/// Optimised bitcode to object: code generation only.
#[must_use]
pub fn backend(flags: &[FilePath], bitcode: &FilePath, object: &FilePath) -> Vec<FilePath> {
    with_files(flags, &["-Qunused-arguments", "-Xclang", "-disable-llvm-passes", "-x", "ir", "-c"], bitcode, object, None)
}

fn with_files(flags: &[FilePath], stage: &[&str], input: &FilePath, output: &FilePath, depfile: Option<&FilePath>) -> Vec<FilePath> {
    let mut out = flags.to_vec();
    out.extend(words(stage.iter().copied()));
    out.extend([operand(input), "-o".into(), output.clone()]);
    if let Some(depfile) = depfile {
        out.extend(["-MD".into(), "-MF".into(), depfile.clone()]);
    }
    out
}
