//! Asks programs what they are and what they would do. Does not know what was asked before.

use std::path::PathBuf;

use crate::edge::World;
use crate::edge::compute::compute;
use crate::edge::driver_places::{self, Driver};
use crate::edge::inquiry::InquiryError;
use crate::edge::tools_search::{self, Candidate};
use crate::engine::cxx::probe;
use crate::engine::cxx::toolchain::{self, Install};
use crate::engine::digest::{Digest, Hasher};
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::variables::Variables;
use crate::messages::tool_cache::{Probe, ProbeDriver, ProbeKind};

pub(super) async fn candidates(
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

/// By which an install is known: its place and its driver's content.
fn driver_key(world: &World, candidate: &Candidate) -> Option<Digest> {
    let driver = driver(candidate)?;
    let digest = world.digests.digest(driver.as_path())?;
    Some(Hasher::default().part(&digest.bytes).part(candidate.bin_dir.as_os_str().as_encoded_bytes()).finish())
}

fn driver(candidate: &Candidate) -> Option<&FilePath> {
    candidate.tools.get("clang").or_else(|| candidate.tools.get("clang++"))
}

/// What a candidate's driver says of itself; `None` if it does not say that it is clang.
pub(super) async fn install_of(world: &World, candidate: Candidate, variables: &Variables) -> Result<Option<Install>, Failure> {
    let Some(driver) = driver(&candidate) else { return Ok(None) };
    let text = match tools_search::version_text(world, driver.as_path(), variables).await {
        Ok(text) => text,
        // What lies there alone and dies is none; to wait for one each time is no way out.
        Err(error @ InquiryError::Ended { .. }) if !toolchain::is_complete(&candidate.tools) => {
            tracing::warn!("{error}");
            None
        }
        Err(error) => return Err(Failure::environment(error)),
    };
    Ok(text.and_then(|text| toolchain::parse_version(&text)).map(|printed| Install {
        bin_dir: FilePath::new(&candidate.bin_dir),
        version: printed.version,
        triple: printed.triple,
        tools: candidate.tools,
        origin: candidate.origin,
    }))
}

pub(super) async fn probe_driver(world: &World, ask: &ProbeDriver) -> Result<Probe, Failure> {
    let text = tools_search::probe_text(world, &ask.argv, &ask.root, &ask.variables).await.map_err(Failure::environment)?;
    match ask.kind {
        ProbeKind::Compile => probe::parse_compile(&text).map(Probe::Compile),
        ProbeKind::Link => probe::parse_link(&text).map(Probe::Link),
    }
    .map_err(Failure::from)
}

/// What a driver says depends on its flags and on what it sees around it.
pub(super) fn probe_key(ask: &ProbeDriver) -> Digest {
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
