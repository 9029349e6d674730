//! Looks around after a build: which directories it depended on, which names lead to the same file, and what would have to be asked each
//! time. And looks again at what is said to have changed. What either means is decided elsewhere.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::World;
use super::driver_places::{self, Driver};
use super::fences::Fences;
use super::fs::Stat;
use super::links::Links;
use super::{compile_database, tools_search};
use crate::engine::build::Records;
use crate::engine::change_log::Change;
use crate::engine::cxx::lower::Lowered;
use crate::engine::cxx::toolchain::{Identities, Toolchain};
use crate::engine::digest::Digest;
use crate::engine::path::{FilePath, fold};
use crate::engine::scan::kind::FileKind;
use crate::engine::scan::source::scan;
use crate::engine::settled::{Places, Seen, Settled};
use crate::engine::tree::Tree;
use crate::engine::variables::Variables;

/// What changed so shortly before it was looked at may change again without its stat telling.
const DOUBT: Duration = Duration::from_millis(20);

/// What surrounds a settled build.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// Directories whose changes concern it, real paths.
    pub directories: BTreeSet<PathBuf>,
    /// Files that other directories hold under other names.
    pub files: BTreeSet<PathBuf>,
    /// Spelled paths by the real one, where they differ.
    aliases: HashMap<PathBuf, Vec<FilePath>>,
    /// Those spelled paths: links lead there.
    linked: HashSet<FilePath>,
    /// Directories that were walked, by the real path, where that differs.
    linked_dirs: HashMap<PathBuf, Vec<FilePath>>,
    /// What else it stood on.
    pub fences: Fences,
}

/// What a build was described from.
#[derive(Debug)]
#[allow(missing_docs, reason = "the types say all")]
pub struct Sources {
    pub toolchain: Arc<Toolchain>,
    pub lowered: Lowered,
    pub tree: Arc<Tree>,
    pub variables: Variables,
    /// All that drivers were told, for any step.
    pub flags: Vec<FilePath>,
    /// All that ran, for any step, and what it was.
    pub programs: Arc<Identities>,
    /// Where other projects are described that this one needs.
    pub described_in: Vec<FilePath>,
    pub build_dir: FilePath,
    pub config: Option<FilePath>,
    /// When the first question was asked.
    pub since: SystemTime,
}

/// Arranges what a successful build left behind; `None` if something changed meanwhile that no watch tells.
#[must_use]
pub fn settle(world: &World, root: &Path, sources: Sources, records: &Records) -> Option<(Settled, Surroundings)> {
    let Sources { toolchain, lowered, tree, variables, flags, programs, described_in, build_dir, config, since } = sources;
    let database = Some(Digest::of(&compile_database::text(root, &lowered.compile_commands)));
    if world.digests.digest(&compile_database::place(root, &build_dir)) != database {
        return None;
    }
    let paths: Vec<FilePath> = looked_at(&lowered, records, &tree).into_iter().collect();
    let (places, mut around) = outline(world, root, &tree, &paths, Places { build_dir, config, database, ..Places::default() });
    let doubtful = since.checked_sub(DOUBT)?;
    let driver = Driver { bin_dir: toolchain.bin_dir.as_path(), flags: &flags, root, variables: &variables };
    let mut fences = fences(&toolchain, &driver);
    fences.extend(tools_search::files_of(world, programs.keys()));
    fences.extend(described_in.iter().map(|place| place.as_path().to_owned()));
    fences.extend(programs.keys().map(|program| program.as_path().to_owned()));
    around.fences = Fences::around(fences);
    // One that was gone for a moment loads nothing that could be fenced in.
    let is_another = tools_search::identities_of(world, programs.keys()) != *programs;
    if around.fences.changed_since(doubtful) || is_another {
        return None;
    }
    Some((Settled::new(lowered, records, &tree, places)?, around))
}

