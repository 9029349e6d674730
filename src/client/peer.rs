//! The process at the other end of the socket: whose it is, and waiting for its end. Does not know what it says.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::socket_peercred;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::error::ClientError;

/// A daemon's process, held so that its number cannot come to mean another one.
pub struct Process {
    pid: u32,
    handle: OwnedFd,
}

/// How long a daemon may take to end. It promises 2 s; slow disks get more.
const END: Timespec = Timespec { tv_sec: 10, tv_nsec: 0 };

/// How long one may take that was killed.
const MOMENT: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// Whether the process behind `stream` is of our own user.
#[must_use]
pub fn is_ours(stream: &UnixStream) -> bool {
    socket_peercred(stream).is_ok_and(|peer| peer.uid == rustix::process::geteuid())
}

impl Process {
    /// The process behind `stream`, unless it is already gone or lives where we cannot see it.
    #[must_use]
    pub fn behind(stream: &UnixStream) -> Option<Self> {
        let pid = socket_peercred(stream).ok()?.pid;
        Self::of(pid)
    }

    fn of(pid: Pid) -> Option<Self> {
        let handle = pidfd_open(pid, PidfdFlags::empty()).ok()?;
        Some(Self { pid: pid.as_raw_nonzero().get().unsigned_abs(), handle })
    }

    /// Its number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits for its end.
    pub fn wait(&self) -> Result<(), ClientError> {
        let mut ends = [PollFd::new(&self.handle, PollFlags::IN)];
        match poll(&mut ends, Some(&END)) {
            Ok(1..) => Ok(()),
            _ => Err(ClientError::StillRunning(self.pid)),
        }
    }

    /// Waits a moment for its end, which may not come.
    pub fn linger(&self) {
        let _ended = poll(&mut [PollFd::new(&self.handle, PollFlags::IN)], Some(&MOMENT));
    }

    /// Asks it to end by SIGTERM, for one that does not speak our protocol, and waits.
    pub fn terminate(&self) -> Result<(), ClientError> {
        // An error means that it is gone.
        let _ = pidfd_send_signal(&self.handle, Signal::TERM);
        self.wait()
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn the_other_end_of_a_pair_is_ours_and_us() {
        let (one, _other) = UnixStream::pair().unwrap();
        assert!(is_ours(&one));
        assert_eq!(Process::behind(&one).unwrap().pid(), std::process::id());
    }

    #[test]
    fn the_end_of_a_process_is_seen() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let process = Process::of(Pid::from_raw(child.id().try_into().unwrap()).unwrap()).unwrap();
        process.terminate().unwrap();
        assert!(!child.wait().unwrap().success());
    }
}
