//! What jobs want to know of the daemon itself. Does not know projects.

use serde_json::Value as Json;

use super::super::root_failed;
use super::perform::{Doer, Told};
use crate::engine::jobs::answers::daemon::{self, Actor, Standing};
use crate::messages::ClearCaches;
use crate::messages::supervisor::GetDaemon;

impl Doer {
    async fn standing(&self) -> Told<Standing> {
        let found = self.service.root.send(GetDaemon).await.map_err(|_| root_failed())?;
        let actor = |actor: crate::messages::supervisor::ActorStanding| Actor {
            name: actor.name,
            running: actor.state == "running",
            restarts: actor.restarts,
        };
        let project = |(root, project): (std::path::PathBuf, crate::messages::orchestrator::ProjectStanding)| {
            (root.display().to_string(), project.steps, project.watching)
        };
        Ok(Standing {
            uptime: found.uptime,
            actors: found.actors.into_iter().map(actor).collect(),
            caches: found.caches,
            projects: found.projects.into_iter().map(project).collect(),
        })
    }

    /// How many files had to be read because nothing was known of them.
    pub(super) async fn misses(&self) -> Told<u64> {
        Ok(self.standing().await?.caches.iter().filter(|cache| cache.name == "scan_facts").map(|cache| cache.misses).sum())
    }

    pub(super) async fn check_daemons(&self) -> Told<Json> {
        Ok(daemon::checked(&self.standing().await?))
    }

    pub(super) async fn stats(&self) -> Told<Json> {
        Ok(daemon::stats(&self.standing().await?))
    }

    pub(super) async fn cache_stats(&self) -> Told<Json> {
        Ok(daemon::caches(&self.standing().await?))
    }

    pub(super) async fn clear_caches(&self) -> Told<Json> {
        let cleared = self.service.root.send(ClearCaches).await.map_err(|_| root_failed())?;
        Ok(daemon::cleared(&cleared))
    }
}
