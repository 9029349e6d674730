//! Reads a project's files and remembers what their text says.
//!
//! Owns: scan facts by content; a log of changes for each project.
//! Receives: `ScanTree`, `SyncTree`, `WatchTree`, `RingOnChange`, `FindBinaries`, `ForgetTree`, `GetCaches`, `ClearCaches`, `Flush`.
//! Sends: nothing but answers, and rings the bells of those who follow a project.
//! On failure: restarted empty; files are scanned again, and whoever relied on a log is told that anything may have changed.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use actix::prelude::*;

use crate::edge::compute::compute;
use crate::edge::tree_files::{self, Digested};
use crate::edge::walk::Walk;
use crate::edge::{World, faults, snapshot};
use crate::engine::cache::{Cache, CacheCounts};
use crate::engine::change_log::{ChangeLog, Heard};
use crate::engine::digest::Digest;
use crate::engine::discover::{FileEntry, Language};
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::scan::binary::BinaryFacts;
use crate::engine::scan::facts::SourceFacts;
use crate::engine::scan::kind::FileKind;
use crate::engine::tree::Tree;
use crate::messages::file_scanner::{Bell, FindBinaries, ForgetTree, RingOnChange, ScanTree, SyncTree, WatchTree, Watched};
use crate::messages::{ClearCaches, Flush, GetCaches};

/// Facts of so many texts are kept: a few large projects.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(200_000).expect("not zero");

type Key = (Digest, Language);
type Known = HashMap<Key, Arc<SourceFacts>>;

/// The scanner.
pub struct FileScanner {
    world: World,
    cache_dir: PathBuf,
    facts: Cache<Key, Arc<SourceFacts>>,
    reader: u64,
    logs: HashMap<PathBuf, ChangeLog>,
    bells: Vec<(PathBuf, Weak<dyn Bell>)>,
}

impl FileScanner {
    /// A scanner with what the last one wrote down.
    #[must_use]
    pub fn new(world: World, cache_dir: PathBuf) -> Self {
        let mut facts = Cache::new("scan_facts", CAPACITY);
        facts.restore(snapshot::read(&cache_dir, snapshot::SCAN_FACTS).unwrap_or_default());
        world.digests.restore(snapshot::read(&cache_dir, snapshot::DIGESTS).unwrap_or_default());
        world.texts.restore(snapshot::read(&cache_dir, snapshot::TEXTS).unwrap_or_default());
        world.offers.restore(snapshot::read(&cache_dir, snapshot::OFFERS).unwrap_or_default());
        world.trees.restore(snapshot::read(&cache_dir, snapshot::TREES).unwrap_or_default());
        let reader = world.watches.claim();
        Self { world, cache_dir, facts, reader, logs: HashMap::new(), bells: Vec::new() }
    }

    /// Everything the kernel has to tell is in the logs afterwards.
    fn hear(&mut self) {
        let mut touched = HashSet::new();
        for change in self.world.watches.drain(self.reader) {
            touched.extend(self.logs.iter_mut().filter_map(|(root, log)| log.take(&change).then_some(root)).cloned());
        }
        if !touched.is_empty() {
            self.ring(&touched);
        }
    }

    fn ring(&mut self, touched: &HashSet<PathBuf>) {
        self.bells.retain(|(root, bell)| {
            let bell = bell.upgrade();
            bell.iter().filter(|_| touched.contains(root)).for_each(|bell| bell.ring());
            bell.is_some()
        });
    }

    fn log(&mut self, root: &Path) -> &mut ChangeLog {
        let start = u64::try_from(self.world.clock.now().as_nanos()).unwrap_or(u64::MAX / 2);
        self.logs.entry(root.to_owned()).or_insert_with(|| ChangeLog::new(start))
    }

    fn known(&mut self, files: &[Digested]) -> (Known, Vec<(FilePath, Digest, Language)>) {
        let mut known = HashMap::new();
        let mut unknown = Vec::new();
        for (path, digested) in files {
            let Some(key) = *digested else { continue };
            match self.facts.get(&key) {
                Some(facts) => drop(known.insert(key, facts)),
                None => unknown.push((path.clone(), key.0, key.1)),
            }
        }
        (known, unknown)
    }
}

impl Actor for FileScanner {
    type Context = Context<Self>;

    /// Long before the kernel's queue is full.
    fn started(&mut self, context: &mut Context<Self>) {
        let Some(events) = self.world.watches.readiness() else { return };
        context.add_stream(events);
    }
}

impl StreamHandler<()> for FileScanner {
    fn handle(&mut self, (): (), _: &mut Context<Self>) {
        self.hear();
    }

    /// Requests drain the queue, too.
    fn finished(&mut self, _: &mut Context<Self>) {}
}

impl Supervised for FileScanner {
    fn restarting(&mut self, _: &mut Context<Self>) {
        faults::point("FileScanner.restart");
        *self = Self::new(self.world.clone(), self.cache_dir.clone());
    }
}

