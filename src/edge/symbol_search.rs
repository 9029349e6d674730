//! Looks into libraries and sources for symbols that a link lacked. Runs only when one failed; what the finds mean is decided
//! elsewhere.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use object::read::ReadCache;
use rayon::prelude::*;

use super::{World, fs, walk};
use crate::engine::cxx::undefined::{self, Found, Lack, Lookup, Offer, Suspect};
use crate::engine::graph::StepSpec;
use crate::engine::path::FilePath;
use crate::engine::scan::{exports, source};

/// Larger sources are not looked into.
const SOURCE_LIMIT: u64 = 16 << 20;

/// So many files of a project are looked at that are not its own to build.
const FILE_LIMIT: usize = 100_000;

/// What to tell the user of a link with this output.
#[must_use]
pub fn advise(world: &World, root: &Path, spec: &StepSpec, lookup: &Lookup, output: &[u8]) -> Vec<String> {
    let Some(lack) = Lack::of(spec, &String::from_utf8_lossy(output)) else { return Vec::new() };
    let mut found = Found::default();
    if !lack.spellings.is_empty() {
        found.libraries = offers(&lack, library_files(root, &lookup.directories(spec)));
        found.sources = definitions(world, root, &lack, lookup.suspects(spec));
    }
    if lack.is_open(&found) {
        look_further(world, root, &lack, lookup, &mut found);
    }
    undefined::hints(&lack, lookup, &found)
}

/// Into what is not the project's own to build.
fn look_further(world: &World, root: &Path, lack: &Lack, lookup: &Lookup, found: &mut Found) {
    let known: Vec<FilePath> = lookup.known();
    let files = walk::hidden(root, &known, FILE_LIMIT);
    let libraries = lookup.hidden_libraries(&files).into_iter().map(|(library, path)| (library, path.under(root)));
    found.libraries.extend(offers(lack, libraries.collect()));
    found.sources.extend(definitions(world, root, lack, lookup.hidden_suspects(&files)));
}

/// The sources that define what is missing.
fn definitions(world: &World, root: &Path, lack: &Lack, suspects: Vec<Suspect>) -> Vec<(Suspect, Vec<usize>)> {
    suspects.into_par_iter().filter_map(|suspect| look_into(world, root, lack, suspect)).collect()
}

/// The libraries that define what is missing.
fn offers(lack: &Lack, files: Vec<(String, PathBuf)>) -> Vec<Offer> {
    let wanted = |name: &str| lack.spellings.iter().any(|spelling| spelling.is_exported_as(name));
    let look = |(library, path): (String, PathBuf)| {
        let data = ReadCache::new(fs::open(&path).ok()?.0);
        let symbols = lack.exported_by(&exports::picked(&data, &wanted));
        (!symbols.is_empty()).then_some(Offer { library, symbols })
    };
    files.into_par_iter().filter_map(look).collect()
}

/// The file that the linker would take for each name it could be given, in its order.
fn library_files(root: &Path, directories: &[FilePath]) -> Vec<(String, PathBuf)> {
    let (mut seen, mut taken, mut out) = (HashSet::new(), HashSet::new(), Vec::new());
    for directory in directories {
        let Ok(directory) = std::fs::canonicalize(directory.under(root)) else { continue };
        let Ok(entries) = std::fs::read_dir(&directory) else { continue };
        if !seen.insert(directory) {
            continue;
        }
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        // Of two files in one directory the shared library is taken, whose name comes last.
        paths.sort_by(|a, b| b.cmp(a));
        for path in paths {
            let name = path.file_name().and_then(|name| name.to_str()).and_then(undefined::link_name).map(ToOwned::to_owned);
            out.extend(name.filter(|name| taken.insert(name.clone())).map(|name| (name, path)));
        }
    }
    out
}

/// What is missing and this source defines.
fn look_into(world: &World, root: &Path, lack: &Lack, suspect: Suspect) -> Option<(Suspect, Vec<usize>)> {
    let place = suspect.path.under(root);
    let text = world.fs.stat(&place).is_ok_and(|stat| stat.size <= SOURCE_LIMIT).then(|| world.fs.read(&place).ok())??;
    let named = |name: &[u8]| !name.is_empty() && text.windows(name.len()).any(|part| part == name);
    if !lack.spellings.iter().any(|spelling| named(spelling.last_name().as_bytes())) {
        return None;
    }
    let offered = source::offered(&text, suspect.language);
    lack.defined_by(suspect, &offered)
}
