//! What a step is given to read, as it was before it ran, and whether it still is. Costs what was doubted meanwhile, not what is read.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;

use crate::edge::World;
use crate::edge::fs::{Stat, exists};
use crate::engine::failure::Failure;
use crate::engine::fingerprint::{Identity, Input, run_number};
use crate::engine::graph::{Output, StepSpec};
use crate::engine::ids::RunId;
use crate::engine::path::FilePath;
use crate::engine::report::StepKind;

/// No thread is worth its while for fewer inputs: an archive may have tens of thousands.
const FEW: usize = 256;

/// Declared inputs, looked at.
pub(super) struct Before {
    /// Of the run.
    pub(super) number: u64,
    /// What each was.
    pub(super) inputs: Vec<Input>,
    /// Those of them that may change without being doubted.
    loose: Vec<usize>,
    /// When it was looked at the others.
    moment: u64,
    /// Its outputs, where one that it does not touch counts as older.
    outputs: Vec<(FilePath, Stat)>,
}

impl Before {
    /// Looks at what `spec` declares.
    pub(super) fn look(world: &World, spec: &StepSpec, root: &Path, run: RunId) -> Self {
        let stat = |output: &Output| Some((output.path.clone(), world.fs.stat(&output.path.under(root)).ok()?));
        let outputs = spec.outputs.iter().filter(|_| spec.flags.restat).filter_map(stat).collect();
        let began = world.clock.wall().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let number = run_number(began, std::process::id(), run.0.into());
        let moment = world.digests.moment();
        let look = |path: &FilePath| {
            let (digest, firm) = world.digests.firm(&path.under(root));
            ((path.clone(), digest.map(Identity::of)), firm)
        };
        let all = spec.explicit.par_iter().chain(&spec.implicit).with_min_len(FEW).map(look);
        let (inputs, firm): (Vec<Input>, Vec<bool>) = all.unzip();
        let loose = firm.iter().enumerate().filter(|(_, firm)| !**firm).map(|(at, _)| at).collect();
        Self { number, inputs, loose, moment, outputs }
    }

    /// Whether something is heard before any of them is another.
    pub(super) fn is_firm(&self) -> bool {
        self.loose.is_empty()
    }

    /// A job would do with nothing what it is to do with a file that is not there.
    pub(super) fn refuse_missing(&self, spec: &StepSpec, root: &Path) -> Result<(), Failure> {
        let missing = |(path, identity): &&Input| identity.is_none() && !exists(&path.under(root));
        let Some((path, _)) = self.inputs.iter().find(missing).filter(|_| spec.kind == StepKind::Job) else { return Ok(()) };
        let advice = "write it, take it from the job's `inputs`, or let another job make it";
        Err(Failure::usage(format!("job `{}` reads {path}, which does not exist; {advice}", spec.target)))
    }

    /// Those outputs that are as they were.
    pub(super) fn untouched(&self, world: &World, root: &Path) -> Vec<FilePath> {
        let same = |(path, then): &&(FilePath, Stat)| world.fs.stat(&path.under(root)).is_ok_and(|now| now == *then);
        self.outputs.iter().filter(same).map(|(path, _)| path.clone()).collect()
    }

    /// The first that is another now. All that happened has to be heard already.
    pub(super) fn changed(&self, world: &World, root: &Path) -> Option<&FilePath> {
        let differs = |input: &&Input| world.identity(&input.0.under(root)) != input.1;
        let first = match world.digests.doubted_since(self.moment) {
            None => self.inputs.iter().find(differs),
            Some(doubted) => {
                let within = |path: PathBuf| FilePath::new(path.strip_prefix(root).unwrap_or(&path));
                let doubted: HashSet<FilePath> = doubted.into_iter().map(within).collect();
                let loose = self.loose.iter().map(|at| &self.inputs[*at]);
                loose.chain(self.inputs.iter().filter(|(path, _)| doubted.contains(path))).find(differs)
            }
        };
        first.map(|(path, _)| path)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::engine::change_log::Change;
    use crate::engine::graph::tests::spec;

    fn write(path: &Path, text: &str) {
        std::fs::write(path, text).unwrap();
        // Long ago, so that the stat proves the content.
        let past = SystemTime::now() - Duration::from_secs(60);
        std::fs::File::options().write(true).open(path).unwrap().set_modified(past).unwrap();
    }

    #[test]
    fn what_changed_is_found_whether_it_is_doubted_or_not() {
        let dir = tempfile::tempdir().unwrap();
        let (root, world) = (dir.path(), World::real(&dir.path().join("cache")));
        let (a, b) = (root.join("a"), root.join("b"));
        let look = || Before::look(&world, &spec("o: a b none"), root, RunId(0));
        let heard = |path: &Path| world.digests.doubt(&Change::Entry { watched: root.into(), path: path.into() });
        write(&a, "one");
        write(&b, "one");
        assert!(world.digests.made(&a, || true).is_some());
        let before = look();
        assert_eq!(before.loose, [1, 2]);
        assert_eq!(before.changed(&world, root), None);
        write(&b, "two");
        assert_eq!(before.changed(&world, root), Some(&"b".into()), "nobody vouches for it");
        let before = look();
        write(&a, "two");
        assert_eq!(before.changed(&world, root), None, "nothing was heard");
        heard(&a);
        assert_eq!(before.changed(&world, root), Some(&"a".into()));
        let before = look();
        world.digests.doubt(&Change::Everything);
        assert_eq!(before.changed(&world, root), None);
        write(&root.join("none"), "there");
        assert_eq!(before.changed(&world, root), Some(&"none".into()));
    }
}
