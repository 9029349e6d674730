//! A least-recently-used cache that counts its hits and can be written down. Does not know disks.

use std::hash::Hash;
use std::num::NonZeroUsize;

use lru::LruCache;

/// How a cache does.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names are those of the JSON and say all")]
pub struct CacheCounts {
    pub name: &'static str,
    pub entries: usize,
    pub capacity: usize,
    pub hits: u64,
    pub misses: u64,
}

/// A bounded cache.
#[derive(Debug)]
pub struct Cache<K: Eq + Hash, V> {
    name: &'static str,
    entries: LruCache<K, V>,
    hits: u64,
    misses: u64,
}

impl<K: Eq + Hash + Clone, V: Clone> Cache<K, V> {
    /// An empty cache of `capacity` entries.
    #[must_use]
    pub fn new(name: &'static str, capacity: NonZeroUsize) -> Self {
        Self { name, entries: LruCache::new(capacity), hits: 0, misses: 0 }
    }

    /// The value of `key`, which becomes the most recent.
    pub fn get(&mut self, key: &K) -> Option<V> {
        let found = self.entries.get(key).cloned();
        *(if found.is_some() { &mut self.hits } else { &mut self.misses }) += 1;
        found
    }

    /// Whether there is something for this key. Counts as no question.
    #[must_use]
    pub fn has(&self, key: &K) -> bool {
        self.entries.contains(key)
    }

    /// Adds or replaces a value.
    pub fn put(&mut self, key: K, value: V) {
        self.entries.put(key, value);
    }

    /// All entries, the most recent last, so that putting them back in order restores the order.
    #[must_use]
    pub fn rows(&self) -> Vec<(K, V)> {
        self.entries.iter().rev().map(|(k, v)| (k.clone(), v.clone())).collect()
    }

    /// Puts rows back.
    pub fn restore(&mut self, rows: Vec<(K, V)>) {
        for (key, value) in rows {
            self.put(key, value);
        }
    }

    /// Forgets everything; says how it did until then.
    pub fn clear(&mut self) -> CacheCounts {
        let before = self.counts();
        self.entries.clear();
        before
    }

    /// How it does.
    #[must_use]
    pub fn counts(&self) -> CacheCounts {
        CacheCounts {
            name: self.name,
            entries: self.entries.len(),
            capacity: self.entries.cap().get(),
            hits: self.hits,
            misses: self.misses,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_the_order_of_use() {
        let two = NonZeroUsize::new(2).unwrap();
        let mut cache = Cache::new("test", two);
        cache.put(1, 'a');
        cache.put(2, 'b');
        assert_eq!(cache.get(&1), Some('a'));
        let mut again = Cache::new("test", two);
        again.restore(cache.rows());
        again.put(3, 'c');
        assert_eq!((again.get(&1), again.get(&2)), (Some('a'), None));
        assert_eq!((again.counts().hits, again.counts().misses), (1, 1));
    }
}
