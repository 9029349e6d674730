//! What each key of `[job_queue]` and `[[jobs]]` changes in the queue that is run.

use super::read;
use super::values;
use crate::engine::config::schema;

/// A key, what stands in the queue's table or in the second job's, and what then stands in the queue, or is said.
const ROWS: &[(&str, &str, &str)] = &[
    ("job_queue.enabled", "enabled = false", "enabled: false"),
    ("job_queue.auto_execute", "auto_execute = false", "auto_execute: false"),
    ("job_queue.persistence", "persistence = false", "persistence: false"),
    ("job_queue.max_concurrent_jobs", "max_concurrent_jobs = 3", "most_at_once: Some(3)"),
    ("job_queue.job_timeout_seconds", "job_timeout_seconds = 7", "timeout: Some(7s)"),
    ("job_queue.max_retries", "max_retries = 4", "retries: 4"),
    ("job_queue.retry_delay_seconds", "retry_delay_seconds = 9", "retry_delay: 9s"),
    ("jobs.id", "id = 'b'", "id: \"b\""),
    ("jobs.type", "type = 'setup'", "label: \"setup\""),
    ("jobs.daemon", "daemon = 'setup'", "warning: `daemon`, `port` and `status` of jobs have no effect"),
    ("jobs.port", "port = 3001", "warning: `daemon`, `port` and `status` of jobs have no effect"),
    ("jobs.status", "status = 'pending'", "warning: `daemon`, `port` and `status` of jobs have no effect"),
    ("jobs.priority", "priority = 8", "priority: 8"),
    ("jobs.depends_on", "depends_on = ['a']", "depends_on: [0]"),
    ("jobs.when", "depends_on = ['a']\nwhen = 'always'", "when: Always"),
    ("jobs.target_section", "target_section = 'custom.x'", "target_section: Some([\"custom\", \"x\"])"),
    ("jobs.callback", "callback = 'get_all_tools'", "call: GetAllTools"),
    ("jobs.args", "args = { path = '.' }", "args: {\"path\": Data(String(\".\"))}"),
    ("jobs.env", "callback = 'command'\nargs.argv = ['x']\nenv = { A = 'b' }", "env: {\"A\": Template { parts: [Text(\"b\")] }}"),
    ("jobs.cwd", "callback = 'command'\nargs.argv = ['x']\ncwd = 'src'", "cwd: Some(Template { parts: [Text(\"src\")] })"),
    (
        "jobs.inputs",
        "callback = 'command'\nargs.argv = ['x']\noutputs = ['b']\ninputs = ['a']",
        "inputs: [Template { parts: [Text(\"a\")] }]",
    ),
    ("jobs.outputs", "callback = 'command'\nargs.argv = ['x']\noutputs = ['b']", "outputs: [Template { parts: [Text(\"b\")] }]"),
    ("jobs.retries", "retries = 6", "retries: Some(6)"),
    ("jobs.timeout", "timeout = 11", "timeout: Some(11s)"),
];

#[test]
fn every_key_changes_what_is_run_or_is_told_of() {
    let first = "[[jobs]]\nid = 'a'\ncallback = 'scan_files'\n";
    let job = |extra: &str| {
        let given = |key: &str, text: &str| if extra.lines().any(|line| line.starts_with(key)) { String::new() } else { text.to_owned() };
        format!("{first}[[jobs]]\n{}{}{extra}\n", given("id", "id = 'x'\n"), given("callback", "callback = 'scan_files'\n"))
    };
    let shown = |text: &str| {
        let (queue, problems) = read("jobs.toml", text, &values());
        let warnings: String = problems.iter().map(ToString::to_string).collect();
        (format!("{:?}", queue.unwrap_or_else(|| panic!("{text}: {warnings}"))), warnings)
    };
    for (key, text, expect) in ROWS {
        let of_queue = key.starts_with("job_queue.");
        let (with, without) = if of_queue { (format!("[job_queue]\n{text}\n{first}"), first.to_owned()) } else { (job(text), job("")) };
        let ((queue, warnings), (before, _)) = (shown(&with), shown(&without));
        match expect.strip_prefix("warning: ") {
            Some(warning) => assert!(warnings.contains(warning), "{key}: {warnings}"),
            None => assert!(queue.contains(expect) && !before.contains(expect) && warnings.is_empty(), "{key}: {queue} {warnings}"),
        }
    }
}

#[test]
fn every_key_has_a_row() {
    for key in schema::all().iter().filter(|key| ["job_queue", "jobs"].contains(&key.section())) {
        assert!(ROWS.iter().any(|(path, ..)| *path == key.path), "{} has no row: say what it changes", key.path);
    }
}
