//! The whole program as one module: llvm-link, opt, llc. Does not know what it is linked into.

use super::LowerError;
use super::objects::{Lowering, blank};
use super::parts::{Part, options};
use crate::engine::cxx::argv::{lto, response};
use crate::engine::graph::{Command, CxxStep, Output};
use crate::engine::path::FilePath;
use crate::engine::report::StepKind;

/// One object of all `sources`, and one for each in assembler. `stem` names what is made on the way.
pub fn program(lowering: &mut Lowering<'_>, target: &str, stem: &FilePath, parts: &[Part<'_>]) -> Result<Vec<FilePath>, LowerError> {
    let (mut modules, mut objects) = (Vec::new(), Vec::new());
    for part in parts {
        match lowering.module(*part)? {
            Some(module) => modules.push(module),
            None => objects.push(lowering.object(*part)?),
        }
    }
    if modules.is_empty() {
        return Ok(objects);
    }
    let of = parts.first().and_then(|part| part.of);
    let flags = lowering.flags_of(of, Vec::new(), lowering.driver_language(parts));
    let named = |ending: &str| FilePath::from(format!("{stem}.{ending}").as_str());
    let shown = lowering.linked_stem(target, stem);
    let beside = |ending: &str| FilePath::from(format!("{shown}.{ending}").as_str());
    let (linked, optimised, object) = (beside("linked.bc"), beside("opt.bc"), named("o"));
    let passes = &options(&lowering.request, of).opt_passes;
    let (args, response) = response::shorten(lto::merge(&modules, &linked), None, &named("merge.rsp"));
    let merge = Command { responses: Vec::from_iter(response), ..lowering.plain("llvm-link", args) };
    let optimise = lowering.plain("opt", lto::optimise(&flags.args, passes, &linked, &optimised));
    let generate = lowering.plain("llc", lto::generate(&flags.args, &optimised, &object));
    push(lowering, target, merge, modules, (&linked, true))?;
    push(lowering, target, optimise, vec![linked], (&optimised, true))?;
    push(lowering, target, generate, vec![optimised], (&object, false))?;
    objects.insert(0, object);
    Ok(objects)
}

/// The output with whether it is bitcode.
fn push(
    lowering: &mut Lowering<'_>,
    target: &str,
    command: Command,
    inputs: Vec<FilePath>,
    (output, bitcode): (&FilePath, bool),
) -> Result<(), LowerError> {
    let mut step = blank(StepKind::Lto, output.to_string(), target.to_owned());
    step.explicit = inputs;
    step.outputs = vec![Output::file(output.clone())];
    step.command = Some(command);
    step.cxx = Some(CxxStep { bitcode, ..CxxStep::default() });
    lowering.push(step)
}
