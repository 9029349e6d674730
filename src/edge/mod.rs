//! Every touch of the world, without decisions.
//!
//! Each file is one door: a small trait with its real implementation where tests need another one, plain functions elsewhere.
//! Nothing here knows actors, messages or the wire.

pub mod archiver;
pub mod by_content;
pub mod checking;
pub mod claims;
pub mod cleaning;
pub mod clock;
pub mod compile_database;
pub mod compute;
pub mod config_edit;
pub mod config_files;
pub mod digests;
pub mod directories;
pub mod driver_places;
pub mod execution;
pub mod explaining;
pub mod faults;
pub mod fences;
pub mod fs;
pub mod graph_file;
pub mod hidden_reads;
pub mod inherited_lock;
pub mod inquiry;
pub mod installing;
pub mod job_journal;
pub mod job_needs;
pub mod judging;
pub mod leftovers;
pub mod links;
pub mod opaque_runs;
pub mod own_process;
pub mod paths;
pub mod pkg_config;
pub mod process;
pub mod project_lock;
pub mod project_state;
pub mod questions;
pub mod reading;
pub mod relevance;
pub mod scaffold;
pub mod settling;
pub mod snapshot;
pub mod spawn;
pub mod spelling;
pub mod stamp;
pub mod store;
pub mod symbol_search;
pub mod syntax_trees;
pub mod term;
pub mod tidying;
pub mod tools_search;
pub mod tree_files;
pub mod walk;
pub mod watch;
pub mod whole_file;

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use crate::engine::cache::Cache;
use crate::engine::digest::Digest;
use crate::engine::fingerprint::{Identity, MemberList};
use crate::engine::scan::comment_blind::CommentBlind;
use crate::engine::scan::interface::Offer;

/// The texts of a few large projects, and some earlier states of them.
const TEXTS: NonZeroUsize = NonZeroUsize::new(200_000).expect("not zero");

/// The shared libraries that links read.
const OFFERS: NonZeroUsize = NonZeroUsize::new(10_000).expect("not zero");

/// The lists of a few projects of 50,000 objects.
const MEMBER_LISTS: NonZeroUsize = NonZeroUsize::new(4_000).expect("not zero");

/// All doors, cheap to clone. An actor's restart loses nothing that is kept behind them.
#[derive(Clone)]
#[allow(missing_docs, reason = "the types say all")]
pub struct World {
    pub clock: Arc<dyn clock::Clock>,
    pub fs: Arc<dyn fs::Fs>,
    pub digests: Arc<digests::Digests>,
    pub directories: Arc<directories::Directories>,
    pub claims: Arc<claims::Claims>,
    pub store: Arc<dyn store::Store>,
    pub process: Arc<process::Processes>,
    pub watches: Arc<watch::Watches>,
    pub libraries: Arc<tools_search::NeededLibraries>,
    pub projects: Arc<project_state::OpenProjects>,
    pub questions: Arc<questions::AskedNames>,
    pub texts: Arc<by_content::ByContent<CommentBlind>>,
    pub offers: Arc<by_content::ByContent<Offer>>,
    pub member_lists: Arc<by_content::ByContent<MemberList>>,
    pub trees: Arc<syntax_trees::KnownTrees>,
}

impl World {
    /// The real world, with the shared cache in `cache_dir`.
    #[must_use]
    pub fn real(cache_dir: &Path) -> Self {
        let digests = Arc::new(digests::Digests::default());
        Self {
            clock: Arc::new(clock::SystemClock::default()),
            fs: Arc::new(fs::Disk),
            watches: Arc::new(watch::Watches::new(digests.clone())),
            digests,
            directories: Arc::default(),
            claims: Arc::default(),
            store: Arc::new(store::Directory::new(cache_dir)),
            process: Arc::new(process::Processes::default()),
            libraries: Arc::default(),
            projects: Arc::new(project_state::OpenProjects::default()),
            questions: Arc::default(),
            texts: Arc::new(by_content::ByContent::new(Cache::new("texts", TEXTS), CommentBlind::of)),
            offers: Arc::new(by_content::ByContent::new(Cache::new("offers", OFFERS), Offer::of)),
            member_lists: Arc::new(by_content::ByContent::new(Cache::new("member lists", MEMBER_LISTS), MemberList::of)),
            trees: Arc::new(syntax_trees::KnownTrees::new(cache_dir.join("trees"))),
        }
    }

    /// What was left without its comments of a text that the project at `root` once read, if that is known still.
    #[must_use]
    pub fn text_of(&self, root: &Path, content: &Digest) -> Option<CommentBlind> {
        self.texts.known(content).or_else(|| self.projects.text(root, content))
    }

    /// Believes what was seen of a file until something is heard of it, if it is watched.
    pub fn vouch(&self, path: &Path) -> Option<(Digest, fs::Stat)> {
        self.digests.vouch(path, || self.watches.hears(path))
    }

    /// What a file holds now; `None` if there is none.
    #[must_use]
    pub fn identity(&self, path: &Path) -> Option<Identity> {
        self.digests.digest(path).map(|digest| Identity { digest, taint: 0 })
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}
