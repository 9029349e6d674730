//! A naive model of which steps may run: those whose source, headers by any name, command line or objects are not what they were when
//! the step last ran, and those whose outputs are not what it left. Does not know how JMake decides.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use serde_json::Value;

use super::check::Outcome;
use super::damage::{Loss, files};
use crate::support::Space;

/// How many results of one step can be put back.
const VARIANTS: usize = 8;

/// Contents by path.
type Contents = BTreeMap<String, blake3::Hash>;

/// A step by kind, label and profile.
type Step = (String, String, String);

/// What was built from what.
#[derive(Default)]
pub struct Model {
    /// From what, and what came of it.
    built: BTreeMap<Step, (blake3::Hash, Contents)>,
    restorable: BTreeMap<Step, VecDeque<blake3::Hash>>,
}

/// What steps depend on.
pub struct Facts<'a> {
    /// What a clean build of the same made.
    pub clean: &'a Outcome,
    /// Variables, flags and settings.
    pub surroundings: String,
    pub profile: &'a str,
    texts: BTreeMap<String, String>,
    /// Outputs before the build and after it.
    before: Contents,
    after: Contents,
}

/// What JMake made and left in the project.
pub fn outputs(space: &Space) -> Contents {
    let root = space.path("");
    let all = ["build", ".jmake_cache/obj", "made"].iter().flat_map(|folder| files(&space.path(folder)));
    all.map(|path| (relative(&root, &path), blake3::hash(&std::fs::read(&path).unwrap()))).collect()
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap().to_str().unwrap().to_owned()
}

impl<'a> Facts<'a> {
    /// Of the project as it is after a build.
    pub fn new(space: &Space, clean: &'a Outcome, surroundings: String, profile: &'a str, before: Contents) -> Self {
        let root = space.path("");
        let own =
            |entry: &walkdir::DirEntry| entry.depth() != 1 || !["build", ".jmake_cache", ".git"].iter().any(|it| entry.file_name() == *it);
        let all = walkdir::WalkDir::new(&root).follow_links(true).into_iter().filter_entry(own).filter_map(Result::ok);
        let files = all.filter(|entry| entry.file_type().is_file());
        let texts = files.filter_map(|entry| Some((relative(&root, entry.path()), std::fs::read_to_string(entry.path()).ok()?))).collect();
        Self { clean, surroundings, profile, texts, before, after: outputs(space) }
    }

    fn state(&self, step: &Value) -> blake3::Hash {
        let label = text(step, "label");
        if is_job(step) {
            // The second has to run whenever the first did, which does so when what they pass on is another.
            return hash(self.texts.iter().filter(|(path, _)| path.starts_with("data/")).map(|(_, text)| text.as_str()));
        }
        if is_compile(step) && self.clean.database.contains_key(label) { self.compile_state(step, label) } else { self.link_state(step) }
    }

    /// The source, and every file that has a name which it or one of those mentions.
    fn compile_state(&self, step: &Value, source: &str) -> blake3::Hash {
        let lines = self.clean.commands.iter().filter(|(kind, label, _)| kind == text(step, "kind") && label == source);
        let mut open = vec![source.to_owned()];
        let mut seen = BTreeSet::new();
        while let Some(path) = open.pop() {
            if let Some(text) = self.texts.get(&path).filter(|_| seen.insert(path.clone())) {
                open.extend(mentioned(text).flat_map(|name| self.called(name)));
            }
        }
        hash(lines.map(|(_, _, line)| line.as_str()).chain(seen.iter().flat_map(|path| [path.as_str(), &self.texts[path]])))
    }

    fn called(&self, name: &str) -> Vec<String> {
        let ending = format!("/{name}");
        self.texts.keys().filter(|path| *path == name || path.ends_with(&ending)).cloned().collect()
    }

