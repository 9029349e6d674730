//! What functions answer, in the words of the original's results. Does not know who found it out.

use serde_json::{Map, Value as Json, json};

use super::commands::Process;
use super::functions::{Call, Function};
use super::progress::JobError;
use super::typed;
use crate::engine::complete::Found;
use crate::engine::config::check::Checked;
use crate::engine::config::keys::nearest;
use crate::engine::config::problem::Severity;
use crate::engine::config::schema;
use crate::engine::cxx::toolchain::Install;
use crate::engine::path::FilePath;
use crate::engine::report::Counts;
use crate::engine::source_graph::{SourceGraph, written};

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

/// To `walk_ast_dependencies`. What is wrong with single files is told, and is no failure.
#[must_use]
pub fn walked(graph: &SourceGraph) -> Json {
    let nodes: Vec<String> = graph.files.iter().map(|file| file.path.to_string()).collect();
    let edge = |from: &FilePath, to: &FilePath| json!({ "from": from.to_string(), "to": to.to_string() });
    let edges: Vec<Json> = graph.files.iter().flat_map(|file| file.includes.iter().map(move |to| edge(&file.path, to))).collect();
    let error = |file: &FilePath, (line, what): &(u32, String)| json!({ "file": file.to_string(), "line": line, "message": what });
    let errors: Vec<Json> = graph.files.iter().flat_map(|file| file.troubles.iter().map(move |it| error(&file.path, it))).collect();
    let graph_of_files = written(graph, graph.with_declarations);
    json!({ "success": true, "graph": graph_of_files, "nodes": nodes, "edges": edges, "cached": graph.cached, "errors": errors })
}

/// To `get_all_tools`.
#[must_use]
pub fn tools(install: &Install) -> Json {
    let tools: Map<String, Json> = install.tools.iter().map(|(name, path)| (name.clone(), path.to_string().into())).collect();
    json!({ "success": true, "count": tools.len(), "tools": tools })
}

/// To `get_tool`.
pub fn tool(install: &Install, name: &str) -> Result<Json, String> {
    let dashed = name.replace('_', "-");
    let aliases = [name, dashed.as_str()].into_iter().chain((name == "clang").then_some("clang++"));
    let found = aliases.into_iter().find_map(|name| Some((name, install.tool(name)?)));
    let (tool, path) = found.ok_or_else(|| {
        let near = nearest(&dashed, install.tools.keys().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
        let advice = near.unwrap_or_else(|| "`jmake tools` lists what it has".to_owned());
        format!("the toolchain in {} has no `{name}`; {advice}", install.bin_dir)
    })?;
    Ok(json!({ "success": true, "tool": tool, "path": path.to_string() }))
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

/// What a process printed.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names say all")]
pub struct Printed<'a> {
    pub output: &'a [u8],
    pub errors: &'a [u8],
    /// So many bytes of the output are not there.
    pub cut: usize,
}

/// Of a function that is a process.
pub fn exited(function: &Function, process: &Process, ended: Ended, printed: &Printed<'_>) -> Result<Json, JobError> {
    let (said, complained) = (String::from_utf8_lossy(printed.output), String::from_utf8_lossy(printed.errors));
    let why = match ended {
        Ended::Exited(0) if function.call == Call::Command => {
            let stdout = if printed.cut == 0 { said.trim_end_matches('\n') } else { &said };
            return Ok(json!({
                "success": true, "stdout": stdout, "stderr": complained, "exit_code": 0, "truncated": printed.cut > 0,
            }));
        }
        Ended::Exited(0) => return Ok(json!({ "success": true, "output": process.output })),
        Ended::Exited(code) => format!("it ended with exit code {code}"),
        Ended::Signalled(signal) => format!("it was ended by signal {signal}"),
    };
    let cut = if printed.cut > 0 { format!("\n[{} more bytes were cut]\n", printed.cut) } else { String::new() };
    Err(JobError { why, output: format!("{said}{cut}{complained}"), hopeless: false })
}

/// Whether a result is all of what there was.
///
/// # Errors
/// It is a part.
pub fn whole(result: &Json) -> Result<(), String> {
    match truncation(result) {
        Some(_) => Err("it printed more than is kept, so that its result is not written; let it write a file".to_owned()),
        None => Ok(()),
    }
}

/// A remark about a result that is a part of what there was.
#[must_use]
pub fn truncation(result: &Json) -> Option<String> {
    let kept = || result["stdout"].as_str().map_or(0, str::len);
    (result["truncated"] == true).then(|| format!("it printed more than the {} bytes that are kept of it", kept()))
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

/// To `get_config_section`, of all settings.
///
/// # Errors
/// The section is none.
pub fn held(settings: &Json, section: &str) -> Result<Json, String> {
    let path: Vec<&str> = section.split('.').collect();
    match typed::inner(settings, &path) {
        Some(data) if data.is_object() => Ok(json!({ "success": true, "data": data })),
        Some(_) => Err(format!("`{section}` is no table of jmake.toml; {{{{{section}}}}} in an argument stands for its value")),
        None if schema::is_table(section) || schema::find_section(section).is_some() => Ok(json!({ "success": true, "data": {} })),
        None => {
            let names = || schema::SECTIONS.iter().map(|section| section.name);
            let near = nearest(section, names()).map(|near| format!("did you mean `{near}`?"));
            let advice = near.unwrap_or_else(|| format!("there are: {}", names().collect::<Vec<_>>().join(", ")));
            Err(format!("jmake.toml has no table `{section}`; {advice}"))
        }
    }
}
