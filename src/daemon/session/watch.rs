//! One client that wants a project built on each change: listens to changes and to the build, does what the engine says about them.
//! Decides nothing about when to build.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{Gone, Session, send};
use crate::actors::supervise::ask;
use crate::daemon::event_log::EventLog;
use crate::daemon::following::Following;
use crate::daemon::translate;
use crate::engine::failure::Failure;
use crate::engine::ids::BuildId;
use crate::engine::report::BuildEvent;
use crate::engine::request::BuildRequest;
use crate::engine::watch::{Action, Changes, Event, Watch};
use crate::messages::events::SharedSink;
use crate::messages::orchestrator::{CancelBuild, StartBuild};
use crate::messages::supervisor::{Ending, OpenedProject};
use crate::wire::{self, PathText, Request};

/// What the shell is told of a watch that the user ended.
const INTERRUPTED: u8 = 130;
/// Why a success is none.
const OUTDATED: &str = "files changed while it was built; it is built again";

/// Why a watch is over.
enum Over {
    Gone(Gone),
    Failed(Failure),
    Cancelled,
}

impl From<Gone> for Over {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

impl From<Failure> for Over {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// The build that is running, or ended just now.
struct Current {
    build: BuildId,
    log: Arc<EventLog>,
    offset: usize,
    ended: bool,
}

/// A project that is being watched.
struct Watching {
    opened: Arc<OpenedProject>,
    request: BuildRequest,
    following: Following,
    watch: Watch,
    actions: VecDeque<Action>,
    current: Option<Current>,
    since: Instant,
}

/// What woke the session.
enum Woken {
    Lines(Vec<Arc<[u8]>>),
    Ended,
    Rung,
    Tick,
    Cancelled,
    Stopping(Ending),
}

impl Watching {
    fn cancel(&self) {
        if let Some(Current { build, ended: false, .. }) = self.current {
            self.opened.cancel.do_send(CancelBuild { build });
        }
    }

    fn tell(&mut self, event: Event) {
        let actions = self.watch.on_event(self.since.elapsed(), event);
        self.actions.extend(actions);
    }

