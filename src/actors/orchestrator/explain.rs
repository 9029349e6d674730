//! Asks what would become of a target or file, and why. Holds no state between the questions.

use super::opening::{Waiting, when_free};
use super::{Peers, prepare};
use crate::edge::World;
use crate::edge::compute::compute;
use crate::edge::explaining;
use crate::engine::build::{Prepared, Subject};
use crate::engine::change_log::Moment;
use crate::engine::explain::Explanation;
use crate::engine::failure::{Failure, FailureKind};
use crate::engine::path::{FilePath, fold};
use crate::engine::request::BuildRequest;

/// What is said of `subject`, or of all that a build without a name would make.
pub(super) async fn explain(world: World, peers: Peers, request: BuildRequest, subject: Option<String>) -> Result<Explanation, Failure> {
    let named = BuildRequest { targets: subject.iter().cloned().collect(), ..request.clone() };
    let (basis, request, refused) = match prepare::basis(&world, &peers, &named, Moment::default()).await {
        Ok(basis) => (basis, named, None),
        // No target and no source: perhaps a file that some step makes or reads.
        Err(refused) if subject.is_some() && refused.kind == FailureKind::Usage => {
            let all = BuildRequest { all: true, ..request };
            let basis = prepare::basis(&world, &peers, &all, Moment::default()).await;
            (basis.map_err(|_| refused.clone())?, all, Some(refused))
        }
        Err(failure) => return Err(failure),
    };
    let root = request.project.root.clone();
    let name = subject.unwrap_or_default();
    let asked = refused.as_ref().map_or(Subject::Request, |_| Subject::File(FilePath::new(fold(std::path::Path::new(&name)))));
    let prepared = Prepared { front_end: basis.front_end, lowered: basis.lowered, notices: basis.notices, untouched: None };
    let place = root.clone();
    let records = when_free(&world, &Waiting::Asker, move |world| explaining::records(world, &place)).await?;
    let explained = compute(move || explaining::explain(&world, &root, request, prepared, records, &asked));
    let found = explained.await.map_err(Failure::internal)??;
    let unknown = || refused.unwrap_or_else(|| Failure::internal("nothing was asked about"));
    found.map(|found| Explanation { subject: name, ..found }).ok_or_else(unknown)
}
