//! What is remembered of a project between builds, in its `.jmake_cache`. Nothing here is trusted: a record counts only if the
//! digests it names are confirmed, so a lost or foreign state costs time and never correctness.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::{Database, Durability, ReadableDatabase, ReadableTable, TableDefinition};

use super::World;
use super::fs::FsError;
use crate::engine::build::Records;
use crate::engine::failure::Failure;
use crate::engine::fingerprint::Record;
use crate::engine::path::FilePath;

/// The directory in a project's root.
pub const DIRECTORY: &str = ".jmake_cache";
/// So many bytes of pages are kept: records are read once, and the system keeps them, too.
const PAGES: usize = 1 << 20;
/// Changes with the format of what is stored; files of another format are set aside.
const FORMAT: u64 = 5;

const STEPS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("steps");
const FORMATS: TableDefinition<'_, &str, u64> = TableDefinition::new("format");

/// The open state of one project.
#[derive(Debug)]
pub struct ProjectState {
    path: PathBuf,
    /// `None` after an error: what failed once refuses everything until it is opened again.
    database: Mutex<Option<Database>>,
    /// All of them, read once.
    records: Mutex<Option<Records>>,
    unsaved: Mutex<HashMap<FilePath, Arc<Vec<Record>>>>,
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
        let (database, note) = match database(&path) {
            Ok(database) => (database, None),
            Err(redb::Error::Io(source)) if is_of_the_machine(&source) => return Err(refused("write", &path, source)),
            Err(why) => {
                set_aside(&path, &directory.join("state.redb.broken"))?;
                let database = database(&path).map_err(|error| match error {
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
                records: Mutex::default(),
                unsaved: Mutex::default(),
                directory,
                _lock: lock,
            },
            note,
        ))
    }

    fn unsaved(&self) -> MutexGuard<'_, HashMap<FilePath, Arc<Vec<Record>>>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_database<T>(&self, work: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, redb::Error> {
        let mut open = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let sound = match open.take() {
            Some(database) => database,
            None => database(&self.path)?,
        };
        let done = work(&sound)?;
        *open = Some(sound);
        Ok(done)
    }

    /// All records. Rows that cannot be read are left out: their steps run again.
    #[must_use]
    pub fn records(&self) -> Records {
        let mut known = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.as_ref() {
            return known.clone();
        }
        let mut records = Records::new();
        let read = self.with_database(|database| read_into(database, &mut records));
        records.extend(self.unsaved().iter().map(|(path, all)| (path.clone(), all.clone())));
        match read {
            Ok(()) => *known = Some(records.clone()),
            Err(error) => tracing::warn!("records could not be read: {error}"),
        }
        records
    }

    /// Takes a step's newest records; written with the next [`Self::commit`].
    pub fn remember(&self, path: &FilePath, records: &Arc<Vec<Record>>) {
        let mut known = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.as_mut() {
            known.insert(path.clone(), records.clone());
        }
        self.unsaved().insert(path.clone(), records.clone());
    }

    /// Writes what was remembered, durably. What cannot be written is logged, and tried again with the next commit.
    pub fn commit(&self) {
        let rows = std::mem::take(&mut *self.unsaved());
        if rows.is_empty() {
            return;
        }
        if let Err(error) = self.with_database(|database| write(database, &rows)) {
            tracing::warn!("records could not be written: {error}");
            let mut unsaved = self.unsaved();
            for (path, all) in rows {
                unsaved.entry(path).or_insert(all);
            }
        }
    }
}

fn read_into(database: &Database, records: &mut Records) -> Result<(), redb::Error> {
    let read = database.begin_read()?;
    for row in read.open_table(STEPS)?.iter()? {
        let (path, all) = row?;
        if let Ok(all) = postcard::from_bytes::<Vec<Record>>(all.value()) {
            records.insert(FilePath::from_bytes(path.value()), Arc::new(all));
        }
    }
    Ok(())
}

fn write(database: &Database, rows: &HashMap<FilePath, Arc<Vec<Record>>>) -> Result<(), redb::Error> {
    let mut write = database.begin_write()?;
    write.set_durability(Durability::Immediate)?;
    {
        let mut table = write.open_table(STEPS)?;
        for (path, all) in rows {
            if let Ok(encoded) = postcard::to_stdvec(all.as_ref()) {
                table.insert(path.as_bytes(), encoded.as_slice())?;
            }
        }
    }
    write.commit()?;
    Ok(())
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

fn database(path: &Path) -> Result<Database, redb::Error> {
    let database = Database::builder().set_cache_size(PAGES).create(path)?;
    match format(&database)? {
        Some(FORMAT) => Ok(database),
        Some(_) => Err(redb::Error::Corrupted("it has the format of another version".to_owned())),
        None => {
            let write = database.begin_write()?;
            write.open_table(FORMATS)?.insert("format", FORMAT)?;
            write.open_table(STEPS)?;
            write.commit()?;
            Ok(database)
        }
    }
}

/// What is written in a database that is not new. Only reads: a full disk is no reason not to look.
fn format(database: &Database) -> Result<Option<u64>, redb::Error> {
    match database.begin_read()?.open_table(FORMATS) {
        Ok(formats) => Ok(formats.get("format")?.map(|value| value.value())),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests;
