//! Intermediate code that is placed in the tree for people to read: beside objects, never instead of them. Does not know what is linked.

use std::collections::BTreeSet;

use super::LowerError;
use super::objects::{Line, Lowering, depfile};
use super::parts::{Part, found};
use super::select::{self, Choice};
use crate::engine::cxx::argv::compile;
use crate::engine::cxx::lower::names;
use crate::engine::discover::{Language, TargetKind};
use crate::engine::path::FilePath;
use crate::engine::report::{ArtifactKind, StepKind};

/// What a file of IR as text ends in.
const IR: &str = ".ll";

impl<'a> Lowering<'a> {
    /// The steps that `compile.emit_ir` and `compile.emit_bc` ask for.
    pub fn emitted(&mut self, part: Part<'_>) -> Result<(), LowerError> {
        let emit = &self.request.settings.emit;
        if !matches!(self.language(part.source), Language::C | Language::Cxx) {
            return Ok(());
        }
        for (_, ending, flag) in [(emit.ir, IR, "-S"), (emit.bitcode, ".bc", "-c")].into_iter().filter(|(wanted, ..)| *wanted) {
            let output = self.intermediate(part, ending, flag)?;
            self.out.wanted.push(output);
        }
        Ok(())
    }

    fn intermediate(&mut self, part: Part<'_>, ending: &str, flag: &str) -> Result<FilePath, LowerError> {
        let output = names::beside(&self.emit_dir(part), part.source, ending);
        let depfile = depfile(&output);
        let args = compile::intermediate(&self.flags(part).args, flag, part.source, &output, &depfile);
        let line = Line { args, depfile: Some(&depfile) };
        self.compile_step(StepKind::Frontend, part, line, std::slice::from_ref(&output))?;
        Ok(output)
    }

    /// The IR of every C and C++ source of the chosen targets, and of the project's where they use it.
    pub fn all_ir(&mut self, choice: &Choice<'a>, project: &[FilePath]) -> Result<(), LowerError> {
        for target in &choice.targets {
            let declared = self.request.discovery.declared.get(&target.name);
            let of_library = if target.kind == TargetKind::Library { select::library(&self.request, target) } else { Vec::new() };
            let shared = if target.uses_project { project } else { &of_library };
            let sources: BTreeSet<&FilePath> = target.main.iter().map(|(main, _)| main).chain(&target.sources).chain(shared).collect();
            let parts: Vec<Part<'_>> = match declared {
                Some(declared) => self.own_parts(declared),
                None => sources.into_iter().map(found).collect(),
            };
            for part in parts {
                if !matches!(self.language(part.source), Language::C | Language::Cxx) {
                    continue;
                }
                let path = self.intermediate(part, IR, "-S")?;
                if !self.out.artifacts.iter().any(|artifact| artifact.path == path) {
                    self.artifact(target, ArtifactKind::Ir, path);
                }
            }
        }
        Ok(())
    }

    /// A source of several targets has a place in each.
    fn emit_dir(&self, part: Part<'_>) -> FilePath {
        let settings = self.request.settings;
        let usual = || settings.build_dir.join(&settings.profile).join("ir");
        let dir = settings.emit.dir.clone().unwrap_or_else(usual);
        part.of.map_or(dir.clone(), |declared| dir.join(names::one_component(&declared.name)))
    }

    /// What whole-program optimisation makes on the way is beside what it is for, unless `link.output_dir` says otherwise.
    pub fn linked_stem(&self, target: &str, stem: &FilePath) -> FilePath {
        let dir = self.request.settings.emit.linked_dir.as_ref();
        dir.map_or_else(|| stem.clone(), |dir| dir.join(names::one_component(target)))
    }
}