/// The directories around a project's files and `paths`, of which `places` names some already.
#[must_use]
pub fn outline(world: &World, root: &Path, tree: &Tree, paths: &[FilePath], mut places: Places) -> (Places, Surroundings) {
    let (mut around, mut links) = (Surroundings::default(), Links::default());
    places.walked.extend(tree.dirs.iter().cloned());
    let dirs: HashSet<FilePath> = tree.dirs.iter().cloned().chain(paths.iter().chain(&places.config).map(FilePath::parent)).collect();
    let dirs: HashMap<FilePath, bool> =
        dirs.into_iter().map(|dir| (dir.under(root).is_dir(), dir)).map(|(there, dir)| (dir, there)).collect();
    for path in paths.iter().chain(&places.config).filter(|path| dirs.get(&path.parent()) == Some(&true)) {
        around.add(root, path, &mut links);
    }
    for (dir, there) in world.directories.of(root).opened() {
        around.add_directory(root, &dir, there, &mut links, &mut places);
    }
    for target in world.directories.of(root).nowhere() {
        around.add_directory(root, &fold(&target), false, &mut links, &mut places);
    }
    for (dir, there) in dirs {
        around.add_directory(root, &dir.under(root), there, &mut links, &mut places);
    }
    for dir in &tree.dirs {
        let (place, real) = (dir.under(root), links.real(&dir.under(root)));
        if real != place {
            around.linked_dirs.entry(real).or_default().push(dir.clone());
        }
    }
    for dir in &tree.marked {
        around.directories.insert(links.real(&dir.under(root)));
        places.marked.insert(dir.clone());
    }
    for link in &links.followed {
        places.hinges.insert(FilePath::new(link.strip_prefix(root).unwrap_or(link)));
        around.directories.extend(link.parent().map(Path::to_owned));
    }
    (places, around)
}

/// Every file that the build read, made or looked at.
fn looked_at(lowered: &Lowered, records: &Records, tree: &Tree) -> HashSet<FilePath> {
    let newest = lowered.steps.iter().filter_map(|step| records.get(&step.outputs.first()?.path)?.first());
    let recorded = newest.flat_map(|record| record.inputs.iter().map(|(path, _)| path).chain(record.outputs.iter().map(|(path, ..)| path)));
    recorded.chain(tree.files.iter().map(|file| &file.path)).chain(&lowered.maybe_inputs).cloned().collect()
}

impl Surroundings {
    fn add(&mut self, root: &Path, path: &FilePath, links: &mut Links) {
        let place = path.under(root);
        let real = links.real(&place);
        if has_names(&real) {
            self.files.insert(real.clone());
        }
        self.directories.extend(real.parent().map(Path::to_owned));
        if real != place {
            self.aliases.entry(real).or_default().push(path.clone());
            self.linked.insert(path.clone());
        }
    }

    /// Also under its real name: that is the one under which changes are heard of.
    fn add_directory(&mut self, root: &Path, dir: &Path, there: bool, links: &mut Links, places: &mut Places) {
        let real = links.real(dir);
        if real != dir {
            self.add_name_of_directory(root, &real, there, links, places);
        }
        self.add_name_of_directory(root, dir, there, links, places);
    }

    fn add_name_of_directory(&mut self, root: &Path, dir: &Path, there: bool, links: &mut Links, places: &mut Places) {
        let seen = |path: &Path| FilePath::new(path.strip_prefix(root).unwrap_or(path));
        // Events name the real one.
        places.searched.extend([seen(dir), seen(&links.real(dir))]);
        let mut absent = dir;
        while !there && !absent.exists() {
            places.hinges.insert(seen(absent));
            absent = absent.parent().unwrap_or(Path::new("/"));
        }
        // A directory may be moved away with all that is in it, and only the one above it tells.
        for above in absent.ancestors().take_while(|above| *above != root && above.parent().is_some()) {
            if !above.starts_with(root) && above != absent {
                break;
            }
            places.hinges.insert(seen(above));
            self.directories.extend(links.real(above).parent().map(Path::to_owned));
        }
        self.directories.insert(links.real(absent));
    }

    /// All that has to be watched.
    pub fn watched(&self) -> impl Iterator<Item = &Path> {
        self.directories.iter().chain(&self.files).map(PathBuf::as_path).chain(self.fences.watched())
    }

