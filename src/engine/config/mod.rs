//! Settings: as typed, merged, valid. Does not read files.
//!
//! [`schema`] lists all keys. [`raw`] reads one file by it, [`merge`] puts files, environment and profile in order ([`merged`]), and
//! [`settings`] is what comes out. [`document`] completes a file's text.

pub mod change;
pub mod check;
mod dialects;
pub mod document;
pub(in crate::engine) mod forms;
pub mod json_schema;
pub mod keys;
pub mod merge;
pub mod merged;
pub mod options;
pub mod origin;
pub mod outside;
pub mod problem;
mod profiles;
pub mod raw;
pub mod schema;
pub mod settings;
mod settle;
pub mod shown;
mod standards;
pub(in crate::engine) mod syntax;
pub mod targets;
mod tools;
mod unknown;
mod validate;
pub mod value;
mod words;

pub use merge::{Request, load};
pub use problem::{ConfigError, Problem};

#[cfg(test)]
mod tests;
