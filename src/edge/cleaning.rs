//! Removes what JMake made in a project, and nothing else: what is not what it was when it was made is somebody else's by now.

use std::collections::HashMap;
use std::path::Path;

use super::project_state::{DIRECTORY, OpenError, ProjectState};
use super::{World, compile_database, job_journal, tidying};
use crate::engine::digest::Digest;
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;

/// What went, and what stayed with the reason.
pub type Cleaned = (Vec<FilePath>, Vec<(FilePath, String)>);

/// Removes outputs and compile databases that still are what they were made as, and JMake's own directory. No build may run meanwhile.
pub fn clean(world: &World, root: &Path) -> Result<Cleaned, OpenError> {
    let directory = root.join(DIRECTORY);
    let mut cleaned = Cleaned::default();
    if !super::fs::exists(&directory) {
        return Ok(cleaned);
    }
    let (state, _) = ProjectState::open(world, root)?;
    let records = state.records();
    if state.is_untidy() {
        let databases = compile_database::written(root).into_keys().map(|path| path.parent());
        tidying::tidy(root, &tidying::directories([], &records).into_iter().chain(databases).collect());
        state.tidied();
    }
    world.watches.hear();
    let mut made: HashMap<FilePath, Vec<Digest>> = HashMap::new();
    for (path, identity, _) in records.iter().flat_map(|(_, all)| all.iter()).flat_map(|record| &record.outputs) {
        made.entry(path.clone()).or_default().push(identity.digest);
    }
    for (path, digest) in compile_database::written(root) {
        made.entry(path).or_default().push(digest);
    }
    // All are looked at before any goes: some are links to others.
    let found: Vec<_> = made.iter().map(|(path, digests)| (path, digests, world.identity(&path.under(root)))).collect();
    for (path, digests, now) in found {
        match now {
            Some(now) if digests.contains(&now.digest) => remove(world, root, path, &mut cleaned),
            Some(_) => cleaned.1.push((path.clone(), "it was changed since JMake made it".to_owned())),
            None => {}
        }
    }
    world.projects.close(root);
    // A run of jobs that is under way may have asked for this, and goes on.
    let kept: &[&str] = if job_journal::holder(root).is_some() { &job_journal::FILES } else { &[] };
    empty(&directory, kept)
        .map_err(|error| Failure::environment(format!("cannot remove {}: {error}; give yourself access to it", directory.display())))?;
    if kept.is_empty() {
        cleaned.0.push(FilePath::from(DIRECTORY));
    }
    cleaned.0.sort();
    Ok(cleaned)
}

/// Removes all that is in a directory but these, and the directory if nothing is left.
fn empty(directory: &Path, kept: &[&str]) -> std::io::Result<()> {
    if kept.is_empty() {
        return std::fs::remove_dir_all(directory);
    }
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if kept.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() { std::fs::remove_dir_all(entry.path())? } else { std::fs::remove_file(entry.path())? }
    }
    Ok(())
}

/// Removes one output, and directories that only held outputs.
pub(super) fn remove(world: &World, root: &Path, path: &FilePath, cleaned: &mut Cleaned) {
    match world.fs.remove_file(&path.under(root)) {
        Ok(()) => {
            remove_empty_parents(root, path);
            cleaned.0.push(path.clone());
        }
        Err(error) => cleaned.1.push((path.clone(), error.to_string())),
    }
}

/// Directories that only held outputs go with them; the first one that still holds something ends it.
fn remove_empty_parents(root: &Path, path: &FilePath) {
    let mut dir = path.parent();
    while !dir.as_bytes().is_empty() && !dir.as_path().is_absolute() && std::fs::remove_dir(dir.under(root)).is_ok() {
        dir = dir.parent();
    }
}
