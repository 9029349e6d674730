//! One client that wants jobs run: reads the queue, and does what the engine says about it. Decides neither what runs nor when.

mod facts;
mod perform;
mod records;
mod running;
mod standing;
mod stop;
mod walking;
mod watching;
mod writing;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot};

use self::perform::Doer;
use self::records::Records;
use self::running::Running;
use super::{Gone, Session, root_failed};
use crate::actors::supervise::ask;
use crate::daemon::translate;
use crate::edge::compute::compute;
use crate::edge::{config_edit, job_journal, job_needs};
use crate::engine::config::problem::{self, Problem, Severity};
use crate::engine::failure::Failure;
use crate::engine::jobs::history::Last;
use crate::engine::jobs::progress::{Effect, JobError, Progress};
use crate::engine::jobs::queue::QueueText;
use crate::engine::jobs::values::{Given, Seen, Values};
use crate::engine::jobs::{self, Queue};
use crate::engine::request::ProjectRequest;
use crate::engine::tree::SETTINGS;
use crate::messages::config_store::CheckSettings;
use crate::messages::supervisor::GetDaemon;
use crate::wire::{self, Event, JobsAction, JobsReply, JobsRequest, Reply, Request};

/// A queue that somebody asks for.
struct Asked {
    queue: Queue,
    told: Arc<QueueText>,
    /// All that its templates can name.
    values: Values,
    /// What is to be said of it.
    notes: Vec<String>,
    file: PathBuf,
    /// It stands in the settings' file.
    own: bool,
}

/// A run that begins.
struct Started {
    progress: Progress,
    records: Records,
    doer: Doer,
    file: PathBuf,
    notes: Vec<String>,
    admitted: mpsc::UnboundedReceiver<(usize, u32)>,
}

/// Why a run is over before its end.
enum Over {
    Failed(Failure),
}

impl From<Failure> for Over {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Session<R, W> {
    pub(super) async fn jobs(&mut self, request: JobsRequest) -> Result<Result<u8, Failure>, Gone> {
        let root = request.project.root.clone().into_path();
        let (mut exit_code, none) = (0, JobsReply::default());
        let reply = match request.action {
            JobsAction::Run | JobsAction::Resume => return self.run_jobs(request).await,
            JobsAction::Cancel => {
                let found = self.service.jobs.cancel(&root);
                exit_code = u8::from(!found);
                let elsewhere = if found { None } else { compute(move || job_journal::holder(&root)).await.ok().flatten() };
                Ok(JobsReply { cancelled: Some(found), elsewhere: elsewhere.map(|pid| job_journal::way_out(Some(pid))), ..none })
            }
            JobsAction::List => compute(move || records::standing(&root)).await.map_err(Failure::internal).map(|(runs, last)| {
                let runs =
                    runs.iter().enumerate().map(|(at, run)| translate::past_run(run, at + 1 == runs.len() && last == Last::UnderWay));
                JobsReply { runs: Some(runs.rev().collect()), ..none }
            }),
            JobsAction::Graph => {
                self.queue(&request).await.map(|asked| JobsReply { graph: Some(translate::job_graph(&asked.queue)), ..none })
            }
            JobsAction::Dot => self.queue(&request).await.map(|asked| JobsReply { dot: Some(asked.queue.dot()), ..none }),
            JobsAction::Functions => Ok(JobsReply { functions: Some(translate::functions()), ..none }),
        };
        Ok(self.reply(reply.map(Reply::Jobs)).await?.map(|_| exit_code))
    }

    async fn run_jobs(&mut self, request: JobsRequest) -> Result<Result<u8, Failure>, Gone> {
        let started = match self.begin_jobs(&request).await {
            Ok(started) => started,
            Err(failure) => return Ok(Err(failure)),
        };
        let running = self.service.jobs.enter(&started.doer.project.root);
        let mut running = Running::new(started, running);
        let began = running.begin();
        self.tell_jobs(&mut running, began).await;
        let ended = self.follow_jobs(&mut running).await;
        match ended {
            Ok(success) => {
                let finished = running.finished(success);
                self.tell_jobs(&mut running, vec![finished]).await;
                match running.gone.take() {
                    Some(gone) => Err(gone),
                    None => Ok(Ok(running.exit_code(success))),
                }
            }
            Err(Over::Failed(failure)) => Ok(Err(failure)),
        }
    }

    /// Reads the queue.
    async fn queue(&self, request: &JobsRequest) -> Result<Asked, Failure> {
        let project = translate::project(request.project.clone(), false);
        let settings = project.config.as_ref().map_or_else(|| project.root.join(SETTINGS), |config| config.under(&project.root));
        let file = request.file.clone().map_or_else(|| settings.clone(), wire::PathText::into_path);
        let values = self.values(&project, &settings).await?;
        let place = file.clone();
        let text = compute(move || config_edit::read(&place)).await.map_err(Failure::internal)??;
        let text = text.ok_or_else(|| {
            Failure::usage(format!("there is no {}; write [[jobs]] into it, or name the file of a queue", file.display()))
        })?;
        let shown = file.strip_prefix(&project.root).unwrap_or(&file).display().to_string();
        let (known, variables) = (values.clone(), project.variables.clone());
        let runs = matches!(request.action, JobsAction::Run | JobsAction::Resume);
        let told = Arc::new(QueueText { file: shown, text });
        let read = told.clone();
        let read = compute(move || {
            let (queue, mut problems) = jobs::read(&read.file, &read.text, &known);
            problems.extend(queue.iter().filter(|_| runs).flat_map(|queue| job_needs::missing(queue, &read.text, &known, &variables)));
            let wrong = problems.iter().any(|problem| problem.severity == Severity::Error);
            (queue.filter(|_| !wrong), problems)
        });
        let (queue, problems) = read.await.map_err(Failure::internal)?;
        let refused = || Failure::usage(jobs::refusal(&file.display().to_string(), &problems));
        let warnings: Vec<Problem> = problems.iter().filter(|problem| problem.severity != Severity::Error).cloned().collect();
        Ok(Asked { queue: queue.ok_or_else(refused)?, told, values, notes: problem::notes(&warnings), own: file == settings, file })
    }

