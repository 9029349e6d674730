//! The root of the tree: starts every other actor, hears of their failures, ends the daemon in order.
//!
//! Owns: the branch of small actors, the workshop, open projects, and how often each actor failed.
//! Receives: `ActorFailed`, `OpenProject`, `GetDaemon`, `GetBranch`, `BeginShutdown`, `Shutdown`, `WorkersLost`.
//! Sends: `Ping` and `Flush` to all, `WorkersLost` to the orchestrators.
//! On failure: the process ends; the next client starts a new one.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use futures_util::future::join_all;
use tokio::sync::mpsc::UnboundedSender;

use super::{Branch, Project, Soil, Workshop};
use crate::engine::failure::Failure;
use crate::messages::orchestrator::{GetProject, WorkersLost};
use crate::messages::supervisor::{
    ActorFailed, ActorStanding, BeginShutdown, CurrentBranch, DaemonStanding, Ending, GetBranch, GetDaemon, OpenProject, OpenedProject,
    Shutdown,
};
use crate::messages::{Flush, GetCaches, Ping};

/// How often the shared thread is asked whether it lives.
const PING_EVERY: Duration = Duration::from_secs(1);
/// A shared thread that is silent for so long is given up.
const HUNG_AFTER: Duration = Duration::from_secs(5);
/// More abandoned threads than this end the daemon.
const ABANDONED_MAX: u32 = 2;
/// What an actor may take to flush.
const FLUSH_WITHIN: Duration = Duration::from_millis(1200);

/// The root.
pub struct Supervisor {
    soil: Soil,
    address: Addr<Self>,
    cut_sessions: Arc<dyn Fn() + Send + Sync>,
    ended: UnboundedSender<Ending>,
    branch: Branch,
    workshop: Workshop,
    projects: BTreeMap<PathBuf, Project>,
    failures: BTreeMap<String, ActorFailed>,
    abandoned: u32,
    since: Duration,
}

impl Supervisor {
    pub(crate) fn new(soil: Soil, address: Addr<Self>, cut_sessions: Arc<dyn Fn() + Send + Sync>, ended: UnboundedSender<Ending>) -> Self {
        let tell = address.clone().recipient();
        let workshop = soil.workshop(&tell, address.clone().recipient());
        let branch = soil.branch(&tell, &workshop);
        let since = soil.world.clock.now();
        Self {
            soil,
            address,
            cut_sessions,
            ended,
            branch,
            workshop,
            projects: BTreeMap::new(),
            failures: BTreeMap::new(),
            abandoned: 0,
            since,
        }
    }

    fn end(&self, why: &str) {
        tracing::error!("the daemon ends: {why}");
        // The main loop may have ended first.
        let _ending = self.ended.send(Ending::Failed);
    }

    /// The shared thread is stuck: its actors start afresh on a new one, and clients ask again.
    fn abandon_branch(&mut self) {
        self.abandoned += 1;
        tracing::error!(abandoned = self.abandoned, "the shared thread does not answer; its actors are started on a new one");
        if self.abandoned > ABANDONED_MAX {
            return self.end("its shared thread hung too often");
        }
        self.soil.world.process.kill_all();
        self.projects.clear();
        let tell = self.address.clone().recipient();
        let old = std::mem::replace(&mut self.branch, self.soil.branch(&tell, &self.workshop));
        // Stops it if it ever comes back; joining it would hang this thread too.
        old.arbiter.stop();
        (self.cut_sessions)();
    }

    fn standings(&self) -> Vec<ActorStanding> {
        let fixed = ["Supervisor", "ToolCache", "FileScanner", "ConfigStore", "CompilePool"].map(str::to_owned);
        let open = self.projects.keys().map(|root| format!("Orchestrator {}", root.display()));
        let mut names: Vec<_> = fixed.into_iter().chain(open).chain(self.failures.keys().cloned()).collect();
        names.sort();
        names.dedup();
        let standing = |name: String| {
            let failed = self.failures.get(&name);
            ActorStanding {
                state: if failed.is_some_and(|failed| failed.given_up) { "given up" } else { "running" },
                restarts: failed.map_or(0, |failed| failed.restarts),
                mailbox: 0,
                name,
            }
        };
        names.into_iter().map(standing).collect()
    }
}

