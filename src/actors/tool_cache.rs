//! Knows the machine's LLVM installs and what their drivers do.
//!
//! Owns: installs by the identity of their programs, and driver probes by their command line.
//! Receives: `FindToolchain`, `ListToolchains`, `ProbeDriver`, `GetCaches`, `ClearCaches`, `Flush`, `Ping`.
//! Sends: nothing but answers.
//! On failure: restarted from its snapshot; what a stat does not confirm is probed again.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use actix::prelude::*;
use futures_util::FutureExt;
use futures_util::future::{OptionFuture, join, join_all};

use crate::edge::compute::compute;
use crate::edge::driver_places::{self, Driver};
use crate::edge::tools_search::{self, Candidate};
use crate::edge::{World, faults, snapshot};
use crate::engine::cache::{Cache, CacheCounts};
use crate::engine::cxx::probe;
use crate::engine::cxx::toolchain::{self, Install, Toolchain};
use crate::engine::digest::{Digest, Hasher};
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::variables::Variables;
use crate::messages::tool_cache::{FindToolchain, FoundToolchain, ListToolchains, Probe, ProbeDriver, ProbeKind};
use crate::messages::{ClearCaches, Flush, GetCaches, Ping};

/// Installs on one machine, with upgrades.
const TOOLCHAINS: NonZeroUsize = NonZeroUsize::new(64).expect("not zero");
/// Flag sets in use at the same time, over all projects.
const PROBES: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

type Settled = Result<Option<(Digest, Arc<Install>)>, Failure>;
type Installs = Result<Vec<Arc<Install>>, Failure>;
type FoundInstall = Result<Arc<Toolchain>, Failure>;

/// Which installs are asked for their version.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Asked {
    MaybeNewest,
    All,
}

/// The cache.
pub struct ToolCache {
    world: World,
    cache_dir: PathBuf,
    installs: Cache<Digest, Arc<Install>>,
    probes: Cache<Digest, Probe>,
}

impl ToolCache {
    /// A cache with what the last one wrote down.
    #[must_use]
    pub fn new(world: World, cache_dir: PathBuf) -> Self {
        let mut installs = Cache::new("toolchains", TOOLCHAINS);
        let mut probes = Cache::new("driver_probes", PROBES);
        if let Some((found, probed)) = snapshot::read(&cache_dir, snapshot::TOOLS) {
            installs.restore(found);
            probes.restore(probed);
        }
        Self { world, cache_dir, installs, probes }
    }

    /// The installs; those whose driver is not known are asked for their version, all at once. If some are left out, also the major version
    /// that the newest has to have.
    fn find(
        &self,
        asked: Asked,
        root: Option<PathBuf>,
        wanted: Option<String>,
        variables: Variables,
    ) -> ResponseActFuture<Self, (Installs, Option<u32>)> {
        let candidates = candidates(self.world.clone(), root, wanted, variables.clone());
        let settled = candidates.into_actor(self).then(move |candidates, cache: &mut Self, _| {
            faults::point("ToolCache.spawned");
            let (candidates, needed) = match (candidates, asked) {
                (Ok(all), Asked::MaybeNewest) => {
                    let (some, needed) = toolchain::maybe_newest(all, |(_, candidate)| candidate.major);
                    (Ok(some), needed)
                }
                (candidates, _) => (candidates, None),
            };
            let settling = candidates.map(|all| {
                let reading = (asked == Asked::MaybeNewest).then(|| cache.read_ahead(&all));
                let settling = join_all(all.into_iter().map(|(key, candidate)| cache.settle(key, candidate, &variables)));
                join(settling, OptionFuture::from(reading))
            });
            let settled = async { Ok(settling?.await.0) }.into_actor(cache);
            settled.map(move |settled: Result<_, Failure>, cache, _| (settled.and_then(|settled| cache.keep(settled)), needed))
        });
        Box::pin(settled)
    }

    /// The install that is meant, with the identity of its programs.
    fn meant(&self, asked: Asked, find: FindToolchain) -> ResponseActFuture<Self, FoundInstall> {
        let found = self.find(asked, find.root.clone(), find.wanted.clone(), find.variables.clone());
        Box::pin(found.then(move |(installs, needed), cache, _| match installs.and_then(|installs| choose(&installs, &find)) {
            Ok(install) if toolchain::is_as_new(install.version, needed) => cache.identify(install, find.variables),
            Err(failure) if needed.is_none() => Box::pin(fut::ready(Err(failure))),
            _ => cache.meant(Asked::All, find),
        }))
    }

