//! From what actors found to what is written into jmake.toml. Does not know where it is written.

use std::collections::BTreeSet;

use super::Found;
use crate::engine::config::document::{Field, Value};
use crate::engine::config::settings::Settings;
use crate::engine::cxx::lower::names;
use crate::engine::cxx::toolchain::{IDENTIFYING, Install};
use crate::engine::discover::{Discovery, Language};
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::scan::binary::{BinaryFacts, BinaryKind};

/// Where IR goes unless somebody says otherwise.
const IR: &str = "build/{profile}/ir";

/// What `field` gets. `found` answers its question.
pub fn value(field: Field, found: &Found) -> Result<Value, Failure> {
    match (field, found) {
        (Field::Files, Found::Survey(survey)) => files(&survey.discovery),
        (Field::IncludeDirs, Found::Survey(survey)) => Ok(Value::List(texts(&survey.discovery.include_dirs)?)),
        (Field::Binaries, Found::Binaries(found, settings)) => binaries(found, settings),
        (Field::Tools, Found::Toolchain(toolchain)) => tools(toolchain),
        (Field::OutputDir, _) => Ok(Value::Text(IR.to_owned())),
        (Field::LibraryName, Found::Settings(settings)) => Ok(Value::Text(library_file(settings))),
        _ => Err(Failure::internal(format!("the question about {} was answered with something else", field.name()))),
    }
}

/// Whether the settings ask for a library where discovery would make none. The name that it would have anyway does not: it is what
/// completing writes, and completing changes no result.
#[must_use]
pub fn asks_for_library(settings: &Settings) -> bool {
    let name = &settings.library_name;
    settings.library_type.is_some() || !(name.is_empty() || *name == library_file(settings))
}

/// Settings that list no sources and no include directories.
#[must_use]
pub fn without_lists(settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    (settings.discovery.files, settings.discovery.include_dirs) = (None, None);
    settings
}

fn library_file(settings: &Settings) -> String {
    names::library_file(&Settings { library_name: String::new(), ..settings.clone() })
}

/// A value as people are told of it.
#[must_use]
pub fn in_words(field: Field, value: &Value) -> String {
    let count = |texts: &[String], noun: &str| format!("{} {noun}{}", texts.len(), if texts.len() == 1 { "" } else { "s" });
    match value {
        Value::Text(text) | Value::Plain(text) => text.clone(),
        Value::List(texts) if field == Field::IncludeDirs && !texts.is_empty() => texts.join(", "),
        Value::List(texts) => {
            if texts.is_empty() {
                "none".to_owned()
            } else {
                count(texts, "item")
            }
        }
        Value::Table(entries) if field == Field::Tools => entries.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "),
        Value::Table(entries) => {
            let lists = entries.iter().filter_map(|(name, value)| match value {
                Value::List(texts) if !texts.is_empty() => Some(count(texts, noun(name))),
                _ => None,
            });
            let all: Vec<String> = lists.collect();
            if all.is_empty() { "none".to_owned() } else { all.join(", ") }
        }
    }
}

/// What one item of a list is called.
fn noun(list: &str) -> &'static str {
    match list {
        "cpp_sources" => "C++ source",
        "cpp_headers" => "C++ header",
        "c_sources" => "C source",
        "c_headers" => "C header",
        "executables" => "executable",
        "static_libs" => "static library file",
        _ => "shared library file",
    }
}

fn files(discovery: &Discovery) -> Result<Value, Failure> {
    let sources = |wanted: fn(Language) -> bool| {
        let of = discovery.sources.iter().filter(|source| wanted(source.language)).map(|source| source.path.clone());
        of.collect::<Vec<_>>()
    };
    let cpp = sources(|language| language == Language::Cxx);
    // Assembly is given to the C compiler.
    let c = sources(|language| language != Language::Cxx);
    let (of_c, of_cpp) = (reached(discovery, &c), reached(discovery, &cpp));
    let is_c = |path: &FilePath| path.extension() == "h" && !of_cpp.contains(path) && (of_c.contains(path) || cpp.is_empty());
    let (c_headers, cpp_headers): (Vec<FilePath>, Vec<FilePath>) = discovery.headers.iter().cloned().partition(is_c);
    lists(&[("cpp_sources", cpp), ("cpp_headers", cpp_headers), ("c_sources", c), ("c_headers", c_headers)])
}

/// All that these files include, over any number of steps.
fn reached(discovery: &Discovery, sources: &[FilePath]) -> BTreeSet<FilePath> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&FilePath> = sources.iter().collect();
    while let Some(file) = next.pop() {
        for included in discovery.includes.get(file).into_iter().flatten() {
            if reached.insert(included.clone()) {
                next.push(included);
            }
        }
    }
    reached
}

/// The project's own; none that a build made.
fn binaries(found: &[(FilePath, BinaryFacts)], settings: &Settings) -> Result<Value, Failure> {
    let library = names::library_path(settings);
    let is_made = |path: &FilePath| *path == library || path.as_path().starts_with(settings.build_dir.as_path());
    let own = || found.iter().filter(|(path, _)| !is_made(path));
    let of = |kind: BinaryKind| own().filter(|(_, facts)| facts.kind == kind).map(|(path, _)| path.clone()).collect::<Vec<_>>();
    lists(&[
        ("executables", of(BinaryKind::Executable)),
        ("static_libs", of(BinaryKind::StaticLibrary)),
        ("shared_libs", of(BinaryKind::SharedLibrary)),
    ])
}

fn lists(lists: &[(&str, Vec<FilePath>)]) -> Result<Value, Failure> {
    let list = |(name, paths): &(&str, Vec<FilePath>)| Ok(((*name).to_owned(), Value::List(texts(paths)?)));
    Ok(Value::Table(lists.iter().map(list).collect::<Result<_, Failure>>()?))
}

/// Those that builds use; `jmake tools` lists all.
fn tools(install: &Install) -> Result<Value, Failure> {
    let tool = |name: &&str| install.tool(name).map(|path| Ok(((*name).to_owned(), Value::Text(text(path)?))));
    Ok(Value::Table(IDENTIFYING.iter().filter_map(tool).collect::<Result<_, Failure>>()?))
}

fn texts(paths: &[FilePath]) -> Result<Vec<String>, Failure> {
    paths.iter().map(text).collect()
}

/// A path as it is typed. The root is a dot.
fn text(path: &FilePath) -> Result<String, Failure> {
    match std::str::from_utf8(path.as_bytes()) {
        Ok("") => Ok(".".to_owned()),
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(Failure::usage(format!("{path} cannot be written in TOML: its name is not UTF-8; rename it"))),
    }
}
