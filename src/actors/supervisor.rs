//! The root of the tree: starts every other actor, hears of their failures, ends the daemon in order.
//!
//! Owns: the branch of all other actors, open projects, and how often each actor failed.
//! Receives: `ActorFailed`, `OpenProject`, `GetDaemon`, `ClearCaches`, `GetBranch`, `BeginShutdown`, `Shutdown`, `EndThread`, `WorkersLost`.
//! Sends: `Ping`, `ClearCaches`, `Flush` and queries to all, `WorkersLost` to the orchestrators, `ForgetTree` to the FileScanner.
//! On failure: the process ends; the next client starts a new one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use futures_util::future::{join_all, join3};

use super::{Branch, Outside, Project, Soil};
use crate::edge::{faults, fs};
use crate::engine::cache::CacheCounts;
use crate::engine::failure::Failure;
use crate::messages::compile_pool::GetPool;
use crate::messages::file_scanner::ForgetTree;
use crate::messages::orchestrator::{GetProject, ProjectStanding, WorkersLost};
use crate::messages::supervisor::{
    ActorFailed, ActorStanding, BeginShutdown, CurrentBranch, DaemonStanding, EndThread, Ending, EndingThread, GetBranch, GetDaemon,
    OpenProject, OpenedProject, Shutdown,
};
use crate::messages::{ClearCaches, Flush, GetCaches, Ping};

/// How often the shared thread is asked whether it lives.
const PING_EVERY: Duration = Duration::from_secs(1);
/// A shared thread that is silent for so long is given up.
const HUNG_AFTER: Duration = Duration::from_secs(5);
/// More abandoned threads than this end the daemon.
const ABANDONED_MAX: u32 = 2;
/// What an actor may take to flush.
const FLUSH_WITHIN: Duration = Duration::from_millis(1200);

/// The actors of the shared thread that are there whatever is built.
const FIXED: [&str; 4] = ["ToolCache", "FileScanner", "ConfigStore", "CompilePool"];

/// The root.
pub struct Supervisor {
    soil: Soil,
    outside: Outside,
    branch: Branch,
    projects: BTreeMap<PathBuf, Project>,
    fates: BTreeMap<String, Fate>,
    abandoned: u32,
    since: Duration,
}

/// What became of an actor since the daemon started, over all the threads it was on.
#[derive(Default)]
struct Fate {
    restarts: u32,
    given_up: bool,
}

impl Supervisor {
    pub(crate) fn new(soil: Soil, outside: Outside) -> Self {
        let branch = soil.branch();
        let since = soil.world.clock.now();
        Self { soil, outside, branch, projects: BTreeMap::new(), fates: BTreeMap::new(), abandoned: 0, since }
    }

    fn end(&self, why: &str) {
        tracing::error!("the daemon ends: {why}");
        // The main loop may have ended first.
        let _ending = self.outside.ended.send(Ending::Failed);
    }

    /// The shared thread is stuck: its actors start afresh on a new one, and clients ask again.
    fn abandon_branch(&mut self) {
        self.abandoned += 1;
        tracing::error!(abandoned = self.abandoned, "the shared thread does not answer; its actors are started on a new one");
        if self.abandoned > ABANDONED_MAX {
            return self.end("its shared thread hung too often");
        }
        self.soil.world.process.kill_all();
        // Should it come back before it hears that it is to stop, it begins no step that still waited.
        self.branch.end_steps.do_send(Flush);
        for name in FIXED.map(str::to_owned).into_iter().chain(std::mem::take(&mut self.projects).keys().map(|root| orchestrator_of(root)))
        {
            self.fates.entry(name).or_default().restarts += 1;
        }
        let old = std::mem::replace(&mut self.branch, self.soil.branch());
        // Stops it if it ever comes back; joining it would hang this thread too.
        old.arbiter.stop();
        (self.outside.cut_sessions)();
    }

    /// Those of `projects` that are not where they were, and in which nothing happens, are closed.
    fn close_gone(&mut self, projects: &mut Vec<(PathBuf, ProjectStanding)>) {
        for (root, _) in projects.extract_if(.., |(root, standing)| standing.builds.is_empty() && !fs::exists(root)) {
            // Without addresses its Orchestrator ends by itself, once whoever asked it something has an answer.
            self.projects.remove(&root);
            self.branch.forget.do_send(ForgetTree { root });
        }
    }

    /// Every actor; `workers`: those that the pool has now.
    fn standings(&self, workers: &[usize]) -> Vec<ActorStanding> {
        let fixed = FIXED.into_iter().chain(["Supervisor"]).map(str::to_owned);
        let open = self.projects.keys().map(|root| orchestrator_of(root));
        let workers = workers.iter().map(|worker| Soil::worker_called(*worker));
        let mut names: Vec<_> = fixed.chain(open).chain(workers).chain(self.fates.keys().cloned()).collect();
        names.sort();
        names.dedup();
        let standing = |name: String| {
            let fate = self.fates.get(&name);
            ActorStanding {
                state: if fate.is_some_and(|fate| fate.given_up) { "given up" } else { "running" },
                restarts: fate.map_or(0, |fate| fate.restarts),
                mailbox: u32::try_from(Soil::mailbox_of(&name)).unwrap_or(u32::MAX),
                name,
            }
        };
        names.into_iter().map(standing).collect()
    }
}

