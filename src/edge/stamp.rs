//! What a settled build leaves for the next process: its answer, and what the system said of all that it looked at. As long as the system
//! says the same, the answer is the same. Does not know what a build is described from.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::fences::Fences;
use super::fs::Stat;
use super::settling::Surroundings;
use super::{driver_places, opaque_runs, own_process, project_state, snapshot};
use crate::engine::build::Answer;
use crate::engine::digest::{Digest, Hasher};
use crate::engine::path::FilePath;
use crate::engine::request::RequestKey;
use crate::engine::settled::Settled;

/// The file in a project's state directory.
const FILE: &str = "stamps";
/// What changed so shortly before it was looked at may change again without its stat telling.
const DOUBT: Duration = Duration::from_millis(20);
/// So many kinds of request of one project are kept.
const KEPT: usize = 4;

/// What the system said of one path.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Row {
    path: FilePath,
    /// None if nothing was there.
    stat: Option<Stat>,
    /// What it held, where the stat alone does not tell.
    content: Option<Digest>,
}

/// A build that found nothing to do, or had done it all.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stamp {
    /// What was asked.
    pub key: RequestKey,
    /// What is said as long as the rest holds.
    pub answer: Answer,
    /// Of each conditional `main`, whether its object defines it.
    pub confirmed: BTreeMap<FilePath, bool>,
    /// Whether it has opaque commands, and the newest run of one that it knows of.
    runs_opaque: bool,
    run: Option<u64>,
    /// Which JMake said so: another one may see more.
    program: (u64, i128),
    /// On what kind of processor: flags may mean another one elsewhere.
    processor: Digest,
    /// What has to be watched, real paths.
    watched: BTreeSet<FilePath>,
    /// Everything that was looked at, absent things too. Directories tell of the names in them.
    table: Vec<Row>,
    /// What else it stood on.
    fences: Fences,
}

impl Stamp {
    /// Looks at everything around a settled build. Whoever asks makes sure that nothing changes meanwhile.
    #[must_use]
    pub fn take(
        root: &Path,
        key: RequestKey,
        answer: Answer,
        (confirmed, run): (BTreeMap<FilePath, bool>, Option<u64>),
        settled: &Settled,
        around: &Surroundings,
    ) -> Self {
        let of = |path: &PathBuf| FilePath::new(path.strip_prefix(root).unwrap_or(path));
        let watched: BTreeSet<FilePath> = around.directories.iter().chain(&around.files).map(of).collect();
        let all: BTreeSet<FilePath> = settled.paths().cloned().chain(watched.iter().cloned()).collect();
        let all: Vec<FilePath> = all.into_iter().collect();
        let since = SystemTime::now().checked_sub(DOUBT);
        let look = |path: &FilePath| Row::look(root, path, since);
        let table: Vec<Row> = all.par_iter().with_min_len(64).map(look).collect();
        let (program, processor) = (own_process::executable(), driver_places::processor());
        let runs_opaque = settled.runs_opaque();
        Self { key, answer, confirmed, runs_opaque, run, program, processor, watched, table, fences: around.fences.clone() }
    }

    /// What has to be watched before [`Self::holds`] is asked, so that nothing is missed afterwards.
    #[must_use]
    pub fn watched(&self, root: &Path) -> Vec<PathBuf> {
        self.watched.iter().map(|path| path.under(root)).chain(self.fences.watched().map(Path::to_owned)).collect()
    }

    /// Whether no command has run since that may have changed what nobody named.
    #[must_use]
    pub fn knows_all_runs(&self, root: &Path) -> bool {
        !self.runs_opaque || self.run == opaque_runs::newest(root)
    }

    /// What it stood on beside files that were read.
    #[must_use]
    pub fn fences(&self) -> &Fences {
        &self.fences
    }

    /// Whether the system says of everything what it said then.
    #[must_use]
    pub fn holds(&self, root: &Path) -> bool {
        let same_machine = self.program == own_process::executable() && self.processor == driver_places::processor();
        same_machine
            && self.knows_all_runs(root)
            && self.fences.all_hold()
            && self.table.par_iter().with_min_len(64).all(|row| row.holds(root))
    }

    /// Whether all is as it was when it was found to hold, if this is all that was heard since.
    #[must_use]
    pub fn still_holds(&self, root: &Path, heard: &HashSet<PathBuf>) -> bool {
        self.fences.hold(heard) && heard.iter().all(|path| self.ignores(root, path))
    }

    /// Whether a change of `path` is nothing to it: JMake wrote it for itself, or it lies where only programs and the like were looked at.
    fn ignores(&self, root: &Path, path: &Path) -> bool {
        let path = FilePath::new(path.strip_prefix(root).unwrap_or(path));
        let (own, parent) = (FilePath::from(project_state::DIRECTORY), path.parent());
        let elsewhere = !self.watched.contains(&parent) && !self.watched.contains(&path);
        elsewhere || parent == own && self.table.iter().all(|row| row.path != path)
    }
}

/// Those that were written last, of a project.
#[must_use]
pub fn read(root: &Path) -> Vec<Stamp> {
    snapshot::read_at(&place(root)).unwrap_or_default()
}

/// Removes all of a project: what they stood on may be another.
pub fn forget(root: &Path) {
    // There may be none.
    let _absent = std::fs::remove_file(place(root));
}

/// Writes these, and keeps others that were written before. What cannot be written costs the next process time, and is logged.
pub fn write(root: &Path, stamps: Vec<Stamp>) {
    if stamps.is_empty() || !place(root).parent().is_some_and(Path::is_dir) {
        return;
    }
    let mut all = read(root);
    all.retain(|old| stamps.iter().all(|stamp| stamp.key != old.key));
    all.extend(stamps);
    let surplus = all.len().saturating_sub(KEPT);
    all.drain(..surplus);
    if let Err(error) = snapshot::write_at(&place(root), &all) {
        tracing::warn!("the stamps of {} could not be written: {error}", root.display());
    }
}

fn place(root: &Path) -> PathBuf {
    root.join(project_state::DIRECTORY).join(FILE)
}

impl Row {
    fn look(root: &Path, path: &FilePath, since: Option<SystemTime>) -> Self {
        let stat = stat(root, path);
        let doubtful = stat.is_some_and(|stat| since.is_none_or(|since| stat.changed_since(since)));
        Self { path: path.clone(), stat, content: doubtful.then(|| content(&path.under(root))) }
    }

    fn holds(&self, root: &Path) -> bool {
        stat(root, &self.path) == self.stat && self.content.is_none_or(|then| then == content(&self.path.under(root)))
    }
}

/// JMake itself writes in its directory at any time: of that, only which one it is counts.
fn stat(root: &Path, path: &FilePath) -> Option<Stat> {
    let stat = Stat::of(&std::fs::metadata(path.under(root)).ok()?);
    let own = path.as_bytes() == project_state::DIRECTORY.as_bytes();
    Some(if own { Stat { size: 0, mtime_ns: 0, ctime_ns: 0, links: 0, ..stat } } else { stat })
}

/// The text of a file, the names in a directory.
fn content(place: &Path) -> Digest {
    let mut hasher = Hasher::default();
    if let Ok(entries) = std::fs::read_dir(place) {
        let mut names: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.file_name())).collect();
        names.sort();
        for name in names {
            hasher.part(name.as_encoded_bytes());
        }
    } else {
        hasher.raw(&super::fs::read(place).unwrap_or_default());
    }
    hasher.finish()
}
