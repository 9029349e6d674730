//! What texts ask for with `__has_include` and `__has_embed`, remembered by content. Does not know what the answer is.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::digest::Digest;
use crate::engine::discover::Language;
use crate::engine::fingerprint::Questions;
use crate::engine::path::FilePath;
use crate::engine::scan::facts::IncludeForm;
use crate::engine::scan::source::scan;

/// Of so many texts at most; beyond, all is forgotten and read again.
const CAPACITY: usize = 200_000;

/// The table.
#[derive(Debug, Default)]
pub struct AskedNames(Mutex<HashMap<Digest, Arc<Questions>>>);

impl AskedNames {
    /// What these files ask for, together. A file that cannot be read asks nothing: it is not the one that was compiled.
    #[must_use]
    pub fn of<'a>(&self, root: &Path, files: impl Iterator<Item = (&'a FilePath, Digest)>) -> Questions {
        let mut names = BTreeSet::new();
        let mut unknown = false;
        for (path, digest) in files {
            let questions = self.of_one(&path.under(root), digest);
            names.extend(questions.names.iter().cloned());
            unknown |= questions.unknown;
        }
        Questions { names: names.into_iter().collect(), unknown }
    }

    fn of_one(&self, path: &Path, digest: Digest) -> Arc<Questions> {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&digest) {
            return known.clone();
        }
        let questions = Arc::new(super::fs::read(path).map(|text| read(&text)).unwrap_or_default());
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if table.len() >= CAPACITY {
            table.clear();
        }
        table.insert(digest, questions.clone());
        questions
    }
}

fn read(text: &[u8]) -> Questions {
    let asks = [&b"__has_include"[..], b"__has_embed"].into_iter().any(|word| memchr::memmem::find(text, word).is_some());
    if !asks {
        return Questions::default();
    }
    let facts = scan(text, Language::Cxx);
    let unknown = facts.has_include.iter().any(|include| include.form == IncludeForm::Computed);
    let names = facts.has_include.into_iter().filter(|include| include.form != IncludeForm::Computed).map(|include| include.name);
    let names: BTreeSet<FilePath> = names.collect();
    Questions { names: names.into_iter().collect(), unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_read_and_remembered_by_content() {
        let check = |text: &str, names: &[&str], unknown: bool| {
            let found = read(text.as_bytes());
            assert_eq!(found.names.iter().map(ToString::to_string).collect::<Vec<_>>(), names, "{text}");
            assert_eq!(found.unknown, unknown, "{text}");
        };
        check("#include <a.h>\n", &[], false);
        check("#if __has_include(<b.h>) || __has_include(\"a.h\")\n#endif\n", &["a.h", "b.h"], false);
        check("#if __has_include(NAME)\n#endif\n", &[], true);
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.h"), "#if __has_include(<b.h>)\n#endif\n").unwrap();
        let asked = AskedNames::default();
        let path = FilePath::from("a.h");
        let of = |asked: &AskedNames| asked.of(dir.path(), [(&path, Digest::of(b"1"))].into_iter()).names.len();
        assert_eq!(of(&asked), 1);
        std::fs::remove_file(dir.path().join("a.h")).unwrap();
        assert_eq!(of(&asked), 1);
        assert_eq!(of(&AskedNames::default()), 0);
    }
}
