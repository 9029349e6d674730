//! Asks the other actors what a build needs to know, and lets the engine describe it. Holds no state between the questions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::Peers;
use super::dependencies;
use super::opening::{Waiting, tidy, when_free};
use super::probing;
use super::settle::{self, Considered};
use super::standing::{Narrow, Standing};
use crate::actors::supervise::ask;
use crate::edge::compute::compute;
use crate::edge::project_state::ProjectState;
use crate::edge::{self, World};
use crate::edge::{tools_search, tree_files};
use crate::engine::build::{Prepared, Records};
use crate::engine::change_log::Moment;
use crate::engine::complete;
use crate::engine::config::outside;
use crate::engine::config::settings::Settings;
use crate::engine::cxx::flag_sets::{FlagSets, Probes};
use crate::engine::cxx::lower::{Lowered, Requested};
use crate::engine::cxx::toolchain::{self, Identities, Toolchain};
use crate::engine::discover::{self, Declared, Discovery, LookedAt};
use crate::engine::failure::Failure;
use crate::engine::front_end::FrontEnd;
use crate::engine::jobs::generation::Located;
use crate::engine::neighbours::Offer;
use crate::engine::path::FilePath;
use crate::engine::report::Remark;
use crate::engine::request::{BuildRequest, ProjectRequest};
use crate::engine::survey::Survey;
use crate::engine::tree::Tree;
use crate::messages::config_store::{LoadSettings, LoadedSettings};
use crate::messages::file_scanner::ScanTree;
use crate::messages::tool_cache::{FindToolchain, FoundToolchain};

/// What a build is described from, and as what.
#[derive(Clone)]
pub(super) struct Basis {
    /// It is true for all that was written before this.
    pub(super) moment: Moment,
    /// When the first question was asked.
    pub(super) since: SystemTime,
    pub(super) front_end: FrontEnd,
    pub(super) lowered: Lowered,
    pub(super) tree: Arc<Tree>,
    pub(super) notices: Vec<Remark>,
}

/// What a build begins with.
pub(super) enum Ready {
    /// An earlier one, of which nothing has to be done again.
    Unchanged(Standing),
    /// Steps to judge, and what is recorded of them; a remark to be made once.
    Open { ground: Ground, state: Arc<ProjectState>, records: Records, note: Option<String> },
}

/// What a build stands on.
pub(super) enum Ground {
    /// An earlier one, of which some steps have to be judged.
    Narrowed(Box<Narrow>),
    /// A look at everything.
    Whole(Box<Basis>),
}

impl Ground {
    /// What the build itself starts with.
    pub(super) fn prepared(&self) -> Prepared {
        match self {
            Self::Whole(basis) => Prepared {
                front_end: basis.front_end.clone(),
                lowered: basis.lowered.clone(),
                notices: basis.notices.clone(),
                untouched: None,
            },
            Self::Narrowed(narrow) => narrow.prepared(),
        }
    }
}

pub(super) type Outcome = Result<Ready, Failure>;

/// What is known of a project before it is described.
pub(super) struct Facts {
    pub(super) settings: Arc<Settings>,
    /// The same without what modules and neighbours add.
    pub(super) own: Arc<Settings>,
    /// What neighbours offer.
    pub(super) offers: Vec<Offer>,
    toolchain: FoundToolchain,
    pub(super) discovery: Arc<Discovery>,
    generations: Arc<[Located]>,
    tree: Arc<Tree>,
    probes: Arc<Probes>,
    programs: Arc<Identities>,
    pub(super) described_in: Vec<FilePath>,
    notices: Vec<String>,
}

