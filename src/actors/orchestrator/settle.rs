//! Asks what became of a build that succeeded, and what its success stands on. Asks and passes on; what changes mean is decided in the engine.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::standing::{Described, Evidence, Narrow, Standing, Standings};
use super::{Peers, prepare};
use crate::actors::supervise::ask;
use crate::edge::World;
use crate::edge::compute::compute;
use crate::edge::project_state::ProjectState;
use crate::edge::settling::{self, Sources};
use crate::edge::stamp::{self, Stamp};
use crate::edge::{judging, opaque_runs, own_process};
use crate::engine::build::{Answer, Records};
use crate::engine::change_log::{Heard, Moment};
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::request::{BuildRequest, RequestKey};
use crate::engine::settled::Impact;
use crate::messages::file_scanner::{SyncTree, WatchTree, Watched};

/// What a request comes to.
pub(super) enum Considered {
    /// All is as it was.
    Unchanged(Standing),
    /// Some steps have to be judged.
    Narrowed(Box<Narrow>),
    /// Everything has to be looked at, and what comes of it is true for this moment.
    Whole(Moment),
}

/// What was heard since a moment; everything written before this call is in it.
async fn sync(peers: &Peers, root: PathBuf, since: Moment) -> Result<Heard, Failure> {
    ask(&peers.sync, SyncTree { root, since }).await?
}

/// The moment until which all is heard.
pub(super) async fn now(peers: &Peers, root: PathBuf) -> Result<Moment, Failure> {
    Ok(sync(peers, root, Moment::default()).await?.now)
}

/// Where a request begins: what is left of an earlier build.
pub(super) async fn consider(
    world: &World,
    peers: &Peers,
    request: &BuildRequest,
    standing: Option<Standing>,
) -> Result<Considered, Failure> {
    let root = request.project.root.clone();
    let (standing, known) = match standing.filter(|_| !request.force) {
        Some(standing) => (Some(standing), true),
        None if request.force => (None, true),
        None => (stamped(peers, request.key(), root.clone()).await, false),
    };
    let standing = standing.filter(|standing| standing.counts(&root));
    let since = standing.as_ref().map_or_else(Moment::default, |standing| standing.since);
    let heard = sync(peers, root.clone(), since).await?;
    let world = world.clone();
    let Some(standing) = standing.filter(|_| !heard.everything) else { return Ok(Considered::Whole(heard.now)) };
    if known && standing.is_left_alone(&heard) {
        return Ok(Considered::Unchanged(Standing { since: heard.now, ..standing }));
    }
    compute(move || {
        let stamped = matches!(&standing.evidence, Evidence::Stamped(stamp) if !known && stamp.holds(&root));
        if stamped {
            tracing::debug!("what the last process left still holds");
        }
        if known || stamped { weigh(&world, &root, standing, &heard) } else { Considered::Whole(heard.now) }
    })
    .await
    .map_err(Failure::internal)
}

/// What an earlier process left of such a request, watched from now on.
async fn stamped(peers: &Peers, key: RequestKey, root: PathBuf) -> Option<Standing> {
    let place = root.clone();
    let stamps = compute(move || stamp::read(&place)).await.ok()?;
    let stamp = stamps.into_iter().find(|stamp| stamp.key == key)?;
    let since = sync(peers, root.clone(), Moment::default()).await.ok()?.now;
    let watch = WatchTree { paths: stamp.watched(&root), root: root.clone(), looked: since };
    let since = match ask(&peers.watch, watch).await.ok()?.ok()? {
        Watched::Before => since,
        Watched::FromNow => sync(peers, root, Moment::default()).await.ok()?.now,
        Watched::Never => return None,
    };
    Some(Standing { answer: Arc::new(stamp.answer.clone()), evidence: Evidence::Stamped(Box::new(stamp)), since })
}

fn weigh(world: &World, root: &Path, mut standing: Standing, heard: &Heard) -> Considered {
    let (impact, seen) = match &mut standing.evidence {
        Evidence::Described(described) if described.around.fences.hold(&heard.paths) => {
            let Some(seen) = described.around.look(world, root, &described.settled, &heard.paths) else {
                return Considered::Whole(heard.now);
            };
            let impact = described.settled.impact(&seen);
            match impact {
                Impact::Nothing => described.settled.learn(&seen),
                Impact::Steps(_) => world.directories.of(root).heed(&seen),
                Impact::Description(_) => {}
            }
            (impact, seen)
        }
        Evidence::Stamped(stamp) if stamp.still_holds(root, &heard.paths) => (Impact::Nothing, Vec::new()),
        _ => return Considered::Whole(heard.now),
    };
    match (impact, standing.evidence) {
        (Impact::Steps(steps), Evidence::Described(described)) => {
            let (answer, since, now) = (standing.answer, standing.since, heard.now);
            Considered::Narrowed(Box::new(Narrow { answer, described, steps, seen, since, now }))
        }
        (Impact::Nothing, evidence) => {
            (standing.evidence, standing.since) = (evidence, heard.now);
            Considered::Unchanged(standing)
        }
        (Impact::Description(path), _) => {
            tracing::debug!(%path, "the project is described anew");
            Considered::Whole(heard.now)
        }
        (Impact::Steps(_), Evidence::Stamped(_)) => Considered::Whole(heard.now),
    }
}

