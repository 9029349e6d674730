//! Directories that a build writes to and that lie outside of the project. Does not look at the disk.

use std::path::Path;

use super::settings::Settings;
use crate::engine::path::FilePath;

/// Somebody would be surprised to find something there.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "`{key}` in jmake.toml is {path}, which lies outside the project: move it into it, or write project.allow_outside = true if it is meant to be there"
)]
#[allow(missing_docs, reason = "the names say all")]
pub struct OutsideError {
    pub key: &'static str,
    pub path: FilePath,
}

/// Fails for the first that lies outside `root` unless the settings allow it.
///
/// # Errors
/// One does.
pub fn outputs(settings: &Settings, root: &Path) -> Result<(), OutsideError> {
    let of_project = [
        ("binary.output_dir", settings.output_dir.as_ref()),
        ("compile.output_dir", settings.emit.dir.as_ref()),
        ("link.output_dir", settings.emit.linked_dir.as_ref()),
    ];
    let of_targets = settings.targets.iter().map(|target| ("output_dir", target.output_dir.as_ref()));
    let mut all = of_project.into_iter().chain(of_targets).filter_map(|(key, path)| Some((key, path?)));
    let outside = |path: &FilePath| FilePath::within(root, path.as_path()).as_path().is_absolute();
    match all.find(|(_, path)| !settings.allow_outside && outside(path)) {
        Some((key, path)) => Err(OutsideError { key, path: path.clone() }),
        None => Ok(()),
    }
}
