//! Content-addressed files, shared by all projects: `cas/blake3/ab/cdef…`, read-only, named by digest. Any process may read and add.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::fs;
use super::whole_file::Unnamed;
use crate::engine::digest::{Digest, Hasher};
use crate::engine::half_made;

/// The store failed. Never a reason for a build to fail.
#[derive(Debug, thiserror::Error)]
#[error("the store has no sound {digest:?} for {}: {source}", path.display())]
pub struct StoreError {
    digest: Digest,
    path: PathBuf,
    source: io::Error,
}

/// Blobs by digest.
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Whether a blob is there.
    fn has(&self, digest: &Digest) -> bool;
    /// Adds the content of a file.
    fn put_file(&self, path: &Path, digest: &Digest) -> Result<(), StoreError>;
    /// Puts a blob in place of `path`, with this mode and the current time. A blob that is not what its name says is dropped.
    fn get_to(&self, digest: &Digest, path: &Path, mode: u32) -> Result<(), StoreError>;
}

/// A directory.
#[derive(Clone, Debug)]
pub struct Directory {
    blobs: PathBuf,
}

impl Directory {
    /// The store under a cache directory, which is made when the first blob is added.
    #[must_use]
    pub fn new(cache_dir: &Path) -> Self {
        Self { blobs: cache_dir.join("cas") }
    }

    fn place(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        self.blobs.join(digest.algorithm.name()).join(&hex[..2]).join(&hex[2..])
    }
}

impl Store for Directory {
    fn has(&self, digest: &Digest) -> bool {
        self.place(digest).exists()
    }

    fn put_file(&self, path: &Path, digest: &Digest) -> Result<(), StoreError> {
        let place = self.place(digest);
        if place.exists() {
            return Ok(());
        }
        let put = || -> io::Result<()> {
            let parent = place.parent().unwrap_or(&self.blobs);
            std::fs::create_dir_all(parent)?;
            let blob = Unnamed::within(parent)?;
            io::copy(&mut fs::open(path)?.0, &mut blob.file())?;
            blob.file().set_permissions(Permissions::from_mode(0o444))?;
            blob.keep(&place)
        };
        put().map_err(|source| StoreError { digest: *digest, path: path.to_owned(), source })
    }

    fn get_to(&self, digest: &Digest, path: &Path, mode: u32) -> Result<(), StoreError> {
        let place = self.place(digest);
        let get = || -> io::Result<()> {
            let parent = path.parent().unwrap_or(Path::new("."));
            let mut blob = fs::open(&place)?.0;
            let temporary = tempfile::Builder::new().prefix(&half_made::by(std::process::id())).tempfile_in(parent)?;
            let mut checked = Checked { file: temporary.as_file().try_clone()?, hasher: Hasher::default() };
            io::copy(&mut blob, &mut checked)?;
            if checked.hasher.finish() != *digest {
                std::fs::remove_file(&place)?;
                return Err(io::Error::new(io::ErrorKind::InvalidData, "it was damaged and is dropped"));
            }
            temporary.as_file().set_permissions(Permissions::from_mode(mode & 0o7777))?;
            temporary.persist(path).map_err(|error| error.error)?;
            Ok(())
        };
        get().map_err(|source| StoreError { digest: *digest, path: path.to_owned(), source })
    }
}

/// Hashes what passes through.
struct Checked {
    file: std::fs::File,
    hasher: Hasher,
}

impl io::Write for Checked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.raw(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_and_damage_is_a_miss() {
        let dir = tempfile::tempdir().unwrap();
        let store = Directory::new(dir.path());
        let (source, target) = (dir.path().join("a.o"), dir.path().join("b.o"));
        std::fs::write(&source, "object").unwrap();
        let digest = Digest::of(b"object");
        store.put_file(&source, &digest).unwrap();
        store.get_to(&digest, &target, 0o755).unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"object");
        assert_eq!(std::fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o755);

        let blob = store.place(&digest);
        std::fs::remove_file(&blob).unwrap();
        std::fs::write(&blob, "0bject").unwrap();
        assert!(store.get_to(&digest, &target, 0o644).is_err());
        assert!(!store.has(&digest));
        assert_eq!(std::fs::read(&target).unwrap(), b"object", "what was there stays");
    }
}
