//! Removes what the build of a configuration made before and makes no more. Does not know what a configuration stands for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{World, cleaning, project_state, snapshot};
use crate::engine::build::Records;
use crate::engine::build::lasting::{self, Lasting, Paths};
use crate::engine::digest::Digest;
use crate::engine::path::FilePath;

/// The file in a project's state directory.
const FILE: &str = "made";
/// So many configurations of one project are remembered.
const KEPT: usize = 16;

/// Removes what is left of the configuration's earlier builds, as far as it still is what JMake made. No build may run meanwhile. What cannot
/// be removed stays, and is logged. One that failed removes nothing: what it made counts for the next.
pub fn remove(world: &World, root: &Path, mut lasting: Lasting, records: &Records) {
    let mut all: BTreeMap<Digest, Paths> = snapshot::read_at(&place(root)).unwrap_or_default();
    let before = all.remove(&lasting.configuration).unwrap_or_default();
    if !lasting.complete {
        lasting.paths.extend(before.iter().cloned());
    }
    if before == lasting.paths {
        return;
    }
    let mut cleaned = cleaning::Cleaned::default();
    let is_ours = |path: &FilePath, digests: &[Digest]| world.identity(&path.under(root)).is_some_and(|now| digests.contains(&now.digest));
    let mut gone = lasting::gone(&before, &lasting.paths, records);
    // All are looked at before any goes: some are links to others.
    gone.retain(|(path, digests)| is_ours(path, digests));
    gone.iter().for_each(|(path, _)| cleaning::remove(world, root, path, &mut cleaned));
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::execution::Execution;
    use crate::engine::fingerprint::{Identity, record_of};
    use crate::engine::graph::tests::spec;

    #[test]
    fn what_a_build_made_that_failed_goes_with_the_next_one() {
        let dir = tempfile::tempdir().unwrap();
        let (world, root) = (World::real(&dir.path().join("cache")), dir.path().join("project"));
        std::fs::create_dir_all(root.join("bin")).unwrap();
        std::fs::create_dir(root.join(project_state::DIRECTORY)).unwrap();
        let made = |name: &str| (FilePath::from(name), Identity::of(Digest::of(b"made")), 0);
        let mut records = Records::new();
        for name in ["bin/a", "bin/b"] {
            std::fs::write(root.join(name), "made").unwrap();
            let run = Execution { outputs: vec![made(name)], ..Execution::empty() };
            records.insert(name.into(), Arc::new(vec![record_of(&spec(&format!("{name}: a.o")), &"/p".into(), &run, None)]));
        }
        let after = |paths: &[&str], complete: bool| {
            let paths = paths.iter().map(|path| FilePath::from(*path)).collect();
            remove(&world, &root, Lasting { configuration: Digest::of(b"dev"), paths, complete }, &records);
            ["bin/a", "bin/b"].map(|path| root.join(path).exists())
        };
        assert_eq!(after(&["bin/a"], false), [true, true]);
        assert_eq!(after(&["bin/b"], false), [true, true], "what it did not come to may be wanted still");
        assert_eq!(after(&["bin/b"], true), [false, true]);
    }
}
