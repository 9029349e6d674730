//! Sources as parts of targets: whose options they have, and where what they become goes. Does not know steps.

use std::collections::HashMap;
use std::sync::Arc;

use super::select::conditional;
use super::{LowerRequest, names};
use crate::engine::config::options::Options;
use crate::engine::discover::{Declared, TargetKind};
use crate::engine::path::FilePath;

/// One source in one target.
#[derive(Clone, Copy, Debug)]
pub struct Part<'p> {
    pub source: &'p FilePath,
    /// The target that declares it; `None`: it was found.
    pub of: Option<&'p Declared>,
}

/// A part that was found.
pub fn found(source: &FilePath) -> Part<'_> {
    Part { source, of: None }
}

/// What a target is compiled and linked with.
pub fn options<'a>(request: &LowerRequest<'a>, of: Option<&'a Declared>) -> &'a Options {
    of.map_or(&request.settings.options, |declared| &declared.options)
}

/// Every source with every target that compiles it.
pub fn parts<'a>(request: &LowerRequest<'a>) -> Vec<Part<'a>> {
    let discovery = request.discovery;
    if discovery.declared.is_empty() {
        return discovery.sources.iter().map(|source| found(&source.path)).collect();
    }
    let of = |declared: &'a Arc<Declared>| declared.sources.iter().map(move |source| Part { source, of: Some(declared) });
    let mut all: Vec<Part<'a>> = discovery.declared.values().flat_map(of).collect();
    all.sort_by_key(|part| part.source);
    all
}

/// The target under whose name a source is compiled: of several the first; the library for what may become its own.
pub fn homes(request: &LowerRequest<'_>) -> HashMap<FilePath, String> {
    let mut homes = HashMap::new();
    let library = names::library(request.settings);
    for source in request.discovery.project_sources.iter().chain(conditional(request.discovery).map(|(_, main)| main)) {
        homes.insert(source.clone(), library.clone());
    }
    for target in &request.discovery.targets {
        let name = if target.kind == TargetKind::Library { &library } else { &target.name };
        for source in target.main.iter().map(|(path, _)| path).chain(&target.sources) {
            homes.entry(source.clone()).or_insert_with(|| name.clone());
        }
    }
    homes
}
