//! Which processes run and which are about to, and for whom: whatever is ended stays ended. Does not know how they are waited for.

use std::collections::HashMap;
use std::io;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use super::running::reap;
use crate::engine::ids::{BuildId, RunId, StepId};

/// Between a polite signal and the last one.
const GRACE: Duration = Duration::from_millis(300);

/// The step that a process is run for; `None` if it is run for no build.
pub type Owner = Option<(BuildId, StepId)>;

/// All that runs or may run.
#[derive(Debug, Default)]
pub(super) struct Registry {
    running: Mutex<Running>,
    ended: Condvar,
}

#[derive(Debug, Default)]
pub(super) struct Running {
    pub(super) groups: HashMap<Pid, (RunId, Owner)>,
    /// For whom, and whether it was revoked.
    permits: HashMap<RunId, (Owner, bool)>,
    next: u32,
    /// No process is started any more.
    closed: bool,
}

/// Leave to run one process, which may be revoked before that starts, and ends when this is dropped.
#[derive(Debug)]
pub struct Permit {
    /// As what it may run.
    pub run: RunId,
    registry: Arc<Registry>,
}

impl Permit {
    /// Whether what it was given for is not wanted any more.
    #[must_use]
    pub fn is_revoked(&self) -> bool {
        !self.registry.is_wanted(self.run)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.registry.running().permits.remove(&self.run);
    }
}

impl Registry {
    pub(super) fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn permit(self: &Arc<Self>, owner: Owner) -> Permit {
        let mut running = self.running();
        running.next = running.next.wrapping_add(1);
        let run = RunId(running.next);
        running.permits.insert(run, (owner, false));
        Permit { run, registry: self.clone() }
    }

    /// Nobody sees a process that is not registered, nor one that starts after the end. `None` without a permit.
    pub(super) fn start(self: &Arc<Self>, command: &mut Command, run: RunId) -> io::Result<Option<Group>> {
        let mut running = self.running();
        if running.closed {
            return Err(io::Error::other("the daemon ends"));
        }
        let Some((owner, false)) = running.permits.get(&run).copied() else { return Ok(None) };
        let pid = Pid::from_child(&command.spawn()?);
        running.groups.insert(pid, (run, owner));
        Ok(Some(Group { pid, registry: self.clone() }))
    }

    /// Ends every process at once and starts no other.
    pub(super) fn close(&self) {
        let mut running = self.running();
        running.closed = true;
        for pid in running.groups.keys() {
            // It may have ended just now.
            let _gone = kill_process_group(*pid, Signal::KILL);
        }
    }

    pub(super) fn is_wanted(&self, run: RunId) -> bool {
        matches!(self.running().permits.get(&run), Some((_, false)))
    }

    /// Ends a run at once that nobody waits for any more, or lets it never start.
    pub(super) fn abandon(&self, run: RunId) {
        let mut running = self.running();
        if let Some((_, revoked)) = running.permits.get_mut(&run) {
            *revoked = true;
        }
        for (pid, _) in running.groups.iter().filter(|(_, (other, _))| *other == run) {
            // It may have ended just now.
            let _gone = kill_process_group(*pid, Signal::KILL);
        }
    }

    /// Ends processes politely, then for good, and lets none start that was to.
    pub(super) fn kill(self: &Arc<Self>, matches: impl Fn(RunId, Owner) -> bool) {
        let mut running = self.running();
        running.permits.iter_mut().filter(|(run, (owner, _))| matches(**run, *owner)).for_each(|(_, (_, revoked))| *revoked = true);
        let doomed: Vec<_> = running.groups.iter().filter(|(_, (run, owner))| matches(*run, *owner)).map(|(pid, _)| *pid).collect();
        drop(running);
        for pid in &doomed {
            // It may have ended just now.
            let _gone = kill_process_group(*pid, Signal::TERM);
        }
        if doomed.is_empty() {
            return;
        }
        let registry = self.clone();
        let reaper = std::thread::Builder::new().name("reaper".into()).spawn(move || registry.finish_off(&doomed));
        if reaper.is_err() {
            tracing::warn!("no thread for the last signal; processes get only the polite one");
        }
    }

    /// Waits until none of `doomed` runs, for as long as grace lasts, then ends the rest.
    fn finish_off(&self, doomed: &[Pid]) {
        let alive = |running: &mut Running| doomed.iter().any(|pid| running.groups.contains_key(pid));
        let waited = self.ended.wait_timeout_while(self.running(), GRACE, alive).unwrap_or_else(PoisonError::into_inner);
        for pid in doomed.iter().filter(|pid| waited.0.groups.contains_key(pid)) {
            let _gone = kill_process_group(*pid, Signal::KILL);
        }
    }
}

/// Ends the group and its registration when dropped: by then its leader was waited for, or nobody waits any more.
pub(super) struct Group {
    pub(super) pid: Pid,
    registry: Arc<Registry>,
}

impl Drop for Group {
    fn drop(&mut self) {
        // A group outlives its leader if something was left in it; no such group is the usual case.
        let _gone = kill_process_group(self.pid, Signal::KILL);
        if let Ok(None) = reap(self.pid, libc::WNOHANG) {
            // Nobody waited for the leader, and it takes a moment to die.
            let pid = self.pid;
            let reaper = std::thread::Builder::new().name("reaper".into()).spawn(move || reap(pid, 0));
            if reaper.is_err() {
                tracing::warn!("no thread to wait for process {}; it stays listed", pid.as_raw_nonzero());
            }
        }
        self.registry.running().groups.remove(&self.pid);
        self.registry.ended.notify_all();
    }
}
