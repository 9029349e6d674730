//! `watch_and_build` as a job: builds on each change for as long as somebody lets it. Decides nothing about when to build.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Map, Value as Json};

use super::super::neighbours::Ends;
use super::perform::{Doer, Told};
use crate::actors::supervise::ask;
use crate::daemon::event_log::EventLog;
use crate::daemon::following::Following;
use crate::engine::failure::Failure;
use crate::engine::watch::{Action, Event, Watch};
use crate::messages::events::SharedSink;
use crate::messages::orchestrator::{CancelBuild, StartBuild};

/// What a watch came to, so far.
#[derive(Debug, Default)]
pub(super) struct Watched {
    builds: AtomicU64,
    failed: AtomicU64,
}

impl Watched {
    /// How many builds ended, and how many of them failed.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.builds.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }
}

/// The build that runs, or ended just now.
struct Current {
    ends: Ends,
    log: Arc<EventLog>,
    ended: bool,
}

struct Watching<'a> {
    doer: &'a Doer,
    arguments: &'a Map<String, Json>,
    following: Following,
    watch: Watch,
    actions: VecDeque<Action>,
    current: Option<Current>,
    since: Instant,
    watched: &'a Watched,
}

impl Doer {
    /// Goes on for ever; what it builds ends with it.
    pub(super) async fn watch(&self, arguments: &Map<String, Json>, watched: &Watched) -> Told<Json> {
        let following = Following::new(self.service.world.clone(), self.opened.files.clone(), (*self.project).clone());
        let (watch, actions) = Watch::start();
        let (actions, since) = (actions.into(), Instant::now());
        let mut watching = Watching { doer: self, arguments, following, watch, actions, current: None, since, watched };
        loop {
            watching.turn().await?;
        }
    }
}

impl Watching<'_> {
    fn tell(&mut self, event: Event) {
        let actions = self.watch.on_event(self.since.elapsed(), event);
        self.actions.extend(actions);
    }

    async fn turn(&mut self) -> Result<(), Failure> {
        while let Some(action) = self.actions.pop_front() {
            self.act(action).await?;
        }
        let event = tokio::select! {
            ended = self.ended() => ended,
            () = self.following.rung() => None,
            () = self.ticked() => Some(Event::Tick),
        };
        let event = match event {
            Some(event) => event,
            None => Event::Heard(self.following.hear().await?),
        };
        if event == Event::Ended {
            self.current.iter_mut().for_each(|current| current.ended = true);
        }
        self.tell(event);
        Ok(())
    }

    async fn act(&mut self, action: Action) -> Result<(), Failure> {
        match action {
            Action::Build(changes) => {
                self.following.begin(&changes).await?;
                let log = self.doer.service.logs.open();
                let sink: SharedSink = log.clone();
                let request = self.doer.build_request(self.arguments, false);
                let build = ask(&self.doer.opened.start, StartBuild { request, sink }).await?;
                let ends = Ends { build, cancel: self.doer.opened.cancel.clone() };
                self.current = Some(Current { ends, log, ended: false });
            }
            Action::Cancel => {
                if let Some(Current { ends, ended: false, .. }) = &self.current {
                    ends.cancel.do_send(CancelBuild { build: ends.build });
                }
            }
            Action::Listen => {
                let changes = self.following.hear().await?;
                self.tell(Event::Heard(changes));
            }
            Action::Report { current } => self.report(current).await?,
        }
        Ok(())
    }

    /// A build that was outdated before its end counts for nothing: another one follows.
    async fn report(&mut self, is_current: bool) -> Result<(), Failure> {
        let Some(current) = self.current.take().filter(|_| is_current) else { return Ok(()) };
        self.watched.builds.fetch_add(1, Ordering::Relaxed);
        if current.log.after(usize::MAX).await != Err(0) {
            self.watched.failed.fetch_add(1, Ordering::Relaxed);
        }
        self.following.look().await?;
        let changes = self.following.review().await?;
        self.tell(Event::Heard(changes));
        Ok(())
    }

    /// Waits for the end of the running build.
    async fn ended(&self) -> Option<Event> {
        let Some(current) = self.current.as_ref().filter(|current| !current.ended) else { return std::future::pending().await };
        let _exit_code = current.log.after(usize::MAX).await;
        Some(Event::Ended)
    }

    async fn ticked(&self) {
        match self.watch.wake_at() {
            Some(at) => tokio::time::sleep(at.saturating_sub(self.since.elapsed()).max(Duration::from_millis(1))).await,
            None => std::future::pending().await,
        }
    }
}
