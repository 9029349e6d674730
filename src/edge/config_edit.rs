//! Changes a settings file in place, so that nobody else's edit of it is lost. Does not know what is changed.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rustix::fs::{Access, CWD, RenameFlags, access, renameat_with};
use tempfile::NamedTempFile;

use super::tidying;
use crate::engine::failure::Failure;
use crate::engine::half_made;

/// So often the file may change under our hands.
const ATTEMPTS: u32 = 5;
/// No configuration is larger.
const LIMIT: u64 = 4 << 20;

/// What a change came to.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names say all")]
pub struct Changed {
    pub before: String,
    pub after: String,
}

/// The text of the file at `path`; `None` if there is none.
pub fn read(path: &Path) -> Result<Option<String>, Failure> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Ok(about) if about.len() > LIMIT => {
            return Err(Failure::usage(format!("{} is larger than 4 MiB; that cannot be a configuration", path.display())));
        }
        _ => {}
    }
    let bytes = super::fs::read(path).map_err(|error| Failure::environment(format!("cannot read {}: {error}", path.display())))?;
    let text = String::from_utf8(bytes);
    text.map(Some).map_err(|_| Failure::usage(format!("{} is not UTF-8; write it in UTF-8", path.display())))
}

/// Makes an empty file at `path`, if there is none.
pub fn begin(path: &Path) -> Result<(), Failure> {
    match File::create_new(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(Failure::environment(format!("cannot write {}: {error}; give yourself access to it", path.display())))
        }
        _ => Ok(()),
    }
}

/// Puts what `change` makes of the file's text into its place. Called again with the new text if the file changes meanwhile. A symbolic
/// link stays one; the file keeps its mode.
pub fn change(path: &Path, change: &dyn Fn(&str) -> String) -> Result<Changed, Failure> {
    let failed = |error: io::Error| Failure::environment(format!("cannot write {}: {error}; give yourself access to it", path.display()));
    let target = std::fs::canonicalize(path).map_err(failed)?;
    for _ in 0..ATTEMPTS {
        let Some(before) = read(&target)? else { return Err(failed(io::ErrorKind::NotFound.into())) };
        let after = change(&before);
        if before == after || put(&target, &before, &after).map_err(failed)? {
            return Ok(Changed { before, after });
        }
    }
    Err(Failure::environment(format!("{} is being changed all the time; run the command again when that is over", path.display())))
}

/// False if the file is not `before` any more; then nothing was done.
fn put(target: &Path, before: &str, after: &str) -> io::Result<bool> {
    access(target, Access::WRITE_OK)?;
    let about = std::fs::metadata(target)?;
    let parent = target.parent().unwrap_or(Path::new("/"));
    tidying::tidy_after_others(parent);
    let mut file = tempfile::Builder::new().prefix(&half_made::by(std::process::id())).tempfile_in(parent)?;
    file.write_all(after.as_bytes())?;
    // Of somebody else's file only root can give the copy to its owner; the mode comes after, since that takes bits of it away.
    let _ = std::os::unix::fs::fchown(file.as_file(), Some(about.uid()), Some(about.gid()));
    file.as_file().set_permissions(Permissions::from_mode(about.mode() & 0o7777))?;
    file.as_file().sync_all()?;
    swap(file, target, before, after)
}

/// Exchanges the two, and looks at what was there: there is no moment at which somebody else's text could go unseen.
fn swap(file: NamedTempFile, target: &Path, before: &str, after: &str) -> io::Result<bool> {
    if !holds(target, before) {
        return Ok(false);
    }
    match renameat_with(CWD, file.path(), CWD, target, RenameFlags::EXCHANGE) {
        Ok(()) if holds(file.path(), before) => Ok(true),
        Ok(()) => put_back(&file, target, after).map(|()| false),
        // Not every file system can do that.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {
            file.persist(target).map(|_: File| true).map_err(|error| error.error)
        }
        Err(error) => Err(error.into()),
    }
}

/// What came between goes back to its place, and whatever took that meanwhile goes back in turn: the last one stays.
fn put_back(file: &NamedTempFile, target: &Path, ours: &str) -> io::Result<()> {
    let mut put = ours.as_bytes().to_vec();
    loop {
        let theirs = super::fs::read(file.path())?;
        renameat_with(CWD, file.path(), CWD, target, RenameFlags::EXCHANGE)?;
        if super::fs::read(file.path())? == put {
            return Ok(());
        }
        put = theirs;
    }
}

fn holds(path: &Path, text: &str) -> bool {
    super::fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::os::unix::fs::symlink;

    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_keeps_its_mode_and_a_link_stays_a_link() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real"), dir.path().join("jmake.toml"));
        std::fs::write(&real, "a").unwrap();
        std::fs::set_permissions(&real, Permissions::from_mode(0o640)).unwrap();
        symlink("real", &link).unwrap();
        assert_eq!(read(&dir.path().join("none")), Ok(None));
        let changed = change(&link, &|text| format!("{text}b")).unwrap();
        assert_eq!((changed.before.as_str(), changed.after.as_str()), ("a", "ab"));
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "ab");
        assert_eq!(std::fs::metadata(&real).unwrap().mode() & 0o7777, 0o640);
        assert!(link.is_symlink());
        assert_eq!(names(dir.path()), ["jmake.toml", "real"]);
    }

    #[test]
    fn an_edit_that_happens_meanwhile_is_not_lost() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("jmake.toml");
        std::fs::write(&path, "1").unwrap();
        let calls = Cell::new(0);
        let changed = change(&path, &|text| {
            calls.set(calls.get() + 1);
            if calls.get() < 3 {
                std::fs::write(&path, format!("{text}!")).unwrap();
            }
            format!("{text}+")
        });
        assert_eq!(changed.unwrap().after, "1!!+");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "1!!+");
        let for_ever = change(&path, &|text| {
            std::fs::write(&path, format!("{text}!")).unwrap();
            text.to_owned() + "+"
        });
        assert!(for_ever.unwrap_err().message.contains("all the time"));
        assert_eq!((std::fs::read_to_string(&path).unwrap(), names(dir.path())), ("1!!+!!!!!".to_owned(), vec!["jmake.toml".to_owned()]));
    }

    #[test]
    fn a_text_that_came_between_is_put_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("jmake.toml");
        std::fs::write(&path, "theirs").unwrap();
        assert!(!put(&path, "ours", "new").unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "theirs");
        // As after an exchange that took somebody's text out: the place holds ours, the other file theirs.
        let mut file = tempfile::Builder::new().tempfile_in(dir.path()).unwrap();
        file.write_all(b"theirs").unwrap();
        std::fs::write(&path, "new").unwrap();
        put_back(&file, &path, "new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "theirs");
        std::fs::write(&path, "newest").unwrap();
        put_back(&file, &path, "what was there before").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "newest");
    }
}
