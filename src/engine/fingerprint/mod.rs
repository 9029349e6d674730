//! What a step's work depends on, as a key to compare and as words to explain. Does not know how content is hashed, nor where records live.
//!
//! One walk over a step ([`describe`]) feeds both: a [`Manifest`] is told every field and every input, and is either a terse hash or a
//! description. So a key cannot depend on anything that an explanation does not know. `docs/fingerprints.md` lists what goes in.

mod assembled;
mod explain;
mod fence;
mod judge;
pub(super) mod lookups;
mod manifest;
mod member_list;
mod reading;
mod reason;
mod record;
mod runs;
mod shelf;
mod taint;
#[cfg(test)]
mod tests;

pub use assembled::{AllAssembled, Assembled};
pub use judge::{Facts, Judgement, verdict};
pub use lookups::{Directories, Entry, Lookups, Questions, others};
pub use manifest::{Description, Manifest, TerseHash, describe, describe_inputs, fingerprint, static_key};
pub use member_list::MemberList;
pub use reading::{Reading, Reworded};
pub use reason::Reason;
pub use record::{Field, Identity, Input, Record, Times, VARIANTS, begun, distrusted, record_of, remember};
pub use runs::{Item, Run, Runs, ends_run};
pub use shelf::{Index, Rows, Shelf, Swept};
pub use taint::{Taints, output_taint, run_number};
