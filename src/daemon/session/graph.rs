//! What is in a project, as a graph: targets and steps, files and what they declare. Does not know how it is shown.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};

use super::{Gone, Service, Session};
use crate::actors::supervise::ask;
use crate::daemon::translate;
use crate::edge::compute::compute;
use crate::edge::graph_file;
use crate::edge::syntax_trees::{self, Asked};
use crate::engine::failure::Failure;
use crate::engine::request::{BuildRequest, ProjectRequest};
use crate::engine::source_graph::{Seen, SourceGraph, written};
use crate::messages::orchestrator::{ChartProject, Charted};
use crate::messages::supervisor::OpenedProject;
use crate::wire::{self, Reply};

/// Whether clang is asked, and how.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    /// What files declare is asked, too.
    pub(super) declarations: bool,
    /// Also if it is known.
    pub(super) force: bool,
    /// Directories in which includes are looked for besides.
    pub(super) include_dirs: Vec<String>,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Session<R, W> {
    pub(super) async fn graph(&mut self, request: wire::GraphRequest) -> Result<Result<u8, Failure>, Gone> {
        let look = Look { declarations: request.symbols, ..Look::default() };
        let project = translate::project(request.project, false);
        let root = project.root.clone();
        let opened = match self.project(root.clone()).await {
            Ok(opened) => opened,
            Err(failure) => return Ok(Err(failure)),
        };
        let (service, client_pid) = (self.service.clone(), self.client_pid);
        let found = async {
            let charted = service.chart(&opened, &project, client_pid).await?;
            let files = service.look(&project, &charted, look).await?;
            Ok((charted, files))
        };
        let found = tokio::select! {
            found = found => found,
            gone = self.hears_cancel() => return gone.map_or(Ok(Ok(130)), Err),
        };
        let (charted, files) = match found {
            Ok(found) => found,
            Err(failure) => return Ok(Err(failure)),
        };
        let exit_code = u8::from(files.is_troubled());
        let reply = translate::charted(&root, charted, files);
        Ok(self.reply(Ok(Reply::Graph(reply))).await?.map(|_| exit_code))
    }
}

impl Service {
    /// All targets and steps.
    pub(super) async fn chart(&self, opened: &OpenedProject, project: &ProjectRequest, client_pid: u32) -> Result<Charted, Failure> {
        let all = wire::BuildRequest { all: true, ..wire::BuildRequest::default() };
        let request = BuildRequest { project: project.clone(), ..translate::build(all, client_pid, self.processors) };
        ask(&opened.chart, ChartProject { request }).await?
    }

    /// The files, and what they declare if that is asked; what runs for that ends when this is dropped.
    pub(super) async fn look(&self, project: &ProjectRequest, charted: &Charted, look: Look) -> Result<SourceGraph, Failure> {
        let seen = if look.declarations { Some(self.trees(project, charted, &look).await?) } else { None };
        let (discovery, tree) = (charted.discovery.clone(), charted.tree.clone());
        compute(move || SourceGraph::of(&discovery, &tree, seen.as_deref())).await.map_err(Failure::internal)
    }

    async fn trees(&self, project: &ProjectRequest, charted: &Charted, look: &Look) -> Result<Vec<Seen>, Failure> {
        let asked = Asked {
            root: Arc::new(project.root.clone()),
            variables: project.variables.clone(),
            steps: charted.trees.iter().cloned().map(|step| step.searching(&look.include_dirs)).collect(),
            most: self.processors,
            force: look.force,
        };
        syntax_trees::read(self.world.clone(), asked).await
    }

    /// Writes the graph of files where the settings want it, if they do.
    pub(super) async fn write_graph(
        &self,
        project: &ProjectRequest,
        charted: &Charted,
        files: SourceGraph,
    ) -> Result<SourceGraph, Failure> {
        let discovery = &charted.settings.discovery;
        let Some(path) = discovery.graph_file.clone() else { return Ok(files) };
        let (world, root, with_declarations) = (self.world.clone(), project.root.clone(), discovery.graph_declarations);
        let writing = compute(move || {
            let graph = written(&files, with_declarations);
            graph_file::write(&world, &root, &path, &graph).map(|()| files)
        });
        writing.await.map_err(Failure::internal)?
    }

    /// Looks at the files and writes their graph, as the settings want it.
    pub(super) async fn look_and_write(&self, opened: &OpenedProject, project: &ProjectRequest, client_pid: u32) -> Result<(), Failure> {
        let charted = self.chart(opened, project, client_pid).await?;
        let look = Look { declarations: charted.settings.discovery.graph_declarations, ..Look::default() };
        let files = self.look(project, &charted, look).await?;
        self.write_graph(project, &charted, files).await.map(drop)
    }
}
