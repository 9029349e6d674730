//! A project's changes as one session follows them: what is looked at, and what was heard since the build began. Does not know builds, nor
//! what is done about a change.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::Notify;

use crate::actors::supervise::ask;
use crate::edge::World;
use crate::edge::compute::compute;
use crate::edge::relevance::{Outline, Relevance, Stats};
use crate::engine::change_log::{Heard, Moment};
use crate::engine::config::settings::Settings;
use crate::engine::discover;
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::request::ProjectRequest;
use crate::engine::scan::kind::FileKind;
use crate::engine::watch::Changes;
use crate::messages::config_store::LoadSettings;
use crate::messages::file_scanner::{Bell, RingOnChange, ScanTree, SyncTree, WatchTree, Watched};
use crate::messages::supervisor::FileDoors;

/// How often a project is asked for changes that rings no bell: its scanner may have been restarted.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// How often all files are looked at where changes cannot be heard.
const POLL: Duration = Duration::from_millis(500);
/// Directories may come while others are looked at; so often it is looked again before a build.
const LOOKS: u32 = 8;

/// Rung by the scanner, heard by the session.
#[derive(Debug, Default)]
struct DoorBell(Notify);

impl Bell for DoorBell {
    fn ring(&self) {
        self.0.notify_one();
    }
}

/// What a session knows of a project's changes.
pub(super) struct Following {
    world: World,
    doors: FileDoors,
    project: ProjectRequest,
    bell: Arc<DoorBell>,
    relevance: Option<Arc<Relevance>>,
    settings: Option<Arc<Settings>>,
    /// When the build began that is running or ran last.
    began: Moment,
    /// Up to here all was heard.
    latest: Moment,
    /// Heard, and not yet told.
    pending: Changes,
    /// How all files were when the build began, where changes cannot be heard.
    polled: Option<Stats>,
}

impl Following {
    /// Follows nothing yet.
    pub(super) fn new(world: World, doors: FileDoors, project: ProjectRequest) -> Self {
        Self {
            world,
            doors,
            project,
            bell: Arc::default(),
            relevance: None,
            settings: None,
            began: Moment::default(),
            latest: Moment::default(),
            pending: Changes::default(),
            polled: None,
        }
    }

    /// The settings of now, or the last ones that were valid.
    pub(super) fn settings(&self) -> Option<&Settings> {
        self.settings.as_deref()
    }

    /// Whether all files are looked at because changes cannot be heard.
    pub(super) fn polls(&self) -> bool {
        self.polled.is_some()
    }

    /// Waits until something may have changed. May be dropped and called again.
    pub(super) async fn rung(&self) {
        if self.polls() {
            return tokio::time::sleep(POLL).await;
        }
        // Late is as good as never: what is heard is asked for.
        let _late = tokio::time::timeout(HEARTBEAT, self.bell.0.notified()).await;
    }

    /// A build begins: from now on, everything that matters is heard. What was heard until now is in it.
    pub(super) async fn begin(&mut self, changes: &Changes) -> Result<(), Failure> {
        let root = self.project.root.clone();
        let reshaped = |path: &FilePath| FileKind::of(path) == FileKind::Other || path.under(&root).is_dir();
        if self.relevance.is_none() || changes.everything || changes.paths.iter().any(reshaped) {
            self.look_until_watched().await?;
        }
        if self.polls() {
            self.look().await?;
        }
        self.listen().await?;
        self.pending = Changes::default();
        self.began = self.latest;
        Ok(())
    }

    async fn look_until_watched(&mut self) -> Result<(), Failure> {
        for _ in 0..LOOKS {
            if self.look().await? != Watched::FromNow {
                break;
            }
        }
        Ok(())
    }

