//! Settings with what they need of others: modules that pkg-config knows, and projects beside this one. Holds no state between the questions.

use std::path::Path;
use std::sync::Arc;

use super::Peers;
use super::prepare::gather;
use crate::edge::{self, World};
use crate::engine::config::settings::Settings;
use crate::engine::cxx::pkg_config;
use crate::engine::failure::Failure;
use crate::engine::neighbours::{self, Offer};
use crate::engine::path::FilePath;
use crate::engine::request::ProjectRequest;
use crate::engine::tree::SETTINGS;

/// The settings with what pkg-config says of their dependencies, and what that stands on.
pub(super) async fn with_modules(
    world: &World,
    project: &ProjectRequest,
    settings: Arc<Settings>,
) -> Result<(Arc<Settings>, Vec<FilePath>), Failure> {
    let modules = pkg_config::modules(&settings);
    if modules.is_empty() {
        return Ok((settings, Vec::new()));
    }
    let platform = &settings.options.platform;
    let (answer, places) = edge::pkg_config::ask(world, &project.root, platform, &modules, &project.variables).await?;
    let applied = pkg_config::applied(&settings, &modules, &answer).map_err(Failure::environment)?;
    Ok((Arc::new(applied), places))
}

/// The settings with what other projects offer that they name, this, and where these are described.
pub(super) async fn with_neighbours(
    world: &World,
    peers: &Peers,
    project: &ProjectRequest,
    settings: Arc<Settings>,
    chain: &[&Path],
) -> Result<(Arc<Settings>, Vec<Offer>, Vec<FilePath>), Failure> {
    let (mut offers, mut places) = (Vec::new(), Vec::new());
    for (name, path) in neighbours::named(&settings) {
        let root = edge::fs::project_in(&path.under(&project.root), name)?;
        if chain.contains(&root.as_path()) {
            return Err(Failure::usage(neighbours::circle(chain, &root)));
        }
        places.push(FilePath::new(root.join(SETTINGS)));
        let other = project.of_neighbour(root.clone());
        let facts = Box::pin(gather(world, peers, &other, false, &[chain, &[&root]].concat())).await?;
        places.extend(facts.described_in);
        offers.push(neighbours::offered(path, &facts.settings, &facts.discovery, &facts.offers));
    }
    let settings = if offers.is_empty() { settings } else { Arc::new(neighbours::applied(&settings, &offers)) };
    Ok((settings, offers, places))
}
