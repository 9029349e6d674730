//! What a compile read that its depfile does not name: files of the assembler, and places where embedded data would have been found first.
//! Looks where the tools look; what a change means is decided elsewhere.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::path::Path;

use super::World;
use super::spelling::Spelling;
use crate::engine::discover::Language;
use crate::engine::fingerprint::{Assembled, Identity, Questions, Times};
use crate::engine::graph::{Search, StepSpec};
use crate::engine::path::FilePath;
use crate::engine::scan::asked::{self, Asked};
use crate::engine::scan::kind::FileKind;
use crate::engine::scan::overlay;

/// An input with what it held; none if it was absent.
type Input = (FilePath, Option<Identity>);

/// What was found.
#[derive(Debug, Default)]
pub struct HiddenReads {
    /// What texts ask for with `__has_include`.
    pub questions: Questions,
    /// Every place where data was looked for that is not among the known inputs.
    pub inputs: Vec<Input>,
    /// A text that reads data whose name it does not say.
    pub unnamed: Option<FilePath>,
    /// A text shows the time.
    pub times: Option<Times>,
    /// Those of the assembler: places, and a text that does not name one.
    pub assembled: Assembled,
}

/// A text to be read, and how.
struct Text {
    path: FilePath,
    identity: Identity,
    language: Language,
}

/// What the texts among `inputs` read.
#[must_use]
pub fn of(world: &World, root: &Path, spec: &StepSpec, search: &Search, inputs: &[Input]) -> HiddenReads {
    let mut reading = Reading { world, root, search, inputs, found: HiddenReads::default(), names: BTreeSet::new(), data: HashSet::new() };
    let assembler = spec.cxx.as_ref().and_then(|cxx| cxx.source.as_ref()).and_then(|source| FileKind::of(source).scanned_as());
    let assembler = assembler.filter(|language| matches!(language, Language::Assembler | Language::AssemblerWithCpp));
    let read = inputs.iter().filter_map(|(path, identity)| Some((path, (*identity)?)));
    let (texts, doubtful): (Vec<_>, Vec<_>) = read
        .map(|(path, identity)| {
            let kind = FileKind::of(path).scanned_as();
            let text = Text { path: path.clone(), identity, language: assembler.or(kind).unwrap_or(Language::Cxx) };
            (kind.is_some(), text)
        })
        .partition(|(by_name, _)| *by_name);
    reading.read_all(texts.into_iter().map(|(_, text)| text));
    // What is read as data is no text, whatever it holds.
    let others: Vec<Text> = doubtful.into_iter().map(|(_, text)| text).filter(|text| !reading.data.contains(&text.path)).collect();
    reading.read_all(others.into_iter());
    // A macro of the command line may show it in any text.
    for arg in spec.command.iter().flat_map(|command| &command.args).filter(|arg| asked::shows_time(arg.as_bytes())) {
        reading.shows_time(asked::shows_when_written(arg.as_bytes()));
    }
    if let Some(times) = &mut reading.found.times {
        times.epoch = spec.cxx.as_ref().and_then(|cxx| cxx.epoch);
    }
    search.fence.iter().flat_map(|fence| &fence.overlays).for_each(|overlay| reading.follow(overlay));
    let known: HashSet<&FilePath> = inputs.iter().map(|(path, _)| path).collect();
    reading.found.inputs.retain(|(path, _)| !known.contains(path));
    reading.found.questions.unknown |= search.fence.is_some();
    reading.found.questions.names = reading.names.into_iter().collect();
    reading.found
}

/// What is known half-way.
struct Reading<'a> {
    world: &'a World,
    root: &'a Path,
    search: &'a Search,
    inputs: &'a [Input],
    found: HiddenReads,
    names: BTreeSet<FilePath>,
    data: HashSet<FilePath>,
}

impl Reading<'_> {
    fn read_all(&mut self, texts: impl Iterator<Item = Text>) {
        let mut open: VecDeque<Text> = texts.collect();
        while let Some(text) = open.pop_front() {
            let asked = self.world.questions.of(&text.path.under(self.root), text.identity.digest, text.language);
            if *asked != Asked::default() {
                open.extend(self.take(&text, &asked));
            }
        }
    }

    /// Notes that something shows the time, and perhaps when files were written.
    fn shows_time(&mut self, written: bool) {
        let times = self.found.times.get_or_insert_default();
        if written && times.written.is_empty() {
            let read = self.inputs.iter().filter(|(_, identity)| identity.is_some());
            let when = |path: &FilePath| Some((path.clone(), self.world.fs.stat(&path.under(self.root)).ok()?.written()));
            times.written = read.filter_map(|(path, _)| when(path)).collect();
        }
    }

    /// Notes what a text asks for. What the assembler includes has to be read as well.
    fn take(&mut self, text: &Text, asked: &Asked) -> Vec<Text> {
        self.names.extend(asked.names.iter().cloned());
        self.found.questions.unknown |= asked.any_name;
        if asked.time {
            self.shows_time(asked.written);
        }
        if asked.any_data {
            self.found.unnamed.get_or_insert_with(|| text.path.clone());
        }
        if asked.any_assembled {
            self.found.assembled.unnamed.get_or_insert_with(|| text.path.clone());
        }
        for embed in &asked.embeds {
            let near = [text.path.parent(), FilePath::default()];
            let near = near.into_iter().filter(|_| embed.quoted);
            let places: Vec<FilePath> = near.chain(self.search.embed_dirs.iter().cloned()).collect();
            for place in places {
                self.look(&place, &embed.name);
            }
        }
        let mut further = Vec::new();
        for name in &asked.assembled {
            let searched: Vec<FilePath> = std::iter::once(FilePath::default()).chain(self.search.dirs.iter().cloned()).collect();
            for place in searched {
                let found = self.look(&place, name);
                self.found.assembled.files.push(self.place(&place, name));
                let here = place.as_bytes().is_empty() && found.is_some();
                further.extend(found);
                if here {
                    break;
                }
            }
        }
        further
    }

    /// What an overlay puts in the place of other files is read, if it is there. Directories may hold anything.
    fn follow(&mut self, overlay: &FilePath) {
        let text = self.world.fs.read(&overlay.under(self.root)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let near = if overlay::is_relative(&text) { overlay.parent() } else { FilePath::default() };
        let Some(contents) = overlay::contents(&text) else {
            self.found.unnamed.get_or_insert_with(|| overlay.clone());
            return;
        };
        for name in contents {
            if near.join(name.as_path()).under(self.root).is_dir() {
                self.found.unnamed.get_or_insert_with(|| overlay.clone());
            }
            self.look(&near, &name);
        }
    }

    fn place(&self, dir: &FilePath, name: &FilePath) -> FilePath {
        Spelling::seen_from(self.root).of(dir.join(name.as_path()).as_path())
    }

    /// Looks at one place, once: what is there may be a text of the assembler.
    fn look(&mut self, dir: &FilePath, name: &FilePath) -> Option<Text> {
        let path = self.place(dir, name);
        if !self.data.insert(path.clone()) {
            return None;
        }
        let identity = self.world.identity(&path.under(self.root));
        self.found.inputs.push((path.clone(), identity));
        identity.map(|identity| Text { path, identity, language: Language::Assembler })
    }
}
