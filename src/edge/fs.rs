//! Files and directories.

use std::fs::{File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::engine::failure::Failure;
use crate::engine::half_made;

/// No file of a project is read whole that is larger.
pub const READ_LIMIT: u64 = 1 << 30;

/// An operation on a file failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {operation} {}: {source}{}", path.display(), advice(source))]
pub struct FsError {
    /// What was tried.
    pub operation: &'static str,
    /// On which file.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "; free some space and build again",
        io::ErrorKind::PermissionDenied => "; give yourself access to it",
        io::ErrorKind::ReadOnlyFilesystem => "; name a writable build directory with -B, or copy the project",
        _ => "",
    }
}

/// What the system knows of a file without opening it. Two equal ones mean equal content, but for changes within one clock tick.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[allow(missing_docs, reason = "the names are the system's")]
pub struct Stat {
    pub dev: u64,
    pub ino: u64,
    pub size: u64,
    pub mtime_ns: i128,
    pub ctime_ns: i128,
    pub mode: u32,
    pub links: u64,
}

impl Stat {
    /// From the standard library's.
    #[must_use]
    pub fn of(metadata: &std::fs::Metadata) -> Self {
        let ns = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        Self {
            dev: metadata.dev(),
            ino: metadata.ino(),
            size: metadata.size(),
            mtime_ns: ns(metadata.mtime(), metadata.mtime_nsec()),
            ctime_ns: ns(metadata.ctime(), metadata.ctime_nsec()),
            mode: metadata.mode(),
            links: metadata.nlink(),
        }
    }

    /// When its content was written, in seconds.
    #[must_use]
    pub fn written(&self) -> i64 {
        i64::try_from(self.mtime_ns.div_euclid(1_000_000_000)).unwrap_or(i64::MAX)
    }

    /// Whether its content or its inode was written at `moment` or later, or at a time that is yet to come. Anybody may set the time of
    /// its content to what they like, so that one says nothing.
    #[must_use]
    pub fn changed_since(&self, moment: SystemTime) -> bool {
        let since = moment.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_nanos();
        self.ctime_ns >= i128::try_from(since).unwrap_or(i128::MAX)
    }

    /// Whether it is a regular file.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.mode & 0o170_000 == 0o100_000
    }
}

/// Opens a regular file to be read. A pipe would be waited for, a device may have no end: they are refused, also where one comes to lie
/// in a file's place just now.
pub fn open(path: &Path) -> io::Result<(File, Stat)> {
    expect_file(&Stat::of(&std::fs::metadata(path)?))?;
    let file = File::options().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)?;
    let stat = Stat::of(&file.metadata()?);
    expect_file(&stat)?;
    Ok((file, stat))
}

/// The whole of a regular file, if it is not larger than `limit` while it is read, whatever its stat said before.
fn read_up_to(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 1 GiB");
    let (file, stat) = open(path)?;
    if stat.size > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(stat.size).unwrap_or(0) + 1);
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(too_large()) } else { Ok(bytes) }
}

fn expect_file(stat: &Stat) -> io::Result<()> {
    let refusal = || io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file; put one there or remove it");
    if stat.is_file() { Ok(()) } else { Err(refusal()) }
}

/// The whole of a regular file of at most [`READ_LIMIT`] bytes.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    read_up_to(path, READ_LIMIT)
}

/// Files, for whoever may ask.
pub trait Fs: Send + Sync + std::fmt::Debug {
    /// The whole of a regular file of at most [`READ_LIMIT`] bytes.
    fn read(&self, path: &Path) -> Result<Vec<u8>, FsError>;
    /// Writes beside the file, then renames into place; keeps the mode of what was there. Makes parents.
    fn write_atomic(&self, path: &Path, content: &[u8]) -> Result<(), FsError>;
    /// Removes a file.
    fn remove_file(&self, path: &Path) -> Result<(), FsError>;
    /// Moves within one file system.
    fn rename(&self, from: &Path, to: &Path) -> Result<(), FsError>;
    /// Makes a symbolic link in place of what is there.
    fn link(&self, target: &Path, path: &Path) -> Result<(), FsError>;
    /// Makes a directory and its parents.
    fn create_dir_all(&self, path: &Path) -> Result<(), FsError>;
    /// The bytes that this user may still write where `path` is.
    fn free(&self, path: &Path) -> Result<u64, FsError>;
    /// Follows symbolic links.
    fn stat(&self, path: &Path) -> Result<Stat, FsError>;
}

/// The machine's.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

fn at<T>(operation: &'static str, path: &Path, result: io::Result<T>) -> Result<T, FsError> {
    result.map_err(|source| FsError { operation, path: path.to_owned(), source })
}

impl Fs for Disk {
    fn read(&self, path: &Path) -> Result<Vec<u8>, FsError> {
        at("read", path, read(path))
    }

