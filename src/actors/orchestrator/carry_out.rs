//! Does what a build says: sends its effects to the world and to other actors. Decides nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::prelude::*;
use futures_util::future::OptionFuture;

use super::listener::Listener;
use super::prepare::Ground;
use super::standing::{Evidence, Standing, Standings};
use super::{Left, Orchestrator, Running, settle};
use crate::edge::compute::compute;
use crate::edge::{compile_database, digests, faults, judging, leftovers, opaque_runs, stamp};
use crate::engine::build::{Build, Effect, Event, SHUTDOWN};
use crate::engine::graph::StepSpec;
use crate::engine::path::FilePath;
use crate::engine::request::BuildRequest;
use crate::messages::compile_pool::{RunStep, StopSteps};
use crate::messages::orchestrator::{StepRestored, StepsJudged};

/// So long who waited for a build has the processors for himself: to hear the end, and to end.
const FAREWELL: Duration = Duration::from_millis(1);

/// When what was just made is looked at again.
const LATER: Duration = digests::RACY.saturating_mul(2);

/// Why a build ended that was in flight when its Orchestrator failed.
const FAILED: &str =
    "JMake's orchestrator of this project failed and was restarted; run the build again, and report this with the daemon's log";

impl Orchestrator {
    /// Answers what is so already.
    pub(super) fn unchanged(&mut self, listener: &Listener, request: BuildRequest, standing: Standing, context: &mut Context<Self>) {
        let now = self.now();
        standing.answer.events(now.saturating_sub(listener.since)).iter().for_each(|event| listener.say(now, event));
        listener.sink.close(0);
        let key = request.key();
        let stamped = match &standing.evidence {
            Evidence::Stamped(stamp) => Some(stamp.confirmed.clone()),
            Evidence::Described(_) => None,
        };
        self.standings.put(key, standing);
        if let Some(confirmed) = stamped {
            self.find_out(request, confirmed, context);
        }
    }

    /// Finds out what the answer to a request stands on, behind it.
    fn find_out(&mut self, request: BuildRequest, confirmed: BTreeMap<FilePath, bool>, context: &mut Context<Self>) {
        let key = request.key();
        if self.finding_out.insert(key) {
            let described = settle::describe(self.world.clone(), self.peers.clone(), request, confirmed);
            context.spawn(described.into_actor(self).map(move |standing, orchestrator, _| {
                orchestrator.finding_out.remove(&key);
                orchestrator.standings.found_out(key, standing);
            }));
        }
    }

    /// Does all of it, in order.
    pub(super) fn carry_out(&mut self, effects: Vec<Effect>, context: &mut Context<Self>) {
        for effect in effects {
            self.carry_out_one(effect, context);
        }
    }

    fn carry_out_one(&mut self, effect: Effect, context: &mut Context<Self>) {
        let Some(running) = &self.running else { return };
        let (build, world, root) = (running.build.id(), self.world.clone(), self.root.clone());
        match effect {
            Effect::Emit(event) => running.listener.say(self.now(), &event),
            Effect::Judge { tasks, assumed, taints } => {
                let judging = compute(move || judging::judge_all(&world, &root, &tasks, assumed, taints));
                self.answer(context, judging, move |judged| StepsJudged { build, judged });
            }
            Effect::Run { step, attempt, spec, lookup, assembled, inspect_main } => self.peers.run.do_send(RunStep {
                build,
                step,
                attempt,
                since: running.since,
                spec,
                lookup,
                assembled,
                root,
                variables: running.build.variables(),
                inspect_main,
                keep: true,
                report_to: context.address().recipient(),
            }),
            Effect::Restore { step, spec, record, inspect_main } => {
                let restoring = compute(move || judging::restore(&world, &root, &spec, &record, inspect_main));
                self.answer(context, restoring, move |result| StepRestored { build, step, result });
            }
            Effect::Stop(step) => self.peers.stop.do_send(StopSteps { build, step: Some(step) }),
            Effect::Remember(path, records) => {
                let records = match &self.state {
                    Some(state) => state.remember(path.clone(), records),
                    None => records,
                };
                self.records.insert(path, records);
                self.save_soon(context);
            }
            Effect::Finish { exit_code } => self.finish(exit_code, context),
        }
    }

    /// What a build left is of no use any more.
    pub(super) fn let_go(&mut self, context: &mut Context<Self>) {
        if self.left.take().is_some() {
            self.leave(context);
        }
    }

    /// Sends the value of a computation to this actor. A computation that panics fails this actor, which then starts anew.
    fn answer<T, M>(
        &self,
        context: &mut Context<Self>,
        work: impl Future<Output = Result<T, crate::edge::compute::Lost>> + 'static,
        message: impl FnOnce(T) -> M + 'static,
    ) where
        T: 'static,
        M: Message + Send + 'static,
        M::Result: Send,
        Self: Handler<M>,
    {
        let told = work.into_actor(self).map(move |value, _, context| match value {
            Ok(value) => context.notify(message(value)),
            Err(lost) => panic!("{lost}"),
        });
        context.spawn(told);
    }

