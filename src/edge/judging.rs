//! Gathers the facts by which steps are judged, and puts outputs back. The judgement itself is the engine's.

use std::path::Path;

use rayon::prelude::*;

use super::World;
use super::directories::OfProject;
use crate::engine::build::{JudgeTask, Judged, Records};
use crate::engine::cxx::lower::Lowered;
use crate::engine::digest::Digest;
use crate::engine::fingerprint::{self, Facts, Identity, Judgement, Record};
use crate::engine::graph::StepSpec;
use crate::engine::path::FilePath;
use crate::engine::scan::binary;

/// The world as it is now, seen from a root.
struct Now<'a> {
    world: &'a World,
    root: &'a Path,
    directories: OfProject<'a>,
}

impl Facts for Now<'_> {
    fn identity(&self, path: &FilePath) -> Option<Identity> {
        self.world.identity(&path.under(self.root))
    }

    fn stored(&self, digest: &Digest) -> bool {
        self.world.store.has(digest)
    }

    fn directories(&self) -> &dyn fingerprint::Directories {
        &self.directories
    }
}

/// Judges steps side by side.
#[must_use]
pub fn judge_all(world: &World, root: &Path, tasks: &[JudgeTask]) -> Vec<Judged> {
    let base = FilePath::new(root);
    tasks.par_iter().with_min_len(16).map(|task| judge(world, root, &base, task)).collect()
}

/// Whether every step is what its newest record says.
#[must_use]
pub fn all_newest(world: &World, root: &Path, lowered: &Lowered, records: &Records) -> bool {
    let base = FilePath::new(root);
    let is_newest = |spec: &StepSpec| {
        let known = spec.outputs.first().and_then(|output| records.get(&output.path)).map_or(&[][..], |all| all.as_slice());
        let now = Now { world, root, directories: world.directories.of(root) };
        fingerprint::verdict(spec, &base, known, &now) == Judgement::UpToDate { record: 0 }
    };
    lowered.steps.par_iter().with_min_len(16).all(is_newest)
}

fn judge(world: &World, root: &Path, base: &FilePath, task: &JudgeTask) -> Judged {
    let now = Now { world, root, directories: world.directories.of(root) };
    let judgement = fingerprint::verdict(&task.spec, base, &task.records, &now);
    let look = task.inspect_main && matches!(judgement, Judgement::UpToDate { .. });
    let defines_main = look.then(|| defines_main(world, root, &task.spec));
    Judged { step: task.step, judgement, defines_main }
}

fn defines_main(world: &World, root: &Path, spec: &StepSpec) -> bool {
    let Some(output) = spec.outputs.first() else { return false };
    world.fs.read(&output.path.under(root)).is_ok_and(|bytes| binary::defines_symbol(&bytes, "main"))
}

/// Puts a record's outputs back from the store; then, if asked, says whether the first defines `main`.
pub fn restore(world: &World, root: &Path, record: &Record, inspect_main: bool) -> Result<Option<bool>, String> {
    for (path, identity, mode) in &record.outputs {
        let place = path.under(root);
        world.fs.create_dir_all(&path.parent().under(root)).map_err(|error| error.to_string())?;
        world.store.get_to(&identity.digest, &place, *mode).map_err(|error| error.to_string())?;
        world.digests.forget(&place);
    }
    let first = record.outputs.first().filter(|_| inspect_main);
    Ok(first.map(|(path, ..)| world.fs.read(&path.under(root)).is_ok_and(|bytes| binary::defines_symbol(&bytes, "main"))))
}
