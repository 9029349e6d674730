//! Intermediate code that is placed in the tree for people to read: beside objects, never instead of them. Does not know what is linked.

use super::LowerError;
use super::objects::{Line, Lowering, depfile};
use super::parts::Part;
use crate::engine::cxx::argv::compile;
use crate::engine::cxx::lower::names;
use crate::engine::discover::Language;
use crate::engine::path::FilePath;
use crate::engine::report::StepKind;

impl Lowering<'_> {
    /// The steps that `compile.emit_ir` and `compile.emit_bc` ask for.
    pub fn emitted(&mut self, part: Part<'_>) -> Result<(), LowerError> {
        let emit = &self.request.settings.emit;
        if !matches!(self.language(part.source), Language::C | Language::Cxx) {
            return Ok(());
        }
        for (_, ending, flag) in [(emit.ir, ".ll", "-S"), (emit.bitcode, ".bc", "-c")].into_iter().filter(|(wanted, ..)| *wanted) {
            let output = names::beside(&self.emit_dir(part), part.source, ending);
            let depfile = depfile(&output);
            let args = compile::intermediate(&self.flags(part).args, flag, part.source, &output, &depfile);
            let line = Line { args, depfile: Some(&depfile) };
            self.compile_step(StepKind::Frontend, part, line, std::slice::from_ref(&output))?;
            self.out.wanted.push(output);
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
