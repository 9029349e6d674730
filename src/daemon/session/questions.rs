//! The questions of a client that one answer ends: what is in a project, why something would be built, which tools there are. Does not know how
//! answers are sent.

use super::{Session, root_failed};
use crate::actors::supervise::ask;
use crate::daemon::translate;
use crate::engine::explain::Explanation;
use crate::engine::failure::Failure;
use crate::messages::config_store::CheckSettings;
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
        let installs =
            ask(&doors.tools.list, ListToolchains { root: None, variables: project.variables.clone() }).await?.unwrap_or_default();
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
        let doors = self.service.root.send(GetDaemon).await.map_err(|_| root_failed())?.tools;
        let variables = project.variables;
        let all = ask(&doors.list, ListToolchains { root: None, variables: variables.clone() }).await??;
        let find = FindToolchain { wanted: project.toolchain, root: None, variables };
        let chosen = ask(&doors.find, find).await??;
        let toolchains = all.iter().map(|found| translate::toolchain(found, found.bin_dir == chosen.toolchain.bin_dir)).collect();
        Ok(ToolsReply { toolchains, notes: chosen.notes })
    }
}
