//! What people see of a request. Does not know where it comes from.

mod build;
mod checked;
mod completion;
mod explanation;
mod graph;
mod jobs;
mod listing;
mod live;
mod progress;
mod started;
mod watched;

pub use build::{Build, Style};
pub use completion::Completion;
pub use graph::Graph;
pub use jobs::{JobStyle, Jobs};
pub use listing::{Listing, status};
pub use watched::Watched;
