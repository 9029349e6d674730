//! Does single jobs: asks the actors, runs processes, writes results into the settings. Does not know which job comes when.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use actix::Recipient;
use serde_json::{Map, Value as Json};
use tokio::sync::{Mutex, oneshot};

use super::super::Service;
use super::super::neighbours::Ends;
use super::Done;
use super::stop::{Admitted, FAREWELL, Stop, Stopped, WITHIN, ends_itself, stop};
use super::watching::Watched;
use crate::actors::supervise::ask;
use crate::daemon::translate;
use crate::edge::compute::compute;
use crate::edge::process::{Heard, ProcessExit, ProcessSpec};
use crate::edge::tools_search;
use crate::engine::config::document::Field;
use crate::engine::failure::Failure;
use crate::engine::ids::RunId;
use crate::engine::jobs::answers::builds::{self, Built};
use crate::engine::jobs::answers::{self, Printed};
use crate::engine::jobs::commands::{self, Process, Program};
use crate::engine::jobs::functions::Call;
use crate::engine::jobs::progress::{JobError, Order};
use crate::engine::jobs::values;
use crate::engine::path::FilePath;
use crate::engine::request::{BuildRequest, ProjectRequest};
use crate::engine::tree::SETTINGS;
use crate::messages::compile_pool::BorrowWorker;
use crate::messages::events::SharedSink;
use crate::messages::orchestrator::{CancelBuild, CleanProject, StartBuild};
use crate::messages::supervisor::{OpenedProject, ToolDoors};
use crate::wire;

/// So much of what a process prints is kept.
const OUTPUT_LIMIT: usize = 1 << 20;

/// Whoever does the jobs of one run. Cheap to clone.
#[derive(Clone)]
pub(super) struct Doer {
    pub(super) service: Service,
    pub(super) project: Arc<ProjectRequest>,
    pub(super) opened: Arc<OpenedProject>,
    pub(super) tools: ToolDoors,
    pub(super) client_pid: u32,
    /// Held by whoever writes the settings.
    pub(super) writer: Arc<Mutex<()>>,
    pub(super) lender: Recipient<BorrowWorker>,
    /// So many jobs run at once.
    pub(super) most_at_once: usize,
    pub(super) admitted: Admitted,
}

/// What came of a job, or of a part of it.
pub(super) type Told<T> = Result<T, JobError>;

impl From<Failure> for JobError {
    fn from(failure: Failure) -> Self {
        Self { why: failure.message, ..Self::default() }
    }
}

