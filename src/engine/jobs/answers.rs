//! What functions answer, in the words of the original's results. Does not know who found it out.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::commands::Process;
use super::functions::{Call, Function};
use super::progress::JobError;
use crate::engine::complete::Found;
use crate::engine::config::check::Checked;
use crate::engine::config::problem::Severity;
use crate::engine::report::Counts;

/// How a process ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ended {
    /// With this code.
    Exited(i32),
    /// By this signal.
    Signalled(i32),
}

/// To `scan_files`.
#[must_use]
pub fn scanned(files: &Json) -> Json {
    let total: usize = files.as_object().into_iter().flat_map(Map::values).filter_map(|list| Some(list.as_array()?.len())).sum();
    json!({ "success": true, "files": files, "results": files, "total": total })
}

/// To `build_include_dirs`.
#[must_use]
pub fn include_dirs(dirs: &Json) -> Json {
    json!({ "success": true, "include_dirs": dirs })
}

/// To `detect_binaries`.
#[must_use]
pub fn binaries(binaries: &Json) -> Json {
    let count = scanned(binaries)["total"].clone();
    json!({ "success": true, "binaries": binaries, "count": count })
}

/// To `discover_project`.
#[must_use]
pub fn discovered(files: &Json, dirs: &Json, found: &Found) -> Json {
    let targets: Vec<String> = match found {
        Found::Survey(survey) => survey.discovery.targets.iter().map(|target| target.name.clone()).collect(),
        _ => Vec::new(),
    };
    json!({ "success": true, "files": files, "include_dirs": dirs, "targets": targets })
}

/// To `get_all_tools`.
#[must_use]
pub fn tools(tools: &Json) -> Json {
    json!({ "success": true, "tools": tools, "count": tools.as_object().map_or(0, Map::len) })
}

/// To `get_tool`.
pub fn tool(tools: &Json, name: &str) -> Result<Json, String> {
    let name = if name == "clang" && tools.get("clang").is_none() { "clang++" } else { name };
    let path = tools.get(name).ok_or_else(|| format!("the toolchain has no `{name}`; `jmake tools` lists what it has"))?;
    Ok(json!({ "success": true, "tool": name, "path": path }))
}

/// The directories of a project of type `kind`, that of IR last.
pub fn structure(kind: &str, ir: &str) -> Result<Vec<String>, String> {
    let dirs: &[&str] = match kind {
        "" | "cpp_project" => &["src", "include", "tests"],
        "lib_project" => &["src", "include"],
        "binary_project" => &["lib", "bin"],
        other => return Err(format!("args.type must be cpp_project, lib_project or binary_project, not {other}")),
    };
    Ok(dirs.iter().map(|dir| (*dir).to_owned()).chain([ir.to_owned()]).collect())
}

/// To `validate_config`.
pub fn validated(checked: &Checked) -> Result<Json, JobError> {
    let issues: Vec<String> = checked.error.iter().cloned().chain(checked.problems.iter().map(ToString::to_string)).collect();
    let wrong = checked.error.is_some() || checked.problems.iter().any(|problem| problem.severity == Severity::Error);
    if wrong {
        return Err(JobError { why: "the settings are not valid".to_owned(), output: issues.join("\n"), hopeless: true });
    }
    Ok(json!({ "success": true, "valid": true, "issues": issues }))
}

/// The settings of one table, by what stands after its name.
fn section(settings: &BTreeMap<String, Json>, section: &str) -> Json {
    let prefix = format!("{section}.");
    let inner = settings.iter().filter_map(|(key, value)| Some((key.strip_prefix(&prefix)?.to_owned(), value.clone())));
    Json::Object(inner.collect())
}

/// Of a function that is a process.
pub fn exited(function: &Function, process: &Process, ended: Ended, output: &[u8], errors: &[u8]) -> Result<Json, JobError> {
    let (said, complained) = (String::from_utf8_lossy(output), String::from_utf8_lossy(errors));
    let why = match ended {
        Ended::Exited(0) if function.call == Call::Command => {
            return Ok(json!({ "success": true, "stdout": said.trim_end_matches('\n'), "stderr": complained, "exit_code": 0 }));
        }
        Ended::Exited(0) => return Ok(json!({ "success": true, "output": process.output })),
        Ended::Exited(code) => format!("it ended with exit code {code}"),
        Ended::Signalled(signal) => format!("it was ended by signal {signal}"),
    };
    Err(JobError { why, output: format!("{said}{complained}"), hopeless: false })
}

/// Of a build that succeeded: its artifacts by kind, its steps, and how long it took in milliseconds.
#[must_use]
pub fn built(artifacts: &[(String, String)], steps: Counts, wall_ms: u64) -> Json {
    let library = artifacts.iter().find(|(kind, _)| kind.ends_with("library")).or(artifacts.first()).map(|(_, path)| path);
    let paths: Vec<&String> = artifacts.iter().map(|(_, path)| path).collect();
    let seconds = Json::from(wall_ms as f64 / 1000.0);
    let stats = json!({
        "total": steps.total,
        "ran": steps.ran,
        "cached": steps.cached,
        "up_to_date": steps.up_to_date,
    });
    json!({ "success": true, "library_path": library, "artifacts": paths, "elapsed_time": seconds, "compile_stats": stats })
}

/// To `compile_parallel`, of what a build of intermediate code alone answered.
#[must_use]
pub fn compiled(built: &Json) -> Json {
    let files = built["artifacts"].clone();
    json!({ "success": true, "total": files.as_array().map_or(0, Vec::len), "ir_files": files })
}

/// Of a job that makes files.
#[must_use]
pub fn generated(outputs: &[String]) -> Json {
    json!({ "success": true, "outputs": outputs })
}

/// To `create_structure`.
#[must_use]
pub fn made(dirs: &[String], ir: &Json) -> Json {
    json!({ "success": true, "created_dirs": dirs, "output_dir": ir })
}

/// To `update_config`.
#[must_use]
pub fn updated(keys: &[&String]) -> Json {
    json!({ "success": true, "updated": keys })
}

/// To `get_config_section`.
#[must_use]
pub fn held(settings: &BTreeMap<String, Json>, name: &str) -> Json {
    json!({ "success": true, "data": section(settings, name) })
}
