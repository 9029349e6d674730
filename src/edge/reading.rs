//! How a step that ran read its inputs, where not everything in them counts: what has to be known of them is found out and remembered. Does
//! not know what counts.

use std::collections::HashSet;
use std::io::Read;
use std::path::Path;

use super::World;
use crate::engine::cxx::comment_neutral::may_stand_in;
use crate::engine::digest::Digest;
use crate::engine::execution::Execution;
use crate::engine::fingerprint::Reading;
use crate::engine::graph::StepSpec;
use crate::engine::path::FilePath;
use crate::engine::scan::comment_blind::{Dialect, Uses};
use crate::engine::scan::interface::{Offer, is_binary, is_library_name};

/// As its front end says it may, if nothing that it read or said is in the way.
#[must_use]
pub fn of(world: &World, root: &Path, spec: &StepSpec, execution: &Execution) -> Option<Reading> {
    match spec.cxx.as_ref()?.reading? {
        Reading::Text(dialect) => texts(world, root, spec, execution, dialect),
        Reading::Interface => interfaces(world, root, spec, execution),
    }
}

/// What there was of its inputs.
fn read(execution: &Execution) -> impl Iterator<Item = (&FilePath, &Digest)> {
    execution.inputs.iter().filter_map(|(path, identity)| Some((path, &identity.as_ref()?.digest)))
}

fn texts(world: &World, root: &Path, spec: &StepSpec, execution: &Execution, dialect: Dialect) -> Option<Reading> {
    let uses = read(execution).map(|(path, digest)| Some(world.texts.of(&path.under(root), digest)?.uses()));
    let uses: Vec<Uses> = uses.collect::<Option<_>>()?;
    may_stand_in(spec.kind, Some(dialect), &execution.output, uses).map(Reading::Text)
}

/// A message may show anything, and a script may say that libraries are read as data.
fn interfaces(world: &World, root: &Path, spec: &StepSpec, execution: &Execution) -> Option<Reading> {
    let objects = spec.explicit.iter().chain(&spec.implicit).filter(|path| path.as_bytes().ends_with(b".o"));
    let made: HashSet<&FilePath> =
        objects.chain(spec.cxx.iter().flat_map(|cxx| &cxx.thin_archives).flat_map(|thin| [&thin.path, &thin.list])).collect();
    let plain = |(path, digest): (&FilePath, &Digest)| {
        let place = path.under(root);
        let library = is_library_name(path.name().as_bytes());
        let offer = || world.offers.of(&place, digest).is_some_and(|offer| offer != Offer::Script);
        made.contains(path) || (!library && is_binary(&head(&place))) || offer()
    };
    (execution.output.is_empty() && read(execution).all(plain)).then_some(Reading::Interface)
}

fn head(place: &Path) -> Vec<u8> {
    let mut head = Vec::with_capacity(8);
    // What cannot be read is no binary.
    let _ = std::fs::File::open(place).and_then(|file| file.take(8).read_to_end(&mut head));
    head
}
