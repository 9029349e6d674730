//! Processes: each in a group of its own, with one pipe for what it prints. All running ones are registered, so that an actor's restart
//! leaves no stray behind. Does not know what they are for.

mod registry;

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, pidfd_open};
use tokio::io::AsyncReadExt;
use tokio::io::unix::AsyncFd;
use tokio::net::unix::pipe;

use self::registry::Registry;
pub use self::registry::{Owner, Permit};
use crate::engine::ids::{BuildId, RunId, StepId};
use crate::engine::jobs::answers::Ended;
use crate::engine::report::Cost;

/// How long what a dead leader left in its group may hold the pipe.
const LINGER: Duration = Duration::from_millis(100);

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

/// All running processes, and leave to run more.
#[derive(Debug, Default)]
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

    /// Runs a process to its end; one whose permit was revoked or dropped counts as ended by the polite signal. Dropping the future kills its group.
    pub async fn run(&self, spec: ProcessSpec) -> Result<ProcessExit, SpawnError> {
        self.run_into(spec, None).await
    }

    /// The same, but what it prints on standard output goes into `output`, if there is one, as fast as somebody takes it from the other end.
    pub async fn run_into(&self, spec: ProcessSpec, output: Option<io::PipeWriter>) -> Result<ProcessExit, SpawnError> {
        let program = spec.program.clone();
        self.run_inner(spec, output).await.map_err(|source| SpawnError { program, source })
    }

    async fn run_inner(&self, spec: ProcessSpec, into: Option<io::PipeWriter>) -> io::Result<ProcessExit> {
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
        let Some(group) = self.registry.start(&mut command, spec.run)? else { return Ok(NEVER_RUN) };
        let pid = group.pid;
        drop(command);
        let ended = registered(pidfd_open(pid, PidfdFlags::empty())?)?;
        let mut output = Output::new(reader, spec.output_limit)?;
        let mut errors = apart.map(|errors| Output::new(errors, spec.output_limit)).transpose()?;
        let waited = wait(&ended, &mut output, errors.as_mut(), pid).await?;
        drop(group);
        let (status, user_ms, max_rss_kb) = waited;
        let wall_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let errors = errors.map(Output::finish).unwrap_or_default();
        let cut = output.cut;
        let output = if spec.heard == Heard::Apart { output.bytes } else { output.finish() };
        Ok(ProcessExit { status, output, errors, cut, cost: Cost { wall_ms, user_ms, max_rss_kb } })
    }

    /// Ends every process at once and starts no other: this process is about to end.
    pub fn close(&self) {
        self.registry.close();
    }

    /// Ends one process: politely, then for good. What it printed until then is told by whoever runs it.
    pub fn end(&self, run: RunId) {
        self.registry.kill(|other, _| other == run);
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

struct Output {
    pipe: pipe::Receiver,
    bytes: Vec<u8>,
    cut: usize,
    limit: usize,
}

impl Output {
    fn new(reader: io::PipeReader, limit: usize) -> io::Result<Self> {
        Ok(Self { pipe: pipe::Receiver::from_owned_fd(reader.into())?, bytes: Vec::new(), cut: 0, limit })
    }

    /// Reads until the other end is closed.
    async fn drain(&mut self) -> io::Result<()> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = self.pipe.read(&mut buffer).await?;
            if read == 0 {
                return Ok(());
            }
            let kept = read.min(self.limit.saturating_sub(self.bytes.len()));
            self.bytes.extend_from_slice(&buffer[..kept]);
            self.cut += read - kept;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.cut > 0 {
            self.bytes.extend_from_slice(format!("\n[{} more bytes were cut]\n", self.cut).as_bytes());
        }
        self.bytes
    }
}

async fn drain(output: &mut Output, errors: Option<&mut Output>) -> io::Result<()> {
    match errors {
        Some(errors) => futures_util::future::try_join(output.drain(), errors.drain()).await.map(|_| ()),
        None => output.drain().await,
    }
}

/// Waits for the leader while reading what it prints. What it left running may print a moment longer.
async fn wait(ended: &AsyncFd<OwnedFd>, output: &mut Output, mut errors: Option<&mut Output>, pid: Pid) -> io::Result<(Exit, u64, u64)> {
    let mut open = true;
    loop {
        tokio::select! {
            biased;
            read = drain(output, errors.as_deref_mut()), if open => { read?; open = false; }
            ready = ended.readable() => { ready?.retain_ready(); break; }
        }
    }
    let exit = reap(pid, 0)?;
    if open && let Ok(read) = tokio::time::timeout(LINGER, drain(output, errors)).await {
        read?;
    }
    Ok(exit)
}

/// A process's descriptor, to be awaited.
#[expect(unsafe_code, reason = "tokio asks its caller to promise that the descriptor stays open")]
fn registered(process: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: the descriptor is owned by the result, which nobody takes apart before it is dropped.
    Ok(unsafe { AsyncFd::register(process) }?)
}

/// Takes a child's exit and what it used.
#[expect(unsafe_code, reason = "no safe wrapper of wait4 gives the child's resource usage")]
fn reap(pid: Pid, options: i32) -> io::Result<(Exit, u64, u64)> {
    let mut status = 0;
    // SAFETY: an all-zero `rusage` is valid, and both pointers live for the whole call.
    let (waited, usage) = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        (libc::wait4(pid.as_raw_nonzero().get(), &raw mut status, options, &raw mut usage), usage)
    };
    if waited <= 0 {
        return Err(io::Error::last_os_error());
    }
    let user_ms = u64::try_from(usage.ru_utime.tv_sec * 1000 + usage.ru_utime.tv_usec / 1000).unwrap_or(0);
    let max_rss_kb = u64::try_from(usage.ru_maxrss).unwrap_or(0);
    let exit = if libc::WIFSIGNALED(status) { Exit::Signalled(libc::WTERMSIG(status)) } else { Exit::Exited(libc::WEXITSTATUS(status)) };
    Ok((exit, user_ms, max_rss_kb))
}

#[cfg(test)]
mod tests;
