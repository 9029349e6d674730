//! Puts what a build made where others look for it. Does not know what goes where.

use actix::prelude::*;

use super::{Orchestrator, Peers, prepare};
use crate::edge::World;
use crate::edge::compute::compute;
use crate::edge::installing;
use crate::engine::failure::Failure;
use crate::engine::install;
use crate::messages::orchestrator::{InstallProject, Installed};

impl Handler<InstallProject> for Orchestrator {
    type Result = ResponseFuture<Result<Installed, Failure>>;
    fn handle(&mut self, install: InstallProject, _: &mut Context<Self>) -> Self::Result {
        Box::pin(carry_out(self.world.clone(), self.peers.clone(), install))
    }
}

async fn carry_out(world: World, peers: Peers, install: InstallProject) -> Result<Installed, Failure> {
    let InstallProject { project, artifacts, prefix, destdir } = install;
    let root = project.root.clone();
    let (settings, discovery) = prepare::described(&world, &peers, &project).await?;
    let prefix = install::prefix(&settings, prefix);
    let headers = install::headers(&settings, &discovery.headers, &discovery.include_dirs).map_err(Failure::usage)?;
    let plan = install::plan(&settings, &artifacts, &headers, &prefix);
    let top = install::top(&prefix, destdir.as_ref());
    let put = compute(move || installing::carry_out(&root, top.as_path(), &plan).map(|put| (top, put)));
    let (top, files) = put.await.map_err(Failure::internal)??;
    Ok(Installed { top, files })
}
