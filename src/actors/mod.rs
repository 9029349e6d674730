//! The tree of actors: who exists, on which thread, with how large a mailbox, and who holds whose address.
//!
//! ```text
//! main thread        Supervisor ── starts, restarts and ends all others; pings the shared thread
//! shared thread      ToolCache · FileScanner · ConfigStore · CompilePool · CompileWorker (one per step that may run at once)
//!                    Orchestrator (one per open project) · sessions
//! ```
//!
//! | asks | holds the address of |
//! |---|---|
//! | Orchestrator | ToolCache, FileScanner, ConfigStore, CompilePool |
//! | CompilePool | its CompileWorkers |
//! | session | Supervisor, and through it one Orchestrator, FileScanner and ConfigStore; ToolCache; CompilePool, for jobs |
//!
//! Requests go down this tree and are awaited; events go up and are not. No actor knows another's type: only this file does.

mod compile_pool;
mod compile_worker;
mod config_store;
mod file_scanner;
mod orchestrator;
pub mod supervise;
pub mod supervisor;
mod tool_cache;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use actix::prelude::*;
use tokio::sync::mpsc::UnboundedSender;

use crate::edge::World;
use crate::engine::restart::DAEMON_POLICY;
use crate::messages::compile_pool::{BorrowWorker, GetPool};
use crate::messages::compile_worker::ExecuteStep;
use crate::messages::config_store::{CheckSettings, LoadSettings};
use crate::messages::file_scanner::ForgetTree;
use crate::messages::orchestrator::WorkersLost;
use crate::messages::supervisor::{ActorFailed, Ending, FileDoors, OpenedProject, ToolDoors};
use crate::messages::{ClearCaches, Flush, GetCaches, Ping};

use compile_pool::{CompilePool, HireWorker};
use compile_worker::CompileWorker;
use config_store::ConfigStore;
use file_scanner::FileScanner;
use orchestrator::{Orchestrator, Peers};
use supervise::{Hear, start as keep};
use supervisor::Supervisor;
use tool_cache::ToolCache;

/// Questions come from orchestrators and sessions, a few at a time each.
const SERVICE_MAILBOX: usize = 64;
/// Bounded by credits: a build has no more steps out than workers, and each answers once.
const ORCHESTRATOR_MAILBOX: usize = 1024;
/// Bounded by credits, over all builds.
const POOL_MAILBOX: usize = 4096;
/// One step at a time.
const WORKER_MAILBOX: usize = 4;

/// The root's is actix's own: it is asked by sessions, a few at a time.
const ROOT_MAILBOX: usize = 16;

/// What the tree tells the daemon around it, from any thread.
#[derive(Clone)]
pub struct Outside {
    /// An actor failed: whoever waits for something should know.
    pub announce: Arc<dyn Fn(&ActorFailed) + Send + Sync>,
    /// Open sessions will never be answered.
    pub cut_sessions: Arc<dyn Fn() + Send + Sync>,
    /// The daemon has to end.
    pub ended: UnboundedSender<Ending>,
}

/// What the Supervisor needs to grow the tree, again if need be.
#[derive(Clone)]
pub(crate) struct Soil {
    world: World,
    cache_dir: PathBuf,
    ids: Arc<AtomicU32>,
    hear: Hear,
    lost: Recipient<WorkersLost>,
}

/// All actors but the root, which share one thread. Replaced as a whole if that thread hangs.
pub(crate) struct Branch {
    pub(crate) arbiter: ArbiterHandle,
    /// Until it is told to end.
    pub(crate) thread: Option<Arbiter>,
    pub(crate) ping: Recipient<Ping>,
    pub(crate) tools: ToolDoors,
    pub(crate) check: Recipient<CheckSettings>,
    pub(crate) forget: Recipient<ForgetTree>,
    pub(crate) load: Recipient<LoadSettings>,
    pub(crate) caches: Vec<Recipient<GetCaches>>,
    pub(crate) clear: Vec<Recipient<ClearCaches>>,
    pub(crate) flush: Vec<Recipient<Flush>>,
    pub(crate) borrow: Recipient<BorrowWorker>,
    pub(crate) counts: Recipient<GetPool>,
    pub(crate) end_steps: Recipient<Flush>,
    peers: Peers,
    files: FileDoors,
}

/// One open project's Orchestrator.
#[derive(Clone)]
pub(crate) struct Project {
    pub(crate) opened: Arc<OpenedProject>,
    pub(crate) workers_lost: Recipient<WorkersLost>,
    pub(crate) flush: Recipient<Flush>,
}

/// Starts the tree on the current thread and a new one.
pub fn start(world: World, cache_dir: PathBuf, outside: Outside) -> Addr<Supervisor> {
    Supervisor::create(|context| {
        let (root, announce) = (context.address(), outside.announce.clone());
        let hear: Hear = Arc::new(move |failed| {
            announce(&failed);
            root.do_send(failed);
        });
        let lost = context.address().recipient();
        let soil = Soil { world, cache_dir, ids: Arc::new(AtomicU32::new(1)), hear, lost };
        Supervisor::new(soil, outside)
    })
}

