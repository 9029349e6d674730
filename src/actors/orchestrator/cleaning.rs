//! A clean takes its turn among the builds of a project. Does not know what goes.

use std::path::PathBuf;
use std::sync::Arc;

use actix::prelude::*;

use super::Orchestrator;
use super::opening::{Waiting, when_free};
use super::standing::Standings;
use crate::edge::World;
use crate::engine::build::Records;
use crate::engine::failure::Failure;
use crate::messages::orchestrator::{CleanProject, Cleaned};

impl Handler<CleanProject> for Orchestrator {
    type Result = ResponseActFuture<Self, Result<Cleaned, Failure>>;
    fn handle(&mut self, CleanProject: CleanProject, context: &mut Context<Self>) -> Self::Result {
        self.let_go(context);
        if self.is_busy() {
            let why = "a build of this project is running; wait for it or stop it, then clean";
            return Box::pin(fut::ready(Err(Failure::usage(why))));
        }
        self.cleaning = true;
        (self.state, self.records, self.standings) = (None, Records::default(), Standings::default());
        let cleaning = clean(self.world.clone(), self.root.clone());
        Box::pin(cleaning.into_actor(self).map(|cleaned, orchestrator, context| {
            orchestrator.cleaning = false;
            orchestrator.begin_next(context);
            cleaned
        }))
    }
}

/// Removes what JMake made.
async fn clean(world: World, root: Arc<PathBuf>) -> Result<Cleaned, Failure> {
    let (removed, kept) = when_free(&world, &Waiting::Asker, move |world| crate::edge::cleaning::clean(world, &root)).await?;
    Ok(Cleaned { removed, kept })
}