impl Doer {
    /// Milliseconds since 1970.
    pub(super) fn wall_ms(&self) -> u64 {
        let since = self.service.world.clock.wall().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    /// Does a job, and writes its result where that goes. What it runs ends with it.
    pub(super) async fn perform(self, order: Order, stopped: oneshot::Receiver<Stopped>) -> Done {
        let (job, attempt, stop) = (order.job, order.attempt, stop(stopped));
        let watched = Watched::default();
        if ends_itself(&order) {
            let result = self.call(&order, &watched, &stop).await;
            return (job, attempt, self.kept(&order, result).await);
        }
        self.begins(&order);
        let result = tokio::select! {
            result = self.call(&order, &watched, &stop) => result,
            why = stop.clone() => match why {
                // It has no other end.
                Stopped::TimedOut if order.function.call == Call::WatchAndBuild => Ok(answers::watched(watched.counts())),
                _ => Err(why.error(String::new())),
            },
        };
        (job, attempt, self.kept(&order, result).await)
    }

    /// A result, once it is written where it goes.
    async fn kept(&self, order: &Order, result: Told<Json>) -> Told<Json> {
        let result = result?;
        if let Some(section) = &order.section {
            answers::whole(&result).map_err(JobError::hopeless)?;
            self.write(section, values::primary_of(order.function, &result)).await?;
        }
        Ok(result)
    }

    async fn call(&self, order: &Order, watched: &Watched, stop: &Stop) -> Told<Json> {
        let arguments = &order.arguments;
        if !order.outputs.is_empty() {
            let targets = Map::from_iter([("targets".to_owned(), Json::from(order.outputs.clone()))]);
            return self.build_as(order, &targets, false, stop).await.map(|_| answers::generated(&order.outputs));
        }
        if let Some(process) = commands::process(order.function.call, arguments) {
            return self.process(order, process.map_err(JobError::hopeless)?, stop).await;
        }
        self.is_own(arguments)?;
        let text = |name: &str| arguments.get(name).and_then(Json::as_str).unwrap_or_default();
        let is = |name: &str| arguments.get(name).and_then(Json::as_bool) == Some(true);
        match order.function.call {
            Call::ScanFiles => self.scan(is("force")).await.map(|(scan, _)| scan),
            Call::BuildIncludeDirs => Ok(answers::include_dirs(&self.field(Field::IncludeDirs).await?)),
            Call::DetectBinaries => self.binaries().await,
            Call::DiscoverProject => self.discover(is("force")).await,
            Call::WalkAstDependencies => self.walk(arguments).await,
            Call::GetAllTools => Ok(answers::tools(&self.toolchain().await?.install)),
            Call::GetTool => answers::tool(&self.toolchain().await?.install, text("tool")).map_err(JobError::hopeless),
            Call::CreateStructure => self.create_structure(Some(text("type")).filter(|kind| !kind.is_empty())).await,
            Call::GenerateConfig => self.generate(is("force")).await,
            Call::ValidateConfig => self.validate(is("strict")).await,
            Call::UpdateConfig => self.update(text("section"), arguments.get("data")).await,
            Call::GetConfigSection => self.section(text("section")).await,
            Call::CleanBuild => {
                ask(&self.opened.clean, CleanProject).await??;
                self.build_project(order, arguments, stop).await
            }
            Call::BuildProject => self.build_project(order, arguments, stop).await,
            Call::Build => {
                let built = self.build_as(order, arguments, false, stop).await?;
                Ok(builds::built(&built, None, &self.settings().display().to_string()))
            }
            Call::CompileParallel => {
                let built = self.build_as(order, arguments, true, stop).await?;
                Ok(builds::compiled(&built, &answers::paths(&self.field(Field::Files).await?)))
            }
            Call::WatchAndBuild => self.watch(arguments, watched).await,
            Call::GetStats => self.stats().await,
            Call::CacheStats => self.cache_stats().await,
            Call::ClearCaches => self.clear_caches().await,
            Call::CheckDaemons => self.check_daemons().await,
            Call::Command | Call::LinkIr | Call::OptimizeIr | Call::CompileToObject | Call::LinkSharedLibrary => {
                Err(JobError::hopeless("this function is a process"))
            }
        }
    }

    /// Functions that take a project's path are about the project of the queue.
    fn is_own(&self, arguments: &Map<String, Json>) -> Told<()> {
        let root = &self.project.root;
        for (name, own) in [("path", root.clone()), ("config", self.settings())] {
            let Some(typed) = arguments.get(name).and_then(Json::as_str) else { continue };
            let place = root.join(typed);
            let same = place == own || place.canonicalize().is_ok_and(|place| place == own || place == *root);
            if !same {
                let why = format!("args.{name} names {typed}; a queue is about its own project, {}", own.display());
                return Err(JobError::hopeless(why));
            }
        }
        Ok(())
    }

    pub(super) fn settings(&self) -> PathBuf {
        self.project.config.as_ref().map_or_else(|| self.project.root.join(SETTINGS), |config| config.under(&self.project.root))
    }

    /// Runs a process, in the project's root unless said, with the variables of whoever runs the queue.
    async fn process(&self, order: &Order, process: Process, stop: &Stop) -> Told<Json> {
        let root = &self.project.root;
        let cwd = order.cwd.as_ref().map_or_else(|| root.clone(), |cwd| root.join(cwd));
        if let Some(output) = &process.output {
            let path = FilePath::within(root, &root.join(output));
            if path.as_path().is_absolute() && !self.load().await?.allow_outside {
                return Err(JobError::hopeless(format!("args.output names {output}, which is outside the project; name a place in it")));
            }
            let place = path.parent().under(root);
            compute(move || std::fs::create_dir_all(place)).await.map_err(Failure::internal)?.map_err(Failure::environment)?;
        }
        if !cwd.is_dir() {
            return Err(JobError::hopeless(format!("cwd is {}, which is no directory; make it, or name another", cwd.display())));
        }
        let mut env: Vec<(OsString, OsString)> = self.project.variables.all().clone();
        env.retain(|(name, _)| name.to_str().is_none_or(|name| !order.env.contains_key(name)));
        env.extend(order.env.iter().map(|(name, value)| (name.into(), value.into())).chain([(WITHIN.into(), "1".into())]));
        let program = match &process.program {
            Program::Named(name) => tools_search::program(name, &cwd, &self.project.variables)
                .ok_or_else(|| JobError::hopeless(format!("there is no program {name}; install it, or write its path")))?,
            Program::Tool(tool) => {
                let toolchain = self.toolchain().await?;
                answers::tool_in(&toolchain.install, tool).map_err(JobError::hopeless)?.1.into()
            }
        };
        let _place = self.place(order, stop).await.map_err(|why| why.error(String::new()))?;
        let permit = self.service.world.process.permit(None);
        let spec = ProcessSpec {
            program: program.clone(),
            args: process.args.iter().map(OsString::from).collect(),
            cwd,
            env,
            run: permit.run,
            heard: Heard::Apart,
            output_limit: OUTPUT_LIMIT,
        };
        let exit = self.until_stopped(permit.run, spec, stop).await?;
        let printed = Printed { output: &exit.output, errors: &exit.errors, cut: exit.cut };
        answers::exited(order.function, &process, exit.status.into(), &printed)
    }

    /// Runs a process to its end, or ends it, which does not lose what it printed.
    async fn until_stopped(&self, run: RunId, spec: ProcessSpec, stop: &Stop) -> Told<ProcessExit> {
        let running = self.service.world.process.run(spec);
        tokio::pin!(running);
        let why = tokio::select! {
            exit = &mut running => return exit.map_err(JobError::hopeless),
            why = stop.clone() => why,
        };
        self.service.world.process.end(run);
        let printed = match tokio::time::timeout(FAREWELL, running).await {
            Ok(Ok(exit)) => format!("{}{}", String::from_utf8_lossy(&exit.output), String::from_utf8_lossy(&exit.errors)),
            Ok(Err(_)) | Err(_) => String::new(),
        };
        Err(why.error(printed))
    }

    /// With the files that were found.
    async fn build_project(&self, order: &Order, arguments: &Map<String, Json>, stop: &Stop) -> Told<Json> {
        let force = arguments.get("force_discovery").and_then(Json::as_bool) == Some(true);
        let (scan, _) = self.scan(force).await?;
        let built = self.build_as(order, arguments, false, stop).await?;
        Ok(builds::built(&built, Some(&scan["files"]), &self.settings().display().to_string()))
    }

    /// What a build is asked for.
    pub(super) fn build_request(&self, arguments: &Map<String, Json>, ir: bool) -> BuildRequest {
        let list = |name: &str| arguments.get(name).and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        let is = |name: &str| arguments.get(name).and_then(Json::as_bool) == Some(true);
        let request = wire::BuildRequest {
            targets: list("targets").map(str::to_owned).collect(),
            force: is("force") || is("force_compile"),
            ..wire::BuildRequest::default()
        };
        let request = translate::build(request, self.client_pid, self.service.processors);
        BuildRequest { project: (*self.project).clone(), ir, ..request }
    }

    /// Builds the project, or makes its intermediate code alone.
    async fn build_as(&self, order: &Order, arguments: &Map<String, Json>, ir: bool, stop: &Stop) -> Told<Built> {
        self.begins(order);
        let request = self.build_request(arguments, ir);
        let log = self.service.logs.open();
        let sink: SharedSink = log.clone();
        let build = ask(&self.opened.start, StartBuild { request, sink }).await?;
        let _ends = Ends { build, cancel: self.opened.cancel.clone() };
        let (mut lines, mut stopped) = (Vec::new(), None);
        let exit_code = loop {
            let more = tokio::select! {
                more = log.after(lines.len()) => more,
                why = stop.clone(), if stopped.is_none() => {
                    stopped = Some(why);
                    self.opened.cancel.do_send(CancelBuild { build });
                    continue;
                }
            };
            match more {
                Ok(more) => lines.extend(more),
                Err(exit_code) => break exit_code,
            }
        };
        match stopped {
            Some(why) if exit_code != 0 => Err(why.error(translate::printed(&lines))),
            _ => translate::built(&lines, exit_code),
        }
    }
}
