//! The one source of a project's settings.
//!
//! Owns: settings by the content of the files and variables they come from.
//! Receives: `LoadSettings`, `CheckSettings`, `GetCaches`, `ClearCaches`, `Flush`.
//! Sends: nothing but answers.
//! On failure: restarted with what the last one wrote down; files are read again, and what they come to is known or worked out.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use actix::prelude::*;

use crate::edge::checking;
use crate::edge::compute::compute;
use crate::edge::config_files::{self, ConfigTexts};
use crate::edge::{World, faults, snapshot};
use crate::engine::cache::{Cache, CacheCounts};
use crate::engine::config::{self, check::Checked, settings::Settings};
use crate::engine::digest::Digest;
use crate::engine::failure::Failure;
use crate::engine::jobs::generation;
use crate::messages::config_store::{CheckSettings, LoadSettings, LoadedSettings};
use crate::messages::{ClearCaches, Flush, GetCaches};

/// Settings of so many projects and profiles are kept.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(64).expect("not zero");

/// The store.
pub struct ConfigStore {
    world: World,
    cache_dir: PathBuf,
    settings: Cache<Digest, LoadedSettings>,
}

impl ConfigStore {
    /// A store with what the last one wrote down.
    #[must_use]
    pub fn new(world: World, cache_dir: PathBuf) -> Self {
        let mut settings = Cache::new("settings", CAPACITY);
        settings.restore(snapshot::read(&cache_dir, snapshot::SETTINGS).unwrap_or_default());
        Self { world, cache_dir, settings }
    }

    fn settle(&mut self, load: &LoadSettings, texts: &ConfigTexts) -> Result<LoadedSettings, Failure> {
        let key = texts.key(&load.profile, &load.build_dir, &load.variables, load.staged, load.queue.as_deref());
        if let Some(known) = self.settings.get(&key) {
            return Ok(known);
        }
        let root_name = load.root.file_name().unwrap_or_default().to_string_lossy();
        let request = config::Request {
            root_name: &root_name,
            user: texts.user.as_deref(),
            project: texts.project.as_deref(),
            environment: &|name| load.variables.text(name),
            profile: &load.profile,
            build_dir: load.build_dir.clone(),
            path_of_file: &texts.path_of_file,
        };
        let (settings, notes) = config::load(&request).map_err(Failure::usage)?;
        let generations = generation::read(&request, &load.root, &load.variables, load.queue.as_deref()).map_err(Failure::usage)?.into();
        let loaded = LoadedSettings { generations, settings: Settings { staged: load.staged, ..settings }.into(), notes };
        self.settings.put(key, loaded.clone());
        Ok(loaded)
    }
}

impl Actor for ConfigStore {
    type Context = Context<Self>;
}

impl Supervised for ConfigStore {
    fn restarting(&mut self, _: &mut Context<Self>) {
        faults::point("ConfigStore.restart");
        *self = Self::new(self.world.clone(), self.cache_dir.clone());
    }
}

impl Handler<LoadSettings> for ConfigStore {
    type Result = ResponseActFuture<Self, Result<LoadedSettings, Failure>>;
    fn handle(&mut self, load: LoadSettings, _: &mut Context<Self>) -> Self::Result {
        faults::point("ConfigStore");
        let (world, root, config, variables) = (self.world.clone(), load.root.clone(), load.config.clone(), load.variables.clone());
        let texts = compute(move || config_files::read(&world, &root, config.as_ref(), &variables));
        Box::pin(texts.into_actor(self).map(move |texts, store, _| {
            faults::point("ConfigStore.spawned");
            store.settle(&load, &texts.map_err(Failure::internal)??)
        }))
    }
}

impl Handler<CheckSettings> for ConfigStore {
    type Result = ResponseFuture<Result<Checked, Failure>>;
    fn handle(&mut self, check: CheckSettings, _: &mut Context<Self>) -> Self::Result {
        faults::point("ConfigStore");
        let world = self.world.clone();
        Box::pin(async move {
            let CheckSettings { project, installs } = check;
            let no_modules = checking::no_modules(&world, &project).await;
            compute(move || checking::check(&world, &project, installs, no_modules)).await.map_err(Failure::internal)?
        })
    }
}

impl Handler<GetCaches> for ConfigStore {
    type Result = Vec<CacheCounts>;
    fn handle(&mut self, _: GetCaches, _: &mut Context<Self>) -> Vec<CacheCounts> {
        vec![self.settings.counts()]
    }
}

impl Handler<ClearCaches> for ConfigStore {
    type Result = Vec<CacheCounts>;
    fn handle(&mut self, _: ClearCaches, _: &mut Context<Self>) -> Vec<CacheCounts> {
        vec![self.settings.clear()]
    }
}

impl Handler<Flush> for ConfigStore {
    type Result = ();
    fn handle(&mut self, _: Flush, _: &mut Context<Self>) {
        snapshot::write(&self.cache_dir, snapshot::SETTINGS, &self.settings.rows());
    }
}
