//! Who works on a project: one process at a time, with all that it started. What a killed process left running is ended before anybody else
//! begins: it would write over what is made next. Does not know what the work is.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::fs::FsError;

/// How long a process may take to end that has been killed.
const PATIENCE: Timespec = Timespec { tv_sec: 5, tv_nsec: 0 };
/// What is killed may have started something just before.
const ATTEMPTS: usize = 10;

/// Held while somebody works. Whatever is started meanwhile inherits it, and keeps others out for as long as it runs.
#[derive(Debug)]
pub struct ProjectLock {
    file: File,
    turn: u64,
    unfinished: bool,
}

/// The lock could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody works on the project.
    #[error("{} works on this project", holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}")))]
    Busy {
        /// Their process, if it can be seen.
        holder: Option<i32>,
    },
    /// The file cannot be used.
    #[error(transparent)]
    Io(FsError),
}

impl ProjectLock {
    /// Takes the lock of the project with this state directory, without waiting for anybody who lives.
    pub fn take(directory: &Path) -> Result<Self, LockError> {
        let path = directory.join("lock");
        let taken = Self::take_file(&path).map_err(|source| LockError::Io(FsError { operation: "lock", path, source }))?;
        taken.map_err(|holder| LockError::Busy { holder })
    }

    fn take_file(path: &Path) -> io::Result<Result<Self, Option<i32>>> {
        let mut holder = None;
        for _ in 0..ATTEMPTS {
            let file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
            if file.try_lock().is_ok() {
                // Somebody may have removed it meanwhile, and another one made anew.
                if std::fs::metadata(path).is_ok_and(|now| same(&now, &file)) {
                    return Self::begin(file).map(Ok);
                }
                continue;
            }
            let sharers = Sharers::of(&file)?;
            holder = sharers.holder();
            if holder.is_some() || sharers.0.is_empty() {
                break;
            }
            sharers.end();
        }
        Ok(Err(holder))
    }

    /// What is written in it stays there until the work is done: whoever finds it knows that it was not.
    fn begin(file: File) -> io::Result<Self> {
        let mut said = String::new();
        (&file).read_to_string(&mut said)?;
        let mut lines = said.lines();
        let turn = 1 + lines.next().and_then(|line| line.parse::<u64>().ok()).unwrap_or(0);
        let lock = Self { file, turn, unfinished: lines.next().is_some() };
        lock.write(&format!("{turn}\nprocess {}\n", std::process::id()))?;
        fcntl_setfd(&lock.file, FdFlags::empty())?;
        Ok(lock)
    }

    fn write(&self, text: &str) -> io::Result<()> {
        self.file.write_all_at(text.as_bytes(), 0)?;
        self.file.set_len(text.len() as u64)
    }

    /// How often it was taken, this time included.
    #[must_use]
    pub fn turn(&self) -> u64 {
        self.turn
    }

    /// Whether somebody began to work and was killed, and nobody has tidied up since.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        self.unfinished
    }

    /// What a killed process left behind is gone.
    pub fn tidied(&mut self) {
        self.unfinished = false;
    }
}

impl Drop for ProjectLock {
    fn drop(&mut self) {
        if !self.unfinished {
            // Costs the next one a look around.
            let _noted = self.write(&format!("{}\n", self.turn));
        }
        // Closing it would not do: what was started may go on, and is none of the work.
        let _released = self.file.unlock();
    }
}

fn same(now: &std::fs::Metadata, file: &File) -> bool {
    file.metadata().is_ok_and(|held| (held.dev(), held.ino()) == (now.dev(), now.ino()))
}

/// Processes that keep a locked file open, each with the one that locked it.
#[derive(Debug)]
struct Sharers(Vec<(i32, i32)>, (u64, u64));

impl Sharers {
    fn of(file: &File) -> io::Result<Self> {
        let about = file.metadata()?;
        let wanted = (about.dev(), about.ino());
        let all = std::fs::read_dir("/proc")?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        Ok(Self(all.filter_map(|pid| Some((pid, locker(pid, wanted)?))).collect(), wanted))
    }

