//! What is remembered of a project between builds, in its `.jmake_cache`. Nothing here is trusted: a record counts only if the
//! digests it names are confirmed, so a lost or foreign state costs time and never correctness.

mod memory;
mod rows;

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::Database;

use self::memory::Memory;
use super::World;
use super::fs::FsError;
use crate::engine::build::Records;
use crate::engine::failure::Failure;
use crate::engine::fingerprint::Record;
use crate::engine::path::FilePath;

/// The directory in a project's root.
pub const DIRECTORY: &str = ".jmake_cache";
/// The open state of one project.
#[derive(Debug)]
pub struct ProjectState {
    path: PathBuf,
    /// `None` after an error: what failed once refuses everything until it is opened again.
    database: Mutex<Option<Database>>,
    memory: Mutex<Memory>,
    /// Held while something is written: what comes later names what came before.
    writing: Mutex<()>,
    directory: (u64, u64),
    _lock: File,
}

/// States that are open, so that an actor's restart does not lose one.
#[derive(Debug, Default)]
pub struct OpenProjects(Mutex<HashMap<PathBuf, Arc<ProjectState>>>);

impl OpenProjects {
    /// Closes the state of a project, as soon as nobody uses it.
    pub fn close(&self, root: &Path) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(root);
    }
}

impl ProjectState {
    /// Opens the state of the project at `root`, or makes it. With a remark if an old one had to be set aside.
    pub fn open(world: &World, root: &Path) -> Result<(Arc<Self>, Option<String>), Failure> {
        let mut open = world.projects.0.lock().unwrap_or_else(PoisonError::into_inner);
        let directory = root.join(DIRECTORY);
        if let Some(state) = open.get(root).filter(|state| identity(&directory) == Some(state.directory)) {
            return Ok((state.clone(), None));
        }
        open.remove(root);
        let (state, note) = Self::create(world, &directory)?;
        let state = Arc::new(state);
        open.insert(root.to_owned(), state.clone());
        Ok((state, note))
    }

    fn create(world: &World, directory: &Path) -> Result<(Self, Option<String>), Failure> {
        world.fs.create_dir_all(directory).map_err(Failure::environment)?;
        for (name, content) in [(".gitignore", "*\n"), ("CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# Made by JMake.\n")]
        {
            let path = directory.join(name);
            if !super::fs::exists(&path) {
                world.fs.write_atomic(&path, content.as_bytes()).map_err(Failure::environment)?;
            }
        }
        let lock = lock(directory)?;
        let path = directory.join("state.redb");
        let (database, note) = match rows::open(&path) {
            Ok(database) => (database, None),
            Err(redb::Error::Io(source)) if is_of_the_machine(&source) => return Err(refused("write", &path, source)),
            Err(why) => {
                set_aside(&path, &directory.join("state.redb.broken"))?;
                let database = rows::open(&path).map_err(|error| match error {
                    redb::Error::Io(source) => refused("create", &path, source),
                    other => Failure::environment(format!("cannot create {}: {other}; remove it, then build again", path.display())),
                })?;
                (database, Some(format!("{} could not be read ({why}); it was set aside and everything is checked anew", path.display())))
            }
        };
        let directory = identity(directory).unwrap_or_default();
        Ok((
            Self {
                path,
                database: Mutex::new(Some(database)),
                memory: Mutex::default(),
                writing: Mutex::default(),
                directory,
                _lock: lock,
            },
            note,
        ))
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

    /// All records. Rows that cannot be read are left out: their steps run again.
    #[must_use]
    pub fn records(&self) -> Records {
        let mut memory = self.memory();
        self.read(&mut memory);
        match &memory.known {
            Some(known) => known.records.clone(),
            None => memory.unsaved.clone(),
        }
    }

    /// What is written is known from now on, if it can be read.
    fn read(&self, memory: &mut Memory) {
        if memory.known.is_none() {
            match self.with_database(rows::read) {
                Ok(content) => memory.learn(content),
                Err(error) => tracing::warn!("records could not be read: {error}"),
            }
        }
    }

    /// Takes a step's newest records, which are written with the next [`Self::commit`]. The same records, made of what others have, too.
    pub fn remember(&self, path: FilePath, records: Arc<Vec<Record>>) -> Arc<Vec<Record>> {
        self.memory().remember(path, records)
    }

    /// Writes what was remembered, durably. What cannot be written is logged, and tried again with the next commit.
    pub fn commit(&self) {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = self.memory();
        if memory.unsaved.is_empty() {
            return;
        }
        self.read(&mut memory);
        let Some((batch, unsaved)) = memory.batch() else { return };
        drop(memory);
        if let Err(error) = self.with_database(|database| rows::write(database, &batch)) {
            tracing::warn!("records could not be written: {error}");
            self.memory().put_back(batch, unsaved);
        }
    }
}

/// Whether an error says nothing about the file, only about what may be done here and now.
fn is_of_the_machine(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem | PermissionDenied)
}

fn refused(operation: &'static str, path: &Path, source: std::io::Error) -> Failure {
    Failure::environment(FsError { operation, path: path.to_owned(), source })
}

fn identity(directory: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(directory).ok().map(|about| (about.dev(), about.ino()))
}

/// Keeps the newest unreadable state for whoever wants to know why, whatever kind of thing it or its predecessor is.
fn set_aside(path: &Path, aside: &Path) -> Result<(), Failure> {
    // Most often there is no predecessor.
    let _removed = if aside.is_dir() { std::fs::remove_dir_all(aside) } else { std::fs::remove_file(aside) };
    std::fs::rename(path, aside)
        .map_err(|error| Failure::environment(format!("cannot set {} aside: {error}; remove it, then build again", path.display())))
}

/// One process at a time. The file names its holder for whoever waits.
fn lock(directory: &Path) -> Result<File, Failure> {
    let path = directory.join("lock");
    let lock =
        File::options().create(true).truncate(false).read(true).write(true).open(&path).map_err(|error| refused("lock", &path, error))?;
    if lock.try_lock().is_err() {
        let holder = std::fs::read_to_string(&path).unwrap_or_default();
        let holder = if holder.trim().is_empty() { "another process" } else { holder.trim() };
        return Err(Failure::environment(format!("this project is open in {holder}; stop it with `jmake daemon stop`, then build again")));
    }
    // For people only.
    let _noted =
        lock.set_len(0).and_then(|()| std::io::Write::write_all(&mut &lock, format!("process {}\n", std::process::id()).as_bytes()));
    Ok(lock)
}

#[cfg(test)]
mod tests;
