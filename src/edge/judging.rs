//! Gathers the facts by which steps are judged, and puts outputs back. The judgement itself is the engine's.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rayon::prelude::*;

use super::World;
use super::directories::OfProject;
use crate::engine::build::{JudgeTask, Judged, Records};
use crate::engine::cxx::lower::Lowered;
use crate::engine::digest::Digest;
use crate::engine::fingerprint::{self, Facts, Identity, Input, Judgement, Reading, Record, Run, Taints};
use crate::engine::graph::StepSpec;
use crate::engine::path::FilePath;
use crate::engine::scan::binary;

/// The world as it is now, seen from a root. What was looked at once is not looked at again: steps share most of their inputs.
struct Now<'a> {
    world: &'a World,
    root: &'a Path,
    base: FilePath,
    directories: OfProject<'a>,
    taints: Taints,
    seen: RwLock<HashMap<FilePath, Option<Identity>>>,
    /// Runs of inputs by where they lie, and whether they hold: records outlive this.
    runs: RwLock<HashMap<usize, bool>>,
}

impl<'a> Now<'a> {
    fn at(world: &'a World, root: &'a Path, taints: Taints) -> Self {
        Self {
            world,
            root,
            base: FilePath::new(root),
            directories: world.directories.of(root),
            taints,
            seen: RwLock::default(),
            runs: RwLock::default(),
        }
    }
}

impl Facts for Now<'_> {
    fn identity(&self, path: &FilePath) -> Option<Identity> {
        let look = || self.taints.on(path, self.world.identity(&path.under(self.root)));
        if let Some(known) = self.seen.read().unwrap_or_else(PoisonError::into_inner).get(path) {
            return *known;
        }
        let identity = look();
        self.seen.write().unwrap_or_else(PoisonError::into_inner).insert(path.clone(), identity);
        identity
    }

    fn hold(&self, inputs: &Run<Input>) -> bool {
        let place = inputs.as_ptr().addr();
        if let Some(known) = self.runs.read().unwrap_or_else(PoisonError::into_inner).get(&place) {
            return *known;
        }
        let digest = |identity: Identity| identity.digest;
        let hold = inputs.iter().all(|input| self.identity(&input.0).map(digest) == input.1.map(digest));
        self.runs.write().unwrap_or_else(PoisonError::into_inner).insert(place, hold);
        hold
    }

    fn output(&self, path: &FilePath) -> Option<(Identity, u32)> {
        let (digest, stat) = self.world.digests.held(&path.under(self.root))?;
        Some((Identity::of(digest), stat.mode))
    }

    fn written(&self, path: &FilePath) -> Option<i64> {
        self.world.fs.stat(&path.under(self.root)).ok().map(|stat| stat.written())
    }

    fn essence(&self, path: &FilePath, content: &Digest, reading: Reading) -> Option<Digest> {
        let held = || self.identity(path).is_some_and(|now| now.digest == *content);
        match reading {
            Reading::Text(dialect) => {
                let read = || held().then(|| self.world.texts.of(&path.under(self.root), content)).flatten();
                self.world.text_of(self.root, content).or_else(read)?.digest(dialect).ok()
            }
            Reading::Interface => {
                let read = || held().then(|| self.world.offers.of(&path.under(self.root), content)).flatten();
                self.world.offers.known(content).or_else(read)?.interface()
            }
        }
    }

    fn stored(&self, digest: &Digest) -> bool {
        self.world.store.has(digest)
    }

    fn directories(&self) -> &dyn fingerprint::Directories {
        &self.directories
    }
}

/// Judges steps side by side. Files of `assumed` are taken to be so.
#[must_use]
pub fn judge_all(world: &World, root: &Path, tasks: &[JudgeTask], assumed: Vec<(FilePath, Identity)>, taints: Taints) -> Vec<Judged> {
    let seen = assumed.into_iter().map(|(path, identity)| (path, Some(identity))).collect();
    let now = Now { seen: RwLock::new(seen), ..Now::at(world, root, taints) };
    tasks.par_iter().with_min_len(16).map(|task| judge(&now, task)).collect()
}

/// Whether every step is what its newest record says.
#[must_use]
pub fn all_newest(world: &World, root: &Path, lowered: &Lowered, records: &Records) -> bool {
    let now = Now::at(world, root, records.taints().clone());
    let is_newest = |spec: &StepSpec| {
        let known = spec.outputs.first().and_then(|output| records.get(&output.path)).map_or(&[][..], |all| all.as_slice());
        matches!(fingerprint::verdict(spec, &now.base, known, &now), Judgement::UpToDate { record: 0, .. })
    };
    lowered.steps.par_iter().with_min_len(16).all(is_newest)
}

fn judge(now: &Now<'_>, task: &JudgeTask) -> Judged {
    let judgement = fingerprint::verdict(&task.spec, &now.base, &task.records, now);
    let look = task.inspect_main && matches!(judgement, Judgement::UpToDate { .. });
    let defines_main = look.then(|| defines_main(now.world, now.root, &task.spec));
    let renewed = judgement.renewed(&task.spec, &task.records, &now.taints).map(Arc::new);
    let light = is_light(now, &task.spec);
    Judged { step: task.step, judgement, renewed, defines_main, light }
}

/// Whether its inputs are as small as they have to be for its light way.
fn is_light(now: &Now<'_>, spec: &StepSpec) -> bool {
    let size = |path: &FilePath| now.world.digests.held(&path.under(now.root)).map_or(0, |(_, stat)| stat.size);
    spec.light().is_some() && spec.is_light(spec.explicit.iter().map(size).sum())
}

fn defines_main(world: &World, root: &Path, spec: &StepSpec) -> bool {
    let Some(output) = spec.outputs.first() else { return false };
    world.fs.read(&output.path.under(root)).is_ok_and(|bytes| binary::defines_symbol(&bytes, "main"))
}

/// Puts a record's outputs back from the store; then, if asked, says whether the first defines `main`.
pub fn restore(world: &World, root: &Path, spec: &StepSpec, record: &Record, inspect_main: bool) -> Result<Option<bool>, String> {
    for (path, identity, mode) in &record.outputs {
        let place = path.under(root);
        world.fs.create_dir_all(&path.parent().under(root)).map_err(|error| error.to_string())?;
        match spec.outputs.iter().find(|output| output.path == *path).and_then(|output| output.leads_to.as_ref()) {
            Some(target) => world.fs.link(target.as_path(), &place).map_err(|error| error.to_string())?,
            None => world.store.get_to(&identity.digest, &place, *mode).map_err(|error| error.to_string())?,
        }
        world.digests.forget(&place);
    }
    let first = record.outputs.first().filter(|_| inspect_main);
    Ok(first.map(|(path, ..)| world.fs.read(&path.under(root)).is_ok_and(|bytes| binary::defines_symbol(&bytes, "main"))))
}
