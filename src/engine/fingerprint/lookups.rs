//! Names that a step looked for in vain. They follow from what it found: a file that is found at the end of a search list was not found
//! further up, so nothing is stored but those places that had an entry all the same. Does not know how directories are read.

use std::collections::{HashMap, HashSet};
use std::os::unix::ffi::OsStrExt;

use serde::{Deserialize, Serialize};

use super::fence;
use crate::engine::graph::{Search, SearchKind};
use crate::engine::path::FilePath;

/// An entry where the step would have looked: its path, and whether it is a directory.
pub type Entry = (FilePath, bool);

/// Directories by what they hold, as of now.
pub trait Directories {
    /// From now on [`Self::holding`] knows this directory, if it is there.
    fn open(&self, dir: &FilePath);
    /// The known directories that hold an entry of this name, each with whether the entry is a directory.
    fn holding(&self, name: &[u8]) -> Vec<Entry>;
    /// All entries of a directory.
    fn entries(&self, dir: &FilePath) -> Vec<Entry>;
}

/// What the texts that a step read ask for without including it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Questions {
    /// Names in `__has_include`, sorted, each once.
    pub names: Vec<FilePath>,
    /// Somewhere the name is made by macros, or the search may lead anywhere: any entry of the directories that were searched may be the answer.
    pub unknown: bool,
}

/// What a step looked for in vain, as one run of it left it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Lookups {
    /// What the texts that it read ask for.
    pub questions: Questions,
    /// The entries that were there all the same, as [`others`] gives them.
    pub others: Vec<Entry>,
    /// A text that it read and that reads data whose name it does not say: then nobody knows what else was read.
    pub unnamed: Option<FilePath>,
}

/// A name as a search spells it, and how many directories of the list come before the one that had it.
struct Wanted {
    dir: FilePath,
    name: Vec<u8>,
    before: usize,
}

/// The other existing entries at `directory/name`, sorted: `directory` is that of any file which the step read, or one of the search
/// list before the one with the hit; `name` is a hit's path without such a directory, or one that a text asks for. What the command
/// line names by its path (`named`) is nothing that was looked for. A record is valid only while this set is what it was.
#[must_use]
pub fn others(search: &Search, named: &[FilePath], hits: &[&FilePath], questions: &Questions, directories: &dyn Directories) -> Vec<Entry> {
    let ranks = ranks(search);
    let includers: HashSet<FilePath> = match search.kind {
        SearchKind::Headers => hits.iter().map(|hit| hit.parent()).collect(),
        SearchKind::Libraries => HashSet::new(),
    };
    // A library is found below a directory of the list; members of archives, of which there are many, are not.
    let below_some;
    let hits = match search.kind {
        SearchKind::Headers => hits,
        SearchKind::Libraries => {
            below_some = below_any(hits, &ranks);
            &below_some
        }
    };
    let named: HashSet<&FilePath> = named.iter().collect();
    let looked_for = hits.iter().filter(|hit| !named.contains(**hit));
    let mut wanted: Vec<Wanted> = looked_for.flat_map(|hit| spellings(hit, search, &ranks, &includers)).collect();
    let asked = questions.names.iter().filter(|name| !name.as_path().is_absolute());
    wanted.extend(asked.map(|name| Wanted { before: usize::MAX, ..split(name) }));
    let searched = || search.dirs.iter().chain(&includers);
    let below: HashSet<&FilePath> = wanted.iter().map(|wanted| &wanted.dir).collect();
    searched().for_each(|dir| below.iter().for_each(|below| directories.open(&under(dir, below))));
    let known: HashSet<&FilePath> = hits.iter().copied().collect();
    let mut found = HashSet::new();
    for Wanted { dir: below, name, before } in &wanted {
        for (holder, is_dir) in directories.holding(name) {
            let Some(dir) = above(&holder, below) else { continue };
            let looked = includers.contains(&dir) || ranks.get(&dir).is_some_and(|rank| rank < before);
            let entry = holder.join(FilePath::from_bytes(name).as_path());
            if looked && !known.contains(&entry) {
                found.insert((entry, is_dir));
            }
        }
    }
    if search.kind == SearchKind::Libraries {
        // What a linker script names is looked for where the linker runs before it is looked for along the list.
        let here = FilePath::default();
        directories.open(&here);
        for hit in hits.iter().filter(|hit| !named.contains(**hit)) {
            let beside = directories.holding(hit.name().as_bytes()).into_iter().filter(|(holder, _)| *holder == here);
            found.extend(beside.map(|(_, is_dir)| (FilePath::from(hit.name().as_str()), is_dir)).filter(|(path, _)| !known.contains(path)));
        }
    }
    if questions.unknown || search.fence.is_some() {
        let all = fence::entries(search, searched(), directories);
        found.extend(all.into_iter().filter(|(path, _)| !known.contains(path)));
    }
    let mut found: Vec<Entry> = found.into_iter().collect();
    found.sort();
    found
}

fn ranks(search: &Search) -> HashMap<FilePath, usize> {
    let mut ranks = HashMap::new();
    for (rank, dir) in search.dirs.iter().enumerate() {
        ranks.entry(dir.clone()).or_insert(rank);
    }
    ranks
}

