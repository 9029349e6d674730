//! A program that runs beside the client, and everything it started in its process group: started, and ended for sure. Does not know why
//! it runs.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::Child;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open, test_kill_process_group};

use super::error::ClientError;
use crate::edge::spawn;

/// How long it may take to end when it is asked to.
const GRACE_MS: u32 = 2000;
/// How often it is looked whether the rest of its group is gone.
const LOOK_MS: u32 = 10;

/// The groups that run, for one who leaves at once.
static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

fn groups() -> MutexGuard<'static, Vec<Pid>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Kills all of them, without waiting. No other one starts as long as what this returns is kept.
pub fn kill_all() -> impl Drop {
    let mut groups = groups();
    for group in groups.drain(..) {
        // It may be gone.
        let _ = kill_process_group(group, Signal::KILL);
    }
    groups
}

/// Starts one that leads a group: there is no moment at which it runs and is not among them.
pub fn started(start: impl FnOnce() -> io::Result<Child>) -> io::Result<Child> {
    let mut groups = groups();
    let child = start()?;
    groups.extend(group_of(&child));
    Ok(child)
}

/// The group that it leads.
pub fn group_of(child: &Child) -> Option<Pid> {
    Pid::from_raw(child.id().cast_signed())
}

/// Kills what is left of it.
pub fn kill(group: Option<Pid>) {
    if let Some(group) = group {
        // It may be gone.
        let _ = kill_process_group(group, Signal::KILL);
        groups().retain(|other| *other != group);
    }
}

/// The words of a command line from settings: one with a slash that names a file of the project at `root` means that, wherever it is run.
pub fn words(root: &Path, words: &[String]) -> Vec<OsString> {
    let of_project = |word: &String| word.contains('/') && root.join(word).exists();
    words.iter().map(|word| if of_project(word) { root.join(word).into_os_string() } else { word.into() }).collect()
}

/// One that runs, or has ended. It is ended when this is dropped.
pub struct Program {
    child: Child,
    group: Option<Pid>,
}

impl Program {
    /// Starts `argv`, which is not empty, in `folder`.
    pub fn start(argv: &[OsString], folder: &Path, err_only: bool) -> Result<Self, ClientError> {
        let Some((program, args)) = argv.split_first() else { return Err(ClientError::Usage("nothing to run was named".to_owned())) };
        let child = started(|| spawn::start_beside(program, args, folder, err_only));
        let child = child.map_err(|source| ClientError::NotRun { path: program.into(), source })?;
        Ok(Self { group: group_of(&child), child })
    }

    /// Ends it: SIGTERM to its group, SIGKILL to what is left of that after 2 s.
    fn end(&mut self) {
        let Some(group) = self.group.take() else { return };
        // An error means that nobody is left.
        let _ = kill_process_group(group, Signal::TERM);
        self.await_end(group);
        let _ = kill_process_group(group, Signal::KILL);
        let _ = self.child.wait();
        groups().retain(|other| *other != group);
    }

    /// The leader's end is told; that of others in its group has to be looked for.
    fn await_end(&mut self, group: Pid) {
        let Ok(leader) = pidfd_open(group, PidfdFlags::empty()) else { return };
        let mut left = GRACE_MS;
        while left > 0 {
            let ended = self.child.try_wait().is_ok_and(|status| status.is_some());
            if ended && test_kill_process_group(group) == Err(Errno::SRCH) {
                return;
            }
            let limit = Timespec { tv_sec: 0, tv_nsec: i64::from(LOOK_MS) * 1_000_000 };
            let events = if ended { PollFlags::empty() } else { PollFlags::IN };
            // Woken early by the leader's end only.
            let _ = poll(&mut [PollFd::new(&leader, events)], Some(&limit));
            left = left.saturating_sub(LOOK_MS);
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end();
    }
}
