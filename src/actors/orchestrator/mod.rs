//! Runs the builds of one project, one after another.
//!
//! Owns: the running [`Build`], the ones that wait, and what is remembered of steps.
//! Receives: `StartBuild`, `CancelBuild`, `SurveyProject`, `ExplainSubject`, `ChartProject`, `CleanProject`, `RecallSettings`, `GetProject`; events of its own work and of workers.
//! Sends: questions to ToolCache, FileScanner and ConfigStore, steps to the CompilePool, events to each build's sink.
//! On failure: its processes are killed, its builds end with an error that says so; it starts again from the records on disk.

mod carry_out;
mod charting;
mod cleaning;
mod dependencies;
mod explain;
mod installing;
mod listener;
mod opening;
mod prepare;
mod probing;
mod queries;
mod saving;
mod settle;
mod standing;

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix::prelude::*;

use crate::edge::project_state::ProjectState;
use crate::edge::{World, faults};
use crate::engine::build::{Build, Event, Records};
use crate::engine::ids::BuildId;
use crate::engine::path::FilePath;
use crate::engine::report::BuildEvent;
use crate::engine::request::RequestKey;
use crate::messages::Flush;
use crate::messages::compile_pool::{ReserveWorkers, RunStep, StopSteps};
use crate::messages::config_store::LoadSettings;
use crate::messages::events::StepExecuted;
use crate::messages::file_scanner::{ScanTree, SyncTree, WatchTree};
use crate::messages::orchestrator::{CancelBuild, StartBuild, StepRestored, StepsJudged, WorkersLost};
use crate::messages::tool_cache::{FindToolchain, ProbeDriver};

use listener::Listener;
use prepare::Ground;
use saving::Saving;
use standing::Standings;

/// Whom an Orchestrator asks.
#[derive(Clone)]
#[allow(missing_docs, reason = "the types say all")]
pub struct Peers {
    pub settings: Recipient<LoadSettings>,
    pub toolchain: Recipient<FindToolchain>,
    pub probe: Recipient<ProbeDriver>,
    pub tree: Recipient<ScanTree>,
    pub sync: Recipient<SyncTree>,
    pub watch: Recipient<WatchTree>,
    pub run: Recipient<RunStep>,
    pub stop: Recipient<StopSteps>,
    pub reserve: Recipient<ReserveWorkers>,
}

/// A build that runs: described, and with somebody who listens.
struct Running {
    build: Build,
    listener: Listener,
    ground: Ground,
    /// When it began to look at files.
    since: u64,
}

/// A build that ended.
struct Left {
    build: Build,
    ground: Ground,
    success: bool,
}

/// One per open project.
pub struct Orchestrator {
    world: World,
    root: Arc<PathBuf>,
    peers: Peers,
    ids: Arc<AtomicU32>,
    state: Option<Arc<ProjectState>>,
    records: Records,
    saving: Saving,
    standings: Standings,
    /// Requests of which it is being found out what their answers stand on.
    finding_out: HashSet<RequestKey>,
    waiting: VecDeque<(Listener, StartBuild)>,
    preparing: Option<(Listener, StartBuild, bool)>,
    running: Option<Running>,
    /// A build that ended, until what it leaves is written, and its exit code.
    finishing: Option<(Listener, u8)>,
    /// One of which what it leaves is still to be arranged.
    left: Option<Left>,
    /// What was made is being removed: no build begins meanwhile.
    cleaning: bool,
    generation: u64,
}

impl Orchestrator {
    /// An Orchestrator for the project at `root`; `ids` numbers builds across projects.
    #[must_use]
    pub fn new(world: World, root: Arc<PathBuf>, peers: Peers, ids: Arc<AtomicU32>) -> Self {
        Self {
            world,
            root,
            peers,
            ids,
            state: None,
            records: Records::default(),
            saving: Saving::default(),
            standings: Standings::default(),
            finding_out: HashSet::new(),
            waiting: VecDeque::new(),
            preparing: None,
            running: None,
            finishing: None,
            left: None,
            cleaning: false,
            generation: 0,
        }
    }

    fn now(&self) -> Duration {
        self.world.clock.now()
    }

    fn is_busy(&self) -> bool {
        self.preparing.is_some() || self.running.is_some() || self.finishing.is_some() || self.cleaning
    }

    /// Begins the next waiting build, if none is under way.
    fn begin_next(&mut self, context: &mut Context<Self>) {
        if self.is_busy() {
            return;
        }
        let Some((listener, start)) = self.waiting.pop_front() else { return };
        self.arrange(context);
        self.generation += 1;
        let (build, request) = (listener.build, start.request.clone());
        let project = &request.project;
        let started = BuildEvent::BuildStarted {
            build,
            root: FilePath::new(&project.root),
            profile: project.profile.clone(),
            targets: request.targets.clone(),
        };
        listener.say(self.now(), &started);
        let waiting = opening::Waiting::Reader { sink: listener.sink.clone(), since: listener.since };
        self.preparing = Some((listener, start, false));
        let standing = self.standings.take(request.key());
        let preparing = prepare::build(self.world.clone(), self.peers.clone(), request, standing, waiting);
        context.spawn(preparing.into_actor(self).map(move |prepared, orchestrator, context| {
            faults::point("Orchestrator.spawned");
            orchestrator.prepared(build, prepared, context);
        }));
    }

