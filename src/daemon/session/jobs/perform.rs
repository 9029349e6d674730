//! Does single jobs: asks the actors, runs processes, writes results into the settings. Does not know which job comes when.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use serde_json::{Map, Value as Json};
use tokio::sync::{Mutex, oneshot};

use super::super::Service;
use super::super::neighbours::Ends;
use super::Done;
use crate::actors::supervise::ask;
use crate::daemon::translate;
use crate::edge::compute::compute;
use crate::edge::process::{Heard, ProcessSpec};
use crate::edge::tools_search;
use crate::engine::config::document::Field;
use crate::engine::failure::Failure;
use crate::engine::jobs::answers::{self, Printed};
use crate::engine::jobs::commands::{self, Process, Program};
use crate::engine::jobs::functions::Call;
use crate::engine::jobs::progress::{JobError, Order};
use crate::engine::jobs::values;
use crate::engine::path::FilePath;
use crate::engine::request::ProjectRequest;
use crate::engine::tree::SETTINGS;
use crate::messages::events::SharedSink;
use crate::messages::orchestrator::{CleanProject, StartBuild};
use crate::messages::supervisor::{OpenedProject, ToolDoors};
use crate::wire;

/// So much of what a process prints is kept.
const OUTPUT_LIMIT: usize = 1 << 20;

/// Why a job is ended early.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stopped {
    TimedOut,
    Cancelled,
}

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
}

/// What came of a job, or of a part of it.
pub(super) type Told<T> = Result<T, JobError>;

impl From<Failure> for JobError {
    fn from(failure: Failure) -> Self {
        Self { why: failure.message, ..Self::default() }
    }
}

impl Doer {
    pub(super) fn new(service: Service, project: ProjectRequest, opened: Arc<OpenedProject>, tools: ToolDoors, client_pid: u32) -> Self {
        Self { service, project: project.into(), opened, tools, client_pid, writer: Arc::default() }
    }

    /// Milliseconds since 1970.
    pub(super) fn wall_ms(&self) -> u64 {
        let since = self.service.world.clock.wall().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    /// Does a job, and writes its result where that goes. What it runs ends with it.
    pub(super) async fn perform(self, order: Order, stopped: oneshot::Receiver<Stopped>) -> Done {
        let (job, attempt) = (order.job, order.attempt);
        let done = async {
            let result = self.call(&order).await?;
            if let Some(section) = &order.section {
                answers::whole(&result).map_err(JobError::hopeless)?;
                self.write(section, values::primary_of(order.function, &result)).await?;
            }
            Ok(result)
        };
        let result = tokio::select! {
            result = done => result,
            why = stopped => Err(JobError { why: match why {
                Ok(Stopped::TimedOut) => "it took longer than its timeout".to_owned(),
                Ok(Stopped::Cancelled) | Err(_) => "it was stopped".to_owned(),
            }, ..JobError::default() }),
        };
        (job, attempt, result)
    }

    async fn call(&self, order: &Order) -> Told<Json> {
        let arguments = &order.arguments;
        if !order.outputs.is_empty() {
            let targets = Map::from_iter([("targets".to_owned(), Json::from(order.outputs.clone()))]);
            return self.build(&targets).await.map(|_| answers::generated(&order.outputs));
        }
        if let Some(process) = commands::process(order.function.call, arguments) {
            return self.process(order, process.map_err(JobError::hopeless)?).await;
        }
        self.is_own(arguments)?;
        let text = |name: &str| arguments.get(name).and_then(Json::as_str).unwrap_or_default();
        match order.function.call {
            Call::ScanFiles => Ok(answers::scanned(&self.field(Field::Files).await?)),
            Call::BuildIncludeDirs => Ok(answers::include_dirs(&self.field(Field::IncludeDirs).await?)),
            Call::DetectBinaries => Ok(answers::binaries(&self.field(Field::Binaries).await?)),
            Call::DiscoverProject => {
                let survey = self.survey().await?;
                Ok(answers::discovered(&Self::value(Field::Files, &survey)?, &Self::value(Field::IncludeDirs, &survey)?, &survey))
            }
            Call::GetAllTools => Ok(answers::tools(&self.toolchain().await?.install)),
            Call::GetTool => answers::tool(&self.toolchain().await?.install, text("tool")).map_err(JobError::hopeless),
            Call::CreateStructure => self.create_structure(text("type")).await,
            Call::ValidateConfig => self.validate().await,
            Call::UpdateConfig => self.update(text("section"), arguments.get("data")).await,
            Call::GetConfigSection => self.section(text("section")).await,
            Call::CleanBuild => {
                ask(&self.opened.clean, CleanProject).await??;
                self.build(arguments).await
            }
            Call::BuildProject => self.build(arguments).await,
            Call::CompileParallel => Ok(answers::compiled(&self.build_as(arguments, true).await?)),
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
    async fn process(&self, order: &Order, process: Process) -> Told<Json> {
        let root = &self.project.root;
        let cwd = order.cwd.as_ref().map_or_else(|| root.clone(), |cwd| root.join(cwd));
        if let Some(output) = &process.output {
            let path = FilePath::within(root, &root.join(output));
            if path.as_path().is_absolute() {
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
        env.extend(order.env.iter().map(|(name, value)| (name.into(), value.into())));
        let program = match &process.program {
            Program::Named(name) => tools_search::program(name, &cwd, &self.project.variables)
                .ok_or_else(|| JobError::hopeless(format!("there is no program {name}; install it, or write its path")))?,
            Program::Tool(tool) => {
                let toolchain = self.toolchain().await?;
                let found = toolchain.tool(tool).map(|path| path.as_path().to_owned());
                found.ok_or_else(|| JobError::hopeless(format!("the LLVM in {} has no {tool}; install it", toolchain.bin_dir)))?
            }
        };
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
        let exit = self.service.world.process.run(spec).await.map_err(JobError::hopeless)?;
        let printed = Printed { output: &exit.output, errors: &exit.errors, cut: exit.cut };
        answers::exited(order.function, &process, exit.status.into(), &printed)
    }

    async fn build(&self, arguments: &Map<String, Json>) -> Told<Json> {
        self.build_as(arguments, false).await
    }

    /// Builds the project, or makes its intermediate code alone.
    async fn build_as(&self, arguments: &Map<String, Json>, ir: bool) -> Told<Json> {
        let list = |name: &str| arguments.get(name).and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        let request = wire::BuildRequest {
            targets: list("targets").map(str::to_owned).collect(),
            force: arguments.get("force").and_then(Json::as_bool) == Some(true),
            ..wire::BuildRequest::default()
        };
        let mut request = translate::build(request, self.client_pid, self.service.processors);
        (request.project, request.ir) = ((*self.project).clone(), ir);
        let log = self.service.logs.open();
        let sink: SharedSink = log.clone();
        let build = ask(&self.opened.start, StartBuild { request, sink }).await?;
        let _ends = Ends { build, cancel: self.opened.cancel.clone() };
        let (mut lines, mut offset) = (Vec::new(), 0);
        let exit_code = loop {
            match log.after(offset).await {
                Ok(more) => {
                    offset += more.len();
                    lines.extend(more);
                }
                Err(exit_code) => break exit_code,
            }
        };
        translate::built(&lines, exit_code)
    }
}
