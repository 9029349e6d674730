//! What contents come to, remembered by their digest beyond the content itself. Does not know what for.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::fs;
use crate::engine::cache::{Cache, CacheCounts};
use crate::engine::digest::Digest;

/// A table of what `read` makes of contents.
#[derive(Debug)]
pub struct ByContent<V> {
    cache: Mutex<Cache<Digest, V>>,
    read: fn(&[u8]) -> V,
}

impl<V: Clone> ByContent<V> {
    /// An empty table.
    #[must_use]
    pub fn new(cache: Cache<Digest, V>, read: fn(&[u8]) -> V) -> Self {
        Self { cache: Mutex::new(cache), read }
    }

    fn cache(&self) -> MutexGuard<'_, Cache<Digest, V>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a content, be it there or not.
    #[must_use]
    pub fn known(&self, content: &Digest) -> Option<V> {
        self.cache().get(content)
    }

    /// What `content` comes to, which the file at `path` holds. `None` if that holds something else by now.
    #[must_use]
    pub fn of(&self, path: &Path, content: &Digest) -> Option<V> {
        if let Some(known) = self.known(content) {
            return Some(known);
        }
        let bytes = fs::read(path).ok()?;
        // What is remembered of a content has to be of that very one.
        (Digest::of(&bytes) == *content).then_some(())?;
        let value = (self.read)(&bytes);
        self.cache().put(*content, value.clone());
        Some(value)
    }

    /// Forgets everything; says how it did until then.
    pub fn clear(&self) -> CacheCounts {
        self.cache().clear()
    }

    /// How it does.
    #[must_use]
    pub fn counts(&self) -> CacheCounts {
        self.cache().counts()
    }

    /// All of it, for a later process.
    #[must_use]
    pub fn rows(&self) -> Vec<(Digest, V)> {
        self.cache().rows()
    }

    /// Takes rows of an earlier process back.
    pub fn restore(&self, rows: Vec<(Digest, V)>) {
        self.cache().restore(rows);
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;

    #[test]
    fn what_is_remembered_is_of_that_content() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let table = ByContent::new(Cache::new("test", NonZeroUsize::new(9).unwrap()), <[u8]>::len);
        let [old, new] = [Digest::of(b"old one"), Digest::of(b"new")];
        assert_eq!((table.of(&path, &old), table.known(&old)), (None, None));
        std::fs::write(&path, "old one").unwrap();
        assert_eq!((table.of(&path, &new), table.known(&new)), (None, None));
        assert_eq!(table.of(&path, &old), Some(7));
        std::fs::write(&path, "new").unwrap();
        assert_eq!((table.known(&old), table.known(&new)), (Some(7), None));
        assert_eq!((table.of(&path, &old), table.of(&path, &new)), (Some(7), Some(3)));
    }
}
