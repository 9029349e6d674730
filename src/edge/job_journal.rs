//! Where runs of the job queue are written down: a journal that only grows, and a readable copy of the last run. One run of a project at a time.
//! Does not know what is in them.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::faults;
use super::inherited_lock::{self, Stray, Taken};
use super::whole_file::Unnamed;
use crate::engine::failure::Failure;

/// From the root.
const JOURNAL: &str = ".jmake_cache/job_journal";
/// From the root.
const COPY: &str = ".jmake_cache/job_state.toml";
/// Both, from there.
pub const FILES: [&str; 2] = ["job_journal", "job_state.toml"];
/// A longer journal is written anew.
pub const LONG: u64 = 1 << 20;

/// The journal of a run that is under way. Nobody else has it until it is dropped, or this process is killed: then whatever its jobs left running
/// is ended first.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    copy: PathBuf,
    ended: Vec<Stray>,
}

impl Journal {
    /// Takes the journal of the project in `root`.
    pub fn take(root: &Path) -> Result<Self, Failure> {
        let path = root.join(JOURNAL);
        let failed =
            |error: io::Error| Failure::environment(format!("cannot write {}: {error}; make the project writable", path.display()));
        std::fs::create_dir_all(path.parent().unwrap_or(root)).map_err(failed)?;
        match inherited_lock::take(&path, OpenOptions::new().read(true).append(true).create(true)).map_err(failed)? {
            Taken::Held { file, ended } => Ok(Self { file, copy: root.join(COPY), path, ended }),
            Taken::Busy(holder) => Err(Failure::usage(format!("a run of this project's jobs is under way; {}", way_out(holder)))),
        }
    }

    /// What a run that was killed had left running. It is ended by now.
    #[must_use]
    pub fn ended(&self) -> &[Stray] {
        &self.ended
    }

    /// All that is in it.
    pub fn content(&mut self) -> Result<Vec<u8>, Failure> {
        let mut content = Vec::new();
        self.file.read_to_end(&mut content).map_err(|error| self.failed(&error))?;
        Ok(content)
    }

    /// Adds `lines`. What a process that is killed has added stays.
    pub fn add(&mut self, lines: &[u8]) -> Result<(), Failure> {
        faults::point("JobJournal.before");
        let added = self.file.write_all(lines).map_err(|error| self.failed(&error));
        faults::point("JobJournal.after");
        added
    }

    /// Puts `content` in the place of all that is in it.
    pub fn replace(&mut self, content: &[u8]) -> Result<(), Failure> {
        // In place, since the lock is on this very file: what a crash takes away are runs of long ago.
        self.file.set_len(0).and_then(|()| self.file.write_all(content)).map_err(|error| self.failed(&error))
    }

    /// Writes the readable copy, whole or not at all.
    pub fn write_copy(&self, text: &str) -> Result<(), Failure> {
        let written = Unnamed::within(self.copy.parent().unwrap_or(Path::new("/"))).and_then(|unnamed| {
            unnamed.file().write_all(text.as_bytes())?;
            unnamed.replace(&self.copy)
        });
        written.map_err(|error| Failure::environment(format!("cannot write {}: {error}; make room for it", self.copy.display())))
    }

    /// What is in it outlives the machine's crash, too.
    pub fn sync(&self) {
        if let Err(error) = self.file.sync_data() {
            tracing::warn!("{} is not on the disk yet: {error}", self.path.display());
        }
    }

    fn failed(&self, error: &io::Error) -> Failure {
        Failure::environment(format!("cannot write {}: {error}; make room for it", self.path.display()))
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // Closing it would not do: what was started may have it open still.
        let _released = self.file.unlock();
    }
}

/// The process whose run of the jobs of the project in `root` is under way.
#[must_use]
pub fn holder(root: &Path) -> Option<i32> {
    inherited_lock::holder(&root.join(JOURNAL))
}

/// How a run is ended that this process, or another one, has under way.
#[must_use]
pub fn way_out(holder: Option<i32>) -> String {
    let own = i32::try_from(std::process::id()).ok();
    match holder {
        Some(pid) if Some(pid) != own => {
            format!("process {pid} has it: wait for it, or end it where it was begun, with Ctrl-C or `kill {pid}`")
        }
        _ => "wait for it, or end it with `jmake jobs cancel`".to_owned(),
    }
}

/// The journal and the copy as they are, of a run that may be under way.
#[must_use]
pub fn peek(root: &Path) -> (Vec<u8>, Option<String>) {
    let journal = std::fs::read(root.join(JOURNAL)).unwrap_or_default();
    (journal, read_copy(root))
}

/// The readable copy.
#[must_use]
pub fn read_copy(root: &Path) -> Option<String> {
    std::fs::read_to_string(root.join(COPY)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_has_it_at_a_time_and_what_was_added_stays() {
        let root = tempfile::tempdir().unwrap();
        let mut first = Journal::take(root.path()).unwrap();
        first.add(b"one\n").unwrap();
        assert!(Journal::take(root.path()).unwrap_err().message.contains("under way; wait for it, or end it with `jmake jobs cancel`"));
        assert!(way_out(Some(1)).starts_with("process 1 has it"));
        first.write_copy("copy").unwrap();
        drop(first);
        assert_eq!(holder(root.path()), None);
        let mut second = Journal::take(root.path()).unwrap();
        assert_eq!(holder(root.path()), i32::try_from(std::process::id()).ok());
        assert_eq!(second.ended(), []);
        assert_eq!(second.content().unwrap(), b"one\n");
        second.add(b"two\n").unwrap();
        assert_eq!(peek(root.path()), (b"one\ntwo\n".to_vec(), Some("copy".to_owned())));
        second.replace(b"three\n").unwrap();
        second.add(b"four\n").unwrap();
        assert_eq!(peek(root.path()).0, b"three\nfour\n");
        second.sync();
    }
}
