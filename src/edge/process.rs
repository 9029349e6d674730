//! Processes: each in a group of its own, with one pipe for what it prints. All running ones are registered, so that an actor's restart
//! leaves no stray behind. Does not know what they are for.

mod registry;
mod running;

use std::collections::HashSet;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::{PidfdFlags, pidfd_open};

use self::registry::Registry;
pub use self::registry::{Owner, Permit};
use self::running::Running;
use super::compute::{Lost, apart};
use crate::engine::ids::{BuildId, RunId, StepId};
use crate::engine::jobs::answers::Ended;
use crate::engine::report::Cost;

/// What to run.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the names say all")]
pub struct ProcessSpec {
    pub program: PathBuf,
    pub args: Vec<OsString>,
    pub cwd: PathBuf,
    /// All it gets.
    pub env: Vec<(OsString, OsString)>,
    /// As what it is registered.
    pub run: RunId,
    /// The rest goes nowhere.
    pub heard: Heard,
    /// In bytes; more is cut, with a remark.
    pub output_limit: usize,
}

/// Which of its outputs are listened to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Heard {
    /// Standard output and error, as they come.
    Both,
    /// Standard output.
    Output,
    /// Standard error.
    Errors,
    /// Both, each for itself.
    Apart,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// With this code.
    Exited(i32),
    /// By this signal.
    Signalled(i32),
}

impl From<Exit> for Ended {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Exited(code) => Self::Exited(code),
            Exit::Signalled(signal) => Self::Signalled(signal),
        }
    }
}

/// A process that ended.
#[derive(Clone, Debug)]
pub struct ProcessExit {
    /// How.
    pub status: Exit,
    /// What was listened to, as it came.
    pub output: Vec<u8>,
    /// Standard error, where it is heard apart.
    pub errors: Vec<u8>,
    /// So many bytes of `output` went beyond its limit. Where outputs are heard apart they are for programs, and hold no remark about it.
    pub cut: usize,
    /// What it cost.
    pub cost: Cost,
}

impl ProcessExit {
    /// Its work was done in `wall`, without a process.
    #[must_use]
    pub fn done_here(wall: Duration) -> Self {
        let wall_ms = u64::try_from(wall.as_millis()).unwrap_or(u64::MAX);
        Self { status: Exit::Exited(0), cost: Cost { wall_ms, ..Cost::default() }, ..NEVER_RUN }
    }
}

/// What comes of a process that was ended before it began.
const NEVER_RUN: ProcessExit = ProcessExit {
    status: Exit::Signalled(libc::SIGTERM),
    output: Vec::new(),
    errors: Vec::new(),
    cut: 0,
    cost: Cost { wall_ms: 0, user_ms: 0, max_rss_kb: 0 },
};

/// A process could not be started.
#[derive(Debug, thiserror::Error)]
#[error("cannot run {}: {source}", program.display())]
pub struct SpawnError {
    program: PathBuf,
    source: io::Error,
}

/// Nobody could run a process, or nobody knows what became of it.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the texts say all")]
pub enum Unattended {
    #[error("no thread can be started: {0}")]
    NoThread(#[from] io::Error),
    #[error(transparent)]
    Lost(#[from] Lost),
}

/// All running processes, and leave to run more. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Processes {
    registry: Arc<Registry>,
}

impl Processes {
    /// Leave to run one process for a step, or for nobody in particular. What ends that step's process from now on counts for one that is
    /// about to start, too.
    #[must_use]
    pub fn permit(&self, owner: Owner) -> Permit {
        self.registry.permit(owner)
    }

    /// Runs a process to its end; one whose permit was revoked or dropped counts as ended by the polite signal. Dropping the future kills its
    /// group.
    pub async fn run(&self, spec: ProcessSpec) -> Result<ProcessExit, SpawnError> {
        let (processes, program) = (self.clone(), spec.program.clone());
        let run = self.attend(spec.run, move || processes.start(spec, None)?.ended());
        run.await.unwrap_or_else(|error| Err(SpawnError { program, source: io::Error::other(error) }))
    }

