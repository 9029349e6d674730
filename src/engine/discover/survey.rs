//! Discovery itself: from files with their facts to targets. Each step is elsewhere; here is their order.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::library::{Verdict, decide};
use super::links::Links;
use super::names::{group_by_directory, vendor_directory};
use super::request::{FileEntry, Files, Request};
use super::roles::Roles;
use super::targets::Targets;
use super::{Discovery, Language, LeftOut, Repeat, Source, directories, missing, programs};
use crate::engine::path::FilePath;
use crate::engine::scan::facts::{IncludeForm, SourceFacts};
use crate::engine::scan::kind::FileKind;

/// What the project in `request` builds, and why. The same files give the same answer, in whatever order they come.
#[must_use]
pub fn discover(request: &Request<'_>) -> Discovery {
    let files = Files::new(request);
    let links = Links::new(&files, request);
    if !request.declared.is_empty() {
        return as_declared(request, &files, &links);
    }
    let mut roles = Roles::new(&files, &links);
    let mut notes = missing::leave_out(&files, &links, &mut roles);
    let (programs, lone) = programs::assemble(&files, &links, &roles);
    for (at, why) in lone {
        roles.leave_out(&files, at, why, Repeat::Never);
    }
    let mut targets = Targets::new(&files, &roles, request.name);
    match decide(request, &files, &links, &roles) {
        Verdict::Made(library) => targets.library(library),
        Verdict::Refused(why) => notes.push(why),
        Verdict::None => {}
    }
    targets.executables();
    programs.into_iter().for_each(|program| targets.grouped(program));
    let mut targets = targets.made;
    targets.sort_by(|a, b| a.name.cmp(&b.name));
    notes.extend(vendored(&files));
    notes.extend(absent(request, &files));
    Discovery {
        sources: sources(&files, &roles),
        headers: headers(&files),
        project_sources: roles.own().map(|at| files.path(at).clone()).collect(),
        include_dirs: chosen(request, || include_dirs(&files, &links, &roles)),
        targets,
        declared: BTreeMap::new(),
        left_out: sorted(roles.left_out),
        vendored: sources_among(&files, |at| files.is_vendored(at)),
        notes,
        includes: graph(&files, &links),
        unclear: unclear(&files),
        assembling: assembling(&files),
    }
}

/// The targets are known: what is left to find is where their headers are.
fn as_declared(request: &Request<'_>, files: &Files, links: &Links) -> Discovery {
    let (targets, declared) = super::declared::targets(request.declared);
    let wanted: HashSet<usize> = request.declared.iter().flat_map(|target| &target.sources).filter_map(|path| files.find(path)).collect();
    let others = sources_among(files, |at| !wanted.contains(&at) && !files.is_vendored(at));
    let why = || "no target in jmake.toml has it".to_owned();
    Discovery {
        sources: sources_among(files, |at| wanted.contains(&at)),
        headers: headers(files),
        project_sources: Vec::new(),
        include_dirs: chosen(request, || directories::infer(links, &links.reached_from(wanted.iter().copied().collect()), &HashSet::new())),
        targets,
        declared,
        left_out: others.into_iter().map(|source| LeftOut { path: source.path, why: why(), repeat: Repeat::Never }).collect(),
        vendored: sources_among(files, |at| files.is_vendored(at) && !wanted.contains(&at)),
        notes: absent(request, files),
        includes: graph(files, links),
        unclear: unclear(files),
        assembling: assembling(files),
    }
}

/// `discovery.include_dirs`, or inferred ones.
fn chosen(request: &Request<'_>, infer: impl FnOnce() -> Vec<FilePath>) -> Vec<FilePath> {
    request.only_include_dirs.map_or_else(infer, <[FilePath]>::to_vec)
}

fn sources(files: &Files, roles: &Roles) -> Vec<Source> {
    sources_among(files, |at| roles.parts.contains_key(&at))
}

