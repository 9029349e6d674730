//! A process that runs: what it prints is read until it ends. Does not know how it was started.

use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Pid;

use super::registry::Group;
use super::{Exit, Heard, ProcessExit};
use crate::engine::report::Cost;

/// How long what a dead leader left in its group may hold the pipe.
const LINGER: Duration = Duration::from_millis(100);

/// What is read at once. A pipe holds as much.
const CHUNK: usize = 64 << 10;

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
    pub(super) fn ended(self) -> io::Result<ProcessExit> {
        let mut outputs = vec![Output::new(self.reader, self.limit)];
        outputs.extend(self.apart.map(|errors| Output::new(errors, self.limit)));
        let (status, user_ms, max_rss_kb) = wait(&self.leader, &mut outputs, self.group.pid)?;
        drop(self.group);
        let wall_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut outputs = outputs.into_iter();
        let output = outputs.next().unwrap_or_default();
        let (cut, errors) = (output.cut, outputs.next().map(Output::finish).unwrap_or_default());
        let output = if self.heard == Heard::Apart { output.bytes } else { output.finish() };
        Ok(ProcessExit { status, output, errors, cut, cost: Cost { wall_ms, user_ms, max_rss_kb } })
    }
}

#[derive(Default)]
struct Output {
    /// Until its other end is closed.
    pipe: Option<io::PipeReader>,
    bytes: Vec<u8>,
    cut: usize,
    limit: usize,
}

impl Output {
    fn new(reader: io::PipeReader, limit: usize) -> Self {
        Self { pipe: Some(reader), limit, ..Self::default() }
    }

    /// Takes what is there; only to be called where something is, or the other end is closed.
    fn read(&mut self, chunk: &mut [u8]) -> io::Result<()> {
        let Some(pipe) = &mut self.pipe else { return Ok(()) };
        let read = pipe.read(chunk)?;
        if read == 0 {
            self.pipe = None;
        }
        let kept = read.min(self.limit.saturating_sub(self.bytes.len()));
        self.bytes.extend_from_slice(&chunk[..kept]);
        self.cut += read - kept;
        Ok(())
    }

    fn finish(mut self) -> Vec<u8> {
        if self.cut > 0 {
            self.bytes.extend_from_slice(format!("\n[{} more bytes were cut]\n", self.cut).as_bytes());
        }
        self.bytes
    }
}

/// Waits for the leader while reading what it prints. What it left running may print a moment longer.
fn wait(leader: &OwnedFd, outputs: &mut [Output], pid: Pid) -> io::Result<(Exit, u64, u64)> {
    let mut chunk = vec![0; CHUNK];
    let (mut exit, mut until) = (None, None::<Instant>);
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let ready = ready(exit.is_none().then_some(leader), outputs, left)?;
        for (output, _) in outputs.iter_mut().filter(|output| output.pipe.is_some()).zip(&ready.pipes).filter(|(_, ready)| **ready) {
            output.read(&mut chunk)?;
        }
        if ready.leader {
            exit = Some(reap(pid, 0)?.ok_or(io::ErrorKind::NotFound)?);
            until = Some(Instant::now() + LINGER);
        }
        let over = outputs.iter().all(|output| output.pipe.is_none()) || until.is_some_and(|until| until <= Instant::now());
        if let Some(exit) = exit.filter(|_| over) {
            return Ok(exit);
        }
    }
}

/// Which of those that are waited for have something to tell.
struct Ready {
    leader: bool,
    /// Of those outputs that are open.
    pipes: Vec<bool>,
}

/// Waits until one has, or for so long.
fn ready(leader: Option<&OwnedFd>, outputs: &[Output], limit: Option<Duration>) -> io::Result<Ready> {
    let pipes = outputs.iter().filter_map(|output| output.pipe.as_ref()).map(AsFd::as_fd);
    let mut all: Vec<PollFd<'_>> =
        pipes.chain(leader.map(AsFd::as_fd)).map(|descriptor| PollFd::from_borrowed_fd(descriptor, PollFlags::IN)).collect();
    let limit = limit.map(Timespec::try_from).transpose().map_err(io::Error::other)?;
    match poll(&mut all, limit.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut told: Vec<bool> = all.iter().map(|one| !one.revents().is_empty()).collect();
    let leader = leader.is_some() && told.pop().unwrap_or_default();
    Ok(Ready { leader, pipes: told })
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
