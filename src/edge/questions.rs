//! What texts ask for that no depfile tells, remembered by content. Does not know what the answers are.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::digest::Digest;
use crate::engine::discover::Language;
use crate::engine::scan::asked::Asked;

/// Of so many texts at most; beyond, all is forgotten and read again.
const CAPACITY: usize = 200_000;

/// The table.
#[derive(Debug, Default)]
pub struct AskedNames(Mutex<HashMap<(Digest, Language), Arc<Asked>>>);

impl AskedNames {
    /// What the file at `path` asks for, which holds what has this digest. One that cannot be read or holds something else asks nothing: it is
    /// not the one that was compiled.
    #[must_use]
    pub fn of(&self, path: &Path, digest: Digest, language: Language) -> Arc<Asked> {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(digest, language)) {
            return known.clone();
        }
        let Some(text) = super::fs::read(path).ok().filter(|text| Digest::of(text) == digest) else { return Arc::default() };
        let asked = Arc::new(Asked::by(&text, language));
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if table.len() >= CAPACITY {
            table.clear();
        }
        table.insert((digest, language), asked.clone());
        asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_remembered_by_content() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.h");
        let text = "#if __has_include(<b.h>)\n#endif\n";
        let table = AskedNames::default();
        let of = |table: &AskedNames| table.of(&path, Digest::of(text.as_bytes()), Language::Cxx).names.len();
        std::fs::write(&path, "").unwrap();
        assert_eq!(of(&table), 0, "it was being written");
        std::fs::write(&path, text).unwrap();
        assert_eq!(of(&table), 1);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(of(&table), 1);
        assert_eq!(of(&AskedNames::default()), 0);
    }
}