/// What is known of steps before it is looked around.
pub(super) struct Remembered {
    pub(super) records: Arc<Records>,
    /// The newest run of an opaque command that may be in the records.
    pub(super) run: Option<u64>,
    pub(super) confirmed: BTreeMap<FilePath, bool>,
}

/// Settles a build that looked at everything. `None` if that is not possible here or now: the next build looks at everything again.
pub(super) async fn settle(
    world: World,
    peers: Peers,
    request: BuildRequest,
    mut basis: prepare::Basis,
    Remembered { records, run, confirmed }: Remembered,
) -> Option<Standing> {
    let root = request.project.root.clone();
    // The first time around, its directories are not watched yet: then it is looked at once more, from when they are.
    for _ in 0..2 {
        let prepare::Basis { moment, since, front_end, lowered, tree, notices } = basis;
        let sources = Sources {
            toolchain: front_end.toolchain.clone(),
            lowered,
            tree,
            variables: request.project.variables.clone(),
            flags: front_end.flags(),
            programs: front_end.programs.clone(),
            described_in: front_end.described_in.clone(),
            build_dir: request.project.build_dir.clone(),
            config: request.project.config.clone(),
            since,
        };
        let (at, place, known) = (world.clone(), root.clone(), records.clone());
        let settling = compute(move || {
            let settled = settling::settle(&at, &place, sources, &known);
            own_process::give_back_memory();
            settled
        });
        let (settled, around) = settling.await.ok()??;
        let paths: HashSet<PathBuf> = around.watched().map(Path::to_owned).collect();
        let watch = WatchTree { root: root.clone(), paths: paths.into_iter().collect(), looked: moment };
        match ask(&peers.watch, watch).await.ok()?.ok()? {
            Watched::Before => {
                let (at, place) = (world.clone(), root.clone());
                let vouching = compute(move || {
                    around.vouch(&at, &place, settled.paths());
                    (settled, around)
                });
                let (settled, around) = vouching.await.ok()?;
                // What was there when it was asked may have gone before it was fenced in.
                let heard = sync(&peers, root.clone(), moment).await.ok()?;
                if heard.everything || heard.paths.iter().any(|path| around.fences.concern(path)) {
                    return None;
                }
                let answer = Answer { notices, counts: settled.counts(), artifacts: settled.lowered().artifacts.clone() };
                let described = Described { settled, front_end, confirmed, around, run };
                return Some(Standing { answer: Arc::new(answer), evidence: Evidence::Described(Box::new(described)), since: moment });
            }
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

/// Finds out what an answer stands on, so that the next change costs what it concerns.
pub(super) async fn describe(world: World, peers: Peers, request: BuildRequest, confirmed: BTreeMap<FilePath, bool>) -> Option<Standing> {
    let (at, root) = (world.clone(), request.project.root.clone());
    let known = compute(move || {
        // In this order: a run that begins meanwhile is one that is not known.
        let run = opaque_runs::newest(&root);
        let records = Arc::new(ProjectState::open(&at, &root).ok()?.0.records());
        Some(Remembered { records, run, confirmed })
    });
    let known = known.await.ok()??;
    let basis = confirm(&world, &peers, &request, &known.records, &known.confirmed).await?;
    settle(world, peers, request, basis, known).await
}

/// Writes down what holds now, for the next process.
pub(super) async fn write_down(world: World, peers: Peers, root: Arc<PathBuf>, standings: Standings) {
    let mut stamps = Vec::new();
    for (key, standing) in standings.into_all() {
        stamps.extend(stamp_of(&world, &peers, &root, key, standing).await);
    }
    let written = compute(move || {
        stamp::write(&root, stamps);
        world.projects.wait_until_closed(&root);
    });
    // What is not written costs the next process time only.
    let _written = written.await;
}

async fn stamp_of(world: &World, peers: &Peers, root: &Arc<PathBuf>, key: RequestKey, standing: Standing) -> Option<Stamp> {
    let standing = still(world, peers, root, standing).await?;
    let place = root.clone();
    let (stamp, standing) = compute(move || match &standing.evidence {
        Evidence::Described(it) => {
            let (answer, confirmed) = (standing.answer.as_ref().clone(), it.confirmed.clone());
            (Stamp::take(&place, key, answer, (confirmed, it.run), &it.settled, &it.around), standing)
        }
        Evidence::Stamped(stamp) => (stamp.as_ref().clone(), standing),
    })
    .await
    .ok()?;
    // What changed while it was looked at may be in it.
    still(world, peers, root, standing).await.map(|_| stamp)
}

/// A standing whose answer is still the same.
async fn still(world: &World, peers: &Peers, root: &Arc<PathBuf>, standing: Standing) -> Option<Standing> {
    if !standing.counts(root) {
        return None;
    }
    let heard = sync(peers, root.as_ref().clone(), standing.since).await.ok().filter(|heard| !heard.everything)?;
    let (world, root) = (world.clone(), root.clone());
    match compute(move || weigh(&world, &root, standing, &heard)).await.ok()? {
        Considered::Unchanged(standing) => Some(standing),
        _ => None,
    }
}
