//! Who works on a project: one process at a time, with all that it started. What a killed process left running is ended before anybody else
//! begins: it would write over what is made next. Does not know what the work is.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::fs::FsError;
use super::inherited_lock::{self, Taken};

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
        let taken = inherited_lock::take(&path, File::options().create(true).truncate(false).read(true).write(true));
        let failed = |source| LockError::Io(FsError { operation: "lock", path: path.clone(), source });
        match taken.map_err(failed)? {
            Taken::Held { file, .. } => Self::begin(file).map_err(failed),
            Taken::Busy(holder) => Err(LockError::Busy { holder }),
        }
    }

    /// What is written in it stays there until the work is done: whoever finds it knows that it was not.
    fn begin(file: File) -> io::Result<Self> {
        let mut said = String::new();
        (&file).read_to_string(&mut said)?;
        let mut lines = said.lines();
        let turn = 1 + lines.next().and_then(|line| line.parse::<u64>().ok()).unwrap_or(0);
        let lock = Self { file, turn, unfinished: lines.next().is_some() };
        lock.write(&format!("{turn}\nprocess {}\n", std::process::id()))?;
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
