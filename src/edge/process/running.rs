//! A process that runs: what it prints is read until it ends. Does not know how it was started.

use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::process::Pid;
use tokio::io::AsyncReadExt;
use tokio::io::unix::AsyncFd;
use tokio::net::unix::pipe;

use super::registry::Group;
use super::{Exit, Heard, ProcessExit};
use crate::engine::report::Cost;

/// How long what a dead leader left in its group may hold the pipe.
const LINGER: Duration = Duration::from_millis(100);

/// A process, its end, and the pipes it prints into.
pub(super) struct Running {
    pub(super) group: Group,
    pub(super) leader: OwnedFd,
    pub(super) reader: io::PipeReader,
    /// Standard error, where it is heard apart.
    pub(super) apart: Option<io::PipeReader>,
    pub(super) started: Instant,
    pub(super) heard: Heard,
    pub(super) limit: usize,
}

impl Running {
    /// Waits for its end.
    pub(super) async fn ended(self) -> io::Result<ProcessExit> {
        let ended = registered(self.leader)?;
        let mut output = Output::new(self.reader, self.limit)?;
        let mut errors = self.apart.map(|errors| Output::new(errors, self.limit)).transpose()?;
        let waited = wait(&ended, &mut output, errors.as_mut(), self.group.pid).await?;
        drop(self.group);
        let (status, user_ms, max_rss_kb) = waited;
        let wall_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let errors = errors.map(Output::finish).unwrap_or_default();
        let cut = output.cut;
        let output = if self.heard == Heard::Apart { output.bytes } else { output.finish() };
        Ok(ProcessExit { status, output, errors, cut, cost: Cost { wall_ms, user_ms, max_rss_kb } })
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
    let exit = reap(pid, 0)?.ok_or(io::ErrorKind::NotFound)?;
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

/// Takes a child's exit and what it used; `None` if it runs on, which only `WNOHANG` sees.
#[expect(unsafe_code, reason = "no safe wrapper of wait4 gives the child's resource usage")]
pub(super) fn reap(pid: Pid, options: i32) -> io::Result<Option<(Exit, u64, u64)>> {
    let mut status = 0;
    // SAFETY: an all-zero `rusage` is valid, and both pointers live for the whole call.
    let (waited, usage) = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        (libc::wait4(pid.as_raw_nonzero().get(), &raw mut status, options, &raw mut usage), usage)
    };
    match waited {
        0 => return Ok(None),
        ..0 => return Err(io::Error::last_os_error()),
        _ => {}
    }
    let user_ms = u64::try_from(usage.ru_utime.tv_sec * 1000 + usage.ru_utime.tv_usec / 1000).unwrap_or(0);
    let max_rss_kb = u64::try_from(usage.ru_maxrss).unwrap_or(0);
    let exit = if libc::WIFSIGNALED(status) { Exit::Signalled(libc::WTERMSIG(status)) } else { Exit::Exited(libc::WEXITSTATUS(status)) };
    Ok(Some((exit, user_ms, max_rss_kb)))
}
