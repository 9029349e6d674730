//! The questions of a client that one answer ends: what is in a project, why something would be built, which tools there are. Does not know how
//! answers are sent.

use super::{Session, root_failed};
use crate::actors::supervise::ask;
use crate::daemon::translate;
use crate::edge::compute::compute;
use crate::edge::tools_search;
use crate::engine::cxx::toolchain;
use crate::engine::explain::Explanation;
use crate::engine::failure::Failure;
use crate::messages::config_store::{CheckSettings, LoadSettings};
use crate::messages::file_scanner::FindBinaries;
use crate::messages::orchestrator::{CleanProject, Cleaned, ExplainSubject, Installed, SurveyProject};
use crate::messages::supervisor::GetDaemon;
use crate::messages::tool_cache::{FindToolchain, ListToolchains};
use crate::wire::{self, ToolsReply};
use tokio::io::{AsyncRead, AsyncWrite};

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Session<R, W> {
    pub(super) async fn discover(&self, project: wire::Project) -> Result<wire::DiscoverReply, Failure> {
        let project = translate::project(project, false);
        let root = project.root.clone();
        let opened = self.project(root.clone()).await?;
        let survey = ask(&opened.survey, SurveyProject { project: project.clone(), afresh: false });
        let binaries = ask(&opened.files.binaries, FindBinaries { root: root.clone() });
        let (survey, binaries) = futures_util::future::join(survey, binaries).await;
        let mut survey = survey??;
        if survey.writes_graph
            && let Err(failure) = self.service.look_and_write(&opened, &project, self.client_pid).await
        {
            survey.notes.push(format!("the dependency graph was not written: {}", failure.message));
        }
        Ok(translate::discovered(&root, survey, binaries??))
    }

    pub(super) async fn targets(&self, project: wire::Project) -> Result<wire::DiscoverReply, Failure> {
        let project = translate::project(project, false);
        let root = project.root.clone();
        let opened = self.project(root.clone()).await?;
        let survey = ask(&opened.survey, SurveyProject { project, afresh: false }).await??;
        Ok(translate::discovered(&root, survey, Vec::new()))
    }

    pub(super) async fn explain(&self, request: wire::ExplainRequest) -> Result<Explanation, Failure> {
        let targets = request.subject.iter().cloned().collect();
        let build = wire::BuildRequest { project: request.project, targets, all: request.all, ..wire::BuildRequest::default() };
        let mut request = translate::build(build, self.client_pid, self.service.processors);
        let subject = request.targets.pop();
        let opened = self.project(request.project.root.clone()).await?;
        ask(&opened.explain, ExplainSubject { request, subject }).await?
    }

    pub(super) async fn check(&self, request: wire::CheckRequest) -> Result<wire::CheckReply, Failure> {
        let project = translate::project(request.project, false);
        let doors = self.service.root.send(GetDaemon).await.map_err(|_| root_failed())?;
        let installs = ask(&doors.tools.list, ListToolchains { root: None, variables: project.variables.clone() }).await?.ok();
        let checked = ask(&doors.check, CheckSettings { project, installs }).await??;
        Ok(translate::checked(checked, request.show_origin))
    }

    pub(super) async fn install(&self, request: wire::InstallRequest) -> Result<Installed, Failure> {
        let install = translate::install(request)?;
        let opened = self.project(install.project.root.clone()).await?;
        ask(&opened.install, install).await?
    }

    pub(super) async fn clean(&self, project: wire::Project) -> Result<Cleaned, Failure> {
        let project = translate::project(project, false);
        let opened = self.project(project.root.clone()).await?;
        ask(&opened.clean, CleanProject).await?
    }

    pub(super) async fn tools(&self, project: wire::Project) -> Result<ToolsReply, Failure> {
        let project = translate::project(project, false);
        let doors = self.service.root.send(GetDaemon).await.map_err(|_| root_failed())?;
        let loaded = ask(&doors.load, LoadSettings::of(&project)).await?;
        let unread = loaded.as_ref().err().map(|_| NOT_HEEDED.to_owned());
        let settings = loaded.map(|loaded| loaded.settings).unwrap_or_default();
        let find = FindToolchain::of(&project, &settings, || tools_search::clang_of(&project.variables));
        let list = ListToolchains { root: find.root.clone(), variables: project.variables.clone() };
        let all = ask(&doors.tools.list, list).await??;
        let chosen = ask(&doors.tools.find, find).await??;
        let replaced = toolchain::replaced(project.toolchain.as_deref(), &settings).cloned();
        let whole = chosen.toolchain.clone();
        let dir = compute(move || tools_search::compiler_dir(&whole, replaced.as_ref(), &project.root)).await.map_err(Failure::internal)?;
        let (installs, foreign) = toolchain::in_use(all, &chosen.toolchain, dir.as_deref());
        let toolchains = installs.iter().map(|(install, used)| translate::toolchain(install, *used)).collect();
        let notes = chosen.notes.into_iter().chain(unread).chain(foreign).collect();
        Ok(ToolsReply { toolchains, notes })
    }
}

/// Said where settings cannot be read; what is wrong with them is not what was asked.
const NOT_HEEDED: &str = "jmake.toml is not valid, so what it says of LLVM is not heeded; `jmake check` shows what is wrong";
