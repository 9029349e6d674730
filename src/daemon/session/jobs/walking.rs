//! The job that walks includes and syntax trees. Does not know what becomes of its result.

use serde_json::{Map, Value as Json};

use super::super::graph::Look;
use super::perform::{Doer, Told};
use crate::engine::complete::Found;
use crate::engine::jobs::answers;

impl Doer {
    /// Asks clang what all sources declare, and writes the graph where the settings want it.
    pub(super) async fn walk(&self, arguments: &Map<String, Json>) -> Told<Json> {
        let dirs = arguments.get("include_dirs").and_then(Json::as_array).into_iter().flatten();
        let look = Look {
            declarations: true,
            force: arguments.get("force").and_then(Json::as_bool) == Some(true),
            include_dirs: dirs.filter_map(Json::as_str).map(str::to_owned).collect(),
        };
        let charted = self.service.chart(&self.opened, &self.project, self.client_pid).await?;
        let files = self.service.look(&self.project, &charted, look).await?;
        let files = self.service.write_graph(&self.project, &charted, files).await?;
        Ok(answers::walked(&files))
    }

    /// Writes the graph of what was found, if the settings want it.
    pub(super) async fn write_graph(&self, found: &Found) -> Told<()> {
        if let Found::Survey(survey) = found
            && survey.writes_graph
        {
            self.service.look_and_write(&self.opened, &self.project, self.client_pid).await?;
        }
        Ok(())
    }
}
