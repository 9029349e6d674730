//! From targets to steps: what is compiled, archived and linked for a request, by which command lines.
//! Does not know what is up to date, nor what exists on disk.

use std::collections::BTreeMap;

use super::flag_sets::Probes;
use super::toolchain::{Identities, Toolchain};
use crate::engine::config::settings::Settings;
use crate::engine::digest::Digest;
use crate::engine::discover::Discovery;
use crate::engine::discover::patterns::PatternError;
use crate::engine::graph::StepSpec;
use crate::engine::jobs::generation::Located;
use crate::engine::path::FilePath;
use crate::engine::report::Artifact;
use crate::engine::request::BuildRequest;

mod awaited;
mod declared;
mod emitted;
mod generated;
mod language;
mod link;
pub mod names;
mod objects;
mod parts;
mod products;
mod select;
mod stages;
mod tools;
mod trees;
mod whole;
mod whole_build;

pub use select::{artifact_paths, is_denied};
pub use trees::trees;

/// What to build.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Requested {
    /// Targets of no group.
    Default,
    /// The same, and if there is no program among them the only one that there is for a purpose other than testing.
    Program,
    /// Every target.
    All,
    /// Intermediate code of all sources of targets of no group, and nothing else.
    Ir,
    /// Tests of which a name has one of these parts; none: all tests.
    Tests(Vec<String>),
    /// Targets by name or artifact, or sources by path: only their objects are made.
    Targets(Vec<String>),
}

impl Requested {
    /// What a client asked for.
    #[must_use]
    pub fn by(request: &BuildRequest) -> Self {
        if request.ir {
            return Self::Ir;
        }
        match (request.tests, request.targets.is_empty(), request.all) {
            (false, true, false) if request.run => Self::Program,
            (true, ..) => Self::Tests(request.targets.clone()),
            (false, false, _) => Self::Targets(request.targets.clone()),
            (false, true, true) => Self::All,
            (false, true, false) => Self::Default,
        }
    }
}

/// All that steps are made of.
#[derive(Clone, Copy, Debug)]
pub struct LowerRequest<'a> {
    /// What the user wants.
    pub settings: &'a Settings,
    /// What there is.
    pub discovery: &'a Discovery,
    /// What it is built with.
    pub toolchain: &'a Toolchain,
    /// What drivers make of the flags in use.
    pub probes: &'a Probes,
    /// What drivers run, and the programs of the toolchain.
    pub programs: &'a Identities,
    /// Variables that lead drivers, with the identities of their values.
    pub leading: &'a [(String, Digest)],
    /// Identity of what stands for the time.
    pub epoch: Option<Digest>,
    /// What to build.
    pub requested: &'a Requested,
    /// Jobs that make files.
    pub generations: &'a [Located],
    /// Those of [`Lowered::maybe_inputs`] that are there, and whether each is a directory: inputs of what their flags are for.
    pub named_inputs: &'a BTreeMap<FilePath, bool>,
    /// For sources whose `main` is conditional: whether their objects define it.
    pub confirmed_mains: &'a BTreeMap<FilePath, bool>,
}

/// A conditional `main` that only an object can confirm.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Awaited {
    /// The source, the key of [`LowerRequest::confirmed_mains`].
    pub source: FilePath,
    /// The object to look into.
    pub object: FilePath,
}

/// One entry of compile_commands.json.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CompileCommand {
    /// What is compiled.
    pub source: FilePath,
    /// The fused compile, program first.
    pub arguments: Vec<FilePath>,
    /// Its object.
    pub output: FilePath,
}

/// Steps, and what to build of them.
#[derive(Clone, Debug, Default)]
pub struct Lowered {
    /// Each is identified by its first output.
    pub steps: Vec<StepSpec>,
    /// Outputs to build.
    pub wanted: Vec<FilePath>,
    /// What the user asked for, as far as it is known.
    pub artifacts: Vec<Artifact>,
    /// Of all sources of all targets, requested or not, sorted.
    pub compile_commands: Vec<CompileCommand>,
    /// To look into once built; then lower again with the answers. The same steps come again, and those that depend on them.
    pub awaiting: Vec<Awaited>,
    /// Arguments of flags nobody knows, and what may be a header map in the place of a directory: each that exists counts as an input of
    /// what the flag is for.
    pub maybe_inputs: Vec<FilePath>,
    /// Patterns of inputs of jobs: a file that comes and fits one is another input.
    pub input_patterns: Vec<String>,
    /// Remarks, in words.
    pub notes: Vec<String>,
}

