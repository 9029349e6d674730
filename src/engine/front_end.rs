//! The front end that discovers: what a project is, ready to be described as steps. Does not know how the facts were gathered.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::config::settings::Settings;
use super::cxx::flag_sets::Probes;
use super::cxx::lower::{LowerError, LowerRequest, Lowered, Requested, lower, trees};
use super::cxx::toolchain::{Identities, Toolchain};
use super::cxx::undefined::Lookup;
use super::digest::Digest;
use super::discover::Discovery;
use super::failure::Failure;
use super::graph::StepSpec;
use super::jobs::generation::Located;
use super::path::FilePath;

/// All that a description is made from.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the types say all")]
pub struct FrontEnd {
    pub settings: Arc<Settings>,
    pub discovery: Arc<Discovery>,
    pub generations: Arc<[Located]>,
    pub toolchain: Arc<Toolchain>,
    pub probes: Arc<Probes>,
    /// What drivers run, and the programs of the toolchain.
    pub programs: Arc<Identities>,
    /// Where other projects describe what this one needs of them: files and directories outside of it.
    pub described_in: Vec<FilePath>,
    /// Variables that lead drivers.
    pub leading: Vec<(String, Digest)>,
    pub epoch: Option<Digest>,
    pub requested: Requested,
    /// What arguments of flags name that may be inputs, and whether each is a directory.
    pub named_inputs: BTreeMap<FilePath, bool>,
}

impl FrontEnd {
    fn request<'a>(&'a self, confirmed: &'a BTreeMap<FilePath, bool>) -> LowerRequest<'a> {
        LowerRequest {
            settings: &self.settings,
            discovery: &self.discovery,
            generations: &self.generations,
            toolchain: &self.toolchain,
            probes: &self.probes,
            programs: &self.programs,
            leading: &self.leading,
            epoch: self.epoch,
            requested: &self.requested,
            named_inputs: &self.named_inputs,
            confirmed_mains: confirmed,
        }
    }

    /// What clang is asked for the syntax trees of all sources.
    pub fn trees(&self) -> Result<Vec<StepSpec>, Failure> {
        trees(&self.request(&BTreeMap::new())).map_err(failure)
    }

    /// Describes the build. `confirmed` says of each conditional `main` whether its object defines it.
    pub fn lower(&self, confirmed: &BTreeMap<FilePath, bool>) -> Result<Lowered, Failure> {
        let mut lowered = lower(&self.request(confirmed)).map_err(failure)?;
        if lowered.steps.is_empty() && lowered.awaiting.is_empty() {
            lowered.notes.push(self.nothing_to_do()?);
        }
        Ok(lowered)
    }
}

impl FrontEnd {
    /// All that drivers are told, for compiles of any language and for links.
    #[must_use]
    pub fn flags(&self) -> Vec<FilePath> {
        self.probes.asked().flags()
    }

    /// Where to look for what a link of `target` may lack.
    #[must_use]
    pub fn lookup(&self, target: &str) -> Lookup {
        let declared = self.discovery.declared.get(target);
        let options = declared.map_or(&self.settings.options, |declared| &declared.options);
        let library_dirs = self.probes.any_link(options, &self.toolchain).map(|probe| probe.library_dirs.clone()).unwrap_or_default();
        Lookup { settings: self.settings.clone(), discovery: self.discovery.clone(), library_dirs }
    }

    /// Why there are no steps: a remark where that is in order, an error where somebody expected a build.
    fn nothing_to_do(&self) -> Result<String, Failure> {
        let found = &self.discovery;
        if matches!(self.requested, Requested::Tests(_)) {
            return Ok("there are no tests: a test is a program that lies under test/ or tests/, or one that is named like one".to_owned());
        }
        if let Requested::Targets(names) = &self.requested {
            return Ok(format!("there is nothing to build for {}", names.join(", ")));
        }
        if !found.sources.is_empty() {
            return Ok("nothing is built by default here; --all builds tests, examples and tools".to_owned());
        }
        match found.left_out.first() {
            None if found.headers.is_empty() => Err(Failure::usage(
                "nothing to build: there is no file named .c, .cc, .cpp, .cxx, .c++, .C, .s or .S here that is not ignored; \
                 change to a project, name one with -C DIR, or begin one with a source file",
            )),
            None => Ok(format!("nothing to compile: there are headers only ({})", found.headers.len())),
            Some(left) => Err(Failure::usage(format!("nothing to build: {} is left out: {}", left.path, left.why))),
        }
    }
}

fn failure(error: LowerError) -> Failure {
    match error {
        LowerError::NoTool { .. } => Failure::environment(error),
        _ => Failure::usage(error),
    }
}
