//! One command from flags to exit code. Does not know how a daemon is found, nor how things look.

mod execute;
mod graph;
mod jobs;
mod settings_file;

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::built::{Built, chosen};
use super::cli::{
    BuildArgs, BuildFlags, CheckArgs, Cli, ColorWhen, Command, Deferred, ExplainArgs, InstallArgs, OutputFlags, PathArgs, ProjectFlags,
    RunArgs, TestArgs, WatchArgs,
};
use super::error::ClientError;
use super::exit_code;
use super::json::Json;
use super::place::{Environment, Place};
use super::render::{Build, Listing, Style, Watched};
use super::session::{Asker, Show};
use super::testing::{self, Report, Told};
use super::watch::Watcher;
use super::{project, service};
use crate::edge::term;
use crate::wire::{
    BuildRequest, CheckRequest, Control, ExplainRequest, FromDaemon, Goal, InstallRequest, PathText, Project, Reply, Request,
};

/// Carries out a command.
pub fn run(cli: &Cli) -> Result<u8, ClientError> {
    if let Some(directory) = &cli.output.directory {
        std::env::set_current_dir(directory).map_err(|source| ClientError::NoProject { path: directory.clone(), source })?;
    }
    let environment = Environment::of_this_process();
    let place = Place::find(&environment)?;
    let client = Client { output: &cli.output, environment: &environment, place: &place };
    match &cli.command {
        Command::Build(Deferred(args)) => client.build(args),
        Command::Watch(Deferred(args)) => client.watch(args),
        Command::Run(Deferred(args)) => client.run(args),
        Command::Test(Deferred(args)) => client.test(args),
        Command::Install(Deferred(args)) => client.install(args),
        Command::Explain(Deferred(args)) => client.explain(args),
        Command::Graph(Deferred(args)) => client.graph(args),
        Command::Check(Deferred(args)) => client.check(args),
        Command::Schema => client.ask(&Request::Schema),
        Command::Clean(Deferred(args)) => client.list(project::at, args, Request::Clean),
        Command::Discover(Deferred(args)) => client.list(project::at, args, Request::Discover),
        Command::Init(Deferred(args)) => client.init(args),
        Command::Complete(Deferred(args)) => client.complete(args),
        Command::Tools(Deferred(args)) => client.list(project::near, args, Request::Tools),
        Command::Jobs { action } => client.jobs(action),
        Command::Status => service::status(&place, cli.output.json),
        Command::Daemon { action } => service::act(&place, *action, &cli.output),
    }
}

/// How strictly a project is found.
type Find = fn(Option<&Path>, &ProjectFlags, &Environment) -> Result<Project, ClientError>;

struct Client<'a> {
    output: &'a OutputFlags,
    environment: &'a Environment,
    place: &'a Place,
}

