//! Which targets and sources a request means. Does not know command lines.

use std::collections::BTreeMap;

use super::{LowerError, LowerRequest, Requested, names};
use crate::engine::config::keys::nearest;
use crate::engine::config::options::Options;
use crate::engine::config::settings::{Lto, Settings};
use crate::engine::cxx::argv::{compile, lto};
use crate::engine::cxx::toolchain::Toolchain;
use crate::engine::discover::{Discovery, Group, IfMain, Main, Target, TargetKind};
use crate::engine::jobs::generation::Located;
use crate::engine::path::FilePath;

/// Whether objects define the `main` that their source has under a condition, as far as they told.
type Confirmed = BTreeMap<FilePath, bool>;

/// What to make.
#[derive(Debug, Default)]
pub struct Choice<'a> {
    /// Whole targets.
    pub targets: Vec<&'a Target>,
    /// Sources of which only objects are made.
    pub sources: Vec<FilePath>,
    /// Files that jobs make.
    pub generated: Vec<FilePath>,
}

/// The targets and sources that are asked for.
pub fn choose<'a>(request: &LowerRequest<'a>) -> Result<Choice<'a>, LowerError> {
    let targets = &request.discovery.targets;
    let mut choice = Choice::default();
    match request.requested {
        Requested::Default | Requested::Ir => choice.targets.extend(targets.iter().filter(|t| by_default(request.discovery, t))),
        Requested::Program => choice.targets = with_program(request.discovery),
        Requested::All => choice.targets.extend(targets),
        Requested::Tests(parts) => choice.targets = tests(targets, parts)?,
        Requested::Targets(names) => {
            for name in names {
                named(request, name, &mut choice)?;
            }
        }
    }
    Ok(choice)
}

/// Targets that are built by default, and if none of them is a program the only one, if there is only one, that is no test.
fn with_program(discovery: &Discovery) -> Vec<&Target> {
    let mut chosen: Vec<&Target> = discovery.targets.iter().filter(|target| by_default(discovery, target)).collect();
    let is_program = |target: &&Target| {
        target.kind == TargetKind::Executable && !matches!(target.group, Some(Group::Test | Group::Fuzzer | Group::Benchmark))
    };
    if !chosen.iter().any(is_program) {
        let others: Vec<&Target> = discovery.targets.iter().filter(is_program).collect();
        chosen.extend(if others.len() == 1 { others } else { Vec::new() });
    }
    chosen
}

/// Tests of which a name has one of `parts`; all if there are no parts.
fn tests<'a>(targets: &'a [Target], parts: &[String]) -> Result<Vec<&'a Target>, LowerError> {
    let all = || targets.iter().filter(|target| target.group == Some(Group::Test));
    let named = |target: &&Target| parts.is_empty() || parts.iter().any(|part| target.name.contains(part.as_str()));
    let chosen: Vec<&Target> = all().filter(named).collect();
    if chosen.is_empty() && all().next().is_some() {
        return Err(LowerError::UnknownTest { parts: parts.to_vec(), known: all().map(|target| target.name.clone()).collect() });
    }
    Ok(chosen)
}

fn named<'a>(request: &LowerRequest<'a>, name: &str, choice: &mut Choice<'a>) -> Result<(), LowerError> {
    let path = FilePath::new(crate::engine::path::fold(std::path::Path::new(name)));
    let targets = &request.discovery.targets;
    if let Some(target) = targets
        .iter()
        .find(|t| t.name == name)
        .or_else(|| targets.iter().find(|t| artifact_paths(request.settings, request.discovery, t).contains(&path)))
    {
        if !choice.targets.contains(&target) {
            choice.targets.push(target);
        }
        return Ok(());
    }
    let makes = |located: &&Located| located.generation.id == name || located.generation.outputs.contains(&path);
    if let Some(located) = request.generations.iter().find(makes) {
        choice.generated.extend(located.generation.outputs.first().cloned());
        return Ok(());
    }
    if request.discovery.sources.iter().any(|s| s.path == path) {
        choice.sources.push(path);
        return Ok(());
    }
    if let Some(left) = request.discovery.left_out.iter().find(|l| l.path == path) {
        return Err(LowerError::LeftOut { path, why: left.why.clone() });
    }
    let known: Vec<String> = targets.iter().map(|t| t.name.clone()).collect();
    let sources: Vec<String> = request.discovery.sources.iter().map(|s| s.path.to_string()).collect();
    let near = nearest(name, known.iter().chain(&sources).map(String::as_str)).map(ToOwned::to_owned);
    Err(LowerError::UnknownTarget { name: name.to_owned(), nearest: near, known })
}

fn by_default(discovery: &Discovery, target: &Target) -> bool {
    discovery.declared.get(&target.name).map_or(target.group.is_none(), |declared| declared.by_default)
}

