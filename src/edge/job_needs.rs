//! Whether what jobs need is on this machine. Does not know what it is for.

use std::path::Path;

use super::tools_search;
use crate::engine::config::problem::Problem;
use crate::engine::jobs::Queue;
use crate::engine::jobs::refusals::{self, Need, Needed};
use crate::engine::jobs::values::Values;
use crate::engine::variables::Variables;

/// What is not there of all that the jobs of a queue need; `content` is its text.
#[must_use]
pub fn missing(queue: &Queue, content: &str, values: &Values, variables: &Variables) -> Vec<Problem> {
    let root = Path::new(&values.root);
    let is_there = |need: &Need| {
        let cwd = need.cwd.as_ref().map_or_else(|| root.to_owned(), |cwd| root.join(cwd));
        match &need.what {
            Needed::Program(name) => tools_search::program(name, &cwd, variables).is_some(),
            Needed::Directory => cwd.is_dir(),
        }
    };
    let needs = refusals::needs(queue, values);
    needs.iter().filter(|need| !is_there(need)).map(|need| need.missing(&queue.file, content)).collect()
}
