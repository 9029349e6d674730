//! What syntax trees said, by what they were made from. Does not know whether that is still so.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::engine::cache::{Cache, CacheCounts};
use crate::engine::cxx::declarations::Declarations;
use crate::engine::digest::{Digest, Hasher};
use crate::engine::fingerprint::{Input, Record, static_key};
use crate::engine::graph::{Depfile, Output, StepSpec};
use crate::engine::path::FilePath;

/// The sources of a few projects: each comes with the list of what it read.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(4096).expect("not zero");

/// What one tree was made from, and what it said.
type Known = (Record, Arc<Declarations>);

/// A row for a later process: records leave their inputs out.
pub type Row = (Digest, (Record, Vec<Input>, Declarations));

/// The table.
#[derive(Debug)]
pub struct KnownTrees {
    /// Where clang lists what it read, until that has been taken.
    dir: PathBuf,
    cache: Mutex<Cache<Digest, Known>>,
}

impl KnownTrees {
    /// An empty table; `dir` is for files that are gone a moment later.
    #[must_use]
    pub fn new(dir: PathBuf) -> Self {
        Self { dir, cache: Mutex::new(Cache::new("syntax_trees", CAPACITY)) }
    }

    fn cache(&self) -> MutexGuard<'_, Cache<Digest, Known>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The step with a place for the list of what it reads, outside of the project, and by what it is known.
    #[must_use]
    pub fn complete(&self, mut spec: StepSpec, root: &Path) -> (Digest, StepSpec) {
        let base = FilePath::new(root);
        let plain = static_key(&spec, &base).0;
        let key = Hasher::default().part(&plain.bytes).part(base.as_bytes()).part(spec.target.as_bytes()).finish();
        let place = self.dir.join(key.hex());
        let depfile = FilePath::new(place.with_extension("d"));
        if let Some(command) = &mut spec.command {
            command.args.extend(["-MD".into(), "-MF".into(), depfile.clone()]);
            command.depfile = Some(Depfile { path: depfile });
        }
        // By this the step is claimed: the same tree is not made twice at a time.
        spec.outputs = vec![Output { optional: true, ..Output::file(FilePath::new(place)) }];
        (key, spec)
    }

    /// What is remembered of a tree, be it so or not.
    #[must_use]
    pub fn get(&self, key: &Digest) -> Option<Known> {
        self.cache().get(key)
    }

    /// Remembers one.
    pub fn put(&self, key: Digest, record: Record, declarations: Arc<Declarations>) {
        self.cache().put(key, (record, declarations));
    }

    /// How it does.
    #[must_use]
    pub fn counts(&self) -> CacheCounts {
        self.cache().counts()
    }

    /// All of it, for a later process.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let row = |(key, (record, declarations)): (Digest, Known)| {
            let inputs = record.inputs.iter().cloned().collect();
            (key, (record, inputs, Declarations::clone(&declarations)))
        };
        self.cache().rows().into_iter().map(row).collect()
    }

    /// Takes rows of an earlier process back.
    pub fn restore(&self, rows: Vec<Row>) {
        let known =
            |(key, (record, inputs, declarations)): Row| (key, (Record { inputs: inputs.into(), ..record }, Arc::new(declarations)));
        self.cache().restore(rows.into_iter().map(known).collect());
    }
}