    /// All that was looked at and is watched need not be looked at until something is heard of it.
    pub fn vouch<'a>(&self, world: &World, root: &Path, paths: impl Iterator<Item = &'a FilePath>) {
        for path in paths.filter(|path| !self.linked.contains(*path)) {
            // Of what cannot be vouched for the next build asks again.
            let _held = world.vouch(&path.under(root));
        }
    }

    /// Looks at paths of which something was heard; those that concern nobody are left out. `None` if one of them has another name now,
    /// under which it may change unheard.
    #[must_use]
    pub fn look(&self, world: &World, root: &Path, settled: &Settled, heard: &HashSet<PathBuf>) -> Option<Vec<Seen>> {
        let concerning: Vec<FilePath> = self.spelled(root, heard).into_iter().filter(|path| settled.concerns(path)).collect();
        // What a new link leads to may change unheard, and one that leads nowhere is found by nobody.
        let turned = |path: &FilePath| {
            let place = path.under(root);
            place.is_symlink() && !(self.linked.contains(path) && place.exists())
        };
        if concerning.iter().any(turned) {
            return None;
        }
        if heard.iter().any(|place| has_names(place) && !self.files.contains(place)) {
            // Its other names are not known: any file may be it.
            world.digests.doubt(&Change::Everything);
            return None;
        }
        // A name that was not heard of leads there by a link.
        self.vouch(world, root, concerning.iter().filter(|path| heard.contains(&path.under(root))));
        Some(concerning.into_iter().map(|path| seen(world, root, settled.held(&path), path)).collect())
    }

    /// The names under which these real paths are known.
    #[must_use]
    pub fn spelled(&self, root: &Path, heard: &HashSet<PathBuf>) -> HashSet<FilePath> {
        let mut spelled = HashSet::new();
        for path in heard {
            spelled.insert(FilePath::new(path.strip_prefix(root).unwrap_or(path)));
            spelled.extend(self.aliases.get(path).into_iter().flatten().cloned());
            let dirs = path.parent().and_then(|parent| self.linked_dirs.get(parent)).into_iter().flatten();
            spelled.extend(dirs.filter_map(|dir| Some(dir.join(path.file_name()?))));
        }
        spelled
    }
}

fn seen(world: &World, root: &Path, held: Option<Digest>, path: FilePath) -> Seen {
    let place = path.under(root);
    let digest = world.digests.digest(&place);
    let language = FileKind::of(&path).scanned_as().filter(|_| digest.is_some());
    let facts = language.and_then(|language| Some(Arc::new(scan(&world.fs.read(&place).ok()?, language))));
    let about = stat(&place);
    let both = held.zip(digest);
    let texts = both.and_then(|(then, now)| Some([world.text_of(root, &then)?, world.texts.of(&place, &now)?]));
    let offers = both.and_then(|(then, now)| Some([world.offers.known(&then)?, world.offers.of(&place, &now)?]));
    Seen { digest, mode: about.map(|about| about.mode), is_dir: place.is_dir(), facts, texts, offers, path }
}

/// Whether it is a file with more than one name.
fn has_names(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|about| about.is_file() && std::os::unix::fs::MetadataExt::nlink(&about) > 1)
}

fn stat(path: &Path) -> Option<Stat> {
    std::fs::metadata(path).ok().map(|about| Stat::of(&about))
}

/// Programs, where others of their kind may appear, what a driver looks at, the user's configuration, and ignore rules from above the root.
fn fences(toolchain: &Toolchain, driver: &Driver<'_>) -> BTreeSet<PathBuf> {
    let mut all: BTreeSet<PathBuf> = toolchain.tools.values().map(|tool| tool.as_path().to_owned()).collect();
    all.extend(driver_places::places(driver));
    let lookup = |name: &str| driver.variables.get(name).map(ToOwned::to_owned);
    all.extend(super::paths::user_config_path(&lookup).ok());
    all.extend(super::walk::ignore_files(driver.root));
    all
}
