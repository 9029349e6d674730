//! What a dry run found out about a target or file. Does not know how it is shown.

use std::collections::HashSet;

use super::{Build, key};
use crate::engine::explain::{Explained, Explanation, Fate};
use crate::engine::ids::StepId;
use crate::engine::path::FilePath;

/// What is asked about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Subject {
    /// All that was requested.
    Request,
    /// A file that a step makes or reads.
    File(FilePath),
}

impl Build {
    /// What became of the steps of `subject` and, if they make it, of those before them. `None` if no step knows such a file.
    pub fn explanation(&mut self, subject: &Subject) -> Option<Explanation> {
        let asked: Vec<StepId> = match subject {
            Subject::Request => self.wanted.iter().filter_map(|path| self.plan.graph().producer_of(path)).collect(),
            Subject::File(path) => self.plan.graph().producer_of(path).into_iter().collect(),
        };
        let readers = match subject {
            Subject::File(path) if asked.is_empty() => self.readers(path),
            _ => Vec::new(),
        };
        let read = !readers.is_empty();
        if asked.is_empty() && !read && *subject != Subject::Request {
            return None;
        }
        let steps = if read { readers.clone() } else { self.plan.graph().closure(&asked) };
        let asked: HashSet<StepId> = asked.into_iter().chain(readers).collect();
        let mut steps: Vec<Explained> = steps.into_iter().filter_map(|step| self.explained(step, asked.contains(&step))).collect();
        steps.sort_by_key(|step| step.asked);
        Some(Explanation { read, steps, ..Explanation::default() })
    }

    fn explained(&mut self, step: StepId, asked: bool) -> Option<Explained> {
        let spec = self.spec(step);
        let fate = match self.fates.get(&step)? {
            Fate::UpToDate(_) => Fate::UpToDate(self.last_reason(step)),
            other => other.clone(),
        };
        let output = spec.outputs.first().map(|output| output.path.clone());
        Some(Explained { kind: spec.kind, label: spec.label.clone(), target: spec.target.clone(), output, asked, fate })
    }

    /// The steps that declare that they read `path`, or did so when they ran last.
    fn readers(&mut self, path: &FilePath) -> Vec<StepId> {
        let all: Vec<StepId> = self.plan.graph().ids_from(0).collect();
        all.into_iter().filter(|step| self.reads(*step, path)).collect()
    }

    fn reads(&mut self, step: StepId, path: &FilePath) -> bool {
        let spec = self.spec(step);
        let record = self.records.get(&key(&spec)).and_then(|all| all.first());
        spec.explicit.contains(path)
            || spec.implicit.contains(path)
            || record.is_some_and(|record| record.inputs.iter().any(|(input, _)| input == path))
    }
}