    /// All that its own target and the project itself are made of.
    fn link_state(&self, step: &Value) -> blake3::Hash {
        let target = text(step, "target");
        let other = |dir: &str| dir != target && self.clean.grouped.iter().any(|name| name == dir);
        let stems = self.clean.database.values().map(|object| stem(object));
        let own: Vec<&str> = stems.filter(|stem| !stem.split('/').nth(3).is_some_and(other)).collect();
        let objects = self.after.iter().filter(|(path, _)| own.iter().any(|stem| path.starts_with(stem)));
        let objects: Vec<String> = objects.map(|(path, digest)| format!("{path} {digest}")).collect();
        hash(objects.iter().map(String::as_str).chain([self.surroundings.as_str()]))
    }

    /// What the step makes, of all that is there.
    fn made(&self, step: &Value, all: &Contents) -> Contents {
        let label = text(step, "label");
        let place = match self.clean.database.get(label) {
            Some(object) if is_compile(step) => stem(object),
            // A list of members lies beside the archive that only names them.
            _ if label.starts_with(".jmake_cache/") && text(step, "kind") == "archive" => stem(label),
            _ if self.after.contains_key(label) => label,
            _ => "",
        };
        all.iter().filter(|(path, _)| path.starts_with(place)).map(|(path, digest)| (path.clone(), *digest)).collect()
    }
}

impl Model {
    /// Something is known no more.
    pub fn forget(&mut self, loss: Loss) {
        if loss != Loss::Nothing {
            self.restorable.clear();
        }
        if loss == Loss::Records {
            self.built.clear();
        }
    }

    /// What a build did that it need not have done. Remembers what it did.
    pub fn judge(&mut self, steps: &[Value], facts: &Facts<'_>) -> Vec<String> {
        let wrong = steps.iter().filter_map(|step| self.wrong(step, facts)).collect();
        for step in steps {
            let (key, state) = (key(step, facts), facts.state(step));
            if !matches!(text(step, "outcome"), "ran" | "cached") {
                // A step that fails leaves no output.
                self.built.remove(&key);
                continue;
            }
            // What the linker is told in person nobody knows: such a link is kept out of the store.
            if key.0 != "link" || !facts.surroundings.contains("-Wl,") {
                let known = self.restorable.entry(key.clone()).or_default();
                known.retain(|it| *it != state);
                known.push_front(state);
                known.truncate(VARIANTS);
            }
            self.built.insert(key, (state, facts.made(step, &facts.after)));
        }
        wrong
    }

    fn wrong(&self, step: &Value, facts: &Facts<'_>) -> Option<String> {
        let (key, state) = (key(step, facts), facts.state(step));
        let outcome = text(step, "outcome");
        let known = self.restorable.get(&key).is_some_and(|known| known.contains(&state));
        let same = self.built.get(&key) == Some(&(state, facts.made(step, &facts.before)));
        let why = match outcome {
            "ran" | "cached" if same => "although nothing that it depends on changed",
            "ran" if known && !is_job(step) => "although its result was there",
            _ => return None,
        };
        Some(format!("{} {}: {outcome} ({}) {why}", key.0, key.1, text(step, "reason")))
    }
}

fn key(step: &Value, facts: &Facts<'_>) -> Step {
    // What jobs make is the same for all profiles.
    let profile = if is_job(step) { "" } else { facts.profile };
    (text(step, "kind").to_owned(), text(step, "label").to_owned(), profile.to_owned())
}

fn text<'a>(step: &'a Value, name: &str) -> &'a str {
    step[name].as_str().unwrap_or_default()
}

fn is_compile(step: &Value) -> bool {
    matches!(text(step, "kind"), "compile" | "frontend" | "backend")
}

fn is_job(step: &Value) -> bool {
    text(step, "kind") == "job"
}

/// With the dot, so that `a.c` is no part of `a.cpp`.
fn stem(output: &str) -> &str {
    output.rfind('.').map_or(output, |dot| &output[..=dot])
}

/// The names in `#include` and `__has_include` lines.
fn mentioned(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| line.starts_with('#')).filter_map(|line| {
        let rest = &line[line.find("include")?..];
        let from = rest.find(['"', '<'])? + 1;
        rest[from..].split(['"', '>']).next()
    })
}

fn hash<'a>(parts: impl Iterator<Item = &'a str>) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    hasher.finalize()
}
