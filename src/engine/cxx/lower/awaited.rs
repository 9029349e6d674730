//! Objects that tell whether a conditional `main` is one: they are made before it is known what there is to build. Does not look into them.

use super::objects::{Line, Lowering, depfile};
use super::parts::found;
use super::select::{Choice, conditional, conditional_main};
use super::{Awaited, LowerError, names};
use crate::engine::config::settings::Lto;
use crate::engine::cxx::argv::compile;
use crate::engine::discover::TargetKind;
use crate::engine::path::FilePath;
use crate::engine::report::StepKind;

impl<'a> Lowering<'a> {
    /// Objects of conditional mains that must be looked into first. `true`: what the project's own sources are is not yet known.
    pub fn awaited(&mut self, choice: &Choice<'a>) -> Result<bool, LowerError> {
        let open = |main: &FilePath| !self.request.confirmed_mains.contains_key(main);
        let project = choice.targets.iter().any(|t| t.uses_project || t.kind == TargetKind::Library);
        let of_project: Vec<&FilePath> =
            conditional(self.request.discovery).map(|(_, main)| main).filter(|main| project && open(main)).collect();
        let own: Vec<&FilePath> = choice.targets.iter().filter_map(|t| conditional_main(t)).filter(|main| open(main)).collect();
        let withheld = !of_project.is_empty();
        for main in of_project.into_iter().chain(own) {
            let object = self.inspected(main)?;
            let awaited = Awaited { source: main.clone(), object };
            if !self.out.awaiting.contains(&awaited) {
                self.out.wanted.push(awaited.object.clone());
                self.out.awaiting.push(awaited);
            }
        }
        Ok(withheld)
    }

    /// A machine-code object of `source`, even where its own object would be bitcode.
    fn inspected(&mut self, source: &FilePath) -> Result<FilePath, LowerError> {
        let part = found(source);
        let flags = self.flags(part);
        let bitcode = self.request.settings.options.lto != Lto::Off || flags.args.iter().any(|f| f.as_bytes().starts_with(b"-flto"));
        if !bitcode {
            return self.object(part);
        }
        let home = self.home(part);
        let object = names::beside(&self.work_dir(&home).join("@main"), source, ".o");
        let mut args = flags.args.clone();
        args.push("-fno-lto".into());
        let depfile = depfile(&object);
        let line = Line { args: compile::fused(&args, source, &object, Some(&depfile)), depfile: Some(&depfile) };
        self.compile_step(StepKind::Compile, part, line, std::slice::from_ref(&object))?;
        Ok(object)
    }
}
