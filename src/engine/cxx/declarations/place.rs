//! Where things are: clang says a file or a line only where it is another than in the place before, wherever in the tree that was. Does not
//! know trees.

use std::collections::HashMap;

use crate::engine::path::FilePath;

/// A place in a file of the project.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Place {
    /// An index into the files; `None`: it is no file of the project.
    pub(super) file: Option<usize>,
    pub(super) line: u32,
}

/// Which file of the project goes by a name, if one does.
pub(super) type Wanted<'a> = Box<dyn FnMut(&str) -> Option<FilePath> + Send + 'a>;

/// The place that was said last.
pub(super) struct Places<'a> {
    wanted: Wanted<'a>,
    known: HashMap<String, Option<usize>>,
    pub(super) files: Vec<FilePath>,
    pub(super) last: Place,
}

impl<'a> Places<'a> {
    pub(super) fn new(wanted: Wanted<'a>) -> Self {
        Self { wanted, known: HashMap::new(), files: Vec::new(), last: Place { file: None, line: 0 } }
    }

    /// From now on it is this file.
    pub(super) fn file(&mut self, name: &str) {
        if let Some(known) = self.known.get(name) {
            self.last.file = *known;
            return;
        }
        // Several names may lead to one file.
        let file = (self.wanted)(name).map(|path| {
            let at = self.files.iter().position(|known| *known == path);
            at.unwrap_or_else(|| {
                self.files.push(path);
                self.files.len() - 1
            })
        });
        self.known.insert(name.to_owned(), file);
        self.last.file = file;
    }

    /// From now on it is this line.
    pub(super) fn line(&mut self, line: u32) {
        self.last.line = line;
    }
}
