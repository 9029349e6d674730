//! What an Orchestrator keeps of builds that succeeded, so that the next one asks only what changed. Asks and passes on; what changes
//! mean is decided in the engine.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::{Peers, prepare};
use crate::actors::supervise::ask;
use crate::edge::World;
use crate::edge::compute::compute;
use crate::edge::judging;
use crate::edge::settling::{self, Described, Surroundings};
use crate::engine::build::Records;
use crate::engine::change_log::{Heard, Moment};
use crate::engine::failure::Failure;
use crate::engine::front_end::FrontEnd;
use crate::engine::path::FilePath;
use crate::engine::request::{BuildRequest, RequestKey};
use crate::engine::settled::{Impact, Settled};
use crate::messages::file_scanner::{SyncTree, WatchTree, Watched};

/// So many kinds of request of one project are kept.
const KEPT: usize = 4;

/// A build that succeeded, as of a moment.
pub(super) struct Standing {
    pub(super) settled: Settled,
    pub(super) front_end: FrontEnd,
    pub(super) notices: Vec<String>,
    around: Surroundings,
    since: Moment,
}

/// Standings by request, the one used last at the end.
#[derive(Default)]
pub(super) struct Standings(Vec<(RequestKey, Box<Standing>)>);

/// What a request comes to.
pub(super) enum Considered {
    /// All is as it was.
    Unchanged(Box<Standing>),
    /// These steps have to be judged.
    Narrowed(Box<Standing>, Vec<u32>, Moment),
    /// Everything has to be looked at.
    Whole,
}

impl Standings {
    /// Takes the one for a request.
    pub(super) fn take(&mut self, key: &RequestKey) -> Option<Box<Standing>> {
        let at = self.0.iter().position(|(known, _)| known == key)?;
        Some(self.0.remove(at).1)
    }

    /// Keeps one.
    pub(super) fn put(&mut self, key: RequestKey, standing: Box<Standing>) {
        self.0.retain(|(known, _)| *known != key);
        self.0.push((key, standing));
        let surplus = self.0.len().saturating_sub(KEPT);
        self.0.drain(..surplus);
    }

    /// How many steps are known to be as they should.
    pub(super) fn steps(&self) -> Option<u32> {
        self.0.iter().map(|(_, standing)| standing.settled.counts().total).max()
    }
}

impl Standing {
    /// The narrowed build succeeded: what it was asked about at `now` is settled.
    pub(super) fn renew(&mut self, steps: &[u32], records: &Records, now: Moment) {
        self.settled.absorb(steps, records);
        self.since = now;
    }
}

/// What was heard since the standing's moment; everything written before this call is in it.
async fn sync(peers: &Peers, root: PathBuf, since: Moment) -> Result<Heard, Failure> {
    ask(&peers.sync, SyncTree { root, since }).await?
}

/// Where a request begins: the moment that what follows is true for, and what is left of an earlier build.
pub(super) async fn consider(
    world: &World,
    peers: &Peers,
    request: &BuildRequest,
    standing: Option<Box<Standing>>,
) -> Result<(Moment, Considered), Failure> {
    let root = request.project.root.clone();
    let since = standing.as_ref().map_or_else(Moment::default, |standing| standing.since);
    let heard = sync(peers, root.clone(), since).await?;
    let (now, world) = (heard.now, world.clone());
    let Some(standing) = standing.filter(|_| !heard.everything && !request.force) else { return Ok((now, Considered::Whole)) };
    let considered = compute(move || weigh(&world, &root, standing, &heard)).await.map_err(Failure::internal)?;
    Ok((now, considered))
}

fn weigh(world: &World, root: &std::path::Path, mut standing: Box<Standing>, heard: &Heard) -> Considered {
    if !standing.around.fences_hold() {
        return Considered::Whole;
    }
    let seen = standing.around.look(world, root, &standing.settled, &heard.paths);
    match standing.settled.impact(&seen) {
        Impact::Nothing => {
            standing.since = heard.now;
            Considered::Unchanged(standing)
        }
        Impact::Steps(steps) => Considered::Narrowed(standing, steps, heard.now),
        Impact::Description(path) => {
            tracing::debug!(%path, "the project is described anew");
            Considered::Whole
        }
    }
}

/// Settles a build that looked at everything. `None` if that is not possible here or now: the next build looks at everything again.
pub(super) async fn settle(
    world: World,
    peers: Peers,
    request: BuildRequest,
    mut basis: prepare::Basis,
    records: Arc<Records>,
    confirmed: BTreeMap<FilePath, bool>,
) -> Option<Box<Standing>> {
    let root = request.project.root.clone();
    // The first time around, its directories are not watched yet: then it is looked at once more, from when they are.
    for _ in 0..2 {
        let prepare::Basis { moment, since, front_end, lowered, tree, notices } = basis;
        let described = Described {
            toolchain: front_end.toolchain.clone(),
            lowered,
            tree,
            variables: request.project.variables.clone(),
            build_dir: request.project.build_dir.clone(),
            since,
        };
        let (at, place, known) = (world.clone(), root.clone(), records.clone());
        let (settled, around) = compute(move || settling::settle(&at, &place, described, &known)).await.ok()??;
        let paths: HashSet<PathBuf> = around.directories.iter().chain(&around.files).cloned().collect();
        let watch = WatchTree { root: root.clone(), paths: paths.into_iter().collect(), looked: moment };
        match ask(&peers.watch, watch).await.ok()?.ok()? {
            Watched::Before => return Some(Box::new(Standing { settled, front_end, notices, around, since: moment })),
            Watched::Never => return None,
            Watched::FromNow => basis = confirm(&world, &peers, &request, &records, &confirmed).await?,
        }
    }
    None
}

/// Looks at everything again, without doing anything: a basis if every step is as its newest record says.
async fn confirm(
    world: &World,
    peers: &Peers,
    request: &BuildRequest,
    records: &Arc<Records>,
    confirmed: &BTreeMap<FilePath, bool>,
) -> Option<prepare::Basis> {
    let moment = sync(peers, request.project.root.clone(), Moment::default()).await.ok()?.now;
    let mut basis = prepare::basis(world, peers, request, moment).await.ok()?;
    basis.lowered = basis.front_end.lower(confirmed).ok()?;
    let (world, root, records) = (world.clone(), request.project.root.clone(), records.clone());
    compute(move || judging::all_newest(&world, &root, &basis.lowered, &records).then_some(basis)).await.ok()?
}
