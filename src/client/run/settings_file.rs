//! The commands that write jmake.toml. Does not know what is written.

use super::super::cli::{CompleteArgs, InitArgs, ProjectFlags};
use super::super::error::ClientError;
use super::super::json::Json;
use super::super::project;
use super::super::render::Completion;
use super::super::session::{Asker, Show};
use super::Client;
use crate::edge::term;
use crate::wire::{CompleteRequest, InitRequest, PathText, Request};

impl Client<'_> {
    pub(super) fn complete(&self, args: &CompleteArgs) -> Result<u8, ClientError> {
        let project = project::at(args.of.path.as_deref(), &args.of.project, self.environment)?;
        let request = CompleteRequest { project, dry_run: args.dry_run, refresh: args.refresh };
        let mut show: Box<dyn Show> = if self.output.json {
            Box::new(Json::default())
        } else {
            Box::new(Completion::new(self.output.quiet, term::stdout_is_terminal(), args.dry_run).again(args.refresh))
        };
        Asker::new(self.place, self.output.no_daemon).ask(&Request::Complete(Box::new(request)), &mut *show)
    }

    pub(super) fn init(&self, args: &InitArgs) -> Result<u8, ClientError> {
        let project = project::near(None, &ProjectFlags::default(), self.environment)?;
        if args.list {
            return self.ask(&Request::Templates(Box::new(project)));
        }
        let directory = args.place.as_deref().map(PathText::from);
        self.ask(&Request::Init(Box::new(InitRequest { project, directory, template: args.template.clone() })))
    }
}
