//! A build that ends before it links, as `workflow.stages` says. Does not know how objects are made.

use std::collections::BTreeSet;

use super::objects::Lowering;
use super::parts::{Part, found};
use super::select::Choice;
use super::{LowerError, LowerRequest, Requested};
use crate::engine::config::settings::{LastStage, Lto};
use crate::engine::discover::TargetKind;
use crate::engine::path::FilePath;

/// Whether the request ends early. What somebody names, or runs, is made whatever the settings say.
pub fn cut_off(request: &LowerRequest<'_>) -> bool {
    request.settings.last_stage != LastStage::Link && matches!(request.requested, Requested::Default | Requested::All)
}

impl<'a> Lowering<'a> {
    /// The objects of the chosen targets, or nothing.
    pub fn up_to(&mut self, last: LastStage, choice: &Choice<'a>, project: &[FilePath]) -> Result<(), LowerError> {
        let done = if last == LastStage::Compile { "compile, so nothing is linked" } else { "discovery, so nothing is compiled" };
        self.out.notes.push(format!("workflow.stages in jmake.toml ends with {done}; `jmake build TARGET` makes a target all the same"));
        for target in choice.targets.iter().filter(|_| last == LastStage::Compile) {
            let shared = if target.uses_project || target.kind == TargetKind::Library { project } else { &[] };
            let sources: BTreeSet<&FilePath> = target.main.iter().map(|(main, _)| main).chain(&target.sources).chain(shared).collect();
            let (parts, lto): (Vec<Part<'_>>, Lto) = match self.request.discovery.declared.get(&target.name) {
                Some(declared) => (self.own_parts(declared), declared.options.lto),
                None => (sources.into_iter().map(found).collect(), self.request.settings.options.lto),
            };
            for part in parts {
                let module = if lto == Lto::Full { self.module(part)? } else { None };
                let made = module.map_or_else(|| self.object(part), Ok)?;
                self.out.wanted.push(made);
            }
        }
        Ok(())
    }
}
