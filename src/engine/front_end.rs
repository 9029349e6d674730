//! The front end that discovers: what a project is, ready to be described as steps. Does not know how the facts were gathered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::config::settings::Settings;
use super::cxx::lower::{LowerError, LowerRequest, Lowered, Requested, lower};
use super::cxx::toolchain::{DriverProbe, Toolchain};
use super::digest::Digest;
use super::discover::{Discovery, Language};
use super::failure::Failure;
use super::path::FilePath;
use super::report::StepKind;

/// All that a description is made from.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the types say all")]
pub struct FrontEnd {
    pub settings: Arc<Settings>,
    pub discovery: Arc<Discovery>,
    pub toolchain: Arc<Toolchain>,
    pub probes: Arc<BTreeMap<Language, DriverProbe>>,
    pub link_identity: Digest,
    pub requested: Requested,
    /// Files that arguments of unknown flags name: each counts as an input of every compile.
    pub named_inputs: BTreeSet<FilePath>,
}

impl FrontEnd {
    /// Describes the build. `confirmed` says of each conditional `main` whether its object defines it.
    pub fn lower(&self, confirmed: &BTreeMap<FilePath, bool>) -> Result<Lowered, Failure> {
        let request = LowerRequest {
            settings: &self.settings,
            discovery: &self.discovery,
            toolchain: &self.toolchain,
            probes: &self.probes,
            link_identity: self.link_identity,
            requested: &self.requested,
            confirmed_mains: confirmed,
        };
        let mut lowered = lower(&request).map_err(failure)?;
        for step in lowered.steps.iter_mut().filter(|step| matches!(step.kind, StepKind::Compile | StepKind::Frontend)) {
            step.implicit.extend(self.named_inputs.iter().cloned());
        }
        Ok(lowered)
    }
}

fn failure(error: LowerError) -> Failure {
    match error {
        LowerError::NoTool { .. } => Failure::environment(error),
        _ => Failure::usage(error),
    }
}
