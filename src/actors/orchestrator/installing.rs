//! Puts what a build made where others look for it. Does not know what goes where.

use actix::prelude::*;

use super::prepare::{self, Facts};
use super::{Orchestrator, Peers};
use crate::edge::compute::compute;
use crate::edge::{self, World, installing};
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
    let Facts { own, discovery, offers, .. } = prepare::gather(&world, &peers, &project, false, &[&project.root]).await?;
    let prefix = install::prefix(&own, prefix);
    let top = install::top(&prefix, destdir.as_ref());
    let put = compute(move || {
        let headers = install::headers(&own, &discovery).map_err(Failure::usage)?;
        let (settings, discovery) = (own.as_ref(), discovery.as_ref());
        let request = install::Request { settings, discovery, artifacts: &artifacts, headers: &headers, offers: &offers, prefix: &prefix };
        let installation = install::installation(&request, &|file| edge::fs::read(&file.under(&root)).ok());
        let files = installing::carry_out(&root, top.as_path(), &installation)?;
        Ok::<_, Failure>(Installed { top, files, notes: installation.notes })
    });
    put.await.map_err(Failure::internal)?
}
