//! Caches written down at the end of a daemon's life and read at the start of the next: `<cache>/snapshots/<name>`.
//!
//! A file is a magic word, the digest of its content, and the content. Whatever is wrong with one, it counts as absent; and so does what
//! another build of JMake wrote, which may have read the same texts otherwise.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::own_process;
use super::tidying;
use super::whole_file::Unnamed;
use crate::engine::digest::Digest;

/// Changes with the format of any content.
const MAGIC: &[u8; 8] = b"jmakes08";

/// What source texts say.
pub const SCAN_FACTS: &str = "scan-facts";
/// Digests of files by path and stat.
pub const DIGESTS: &str = "digests";
/// What is left of texts without their comments, by content.
pub const TEXTS: &str = "texts";
/// What links read of shared libraries, by content.
pub const OFFERS: &str = "offers";
/// What sources declare.
pub const TREES: &str = "syntax-trees";
/// LLVM installs and drivers.
pub const TOOLS: &str = "tools";
/// Settings by the texts and variables that they come from.
pub const SETTINGS: &str = "settings";

fn place(cache_dir: &Path, name: &str) -> PathBuf {
    cache_dir.join("snapshots").join(name)
}

/// Writes a snapshot. One that cannot be written costs the next daemon its warmth, and is logged.
pub fn write<T: Serialize>(cache_dir: &Path, name: &str, content: &T) {
    if let Err(error) = write_at(&place(cache_dir, name), &(own_process::executable(), content)) {
        tracing::warn!("the cache {name} could not be written: {error}");
    }
}

/// Writes a file of the same form anywhere.
pub fn write_at<T: Serialize>(path: &Path, content: &T) -> std::io::Result<()> {
    let payload = postcard::to_stdvec(content).map_err(std::io::Error::other)?;
    let parent = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)?;
    tidying::tidy_after_others(parent);
    let whole = Unnamed::within(parent)?;
    let mut file = whole.file();
    file.write_all(MAGIC)?;
    file.write_all(&Digest::of(&payload).bytes)?;
    file.write_all(&payload)?;
    file.sync_all()?;
    whole.replace(path)
}

/// Reads a snapshot; `None` if there is no sound one.
#[must_use]
pub fn read<T: DeserializeOwned>(cache_dir: &Path, name: &str) -> Option<T> {
    let (writer, content) = read_at::<((u64, i128), T)>(&place(cache_dir, name))?;
    (writer == own_process::executable()).then_some(content)
}

/// Reads a file of the same form; `None` if there is no sound one.
#[must_use]
pub fn read_at<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let bytes = super::fs::read(path).ok()?;
    let rest = bytes.strip_prefix(MAGIC)?;
    let (digest, payload) = rest.split_at_checked(32)?;
    (Digest::of(payload).bytes == digest).then(|| postcard::from_bytes(payload).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_damage_counts_as_absence() {
        let dir = tempfile::tempdir().unwrap();
        let rows = vec![("a".to_owned(), 1_u32), ("b".to_owned(), 2)];
        write(dir.path(), "test", &rows);
        assert_eq!(read(dir.path(), "test"), Some(rows.clone()));
        assert_eq!(read::<Vec<(String, u32)>>(dir.path(), "other"), None);
        let path = place(dir.path(), "test");
        let whole = std::fs::read(&path).unwrap();
        for length in [0, 7, 20, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(read::<Vec<(String, u32)>>(dir.path(), "test"), None, "{length}");
        }
        write_at(&path, &((0_u64, 0_i128), &rows)).unwrap();
        assert_eq!(read::<Vec<(String, u32)>>(dir.path(), "test"), None, "another JMake wrote it");
        let mut damaged = whole;
        *damaged.last_mut().unwrap() ^= 1;
        std::fs::write(&path, &damaged).unwrap();
        assert_eq!(read::<Vec<(String, u32)>>(dir.path(), "test"), None);
    }
}
