//! Why each step runs, with the step behind it if there is one. Does not know how reasons are found out.

use std::sync::Arc;

use super::{Build, key};
use crate::engine::explain::{Cause, Fate, Reads, Texts, What, shortest};
use crate::engine::fingerprint::Reason;
use crate::engine::graph::StepSpec;
use crate::engine::ids::StepId;
use crate::engine::path::FilePath;

impl Build {
    /// Notes why `step` runs.
    pub(super) fn runs_because(&mut self, step: StepId, reason: Reason) -> Arc<Cause> {
        let behind = match &reason {
            Reason::DependencyWouldRun => self.plan.graph().dependencies(step).find(|maker| self.pretended.contains(maker)),
            _ => reason.input().and_then(|input| self.plan.graph().producer_of(input)).filter(|maker| *maker != step),
        };
        let cause = Arc::new(Cause {
            includes: self.way_to(step, &reason),
            behind: behind.and_then(|maker| Some((named(&self.spec(maker)), self.cause_of(maker)?))),
            what: What::Reason(reason),
        });
        self.fates.insert(step, Fate::Run(cause.clone()));
        cause
    }

    /// Notes why the outputs of `step` are put back.
    pub(super) fn restored_because(&mut self, step: StepId, reason: Reason) {
        let cause = Cause { includes: self.way_to(step, &reason), ..Cause::plain(What::Restored(reason)) };
        self.fates.insert(step, Fate::Restored(Arc::new(cause)));
    }

    /// Why `maker` ran or runs: in this build, or when it was built last.
    fn cause_of(&mut self, maker: StepId) -> Option<Arc<Cause>> {
        match self.fates.get(&maker) {
            Some(Fate::Run(cause) | Fate::Restored(cause)) => Some(cause.clone()),
            _ => self.last_reason(maker).map(|why| Arc::new(Cause::plain(What::Earlier(why)))),
        }
    }

    /// Why `step` ran last.
    pub(super) fn last_reason(&mut self, step: StepId) -> Option<String> {
        let path = key(&self.spec(step));
        self.records.get(&path)?.first().map(|record| record.why.clone()).filter(|why| !why.is_empty())
    }

    /// From the source of a compile to the header that changed.
    fn way_to(&mut self, step: StepId, reason: &Reason) -> Vec<FilePath> {
        let (Reason::InputChanged(header), spec) = (reason, self.spec(step)) else { return Vec::new() };
        let Some(source) = spec.cxx.as_ref().and_then(|cxx| cxx.source.as_ref()).filter(|source| *source != header) else {
            return Vec::new();
        };
        let includes = &self.front_end.discovery.includes;
        let way = includes.get_key_value(source).map(|(source, _)| {
            let included = |file: &FilePath| includes.get(file).into_iter().flatten().collect();
            shortest(source, header, included)
        });
        way.filter(|way| !way.is_empty()).unwrap_or_else(|| self.way_outside(&spec, source, header))
    }

    /// The same where it leads through files outside of the project, if somebody reads them.
    fn way_outside(&self, spec: &StepSpec, source: &FilePath, header: &FilePath) -> Vec<FilePath> {
        let Some((texts, record)) = self.texts.as_ref().zip(self.records.get(&key(spec)).and_then(|all| all.first())) else {
            return Vec::new();
        };
        let read = record.inputs.iter().filter(|(_, identity)| identity.is_some());
        let dirs = spec.cxx.as_ref().and_then(|cxx| cxx.search.as_ref()).map(|search| search.dirs.clone()).unwrap_or_default();
        Reads { files: read.map(|(path, _)| (path.clone(), texts.includes(path))).collect(), dirs }.way(source, header)
    }

    /// From now on includes outside of the project are followed, too.
    pub fn read_texts(&mut self, texts: Box<dyn Texts>) {
        self.texts = Some(texts);
    }
}

/// A step, in words.
pub(super) fn named(spec: &StepSpec) -> String {
    format!("{} {}", spec.kind.name(), spec.label)
}
