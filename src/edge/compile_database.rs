//! `compile_commands.json`, written when it changes.

use std::path::Path;

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

/// Writes the database. The format has no place for names that are not UTF-8:
/// those are written as they look. A database that cannot be written costs the build nothing but a line in the log.
pub fn write(world: &World, root: &Path, path: &FilePath, commands: &[CompileCommand]) {
    let entry = |command: &CompileCommand| Entry {
        directory: root.display().to_string(),
        file: command.source.to_string(),
        output: command.output.to_string(),
        arguments: command.arguments.iter().map(ToString::to_string).collect(),
    };
    let entries: Vec<_> = commands.iter().map(entry).collect();
    let place = path.under(root);
    let result = serde_json::to_vec_pretty(&entries).map_err(|error| error.to_string()).and_then(|mut text| {
        text.push(b'\n');
        if world.fs.read(&place).is_ok_and(|old| old == text) {
            return Ok(());
        }
        world.fs.write_atomic(&place, &text).map_err(|error| error.to_string())
    });
    if let Err(why) = result {
        tracing::warn!("{why}");
    }
}
