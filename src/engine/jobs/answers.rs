//! What functions answer, in the words of the original's results. Does not know who found it out.

pub mod builds;
pub mod daemon;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::commands::Process;
use super::functions::{Call, Function, PROJECT_TYPES};
use super::progress::JobError;
use super::typed;
use crate::engine::complete::Found;
use crate::engine::config::check::Checked;
use crate::engine::config::keys::nearest;
use crate::engine::config::problem::Severity;
use crate::engine::config::schema;
use crate::engine::cxx::toolchain::Install;
use crate::engine::path::FilePath;
use crate::engine::source_graph::{SourceGraph, written};

/// How a process ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ended {
    /// With this code.
    Exited(i32),
    /// By this signal.
    Signalled(i32),
}

fn length(list: &Json) -> usize {
    list.as_array().map_or(0, Vec::len)
}

/// To `scan_files`.
#[must_use]
pub fn scanned(files: &Json, cached: bool) -> Json {
    let lists = files.as_object().into_iter().flatten();
    let summary: Map<String, Json> = lists.map(|(name, list)| (name.clone(), length(list).into())).collect();
    let total: u64 = summary.values().filter_map(Json::as_u64).sum();
    let mut results = files.clone();
    typed::put(&mut results, &["total_files"], total.into());
    json!({
        "success": true, "files": files, "results": results, "total": total, "total_files": total, "summary": summary, "cached": cached,
    })
}

/// To `build_include_dirs`.
#[must_use]
pub fn include_dirs(dirs: &Json) -> Json {
    json!({ "success": true, "include_dirs": dirs })
}

/// To `detect_binaries`, with the sizes of the files.
#[must_use]
pub fn binaries(by_kind: &Json, sizes: &BTreeMap<String, u64>) -> Json {
    let kinds = [("executables", "executable"), ("static_libs", "static_lib"), ("shared_libs", "shared_lib")];
    let of = |(list, kind): (&str, &'static str)| {
        let paths = by_kind[list].as_array().into_iter().flatten().filter_map(Json::as_str);
        let one = |path: &str| json!({ "path": path, "name": name_of(path), "type": kind, "size": sizes.get(path) });
        paths.map(one).collect::<Vec<_>>()
    };
    let all: Vec<Json> = kinds.into_iter().flat_map(of).collect();
    json!({ "success": true, "count": all.len(), "binaries": all, "by_kind": by_kind, "cached": false })
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Every path in lists of a table.
#[must_use]
pub fn paths(by_kind: &Json) -> Vec<String> {
    let lists = by_kind.as_object().into_iter().flat_map(Map::values);
    lists.flat_map(|list| list.as_array().into_iter().flatten()).filter_map(|path| Some(path.as_str()?.to_owned())).collect()
}

/// To `discover_project`, of the answers to its parts.
#[must_use]
pub fn discovered(scan: &Json, binaries: &Json, dirs: &Json, found: &Found) -> Json {
    let targets: Vec<String> = match found {
        Found::Survey(survey) => survey.discovery.targets.iter().map(|target| target.name.clone()).collect(),
        _ => Vec::new(),
    };
    let results = json!({ "scan": scan["results"], "binaries": binaries["binaries"], "include_dirs": dirs });
    json!({
        "success": true, "files": scan["files"], "include_dirs": dirs, "targets": targets, "results": results, "cached": scan["cached"],
    })
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

/// A tool by its name, as LLVM or as the original spells it, and where it is.
///
/// # Errors
/// There is none.
pub fn tool_in(install: &Install, name: &str) -> Result<(String, String), String> {
    let dashed = name.replace('_', "-");
    let aliases = [name, dashed.as_str()].into_iter().chain((name == "clang").then_some("clang++"));
    let found = aliases.into_iter().find_map(|name| Some((name.to_owned(), install.tool(name)?.to_string())));
    found.ok_or_else(|| {
        let near = nearest(&dashed, install.tools.keys().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
        let advice = near.unwrap_or_else(|| "`jmake tools` lists what it has".to_owned());
        format!("the LLVM in {} has no `{name}`; {advice}", install.bin_dir)
    })
}

/// To `get_tool`.
pub fn tool(install: &Install, name: &str) -> Result<Json, String> {
    let (tool, path) = tool_in(install, name)?;
    Ok(json!({ "success": true, "tool": tool, "path": path }))
}

/// The directories of a project of type `kind`, that of IR last.
pub fn structure(kind: &str, ir: &str) -> Result<Vec<String>, String> {
    let dirs: &[&str] = match kind {
        "cpp_project" => &["src", "include", "tests"],
        "lib_project" => &["src", "include"],
        "binary_project" => &["lib", "bin"],
        other => return Err(format!("args.type must be one of {}, not {other}", PROJECT_TYPES.join(", "))),
    };
    Ok(dirs.iter().map(|dir| (*dir).to_owned()).chain([ir.to_owned()]).collect())
}

/// To `create_structure`.
#[must_use]
pub fn made(kind: &str, (dirs, files): (&[String], &[String]), ir: &str) -> Json {
    json!({ "success": true, "created_dirs": dirs, "created_files": files, "project_type": kind, "output_dir": ir })
}

/// To `generate_config`.
#[must_use]
pub fn generated_config(path: &str, filled: &[&str], config: &Json) -> Json {
    json!({ "success": true, "config_path": path, "filled": filled, "cached": filled.is_empty(), "config": config })
}

/// To `validate_config`.
///
/// # Errors
/// Something is wrong, and that is to be a failure.
pub fn validated(checked: &Checked, config: &Json, strict: bool) -> Result<Json, JobError> {
    let issues: Vec<String> = checked.error.iter().cloned().chain(checked.problems.iter().map(ToString::to_string)).collect();
    let valid = checked.error.is_none() && checked.problems.iter().all(|problem| problem.severity != Severity::Error);
    if strict && !valid {
        return Err(JobError { why: "the settings are not valid".to_owned(), output: issues.join("\n"), hopeless: true });
    }
    Ok(json!({ "success": true, "valid": valid, "issues": issues, "config": config }))
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

/// To `watch_and_build`, when its time is over.
#[must_use]
pub fn watched((builds, failed): (u64, u64)) -> Json {
    json!({ "success": true, "stopped": true, "builds": builds, "failed_builds": failed })
}

/// Of a job that makes files.
#[must_use]
pub fn generated(outputs: &[String]) -> Json {
    json!({ "success": true, "outputs": outputs })
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
