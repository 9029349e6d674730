//! What is remembered of a project between builds, in its `.jmake_cache`. Nothing here is trusted: a record counts only if the
//! digests it names are confirmed, so a lost or foreign state costs time and never correctness.

mod error;
mod memory;
mod rows;

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redb::Database;

pub use self::error::OpenError;
use self::error::{is_of_the_machine, refused, set_aside};
use self::memory::Memory;
use super::World;
use super::by_content::ByContent;
use super::fs::Stat;
use super::project_lock::{LockError, ProjectLock};
use super::{opaque_runs, tidying};
use crate::engine::build::Records;
use crate::engine::digest::Digest;
use crate::engine::failure::Failure;
use crate::engine::fingerprint::Record;
use crate::engine::path::FilePath;
use crate::engine::scan::comment_blind::CommentBlind;

/// The directory in a project's root.
pub const DIRECTORY: &str = ".jmake_cache";
/// How long a process that ends waits for what it still has to write.
const FAREWELL: Duration = Duration::from_secs(1);

/// The state of one project, opened by somebody who works on it. When nobody does any more it is closed, so that another process may work.
#[derive(Debug)]
pub struct ProjectState {
    kept: Arc<Kept>,
}

/// What is kept of a project's state while nobody works on it, too.
#[derive(Debug)]
struct Kept {
    directory: PathBuf,
    path: PathBuf,
    used: Mutex<Use>,
    closed: Condvar,
    /// `None` until it is needed, and after an error: what failed once refuses everything until it is opened again.
    database: Mutex<Option<Database>>,
    memory: Mutex<Memory>,
    /// Held while something is written: what comes later names what came before.
    writing: Mutex<()>,
    identity: (u64, u64),
    texts: Arc<ByContent<CommentBlind>>,
}

/// By how many it is open, and what holds others off.
#[derive(Debug, Default)]
struct Use {
    by: usize,
    lock: Option<ProjectLock>,
    /// The last turn and the database as it was left: another turn is another process's, and perhaps another database.
    left: Option<(u64, Option<Stat>)>,
}

/// States that are known, so that an actor's restart does not lose one.
#[derive(Debug, Default)]
pub struct OpenProjects(Mutex<HashMap<PathBuf, Arc<Kept>>>);

impl OpenProjects {
    /// Forgets the state of a project, as soon as nobody uses it.
    pub fn close(&self, root: &Path) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(root);
    }

    /// What was left without its comments of a text that a record of the project names, as far as an earlier process wrote that down.
    /// Of no use to other projects: who made the file is not known.
    #[must_use]
    pub fn text(&self, root: &Path, content: &Digest) -> Option<CommentBlind> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(root).cloned()?;
        let memory = kept.memory();
        memory.known.as_ref()?.texts.get(content).copied()
    }

    /// Waits until nobody in this process works on a project any more: then all of it is written.
    pub fn wait_until_closed(&self, root: &Path) {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(root).cloned();
        if let Some(kept) = kept {
            // What is not written by then costs the next build time.
            let _closed = kept.closed.wait_timeout_while(kept.in_use(), FAREWELL, |used| used.by > 0);
        }
    }
}

impl ProjectState {
    /// Opens the state of the project at `root`, or makes it. With a remark if an old one had to be set aside.
    pub fn open(world: &World, root: &Path) -> Result<(Arc<Self>, Option<String>), OpenError> {
        let directory = root.join(DIRECTORY);
        let kept = {
            let mut all = world.projects.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(kept) = all.get(root).filter(|kept| identity(&directory) == Some(kept.identity)) {
                kept.clone()
            } else {
                let kept = Arc::new(Kept::at(world, directory)?);
                all.insert(root.to_owned(), kept.clone());
                kept
            }
        };
        let note = kept.enter()?;
        Ok((Arc::new(Self { kept }), note))
    }

    /// Whether a process was killed that worked on the project, and may have left half-made files.
    #[must_use]
    pub fn is_untidy(&self) -> bool {
        self.kept.in_use().lock.as_ref().is_some_and(ProjectLock::is_unfinished)
    }

    /// No half-made file is left.
    pub fn tidied(&self) {
        if let Some(lock) = self.kept.in_use().lock.as_mut() {
            lock.tidied();
        }
    }

    /// All records. Rows that cannot be read are left out: their steps run again.
    #[must_use]
    pub fn records(&self) -> Records {
        let mut memory = self.kept.memory();
        self.kept.read(&mut memory);
        match &memory.known {
            Some(known) => known.records.clone(),
            None => memory.unsaved.clone().into_iter().collect(),
        }
    }

    /// Takes a step's newest records, which are written with the next [`Self::commit`]. The same records, made of what others have, too.
    pub fn remember(&self, path: FilePath, records: Arc<Vec<Record>>) -> Arc<Vec<Record>> {
        self.kept.memory().remember(path, records)
    }

