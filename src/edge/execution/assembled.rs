//! Files that a step read for bitcode among its inputs, whose text has the assembler read them. What they mean is decided elsewhere.

use std::collections::HashSet;
use std::path::Path;

use super::Order;
use crate::edge::World;
use crate::engine::execution::Execution;
use crate::engine::fingerprint::Assembled;
use crate::engine::path::FilePath;

/// They are inputs of the step, found or absent.
pub fn take(world: &World, root: &Path, order: &Order, execution: &mut Execution) {
    let known: HashSet<FilePath> = execution.inputs.iter().map(|(path, _)| path.clone()).collect();
    for path in order.assembled.files.iter().filter(|path| !known.contains(*path)) {
        let identity = world.identity(&path.under(root));
        execution.discovered.extend(identity.map(|_| path.clone()));
        execution.inputs.push((path.clone(), identity));
    }
}

/// The step hands on what was found in what it read, and what it was handed.
pub fn hand_on(order: &Order, execution: &mut Execution) {
    if Assembled::is_handed_on_by(&order.spec) {
        execution.assembled.join(&order.assembled);
    } else {
        execution.assembled = Assembled::default();
    }
    execution.lookups.unnamed = execution.lookups.unnamed.take().or_else(|| order.assembled.unnamed.clone());
}