    fn prepared(&mut self, build: BuildId, prepared: prepare::Outcome, context: &mut Context<Self>) {
        let Some((listener, start, cancelled)) = self.preparing.take_if(|(listener, ..)| listener.build == build) else { return };
        let now = self.now();
        match prepared {
            _ if cancelled => {}
            Err(failure) => listener.refuse(now, failure.message.clone(), failure.kind.exit_code()),
            Ok(prepare::Ready::Unchanged(standing)) => self.unchanged(&listener, start.request, standing, context),
            Ok(prepare::Ready::Open { ground, state, records, note }) => {
                note.into_iter().for_each(|text| listener.say(now, &BuildEvent::Notice { text }));
                self.state = Some(state);
                self.records = records;
                let elapsed = now.saturating_sub(listener.since);
                let (running, effects) = Build::start(build, start.request, ground.prepared(), self.records.clone(), elapsed);
                self.peers.reserve.do_send(ReserveWorkers { build, workers: running.jobs() });
                self.running = Some(Running { build: running, listener, ground, since: self.world.digests.moment() });
                self.carry_out(effects, context);
            }
        }
        self.begin_next(context);
    }

    /// Tells the running build a fact, if it is the one meant, and does what it says.
    fn tell(&mut self, build: BuildId, event: Event, context: &mut Context<Self>) {
        let now = self.now();
        let Some(running) = self.running.as_mut().filter(|running| running.build.id() == build) else { return };
        let since = now.saturating_sub(running.listener.since);
        let effects = running.build.on_event(since, event);
        self.carry_out(effects, context);
    }
}

impl Actor for Orchestrator {
    type Context = Context<Self>;
}

impl Supervised for Orchestrator {
    fn restarting(&mut self, _: &mut Context<Self>) {
        faults::point("Orchestrator.restart");
        let old = std::mem::replace(self, Self::new(self.world.clone(), self.root.clone(), self.peers.clone(), self.ids.clone()));
        self.bury(old);
    }
}

impl Handler<StartBuild> for Orchestrator {
    type Result = MessageResult<StartBuild>;
    fn handle(&mut self, start: StartBuild, context: &mut Context<Self>) -> Self::Result {
        faults::point("Orchestrator");
        let build = BuildId(self.ids.fetch_add(1, Ordering::Relaxed));
        if !start.sink.is_open() {
            // Asked again because this actor failed on it, and refused by the restart.
            return MessageResult(build);
        }
        let listener = Listener { build, client_pid: start.request.client_pid, sink: start.sink.clone(), since: self.now() };
        if let Some(other) = self.running.as_ref().map(|r| &r.listener).or(self.preparing.as_ref().map(|(l, ..)| l)) {
            let text = format!("waiting for build {} of this project (process {})", other.build, other.client_pid);
            listener.say(self.now(), &BuildEvent::Notice { text });
        }
        self.waiting.push_back((listener, start));
        self.begin_next(context);
        MessageResult(build)
    }
}

impl Handler<CancelBuild> for Orchestrator {
    type Result = ();
    fn handle(&mut self, CancelBuild { build }: CancelBuild, context: &mut Context<Self>) {
        let now = self.now();
        // What it asked may take its time; nobody waits for that.
        if let Some((listener, _, cancelled)) = self.preparing.as_mut().filter(|(listener, ..)| listener.build == build) {
            *cancelled = true;
            listener.refuse(now, "cancelled".to_owned(), 130);
        }
        if let Some(index) = self.waiting.iter().position(|(listener, _)| listener.build == build)
            && let Some((listener, _)) = self.waiting.remove(index)
        {
            listener.refuse(self.now(), "cancelled".to_owned(), 130);
        }
        self.tell(build, Event::Cancel, context);
    }
}

impl Handler<StepsJudged> for Orchestrator {
    type Result = ();
    fn handle(&mut self, StepsJudged { build, judged }: StepsJudged, context: &mut Context<Self>) {
        self.tell(build, Event::Judged(judged), context);
    }
}

impl Handler<StepExecuted> for Orchestrator {
    type Result = ();
    fn handle(&mut self, done: StepExecuted, context: &mut Context<Self>) {
        faults::point("Orchestrator");
        let StepExecuted { build, step, attempt, execution } = done;
        self.tell(build, Event::Executed { step, attempt, execution: Box::new(execution) }, context);
    }
}

impl Handler<StepRestored> for Orchestrator {
    type Result = ();
    fn handle(&mut self, StepRestored { build, step, result }: StepRestored, context: &mut Context<Self>) {
        self.tell(build, Event::Restored { step, result }, context);
    }
}

impl Handler<WorkersLost> for Orchestrator {
    type Result = ();
    fn handle(&mut self, _: WorkersLost, context: &mut Context<Self>) {
        // A build that is prepared meanwhile reserves its workers when it begins to run.
        if let Some(running) = &self.running {
            let (build, workers) = (running.build.id(), running.build.jobs());
            self.peers.reserve.do_send(ReserveWorkers { build, workers });
            self.tell(build, Event::WorkersLost, context);
        }
    }
}

impl Handler<Flush> for Orchestrator {
    type Result = ResponseFuture<()>;
    fn handle(&mut self, _: Flush, context: &mut Context<Self>) -> Self::Result {
        self.stop_all(context);
        let (state, standings) = (self.state.take(), std::mem::take(&mut self.standings));
        let writing = settle::write_down(self.world.clone(), self.peers.clone(), self.root.clone(), standings);
        let released = saving::release(self.world.clone(), self.root.clone(), state);
        Box::pin(async {
            released.await;
            writing.await;
        })
    }
}