    async fn values(&self, project: &ProjectRequest, settings: &Path) -> Result<Values, Failure> {
        let doors = self.service.root.send(GetDaemon).await.map_err(|_| root_failed())?;
        let checked = ask(&doors.check, CheckSettings { project: project.clone(), installs: None }).await??;
        Ok(Values::of_project(&Seen::by(project), settings, &project.variables, &Given::of(&checked)))
    }

    async fn begin_jobs(&self, request: &JobsRequest) -> Result<Started, Failure> {
        let resume = request.action == JobsAction::Resume;
        let root = request.project.root.clone().into_path();
        let mut request = request.clone();
        if resume && request.file.is_none() {
            request.file = records::last_file(&root).await?.map(|file| root.join(file).as_path().into());
        }
        let Asked { queue, told, values, notes, file, own } = self.queue(&request).await?;
        if !queue.options.enabled {
            let why = format!("job_queue.enabled is false in {}; remove that line to run its jobs", queue.file);
            return Err(Failure::usage(why));
        }
        let mut project = translate::project(request.project.clone(), false);
        // Otherwise builds know of its jobs by themselves.
        project.queue = Some(told).filter(|_| !own || !queue.options.auto_execute);
        let opened = self.project(project.root.clone()).await?;
        let doors = self.service.root.send(GetDaemon).await.map_err(|_| root_failed())?;
        let processors = request.jobs.map_or(self.service.processors, |jobs| jobs.max(1) as usize);
        let (admitted, begins) = mpsc::unbounded_channel();
        let doer = Doer {
            service: self.service.clone(),
            project: project.into(),
            opened,
            tools: doors.tools,
            client_pid: self.client_pid,
            lender: doors.borrow,
            most_at_once: queue.options.most_at_once.unwrap_or(processors).max(1),
            admitted,
            writer: Arc::default(),
        };
        let (records, past) = Records::begin(&root, &queue, resume, doer.wall_ms()).await?;
        let progress = Progress::new(queue, values, processors, past.as_ref());
        Ok(Started { progress, records, doer, file, notes, admitted: begins })
    }

    /// To the end of the run, whoever still listens to it.
    async fn follow_jobs(&mut self, running: &mut Running) -> Result<bool, Over> {
        let mut doing = FuturesUnordered::new();
        let mut effects: VecDeque<Effect> = running.progress.begin(running.clock()).into();
        let mut stopping = self.service.stopping.clone();
        loop {
            running.records.write(effects.make_contiguous(), running.progress.states()).await?;
            for effect in std::mem::take(&mut effects) {
                match effect {
                    Effect::Perform(order) => {
                        let (stop, stopped) = oneshot::channel();
                        running.stops.insert(order.job, stop);
                        doing.push(running.doer.clone().perform(*order, stopped));
                    }
                    Effect::Finish { success } => {
                        running.records.copy(running.progress.states()).await?;
                        return Ok(success);
                    }
                    other => {
                        let events = running.carry_out(other);
                        self.tell_jobs(running, events).await;
                    }
                }
            }
            let wake = running.wake.map(|at| running.since + at);
            let idle = tokio::time::Instant::from_std(wake.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600)));
            let copy = tokio::time::Instant::from_std(running.records.due().unwrap_or_else(|| Instant::now() + Duration::from_secs(3600)));
            tokio::select! {
                Some((job, attempt, result)) = doing.next(), if !doing.is_empty() => {
                    running.stops.remove(&job);
                    effects = running.progress.ended(running.clock(), job, attempt, result).into();
                }
                Some((job, attempt)) = running.admitted.recv() => {
                    effects = running.progress.admitted(running.clock(), job, attempt).into();
                }
                () = tokio::time::sleep_until(idle) => {
                    running.wake = None;
                    effects = running.progress.woken(running.clock()).into();
                }
                () = tokio::time::sleep_until(copy) => running.records.copy(running.progress.states()).await?,
                () = running.entry.cancelled.notified() => {
                    running.cancelled = true;
                    effects = running.progress.cancel(running.clock()).into();
                }
                gone = self.hears_cancel(), if running.gone.is_none() && !running.cancelled => {
                    (running.gone, running.cancelled) = (gone, true);
                    effects = running.progress.cancel(running.clock()).into();
                }
                _ = stopping.changed() => {
                    let why = "the daemon was stopped while jobs ran; `jmake jobs resume` goes on from there";
                    return Err(Failure::internal(why).into());
                }
            }
        }
    }

    /// Waits until the client wants the run to end, or is gone.
    pub(super) async fn hears_cancel(&mut self) -> Option<Gone> {
        loop {
            match self.lines.next().await {
                Some(Ok(line)) if wire::decode_request_line(line.as_bytes()).is_ok_and(|request| request == Request::Cancel) => {
                    return None;
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Some(Gone(error.to_string())),
                None => return Some(Gone("it closed the connection".to_owned())),
            }
        }
    }

    /// A client that is gone is told nothing more.
    async fn tell_jobs(&mut self, running: &mut Running, events: Vec<Event>) {
        for event in events {
            if running.gone.is_none()
                && let Err(gone) = self.send(&wire::encode_timed(milliseconds(running.since.elapsed()), event)).await
            {
                running.gone = Some(gone);
            }
        }
    }
}

/// How a job ended.
type Done = (usize, u32, Result<serde_json::Value, JobError>);

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