    /// While a new driver is asked, a processor is free to read the programs that a build will use if there is but one to choose.
    fn read_ahead(&self, asked: &[(Digest, Candidate)]) -> impl Future<Output = ()> + use<> {
        let only = asked.first().filter(|(key, _)| asked.len() == 1 && !self.installs.has(key));
        let reading = only.map(|(_, candidate)| {
            let (world, tools) = (self.world.clone(), candidate.tools.clone());
            compute(move || tools_search::identities_in(&world, &tools))
        });
        // The table of digests keeps them; what panics here does so again for who waits for it.
        OptionFuture::from(reading).map(drop)
    }

    /// A candidate with what its driver says, now or when it was last asked.
    fn settle(&mut self, key: Digest, candidate: Candidate, variables: &Variables) -> impl Future<Output = Settled> + use<> {
        let known = self.installs.get(&key).filter(|known| known.tools == candidate.tools);
        let (world, variables) = (self.world.clone(), variables.clone());
        async move {
            match known {
                Some(known) => Ok(Some((key, known))),
                None => Ok(install_of(&world, candidate, &variables).await?.map(|install| (key, Arc::new(install)))),
            }
        }
    }

    fn keep(&mut self, settled: Vec<Settled>) -> Installs {
        let mut installs = Vec::new();
        for found in settled {
            let Some((key, install)) = found? else { continue };
            self.installs.put(key, install.clone());
            installs.push(install);
        }
        Ok(installs)
    }

    fn identify(&self, install: Install, variables: Variables) -> ResponseActFuture<Self, Result<Arc<Toolchain>, Failure>> {
        let world = self.world.clone();
        let identified = compute(move || {
            let identities = tools_search::identities_in(&world, &install.tools);
            let preloaded = tools_search::preloaded(&world, &install.bin_dir, &variables);
            Arc::new(Toolchain { install, identities, preloaded })
        });
        Box::pin(identified.into_actor(self).map(|identified, _, _| identified.map_err(Failure::internal)))
    }
}

impl ToolCache {
    /// What a driver says, now or when it was last asked in the same surroundings.
    fn probe(&mut self, key: Digest, ask: ProbeDriver) -> ResponseActFuture<Self, Result<Probe, Failure>> {
        if let Some(known) = self.probes.get(&key) {
            return Box::pin(fut::ready(Ok(known)));
        }
        let world = self.world.clone();
        let probed = async move { probe_driver(&world, &ask).await };
        Box::pin(probed.into_actor(self).map(move |probed, cache, _| {
            let probe: Probe = probed?;
            cache.probes.put(key, probe.clone());
            Ok(probe)
        }))
    }
}

fn choose(installs: &[Arc<Install>], find: &FindToolchain) -> Result<Install, Failure> {
    let wanted = find.wanted.as_deref().map(tools_search::real_place);
    let root = find.root.as_ref().map(|root| PathBuf::from(tools_search::real_place(&root.display().to_string())));
    let chosen = toolchain::choose_within(installs, wanted.as_deref(), root.as_deref());
    chosen.map(|install| Install::clone(install)).map_err(Failure::environment)
}

/// By which an install is known: its place and its driver's content.
fn driver_key(world: &World, candidate: &Candidate) -> Option<Digest> {
    let driver = driver(candidate)?;
    let digest = world.digests.digest(driver.as_path())?;
    Some(Hasher::default().part(&digest.bytes).part(candidate.bin_dir.as_os_str().as_encoded_bytes()).finish())
}

fn driver(candidate: &Candidate) -> Option<&FilePath> {
    candidate.tools.get("clang").or_else(|| candidate.tools.get("clang++"))
}

async fn candidates(
    world: World,
    root: Option<PathBuf>,
    wanted: Option<String>,
    variables: Variables,
) -> Result<Vec<(Digest, Candidate)>, Failure> {
    let told = tools_search::told_by_llvm_config(&world, &variables).await.map_err(Failure::environment)?;
    let found = compute(move || {
        let candidates = tools_search::candidates(root.as_deref(), wanted.as_deref(), told.as_deref(), &variables);
        candidates.into_iter().filter_map(|candidate| Some((driver_key(&world, &candidate)?, candidate))).collect()
    });
    found.await.map_err(Failure::internal)
}

/// What a candidate's driver says of itself; `None` if it does not say that it is clang.
async fn install_of(world: &World, candidate: Candidate, variables: &Variables) -> Result<Option<Install>, Failure> {
    let Some(driver) = driver(&candidate) else { return Ok(None) };
    let text = tools_search::version_text(world, driver.as_path(), variables).await.map_err(Failure::environment)?;
    Ok(text.and_then(|text| toolchain::parse_version(&text)).map(|printed| Install {
        bin_dir: FilePath::new(&candidate.bin_dir),
        version: printed.version,
        triple: printed.triple,
        tools: candidate.tools,
        origin: candidate.origin,
    }))
}