    /// Writes what was remembered, durably. What cannot be written is logged, and tried again with the next commit.
    pub fn commit(&self) {
        self.kept.commit();
    }
}

impl Drop for ProjectState {
    fn drop(&mut self) {
        self.kept.leave();
    }
}

/// Makes JMake's own directory, marked so that nobody takes it for a part of the project.
pub fn make_directory(world: &World, directory: &Path) -> Result<(), Failure> {
    world.fs.create_dir_all(directory).map_err(Failure::environment)?;
    for (name, content) in [(".gitignore", "*\n"), ("CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# Made by JMake.\n")] {
        let path = directory.join(name);
        if !super::fs::exists(&path) {
            world.fs.write_atomic(&path, content.as_bytes()).map_err(Failure::environment)?;
        }
    }
    Ok(())
}

impl Kept {
    fn at(world: &World, directory: PathBuf) -> Result<Self, Failure> {
        make_directory(world, &directory)?;
        Ok(Self {
            path: directory.join("state.redb"),
            used: Mutex::default(),
            closed: Condvar::new(),
            database: Mutex::default(),
            memory: Mutex::default(),
            writing: Mutex::default(),
            identity: identity(&directory).unwrap_or_default(),
            directory,
            texts: world.texts.clone(),
        })
    }

    fn in_use(&self) -> MutexGuard<'_, Use> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more works with it. The first one keeps other processes off.
    fn enter(&self) -> Result<Option<String>, OpenError> {
        let mut used = self.in_use();
        let mut note = None;
        if used.by == 0 {
            let lock = ProjectLock::take(&self.directory).map_err(|error| match error {
                LockError::Busy { .. } => OpenError::Busy(error),
                LockError::Io(refused) => OpenError::Failed(Failure::environment(refused)),
            })?;
            let found = (lock.turn() - 1, stat(&self.path));
            if used.left != Some(found) || found.1.is_none() {
                note = self.open_database()?;
            }
            used.lock = Some(lock);
            tidying::tidy_after_others(&self.directory);
        }
        used.by += 1;
        Ok(note)
    }

    /// One fewer works with it. After the last one others may.
    fn leave(&self) {
        let mut used = self.in_use();
        used.by -= 1;
        if used.by == 0 {
            self.commit();
            drop(self.database.lock().unwrap_or_else(PoisonError::into_inner).take());
            used.left = used.lock.as_ref().map(|lock| (lock.turn(), stat(&self.path)));
            used.lock = None;
            self.closed.notify_all();
        }
    }

    /// Opens what is there, which is not what was known. With a remark if it had to be set aside.
    fn open_database(&self) -> Result<Option<String>, Failure> {
        self.memory().known = None;
        let path = &self.path;
        let (database, note) = match rows::open(path) {
            Ok(database) => (database, None),
            Err(redb::Error::Io(source)) if is_of_the_machine(&source) => return Err(refused("write", path, source)),
            Err(why) => {
                set_aside(path, &self.directory.join("state.redb.broken"))?;
                let database = rows::open(path).map_err(|error| match error {
                    redb::Error::Io(source) => refused("create", path, source),
                    other => Failure::environment(format!("cannot create {}: {other}; remove it, then build again", path.display())),
                })?;
                (
                    database,
                    Some(format!(
                        "{} could not be read ({}); it was set aside and everything is checked anew",
                        path.display(),
                        rows::reason(why)
                    )),
                )
            }
        };
        *self.database.lock().unwrap_or_else(PoisonError::into_inner) = Some(database);
        Ok(note)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_database<T>(&self, work: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, redb::Error> {
        let mut open = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let sound = match open.take() {
            Some(database) => database,
            None => rows::open(&self.path)?,
        };
        let done = work(&sound)?;
        *open = Some(sound);
        Ok(done)
    }

    /// What is written is known from now on, if it can be read.
    fn read(&self, memory: &mut Memory) {
        if memory.known.is_none() {
            match self.with_database(rows::read) {
                Ok(content) => memory.learn(content, opaque_runs::newest_in(&self.directory)),
                Err(error) => tracing::warn!("records could not be read: {error}"),
            }
        }
    }

    fn commit(&self) {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // Before: of a run that began by now it is in memory that it began.
        let run = opaque_runs::newest_in(&self.directory);
        let mut memory = self.memory();
        if memory.unsaved.is_empty() && memory.last_run == run {
            return;
        }
        self.read(&mut memory);
        let Some((batch, unsaved)) = memory.batch(&|content| self.texts.known(content), run) else { return };
        drop(memory);
        if let Err(error) = self.with_database(|database| rows::write(database, &batch)) {
            tracing::warn!("records could not be written: {error}");
            self.memory().put_back(batch, unsaved);
        }
    }
}

fn identity(directory: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(directory).ok().map(|about| (about.dev(), about.ino()))
}

fn stat(path: &Path) -> Option<Stat> {
    std::fs::metadata(path).ok().map(|about| Stat::of(&about))
}

#[cfg(test)]
mod tests;
