//! `compile_commands.json`, written when it changes, and known as ours by what was written. Does not know what is in a command.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{World, project_state, snapshot};
use crate::engine::cxx::lower::CompileCommand;
use crate::engine::digest::Digest;
use crate::engine::path::FilePath;

/// As every tool calls it.
const NAME: &str = "compile_commands.json";

#[derive(Serialize)]
struct Entry {
    directory: String,
    file: String,
    output: String,
    arguments: Vec<String>,
}

/// Where the database is.
#[must_use]
pub fn place(root: &Path, build_dir: &FilePath) -> PathBuf {
    build_dir.under(root).join(NAME)
}

/// What the database says. The format has no place for names that are not UTF-8: those are written as they look.
#[must_use]
pub fn text(root: &Path, commands: &[CompileCommand]) -> Vec<u8> {
    let entry = |command: &CompileCommand| Entry {
        directory: root.display().to_string(),
        file: command.source.to_string(),
        output: command.output.to_string(),
        arguments: command.arguments.iter().map(ToString::to_string).collect(),
    };
    let entries: Vec<_> = commands.iter().map(entry).collect();
    // Texts and lists cannot fail to be JSON.
    let mut text = serde_json::to_vec_pretty(&entries).unwrap_or_default();
    text.push(b'\n');
    text
}

/// Writes the database. One that cannot be written costs the build nothing but a line in the log.
pub fn write(world: &World, root: &Path, build_dir: &FilePath, commands: &[CompileCommand]) {
    let (place, text) = (place(root, build_dir), text(root, commands));
    let same = world.fs.read(&place).is_ok_and(|old| old == text);
    if !same && let Err(why) = world.fs.write_atomic(&place, &text) {
        return tracing::warn!("{why}");
    }
    note(root, build_dir.join(NAME), Digest::of(&text));
}

/// The databases that were written in a project, with what they held: any that holds something else is somebody else's.
#[must_use]
pub fn written(root: &Path) -> BTreeMap<FilePath, Digest> {
    snapshot::read_at(&notes(root)).unwrap_or_default()
}

fn note(root: &Path, path: FilePath, digest: Digest) {
    let mut all = written(root);
    if all.insert(path, digest) != Some(digest)
        && let Err(why) = snapshot::write_at(&notes(root), &all)
    {
        tracing::warn!("nobody will know who wrote the compile database: {why}");
    }
}

fn notes(root: &Path) -> PathBuf {
    root.join(project_state::DIRECTORY).join("compile_databases")
}
