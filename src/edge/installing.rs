//! Puts what a plan says below a prefix. Each file is whole or not there, whoever looks when. Does not know why something goes where.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use super::whole_file::Unnamed;
use crate::engine::failure::Failure;
use crate::engine::install::{Installation, Item, settled};
use crate::engine::path::FilePath;

/// Puts all of it below `top`, which is made if need be. What was put where, relative to `top`; what is there already as it should be is not
/// written again.
///
/// # Errors
/// The first place that cannot be written, with its path.
pub fn carry_out(root: &Path, top: &Path, installation: &Installation) -> Result<Vec<(FilePath, bool)>, Failure> {
    let mut put = Vec::new();
    for (to, item) in &installation.plan {
        let inside = to.as_path().components().all(|part| matches!(part, Component::Normal(_)));
        if !inside {
            return Err(Failure::usage(format!("{to} does not lie below the prefix; name a directory below it in [install]")));
        }
        let place = top.join(to.as_path());
        let new = one(root, &place, item, &installation.built).map_err(|error| Failure::environment(refusal(&place, &error)))?;
        put.push((to.clone(), new));
    }
    Ok(put)
}

fn refusal(place: &Path, error: &std::io::Error) -> String {
    format!("cannot install {}: {error}; choose another --prefix or --destdir, or become somebody who may write there", place.display())
}

/// Whether it was not there.
fn one(root: &Path, place: &Path, item: &Item, built: &[FilePath]) -> std::io::Result<bool> {
    if let Some(parent) = place.parent() {
        std::fs::create_dir_all(parent)?;
    }
    match item {
        Item::Copy { from, executable } => {
            let bytes = super::fs::read(&from.under(root))?;
            let bytes = if *executable { settled(bytes, from, built) } else { bytes };
            write(place, &bytes, if *executable { 0o755 } else { 0o644 })
        }
        Item::Text(text) => write(place, text.as_bytes(), 0o644),
        Item::Link(target) => link(place, target),
    }
}

fn write(place: &Path, bytes: &[u8], mode: u32) -> std::io::Result<bool> {
    let is_there = std::fs::symlink_metadata(place).is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o7777 == mode);
    if is_there && std::fs::read(place).is_ok_and(|there| there == bytes) {
        return Ok(false);
    }
    let whole = Unnamed::within(place.parent().unwrap_or(Path::new("/")))?;
    let mut file = whole.file();
    file.write_all(bytes)?;
    file.set_permissions(std::fs::Permissions::from_mode(mode))?;
    file.sync_all()?;
    whole.replace(place)?;
    Ok(true)
}

fn link(place: &Path, target: &str) -> std::io::Result<bool> {
    if std::fs::read_link(place).is_ok_and(|there| there == Path::new(target)) {
        return Ok(false);
    }
    let beside = PathBuf::from(format!("{}.jmake-new", place.display()));
    // One of a process that was killed.
    let _old = std::fs::remove_file(&beside);
    std::os::unix::fs::symlink(target, &beside)?;
    std::fs::rename(&beside, place)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(items: &[(&str, Item)]) -> Installation {
        let plan = items.iter().map(|(to, item)| (FilePath::from(*to), item.clone())).collect();
        Installation { plan, ..Installation::default() }
    }

    #[test]
    fn files_come_whole_with_their_modes_and_only_if_they_are_new() {
        let dir = tempfile::tempdir().unwrap();
        let (root, top) = (dir.path().join("project"), dir.path().join("top/usr"));
        std::fs::create_dir(&root).unwrap();
        std::fs::write(root.join("app"), "app").unwrap();
        let copy = |executable| Item::Copy { from: "app".into(), executable };
        let plan = plan(&[("bin/app", copy(true)), ("lib/a.so.1", copy(false)), ("lib/a.so", Item::Link("a.so.1".into()))]);
        let news = |plan: &Installation| carry_out(&root, &top, plan).unwrap().into_iter().filter(|(_, new)| *new).count();
        assert_eq!((news(&plan), news(&plan)), (3, 0));
        let mode = |path: &str| std::fs::metadata(top.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("bin/app"), mode("lib/a.so.1")), (0o755, 0o644));
        assert_eq!(std::fs::read_to_string(top.join("lib/a.so")).unwrap(), "app");
        std::fs::write(root.join("app"), "other").unwrap();
        assert_eq!(news(&plan), 2);
    }

    #[test]
    fn nothing_leaves_the_prefix_and_what_cannot_be_written_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let refused = |to: &str| carry_out(dir.path(), &dir.path().join("top"), &plan(&[(to, Item::Text("x".into()))])).unwrap_err();
        assert!(refused("../x").to_string().contains("does not lie below the prefix"));
        assert!(refused("/etc/x").to_string().contains("does not lie below the prefix"));
        std::fs::create_dir_all(dir.path().join("top/bin/app")).unwrap();
        assert!(refused("bin/app").to_string().contains("top/bin/app"));
    }
}
