//! Files that have no name until they are whole, so that nothing is left of one whose writer was killed. Does not know what is in them.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
use tempfile::NamedTempFile;

use crate::engine::half_made::NEW;

/// A file that is being written.
#[derive(Debug)]
pub enum Unnamed {
    /// It vanishes with its descriptor.
    Nameless(File),
    /// For file systems that cannot do that.
    Named(NamedTempFile),
}

impl Unnamed {
    /// A file that will be one of `directory`.
    pub fn within(directory: &Path) -> io::Result<Self> {
        match openat(CWD, directory, OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, Mode::RUSR | Mode::WUSR) {
            Ok(file) => Ok(Self::Nameless(file.into())),
            Err(_) => tempfile::Builder::new().prefix(NEW).tempfile_in(directory).map(Self::Named),
        }
    }

    /// To be written to.
    #[must_use]
    pub fn file(&self) -> &File {
        match self {
            Self::Nameless(file) => file,
            Self::Named(file) => file.as_file(),
        }
    }

    /// Gives it a name, if nobody else has it.
    pub fn keep(self, path: &Path) -> io::Result<()> {
        let kept = match self {
            Self::Nameless(file) => name(&file, path),
            Self::Named(file) => file.persist_noclobber(path).map(drop).map_err(|error| error.error),
        };
        kept.or_else(|error| if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) })
    }

    /// Puts it in the place of whatever has the name.
    pub fn replace(self, path: &Path) -> io::Result<()> {
        match self {
            Self::Named(file) => file.persist(path).map(drop).map_err(|error| error.error),
            Self::Nameless(file) => {
                let beside = beside(path);
                name(&file, &beside)?;
                std::fs::rename(&beside, path).inspect_err(|_| drop(std::fs::remove_file(&beside)))
            }
        }
    }
}

fn name(file: &File, path: &Path) -> io::Result<()> {
    let descriptor = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, descriptor, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

/// A name for a moment, no other file's of this process.
fn beside(path: &Path) -> PathBuf {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    path.with_file_name(format!("{NEW}{}-{number}", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let write = |text: &str| {
            let file = Unnamed::within(dir.path()).unwrap();
            file.file().write_all(text.as_bytes()).unwrap();
            file
        };
        let first = write("1");
        assert_eq!(names(dir.path()), [""; 0], "this needs a file system with nameless files");
        first.keep(&path).unwrap();
        write("2").keep(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "1");
        write("3").replace(&path).unwrap();
        drop(write("4"));
        assert_eq!((std::fs::read_to_string(&path).unwrap().as_str(), names(dir.path())), ("3", vec!["a".to_owned()]));
    }

    #[test]
    fn where_files_have_names_they_are_put_in_place_all_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let named = || Unnamed::Named(tempfile::Builder::new().prefix(NEW).tempfile_in(dir.path()).unwrap());
        named().keep(&path).unwrap();
        named().keep(&path).unwrap();
        named().replace(&path).unwrap();
        assert_eq!(names(dir.path()), ["a"]);
    }
}
