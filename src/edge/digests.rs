//! Digests of files, hashed once per change: a stat that is equal to the one of the last hashing stands for equal content.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::fs::{self, Stat};
use crate::engine::digest::{Digest, Hasher};

/// A file that was written so shortly before it was hashed may be written again without its stat changing.
const RACY: Duration = Duration::from_millis(20);
/// Tables, so that threads seldom wait for each other.
const SHARDS: usize = 16;

/// What is known of one file.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
struct Row {
    stat: Stat,
    digest: Digest,
    /// Hashed so soon after it was written that the stat proves nothing.
    racy: bool,
}

/// The table.
#[derive(Debug, Default)]
pub struct Digests {
    shards: [Mutex<HashMap<PathBuf, Row>>; SHARDS],
}

impl Digests {
    /// The digest of a regular file's content; `None` if there is no such file or it cannot be read.
    #[must_use]
    pub fn digest(&self, path: &Path) -> Option<Digest> {
        let stat = Stat::of(&std::fs::metadata(path).ok()?);
        if let Some(row) = self.shard(path).get(path)
            && row.stat == stat
            && !row.racy
        {
            return Some(row.digest);
        }
        let (digest, stat) = hash(path)?;
        let racy = stat.changed_since(SystemTime::now().checked_sub(RACY)?);
        self.shard(path).insert(path.to_owned(), Row { stat, digest, racy });
        Some(digest)
    }

    /// The file was written by ourselves: what was known of it is void.
    pub fn forget(&self, path: &Path) {
        self.shard(path).remove(path);
    }

    /// Everything that a later process may trust once a stat confirms it.
    #[must_use]
    pub fn rows(&self) -> Vec<(Vec<u8>, Stat, Digest)> {
        let shards = self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner));
        let sure =
            |(path, row): (&PathBuf, &Row)| (!row.racy).then(|| (path.as_os_str().as_encoded_bytes().to_vec(), row.stat, row.digest));
        shards.flat_map(|shard| shard.iter().filter_map(sure).collect::<Vec<_>>()).collect()
    }

    /// Takes rows of an earlier process back.
    pub fn restore(&self, rows: Vec<(Vec<u8>, Stat, Digest)>) {
        for (path, stat, digest) in rows {
            let path = crate::engine::path::FilePath::from_bytes(&path).as_path().to_owned();
            self.shard(&path).insert(path.clone(), Row { stat, digest, racy: false });
        }
    }

    fn shard(&self, path: &Path) -> std::sync::MutexGuard<'_, HashMap<PathBuf, Row>> {
        let index =
            path.as_os_str().as_encoded_bytes().iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
        self.shards[index % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(path: &Path) -> Option<(Digest, Stat)> {
    let (mut file, stat) = fs::open(path).ok()?;
    let mut hasher = Hasher::default();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => hasher.raw(&buffer[..read]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => return None,
        };
    }
    Some((hasher.finish(), stat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rewrite_of_equal_size_and_time_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let digests = Digests::default();
        for content in ["aaaa", "bbbb", "cccc"] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(digests.digest(&path), Some(Digest::of(content.as_bytes())));
        }
        std::fs::remove_file(&path).unwrap();
        assert_eq!(digests.digest(&path), None);
        assert_eq!(digests.digest(dir.path()), None);
    }
}
