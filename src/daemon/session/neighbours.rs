//! Builds the projects that a project names before it is built itself, each after those that it names. Does not know what they offer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix::Recipient;

use super::{Service, root_failed};
use crate::actors::supervise::ask;
use crate::edge::compute::compute;
use crate::edge::{config_edit, fs};
use crate::engine::config::settings::Settings;
use crate::engine::failure::Failure;
use crate::engine::ids::BuildId;
use crate::engine::neighbours;
use crate::engine::request::{BuildRequest, ProjectRequest};
use crate::engine::tree::SETTINGS;
use crate::messages::config_store::LoadSettings;
use crate::messages::events::SharedSink;
use crate::messages::orchestrator::{CancelBuild, RecallSettings, StartBuild};
use crate::messages::supervisor::{OpenProject, OpenedProject};

/// Why a neighbour is not there to be used.
pub(super) enum Trouble {
    /// It could not be asked for.
    Refused(Failure),
    /// Its build ended so, after these events.
    Failed { root: PathBuf, lines: Vec<Arc<[u8]>>, exit_code: u8 },
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Refused(failure)
    }
}

impl Service {
    pub(super) async fn open(&self, root: PathBuf) -> Result<Arc<OpenedProject>, Failure> {
        if let Some(opened) = self.doors.of(&root) {
            return Ok(opened);
        }
        let opened = self.root.send(OpenProject { root: root.clone() }).await.map_err(|_| root_failed())??;
        self.doors.keep(root, &opened);
        Ok(opened)
    }

    /// Builds what `request` needs of other projects.
    pub(super) async fn build_neighbours(&self, request: &BuildRequest, opened: &OpenedProject) -> Result<(), Trouble> {
        let root = request.project.root.clone();
        self.build_behind(request, opened, &[&root]).await
    }

    async fn build_behind(&self, request: &BuildRequest, opened: &OpenedProject, chain: &[&Path]) -> Result<(), Trouble> {
        for root in roots(request, opened).await? {
            if chain.contains(&root.as_path()) {
                return Err(Failure::usage(neighbours::circle(chain, &root)).into());
            }
            let project = request.project.of_neighbour(root.clone());
            let whole = BuildRequest { all: false, tests: false, run: false, ir: false, force: false, ..request.clone() };
            let other = BuildRequest { project, targets: Vec::new(), ..whole };
            let opened = self.open(root.clone()).await?;
            Box::pin(self.build_behind(&other, &opened, &[chain, &[&root]].concat())).await?;
            self.build_one(other, &opened).await?;
        }
        Ok(())
    }

    async fn build_one(&self, request: BuildRequest, opened: &OpenedProject) -> Result<(), Trouble> {
        let (log, root) = (self.logs.open(), request.project.root.clone());
        let sink: SharedSink = log.clone();
        let build = ask(&opened.start, StartBuild { request, sink }).await?;
        let _ends = Ends { build, cancel: opened.cancel.clone() };
        let mut lines = Vec::new();
        loop {
            match log.after(lines.len()).await {
                Ok(more) => lines.extend(more),
                Err(0) => return Ok(()),
                Err(exit_code) => return Err(Trouble::Failed { root, lines, exit_code }),
            }
        }
    }
}

/// The roots of the projects that this one names. Where nothing was heard of since the last build, no file is looked at.
async fn roots(request: &BuildRequest, opened: &OpenedProject) -> Result<Vec<PathBuf>, Failure> {
    let project = &request.project;
    let settings = match ask(&opened.settings, RecallSettings { key: request.key() }).await? {
        Some(settings) => settings,
        None => match load(project, opened).await? {
            Some(settings) => settings,
            None => return Ok(Vec::new()),
        },
    };
    neighbours::named(&settings).map(|(name, path)| fs::project_in(&path.under(&project.root), name)).collect()
}

/// The settings of a project, if it may name others.
async fn load(project: &ProjectRequest, opened: &OpenedProject) -> Result<Option<Arc<Settings>>, Failure> {
    let place = project.config.as_ref().map_or_else(|| project.root.join(SETTINGS), |config| config.under(&project.root));
    let text = compute(move || config_edit::read(&place)).await.map_err(Failure::internal)?;
    // What is wrong with the file is said by whoever reads its settings.
    if !text.ok().flatten().is_some_and(|text| neighbours::may_be_named_in(&text)) {
        return Ok(None);
    }
    let load = LoadSettings { queue: None, ..LoadSettings::of(project) };
    Ok(Some(ask(&opened.files.settings, load).await??.settings))
}

/// Ends a build when nobody waits for it any more. One that has ended does not mind.
pub(super) struct Ends {
    pub(super) build: BuildId,
    pub(super) cancel: Recipient<CancelBuild>,
}

impl Drop for Ends {
    fn drop(&mut self) {
        self.cancel.do_send(CancelBuild { build: self.build });
    }
}