impl Client<'_> {
    fn build(&self, args: &BuildArgs) -> Result<u8, ClientError> {
        let (request, mut asker) = match self.cleaned(args)? {
            Ok(ready) => ready,
            Err(code) => return Ok(code),
        };
        let mut show: Box<dyn Show> =
            if self.output.json { Box::new(Json::default()) } else { Box::new(Build::new(self.style(&args.build, false))) };
        asker.ask(&Request::Build(Box::new(request)), &mut *show)
    }

    /// The request, and `--clean` done; else what that ended with.
    fn cleaned(&self, args: &BuildArgs) -> Result<Result<(BuildRequest, Asker<'_>), u8>, ClientError> {
        let (path, targets) = match project::either(&args.names) {
            Some(name) if self.has_target(name, args) => (None, project::targets(&args.names)?),
            _ => project::path_and_targets(&args.names)?,
        };
        let request = self.request(path.as_deref(), &args.project, &args.build, targets, Goal::Build)?;
        let mut asker = Asker::new(self.place, self.output.no_daemon);
        if args.build.clean {
            let code = asker.ask(&Request::Clean(Box::new(request.project.clone())), &mut *self.listing())?;
            if code != exit_code::DONE {
                return Ok(Err(code));
            }
        }
        Ok(Ok((request, asker)))
    }

    fn watch(&self, args: &WatchArgs) -> Result<u8, ClientError> {
        if args.build.build.dry_run {
            return Err(ClientError::Usage("`watch` builds; `jmake build -n` says what would run".to_owned()));
        }
        let (request, mut asker) = match self.cleaned(&args.build)? {
            Ok(ready) => ready,
            Err(code) => return Ok(code),
        };
        let root = request.project.root.clone().into_path();
        let style = self.style(&args.build.build, false);
        let clears = !self.output.quiet && term::stdout_is_terminal() && !self.environment.is_dumb_terminal();
        let inner: Box<dyn Show> = if self.output.json { Box::new(Json::default()) } else { Box::new(Watched::new(style, clears)) };
        let exec = args.exec.iter().flat_map(|line| line.split_whitespace().map(OsString::from)).collect();
        let mut watcher = Watcher::new(inner, exec, root, self.output.json);
        let request = Request::Watch(Box::new(request));
        loop {
            let asked = asker.ask(&request, &mut watcher);
            // A daemon may be lost any number of times, but for one that serves nobody.
            if !matches!(asked, Err(ClientError::Lost(_))) || !watcher.was_served() {
                return asked;
            }
        }
    }

    /// Whether the project at hand has a target of this name.
    fn has_target(&self, name: &str, args: &BuildArgs) -> bool {
        let Ok(project) = project::at(None, &args.project, self.environment) else { return false };
        let mut show = Targets::default();
        let asked = Asker::new(self.place, self.output.no_daemon).ask(&Request::Targets(Box::new(project)), &mut show);
        asked.is_ok() && show.0.iter().any(|target| target == name)
    }

    fn request(
        &self,
        path: Option<&Path>,
        project: &ProjectFlags,
        flags: &BuildFlags,
        targets: Vec<String>,
        goal: Goal,
    ) -> Result<BuildRequest, ClientError> {
        Ok(BuildRequest {
            project: project::at(path, project, self.environment)?,
            goal,
            targets,
            all: flags.all,
            jobs: flags.jobs,
            keep_going: flags.keep_going,
            fail_fast: flags.fail_fast,
            dry_run: flags.dry_run,
            force: flags.force,
            explain: flags.explain,
            color: self.color(),
            staged: flags.staged,
        })
    }

    fn color(&self) -> bool {
        match self.output.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => !self.output.json && term::wants_color(io::stderr().is_terminal(), &self.environment.lookup()),
        }
    }

    fn style(&self, flags: &BuildFlags, err_only: bool) -> Style {
        let OutputFlags { quiet, verbose, .. } = *self.output;
        let progress = !quiet && io::stderr().is_terminal() && !self.environment.is_dumb_terminal();
        Style { quiet, verbose, explain: flags.explain, dry_run: flags.dry_run, color: self.color(), progress, err_only }
    }

    fn listing(&self) -> Box<dyn Show> {
        if self.output.json { Box::new(Json::default()) } else { Box::new(Listing::new(self.output.quiet, self.output.verbose)) }
    }

    fn list(&self, find: Find, args: &PathArgs, request: impl FnOnce(Box<Project>) -> Request) -> Result<u8, ClientError> {
        let project = find(args.path.as_deref(), &args.project, self.environment)?;
        self.ask(&request(Box::new(project)))
    }

    fn ask(&self, request: &Request) -> Result<u8, ClientError> {
        Asker::new(self.place, self.output.no_daemon).ask(request, &mut *self.listing())
    }

    fn check(&self, args: &CheckArgs) -> Result<u8, ClientError> {
        let project = project::at(args.at.path.as_deref(), &args.at.project, self.environment)?;
        self.ask(&Request::Check(Box::new(CheckRequest { project, show_origin: args.show_origin })))
    }

    fn explain(&self, args: &ExplainArgs) -> Result<u8, ClientError> {
        let project = project::at(None, &args.project, self.environment)?;
        let subject = project::targets(args.subject.as_slice())?.pop();
        let request = ExplainRequest { project, subject, all: args.all };
        Asker::new(self.place, self.output.no_daemon).ask(&Request::Explain(Box::new(request)), &mut *self.listing())
    }

    fn test(&self, args: &TestArgs) -> Result<u8, ClientError> {
        let began = Instant::now();
        let request = self.request(None, &args.project, &args.build, args.filters.clone(), Goal::Test)?;
        let (root, dry_run) = (request.project.root.clone().into_path(), request.dry_run);
        let style = self.style(&args.build, false);
        let inner: Box<dyn Show> = if self.output.json { Box::new(Json::default()) } else { Box::new(Build::new(style)) };
        let mut show = Built::new(inner);
        let code = Asker::new(self.place, self.output.no_daemon).ask(&Request::Build(Box::new(request)), &mut show)?;
        let tests = show.tests();
        if code != exit_code::DONE || dry_run {
            return Ok(code);
        }
        let jobs = args.build.jobs.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), |jobs| jobs as usize);
        let OutputFlags { json, quiet, verbose, .. } = *self.output;
        let told = Told { json, quiet, verbose, color: self.color() };
        let mut report = Report::new(told, began.elapsed());
        let manner = testing::Manner { jobs, limit: args.timeout.map(Duration::from_secs), fail_fast: args.build.fail_fast };
        let all = testing::run(&root, &tests, manner, &mut report)?;
        if let Some(path) = &args.junit {
            let name = root.file_name().unwrap_or_default().to_string_lossy();
            testing::write_junit(path, &name, &all)?;
        }
        let passed = all.iter().all(|tested| tested.outcome == testing::Outcome::Passed);
        Ok(if passed { exit_code::DONE } else { exit_code::FAILED })
    }

    fn install(&self, args: &InstallArgs) -> Result<u8, ClientError> {
        let request = self.request(None, &args.project, &args.build, Vec::new(), Goal::Build)?;
        let project = request.project.clone();
        let mut show = Built::new(Box::new(Build::new(self.style(&args.build, self.output.json))));
        let mut asker = Asker::new(self.place, self.output.no_daemon);
        let code = asker.ask(&Request::Build(Box::new(request)), &mut show)?;
        if code != exit_code::DONE || args.build.dry_run {
            return Ok(code);
        }
        let absolute = |dir: &Option<PathBuf>| dir.as_ref().map(|dir| PathText::from(project.cwd.as_path().join(dir).as_path()));
        let (prefix, destdir) = (absolute(&args.prefix), absolute(&args.destdir));
        let request = InstallRequest { artifacts: show.files(), prefix, destdir, project };
        asker.ask(&Request::Install(Box::new(request)), &mut *self.listing())
    }

    fn run(&self, args: &RunArgs) -> Result<u8, ClientError> {
        if self.output.json {
            return Err(ClientError::Usage("`run` gives standard output to the program; use `jmake build --json`, then run it".to_owned()));
        }
        let targets: Vec<String> = args.target.iter().cloned().collect();
        let request = self.request(None, &args.project, &args.build, targets, Goal::Run)?;
        let root = request.project.root.clone().into_path();
        let mut show = Built::new(Box::new(Build::new(self.style(&args.build, true))));
        let code = Asker::new(self.place, self.output.no_daemon).ask(&Request::Build(Box::new(request)), &mut show)?;
        if code != exit_code::DONE || args.build.dry_run {
            return Ok(code);
        }
        let found = show.executables();
        Err(execute::execute(&root, chosen(&found, args.target.as_deref())?, &args.args))
    }
}

/// Shows nothing, and remembers the targets of a project.
#[derive(Default)]
struct Targets(Vec<String>);

impl Show for Targets {
    fn line(&mut self, line: &FromDaemon, _: &[u8]) {
        if let FromDaemon::Control(Control::Reply(Reply::Discover(found))) = line {
            self.0 = found.targets.iter().map(|target| target.name.clone()).collect();
        }
    }

    fn note(&mut self, _: &str, _: bool) {}

    fn flush(&mut self) {}

    fn end(&mut self) {}
}