impl Handler<ScanTree> for FileScanner {
    type Result = ResponseActFuture<Self, Result<Arc<Tree>, Failure>>;
    fn handle(&mut self, ScanTree { root, extra, follow_links }: ScanTree, _: &mut Context<Self>) -> Self::Result {
        faults::point("FileScanner");
        self.hear();
        let (world, place) = (self.world.clone(), root.clone());
        let digested = compute(move || tree_files::digest_all(&world, &place, extra, follow_links)).into_actor(self);
        let scanned = digested.then(move |digested, scanner, _| {
            faults::point("FileScanner.spawned");
            let (files, walk) = digested.unwrap_or_else(|lost| panic!("{lost}"));
            let (known, unknown) = scanner.known(&files);
            let world = scanner.world.clone();
            let fresh = compute(move || tree_files::scan_all(&world, &root, unknown)).into_actor(scanner);
            fresh
                .map(move |fresh, scanner, _| Ok(Arc::new(scanner.tree(files, walk, known, fresh.unwrap_or_else(|lost| panic!("{lost}"))))))
        });
        Box::pin(scanned)
    }
}

impl FileScanner {
    fn tree(&mut self, files: Vec<Digested>, walk: Walk, known: Known, fresh: Vec<(FilePath, Key, SourceFacts)>) -> Tree {
        let mut read = HashMap::new();
        for (path, key, facts) in fresh {
            let facts = Arc::new(facts);
            self.facts.put(key, facts.clone());
            read.insert(path, facts);
        }
        let mut facts = |path: &FilePath, key: Option<Key>| read.remove(path).or_else(|| known.get(&key?).cloned()).unwrap_or_default();
        let file = |(path, key): Digested| FileEntry { kind: FileKind::of(&path), facts: facts(&path, key), path };
        Tree { files: files.into_iter().map(file).collect(), dirs: walk.dirs, marked: walk.marked, notes: walk.notes }
    }
}

impl Handler<SyncTree> for FileScanner {
    type Result = Result<Heard, Failure>;
    fn handle(&mut self, SyncTree { root, since }: SyncTree, _: &mut Context<Self>) -> Self::Result {
        faults::point("FileScanner");
        self.hear();
        Ok(self.log(&root).since(since))
    }
}

impl Handler<WatchTree> for FileScanner {
    type Result = ResponseActFuture<Self, Result<Watched, Failure>>;
    fn handle(&mut self, WatchTree { root, paths, looked }: WatchTree, _: &mut Context<Self>) -> Self::Result {
        // First into the log, so that nothing is lost that happens while the watches are set.
        let fresh = self.log(&root).watch(paths);
        if fresh.is_empty() {
            let before = self.log(&root).stood_at(looked);
            return Box::pin(fut::ready(Ok(if before { Watched::Before } else { Watched::FromNow })));
        }
        let (watches, all) = (self.world.watches.clone(), fresh.clone());
        let set = compute(move || watches.watch_all(all));
        Box::pin(set.into_actor(self).map(move |failed, scanner, _| {
            scanner.log(&root).watches_set(failed.as_ref().unwrap_or(&fresh));
            let failed = failed.map_err(Failure::internal)?;
            Ok(if failed.is_empty() { Watched::FromNow } else { Watched::Never })
        }))
    }
}

impl Handler<RingOnChange> for FileScanner {
    type Result = ();
    fn handle(&mut self, RingOnChange { root, bell }: RingOnChange, _: &mut Context<Self>) {
        self.bells.retain(|(_, known)| known.strong_count() > 0 && !known.ptr_eq(&bell));
        self.bells.push((root, bell));
    }
}

impl Handler<ForgetTree> for FileScanner {
    type Result = ();
    fn handle(&mut self, ForgetTree { root }: ForgetTree, _: &mut Context<Self>) {
        self.world.projects.close(&root);
        let Some(log) = self.logs.remove(&root) else { return };
        let shared = |path: &Path| self.logs.values().any(|other| other.watches(path));
        self.world.watches.unwatch_all(log.watched().filter(|path| !shared(path)));
    }
}

impl Handler<FindBinaries> for FileScanner {
    type Result = ResponseFuture<Result<Vec<(FilePath, BinaryFacts)>, Failure>>;
    fn handle(&mut self, FindBinaries { root }: FindBinaries, _: &mut Context<Self>) -> Self::Result {
        let world = self.world.clone();
        let found = compute(move || tree_files::binaries(&world, &root));
        Box::pin(async { found.await.map_err(Failure::internal) })
    }
}

impl Handler<GetCaches> for FileScanner {
    type Result = Vec<CacheCounts>;
    fn handle(&mut self, _: GetCaches, _: &mut Context<Self>) -> Vec<CacheCounts> {
        vec![self.facts.counts(), self.world.texts.counts(), self.world.offers.counts(), self.world.trees.counts()]
    }
}

impl Handler<ClearCaches> for FileScanner {
    type Result = Vec<CacheCounts>;
    fn handle(&mut self, _: ClearCaches, _: &mut Context<Self>) -> Vec<CacheCounts> {
        vec![self.facts.clear(), self.world.texts.clear(), self.world.offers.clear()]
    }
}

impl Handler<Flush> for FileScanner {
    type Result = ();
    fn handle(&mut self, _: Flush, _: &mut Context<Self>) {
        snapshot::write(&self.cache_dir, snapshot::SCAN_FACTS, &self.facts.rows());
        snapshot::write(&self.cache_dir, snapshot::DIGESTS, &self.world.digests.rows());
        snapshot::write(&self.cache_dir, snapshot::TEXTS, &self.world.texts.rows());
        snapshot::write(&self.cache_dir, snapshot::OFFERS, &self.world.offers.rows());
        snapshot::write(&self.cache_dir, snapshot::TREES, &self.world.trees.rows());
    }
}