    fn time_ms(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn ticked(&self) {
        match self.watch.wake_at() {
            Some(at) => tokio::time::sleep(at.saturating_sub(self.since.elapsed()).max(Duration::from_millis(1))).await,
            None => std::future::pending().await,
        }
    }

    /// Lines of the running build; never its last one, which waits for what is heard at its end.
    async fn told(&self) -> Woken {
        let Some(current) = self.current.as_ref().filter(|current| !current.ended) else { return std::future::pending().await };
        current.log.after(current.offset).await.map_or(Woken::Ended, Woken::Lines)
    }
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Session<R, W> {
    /// Builds now and after each change, until the client has enough.
    pub(super) async fn watch(&mut self, request: wire::BuildRequest) -> Result<Result<u8, Failure>, Gone> {
        let request = translate::build(request, self.client_pid, self.service.processors);
        let opened = match self.project(request.project.root.clone()).await {
            Ok(opened) => opened,
            Err(failure) => return Ok(Err(failure)),
        };
        if let Some(ended) = self.after_neighbours(&request, &opened).await? {
            return Ok(ended);
        }
        let following = Following::new(self.service.world.clone(), opened.files.clone(), request.project.clone());
        let (watch, actions) = Watch::start();
        let (actions, since) = (actions.into(), Instant::now());
        let mut watching = Watching { opened, request, following, watch, actions, current: None, since };
        let over = self.attend(&mut watching).await;
        watching.cancel();
        match over {
            Over::Cancelled => {
                self.last_words(&mut watching).await?;
                Ok(Ok(INTERRUPTED))
            }
            Over::Failed(failure) => Ok(Err(failure)),
            Over::Gone(gone) => Err(gone),
        }
    }

    async fn attend(&mut self, watching: &mut Watching) -> Over {
        let root = wire::Event::WatchStarted { root: watching.request.project.root.as_path().into() };
        if let Err(gone) = self.say(watching, root).await {
            return Over::Gone(gone);
        }
        loop {
            if let Err(over) = self.turn(watching).await {
                return over;
            }
        }
    }

    async fn turn(&mut self, watching: &mut Watching) -> Result<(), Over> {
        while let Some(action) = watching.actions.pop_front() {
            self.act(watching, action).await?;
        }
        match self.woken(watching).await? {
            Woken::Lines(lines) => self.pass_on(watching, lines).await?,
            Woken::Ended => {
                watching.current.iter_mut().for_each(|current| current.ended = true);
                watching.tell(Event::Ended);
            }
            Woken::Rung => {
                let changes = watching.following.hear().await?;
                watching.tell(Event::Heard(changes));
            }
            Woken::Tick => watching.tell(Event::Tick),
            Woken::Cancelled => return Err(Over::Cancelled),
            Woken::Stopping(Ending::Drain) => return Err(Gone("another daemon takes over".to_owned()).into()),
            Woken::Stopping(_) => {
                return Err(Failure::internal("the daemon was stopped, so nothing is watched any more; run the command again").into());
            }
        }
        Ok(())
    }

    async fn woken(&mut self, watching: &Watching) -> Result<Woken, Gone> {
        let mut stopping = self.service.stopping.clone();
        Ok(tokio::select! {
            line = self.lines.next() => match line {
                Some(Ok(line)) if wire::decode_request_line(line.as_bytes()).is_ok_and(|request| request == Request::Cancel) => Woken::Cancelled,
                Some(Ok(_)) => Woken::Rung,
                Some(Err(error)) => return Err(Gone(error.to_string())),
                None => return Err(Gone("it closed the connection".to_owned())),
            },
            told = watching.told() => told,
            () = watching.following.rung() => Woken::Rung,
            () = watching.ticked() => Woken::Tick,
            ending = stopping.wait_for(Option::is_some) => Woken::Stopping(ending.ok().and_then(|ending| *ending).unwrap_or(Ending::Stop)),
        })
    }

    async fn act(&mut self, watching: &mut Watching, action: Action) -> Result<(), Over> {
        match action {
            Action::Build(changes) => self.start(watching, changes).await,
            Action::Cancel => {
                watching.cancel();
                Ok(())
            }
            Action::Listen => {
                let changes = watching.following.hear().await?;
                watching.tell(Event::Heard(changes));
                Ok(())
            }
            Action::Report { current } => self.report(watching, current).await,
        }
    }

    async fn start(&mut self, watching: &mut Watching, changes: Changes) -> Result<(), Over> {
        let polled = watching.following.polls();
        watching.following.begin(&changes).await?;
        if watching.following.polls() && !polled {
            let text = "this project cannot be watched; all of its files are looked at twice a second (the daemon's log says why)";
            self.say(watching, wire::Event::Notice { text: text.to_owned() }).await?;
        }
        if !changes.is_empty() {
            let paths: Vec<PathText> = changes.paths.iter().map(PathText::from).collect();
            self.say(watching, wire::Event::FileChanged { paths }).await?;
        }
        let log = self.service.logs.open();
        let sink: SharedSink = log.clone();
        let request = watching.request.clone();
        // Once is enough to be sure.
        watching.request.force = false;
        let build = ask(&watching.opened.start, StartBuild { request, sink }).await?;
        watching.current = Some(Current { build, log, offset: 0, ended: false });
        Ok(())
    }

    async fn pass_on(&mut self, watching: &mut Watching, lines: Vec<Arc<[u8]>>) -> Result<(), Gone> {
        let Some(current) = watching.current.as_mut() else { return Ok(()) };
        let last = current.log.ending().map_or(usize::MAX, |ending| ending.at);
        let bytes = lines.iter().zip(current.offset..).filter(|(_, at)| *at < last).flat_map(|(line, _)| line.iter().copied());
        let bytes: Vec<u8> = bytes.collect();
        current.offset += lines.len();
        send(&mut self.writer, &bytes).await
    }

    /// The last words of a build, which are true now or not.
    async fn report(&mut self, watching: &mut Watching, is_current: bool) -> Result<(), Over> {
        let Some(current) = watching.current.take() else { return Ok(()) };
        let Some(ending) = current.log.ending() else { return Ok(()) };
        let BuildEvent::BuildFinished { success, counts, artifacts, wall_ms, .. } = ending.event.clone() else { return Ok(()) };
        let mut bytes = Vec::new();
        if success && !is_current {
            let first = OUTDATED.to_owned();
            bytes.extend(wire::encode_event(ending.time_ms, &BuildEvent::BuildError { build: current.build, first }));
            let outdated = BuildEvent::BuildFinished { success: false, exit_code: INTERRUPTED, counts, artifacts, wall_ms };
            bytes.extend(wire::encode_event(ending.time_ms, &outdated));
        } else {
            bytes.extend(wire::encode_event(ending.time_ms, &ending.event));
        }
        send(&mut self.writer, &bytes).await?;
        if is_current {
            watching.following.look().await?;
            self.hook(watching, success).await?;
            let changes = watching.following.review().await?;
            watching.tell(Event::Heard(changes));
        }
        Ok(())
    }

    /// Has the client run what the settings want to be run.
    async fn hook(&mut self, watching: &Watching, success: bool) -> Result<(), Gone> {
        let Some(settings) = watching.following.settings() else { return Ok(()) };
        let argv = settings.hook(success);
        if argv.is_empty() {
            return Ok(());
        }
        self.say(watching, wire::Event::HookDue { argv: argv.to_vec() }).await
    }

    /// What a cancelled build still says.
    async fn last_words(&mut self, watching: &mut Watching) -> Result<(), Gone> {
        let Some(current) = watching.current.take().filter(|current| !current.ended) else { return Ok(()) };
        let mut offset = current.offset;
        while let Ok(lines) = current.log.after(offset).await {
            offset += lines.len();
            send(&mut self.writer, &lines.concat()).await?;
        }
        Ok(())
    }

    async fn say(&mut self, watching: &Watching, event: wire::Event) -> Result<(), Gone> {
        let bytes = wire::encode_timed(watching.time_ms(), event);
        send(&mut self.writer, &bytes).await
    }
}