fn sources_among(files: &Files, wanted: impl Fn(usize) -> bool) -> Vec<Source> {
    let source = |(at, entry): (usize, &FileEntry)| match entry.kind {
        FileKind::Source(language) if wanted(at) => Some(Source { path: entry.path.clone(), language }),
        _ => None,
    };
    files.entries.iter().enumerate().filter_map(source).collect()
}

/// A remark for each extra source that is none.
fn absent(request: &Request<'_>, files: &Files) -> Vec<String> {
    let is_source = |path: &FilePath| files.find(path).is_some_and(|at| matches!(files.entries[at].kind, FileKind::Source(_)));
    let absent = request.extra_sources.iter().filter(|path| !is_source(path));
    absent.map(|path| format!("compile.extra_sources in jmake.toml names {path}, which is no source file of this project")).collect()
}

fn headers(files: &Files) -> Vec<FilePath> {
    // In include/ a project may be called as directories of others' code are.
    let is_own = |path: &FilePath| path.as_path().starts_with("include") || vendor_directory(path).is_none();
    let own = files.entries.iter().filter(|e| e.kind == FileKind::Header && is_own(&e.path));
    own.map(|e| e.path.clone()).collect()
}

/// Inferred for what is compiled; in a project of headers alone, for them.
fn include_dirs(files: &Files, links: &Links, roles: &Roles) -> Vec<FilePath> {
    let (grouped, mut ours): (Vec<usize>, Vec<usize>) = roles.parts.keys().partition(|at| roles.member(**at).is_some());
    if roles.parts.is_empty() {
        ours = (0..files.entries.len()).filter(|at| files.is_header(*at) && group_by_directory(files.path(*at)).is_none()).collect();
    }
    let (ours, groups): (HashSet<usize>, HashSet<usize>) = (links.reached_from(ours), links.reached_from(grouped));
    directories::infer(links, &ours, &groups)
}

fn graph(files: &Files, links: &Links) -> BTreeMap<FilePath, Vec<FilePath>> {
    let mut out = BTreeMap::new();
    for (at, links) in links.of.iter().enumerate() {
        let mut included: Vec<FilePath> = links.iter().filter_map(|l| Some(files.path(l.file()?).clone())).collect();
        included.sort();
        included.dedup();
        if !included.is_empty() {
            out.insert(files.path(at).clone(), included);
        }
    }
    out
}

fn unclear(files: &Files) -> BTreeSet<FilePath> {
    let is_unclear = |facts: &SourceFacts| {
        let computed = facts.includes.iter().any(|include| include.form == IncludeForm::Computed);
        computed || !facts.embeds.is_empty() || !facts.assembled.is_empty()
    };
    files.entries.iter().filter(|entry| is_unclear(&entry.facts)).map(|entry| entry.path.clone()).collect()
}

fn assembling(files: &Files) -> BTreeSet<FilePath> {
    let is_text = |entry: &&FileEntry| matches!(entry.kind.scanned_as(), Some(Language::C | Language::Cxx));
    let reading = files.entries.iter().filter(is_text).filter(|entry| !entry.facts.assembled.is_empty());
    reading.map(|entry| entry.path.clone()).collect()
}

/// A remark for each directory of other people's code that holds sources.
fn vendored(files: &Files) -> Vec<String> {
    let mut counts: BTreeMap<FilePath, usize> = BTreeMap::new();
    for source in sources_among(files, |at| files.is_vendored(at)) {
        if let Some(dir) = vendor_directory(&source.path) {
            *counts.entry(dir).or_default() += 1;
        }
    }
    let say = |(dir, count): (FilePath, usize)| match count {
        1 => format!("1 source under {dir}/ is other people's code, and not built"),
        _ => format!("{count} sources under {dir}/ are other people's code, and not built"),
    };
    counts.into_iter().map(say).collect()
}

fn sorted(mut left_out: Vec<LeftOut>) -> Vec<LeftOut> {
    left_out.sort_by(|a, b| a.path.cmp(&b.path));
    left_out
}
