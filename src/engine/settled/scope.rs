//! Which changes concern a project, going by names alone: of one that may not build, so that nothing is known of what its files held.
//! Does not know how changes are noticed.

use std::collections::HashSet;

use super::place::{Place, Places};
use super::{is_mark, last, note_name};
use crate::engine::build::Records;
use crate::engine::fingerprint::lookups;
use crate::engine::path::FilePath;
use crate::engine::scan::kind::FileKind;
use crate::engine::tree::{SETTINGS, Tree};

/// What the builds of a project read, made and looked for.
#[derive(Debug, Default)]
pub struct Scope {
    places: Places,
    /// Where results go besides the build directory.
    output_dirs: Vec<FilePath>,
    /// Files that were walked.
    files: HashSet<FilePath>,
    dirs: HashSet<FilePath>,
    /// What steps read, or would if it were there, and did not make.
    inputs: HashSet<FilePath>,
    outputs: HashSet<FilePath>,
    /// Where such were read, and with which ending: others may be read there by a pattern.
    likes: HashSet<(FilePath, Vec<u8>)>,
    names: HashSet<Vec<u8>>,
    any_name: bool,
}

/// A path of which something was heard, as it is now.
#[derive(Clone, Debug, Default)]
pub struct Glance {
    /// Which.
    pub path: FilePath,
    /// Something is there.
    pub there: bool,
    /// It is a directory.
    pub is_dir: bool,
}

impl Scope {
    /// Of a project with these files, of which these builds are recorded.
    #[must_use]
    pub fn new(tree: &Tree, records: &Records, places: Places, output_dir: Option<&FilePath>) -> Self {
        let mut scope = Self {
            places,
            output_dirs: output_dir.into_iter().cloned().collect(),
            files: tree.files.iter().map(|file| file.path.clone()).collect(),
            dirs: tree.dirs.iter().cloned().collect(),
            ..Self::default()
        };
        for file in &tree.files {
            file.facts.includes.iter().chain(&file.facts.has_include).for_each(|include| note_name(&mut scope.names, &include.name));
        }
        for record in records.all_newest() {
            scope.outputs.extend(record.outputs.iter().map(|(path, ..)| path.clone()));
            scope.inputs.extend(record.inputs.iter().map(|(path, _)| path.clone()));
            record.inputs.iter().for_each(|(path, _)| scope.names.extend(lookups::forms(last(path))));
            record.lookups.questions.names.iter().for_each(|name| note_name(&mut scope.names, name));
            scope.any_name |= record.lookups.questions.unknown;
        }
        scope.inputs = scope.inputs.difference(&scope.outputs).cloned().collect();
        scope.likes = scope.inputs.iter().filter(|path| FileKind::of(path) == FileKind::Other).map(like).collect();
        scope
    }

    /// Everything that is read, for who has to look himself.
    pub fn paths(&self) -> impl Iterator<Item = &FilePath> {
        self.files.iter().chain(&self.inputs).chain(&self.dirs)
    }

    /// Whether it was met as a file of the project.
    #[must_use]
    pub fn is_walked(&self, path: &FilePath) -> bool {
        self.files.contains(path)
    }

    /// Whether a build may come to something else because of it. What JMake makes itself never counts, nor do files that nobody looks
    /// for, such as those of editors.
    #[must_use]
    pub fn concerns(&self, seen: &Glance) -> bool {
        let (path, name) = (&seen.path, last(&seen.path));
        let place = self.places.of(path);
        let config = self.places.config.as_ref() == Some(path);
        if config || matches!(place, Place::Own | Place::Database) || self.is_result(path) {
            return config;
        }
        let kind = FileKind::of(path);
        if self.inputs.contains(path) || self.dirs.contains(path) || place == Place::Hinge {
            return true;
        }
        if self.files.contains(path) {
            return kind != FileKind::Other || is_rule(name) || self.names.contains(name);
        }
        let looked_for = self.names.contains(name) || self.any_name && seen.there;
        match place {
            Place::Marked => is_mark(name) && !seen.there,
            Place::Searched => looked_for,
            Place::Tree => {
                looked_for
                    || is_rule(name)
                    || !name.starts_with(b".") && (seen.is_dir || kind != FileKind::Other || self.likes.contains(&like(path)))
            }
            Place::Own | Place::Database | Place::Hinge | Place::Elsewhere => false,
        }
    }

