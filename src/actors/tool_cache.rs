//! Knows the machine's LLVM installs and what their drivers do.
//!
//! Owns: installs by the identity of their programs, and driver probes by their command line.
//! Receives: `FindToolchain`, `ListToolchains`, `ProbeDriver`, `GetCaches`, `ClearCaches`, `Flush`, `Ping`.
//! Sends: nothing but answers.
//! On failure: restarted from its snapshot; what a stat does not confirm is probed again.

mod asking;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use actix::prelude::*;
use futures_util::FutureExt;
use futures_util::future::{OptionFuture, join, join_all};

use crate::edge::compute::compute;
use crate::edge::tools_search::{self, Candidate};
use crate::edge::{World, faults, snapshot};
use crate::engine::cache::{Cache, CacheCounts};
use crate::engine::cxx::toolchain::{self, Install, Toolchain, Verdict};
use crate::engine::digest::Digest;
use crate::engine::failure::Failure;
use crate::engine::variables::Variables;
use crate::messages::tool_cache::{FindToolchain, FoundToolchain, ListToolchains, Probe, ProbeDriver};
use crate::messages::{ClearCaches, Flush, GetCaches, Ping};

/// Installs on one machine, with upgrades.
const TOOLCHAINS: NonZeroUsize = NonZeroUsize::new(64).expect("not zero");
/// Flag sets in use at the same time, over all projects.
const PROBES: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

type Settled = Result<Option<(Digest, Arc<Install>)>, Failure>;
type FoundInstall = Result<Arc<Toolchain>, Failure>;

/// What was found.
struct Found {
    installs: Vec<Arc<Install>>,
    /// Why one that may be the one that is meant does not answer.
    failed: Option<Failure>,
    /// If some were left out, the major version that the newest has to have.
    needed: Option<u32>,
}

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

    /// The installs; those whose driver is not known are asked for their version, all at once.
    fn find(
        &self,
        asked: Asked,
        root: Option<PathBuf>,
        wanted: Option<String>,
        variables: Variables,
    ) -> ResponseActFuture<Self, Result<Found, Failure>> {
        let candidates = asking::candidates(self.world.clone(), root, wanted, variables.clone());
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
            settled.map(move |settled: Result<_, Failure>, cache, _| Ok(cache.keep(settled?, needed)))
        });
        Box::pin(settled)
    }

    /// The install that is meant, with the identity of its programs.
    fn meant(&self, asked: Asked, find: FindToolchain) -> ResponseActFuture<Self, FoundInstall> {
        let found = self.find(asked, find.root.clone(), find.wanted.clone(), find.variables.clone());
        Box::pin(found.then(move |found, cache, _| {
            let (chosen, failed, needed) = match found {
                Ok(found) => (choose(&found.installs, &find), found.failed, found.needed),
                Err(failure) => (Err(failure), None, None),
            };
            match toolchain::verdict(chosen, failed, needed, is_named(&find)) {
                Verdict::Use(install) => cache.identify(*install, find.variables),
                Verdict::AskAll => cache.meant(Asked::All, find),
                Verdict::Fail(failure) => Box::pin(fut::ready(Err(failure))),
            }
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
                None => Ok(asking::install_of(&world, candidate, &variables).await?.map(|install| (key, Arc::new(install)))),
            }
        }
    }

    fn keep(&mut self, settled: Vec<Settled>, needed: Option<u32>) -> Found {
        let mut found = Found { installs: Vec::new(), failed: None, needed };
        for one in settled {
            match one {
                Ok(Some((key, install))) => {
                    self.installs.put(key, install.clone());
                    found.installs.push(install);
                }
                Ok(None) => {}
                Err(failure) => found.failed = found.failed.or(Some(failure)),
            }
        }
        found
    }

    fn identify(&self, install: Install, variables: Variables) -> ResponseActFuture<Self, FoundInstall> {
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
        let probed = async move { asking::probe_driver(&world, &ask).await };
        Box::pin(probed.into_actor(self).map(move |probed, cache, _| {
            let probe: Probe = probed?;
            cache.probes.put(key, probe.clone());
            Ok(probe)
        }))
    }
}

fn is_named(find: &FindToolchain) -> bool {
    find.wanted.is_some() || find.root.is_some()
}

fn choose(installs: &[Arc<Install>], find: &FindToolchain) -> Result<Install, Failure> {
    let wanted = find.wanted.as_deref().map(tools_search::real_place);
    let root = find.root.as_ref().map(|root| PathBuf::from(tools_search::real_place(&root.display().to_string())));
    let chosen = toolchain::choose_within(installs, wanted.as_deref(), root.as_deref());
    chosen.map(|install| Install::clone(install)).map_err(Failure::environment)
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
        let meant = self.meant(if is_named(&find) { Asked::All } else { Asked::MaybeNewest }, find);
        Box::pin(meant.map(|meant, _, _| Ok(FoundToolchain { toolchain: meant?, notes })))
    }
}

impl Handler<ListToolchains> for ToolCache {
    type Result = ResponseActFuture<Self, Result<Vec<Arc<Install>>, Failure>>;
    fn handle(&mut self, list: ListToolchains, _: &mut Context<Self>) -> Self::Result {
        Box::pin(self.find(Asked::All, list.root, None, list.variables).map(|found, _, _| {
            let mut all = found?.installs;
            all.sort_by_key(|install| std::cmp::Reverse(install.version));
            Ok(all)
        }))
    }
}

impl Handler<ProbeDriver> for ToolCache {
    type Result = ResponseActFuture<Self, Result<Probe, Failure>>;
    fn handle(&mut self, ask: ProbeDriver, _: &mut Context<Self>) -> Self::Result {
        let keyed = compute(move || (asking::probe_key(&ask), ask));
        Box::pin(keyed.into_actor(self).then(|keyed, cache, _| match keyed {
            Ok((key, ask)) => cache.probe(key, ask),
            Err(lost) => Box::pin(fut::ready(Err(Failure::internal(lost)))),
        }))
    }
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
