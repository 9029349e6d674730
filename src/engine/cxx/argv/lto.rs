//! Whole-program optimisation with llvm-link, opt and llc. Does not know which modules belong together.

use super::{joined, operand, words};
use crate::engine::path::FilePath;

/// Flags whose effect these tools would drop.
const DROPPED: &[&str] = &[
    "-fsanitize",
    "--coverage",
    "-coverage",
    "-ftest-coverage",
    "-fprofile-",
    "-fcoverage-mapping",
    "-gsplit-dwarf",
    "-fxray",
    "-mcmodel=",
    "-flto",
];

/// The first of `flags` whose effect would be lost.
#[must_use]
pub fn dropped<'a>(flags: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    flags.into_iter().find(|flag| DROPPED.iter().any(|drop| flag.starts_with(drop)))
}

/// Modules to one module.
#[must_use]
pub fn merge(modules: &[FilePath], output: &FilePath) -> Vec<FilePath> {
    words(["-o"]).chain([output.clone()]).chain(modules.iter().map(operand)).collect()
}

/// One module optimised at the level of `flags`, then by `passes`.
#[must_use]
pub fn optimise(flags: &[FilePath], passes: &[String], module: &FilePath, output: &FilePath) -> Vec<FilePath> {
    let all: Vec<String> = std::iter::once(format!("default<O{}>", level(flags))).chain(passes.iter().cloned()).collect();
    only_passes(&all, module, output)
}

/// One module changed by `passes` alone.
#[must_use]
pub fn only_passes(passes: &[String], module: &FilePath, output: &FilePath) -> Vec<FilePath> {
    vec![FilePath::from(format!("-passes={}", passes.join(",")).as_str()), operand(module), "-o".into(), output.clone()]
}

/// One module to one object.
#[must_use]
pub fn generate(flags: &[FilePath], module: &FilePath, output: &FilePath) -> Vec<FilePath> {
    let level = match level(flags) {
        's' | 'z' => '2',
        level => level,
    };
    let mut out: Vec<FilePath> = vec![joined("-O", &level.to_string().as_str().into())];
    out.extend(words(["-relocation-model=pic", "-filetype=obj"]));
    for (flag, off, option) in [
        ("-ffunction-sections", "-fno-function-sections", "-function-sections"),
        ("-fdata-sections", "-fno-data-sections", "-data-sections"),
    ] {
        let last = flags.iter().rev().find(|f| [flag, off].map(str::as_bytes).contains(&f.as_bytes()));
        out.extend(last.filter(|f| f.as_bytes() == flag.as_bytes()).map(|_| option.into()));
    }
    out.extend([operand(module), "-o".into(), output.clone()]);
    out
}

/// The last `-O` counts.
fn level(flags: &[FilePath]) -> char {
    let last = flags.iter().rev().find_map(|f| f.as_bytes().strip_prefix(b"-O"));
    match last {
        None | Some(b"0") => '0',
        Some(b"" | b"1" | b"g") => '1',
        Some(b"2") => '2',
        Some(b"s") => 's',
        Some(b"z") => 'z',
        Some(_) => '3',
    }
}
