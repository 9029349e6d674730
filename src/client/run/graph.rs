//! The command that shows a project's graph. Does not know how it looks.

use super::super::cli::{GraphArgs, OutputFlags};
use super::super::error::ClientError;
use super::super::json::Json;
use super::super::project;
use super::super::render::Graph;
use super::super::session::{Asker, Show};
use super::Client;
use crate::wire::{GraphRequest, Request};

impl Client<'_> {
    pub(super) fn graph(&self, args: &GraphArgs) -> Result<u8, ClientError> {
        let project = project::at(args.of.path.as_deref(), &args.of.project, self.environment)?;
        let OutputFlags { json, verbose, .. } = *self.output;
        let mut show: Box<dyn Show> = if json { Box::new(Json::default()) } else { Box::new(Graph::new(args.dot, verbose)) };
        Asker::new(self.place, self.output.no_daemon)
            .ask(&Request::Graph(Box::new(GraphRequest { project, symbols: args.symbols })), &mut *show)
    }
}
