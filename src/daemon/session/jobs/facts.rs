//! What jobs want to know of the project, from the actors who know it. Does not know what it is wanted for.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value as Json;

use super::super::root_failed;
use super::perform::{Doer, Told};
use crate::actors::supervise::ask;
use crate::edge::compute::compute;
use crate::edge::{fs, tools_search};
use crate::engine::complete::{self, Found, Question};
use crate::engine::config::check::Checked;
use crate::engine::config::document::Field;
use crate::engine::config::settings::Settings;
use crate::engine::cxx::toolchain::Toolchain;
use crate::engine::failure::Failure;
use crate::engine::jobs::functions::PROJECT_TYPES;
use crate::engine::jobs::progress::JobError;
use crate::engine::jobs::values::{Given, Seen, Values};
use crate::engine::jobs::{answers, typed};
use crate::engine::templates;
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

    pub(super) async fn found(&self, question: Question) -> Told<Found> {
        Ok(match question {
            Question::Survey => self.survey().await?,
            Question::Binaries => {
                let found = ask(&self.opened.files.binaries, FindBinaries { root: self.project.root.clone() }).await??;
                Found::Binaries(found, self.load().await?)
            }
            Question::Toolchain => Found::Toolchain(self.toolchain().await?),
            Question::Settings => Found::Settings(self.load().await?),
        })
    }

    pub(super) async fn field(&self, field: Field) -> Told<Json> {
        Self::value(field, &self.found(complete::question(field)).await?)
    }

    fn value(field: Field, found: &Found) -> Told<Json> {
        Ok(typed::data(&complete::value(field, found)?))
    }

    /// The files, and all that was found. With `force`, nothing is used that is remembered of their content.
    pub(super) async fn scan(&self, force: bool) -> Told<(Json, Found)> {
        if force {
            self.clear_caches().await?;
        }
        let before = self.misses().await?;
        let survey = self.survey().await?;
        let cached = !force && self.misses().await? == before;
        Ok((answers::scanned(&Self::value(Field::Files, &survey)?, cached), survey))
    }

    pub(super) async fn binaries(&self) -> Told<Json> {
        let by_kind = self.field(Field::Binaries).await?;
        let (root, paths) = (self.project.root.clone(), answers::paths(&by_kind));
        let sizes = compute(move || paths.into_iter().filter_map(|path| Some((path.clone(), fs::size(&root.join(path))?))).collect());
        Ok(answers::binaries(&by_kind, &sizes.await.map_err(Failure::internal)?))
    }

    pub(super) async fn discover(&self, force: bool) -> Told<Json> {
        let (scan, survey) = self.scan(force).await?;
        self.write_graph(&survey).await?;
        Ok(answers::discovered(&scan, &self.binaries().await?, &Self::value(Field::IncludeDirs, &survey)?, &survey))
    }

    pub(super) async fn load(&self) -> Told<Arc<Settings>> {
        let project = &self.project;
        let load = LoadSettings { queue: None, ..LoadSettings::of(project) };
        Ok(ask(&self.opened.files.settings, load).await??.settings)
    }

    pub(super) async fn toolchain(&self) -> Told<Arc<Toolchain>> {
        let project = &self.project;
        let find = FindToolchain::of(project, &*self.load().await?, || tools_search::clang_of(&project.variables));
        Ok(ask(&self.tools.find, find).await??.toolchain)
    }

    pub(super) async fn create_structure(&self, kind: Option<&str>) -> Told<Json> {
        let kind = kind.unwrap_or(PROJECT_TYPES[0]);
        let typed = typed::file(&self.checked().await?.content);
        let ir = typed::inner(&typed, &["compile", "output_dir"]).and_then(Json::as_str).filter(|dir| !dir.is_empty());
        let ir = ir.map_or_else(|| format!("{}/{{profile}}/ir", self.project.build_dir), str::to_owned);
        let place = ir.replace("{profile}", &self.project.profile);
        let dirs = answers::structure(kind, &place).map_err(JobError::hopeless)?;
        let root = self.project.root.clone();
        let made = compute(move || {
            let failed = |place: &Path, error| Failure::environment(format!("cannot make {}: {error}", place.display()));
            let (mut made, mut files) = (Vec::new(), Vec::new());
            for dir in dirs {
                let place = root.join(&dir);
                if !fs::exists(&place) {
                    std::fs::create_dir_all(&place).map_err(|error| failed(&place, error))?;
                    made.push(dir);
                }
            }
            for file in templates::built_in(templates::DEFAULT).iter().flat_map(|template| template.files()) {
                let place = file.path.under(&root);
                if file.path.as_path() == Path::new(IGNORED) && !fs::exists(&place) {
                    std::fs::write(&place, file.content).map_err(|error| failed(&place, error))?;
                    files.push(file.path.to_string());
                }
            }
            Ok::<_, Failure>((made, files))
        });
        let (dirs, files) = made.await.map_err(Failure::internal)??;
        Ok(answers::made(kind, (&dirs, &files), &ir))
    }

    pub(super) async fn checked(&self) -> Told<Checked> {
        let doors = self.service.root.send(GetDaemon).await.map_err(|_| root_failed())?;
        Ok(ask(&doors.check, CheckSettings { project: (*self.project).clone(), installs: None }).await??)
    }

    pub(super) async fn validate(&self, strict: bool) -> Told<Json> {
        let checked = self.checked().await?;
        answers::validated(&checked, &self.tree(&checked), strict)
    }

    pub(super) async fn section(&self, section: &str) -> Told<Json> {
        answers::held(&self.tree(&self.checked().await?), section).map_err(JobError::hopeless)
    }

    /// All settings, as tables.
    pub(super) fn tree(&self, checked: &Checked) -> Json {
        let project = &self.project;
        Values::of_project(&Seen::by(project), &self.settings(), &project.variables, &Given::of(checked)).settings
    }
}

/// What git is not to look at.
const IGNORED: &str = ".gitignore";
