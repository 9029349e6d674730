//! By which files a source comes to include a header. Does not read any.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::engine::path::{FilePath, fold};
use crate::engine::scan::facts::{Include, IncludeForm};

/// The shortest way from `source` to `header`, both included, where `included` says what a file includes; nothing if there is none.
#[must_use]
pub fn shortest<'a>(source: &'a FilePath, header: &FilePath, included: impl Fn(&FilePath) -> Vec<&'a FilePath>) -> Vec<FilePath> {
    let mut from: HashMap<&FilePath, &FilePath> = HashMap::new();
    let mut open = VecDeque::from([source]);
    while let Some(file) = open.pop_front() {
        if file == header {
            return way(&from, file);
        }
        for next in included(file) {
            if next != source && !from.contains_key(next) {
                from.insert(next, file);
                open.push_back(next);
            }
        }
    }
    Vec::new()
}

fn way(from: &HashMap<&FilePath, &FilePath>, end: &FilePath) -> Vec<FilePath> {
    let mut way = vec![end.clone()];
    let mut at = end;
    while let Some(before) = from.get(at) {
        way.push((*before).clone());
        at = before;
    }
    way.reverse();
    way
}

/// Texts that can be asked what they include.
pub trait Texts: std::fmt::Debug + Send {
    /// The `#include`s of the file at `path`; none if it cannot be read.
    fn includes(&self, path: &FilePath) -> Vec<Include>;
}

/// What one compile read, wherever it lies, and what these texts include.
#[derive(Clone, Debug, Default)]
pub struct Reads {
    /// Each file that was read, with its `#include`s.
    pub files: HashMap<FilePath, Vec<Include>>,
    /// Where it looked, in order.
    pub dirs: Vec<FilePath>,
}

impl Reads {
    /// The shortest way from `source` to `header` among what was read.
    #[must_use]
    pub fn way(&self, source: &FilePath, header: &FilePath) -> Vec<FilePath> {
        match self.files.get_key_value(source) {
            Some((source, _)) => shortest(source, header, |file| self.included(file)),
            None => Vec::new(),
        }
    }

    fn included(&self, file: &FilePath) -> Vec<&FilePath> {
        let mut seen = HashSet::new();
        let all = self.files.get(file).into_iter().flatten();
        all.filter_map(|include| self.resolve(file, include)).filter(|found| seen.insert(*found)).collect()
    }

    /// The first file of this name that was read, in the order of the search. Others of the name were not read, so nothing else was meant.
    fn resolve(&self, from: &FilePath, include: &Include) -> Option<&FilePath> {
        if include.form == IncludeForm::Computed {
            return None;
        }
        let beside = (include.form == IncludeForm::Quote && !include.next).then(|| from.parent());
        let places = beside.iter().chain(&self.dirs).map(|dir| FilePath::new(fold(dir.join(include.name.as_path()).as_path())));
        places.filter(|place| place != from).find_map(|place| self.files.get_key_value(&place)).map(|(path, _)| path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(files: &[(&str, &str)], dirs: &[&str]) -> Reads {
        let include = |name: &str| {
            let (form, next) = (if name.starts_with('<') { IncludeForm::Angle } else { IncludeForm::Quote }, name.ends_with('+'));
            let name = name.trim_matches(['<', '>', '+']).into();
            Include { name, form, line: 1, conditional: false, next }
        };
        let files = files.iter().map(|(path, all)| (FilePath::from(*path), all.split_whitespace().map(include).collect()));
        Reads { files: files.collect(), dirs: dirs.iter().map(|dir| FilePath::from(*dir)).collect() }
    }

    #[test]
    fn the_shortest_way_is_found_as_the_search_goes() {
        let check = |files: &[(&str, &str)], header: &str, expect: &str| {
            let way = reads(files, &["inc", "/usr/include"]).way(&"src/a.c".into(), &header.into());
            let way: Vec<String> = way.iter().map(ToString::to_string).collect();
            assert_eq!(way.join(" "), expect, "{header}");
        };
        let project = [
            ("src/a.c", "long.h b.h <stdio.h>"),
            ("src/long.h", "longer.h"),
            ("src/longer.h", "c.h"),
            ("src/b.h", "../lib/c.h <c.h>"),
            ("inc/c.h", "c.h+"),
            ("lib/c.h", ""),
            ("/usr/include/stdio.h", "<bits/types.h>"),
            ("/usr/include/bits/types.h", ""),
            ("/usr/include/c.h", ""),
        ];
        check(&project, "src/b.h", "src/a.c src/b.h");
        check(&project, "lib/c.h", "src/a.c src/b.h lib/c.h");
        check(&project, "inc/c.h", "src/a.c src/b.h inc/c.h");
        check(&project, "/usr/include/bits/types.h", "src/a.c /usr/include/stdio.h /usr/include/bits/types.h");
        check(&project, "/usr/include/c.h", "src/a.c src/b.h inc/c.h /usr/include/c.h");
        check(&project, "src/a.c", "src/a.c");
        check(&project, "other.h", "");
        check(&[("src/a.c", "b.h"), ("src/b.h", "b.h")], "c.h", "");
    }
}
