//! The whole program as one module: llvm-link, opt, llc. Does not know what it is linked into.

use super::LowerError;
use super::objects::{Lowering, blank};
use crate::engine::cxx::argv::{lto, response};
use crate::engine::discover::Language;
use crate::engine::graph::{Command, Output};
use crate::engine::path::FilePath;
use crate::engine::report::StepKind;

/// One object of all `sources`, and one for each in assembler. `stem` names what is made on the way.
pub fn program(lowering: &mut Lowering<'_>, target: &str, stem: &FilePath, sources: &[FilePath]) -> Result<Vec<FilePath>, LowerError> {
    let (mut modules, mut objects) = (Vec::new(), Vec::new());
    for source in sources {
        match lowering.module(source)? {
            Some(module) => modules.push(module),
            None => objects.push(lowering.object(source)?),
        }
    }
    if modules.is_empty() {
        return Ok(objects);
    }
    let cxx = sources.iter().any(|s| lowering.language(s) == Language::Cxx);
    let flags = lowering.flags(if cxx { Language::Cxx } else { Language::C });
    let named = |ending: &str| FilePath::from(format!("{stem}.{ending}").as_str());
    let (linked, optimised, object) = (named("linked.bc"), named("opt.bc"), named("o"));
    let passes = &lowering.request.settings.options.opt_passes;
    let (args, response) = response::shorten(lto::merge(&modules, &linked), None, &named("merge.rsp"));
    let merge = Command { response, ..lowering.command("llvm-link", args, lowering.request.toolchain.identity) };
    let optimise = plain(lowering, "opt", lto::optimise(&flags.args, passes, &linked, &optimised));
    let generate = plain(lowering, "llc", lto::generate(&flags.args, &optimised, &object));
    push(lowering, target, merge, modules, &linked)?;
    push(lowering, target, optimise, vec![linked], &optimised)?;
    push(lowering, target, generate, vec![optimised], &object)?;
    objects.insert(0, object);
    Ok(objects)
}

fn plain(lowering: &Lowering<'_>, program: &str, args: Vec<FilePath>) -> Command {
    lowering.command(program, args, lowering.request.toolchain.identity)
}

fn push(lowering: &mut Lowering<'_>, target: &str, command: Command, inputs: Vec<FilePath>, output: &FilePath) -> Result<(), LowerError> {
    let mut step = blank(StepKind::Lto, output.to_string(), target.to_owned());
    step.explicit = inputs;
    step.outputs = vec![Output::file(output.clone())];
    step.command = Some(command);
    lowering.push(step)
}