impl Soil {
    /// What a worker of the pool is called.
    pub(crate) fn worker_called(number: usize) -> String {
        format!("CompileWorker-{number}")
    }

    /// How many messages may wait for the actor of this name.
    pub(crate) fn mailbox_of(name: &str) -> usize {
        match name.split([' ', '-']).next() {
            Some("Supervisor") => ROOT_MAILBOX,
            Some("CompilePool") => POOL_MAILBOX,
            Some("CompileWorker") => WORKER_MAILBOX,
            Some("Orchestrator") => ORCHESTRATOR_MAILBOX,
            _ => SERVICE_MAILBOX,
        }
    }

    fn pool(&self, on: &ArbiterHandle) -> Addr<CompilePool> {
        let (world, handle, hear) = (self.world.clone(), on.clone(), self.hear.clone());
        let hire: HireWorker = Arc::new(move |name, pool: Addr<CompilePool>| -> Recipient<ExecuteStep> {
            let worker = CompileWorker::new(name, world.clone(), pool.clone().recipient(), pool.recipient());
            keep(&handle, Self::worker_called(name), DAEMON_POLICY, WORKER_MAILBOX, hear.clone(), worker).recipient()
        });
        let pool = CompilePool::new(self.world.clone(), hire, self.lost.clone());
        keep(on, "CompilePool".into(), DAEMON_POLICY, POOL_MAILBOX, self.hear.clone(), pool)
    }

    pub(crate) fn branch(&self) -> Branch {
        let arbiter = Arbiter::new();
        let on = arbiter.handle();
        let pool = self.pool(&on);
        let tools = ToolCache::new(self.world.clone(), self.cache_dir.clone());
        let tools = keep(&on, "ToolCache".into(), DAEMON_POLICY, SERVICE_MAILBOX, self.hear.clone(), tools);
        let files = FileScanner::new(self.world.clone(), self.cache_dir.clone());
        let files = keep(&on, "FileScanner".into(), DAEMON_POLICY, SERVICE_MAILBOX, self.hear.clone(), files);
        let settings = ConfigStore::new(self.world.clone(), self.cache_dir.clone());
        let settings = keep(&on, "ConfigStore".into(), DAEMON_POLICY, SERVICE_MAILBOX, self.hear.clone(), settings);
        let files_of = FileDoors {
            settings: settings.clone().recipient(),
            tree: files.clone().recipient(),
            binaries: files.clone().recipient(),
            sync: files.clone().recipient(),
            watch: files.clone().recipient(),
            ring: files.clone().recipient(),
        };
        Branch {
            ping: tools.clone().recipient(),
            tools: ToolDoors { find: tools.clone().recipient(), list: tools.clone().recipient() },
            check: settings.clone().recipient(),
            forget: files.clone().recipient(),
            load: settings.clone().recipient(),
            caches: vec![tools.clone().recipient(), files.clone().recipient(), settings.clone().recipient()],
            clear: vec![tools.clone().recipient(), files.clone().recipient(), settings.clone().recipient()],
            flush: vec![tools.clone().recipient(), files.clone().recipient(), settings.clone().recipient()],
            borrow: pool.clone().recipient(),
            counts: pool.clone().recipient(),
            end_steps: pool.clone().recipient(),
            peers: Peers {
                settings: settings.recipient(),
                toolchain: tools.clone().recipient(),
                probe: tools.recipient(),
                tree: files.clone().recipient(),
                sync: files.clone().recipient(),
                watch: files.recipient(),
                run: pool.clone().recipient(),
                stop: pool.clone().recipient(),
                reserve: pool.recipient(),
            },
            files: files_of,
            arbiter: on,
            thread: Some(arbiter),
        }
    }

    pub(crate) fn project(&self, root: &Path, branch: &Branch) -> Project {
        let orchestrator = Orchestrator::new(self.world.clone(), Arc::new(root.to_owned()), branch.peers.clone(), self.ids.clone());
        let name = supervisor::orchestrator_of(root);
        let address = keep(&branch.arbiter, name, DAEMON_POLICY, ORCHESTRATOR_MAILBOX, self.hear.clone(), orchestrator);
        Project {
            opened: Arc::new(OpenedProject {
                start: address.clone().recipient(),
                cancel: address.clone().recipient(),
                survey: address.clone().recipient(),
                explain: address.clone().recipient(),
                chart: address.clone().recipient(),
                clean: address.clone().recipient(),
                install: address.clone().recipient(),
                settings: address.clone().recipient(),
                standing: address.clone().recipient(),
                files: branch.files.clone(),
            }),
            workers_lost: address.clone().recipient(),
            flush: address.recipient(),
        }
    }
}