/// `chain`: the roots of the projects that need this one, and its own.
pub(super) async fn gather(
    world: &World,
    peers: &Peers,
    project: &ProjectRequest,
    afresh: bool,
    chain: &[&Path],
) -> Result<Facts, Failure> {
    let load = LoadSettings::of(project);
    let LoadedSettings { settings, notes, generations } = ask(&peers.settings, load).await??;
    let settings = if afresh { Arc::new(complete::without_lists(&settings)) } else { settings };
    outside::outputs(&settings, &project.root).map_err(Failure::usage)?;
    let own = settings.clone();
    let (settings, offers, places) = dependencies::with_neighbours(world, peers, project, settings, chain).await?;
    let (settings, mut described_in) = dependencies::with_modules(world, project, settings).await?;
    described_in.extend(places);
    let find = FindToolchain::of(project, &settings, || tools_search::clang_of(&project.variables));
    let scan = ScanTree { root: project.root.clone(), extra: discover::named(&settings), follow_links: settings.discovery.follow_symlinks };
    let (toolchain, tree) = futures_util::future::join(ask(&peers.toolchain, find), ask(&peers.tree, scan)).await;
    let (mut toolchain, tree) = (toolchain??, tree??);
    if let Some(tools) = toolchain::replaced(project.toolchain.as_deref(), &settings).cloned() {
        let (at, root, given, whole) = (world.clone(), project.root.clone(), settings.clone(), toolchain.toolchain.clone());
        let replaced = compute(move || {
            let replaced = tools_search::with_tools(&at, &whole, &tools, &root)?;
            Ok::<_, Failure>((toolchain::mixed(&given, &whole, &replaced, tools_search::real_dir), replaced))
        });
        let (remark, replaced) = replaced.await.map_err(Failure::internal)??;
        toolchain.toolchain = Arc::new(replaced);
        toolchain.notes.extend(remark);
    }
    let (given, seen, tools) = (settings.clone(), tree.clone(), toolchain.toolchain.clone());
    let (root, variables) = (project.root.clone(), project.variables.clone());
    let sketched = compute(move || {
        let find = |name: &str| tools_search::program(name, &root, &variables).map(|path| FilePath::within(&root, &path));
        let made = generations.iter().flat_map(|one| &one.outputs);
        let paths: Vec<&FilePath> = seen.files.iter().map(|file| &file.path).chain(made).collect();
        let located: Vec<Located> = generations.iter().cloned().map(|one| one.located(&root, &paths, &find)).collect();
        sketch(&given, &seen, &tools, located)
    });
    let sketched = sketched.await;
    let Sketch { looked_at, declared, sets, generations } = sketched.map_err(Failure::internal)??;
    let (probes, programs) = probing::probed(world, peers, project, &toolchain, sets).await?;
    let remarks = looked_at.notes.clone();
    let discovery = discover(project, &settings, looked_at, declared, probes.clone()).await?;
    let told = [toolchain.notes.as_slice(), &tree.notes, &remarks].concat();
    let notices = notes.into_iter().chain(told).collect();
    Ok(Facts { settings, own, offers, toolchain, discovery, generations, tree, probes, programs, described_in, notices })
}

/// What the settings alone say of the files.
struct Sketch {
    looked_at: LookedAt,
    declared: Vec<Declared>,
    sets: FlagSets,
    generations: Arc<[Located]>,
}

fn sketch(settings: &Settings, tree: &Tree, toolchain: &Toolchain, generations: Vec<Located>) -> Result<Sketch, Failure> {
    let mut looked_at = discover::looked_at(settings, &tree.files).map_err(Failure::usage)?;
    looked_at.add_made(generations.iter().flat_map(|located| &located.generation.outputs));
    looked_at.has_listed(settings).map_err(Failure::usage)?;
    let declared = discover::declare(settings, &looked_at.files).map_err(Failure::usage)?;
    let sets = FlagSets::of(settings, &declared, &looked_at.files, toolchain).map_err(Failure::usage)?;
    Ok(Sketch { looked_at, declared, sets, generations: generations.into() })
}

async fn discover(
    project: &ProjectRequest,
    settings: &Arc<Settings>,
    looked_at: LookedAt,
    declared: Vec<Declared>,
    probes: Arc<Probes>,
) -> Result<Arc<Discovery>, Failure> {
    let root = project.root.clone();
    let settings = settings.clone();
    let directories: BTreeSet<PathBuf> =
        probes.compiles.values().flat_map(|probe| &probe.search_dirs).map(|dir| dir.under(&root)).collect();
    let overlaid = probes.compiles.values().any(|probe| !probe.overlays.is_empty());
    let frameworks: BTreeSet<PathBuf> =
        probes.compiles.values().flat_map(|probe| &probe.framework_dirs).map(|dir| dir.under(&root)).collect();
    let found = compute(move || {
        let in_framework = |name: &str| {
            let (framework, header) = name.split_once('/')?;
            let inside = |dir: &PathBuf| edge::fs::exists(&dir.join(format!("{framework}.framework/Headers/{header}")));
            Some(frameworks.iter().any(inside))
        };
        let plain = |name: &str| directories.iter().any(|dir| edge::fs::exists(&dir.join(name)));
        // What header maps and overlays lead to only the compiler knows.
        let anywhere = overlaid || directories.iter().any(|dir| dir.is_file());
        let system_has = |name: &str| anywhere || plain(name) || in_framework(name).unwrap_or(false);
        discover::discover(&discover::Request {
            name: &settings.name,
            files: &looked_at.files,
            include_dirs: &discover::include_dirs(&settings, &declared),
            only_include_dirs: settings.discovery.include_dirs.as_deref(),
            extra_sources: &discover::asked_for(&settings),
            declared: &declared,
            want_library: complete::asks_for_library(&settings),
            machine: settings.options.platform.in_words().as_deref(),
            test_dir: settings.discovery.test_dir.as_ref(),
            system_has: &system_has,
        })
    });
    found.await.map(Arc::new).map_err(Failure::internal)
}