    /// Looks at the project anew: its settings, its files, what its builds read.
    pub(super) async fn look(&mut self) -> Result<Watched, Failure> {
        self.pending = self.hear().await?;
        let relevance = self.relevance_of_now().await?;
        let root = self.project.root.clone();
        let bell: Weak<dyn Bell> = Arc::<DoorBell>::downgrade(&self.bell);
        ask(&self.doors.ring, RingOnChange { root: root.clone(), bell }).await?;
        let watch = WatchTree { root, paths: relevance.watched(), looked: self.latest };
        let watched = ask(&self.doors.watch, watch).await??;
        if self.polls() != (watched == Watched::Never) {
            // Between hearing and looking nobody knows what happened.
            self.pending.everything = true;
            self.polled = if watched == Watched::Never { Some(stats(&relevance).await?) } else { None };
        }
        Ok(watched)
    }

    async fn relevance_of_now(&mut self) -> Result<Arc<Relevance>, Failure> {
        let ProjectRequest { root, config, profile, build_dir, variables, staged, queue, .. } = self.project.clone();
        let load =
            LoadSettings { root: root.clone(), config: config.clone(), profile, build_dir: build_dir.clone(), variables, staged, queue };
        // Settings that are not valid are the build's to complain about.
        let loaded = ask(&self.doors.settings, load).await?;
        self.settings = loaded.ok().map(|loaded| loaded.settings).or(self.settings.take());
        let extra = self.settings.iter().flat_map(|settings| discover::named(settings)).collect();
        let follow_links = self.settings.as_ref().is_some_and(|settings| settings.discovery.follow_symlinks);
        let tree = ask(&self.doors.tree, ScanTree { root: root.clone(), extra, follow_links }).await??;
        let outline = Outline { root, tree, settings: self.settings.clone(), build_dir, config };
        let world = self.world.clone();
        let relevance = compute(move || Arc::new(Relevance::of(&world, outline))).await.map_err(Failure::internal)?;
        self.relevance = Some(relevance.clone());
        Ok(relevance)
    }

    /// What changed since it was last asked.
    pub(super) async fn hear(&mut self) -> Result<Changes, Failure> {
        let mut changes = std::mem::take(&mut self.pending);
        if let Some(then) = self.polled.take() {
            changes.absorb(self.compare(then).await?);
            return Ok(changes);
        }
        self.listen().await?;
        changes.absorb(std::mem::take(&mut self.pending));
        Ok(changes)
    }

    /// What changed since the build began, in the light of what is known now.
    pub(super) async fn review(&mut self) -> Result<Changes, Failure> {
        let mut changes = self.hear().await?;
        if !self.polls() {
            let heard = self.sync(self.began).await?;
            changes.absorb(self.sort(heard).await?);
        }
        Ok(changes)
    }

    async fn compare(&mut self, then: Stats) -> Result<Changes, Failure> {
        let relevance = self.relevance_of_now().await?;
        let (now, differing) = compute(move || {
            let now = relevance.stats();
            let differing = relevance.differing(&then, &now);
            (now, differing)
        })
        .await
        .map_err(Failure::internal)?;
        self.polled = Some(now);
        Ok(Changes { paths: differing.into_iter().collect(), everything: false })
    }

    async fn listen(&mut self) -> Result<(), Failure> {
        if self.polls() {
            return Ok(());
        }
        let heard = self.sync(self.latest).await?;
        self.latest = heard.now;
        let changes = self.sort(heard).await?;
        self.pending.absorb(changes);
        Ok(())
    }

    async fn sync(&self, since: Moment) -> Result<Heard, Failure> {
        ask(&self.doors.sync, SyncTree { root: self.project.root.clone(), since }).await?
    }

    /// What matters of it.
    async fn sort(&self, heard: Heard) -> Result<Changes, Failure> {
        let Some(relevance) = self.relevance.clone().filter(|_| !heard.everything) else {
            return Ok(Changes { everything: heard.everything, ..Changes::default() });
        };
        let relevant = compute(move || relevance.relevant(&heard.paths)).await.map_err(Failure::internal)?;
        Ok(Changes { paths: relevant.into_iter().collect(), everything: false })
    }
}

async fn stats(relevance: &Arc<Relevance>) -> Result<Stats, Failure> {
    let relevance = relevance.clone();
    compute(move || relevance.stats()).await.map_err(Failure::internal)
}
