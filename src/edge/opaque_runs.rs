//! The newest run of an opaque command in a project, whichever process ran it. Such a command may change what nobody declared: what held
//! before it may hold no more, although every file that is named is as it was. Does not know which command, nor what it did.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::World;
use super::fs::{self, FsError};
use super::project_state::DIRECTORY;

/// The file in a project's state directory.
const FILE: &str = "last_run";

/// Such a command is about to run. `number` is one that no other run has.
///
/// # Errors
/// If that cannot be written down: then it must not run.
pub fn begin(world: &World, root: &Path, number: u64) -> Result<(), FsError> {
    let place = place(root);
    world.fs.create_dir_all(&root.join(DIRECTORY))?;
    // Of one length, and over what is there: cut first, some file systems would wait for the disk.
    let written = File::options().create(true).truncate(false).write(true).open(&place);
    let written = written.and_then(|file| file.write_all_at(format!("{number:016x}\n").as_bytes(), 0));
    written.map_err(|source| FsError { operation: "write", path: place, source })
}

/// The number of the newest one; `None` if none ever ran, or if nothing is known of it.
#[must_use]
pub fn newest(root: &Path) -> Option<u64> {
    newest_in(&root.join(DIRECTORY))
}

/// The same, by the project's state directory.
#[must_use]
pub fn newest_in(directory: &Path) -> Option<u64> {
    let text = fs::read(&directory.join(FILE)).ok()?;
    u64::from_str_radix(std::str::from_utf8(&text).ok()?.trim_end(), 16).ok()
}

fn place(root: &Path) -> PathBuf {
    root.join(DIRECTORY).join(FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_run_is_known() {
        let dir = tempfile::tempdir().unwrap();
        let world = World::real(&dir.path().join("cache"));
        assert_eq!(newest(dir.path()), None);
        for number in [7, u64::MAX, 1] {
            begin(&world, dir.path(), number).unwrap();
            assert_eq!(newest(dir.path()), Some(number));
        }
        std::fs::write(place(dir.path()), "half").unwrap();
        assert_eq!(newest(dir.path()), None);
    }
}
