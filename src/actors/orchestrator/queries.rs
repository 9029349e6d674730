//! What an Orchestrator is asked that changes nothing. Does not build.

use actix::prelude::*;

use super::{Orchestrator, explain, prepare};
use crate::engine::explain::Explanation;
use crate::engine::failure::Failure;
use crate::engine::survey::Survey;
use crate::messages::orchestrator::{ExplainSubject, GetProject, ProjectStanding, SurveyProject};

impl Handler<SurveyProject> for Orchestrator {
    type Result = ResponseFuture<Result<Survey, Failure>>;
    fn handle(&mut self, SurveyProject { project, afresh }: SurveyProject, _: &mut Context<Self>) -> Self::Result {
        Box::pin(prepare::survey(self.world.clone(), self.peers.clone(), project, afresh))
    }
}

impl Handler<ExplainSubject> for Orchestrator {
    type Result = ResponseFuture<Result<Explanation, Failure>>;
    fn handle(&mut self, ExplainSubject { request, subject }: ExplainSubject, _: &mut Context<Self>) -> Self::Result {
        Box::pin(explain::explain(self.world.clone(), self.peers.clone(), request, subject))
    }
}

impl Handler<GetProject> for Orchestrator {
    type Result = ProjectStanding;
    fn handle(&mut self, _: GetProject, _: &mut Context<Self>) -> ProjectStanding {
        let running = self.running.iter().map(|running| &running.listener);
        let preparing = self.preparing.iter().map(|(listener, ..)| listener);
        let waiting = self.waiting.iter().map(|(listener, _)| listener);
        let builds = running.chain(preparing).chain(waiting).map(|listener| (listener.build, listener.client_pid)).collect();
        ProjectStanding {
            generation: self.generation,
            watching: self.standings.steps().is_some(),
            steps: self.standings.steps().map_or(self.records.len(), |steps| steps as usize),
            builds,
        }
    }
}
