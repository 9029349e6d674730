//! Settings: as typed, merged, valid. Does not read files.
//!
//! [`raw`] reads one file, [`merge`] puts files, environment and profile in order, [`settings`] is what comes out.

pub mod keys;
pub mod merge;
pub mod options;
pub mod problem;
pub mod raw;
pub mod settings;
pub mod targets;

pub use merge::{Request, load};
pub use problem::{ConfigError, Problem};

#[cfg(test)]
mod tests;
