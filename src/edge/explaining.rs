//! Carries out a dry run on the spot, and reads the texts by which an explanation finds its way. What is said is the engine's.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::World;
use super::judging;
use super::project_state::{DIRECTORY, OpenError, ProjectState};
use crate::engine::build::{Build, Effect, Event, Prepared, Records, Subject};
use crate::engine::explain::{Explanation, Texts};
use crate::engine::failure::Failure;
use crate::engine::ids::BuildId;
use crate::engine::path::FilePath;
use crate::engine::report::BuildEvent;
use crate::engine::request::BuildRequest;
use crate::engine::scan::facts::Include;
use crate::engine::scan::kind::FileKind;
use crate::engine::scan::source::scan;

/// What is remembered of a project, without beginning to remember.
pub fn records(world: &World, root: &Path) -> Result<Records, OpenError> {
    if !super::fs::exists(&root.join(DIRECTORY)) {
        return Ok(Records::new());
    }
    Ok(ProjectState::open(world, root)?.0.records())
}

/// What would become of `subject`; `None` if nobody knows it. Nothing runs, and nothing is written.
pub fn explain(
    world: &World,
    root: &Path,
    request: BuildRequest,
    prepared: Prepared,
    records: Records,
    subject: &Subject,
) -> Result<Option<Explanation>, Failure> {
    let request = BuildRequest { dry_run: true, ..request };
    let (mut build, effects) = Build::start(BuildId(0), request, prepared, records, Duration::ZERO);
    build.read_texts(Box::new(Read { world: world.clone(), root: root.to_owned(), known: Mutex::default() }));
    let mut open: VecDeque<Effect> = effects.into();
    let mut notes = Vec::new();
    while let Some(effect) = open.pop_front() {
        match effect {
            Effect::Judge { tasks, assumed, taints } => {
                let judged = judging::judge_all(world, root, &tasks, assumed, taints);
                open.extend(build.on_event(Duration::ZERO, Event::Judged(judged)));
            }
            Effect::Emit(BuildEvent::Notice { text }) => notes.push(text),
            Effect::Emit(BuildEvent::BuildError { first, .. }) => return Err(Failure::usage(first)),
            _ => {}
        }
    }
    Ok(build.explanation(subject).map(|found| Explanation { notes, ..found }))
}

/// Texts of this machine, each read once.
#[derive(Debug)]
struct Read {
    world: World,
    root: PathBuf,
    known: Mutex<HashMap<FilePath, Vec<Include>>>,
}

impl Texts for Read {
    fn includes(&self, path: &FilePath) -> Vec<Include> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(path) {
            return found.clone();
        }
        // A header of the system may have no extension.
        let language = FileKind::of(path).scanned_as().or(FileKind::Header.scanned_as());
        let text = self.world.fs.read(&path.under(&self.root)).unwrap_or_default();
        let found = language.map(|language| scan(&text, language).includes).unwrap_or_default();
        known.insert(path.clone(), found.clone());
        found
    }
}