/// Where a target's artifact goes, and links to it; nothing for a target that makes none.
#[must_use]
pub fn artifact_paths(settings: &Settings, discovery: &Discovery, target: &Target) -> Vec<FilePath> {
    match (discovery.declared.get(&target.name), target.kind) {
        (Some(declared), _) => names::declared_path(settings, declared).into_iter().chain(names::link_paths(settings, declared)).collect(),
        (None, TargetKind::Library) => std::iter::once(names::library_path(settings)).chain(names::library_links(settings)).collect(),
        (None, _) => vec![names::executable_path(settings, &target.name)],
    }
}

/// The sources of the internal archive, sorted: those found, and those whose `main` turned out to be none.
pub fn project(request: &LowerRequest<'_>) -> Vec<FilePath> {
    with_denied(request, &request.discovery.project_sources)
}

/// The sources of the library, sorted: its own, and those whose `main` turned out to be none. What lies with a program is not among them.
pub fn library(request: &LowerRequest<'_>, target: &Target) -> Vec<FilePath> {
    with_denied(request, &target.sources)
}

fn with_denied(request: &LowerRequest<'_>, sources: &[FilePath]) -> Vec<FilePath> {
    let mut sources: Vec<FilePath> = sources.iter().chain(mains(request, false)).cloned().collect();
    sources.sort();
    sources.dedup();
    sources
}

/// The files with a conditional `main` that proved to be one, or to be none.
pub fn mains<'a>(request: &LowerRequest<'a>, proved: bool) -> impl Iterator<Item = &'a FilePath> + use<'a> {
    proved_mains(request.discovery, request.confirmed_mains, proved)
}

fn proved_mains<'a>(discovery: &'a Discovery, confirmed: &'a Confirmed, proved: bool) -> impl Iterator<Item = &'a FilePath> {
    conditional(discovery).map(|(_, main)| main).filter(move |main| confirmed.get(*main) == Some(&proved))
}

/// Targets of no group whose `main` is conditional. (In a group, a file without `main` is nobody's source.)
pub fn conditional(discovery: &Discovery) -> impl Iterator<Item = (&Target, &FilePath)> {
    discovery.targets.iter().filter(|t| t.group.is_none()).filter_map(|t| Some((t, conditional_main(t)?)))
}

/// The file with the conditional `main` of a target, if it has one.
#[must_use]
pub fn conditional_main(target: &Target) -> Option<&FilePath> {
    target.main.as_ref().filter(|(_, sure)| *sure == Main::IfObjectDefinesIt).map(|(path, _)| path)
}

/// Whether objects told that there is no such target: its `main` is none, a program takes the place of the library, or that has no source.
/// What they did not tell yet counts for nothing.
#[must_use]
pub fn is_denied(discovery: &Discovery, confirmed: &Confirmed, target: &Target) -> bool {
    if let Some(main) = conditional_main(target) {
        return confirmed.get(main) == Some(&false);
    }
    let gives_way = || matches!(target.if_main, IfMain::Goes(_)) && proved_mains(discovery, confirmed, true).next().is_some();
    let is_empty = || target.sources.is_empty() && conditional(discovery).all(|(_, main)| confirmed.get(main) == Some(&true));
    target.kind == TargetKind::Library && (gives_way() || is_empty())
}

/// Settings that cannot go together, or not with this toolchain.
pub fn check_settings(request: &LowerRequest<'_>) -> Result<(), LowerError> {
    let declared = request.discovery.declared.values().map(|declared| declared.options.as_ref());
    std::iter::once(&request.settings.options).chain(declared).try_for_each(|options| check(options, request.toolchain))
}

fn check(options: &Options, toolchain: &Toolchain) -> Result<(), LowerError> {
    let missing = |what, tools: &[(&'static str, &'static str)]| {
        let lacking = tools.iter().find(|(tool, _)| toolchain.tool(tool).is_none());
        lacking.map_or(Ok(()), |(tool, package)| Err(LowerError::NoTool { what, tool, toolchain: toolchain.describe(), package }))
    };
    match options.lto {
        Lto::Off if options.opt_passes.is_empty() => Ok(()),
        Lto::Off => missing("link.opt_passes", &[("opt", "llvm")]),
        Lto::Thin if !options.opt_passes.is_empty() => Err(LowerError::PassesWithThin),
        Lto::Thin => missing("link.lto = \"thin\"", &[("ld.lld", "lld")]),
        Lto::Full => {
            let all = [&options.profile_flags, &options.flags, &options.environment.c, &options.environment.cxx];
            if let Some(flag) = compile::instrumentation(options).first() {
                return Err(LowerError::Dropped(flag.to_string()));
            }
            if let Some(flag) = lto::dropped(all.into_iter().flatten().map(String::as_str)) {
                return Err(LowerError::Dropped(flag.to_owned()));
            }
            missing("link.lto = \"full\"", &[("llvm-link", "llvm"), ("opt", "llvm"), ("llc", "llvm")])
        }
    }
}
