//! Removes what the build of a configuration made before and makes no more. Does not know what a configuration stands for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{World, cleaning, project_state, snapshot};
use crate::engine::build::Records;
use crate::engine::build::lasting::{self, Lasting, Paths};
use crate::engine::digest::Digest;

/// The file in a project's state directory.
const FILE: &str = "made";
/// So many configurations of one project are remembered.
const KEPT: usize = 16;

/// Removes what is left of the configuration's last build, as far as it still is what JMake made. No build may run meanwhile. What cannot
/// be removed stays, and is logged.
pub fn remove(world: &World, root: &Path, lasting: Lasting, records: &Records) {
    let mut all: BTreeMap<Digest, Paths> = snapshot::read_at(&place(root)).unwrap_or_default();
    let before = all.remove(&lasting.configuration).unwrap_or_default();
    if before == lasting.paths {
        return;
    }
    let mut cleaned = cleaning::Cleaned::default();
    for (path, digests) in lasting::gone(&before, &lasting.paths, records) {
        if world.identity(&path.under(root)).is_some_and(|now| digests.contains(&now.digest)) {
            cleaning::remove(world, root, &path, &mut cleaned);
        }
    }
    cleaned.0.iter().for_each(|path| tracing::info!(%path, "removed: nothing makes it any more"));
    cleaned.1.iter().for_each(|(path, why)| tracing::warn!(%path, "left over: {why}"));
    while all.len() >= KEPT {
        all.pop_first();
    }
    all.insert(lasting.configuration, lasting.paths);
    if let Err(error) = snapshot::write_at(&place(root), &all) {
        tracing::warn!("what sources go will not be known in {}: {error}", root.display());
    }
}

fn place(root: &Path) -> PathBuf {
    root.join(project_state::DIRECTORY).join(FILE)
}