    fn write_atomic(&self, path: &Path, content: &[u8]) -> Result<(), FsError> {
        let parent = path.parent().unwrap_or(Path::new("."));
        self.create_dir_all(parent)?;
        let mode = self.stat(path).map_or(0o644, |stat| stat.mode & 0o7777);
        let written = || -> io::Result<()> {
            let mut file = tempfile::Builder::new()
                .prefix(&half_made::by(std::process::id()))
                .permissions(Permissions::from_mode(mode))
                .tempfile_in(parent)?;
            file.write_all(content)?;
            file.persist(path).map_err(|error| error.error)?;
            Ok(())
        };
        at("write", path, written())
    }

    fn remove_file(&self, path: &Path) -> Result<(), FsError> {
        at("remove", path, std::fs::remove_file(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), FsError> {
        at("write", to, put_in_place(from, to))
    }

    fn link(&self, target: &Path, path: &Path) -> Result<(), FsError> {
        let made = || -> io::Result<()> {
            let parent = path.parent().unwrap_or(Path::new("."));
            let link = tempfile::Builder::new()
                .prefix(&half_made::by(std::process::id()))
                .make_in(parent, |place| std::os::unix::fs::symlink(target, place))?;
            link.into_temp_path().persist(path).map_err(|error| error.error)
        };
        at("write", path, made())
    }

    fn create_dir_all(&self, path: &Path) -> Result<(), FsError> {
        at("create", path, std::fs::create_dir_all(path))
    }

    fn free(&self, path: &Path) -> Result<u64, FsError> {
        let about = at("read", path, rustix::fs::statvfs(path).map_err(io::Error::from))?;
        Ok(about.f_bavail.saturating_mul(about.f_frsize))
    }

    fn stat(&self, path: &Path) -> Result<Stat, FsError> {
        at("read", path, std::fs::metadata(path)).map(|metadata| Stat::of(&metadata))
    }
}

/// In the place of another file the two change their names, then the other one goes: a rename over a file makes ext4 write the new one to the
/// disk first, which takes up to milliseconds. Nobody sees less than a whole file either way.
fn put_in_place(from: &Path, to: &Path) -> io::Result<()> {
    let replaces = to.symlink_metadata().is_ok_and(|about| about.is_file());
    if replaces && renameat_with(CWD, from, CWD, to, RenameFlags::EXCHANGE).is_ok() {
        return std::fs::remove_file(from);
    }
    std::fs::rename(from, to)
}

/// The root of the project that `[dependencies]` calls `name`, by its one true path.
pub fn project_in(place: &Path, name: &str) -> Result<PathBuf, Failure> {
    let root = place.canonicalize().ok().filter(|root| root.is_dir());
    root.ok_or_else(|| {
        let place = place.display();
        Failure::usage(format!("[dependencies] in jmake.toml: `{name}` lies in {place}, and there is no such directory; correct its path"))
    })
}

/// How large the file at `path` is, if there is one.
#[must_use]
pub fn size(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|about| about.len())
}

/// Whether something is there.
#[must_use]
pub fn exists(path: &Path) -> bool {
    path.exists()
}

/// Whether a directory is there, or something else; `None` if nothing is.
#[must_use]
pub fn is_dir(path: &Path) -> Option<bool> {
    std::fs::metadata(path).ok().map(|about| about.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_place_takes_that_of_whatever_was_there() {
        let dir = tempfile::tempdir().unwrap();
        let (new, place) = (dir.path().join("new"), dir.path().join("place"));
        let check = |before: &str| {
            std::fs::write(&new, before).unwrap();
            Disk.rename(&new, &place).unwrap();
            assert_eq!((std::fs::read_to_string(&place).unwrap().as_str(), new.exists()), (before, false));
            assert!(place.symlink_metadata().unwrap().is_file(), "{before}");
        };
        check("in place of nothing");
        check("in place of a file");
        std::fs::remove_file(&place).unwrap();
        std::os::unix::fs::symlink("elsewhere", &place).unwrap();
        check("in place of a link");
        std::fs::remove_file(&place).unwrap();
        std::fs::create_dir(&place).unwrap();
        std::fs::write(&new, "a directory stays").unwrap();
        assert!(Disk.rename(&new, &place).is_err() && new.exists());
    }

    #[test]
    fn only_files_are_read_and_none_without_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read_up_to(&path, 5).unwrap(), b"12345");
        assert_eq!(read_up_to(&path, 4).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        let said = |path: &Path| Disk.read(path).unwrap_err().to_string();
        assert!(said(Path::new("/dev/zero")).contains("/dev/zero: it is not a regular file; "), "{}", said(Path::new("/dev/zero")));
        assert!(said(dir.path()).contains("not a regular file"));
        assert!(said(&dir.path().join("none")).contains("No such file"));
        // The system says 0 bytes, and there are more.
        assert_eq!(read_up_to(Path::new("/proc/self/status"), 4).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }

    #[test]
    fn nobody_waits_for_a_pipe() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pipe");
        rustix::fs::mkfifoat(CWD, &path, rustix::fs::Mode::RWXU).unwrap();
        assert_eq!(open(&path).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        let _end = File::options().read(true).write(true).open(&path).unwrap();
        assert_eq!(open(&path).unwrap_err().kind(), io::ErrorKind::InvalidInput, "nor read from one that somebody writes to");
    }
}