/// Those of `paths` that lie below one of `dirs`.
fn below_any<'a>(paths: &[&'a FilePath], dirs: &HashMap<FilePath, usize>) -> Vec<&'a FilePath> {
    let mut parents: HashMap<&[u8], bool> = HashMap::new();
    let mut below = |path: &'a FilePath| -> bool {
        let parent = path.as_path().parent().map(|parent| parent.as_os_str().as_bytes()).unwrap_or_default();
        *parents.entry(parent).or_insert_with(|| path.as_path().ancestors().skip(1).map(FilePath::new).any(|dir| dirs.contains_key(&dir)))
    };
    paths.iter().copied().filter(|path| below(path)).collect()
}

/// The ways in which a search may have spelled a hit.
fn spellings(hit: &FilePath, search: &Search, ranks: &HashMap<FilePath, usize>, includers: &HashSet<FilePath>) -> Vec<Wanted> {
    let mut all = Vec::new();
    for dir in hit.as_path().ancestors().skip(1).map(FilePath::new) {
        let rank = ranks.get(&dir).map(|rank| (*rank).max(search.unordered));
        if rank.is_none() && !includers.contains(&dir) {
            continue;
        }
        let Ok(spelled) = hit.as_path().strip_prefix(dir.as_path()) else { continue };
        let spelled = split(&FilePath::new(spelled));
        match search.kind {
            SearchKind::Headers => all.push(Wanted { before: rank.unwrap_or(0), ..spelled }),
            SearchKind::Libraries => all.extend(forms(&spelled.name).map(|name| Wanted {
                name,
                dir: spelled.dir.clone(),
                before: rank.map_or(0, |rank| rank + 1),
            })),
        }
    }
    all
}

/// A library is looked for as shared and as static in each directory.
pub(in crate::engine) fn forms(name: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let text = String::from_utf8_lossy(name);
    let stem = text.split_once(".so").map(|(stem, _)| stem).or_else(|| text.strip_suffix(".a"));
    let stem = stem.filter(|stem| stem.starts_with("lib")).map(str::to_owned);
    let both = stem.into_iter().flat_map(|stem| [format!("{stem}.so"), format!("{stem}.a")]).map(String::into_bytes);
    let own = name.to_vec();
    std::iter::once(own.clone()).chain(both.filter(move |form| *form != own))
}

fn split(spelled: &FilePath) -> Wanted {
    let name = spelled.as_path().file_name().map(|name| name.as_bytes().to_vec()).unwrap_or_default();
    Wanted { dir: spelled.parent(), name, before: 0 }
}

fn under(dir: &FilePath, below: &FilePath) -> FilePath {
    if below.as_bytes().is_empty() { dir.clone() } else { dir.join(below.as_path()) }
}

