//! What the ConfigStore receives.

use std::path::PathBuf;
use std::sync::Arc;

use actix::prelude::*;

use crate::engine::config::settings::Settings;
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::variables::Variables;

/// Request: the valid settings of a project under a profile.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<LoadedSettings, Failure>")]
pub struct LoadSettings {
    /// The project's root.
    pub root: PathBuf,
    /// What describes it, if that is not the root's `jmake.toml`.
    pub config: Option<FilePath>,
    /// `--profile`.
    pub profile: String,
    /// `-B`, relative to the root where inside it.
    pub build_dir: FilePath,
    /// The client's environment: flags, and where its own configuration is.
    pub variables: Variables,
    /// Stages as separate processes.
    pub staged: bool,
}

/// Answer to [`LoadSettings`].
#[derive(Clone, Debug)]
pub struct LoadedSettings {
    /// The settings.
    pub settings: Arc<Settings>,
    /// Keys that have no effect yet, and the like.
    pub notes: Vec<String>,
}