/// All that a build starts with: what is left of an earlier one, or a look at everything.
pub(super) async fn build(world: World, peers: Peers, request: BuildRequest, standing: Option<Standing>, waiting: Waiting) -> Outcome {
    let ground = match settle::consider(&world, &peers, &request, standing).await? {
        Considered::Unchanged(standing) => return Ok(Ready::Unchanged(standing)),
        Considered::Narrowed(narrow) => Ground::Narrowed(narrow),
        Considered::Whole(moment) => Ground::Whole(Box::new(basis(&world, &peers, &request, moment).await?)),
    };
    let root = request.project.root.clone();
    let place = root.clone();
    let opened = when_free(&world, &waiting, move |world| {
        let (state, note) = ProjectState::open(world, &place)?;
        let records = state.records();
        Ok((state, records, note))
    });
    let (state, records, note) = opened.await?;
    let ground = match ground {
        // While it was waited, another process ran what may have changed what nobody names.
        Ground::Narrowed(narrow) if !narrow.described.knows_all_runs(&root) => {
            let moment = settle::now(&peers, root.clone()).await?;
            Ground::Whole(Box::new(basis(&world, &peers, &request, moment).await?))
        }
        ground => ground,
    };
    if state.is_untidy() {
        tidy(&request, &ground, &state, &records).await?;
    }
    Ok(Ready::Open { ground, state, records, note })
}

/// Looks at everything and describes it.
pub(super) async fn basis(world: &World, peers: &Peers, request: &BuildRequest, moment: Moment) -> Result<Basis, Failure> {
    let since = world.clock.wall();
    let facts = gather(world, peers, &request.project, false, &[&request.project.root]).await?;
    let requested = Requested::by(request);
    let left_out = {
        let groups = matches!(requested, Requested::All | Requested::Tests(_));
        discover::told(&facts.discovery, groups, &|path| facts.generations.iter().any(|made| made.inputs.contains(path)))
    };
    let found = facts.discovery.notes.iter().cloned().chain(discover::unused(&facts.settings, &facts.discovery));
    let notes = facts.notices.into_iter().chain(found).map(Remark::from);
    let notices = notes.chain(left_out).collect();
    let mut front_end = FrontEnd {
        settings: facts.settings,
        discovery: facts.discovery,
        generations: facts.generations,
        toolchain: facts.toolchain.toolchain,
        probes: facts.probes,
        programs: facts.programs,
        described_in: facts.described_in,
        leading: request.project.variables.leading(),
        epoch: request.project.variables.epoch(),
        requested,
        named_inputs: BTreeMap::new(),
    };
    let (world, root, build_dir) = (world.clone(), request.project.root.clone(), request.project.build_dir.clone());
    let tree = facts.tree;
    let described = compute(move || {
        tree_files::expect_directory(&build_dir.under(&root))?;
        edge::scaffold::keep_schema_of(&world, &root);
        world.directories.of(&root).refresh();
        let mut lowered = front_end.lower(&BTreeMap::new())?;
        let named = |path: &FilePath| Some((path.clone(), edge::fs::is_dir(&path.under(&root))?));
        front_end.named_inputs = lowered.maybe_inputs.iter().filter_map(named).collect();
        if !front_end.named_inputs.is_empty() {
            lowered = front_end.lower(&BTreeMap::new())?;
        }
        Ok(Basis { moment, since, front_end, lowered, tree, notices })
    });
    described.await.map_err(Failure::internal)?
}

/// What `jmake discover` shows. `afresh`: whatever the settings list is looked for as if they did not.
pub(super) async fn survey(world: World, peers: Peers, project: ProjectRequest, afresh: bool) -> Result<Survey, Failure> {
    let facts = gather(&world, &peers, &project, afresh, &[&project.root]).await?;
    let discovery = Arc::unwrap_or_clone(facts.discovery);
    let library_kind = facts.settings.library_type.unwrap_or_default().kind().name();
    let writes_graph = facts.settings.discovery.graph_file.is_some();
    Ok(Survey { library_kind, name: facts.settings.name.clone(), discovery, writes_graph, notes: facts.notices })
}
