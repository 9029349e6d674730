//! Hashes what files hold; a large one on all processors at the same time. Does not know whether that was done before.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::thread;

use super::super::fs::{self, Stat};
use crate::engine::digest::shares::{SHARE, Share, ShareHasher};
use crate::engine::digest::{Digest, Hasher};

/// Starting a thread takes as long as hashing some 100 KiB.
const LARGE: u64 = 8 * SHARE;
/// More wait for memory.
const THREADS: usize = 8;
/// What is read at once.
const PIECE: usize = 64 << 10;

/// What a regular file holds, and what the system said of it before it was read; `None` if there is no such file or it cannot be read.
pub(super) fn hash(path: &Path) -> Option<(Digest, Stat)> {
    let (file, stat) = fs::open(path).ok()?;
    let digest = if stat.size < LARGE {
        in_order(file, stat.size)?
    } else {
        side_by_side(&file, stat.size).or_else(|| in_order(file, stat.size))?
    };
    tracing::debug!("hashed {}", path.display());
    Some((digest, stat))
}

fn in_order(mut file: File, size: u64) -> Option<Digest> {
    let mut hasher = Hasher::default();
    // The end of a small one is found with room to spare.
    let mut buffer = vec![0; usize::try_from(size + 1).map_or(PIECE, |size| size.min(PIECE))];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Some(hasher.finish()),
            Ok(read) => hasher.raw(&buffer[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => return None,
        };
    }
}

/// `None` if less than `size` bytes can be read, as it is being written, or if there is no thread.
///
/// On threads of its own: one that waits for a computation may be given another one meanwhile, and the caller may hold what that one needs.
fn side_by_side(file: &File, size: u64) -> Option<Digest> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS) as u64;
    let count = size.div_ceil(SHARE);
    let some = |thread: u64| (count * thread / threads..count * (thread + 1) / threads).map(|index| share(file, index, size)).collect();
    let all: Option<Vec<Vec<Share>>> = thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|at| thread::Builder::new().spawn_scoped(scope, move || some(at))).collect();
        started.into_iter().map(|thread| thread.ok()?.join().ok()?).collect()
    });
    Digest::of_shares(&all?.concat())
}

fn share(file: &File, index: u64, size: u64) -> Option<Share> {
    let mut hasher = ShareHasher::at(index);
    let mut buffer = vec![0; PIECE];
    let (mut at, end) = (index * SHARE, size.min((index + 1) * SHARE));
    while at < end {
        let piece = usize::try_from(end - at).map_or(PIECE, |left| left.min(PIECE));
        file.read_exact_at(&mut buffer[..piece], at).ok()?;
        hasher.take(&buffer[..piece]);
        at += piece as u64;
    }
    Some(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_has_the_digest_of_its_content() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("large");
        for size in [LARGE - 1, LARGE, LARGE + 1, 2 * LARGE + SHARE + 3] {
            let content: Vec<u8> = (0..size).map(|at| (at % 253) as u8).collect();
            std::fs::write(&path, &content).unwrap();
            let (digest, stat) = hash(&path).unwrap();
            assert_eq!((digest, stat.size), (Digest::of(&content), size));
            let file = File::open(&path).unwrap();
            assert_eq!(side_by_side(&file, size), Some(digest), "{size}");
            assert_eq!(side_by_side(&file, size + 1), None, "it became smaller");
        }
    }
}