    /// The process that works. Others have only inherited the file.
    fn holder(&self) -> Option<i32> {
        self.0.iter().map(|(_, locker)| *locker).find(|locker| self.0.iter().any(|(pid, _)| pid == locker))
    }

    /// Ends all of them, and waits until they are gone.
    fn end(&self) {
        for (pid, process) in self.0.iter().filter_map(|(pid, _)| Some((*pid, handle(*pid)?))) {
            // By now the number may be another process's; from here on the handle is this one's.
            if locker(pid, self.1).is_some() && pidfd_send_signal(&process, Signal::KILL).is_ok() {
                tracing::info!("process {pid} was left running by one that was killed, and is ended");
                // One that does not go keeps the lock, which is asked for again.
                let _gone = poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&PATIENCE));
            }
        }
    }
}

fn handle(pid: i32) -> Option<OwnedFd> {
    pidfd_open(Pid::from_raw(pid)?, PidfdFlags::empty()).ok()
}

/// Who locked the file with this identity, if `pid` has it open together with the lock.
fn locker(pid: i32, wanted: (u64, u64)) -> Option<i32> {
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?.flatten();
    let same = |path: &Path| std::fs::metadata(path).is_ok_and(|about| (about.dev(), about.ino()) == wanted);
    open.filter(|entry| same(&entry.path())).find_map(|entry| {
        let about = std::fs::read_to_string(format!("/proc/{pid}/fdinfo/{}", entry.file_name().to_str()?)).ok()?;
        // `lock:  1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF`; 0 for one that is gone.
        about.lines().find_map(|line| line.strip_prefix("lock:")?.split_whitespace().nth(4)?.parse().ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    fn said(directory: &Path) -> String {
        ProjectLock::take(directory).map_or_else(|error| error.to_string(), |_| "free".to_owned())
    }

    #[test]
    fn one_works_at_a_time_and_what_it_leaves_running_is_no_work() {
        let dir = tempfile::tempdir().unwrap();
        let lock = ProjectLock::take(dir.path()).unwrap();
        assert!(!lock.is_unfinished());
        let busy = format!("process {} works on this project", std::process::id());
        assert_eq!(said(dir.path()), busy);
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        assert_eq!(said(dir.path()), busy);
        drop(lock);
        assert_eq!(said(dir.path()), "free");
        drop(child.stdin.take());
        assert!(child.wait().unwrap().success(), "it was let go on");
    }

    #[test]
    fn what_a_killed_process_left_running_is_ended_and_its_work_known_as_unfinished() {
        let dir = tempfile::tempdir().unwrap();
        // A shell that locks and is killed; what it started goes on.
        let script = "exec 9<>lock && flock 9 && printf '7\\nprocess 1\\n' >lock && sleep 1000 & wait; kill -9 $$";
        let script = script.replace("sleep 1000 & wait", "{ sleep 1000 & echo $! >pid; }");
        let killed = Command::new("sh").args(["-c", &script]).current_dir(dir.path()).stdin(Stdio::null()).status().unwrap();
        assert!(!killed.success());
        let left: i32 = std::fs::read_to_string(dir.path().join("pid")).unwrap().trim().parse().unwrap();
        let runs = || std::fs::read_to_string(format!("/proc/{left}/stat")).is_ok_and(|stat| !stat.contains(") Z"));
        assert!(runs());
        let mut lock = ProjectLock::take(dir.path()).unwrap();
        assert_eq!((runs(), lock.is_unfinished(), lock.turn()), (false, true, 8));
        drop(lock);
        lock = ProjectLock::take(dir.path()).unwrap();
        assert!(lock.is_unfinished(), "nobody tidied up");
        lock.tidied();
        drop(lock);
        assert!(!ProjectLock::take(dir.path()).unwrap().is_unfinished());
    }
}
