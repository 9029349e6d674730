//! What every integration test stands on: a space of its own, the real binaries in it, and waiting without sleeping.

mod processes;
mod run;
mod space;
mod stage;

pub use processes::until;
pub use run::{Run, Running};
pub use space::Space;
pub use stage::{DEADLINE, corpus, is_root, llvm_bin, not_tried, slow_header};
