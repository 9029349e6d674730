//! Every touch of the world, without decisions.
//!
//! Each file is one door: a small trait with its real implementation where tests need another one, plain functions elsewhere.
//! Nothing here knows actors, messages or the wire.

pub mod paths;
pub mod spawn;
pub mod term;