    fn is_result(&self, path: &FilePath) -> bool {
        // The root itself holds more than results.
        let below = |dir: &FilePath| !dir.as_bytes().is_empty() && path.as_path().starts_with(dir.as_path());
        self.places.is_state(path)
            || self.outputs.contains(path)
            || !self.inputs.contains(path) && (below(&self.places.build_dir) || self.output_dirs.iter().any(below))
    }
}

/// Where a file lies, and its ending.
fn like(path: &FilePath) -> (FilePath, Vec<u8>) {
    (path.parent(), path.as_path().extension().map(|ending| ending.as_encoded_bytes().to_vec()).unwrap_or_default())
}

/// Whether a file of this name says which others count.
fn is_rule(name: &[u8]) -> bool {
    name == SETTINGS.as_bytes() || name == b".gitignore" || name == b".ignore" || is_mark(name)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::digest::Digest;
    use crate::engine::discover::{FileEntry, Language};
    use crate::engine::fingerprint::lookups::Lookups;
    use crate::engine::fingerprint::{Assembled, Identity, Record, Runs};
    use crate::engine::scan::source::scan;

    fn entry(path: &str, text: &str) -> FileEntry {
        let facts = Arc::new(scan(text.as_bytes(), Language::C));
        FileEntry { path: path.into(), kind: FileKind::of(&path.into()), facts }
    }

    fn scope(any_name: bool) -> Scope {
        let files = vec![
            entry("README.md", ""),
            entry("jmake.toml", ""),
            entry("src/a.c", "#include \"a.h\"\n#include \"table.inc\"\n#include <sys/new>\n"),
            entry("src/logo.bin", ""),
        ];
        let tree = Tree { files, dirs: vec!["".into(), "src".into()], marked: vec!["old".into()], ..Tree::default() };
        let inputs = ["src/a.c", "src/logo.bin", "../lib/libz.a", "build/gen/made.h"].map(|path| (path.into(), None));
        let nothing = Digest::of(b"");
        let mut record = Record {
            run: 0,
            key: nothing,
            times: None,
            assembled: Assembled::default(),
            reading: None,
            fields: Runs::default(),
            inputs: inputs.into_iter().collect(),
            lookups: Lookups::default(),
            outputs: vec![("out/app".into(), Identity::of(nothing), 0)],
            stdout_stderr: Vec::new(),
            duration_ms: 0,
            why: String::new(),
        };
        record.lookups.questions.unknown = any_name;
        let places = Places {
            walked: tree.dirs.iter().cloned().collect(),
            marked: tree.marked.iter().cloned().collect(),
            searched: ["/usr/include".into(), "/usr/include/sys".into()].into(),
            hinges: ["/usr/include".into()].into(),
            build_dir: "build".into(),
            ..Places::default()
        };
        Scope::new(&tree, &[("out/app".into(), Arc::new(vec![record]))].into_iter().collect(), places, Some(&"out".into()))
    }

    #[test]
    fn what_somebody_reads_or_looks_for_counts() {
        let check = |any_name: bool, paths: &str, expect: bool| {
            for path in paths.split(' ') {
                let is_dir = path.ends_with('/');
                let glance = Glance { path: path.trim_end_matches('/').into(), there: true, is_dir };
                assert_eq!(scope(any_name).concerns(&glance), expect, "{path}");
            }
        };
        check(
            false,
            "src/a.c src/new.c src/a.h src/table.inc src/logo.bin src/new.bin jmake.toml .gitignore src/sub/ src/ new.cpp src/Makefile.h",
            true,
        );
        check(false, "/usr/include /usr/include/sys/new ../lib/libz.a build/gen/made.h", true);
        check(
            false,
            "README.md src/notes.txt src/.a.c.swp src/4913 src/a.c~ src/#a.c# src/.#a.c src/a.c___jb_tmp___ .idea/ src/.a.c",
            false,
        );
        check(false, "build/dev/bin/app build/ build/compile_commands.json .jmake_cache/x src/.jmake-1-2 out/app out/new.so", false);
        check(false, "/usr/include/sys/other ../lib/other.a /tmp/x.c old/x.c", false);
        check(true, "src/notes.txt /usr/include/sys/other", true);
        check(true, "README.md build/dev/bin/app src/.jmake-1-2", false);
    }

    #[test]
    fn a_mark_counts_when_it_goes() {
        let glance = |there| Glance { path: "old/CMakeCache.txt".into(), there, is_dir: false };
        assert!(scope(false).concerns(&glance(false)));
        assert!(!scope(false).concerns(&glance(true)));
    }
}