    fn finish(&mut self, exit_code: u8, context: &mut Context<Self>) {
        let Some(Running { build, listener, ground, .. }) = self.running.take() else { return };
        self.peers.stop.do_send(StopSteps { build: build.id(), step: None });
        let (root, world) = (self.root.clone(), self.world.clone());
        let database = build.compile_database();
        let doubt = build.leaves_doubt();
        let lasting = build.lasting(exit_code).map(|lasting| (lasting, self.records.clone()));
        let something = database.is_some() || doubt || lasting.is_some();
        let write = move || {
            if let Some((build_dir, commands)) = database {
                compile_database::write(&world, &root, &build_dir, &commands);
            }
            if doubt {
                stamp::forget(&root);
            }
            if let Some((lasting, records)) = lasting {
                leftovers::remove(&world, &root, lasting, &records);
            }
        };
        let written = OptionFuture::from(something.then(|| compute(write)));
        self.finishing = Some((listener, exit_code));
        context.spawn(written.into_actor(self).map(move |_, orchestrator, context| {
            faults::point("Orchestrator.spawned");
            // The daemon ends, or this actor began anew: then all of it is arranged.
            if orchestrator.finishing.is_none() {
                return;
            }
            orchestrator.close();
            orchestrator.left = Some(Left { build, ground, success: exit_code == 0 });
            // Or as soon as somebody asks for something.
            context.run_later(FAREWELL, Self::arrange);
            orchestrator.begin_next(context);
        }));
    }

    /// Arranges what a build left, if there is something.
    pub(super) fn arrange(&mut self, context: &mut Context<Self>) {
        if let Some(Left { build, ground, success }) = self.left.take() {
            // Before others may run something.
            let run = opaque_runs::newest(&self.root);
            // Nobody waits for the disk: what a crash takes costs the next build time.
            self.leave(context);
            self.settle(&build, ground, (success, run), context);
        }
    }

    fn close(&mut self) {
        if let Some((listener, exit_code)) = self.finishing.take() {
            listener.sink.close(exit_code);
        }
    }

    /// Keeps what the next build may stand on.
    fn settle(&mut self, build: &Build, ground: Ground, (success, run): (bool, Option<u64>), context: &mut Context<Self>) {
        let key = build.request().key();
        if build.leaves_doubt() {
            self.standings = Standings::default();
            return;
        }
        match ground {
            Ground::Narrowed(narrow) if success && !build.request().dry_run => {
                self.look_again(narrow.made(), context);
                let confirmed = narrow.described.confirmed.clone();
                match narrow.done(&self.records, run) {
                    Some(standing) => self.standings.put(key, standing),
                    None => self.find_out(build.request().clone(), confirmed, context),
                }
            }
            Ground::Narrowed(narrow) => self.standings.put(key, narrow.left()),
            Ground::Whole(mut basis) if success && !build.request().dry_run => {
                let known = settle::Remembered { records: Arc::new(self.records.clone()), run, confirmed: build.confirmed() };
                if let Ok(lowered) = basis.front_end.lower(&known.confirmed) {
                    basis.lowered = lowered;
                    self.look_again(basis.lowered.steps.iter().flat_map(StepSpec::made).collect(), context);
                    let settling = settle::settle(self.world.clone(), self.peers.clone(), build.request().clone(), *basis, known);
                    context.spawn(settling.into_actor(self).map(move |standing, orchestrator, _| {
                        if let Some(standing) = standing {
                            orchestrator.standings.put(key, standing);
                        }
                    }));
                }
            }
            Ground::Whole(_) => {}
        }
    }

    /// What was just made was hashed too soon for its stat to prove it: it is looked at again behind the answer, rather than by the next build.
    fn look_again(&self, made: Vec<FilePath>, context: &mut Context<Self>) {
        let (world, root) = (self.world.clone(), self.root.clone());
        context.run_later(LATER, move |orchestrator, context| {
            let looking = compute(move || {
                let heard = Instant::now();
                world.watches.hear();
                made.iter().for_each(|path| world.digests.confirm(&path.under(&root), heard));
            });
            context.spawn(looking.into_actor(orchestrator).map(|_, _, _| ()));
        });
    }

    /// What the failed state left open is ended: nobody waits for ever, and nothing runs on.
    pub(super) fn bury(&self, mut old: Self) {
        // Its events are all told; what was not written costs the next build time only.
        old.close();
        let running = old.running.map(|running| running.listener);
        let preparing = old.preparing.map(|(listener, ..)| listener);
        for listener in running.into_iter().chain(preparing).chain(old.waiting.into_iter().map(|(listener, _)| listener)) {
            self.peers.stop.do_send(StopSteps { build: listener.build, step: None });
            listener.refuse(self.now(), FAILED.to_owned(), 4);
        }
    }

    /// The daemon ends: nothing runs on.
    pub(super) fn stop_all(&mut self, context: &mut Context<Self>) {
        if let Some(build) = self.running.as_ref().map(|running| running.build.id()) {
            self.tell(build, Event::Shutdown, context);
        }
        self.close();
        self.arrange(context);
        let preparing = self.preparing.take().map(|(listener, ..)| listener);
        for listener in preparing.into_iter().chain(std::mem::take(&mut self.waiting).into_iter().map(|(listener, _)| listener)) {
            listener.refuse(self.now(), SHUTDOWN.to_owned(), 4);
        }
        if let Some(state) = &self.state {
            state.commit();
        }
    }
}
