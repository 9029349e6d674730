//! What an Orchestrator keeps of builds that succeeded, so that the next one asks only what changed. Decides nothing: what changes mean is
//! the engine's.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::edge::opaque_runs;
use crate::edge::settling::Surroundings;
use crate::edge::stamp::Stamp;
use crate::engine::build::{Answer, Prepared, Records};
use crate::engine::change_log::{Heard, Moment};
use crate::engine::config::settings::Settings;
use crate::engine::front_end::FrontEnd;
use crate::engine::graph::StepSpec;
use crate::engine::path::FilePath;
use crate::engine::request::RequestKey;
use crate::engine::settled::{Seen, Settled};

/// So many kinds of request of one project are kept.
const KEPT: usize = 4;

/// A build that succeeded, as of a moment.
pub(super) struct Standing {
    pub(super) answer: Arc<Answer>,
    pub(super) evidence: Evidence,
    pub(super) since: Moment,
}

/// Why an answer holds.
pub(super) enum Evidence {
    /// All that the build stood on: changes are told apart.
    Described(Box<Described>),
    /// What an earlier process left: with any change everything has to be looked at.
    Stamped(Box<Stamp>),
}

impl Standing {
    /// Whether what changes tell is all that has to be asked.
    pub(super) fn counts(&self, root: &Path) -> bool {
        match &self.evidence {
            Evidence::Described(described) => described.knows_all_runs(root),
            Evidence::Stamped(stamp) => stamp.knows_all_runs(root),
        }
    }

    /// Whether it holds as surely as it did, without a look at anything.
    pub(super) fn is_left_alone(&self, heard: &Heard) -> bool {
        let fences = match &self.evidence {
            Evidence::Described(described) => &described.around.fences,
            Evidence::Stamped(stamp) => stamp.fences(),
        };
        heard.is_nothing() && fences.are_all_heard_of()
    }
}

/// A description, and what surrounds it.
pub(super) struct Described {
    pub(super) settled: Settled,
    pub(super) front_end: FrontEnd,
    pub(super) confirmed: BTreeMap<FilePath, bool>,
    pub(super) around: Surroundings,
    /// The newest run of an opaque command that it knows of.
    pub(super) run: Option<u64>,
}

impl Described {
    /// Whether no command has run since that may have changed what nobody named.
    pub(super) fn knows_all_runs(&self, root: &Path) -> bool {
        !self.settled.runs_opaque() || self.run == opaque_runs::newest(root)
    }
}

/// What is left to do of a build that succeeded before.
pub(super) struct Narrow {
    pub(super) answer: Arc<Answer>,
    pub(super) described: Box<Described>,
    /// These have to be judged.
    pub(super) steps: Vec<u32>,
    /// Because of these changes.
    pub(super) seen: Vec<Seen>,
    /// What the answer was true for.
    pub(super) since: Moment,
    /// What it is true for once they are done.
    pub(super) now: Moment,
}

impl Narrow {
    /// What its build starts with.
    pub(super) fn prepared(&self) -> Prepared {
        let total = self.answer.counts.total;
        Prepared {
            front_end: self.described.front_end.clone(),
            lowered: self.described.settled.narrowed(&self.steps),
            notices: self.answer.notices.clone(),
            untouched: Some(total - u32::try_from(self.steps.len()).unwrap_or(total)),
        }
    }

    /// What it may have made.
    pub(super) fn made(&self) -> Vec<FilePath> {
        let steps = self.steps.iter().filter_map(|step| self.described.settled.lowered().steps.get(*step as usize));
        steps.flat_map(StepSpec::made).collect()
    }

    /// It succeeded: what it was asked about is settled. `None` if it went beyond what is watched.
    pub(super) fn done(mut self, records: &Records, run: Option<u64>) -> Option<Standing> {
        self.described.run = run;
        self.described.settled.learn(&self.seen);
        let known = self.described.settled.absorb(&self.steps, records);
        known.then_some(Standing { answer: self.answer, evidence: Evidence::Described(self.described), since: self.now })
    }

    /// It came to nothing.
    pub(super) fn left(self) -> Standing {
        Standing { answer: self.answer, evidence: Evidence::Described(self.described), since: self.since }
    }
}

/// Standings by request, the one used last at the end.
#[derive(Default)]
pub(super) struct Standings(Vec<(RequestKey, Standing)>);

impl Standings {
    /// Takes the one for a request.
    pub(super) fn take(&mut self, key: RequestKey) -> Option<Standing> {
        let at = self.0.iter().position(|(known, _)| *known == key)?;
        Some(self.0.remove(at).1)
    }

    /// Keeps one.
    pub(super) fn put(&mut self, key: RequestKey, standing: Standing) {
        self.0.retain(|(known, _)| *known != key);
        self.0.push((key, standing));
        let surplus = self.0.len().saturating_sub(KEPT);
        self.0.drain(..surplus);
    }

    /// What was found out about a stamp takes its place; one of which nothing could be found out is given up. What is described already
    /// stays.
    pub(super) fn found_out(&mut self, key: RequestKey, found: Option<Standing>) {
        if self.0.iter().all(|(known, it)| *known != key || matches!(it.evidence, Evidence::Stamped(_))) {
            self.take(key);
            self.0.extend(found.map(|standing| (key, standing)));
        }
    }

    /// The settings that one was described from, and since when they may be others.
    pub(super) fn settings(&self, key: RequestKey) -> Option<(Arc<Settings>, Moment)> {
        self.0.iter().filter(|(known, _)| *known == key).find_map(|(_, standing)| match &standing.evidence {
            Evidence::Described(described) => Some((described.front_end.settings.clone(), standing.since)),
            Evidence::Stamped(_) => None,
        })
    }

    /// How many steps are known to be as they should.
    pub(super) fn steps(&self) -> Option<u32> {
        self.0.iter().map(|(_, standing)| standing.answer.counts.total).max()
    }

    /// All of them.
    pub(super) fn into_all(self) -> Vec<(RequestKey, Standing)> {
        self.0
    }
}
