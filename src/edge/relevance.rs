//! Looks at what concerns a project that is being watched, whether it builds or not. What that is, is decided in the engine.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::World;
use super::fs::Stat;
use super::project_state::ProjectState;
use super::settling::{self, Surroundings};
use crate::engine::build::Records;
use crate::engine::config::settings::Settings;
use crate::engine::path::FilePath;
use crate::engine::settled::{Glance, Places, Scope};
use crate::engine::tree::Tree;

/// The files of a project and those that its builds read, as of one look.
#[derive(Debug)]
pub struct Relevance {
    root: PathBuf,
    scope: Scope,
    around: Surroundings,
}

/// What a project is made of.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the types say all")]
pub struct Outline {
    pub root: PathBuf,
    pub tree: Arc<Tree>,
    /// `None`: they are not valid.
    pub settings: Option<Arc<Settings>>,
    pub build_dir: FilePath,
    pub config: Option<FilePath>,
}

/// The states of many files, to be compared with later ones.
pub type Stats = BTreeMap<FilePath, Option<Stat>>;

impl Relevance {
    /// Of this project, as its records are now.
    #[must_use]
    pub fn of(world: &World, outline: Outline) -> Self {
        let Outline { root, tree, settings, build_dir, config } = outline;
        // A project that cannot be built has none.
        let records = ProjectState::open(world, &root).map_or_else(|_| Records::default(), |(state, _)| state.records());
        let mut paths: HashSet<FilePath> =
            records.all_newest().flat_map(|record| record.inputs.iter()).map(|(path, _)| path.clone()).collect();
        paths.extend(tree.files.iter().map(|file| file.path.clone()));
        // Any name in them will do: what counts is where it would be.
        let searched = settings.iter().flat_map(|settings| &settings.options.include_dirs);
        paths.extend(searched.map(|dir| dir.join("any")));
        let places = Places { build_dir, config, ..Places::default() };
        let (places, around) = settling::outline(world, &root, &tree, &paths.into_iter().collect::<Vec<_>>(), places);
        let output_dir = settings.as_ref().and_then(|settings| settings.output_dir.as_ref());
        Self { scope: Scope::new(&tree, &records, places, output_dir), around, root }
    }

    /// What has to be watched: directories, and files that have other names.
    #[must_use]
    pub fn watched(&self) -> Vec<PathBuf> {
        self.around.directories.iter().chain(&self.around.files).cloned().collect()
    }

    /// Those of these real paths that matter, by the names under which they are known.
    #[must_use]
    pub fn relevant(&self, heard: &HashSet<PathBuf>) -> Vec<FilePath> {
        let spelled = self.around.spelled(&self.root, heard).into_iter();
        spelled.filter(|path| self.scope.concerns(&glance(&self.root, path))).collect()
    }

    /// How all of it is now.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let paths: Vec<&FilePath> = self.scope.paths().collect();
        let stat = |path: &FilePath| std::fs::metadata(path.under(&self.root)).ok().filter(|about| !about.is_dir());
        paths.par_iter().with_min_len(64).map(|path| ((*path).clone(), stat(path).map(|about| Stat::of(&about)))).collect()
    }

    /// What differs between two looks and matters. What a build has come to read between them may be as it was.
    #[must_use]
    pub fn differing(&self, then: &Stats, now: &Stats) -> Vec<FilePath> {
        let gone = then.keys().filter(|path| !now.contains_key(path));
        let differs =
            |path: &FilePath, stat: &Option<Stat>| then.get(path).map_or_else(|| self.scope.is_walked(path), |known| known != stat);
        let others = now.iter().filter(|(path, stat)| differs(path, stat)).map(|(path, _)| path);
        gone.chain(others).filter(|path| self.scope.concerns(&glance(&self.root, path))).cloned().collect()
    }
}

fn glance(root: &Path, path: &FilePath) -> Glance {
    let about = std::fs::symlink_metadata(path.under(root));
    Glance { there: about.is_ok(), is_dir: about.is_ok_and(|_| path.under(root).is_dir()), path: path.clone() }
}
