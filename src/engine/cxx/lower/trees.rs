//! Steps that only look: what clang makes of each source, under the very flags that it is compiled with, as a syntax tree. No build has them.
//! Does not know who reads the trees.

use super::objects::{Lowering, blank};
use super::parts::{Part, parts};
use super::{LowerError, LowerRequest};
use crate::engine::cxx::argv::compile;
use crate::engine::discover::Language;
use crate::engine::graph::{CxxStep, StepSpec};
use crate::engine::report::StepKind;

/// A step for each source in C or C++ of each target; its output goes to whoever runs it.
pub fn trees(request: &LowerRequest<'_>) -> Result<Vec<StepSpec>, LowerError> {
    let mut lowering = Lowering::new(*request)?;
    let all = parts(request);
    let text = |part: &&Part<'_>| matches!(lowering.language(part.source), Language::C | Language::Cxx);
    let texts: Vec<Part<'_>> = all.iter().filter(text).copied().collect();
    Ok(texts.into_iter().map(|part| lowering.tree(part)).collect())
}

impl Lowering<'_> {
    fn tree(&mut self, part: Part<'_>) -> StepSpec {
        let (language, flags) = (self.language(part.source), self.flags(part));
        let args = compile::tree(&flags.args, part.source);
        StepSpec {
            explicit: vec![part.source.clone()],
            implicit: flags.classified.inputs.clone(),
            command: Some(self.command(compile::driver(language), args, &flags.tools)),
            // Lines move with comments, so every byte of what it reads counts.
            cxx: Some(CxxStep {
                source: Some(part.source.clone()),
                search: Some(flags.search.clone()),
                epoch: self.request.epoch,
                ..CxxStep::default()
            }),
            ..blank(StepKind::Frontend, part.source.to_string(), self.home(part))
        }
    }
}
