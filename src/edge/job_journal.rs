//! Where runs of the job queue are written down: a journal that only grows, and a readable copy of the last run. One run of a project at a time.
//! Does not know what is in them.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::faults;
use super::whole_file::Unnamed;
use crate::engine::failure::Failure;

/// From the root.
const JOURNAL: &str = ".jmake_cache/job_journal";
/// From the root.
const COPY: &str = ".jmake_cache/job_state.toml";
/// A longer journal is written anew.
pub const LONG: u64 = 1 << 20;

/// The journal of a run that is under way. Nobody else has it until it is dropped.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    copy: PathBuf,
}

impl Journal {
    /// Takes the journal of the project in `root`.
    pub fn take(root: &Path) -> Result<Self, Failure> {
        let path = root.join(JOURNAL);
        let failed =
            |error: io::Error| Failure::environment(format!("cannot write {}: {error}; make the project writable", path.display()));
        std::fs::create_dir_all(path.parent().unwrap_or(root)).map_err(failed)?;
        let file = OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(failed)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { file, copy: root.join(COPY), path }),
            Err(rustix::io::Errno::WOULDBLOCK) => {
                Err(Failure::usage("a run of this project's jobs is under way; wait for it, or end it with `jmake jobs cancel`"))
            }
            Err(error) => Err(failed(error.into())),
        }
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
        // Said, since a process that is being started may have the file open until its program begins.
        let _ = flock(&self.file, FlockOperation::Unlock);
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
        assert!(Journal::take(root.path()).unwrap_err().message.contains("under way"));
        first.write_copy("copy").unwrap();
        drop(first);
        let mut second = Journal::take(root.path()).unwrap();
        assert_eq!(second.content().unwrap(), b"one\n");
        second.add(b"two\n").unwrap();
        assert_eq!(peek(root.path()), (b"one\ntwo\n".to_vec(), Some("copy".to_owned())));
        second.replace(b"three\n").unwrap();
        second.add(b"four\n").unwrap();
        assert_eq!(peek(root.path()).0, b"three\nfour\n");
        second.sync();
    }
}
