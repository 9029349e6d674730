//! Why steps run, down to what a person did: from the program that is linked again to the header that changed. Does not know how
//! reasons are found out, nor how an explanation is shown.

mod cause;
mod include_chain;
mod subject;

pub use cause::{Cause, Link, What};
pub use include_chain::{Reads, Texts, shortest};
pub use subject::{Explained, Explanation, Fate};
