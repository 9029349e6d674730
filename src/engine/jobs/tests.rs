//! Queues as users type them, and runs of random ones.

mod broken;
mod history;
mod keys;
mod simulation;

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::values::Values;
use super::{Queue, read};

/// The original's example queue.
const SEVEN: &str = include_str!("tests/seven.toml");

fn values() -> Values {
    Values {
        root: "/p".to_owned(),
        config_path: "/p/jobs.toml".to_owned(),
        env: BTreeMap::from([("HOME".to_owned(), "/home/me".to_owned())]),
        settings: json!({ "project": { "root": "/p", "name": "p" }, "link": { "output_dir": "build/linked" } }),
        ..Values::default()
    }
}

fn queue(text: &str) -> Queue {
    let (queue, problems) = read("jobs.toml", text, &values());
    queue.unwrap_or_else(|| panic!("{problems:#?}"))
}

fn said(text: &str) -> String {
    let problems = read("jobs.toml", text, &values()).1;
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_jobs_of_the_original_are_read_as_they_are_written() {
    let queue = queue(SEVEN);
    let waits: Vec<(&str, Vec<&str>)> =
        queue.jobs.iter().map(|job| (job.id.as_str(), job.depends_on.iter().map(|on| queue.jobs[*on].id.as_str()).collect())).collect();
    assert_eq!(waits[1], ("find_includes", vec!["discover_files"]));
    assert_eq!(waits[4].1, ["discover_files", "find_includes", "discover_llvm", "setup_build"]);
    assert_eq!(queue.jobs[0].target_section.as_deref(), Some(&["discovery".to_owned(), "files".to_owned()][..]));
    assert!(queue.options.enabled && queue.options.auto_execute && queue.options.persistence);
    assert!(said(SEVEN).contains("`daemon`, `port` and `status` of jobs have no effect"));
    assert_eq!(said(SEVEN).matches("have no effect").count(), 1, "once for all jobs");
}

#[test]
fn arguments_are_filled_from_settings_results_and_what_jobs_write() {
    let queue = queue(SEVEN);
    let mut values = values();
    let arguments = |values: &Values, at: usize| values.arguments(&queue.jobs[at]).map(Json::Object);
    assert_eq!(arguments(&values, 0), Ok(json!({ "path": "/p" })));
    let unfit = arguments(&values, 1).unwrap_err();
    assert_eq!((unfit.why.as_str(), unfit.place), ("args.files: `{{discovery.files}}` has no value", Some((32, 10))));
    values.completed(&queue.jobs[0], json!({ "success": true, "files": { "cpp_sources": ["a.cpp"] }, "total": 1 }));
    assert_eq!(arguments(&values, 1), Ok(json!({ "path": "/p", "files": { "cpp_sources": ["a.cpp"] } })));
    values.completed(&queue.jobs[4], json!({ "ir_files": ["a.ll", "b.ll"] }));
    assert_eq!(arguments(&values, 5), Ok(json!({ "ir_files": ["a.ll", "b.ll"], "output": "build/linked/linked.ll" })));
}

#[test]
fn what_a_template_becomes_must_be_what_the_function_takes() {
    let queue = queue(
        "[[jobs]]\nid = 'a'\ncallback = 'scan_files'\n[[jobs]]\nid = 'b'\ndepends_on = ['a']\ncallback = 'get_tool'\nargs.tool = '{{jobs.a.result.files.c_sources}}'",
    );
    let mut values = values();
    values.completed(&queue.jobs[0], json!({ "files": { "c_sources": [] } }));
    let unfit = values.arguments(&queue.jobs[1]).unwrap_err();
    assert_eq!((unfit.why.as_str(), unfit.place), ("args.tool of `get_tool` must be a string, and became []", Some((8, 14))));
}

#[test]
fn a_job_is_the_same_wherever_it_stands_and_whatever_its_state_was() {
    let one = queue("[[jobs]]\nid = 'a'\nstatus = 'pending'\ncallback = 'command'\nargs.argv = ['true']");
    let other = queue("# moved\n\n[[jobs]]\ncallback = 'command'\nargs = { argv = [\"true\"] }\nid = 'a'\nstatus = 'completed'");
    assert_eq!(one.jobs[0].digest, other.jobs[0].digest);
    assert_ne!(one.jobs[0].digest, queue("[[jobs]]\nid = 'a'\ncallback = 'command'\nargs.argv = ['false']").jobs[0].digest);
}
