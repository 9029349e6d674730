//! What happens to outputs, caches and the daemon behind its back. Does not know sources.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process};

use super::chance::Chance;
use crate::support::{DEADLINE, Space, until};

/// What JMake cannot know any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Loss {
    /// Nothing: what is gone can be put back.
    Nothing,
    /// Results of earlier builds.
    Store,
    /// What was built from what.
    Records,
}

/// Does something bad to what JMake made. Says what.
pub fn damage(space: &Space, chance: &mut Chance) -> (String, Loss) {
    match chance.below(12) {
        0 => (remove(&space.path("build")), Loss::Nothing),
        1 => (remove(&space.path(".jmake_cache/obj")), Loss::Nothing),
        2 => (remove(&space.path(".jmake_cache")), Loss::Records),
        3 => (remove(&space.place("cache/jmake")), Loss::Store),
        4 => (damage_state(space, chance), Loss::Records),
        5 => (damage_one(&space.place("cache/jmake/cas"), chance), Loss::Store),
        6 => (clean(space), Loss::Records),
        7 | 8 => (damage_one(&space.path(".jmake_cache/obj"), chance), Loss::Nothing),
        _ => (damage_one(&space.path("build"), chance), Loss::Nothing),
    }
}

fn remove(path: &Path) -> String {
    if path.exists() {
        fs::remove_dir_all(path).unwrap();
    }
    format!("{} removed", path.display())
}

fn clean(space: &Space) -> String {
    space.jmake(&["clean"]).ok();
    "jmake clean".to_owned()
}

/// All files below `folder`.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    all.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

fn damage_one(folder: &Path, chance: &mut Chance) -> String {
    let files = files(folder);
    if files.is_empty() {
        return format!("nothing in {} to damage", folder.display());
    }
    let path = chance.pick(&files);
    let said = match chance.below(4) {
        0 => {
            fs::remove_file(path).unwrap();
            "removed"
        }
        1 => rewrite(path, |bytes| bytes.truncate(bytes.len() / 2), "cut in half"),
        2 => rewrite(path, Vec::clear, "emptied"),
        _ => rewrite(path, |bytes| bytes.iter_mut().for_each(|byte| *byte ^= 1), "overwritten, its size and time as before"),
    };
    format!("{} {said}", path.display())
}

/// In place, with the time of before.
fn rewrite(path: &Path, change: impl Fn(&mut Vec<u8>), said: &'static str) -> &'static str {
    let about = fs::metadata(path).unwrap();
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::set_permissions(path, fs::Permissions::from_mode(about.permissions().mode() | 0o200)).unwrap();
    fs::write(path, bytes).unwrap();
    fs::File::options().write(true).open(path).unwrap().set_modified(about.modified().unwrap()).unwrap();
    fs::set_permissions(path, about.permissions()).unwrap();
    said
}

/// Of a daemon that is not there: a live one holds it open.
fn damage_state(space: &Space, chance: &mut Chance) -> String {
    end_daemon(space, Signal::TERM);
    let path = space.path(".jmake_cache/state.redb");
    if !path.exists() {
        return "there is no state to damage".to_owned();
    }
    let said = if chance.one_in(2) {
        rewrite(&path, |bytes| bytes.truncate(bytes.len() / 3), "cut")
    } else {
        rewrite(&path, |bytes| b"something else entirely".as_slice().clone_into(bytes), "replaced")
    };
    format!("{} {said}, with the daemon down", path.display())
}

/// Ends the daemon, if one runs, and waits until it is gone.
pub fn end_daemon(space: &Space, signal: Signal) -> bool {
    let Some(pid) = space.daemon() else { return false };
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    assert!(until(DEADLINE, || !space.processes().iter().any(|(it, _)| *it == pid)), "the daemon ignores {signal:?}");
    true
}
