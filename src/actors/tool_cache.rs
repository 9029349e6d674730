//! Knows the machine's LLVM installs and what their drivers do.
//!
//! Owns: installs by the identity of their programs, and driver probes by their command line.
//! Receives: `FindToolchain`, `ListToolchains`, `ProbeDriver`, `GetCaches`, `Flush`, `Ping`.
//! Sends: nothing but answers.
//! On failure: restarted from its snapshot; what a stat does not confirm is probed again.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use actix::prelude::*;

use crate::edge::compute::compute;
use crate::edge::tools_search::{self, Candidate};
use crate::edge::{World, faults, snapshot};
use crate::engine::cache::{Cache, CacheCounts};
use crate::engine::cxx::probe;
use crate::engine::cxx::toolchain::{self, Toolchain};
use crate::engine::digest::{Digest, Hasher};
use crate::engine::failure::Failure;
use crate::messages::tool_cache::{FindToolchain, FoundToolchain, ListToolchains, Probe, ProbeDriver, ProbeKind};
use crate::messages::{Flush, GetCaches, Ping};

/// Installs on one machine, with upgrades.
const TOOLCHAINS: NonZeroUsize = NonZeroUsize::new(64).expect("not zero");
/// Flag sets in use at the same time, over all projects.
const PROBES: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

type Found = Result<Vec<Toolchain>, Failure>;

/// The cache.
pub struct ToolCache {
    world: World,
    cache_dir: PathBuf,
    toolchains: Cache<Digest, Arc<Toolchain>>,
    probes: Cache<Digest, Probe>,
}

impl ToolCache {
    /// A cache with what the last one wrote down.
    #[must_use]
    pub fn new(world: World, cache_dir: PathBuf) -> Self {
        let mut toolchains = Cache::new("toolchains", TOOLCHAINS);
        let mut probes = Cache::new("driver_probes", PROBES);
        if let Some((found, probed)) = snapshot::read(&cache_dir, snapshot::TOOLS) {
            toolchains.restore(found);
            probes.restore(probed);
        }
        Self { world, cache_dir, toolchains, probes }
    }

    /// The installs of these candidates; those not known by identity are asked for their version.
    fn settle(&mut self, identified: Vec<(Candidate, Digest)>) -> Vec<Toolchain> {
        let mut found = Vec::new();
        for (candidate, identity) in identified {
            let key = Hasher::default().part(&identity.bytes).part(candidate.bin_dir.as_os_str().as_encoded_bytes()).finish();
            let known = self.toolchains.get(&key).filter(|known| known.tools == candidate.tools);
            let toolchain = known.or_else(|| toolchain_of(candidate, identity).map(Arc::new));
            if let Some(toolchain) = toolchain {
                self.toolchains.put(key, toolchain.clone());
                found.push(Toolchain { origin: toolchain.origin.clone(), ..toolchain.as_ref().clone() });
            }
        }
        found
    }

    fn find(
        &self,
        root: Option<PathBuf>,
        wanted: Option<String>,
        variables: crate::engine::variables::Variables,
    ) -> ResponseActFuture<Self, Found> {
        let world = self.world.clone();
        let identified = compute(move || {
            let candidates = tools_search::candidates(root.as_deref(), wanted.as_deref(), &variables);
            let identify = |candidate: Candidate| {
                let programs: Vec<_> = toolchain::IDENTIFYING.iter().filter_map(|name| candidate.tools.get(*name)).collect();
                let identity = tools_search::identity_of(&world, &programs);
                (candidate, identity)
            };
            candidates.into_iter().map(identify).collect::<Vec<_>>()
        });
        let settled = identified.into_actor(self).map(|identified, cache, _| {
            faults::point("ToolCache.spawned");
            Ok(cache.settle(identified.map_err(Failure::internal)?))
        });
        Box::pin(settled)
    }
}