    /// Does `work`, which starts the process of a run and waits for it, on a thread of its own: whatever becomes of the thread that asks, what
    /// was begun is cleaned up. Dropping the future kills the process's group, or lets it never start.
    pub async fn attend<T: Send + 'static>(&self, run: RunId, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Unattended> {
        let attended = Attended { registry: &self.registry, run: Some(run) };
        let done = apart(work)?.await;
        attended.ended();
        Ok(done?)
    }

    /// Whether a run that has not begun may begin.
    #[must_use]
    pub fn is_wanted(&self, run: RunId) -> bool {
        self.registry.is_wanted(run)
    }

    /// Starts a process. What it prints on standard output goes into `output`, if there is one, as fast as somebody takes it from the other
    /// end. Dropping it kills its group.
    pub fn start(&self, spec: ProcessSpec, output: Option<io::PipeWriter>) -> Result<Started, SpawnError> {
        let program = spec.program.clone();
        match self.started(spec, output) {
            Ok(running) => Ok(Started { program, running }),
            Err(source) => Err(SpawnError { program, source }),
        }
    }

    fn started(&self, spec: ProcessSpec, into: Option<io::PipeWriter>) -> io::Result<Option<Running>> {
        let started = Instant::now();
        let (reader, writer) = io::pipe()?;
        let mut command = Command::new(&spec.program);
        command.args(&spec.args).current_dir(&spec.cwd).env_clear().envs(spec.env.iter().cloned());
        // No `pre_exec`: it would make spawning fork this whole process.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        if spec.heard != Heard::Errors {
            command.stdout(writer.try_clone()?);
        }
        let mut apart = None;
        match spec.heard {
            Heard::Output => {}
            Heard::Both | Heard::Errors => drop(command.stderr(writer.try_clone()?)),
            Heard::Apart => {
                let (errors, writer) = io::pipe()?;
                command.stderr(writer);
                apart = Some(errors);
            }
        }
        if let Some(into) = into {
            command.stdout(into);
        }
        drop(writer);
        let Some(group) = self.registry.start(&mut command, spec.run)? else { return Ok(None) };
        let leader = pidfd_open(group.pid, PidfdFlags::empty())?;
        Ok(Some(Running { group, leader, reader, apart, started, heard: spec.heard, limit: spec.output_limit }))
    }

    /// Ends every process at once and starts no other: this process is about to end.
    pub fn close(&self) {
        self.registry.close();
    }

    /// Ends one process: politely, then for good. What it printed until then is told by whoever runs it.
    pub fn end(&self, run: RunId) {
        self.registry.kill(|other, _| other == run);
    }

    /// Ends these processes: politely, then for good.
    pub fn end_all(&self, runs: &HashSet<RunId>) {
        self.registry.kill(|run, _| runs.contains(&run));
    }

    /// Ends the processes of a build: politely, then for good.
    pub fn kill_build(&self, build: BuildId) {
        self.registry.kill(|_, owner| owner.is_some_and(|(b, _)| b == build));
    }

    /// Ends a step's process: politely, then for good.
    pub fn kill_step(&self, build: BuildId, step: StepId) {
        self.registry.kill(|_, owner| owner == Some((build, step)));
    }

    /// Ends the processes of all steps.
    pub fn kill_steps(&self) {
        self.registry.kill(|_, owner| owner.is_some());
    }

    /// Ends every process.
    pub fn kill_all(&self) {
        self.registry.kill(|_, _| true);
    }
}

/// A process that was started, unless its permit was revoked or dropped before that.
pub struct Started {
    program: PathBuf,
    running: Option<Running>,
}

impl Started {
    /// Waits for its end, on this thread.
    pub fn ended(self) -> Result<ProcessExit, SpawnError> {
        let Some(running) = self.running else { return Ok(NEVER_RUN) };
        running.ended().map_err(|source| SpawnError { program: self.program, source })
    }
}

/// Ends a run when dropped, unless it ended.
struct Attended<'a> {
    registry: &'a Registry,
    run: Option<RunId>,
}

impl Attended<'_> {
    fn ended(mut self) {
        self.run = None;
    }
}

impl Drop for Attended<'_> {
    fn drop(&mut self) {
        if let Some(run) = self.run {
            self.registry.abandon(run);
        }
    }
}

#[cfg(test)]
mod tests;
