//! What the ConfigStore receives.

use std::path::PathBuf;
use std::sync::Arc;

use actix::prelude::*;
use serde::{Deserialize, Serialize};

use crate::engine::config::check::Checked;
use crate::engine::config::settings::Settings;
use crate::engine::cxx::toolchain::Install;
use crate::engine::failure::Failure;
use crate::engine::jobs::generation::Generation;
use crate::engine::jobs::queue::QueueText;
use crate::engine::path::FilePath;
use crate::engine::request::ProjectRequest;
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
    /// The queue that is being run, whose jobs are steps of builds meanwhile.
    pub queue: Option<Arc<QueueText>>,
}

impl LoadSettings {
    /// Those that a project is looked at with.
    #[must_use]
    pub fn of(project: &ProjectRequest) -> Self {
        let ProjectRequest { root, config, profile, build_dir, variables, staged, queue, .. } = project.clone();
        Self { root, config, profile, build_dir, variables, staged, queue }
    }
}

/// Query: what is wrong with the settings of a project.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<Checked, Failure>")]
pub struct CheckSettings {
    /// The project, and how it is looked at.
    pub project: ProjectRequest,
    /// The LLVM installs of the machine; `None`: nobody looked.
    pub installs: Option<Vec<Arc<Install>>>,
}

/// Answer to [`LoadSettings`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoadedSettings {
    /// The settings.
    pub settings: Arc<Settings>,
    /// The jobs that make files for builds.
    pub generations: Arc<[Generation]>,
    /// Keys that have no effect yet, and the like.
    pub notes: Vec<String>,
}
