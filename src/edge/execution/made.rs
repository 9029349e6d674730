//! What a step made: put in its place, hashed and kept. Does not know what it is for.

use std::path::Path;

use super::{Order, Prepared};
use crate::edge::World;
use crate::edge::fs::Stat;
use crate::engine::digest::Digest;
use crate::engine::execution::{Ending, Execution};
use crate::engine::failure::Failure;
use crate::engine::fingerprint::{Identity, MemberList};
use crate::engine::report::StepKind;

/// Of a step that ended well, and whose inputs are still what it read.
pub(super) fn take(world: &World, order: &Order, prepared: &Prepared, execution: &mut Execution) -> Result<(), Failure> {
    let (spec, root) = (&order.spec, order.root.as_path());
    if let (Some(temporary), Some(output)) = (&prepared.temporary, spec.outputs.first()) {
        world.fs.rename(&temporary.under(root), &output.path.under(root)).map_err(Failure::environment)?;
    }
    for (link, target) in spec.outputs.iter().filter_map(|output| Some((&output.path, output.leads_to.as_ref()?))) {
        world.fs.link(target.as_path(), &link.under(root)).map_err(Failure::environment)?;
    }
    for list in spec.outputs.iter().filter(|output| output.lists_inputs) {
        let text = MemberList::text(&prepared.before.inputs);
        world.fs.write_atomic(&list.path.under(root), &text).map_err(Failure::environment)?;
    }
    let shared =
        spec.cxx.as_ref().is_none_or(|cxx| cxx.uncacheable.is_none()) && execution.lookups.unnamed.is_none() && execution.times.is_none();
    if prepared.temporary.is_some() {
        // What was just renamed is told, too.
        world.watches.hear();
    }
    for output in &spec.outputs {
        let place = output.path.under(root);
        // A list says what the members hold: it is believed as they are.
        let is_told = !output.lists_inputs || prepared.before.is_firm();
        match looked_at(world, &place, is_told) {
            Some((digest, stat)) => {
                if order.keep && shared {
                    // A full or missing store costs a later hit, never this build.
                    let _kept = world.store.put_file(&place, &digest);
                }
                execution.outputs.push((output.path.clone(), Identity::of(digest), stat.mode));
            }
            _ if output.optional => {}
            _ if spec.kind == StepKind::Job => execution.ending = Ending::Unwritten(output.path.clone()),
            _ => return Err(Failure::internal(format!("{} was not written by its step; run with -v to see the command", output.path))),
        }
    }
    Ok(())
}

/// What a step left at `place`. Where changes are heard, it need not be hashed again to be read by others.
fn looked_at(world: &World, place: &Path, is_told: bool) -> Option<(Digest, Stat)> {
    world.digests.made(place, || is_told && world.watches.hears(place))
}
