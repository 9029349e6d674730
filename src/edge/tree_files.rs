//! Reads a project's files for the scanner: which there are, what they hold, what their text says.

use std::path::Path;

use rayon::prelude::*;

use super::World;
use super::walk::{Walk, walk};
use crate::engine::digest::Digest;
use crate::engine::discover::Language;
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::scan::binary::{self, BinaryFacts};
use crate::engine::scan::facts::SourceFacts;
use crate::engine::scan::kind::FileKind;
use crate::engine::scan::source::scan;

/// Refuses a place for results where a file stands.
pub fn expect_directory(place: &Path) -> Result<(), Failure> {
    let in_the_way = place.ancestors().find_map(|path| Some((path, std::fs::metadata(path).ok()?))).filter(|(_, about)| !about.is_dir());
    match in_the_way {
        Some((path, _)) => {
            let path = path.display();
            Err(Failure::environment(format!("{path} is a file, and results would go there; choose another place with -B DIR")))
        }
        None => Ok(()),
    }
}

/// Of a larger file nothing is said but that it is there.
const SCAN_LIMIT: u64 = 256 << 20;

/// A file with the identity of its text, if it is one to scan.
pub type Digested = (FilePath, Option<(Digest, Language)>);

/// The files of a project, those of `extra` that are there included; directories and remarks of the walk.
#[must_use]
pub fn digest_all(world: &World, root: &Path, extra: Vec<FilePath>, follow_links: bool) -> (Vec<Digested>, Walk) {
    let Walk { mut files, mut dirs, marked, mut notes } = walk(root, follow_links);
    dirs.extend(extra.iter().map(FilePath::parent));
    dirs.sort();
    dirs.dedup();
    files.extend(extra.into_iter().filter(|path| world.fs.stat(&path.under(root)).is_ok_and(|stat| stat.is_file())));
    files.sort();
    files.dedup();
    let digest = |path: FilePath| {
        let language = FileKind::of(&path).scanned_as();
        let found = language.and_then(|language| world.digests.digest(&path.under(root)).map(|digest| (digest, language)));
        let unreadable = language.is_some() && found.is_none();
        ((path, found), unreadable)
    };
    let all: Vec<_> = files.into_par_iter().with_min_len(32).map(digest).collect();
    notes.extend(
        all.iter().filter(|(_, unreadable)| *unreadable).map(|((path, _), _)| format!("{path} cannot be read; give yourself access to it")),
    );
    (all.into_iter().map(|(digested, _)| digested).collect(), Walk { files: Vec::new(), dirs, marked, notes })
}

/// What these files say, side by side, with the identity of the text that says it: a file may have changed since it was hashed. One that is
/// gone meanwhile says nothing.
#[must_use]
pub fn scan_all(world: &World, root: &Path, files: Vec<(FilePath, Digest, Language)>) -> Vec<(FilePath, (Digest, Language), SourceFacts)> {
    let read = |(path, digest, language): (FilePath, Digest, Language)| {
        let place = path.under(root);
        let small = world.fs.stat(&place).is_ok_and(|stat| stat.size <= SCAN_LIMIT);
        let bytes = if small { world.fs.read(&place).ok()? } else { Vec::new() };
        let key = if small { Digest::of(&bytes) } else { digest };
        Some((path, (key, language), scan(&bytes, language)))
    };
    files.into_par_iter().with_min_len(8).filter_map(read).collect()
}

/// The binaries of a project, told by content.
#[must_use]
pub fn binaries(world: &World, root: &Path) -> Vec<(FilePath, BinaryFacts)> {
    let look = |path: FilePath| {
        let place = path.under(root);
        let candidate = FileKind::of(&path) == FileKind::Other && world.fs.stat(&place).is_ok_and(|stat| stat.is_file() && stat.size >= 8);
        let facts = candidate.then(|| starts_like_a_binary(&place).then(|| world.fs.read(&place).ok())).flatten().flatten();
        facts.and_then(|bytes| binary::detect(&bytes)).map(|facts| (path, facts))
    };
    walk(root, false).files.into_par_iter().filter_map(look).collect()
}

fn starts_like_a_binary(path: &Path) -> bool {
    let mut start = [0; 8];
    let read = super::fs::open(path).and_then(|(mut file, _)| std::io::Read::read_exact(&mut file, &mut start));
    read.is_ok()
        && (start.starts_with(b"\x7fELF")
            || start.starts_with(b"!<arch>")
            || start.starts_with(b"!<thin>")
            || start.starts_with(b"BC\xc0\xde"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_says_is_remembered_of_that_very_text() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.c"), "").unwrap();
        let hashed = Digest::of(b"int main(void) { return 0; }");
        let found = scan_all(&World::real(&dir.path().join("cache")), dir.path(), vec![("a.c".into(), hashed, Language::C)]);
        assert_eq!(found[0].1, (Digest::of(b""), Language::C), "it was being written");
    }
}
