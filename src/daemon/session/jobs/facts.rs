//! What jobs want to know of the project, from the actors who know it. Does not know what it is wanted for.

use std::sync::Arc;

use serde_json::Value as Json;

use super::super::root_failed;
use super::perform::{Doer, Told};
use crate::actors::supervise::ask;
use crate::edge::compute::compute;
use crate::edge::fs;
use crate::engine::complete::{self, Found, Question};
use crate::engine::config::check::Checked;
use crate::engine::config::document::Field;
use crate::engine::config::settings::Settings;
use crate::engine::cxx::toolchain::Toolchain;
use crate::engine::failure::Failure;
use crate::engine::jobs::progress::JobError;
use crate::engine::jobs::values::{Given, Seen, Values};
use crate::engine::jobs::{answers, typed};
use crate::messages::config_store::{CheckSettings, LoadSettings};
use crate::messages::file_scanner::FindBinaries;
use crate::messages::orchestrator::SurveyProject;
use crate::messages::supervisor::GetDaemon;
use crate::messages::tool_cache::FindToolchain;

impl Doer {
    pub(super) async fn survey(&self) -> Told<Found> {
        let survey = SurveyProject { project: (*self.project).clone(), afresh: true };
        Ok(Found::Survey(ask(&self.opened.survey, survey).await??.into()))
    }

    pub(super) async fn field(&self, field: Field) -> Told<Json> {
        let found = match complete::question(field) {
            Question::Survey => self.survey().await?,
            Question::Binaries => {
                let found = ask(&self.opened.files.binaries, FindBinaries { root: self.project.root.clone() }).await??;
                Found::Binaries(found, self.load().await?)
            }
            Question::Toolchain => Found::Toolchain(self.toolchain().await?),
            Question::Settings => Found::Settings(self.load().await?),
        };
        Self::value(field, &found)
    }

    pub(super) fn value(field: Field, found: &Found) -> Told<Json> {
        Ok(typed::data(&complete::value(field, found)?))
    }

    pub(super) async fn load(&self) -> Told<Arc<Settings>> {
        let project = &self.project;
        let load = LoadSettings {
            root: project.root.clone(),
            config: project.config.clone(),
            profile: project.profile.clone(),
            build_dir: project.build_dir.clone(),
            variables: project.variables.clone(),
            staged: false,
            queue: None,
        };
        Ok(ask(&self.opened.files.settings, load).await??.settings)
    }

    pub(super) async fn toolchain(&self) -> Told<Arc<Toolchain>> {
        let root = self.load().await?.llvm_root.as_ref().map(|path| path.under(&self.project.root));
        let find = FindToolchain { wanted: self.project.toolchain.clone(), root, variables: self.project.variables.clone() };
        Ok(ask(&self.tools.find, find).await??.toolchain)
    }

    pub(super) async fn create_structure(&self, kind: &str) -> Told<Json> {
        let typed = typed::file(&self.checked().await?.content);
        let ir = typed::inner(&typed, &["compile", "output_dir"]).and_then(Json::as_str).filter(|dir| !dir.is_empty());
        let ir = ir.map_or_else(|| format!("{}/{{profile}}/ir", self.project.build_dir), str::to_owned);
        let place = ir.replace("{profile}", &self.project.profile);
        let dirs = answers::structure(kind, &place).map_err(JobError::hopeless)?;
        let (root, wanted) = (self.project.root.clone(), dirs.clone());
        let made = compute(move || {
            let mut made = Vec::new();
            for dir in wanted {
                let place = root.join(&dir);
                if !fs::exists(&place) {
                    std::fs::create_dir_all(&place)
                        .map_err(|error| Failure::environment(format!("cannot make {}: {error}", place.display())))?;
                    made.push(dir);
                }
            }
            Ok::<_, Failure>(made)
        });
        let made = made.await.map_err(Failure::internal)??;
        Ok(answers::made(&made, &Json::String(ir)))
    }

    pub(super) async fn checked(&self) -> Told<Checked> {
        let doors = self.service.root.send(GetDaemon).await.map_err(|_| root_failed())?;
        Ok(ask(&doors.check, CheckSettings { project: (*self.project).clone(), installs: Vec::new() }).await??)
    }

    pub(super) async fn validate(&self) -> Told<Json> {
        answers::validated(&self.checked().await?)
    }

    pub(super) async fn section(&self, section: &str) -> Told<Json> {
        let checked = self.checked().await?;
        let project = &self.project;
        let values = Values::of_project(&Seen::by(project), &self.settings(), &project.variables, &Given::of(&checked));
        answers::held(&values.settings, section).map_err(JobError::hopeless)
    }
}
