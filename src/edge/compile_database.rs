//! `compile_commands.json`, written when it changes.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::World;
use crate::engine::cxx::lower::CompileCommand;
use crate::engine::path::FilePath;

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
    build_dir.under(root).join("compile_commands.json")
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
    if world.fs.read(&place).is_ok_and(|old| old == text) {
        return;
    }
    if let Err(why) = world.fs.write_atomic(&place, &text) {
        tracing::warn!("{why}");
    }
}
