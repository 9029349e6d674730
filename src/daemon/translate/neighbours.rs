//! What a client is told of the build of another project that its own one needs. Does not know why it is needed.

use std::path::Path;
use std::sync::Arc;

use crate::wire::{self, Event, FromDaemon};

/// What its failed steps printed, and what became of it.
pub(in crate::daemon) fn failed_elsewhere(root: &Path, lines: &[Arc<[u8]>]) -> Vec<u8> {
    let (mut told, mut first) = (Vec::new(), String::new());
    for line in lines {
        let Ok(FromDaemon::Event(timed)) = wire::decode_line(line) else { continue };
        match timed.event {
            Event::StepOutput { failed: true, .. } | Event::Diagnostic { .. } => told.extend_from_slice(line),
            Event::BuildError { first: error, .. } => first = error,
            _ => {}
        }
    }
    let text = format!("{}, which this project needs, is not built: {first}", root.display());
    told.extend(wire::encode_timed(0, Event::Notice { text }));
    told
}
