//! What lasts of a build: the files that its configuration stands for. What stood for it before and does not any more goes, as its source
//! did. Does not know what lies on disk.

use std::collections::BTreeSet;

use super::{Build, Records};
use crate::engine::cxx::lower::{CompileCommand, artifact_paths, is_denied};
use crate::engine::digest::{Digest, Hasher};
use crate::engine::path::FilePath;

/// Objects and artifacts of all targets, built or not.
pub type Paths = BTreeSet<FilePath>;

/// All that one configuration stands for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Lasting {
    /// Settings of another name, another profile or another directory make other files.
    pub configuration: Digest,
    /// What it makes.
    pub paths: Paths,
    /// All of that is made, and nothing else is any more.
    pub complete: bool,
}

impl Build {
    /// What lasts of it, if it looked at everything and came to this.
    #[must_use]
    pub fn lasting(&self, exit_code: u8) -> Option<Lasting> {
        let (_, commands) = self.compile_database()?;
        let project = &self.request.project;
        let mut hasher = Hasher::default();
        hasher.part(project.profile.as_bytes()).part(project.build_dir.as_bytes());
        hasher.part(project.config.as_ref().map(FilePath::as_bytes).unwrap_or_default());
        let objects = commands.into_iter().map(|CompileCommand { output, .. }| output);
        let (settings, discovery) = (&self.front_end.settings, &self.front_end.discovery);
        let targets = discovery.targets.iter().filter(|target| !is_denied(discovery, &self.confirmed, target));
        let artifacts = targets.flat_map(|target| artifact_paths(settings, discovery, target));
        Some(Lasting { configuration: hasher.finish(), paths: objects.chain(artifacts).collect(), complete: exit_code == 0 })
    }
}

/// What was made `before` and is not `now`: each file, and all that JMake ever made of it.
#[must_use]
pub fn gone(before: &Paths, now: &Paths, records: &Records) -> Vec<(FilePath, Vec<Digest>)> {
    let stems: BTreeSet<FilePath> = before.difference(now).map(stem).collect();
    if stems.is_empty() {
        return Vec::new();
    }
    let ended = records.iter().filter(|(path, _)| stems.contains(&stem(path)) && !now.contains(path));
    let mut all: Vec<(FilePath, Vec<Digest>)> = Vec::new();
    for record in ended.flat_map(|(_, records)| records.iter()) {
        for (path, identity, _) in record.outputs.iter().filter(|(path, ..)| !now.contains(path)) {
            match all.iter_mut().find(|(known, _)| known == path) {
                Some((_, digests)) => digests.push(identity.digest),
                None => all.push((path.clone(), vec![identity.digest])),
            }
        }
    }
    all.sort();
    all
}

/// One source may be made into several files beside each other: its module and its object.
fn stem(path: &FilePath) -> FilePath {
    FilePath::new(path.as_path().with_extension(""))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::execution::Execution;
    use crate::engine::fingerprint::{Identity, record_of};
    use crate::engine::graph::StepSpec;
    use crate::engine::graph::tests::spec;

    #[test]
    fn what_no_source_is_made_into_goes_with_all_that_came_of_it() {
        let mut records = Records::new();
        for line in ["o/a.c.bc : a.c", "o/a.c.o o/a.c.dwo : o/a.c.bc", "o/b.c.o : b.c", "bin/a : o/a.c.o", "other/a.c.o : a.c"] {
            let step: StepSpec = spec(line);
            let outputs = step.outputs.iter().map(|output| (output.path.clone(), Identity::of(Digest::of(line.as_bytes())), 0)).collect();
            let record = record_of(&step, &"/p".into(), &Execution { outputs, ..Execution::empty() }, None);
            records.insert(step.outputs[0].path.clone(), Arc::new(vec![record]));
        }
        let paths = |all: &[&str]| all.iter().map(|path| FilePath::from(*path)).collect::<Paths>();
        let check = |before: &[&str], now: &[&str], expect: &str| {
            let gone: Vec<String> = gone(&paths(before), &paths(now), &records).iter().map(|(path, _)| path.to_string()).collect();
            assert_eq!(gone.join(" "), expect);
        };
        let before = ["bin/a", "o/a.c.o", "o/b.c.o"];
        check(&before, &before, "");
        check(&before, &["o/b.c.o"], "bin/a o/a.c.bc o/a.c.dwo o/a.c.o");
        check(&before, &["bin/a", "o/b.c.o"], "o/a.c.bc o/a.c.dwo o/a.c.o");
        check(&["o/never.c.o"], &[], "");
    }
}
