//! What a process says in its depfile that it read, beside what it was given. Does not know whether it says all.

use std::collections::HashSet;
use std::path::Path;

use crate::edge::World;
use crate::edge::fs::exists;
use crate::edge::spelling::Spelling;
use crate::engine::failure::Failure;
use crate::engine::graph::StepSpec;
use crate::engine::path::FilePath;
use crate::engine::scan::depfile;

/// Of a step that has just run, sorted. Its depfile is read once.
pub(super) fn of(world: &World, spec: &StepSpec, root: &Path) -> Result<Vec<FilePath>, Failure> {
    let Some(depfile) = spec.command.as_ref().and_then(|command| command.depfile.as_ref()) else { return Ok(Vec::new()) };
    let place = depfile.path.under(root);
    let text = world.fs.read(&place).map_err(Failure::environment)?;
    let newlines = spec.explicit.iter().any(|path| path.as_bytes().contains(&b'\n'));
    let parse = if newlines { depfile::parse_one_rule } else { depfile::parse };
    let named = parse(&text).map_err(|error| Failure::internal(format!("{}: {error}", depfile.path)))?;
    // Read once; a leftover costs nothing.
    let _removed = world.fs.remove_file(&place);
    let mut spelling = Spelling::seen_from(root);
    let mut all: Vec<_> = named.iter().map(|path| spelling.of(path.as_path())).collect();
    // What was written for it counts by its text.
    let written = spec.command.iter().flat_map(|command| &command.responses).map(|file| &file.path);
    let declared: HashSet<&FilePath> = spec.explicit.iter().chain(&spec.implicit).chain(written).collect();
    // clang lists a name with a backslash as one with a slash.
    let misspelled: HashSet<FilePath> = spec.explicit.iter().filter(|input| input.as_bytes().contains(&b'\\')).map(slashed).collect();
    all.retain(|path| !declared.contains(path) && (!misspelled.contains(path) || exists(&path.under(root))));
    all.sort();
    all.dedup();
    Ok(all)
}

fn slashed(path: &FilePath) -> FilePath {
    let bytes: Vec<u8> = path.as_bytes().iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect();
    FilePath::from_bytes(&bytes)
}
