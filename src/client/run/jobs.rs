//! The commands about jobs. Does not know what jobs do.

use std::io::{self, IsTerminal};

use super::super::cli::{JobsCommand, OutputFlags, QueueArgs};
use super::super::error::ClientError;
use super::super::json::Json;
use super::super::project;
use super::super::render::{JobStyle, Jobs};
use super::super::session::{Asker, Show};
use super::Client;
use crate::wire::{JobsAction, JobsRequest, PathText, Request};

impl Client<'_> {
    pub(super) fn jobs(&self, command: &JobsCommand) -> Result<u8, ClientError> {
        match command {
            JobsCommand::Run(of) => self.run_jobs(of, JobsAction::Run),
            JobsCommand::Resume(of) => self.run_jobs(of, JobsAction::Resume),
            JobsCommand::Cancel(of) => self.ask(&self.about_jobs(of, JobsAction::Cancel)?),
            JobsCommand::List { functions, of } => {
                let action = if *functions { JobsAction::Functions } else { JobsAction::List };
                self.ask(&self.about_jobs(of, action)?)
            }
            JobsCommand::Graph { dot, of } => {
                let action = if *dot { JobsAction::Dot } else { JobsAction::Graph };
                self.ask(&self.about_jobs(of, action)?)
            }
        }
    }

    fn about_jobs(&self, of: &QueueArgs, action: JobsAction) -> Result<Request, ClientError> {
        let project = project::at(None, &of.project, self.environment)?;
        let file = of.file.as_ref().map(|file| PathText::from(project.cwd.as_path().join(file).as_path()));
        Ok(Request::Jobs(Box::new(JobsRequest { project, file, action, jobs: of.jobs })))
    }

    /// A run that is lost with its daemon is not begun anew: jobs may have done things that must not be done twice.
    fn run_jobs(&self, of: &QueueArgs, action: JobsAction) -> Result<u8, ClientError> {
        let request = self.about_jobs(of, action)?;
        let OutputFlags { quiet, verbose, json, .. } = *self.output;
        let progress = !quiet && io::stderr().is_terminal() && !self.environment.is_dumb_terminal();
        let style = JobStyle { quiet, verbose, color: self.color(), progress };
        let mut show: Box<dyn Show> = if json { Box::new(Json::default()) } else { Box::new(Jobs::new(style)) };
        Asker::new(self.place, self.output.no_daemon).ask_once(&request, &mut *show)
    }
}