/// `holder` without `below` at its end.
fn above(holder: &FilePath, below: &FilePath) -> Option<FilePath> {
    if below.as_bytes().is_empty() {
        return Some(holder.clone());
    }
    let rest = holder.as_bytes().strip_suffix(below.as_bytes())?;
    match rest {
        [] => Some(FilePath::from("")),
        [b'/'] => Some(FilePath::from("/")),
        [rest @ .., b'/'] => Some(FilePath::from_bytes(rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::graph::Fence;

    /// Files; a name that ends in `/` is a directory.
    struct Tree(Vec<&'static str>);

    impl Tree {
        fn all(&self) -> impl Iterator<Item = (FilePath, FilePath, bool)> {
            self.0.iter().map(|text| {
                let path = FilePath::from(text.trim_end_matches('/'));
                (path.parent(), path.clone(), text.ends_with('/'))
            })
        }
    }

    impl Directories for Tree {
        fn open(&self, _: &FilePath) {}
        fn holding(&self, name: &[u8]) -> Vec<Entry> {
            let named = self.all().filter(|(_, path, _)| path.as_path().file_name().unwrap().as_bytes() == name);
            named.map(|(dir, _, is_dir)| (dir, is_dir)).collect()
        }
        fn entries(&self, dir: &FilePath) -> Vec<Entry> {
            self.all().filter(|(parent, ..)| parent == dir).map(|(_, path, is_dir)| (path, is_dir)).collect()
        }
    }

    fn check(kind: SearchKind, dirs: &[&str], hits: &[&str], asked: &[&str], tree: &[&'static str], expect: &[&str]) {
        let (unordered, dirs): (Vec<&str>, Vec<&str>) = dirs.iter().partition(|dir| dir.ends_with('?'));
        let all = unordered.iter().chain(&dirs).map(|dir| FilePath::from(dir.trim_end_matches('?')));
        let search = Search { kind, dirs: all.collect(), unordered: unordered.len(), embed_dirs: Vec::new(), fence: None };
        let hits: Vec<FilePath> = hits.iter().map(|hit| FilePath::from(*hit)).collect();
        let unknown = asked.contains(&"*");
        let names = asked.iter().filter(|name| **name != "*").map(|name| FilePath::from(*name)).collect();
        let named: Vec<FilePath> = hits.iter().filter(|hit| hit.to_string().ends_with(".c")).cloned().collect();
        let found = others(&search, &named, &hits.iter().collect::<Vec<_>>(), &Questions { names, unknown }, &Tree(tree.to_vec()));
        let found: Vec<String> = found.into_iter().map(|(path, is_dir)| format!("{path}{}", if is_dir { "/" } else { "" })).collect();
        assert_eq!(found, expect, "{dirs:?} {hits:?} {asked:?}");
    }

    #[test]
    fn an_entry_further_up_the_list_counts() {
        let check = |dirs: &[&str], hits: &[&str], tree: &[&'static str], expect: &[&str]| {
            check(SearchKind::Headers, dirs, hits, &[], tree, expect);
        };
        check(&["a", "b"], &["main.c", "b/x.h"], &["b/x.h"], &[]);
        check(&["a", "b"], &["main.c", "b/x.h"], &["a/x.h", "b/x.h"], &["a/x.h"]);
        check(&["a", "b"], &["main.c", "a/x.h"], &["a/x.h", "b/x.h"], &[]);
        check(&["a", "b"], &["main.c", "b/x.h"], &["x.h", "b/x.h"], &["x.h"]);
        check(&["a", "b"], &["src/main.c", "b/x.h"], &["src/x.h", "b/x.h"], &["src/x.h"]);
        check(&["a", "b"], &["main.c", "b/d/x.h"], &["a/d/x.h", "a/x.h"], &["a/d/x.h"]);
        check(&["a", "b"], &["main.c", "b/d/x.h"], &["a/d/x.h/"], &["a/d/x.h/"]);
        check(&["", "/usr/include"], &["src/m.c", "/usr/include/sys/t.h"], &["sys/t.h", "src/sys/t.h", "t.h"], &["src/sys/t.h", "sys/t.h"]);
        check(&["/a", "/"], &["m.c", "/x.h"], &["/a/x.h"], &["/a/x.h"]);
        check(&["a?", "b?", "c"], &["main.c", "a/x.h"], &["b/x.h", "c/x.h"], &["b/x.h"]);
        check(&["a"], &["main.c", "b/other.h"], &["a/other.h", "other.h"], &["other.h"]);
        check(&["a", "b"], &["b/main.c", "x.h"], &["a/main.c", "b/x.h"], &["b/x.h"]);
    }

    #[test]
    fn what_a_text_asks_for_counts_everywhere() {
        let check = |asked: &[&str], tree: &[&'static str], expect: &[&str]| {
            check(SearchKind::Headers, &["a", "b"], &["src/main.c"], asked, tree, expect);
        };
        check(&["x.h"], &["b/x.h", "c/x.h", "src/x.h"], &["b/x.h", "src/x.h"]);
        check(&["d/x.h"], &["b/d/x.h", "b/x.h"], &["b/d/x.h"]);
        check(&["*"], &["a/p.h", "b/q/", "c/r.h"], &["a/p.h", "b/q/"]);
    }

    #[test]
    fn a_fence_counts_every_entry() {
        let tree = Tree(vec![
            "a/p.h",
            "src/q.h",
            "c/r.h",
            "build/",
            "f/A.framework/",
            "f/A.framework/Headers/",
            "f/A.framework/Headers/A.h",
            "f/d/",
            "f/d/x.h",
        ]);
        let listed = vec!["f".into()];
        let fence = Some(Fence { listed, overlays: Vec::new(), apart: vec!["build".into()] });
        let search = Search { kind: SearchKind::Headers, dirs: vec!["a".into(), "".into()], unordered: 0, embed_dirs: Vec::new(), fence };
        let (source, questions) = ("src/m.c".into(), Questions::default());
        let found = others(&search, &[], &[&source], &questions, &tree);
        let found: Vec<String> = found.iter().map(|(path, _)| path.to_string()).collect();
        assert_eq!(found, ["a/p.h", "f/A.framework", "f/A.framework/Headers", "f/A.framework/Headers/A.h", "f/d", "src/q.h"]);
        assert_eq!(others(&Search { fence: None, ..search }, &[], &[&source], &questions, &tree), []);
    }

    #[test]
    fn libraries_are_looked_for_in_two_forms() {
        let check = |hits: &[&str], tree: &[&'static str], expect: &[&str]| {
            check(SearchKind::Libraries, &["a", "b"], hits, &[], tree, expect);
        };
        check(&["b/libz.a"], &["b/libz.a"], &[]);
        check(&["b/libz.a"], &["b/libz.a", "b/libz.so"], &["b/libz.so"]);
        check(&["b/libz.so"], &["a/libz.a"], &["a/libz.a"]);
        check(&["a/libz.so"], &["b/libz.so"], &[]);
        check(&["b/libgcc_s.so.1"], &["libgcc_s.so.1", "other.so.1"], &["libgcc_s.so.1"]);
        check(&["b/crt1.o"], &["a/crt1.o", "a/crt1.so"], &["a/crt1.o"]);
    }
}
