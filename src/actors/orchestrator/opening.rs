//! Waits for another process to be done with a project before its state is used here, and tidies up after one that was killed. Holds no state.

use std::sync::Arc;
use std::time::Duration;

use super::prepare::Ground;
use crate::edge::World;
use crate::edge::compute::compute;
use crate::edge::project_state::{OpenError, ProjectState};
use crate::edge::tidying;
use crate::engine::build::Records;
use crate::engine::failure::Failure;
use crate::engine::report::BuildEvent;
use crate::engine::request::BuildRequest;
use crate::messages::events::SharedSink;

/// How often it is asked again.
const PAUSE: Duration = Duration::from_millis(50);
/// How often for somebody whom nobody told that they wait: ten seconds.
const ASKED: u32 = 200;

/// Who waits, and how long they want to.
pub(super) enum Waiting {
    /// Whoever reads a build's events: for as long as they do.
    Reader {
        sink: SharedSink,
        /// When the build was asked for.
        since: Duration,
    },
    /// Somebody who gets one answer.
    Asker,
}

impl Waiting {
    /// Told for the `count`th time; whether to ask again.
    fn goes_on(&self, world: &World, why: &OpenError, count: u32) -> bool {
        match self {
            Self::Reader { sink, since } => {
                if count == 0 {
                    sink.push(world.clock.now().saturating_sub(*since), &BuildEvent::Notice { text: format!("waiting: {why}") });
                }
                sink.is_open()
            }
            Self::Asker => count < ASKED,
        }
    }
}

/// Does `work` once no other process works on its project.
pub(super) async fn when_free<T, W>(world: &World, waiting: &Waiting, work: W) -> Result<T, Failure>
where
    T: Send + 'static,
    W: Fn(&World) -> Result<T, OpenError> + Send + Sync + 'static,
{
    let work = Arc::new(work);
    let mut count = 0;
    loop {
        let (at, again) = (world.clone(), work.clone());
        match compute(move || again(&at)).await.map_err(Failure::internal)? {
            Err(busy @ OpenError::Busy(_)) if waiting.goes_on(world, &busy, count) => {
                count += 1;
                tokio::time::sleep(PAUSE).await;
            }
            done => return Ok(done?),
        }
    }
}

/// Removes what a process left half made that was killed while it built this.
pub(super) async fn tidy(request: &BuildRequest, ground: &Ground, state: &Arc<ProjectState>, records: &Records) -> Result<(), Failure> {
    let steps = match ground {
        Ground::Whole(basis) => basis.lowered.steps.as_slice(),
        Ground::Narrowed(_) => &[],
    };
    let mut directories = tidying::directories(steps, records);
    let build_dir = &request.project.build_dir;
    // What was built there may be built no more, and never have been recorded.
    directories.extend(["bin", "lib"].map(|kind| build_dir.join(&request.project.profile).join(kind)));
    directories.insert(build_dir.clone());
    let (root, state) = (request.project.root.clone(), state.clone());
    let tidying = compute(move || {
        tidying::tidy(&root, &directories);
        state.tidied();
    });
    tidying.await.map_err(Failure::internal)
}
