//! Asks drivers what they make of each set of flags, all at once. Does not know which sets there are.

use std::path::Path;
use std::sync::Arc;

use futures_util::future::try_join_all;

use super::Peers;
use crate::actors::supervise::ask;
use crate::edge::World;
use crate::edge::compute::compute;
use crate::edge::spelling::Spelling;
use crate::edge::tools_search;
use crate::engine::cxx::flag_sets::{FlagSets, Probes};
use crate::engine::cxx::toolchain::Identities;
use crate::engine::cxx::{argv, probe};
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::request::ProjectRequest;
use crate::messages::tool_cache::{FoundToolchain, Probe, ProbeDriver, ProbeKind};

/// What drivers say, and the identities of the toolchain's programs and of all that drivers would run.
pub(super) async fn probed(
    world: &World,
    peers: &Peers,
    project: &ProjectRequest,
    found: &FoundToolchain,
    sets: FlagSets,
) -> Result<(Arc<Probes>, Arc<Identities>), Failure> {
    let asked = |kind, language, arguments: Vec<FilePath>| {
        let driver = found.toolchain.tool(argv::compile::driver(language)).cloned();
        let argv = driver.into_iter().chain(arguments).collect();
        let (root, variables) = (project.root.clone(), project.variables.clone());
        ask(&peers.probe, ProbeDriver { toolchain: found.toolchain.clone(), kind, argv, root, variables })
    };
    let compiles =
        sets.compiles.iter().map(|(language, flags)| (ProbeKind::Compile, *language, probe::compile_arguments(*language, flags)));
    let links = sets.links.iter().map(|(language, line)| (ProbeKind::Link, *language, probe::link_arguments(line)));
    let all = compiles.chain(links).map(|(kind, language, arguments)| {
        let answer = asked(kind, language, arguments);
        async { answer.await? }
    });
    let answers: Vec<Probe> = try_join_all(all).await?;
    let (world, root, toolchain) = (world.clone(), project.root.clone(), found.toolchain.clone());
    let arranged = compute(move || {
        let mut spelling = Spelling::seen_from(&root);
        let probes = arrange(sets, answers, &mut |dir| spelling.of(dir))?;
        let mut programs = toolchain.identities.clone();
        programs.extend(tools_search::identities_of(&world, probes.programs()));
        Some((programs, probes))
    });
    let (programs, probes) =
        arranged.await.map_err(Failure::internal)?.ok_or_else(|| Failure::internal("a driver was asked one thing and answered another"))?;
    Ok((Arc::new(probes), Arc::new(programs)))
}

/// Answers in the order of the questions, to where they belong.
fn arrange(sets: FlagSets, answers: Vec<Probe>, spell: &mut dyn FnMut(&Path) -> FilePath) -> Option<Probes> {
    let mut answers = answers.into_iter();
    let mut probes = Probes::default();
    for set in sets.compiles {
        let Probe::Compile(probe) = answers.next()? else { return None };
        probes.compiles.insert(set, probe.spelled(spell));
    }
    for set in sets.links {
        let Probe::Link(probe) = answers.next()? else { return None };
        probes.links.insert(set, probe.spelled(spell));
    }
    Some(probes)
}
