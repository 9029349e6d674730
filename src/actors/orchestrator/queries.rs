//! What an Orchestrator is asked that changes nothing. Does not build.

use std::future::ready;
use std::sync::Arc;

use actix::prelude::*;

use super::{Orchestrator, charting, explain, prepare};
use crate::engine::config::settings::Settings;
use crate::engine::explain::Explanation;
use crate::engine::failure::Failure;
use crate::engine::survey::Survey;
use crate::messages::file_scanner::SyncTree;
use crate::messages::orchestrator::{ChartProject, Charted, ExplainSubject, GetProject, ProjectStanding, RecallSettings, SurveyProject};

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

impl Handler<RecallSettings> for Orchestrator {
    type Result = ResponseFuture<Option<Arc<Settings>>>;
    fn handle(&mut self, RecallSettings { key }: RecallSettings, _: &mut Context<Self>) -> Self::Result {
        let Some((settings, since)) = self.standings.settings(key) else { return Box::pin(ready(None)) };
        let heard = self.peers.sync.send(SyncTree { root: self.root.to_path_buf(), since });
        Box::pin(async move { heard.await.is_ok_and(|heard| heard.is_ok_and(|heard| heard.is_nothing())).then_some(settings) })
    }
}

impl Handler<ChartProject> for Orchestrator {
    type Result = ResponseFuture<Result<Charted, Failure>>;
    fn handle(&mut self, ChartProject { request }: ChartProject, _: &mut Context<Self>) -> Self::Result {
        Box::pin(charting::chart(self.world.clone(), self.peers.clone(), request))
    }
}

impl Handler<GetProject> for Orchestrator {
    type Result = ProjectStanding;
    fn handle(&mut self, _: GetProject, context: &mut Context<Self>) -> ProjectStanding {
        self.arrange(context);
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