impl Actor for ToolCache {
    type Context = Context<Self>;
}

impl Supervised for ToolCache {
    fn restarting(&mut self, _: &mut Context<Self>) {
        faults::point("ToolCache.restart");
        *self = Self::new(self.world.clone(), self.cache_dir.clone());
    }
}

impl Handler<FindToolchain> for ToolCache {
    type Result = ResponseActFuture<Self, Result<FoundToolchain, Failure>>;
    fn handle(&mut self, find: FindToolchain, _: &mut Context<Self>) -> Self::Result {
        faults::point("ToolCache");
        let notes = ["CC", "CXX"].into_iter().filter_map(|name| toolchain::not_clang(name, &find.variables.text(name)?)).collect();
        let named = find.wanted.is_some() || find.root.is_some();
        let meant = self.meant(if named { Asked::All } else { Asked::MaybeNewest }, find);
        Box::pin(meant.map(|meant, _, _| Ok(FoundToolchain { toolchain: meant?, notes })))
    }
}

impl Handler<ListToolchains> for ToolCache {
    type Result = ResponseActFuture<Self, Result<Vec<Arc<Install>>, Failure>>;
    fn handle(&mut self, list: ListToolchains, _: &mut Context<Self>) -> Self::Result {
        Box::pin(self.find(Asked::All, list.root, None, list.variables).map(|(found, _), _, _| {
            let mut all = found?;
            all.sort_by_key(|install| std::cmp::Reverse(install.version));
            Ok(all)
        }))
    }
}

impl Handler<ProbeDriver> for ToolCache {
    type Result = ResponseActFuture<Self, Result<Probe, Failure>>;
    fn handle(&mut self, ask: ProbeDriver, _: &mut Context<Self>) -> Self::Result {
        let keyed = compute(move || (probe_key(&ask), ask));
        Box::pin(keyed.into_actor(self).then(|keyed, cache, _| match keyed {
            Ok((key, ask)) => cache.probe(key, ask),
            Err(lost) => Box::pin(fut::ready(Err(Failure::internal(lost)))),
        }))
    }
}

async fn probe_driver(world: &World, ask: &ProbeDriver) -> Result<Probe, Failure> {
    let text = tools_search::probe_text(world, &ask.argv, &ask.root, &ask.variables).await.map_err(Failure::environment)?;
    match ask.kind {
        ProbeKind::Compile => probe::parse_compile(&text).map(Probe::Compile),
        ProbeKind::Link => probe::parse_link(&text).map(Probe::Link),
    }
    .map_err(Failure::from)
}

/// What a driver says depends on its flags and on what it sees around it.
fn probe_key(ask: &ProbeDriver) -> Digest {
    let mut hasher = Hasher::default();
    let bin_dir = ask.toolchain.bin_dir.as_path();
    let sees = driver_places::digest(&Driver { bin_dir, flags: &ask.argv, root: &ask.root, variables: &ask.variables });
    hasher.part(&sees.bytes);
    let driver = ask.argv.first().and_then(|driver| ask.toolchain.identities.get(driver));
    hasher.part(driver.map_or(&[][..], |driver| &driver.bytes)).part(&ask.variables.tool_identity().bytes);
    hasher.part(ask.root.as_os_str().as_encoded_bytes());
    for arg in &ask.argv {
        hasher.part(arg.as_bytes());
    }
    hasher.finish()
}

impl Handler<GetCaches> for ToolCache {
    type Result = Vec<CacheCounts>;
    fn handle(&mut self, _: GetCaches, _: &mut Context<Self>) -> Vec<CacheCounts> {
        vec![self.installs.counts(), self.probes.counts()]
    }
}

impl Handler<ClearCaches> for ToolCache {
    type Result = Vec<CacheCounts>;
    fn handle(&mut self, _: ClearCaches, _: &mut Context<Self>) -> Vec<CacheCounts> {
        vec![self.installs.clear(), self.probes.clear()]
    }
}

impl Handler<Flush> for ToolCache {
    type Result = ();
    fn handle(&mut self, _: Flush, _: &mut Context<Self>) {
        snapshot::write(&self.cache_dir, snapshot::TOOLS, &(self.installs.rows(), self.probes.rows()));
    }
}

impl Handler<Ping> for ToolCache {
    type Result = ();
    fn handle(&mut self, _: Ping, _: &mut Context<Self>) {}
}