fn toolchain_of(candidate: Candidate, identity: Digest) -> Option<Toolchain> {
    let driver = candidate.tools.get("clang").or_else(|| candidate.tools.get("clang++"))?;
    let text = tools_search::version_text(driver.as_path()).ok()?;
    toolchain::parse_version(&text).map(|printed| Toolchain {
        bin_dir: crate::engine::path::FilePath::new(&candidate.bin_dir),
        version: printed.version,
        triple: printed.triple,
        tools: candidate.tools,
        identity,
        origin: candidate.origin,
    })
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
        let found = self.find(find.root.clone(), find.wanted.clone(), find.variables.clone());
        Box::pin(found.map(move |found, _, _| {
            let all = found?;
            let wanted = find.wanted.or_else(|| find.root.map(|root| root.display().to_string()));
            let chosen = toolchain::choose(&all, wanted.as_deref()).map_err(Failure::environment)?;
            let notes = ["CC", "CXX"].into_iter().filter_map(|name| toolchain::not_clang(name, &find.variables.text(name)?)).collect();
            Ok(FoundToolchain { toolchain: Arc::new(chosen.clone()), notes })
        }))
    }
}

impl Handler<ListToolchains> for ToolCache {
    type Result = ResponseActFuture<Self, Result<Vec<Arc<Toolchain>>, Failure>>;
    fn handle(&mut self, list: ListToolchains, _: &mut Context<Self>) -> Self::Result {
        Box::pin(self.find(list.root, None, list.variables).map(|found, _, _| {
            let mut all = found?;
            all.sort_by_key(|toolchain| std::cmp::Reverse(toolchain.version));
            Ok(all.into_iter().map(Arc::new).collect())
        }))
    }
}

impl Handler<ProbeDriver> for ToolCache {
    type Result = ResponseActFuture<Self, Result<Probe, Failure>>;
    fn handle(&mut self, ask: ProbeDriver, _: &mut Context<Self>) -> Self::Result {
        let key = probe_key(&ask);
        if let Some(known) = self.probes.get(&key) {
            return Box::pin(fut::ready(Ok(known)));
        }
        let probed = compute(move || probe_driver(&ask));
        Box::pin(probed.into_actor(self).map(move |probed, cache, _| {
            let probe = probed.map_err(Failure::internal)??;
            cache.probes.put(key, probe.clone());
            Ok(probe)
        }))
    }
}

fn probe_driver(ask: &ProbeDriver) -> Result<Probe, Failure> {
    let text = tools_search::probe_text(&ask.argv, &ask.root, &ask.variables).map_err(Failure::environment)?;
    match ask.kind {
        ProbeKind::Compile => probe::parse_compile(&text).map(Probe::Compile),
        ProbeKind::Link => probe::parse_link(&text).map(Probe::Link),
    }
    .map_err(Failure::from)
}

fn probe_key(ask: &ProbeDriver) -> Digest {
    let mut hasher = Hasher::default();
    hasher.part(&ask.toolchain.identity.bytes).part(&ask.variables.tool_identity().bytes);
    hasher.part(ask.root.as_os_str().as_encoded_bytes());
    for arg in &ask.argv {
        hasher.part(arg.as_bytes());
    }
    hasher.finish()
}

impl Handler<GetCaches> for ToolCache {
    type Result = Vec<CacheCounts>;
    fn handle(&mut self, _: GetCaches, _: &mut Context<Self>) -> Vec<CacheCounts> {
        vec![self.toolchains.counts(), self.probes.counts()]
    }
}

impl Handler<Flush> for ToolCache {
    type Result = ();
    fn handle(&mut self, _: Flush, _: &mut Context<Self>) {
        snapshot::write(&self.cache_dir, snapshot::TOOLS, &(self.toolchains.rows(), self.probes.rows()));
    }
}

impl Handler<Ping> for ToolCache {
    type Result = ();
    fn handle(&mut self, _: Ping, _: &mut Context<Self>) {}
}
