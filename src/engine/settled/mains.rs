//! Sources whose objects tell whether there is a program. Does not look into objects.

use super::Settled;
use crate::engine::path::FilePath;
use crate::engine::scan::facts::{MainFact, SourceFacts};

impl Settled {
    /// The source of a step whose object tells whether there is a program.
    pub(super) fn conditional_main(&self, step: u32) -> Option<FilePath> {
        let source = self.lowered.steps.get(step as usize)?.cxx.as_ref()?.source.as_ref()?;
        let facts = self.files.get(source)?;
        (facts.main == MainFact::Conditional || self.main_named_by(facts).next().is_some()).then(|| source.clone())
    }

    /// What a file defines that macros make `main`.
    pub(super) fn main_named_by<'f>(&'f self, facts: &'f SourceFacts) -> impl Iterator<Item = &'f u64> {
        let defined: &[u64] = if self.main_names.is_empty() { &[] } else { &facts.defined };
        defined.iter().filter(|name| self.main_names.contains(name))
    }
}
