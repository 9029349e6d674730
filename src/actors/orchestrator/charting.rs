//! Asks for the targets and steps of a project, to be looked at. Holds no state between the questions.

use super::{Peers, prepare};
use crate::edge::World;
use crate::edge::compute::compute;
use crate::engine::change_log::Moment;
use crate::engine::failure::Failure;
use crate::engine::project_graph::ProjectGraph;
use crate::engine::request::BuildRequest;
use crate::messages::orchestrator::Charted;

/// All that a build of `request` would make, and how.
pub(super) async fn chart(world: World, peers: Peers, request: BuildRequest) -> Result<Charted, Failure> {
    let basis = prepare::basis(&world, &peers, &request, Moment::default()).await?;
    let charted = compute(move || {
        let (front_end, lowered) = (basis.front_end, basis.lowered);
        let mut graph = ProjectGraph::of(&front_end, lowered)?;
        graph.notes.splice(0..0, basis.notices.into_iter().map(|remark| remark.text));
        let trees = front_end.trees()?;
        Ok(Charted { graph, trees, tree: basis.tree, discovery: front_end.discovery, settings: front_end.settings })
    });
    charted.await.map_err(Failure::internal)?
}