/// What the Orchestrator of the project at `root` is called.
pub(super) fn orchestrator_of(root: &Path) -> String {
    format!("Orchestrator {}", root.display())
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
        let fate = self.fates.entry(failed.name).or_default();
        fate.restarts += 1;
        fate.given_up = failed.given_up;
    }
}

impl Handler<WorkersLost> for Supervisor {
    type Result = ();
    fn handle(&mut self, _: WorkersLost, _: &mut Context<Self>) {
        self.projects.values().for_each(|project| project.workers_lost.do_send(WorkersLost));
    }
}

impl Handler<OpenProject> for Supervisor {
    type Result = Result<Arc<OpenedProject>, Failure>;
    fn handle(&mut self, OpenProject { root }: OpenProject, context: &mut Context<Self>) -> Self::Result {
        faults::point("Supervisor");
        if !self.projects.contains_key(&root) {
            // Who looks at the daemon closes what is gone.
            context.notify(GetDaemon);
        }
        let project = self.projects.entry(root).or_insert_with_key(|root| self.soil.project(root, &self.branch));
        Ok(project.opened.clone())
    }
}

impl Handler<GetBranch> for Supervisor {
    type Result = CurrentBranch;
    fn handle(&mut self, _: GetBranch, _: &mut Context<Self>) -> CurrentBranch {
        CurrentBranch { arbiter: self.branch.arbiter.clone() }
    }
}

impl Handler<GetDaemon> for Supervisor {
    type Result = ResponseActFuture<Self, DaemonStanding>;
    fn handle(&mut self, _: GetDaemon, _: &mut Context<Self>) -> Self::Result {
        let caches = join_all(self.branch.caches.iter().map(|door| door.send(GetCaches)));
        let doors = self.projects.iter().map(|(root, project)| (root.clone(), project.opened.standing.clone()));
        let projects = join_all(doors.map(|(root, door)| async move { (root, door.send(GetProject).await.unwrap_or_default()) }));
        let asked = join3(caches, projects, self.branch.counts.send(GetPool));
        Box::pin(asked.into_actor(self).map(|(caches, mut projects, pool), root, _| {
            root.close_gone(&mut projects);
            let uptime = root.soil.world.clock.now().saturating_sub(root.since);
            let Branch { tools, check, load, .. } = &root.branch;
            let (tools, check, load, borrow) = (tools.clone(), check.clone(), load.clone(), root.branch.borrow.clone());
            let (actors, caches) = (root.standings(&pool.unwrap_or_default().workers), caches.into_iter().flatten().flatten().collect());
            DaemonStanding { uptime, actors, projects, caches, tools, check, borrow, load }
        }))
    }
}

impl Handler<ClearCaches> for Supervisor {
    type Result = ResponseFuture<Vec<CacheCounts>>;
    fn handle(&mut self, _: ClearCaches, _: &mut Context<Self>) -> Self::Result {
        let cleared = join_all(self.branch.clear.iter().map(|door| door.send(ClearCaches)));
        Box::pin(async { cleared.await.into_iter().flatten().flatten().collect() })
    }
}

impl Handler<BeginShutdown> for Supervisor {
    type Result = ();
    fn handle(&mut self, BeginShutdown(ending): BeginShutdown, _: &mut Context<Self>) {
        // The main loop may have ended first.
        let _ending = self.outside.ended.send(ending);
    }
}

impl Handler<Shutdown> for Supervisor {
    type Result = ResponseFuture<()>;
    fn handle(&mut self, _: Shutdown, _: &mut Context<Self>) -> Self::Result {
        let projects = std::mem::take(&mut self.projects);
        let first = join_all(projects.values().map(|project| project.flush.send(Flush).timeout(FLUSH_WITHIN)));
        let workers = self.branch.end_steps.send(Flush).timeout(FLUSH_WITHIN);
        let caches = join_all(self.branch.flush.iter().map(|door| door.send(Flush).timeout(FLUSH_WITHIN)));
        Box::pin(async move {
            for failed in first.await.into_iter().chain([workers.await]).chain(caches.await).filter_map(Result::err) {
                tracing::error!("an actor did not flush: {failed}");
            }
        })
    }
}

impl Handler<EndThread> for Supervisor {
    type Result = EndingThread;
    fn handle(&mut self, _: EndThread, _: &mut Context<Self>) -> EndingThread {
        let thread = self.branch.thread.take();
        // It may have ended by itself.
        let _told = thread.as_ref().map(Arbiter::stop);
        EndingThread(thread)
    }
}