/// Why a request has no steps.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub enum LowerError {
    /// Neither a target nor a source.
    #[error("there is no target `{name}`{} `jmake discover` lists what there is", hint(.nearest.as_ref(), .known))]
    UnknownTarget {
        /// As asked for.
        name: String,
        /// What may have been meant.
        nearest: Option<String>,
        /// All targets.
        known: Vec<String>,
    },
    /// A target that is none with these settings.
    #[error("{0}; name another target, or change the settings in jmake.toml")]
    Absent(String),
    /// No test has such a name.
    #[error("no test has `{}` in its name; there are: {}", .parts.join("` or `"), .known.join(", "))]
    UnknownTest {
        /// As asked for.
        parts: Vec<String>,
        /// All tests.
        known: Vec<String>,
    },
    /// A source that is not built.
    #[error("{path} is left out: {why}. Name its needs in jmake.toml, or build something else")]
    LeftOut {
        /// The source.
        path: FilePath,
        /// In words.
        why: String,
    },
    /// Two targets for one file.
    #[error("{path} would be made by both `{first}` and `{second}`; rename one of them, or set binary.library_name in jmake.toml")]
    SameOutput {
        /// The file.
        path: FilePath,
        /// A target.
        first: String,
        /// Another.
        second: String,
    },
    /// A tool that these settings need is not installed.
    #[error(
        "{what} needs {tool}, which {toolchain} lacks; install it with apt-get install {package}, or set link.lto = \"off\" in jmake.toml"
    )]
    NoTool {
        /// The setting.
        what: &'static str,
        /// The program.
        tool: &'static str,
        /// The install in use.
        toolchain: String,
        /// What brings it.
        package: &'static str,
    },
    /// A flag that whole-program optimisation would drop.
    #[error("link.lto = \"full\" would lose the effect of `{0}`; drop the flag, or use link.lto = \"thin\" or \"off\" in jmake.toml")]
    Dropped(String),
    /// The program of a job is neither a target nor installed.
    #[error("job `{job}` runs {program}, which is neither a program of this project nor on the PATH; install it, or write its path")]
    NoProgram {
        /// The job.
        job: String,
        /// As typed.
        program: String,
    },
    /// A pattern of `[[files]]` that cannot be read.
    #[error("[[files]] in jmake.toml: {0}")]
    Pattern(#[from] PatternError),
    /// The linker's own optimiser takes no passes.
    #[error("link.opt_passes has no effect with link.lto = \"thin\"; use link.lto = \"full\" or \"off\" in jmake.toml")]
    PassesWithThin,
}

fn hint(nearest: Option<&String>, known: &[String]) -> String {
    match nearest {
        Some(name) => format!("; did you mean `{name}`?"),
        None if known.is_empty() => ";".to_owned(),
        None => format!("; there are: {};", known.join(", ")),
    }
}

/// The steps for a request.
///
/// # Errors
/// Something asked for does not exist, or the settings contradict each other.
pub fn lower(request: &LowerRequest<'_>) -> Result<Lowered, LowerError> {
    select::check_settings(request)?;
    let choice = select::choose(request)?;
    let mut lowering = objects::Lowering::new(*request)?;
    let project = select::project(request);
    if *request.requested == Requested::Ir {
        lowering.all_ir(&choice, &project)?;
        lowering.generated(&project, false)?;
        return Ok(lowering.finish());
    }
    if stages::cut_off(request) {
        lowering.up_to(request.settings.last_stage, &choice, &project)?;
        return Ok(lowering.finish());
    }
    let withheld = lowering.awaited(&choice)?;
    for target in &choice.targets {
        lowering.target(target, &project, withheld)?;
    }
    for source in &choice.sources {
        lowering.objects_of(source)?;
    }
    lowering.generated(&project, withheld)?;
    lowering.out.wanted.extend(choice.generated);
    Ok(lowering.finish())
}

#[cfg(test)]
mod tests;