impl Actor for Supervisor {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Context<Self>) {
        context.run_interval(PING_EVERY, |root, context| {
            let asked = root.abandoned;
            let answer = root.branch.ping.send(Ping).timeout(HUNG_AFTER);
            context.spawn(answer.into_actor(root).map(move |answer, root, _| {
                if matches!(answer, Err(MailboxError::Timeout)) && root.abandoned == asked {
                    root.abandon_branch();
                }
            }));
        });
    }
}

impl Handler<ActorFailed> for Supervisor {
    type Result = ();
    fn handle(&mut self, failed: ActorFailed, _: &mut Context<Self>) {
        if failed.given_up {
            self.end(&format!("{} failed {} times ({})", failed.name, failed.restarts, failed.why));
        }
        self.failures.insert(failed.name.clone(), failed);
    }
}

impl Handler<WorkersLost> for Supervisor {
    type Result = ();
    fn handle(&mut self, _: WorkersLost, _: &mut Context<Self>) {
        self.projects.values().for_each(|project| project.workers_lost.do_send(WorkersLost));
    }
}

impl Handler<OpenProject> for Supervisor {
    type Result = Result<OpenedProject, Failure>;
    fn handle(&mut self, OpenProject { root }: OpenProject, _: &mut Context<Self>) -> Self::Result {
        let tell = self.address.clone().recipient();
        let project = self.projects.entry(root).or_insert_with_key(|root| self.soil.project(root, &tell, &self.branch));
        Ok(project.opened.clone())
    }
}

impl Handler<GetBranch> for Supervisor {
    type Result = CurrentBranch;
    fn handle(&mut self, _: GetBranch, _: &mut Context<Self>) -> CurrentBranch {
        CurrentBranch { arbiter: self.branch.arbiter.handle() }
    }
}

impl Handler<GetDaemon> for Supervisor {
    type Result = ResponseFuture<DaemonStanding>;
    fn handle(&mut self, _: GetDaemon, _: &mut Context<Self>) -> Self::Result {
        let uptime = self.soil.world.clock.now().saturating_sub(self.since);
        let (actors, tools) = (self.standings(), self.branch.tools.clone());
        let caches = join_all(self.branch.caches.iter().map(|door| door.send(GetCaches)));
        let doors = self.projects.iter().map(|(root, project)| (root.clone(), project.opened.standing.clone()));
        let projects = join_all(doors.map(|(root, door)| async move { (root, door.send(GetProject).await.unwrap_or_default()) }));
        Box::pin(async move {
            let caches = caches.await.into_iter().flatten().flatten().collect();
            DaemonStanding { uptime, actors, projects: projects.await, caches, tools }
        })
    }
}

impl Handler<BeginShutdown> for Supervisor {
    type Result = ();
    fn handle(&mut self, BeginShutdown(ending): BeginShutdown, _: &mut Context<Self>) {
        // The main loop may have ended first.
        let _ending = self.ended.send(ending);
    }
}

impl Handler<Shutdown> for Supervisor {
    type Result = ResponseFuture<()>;
    fn handle(&mut self, _: Shutdown, _: &mut Context<Self>) -> Self::Result {
        let projects = std::mem::take(&mut self.projects);
        let first = join_all(projects.values().map(|project| project.flush.send(Flush).timeout(FLUSH_WITHIN)));
        let workers = self.workshop.flush.send(Flush).timeout(FLUSH_WITHIN);
        let caches = join_all(self.branch.flush.iter().map(|door| door.send(Flush).timeout(FLUSH_WITHIN)));
        Box::pin(async move {
            for failed in first.await.into_iter().chain([workers.await]).chain(caches.await).filter_map(Result::err) {
                tracing::error!("an actor did not flush: {failed}");
            }
        })
    }
}
