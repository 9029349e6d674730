//! What `jmake install` puts where below its prefix: programs, libraries with the names under which they are looked for, headers, a file for
//! pkg-config. Does not copy anything, nor know what lies there already.

mod dynamic;
mod headers;
mod pkg_config;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

pub use self::dynamic::settled;
pub use self::headers::{Header, HeaderError, headers};
use super::complete::asks_for_library;
use super::config::settings::Settings;
use super::config::targets::{Kind, LibraryVersion, TargetSettings};
use super::cxx::argv::link;
use super::discover::Discovery;
use super::neighbours::Offer;
use super::path::{FilePath, fold};
use super::report::{Artifact, ArtifactKind};

/// The directory of those that name none.
pub const PREFIX: &str = "/usr/local";

/// What comes to one place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Item {
    /// A copy of a file of the project.
    Copy {
        /// Relative to the root.
        from: FilePath,
        /// It can be run.
        executable: bool,
    },
    /// A symbolic link to a file beside it.
    Link(String),
    /// A text.
    Text(String),
}

/// What comes where, relative to the prefix, in order.
pub type Plan = BTreeMap<FilePath, Item>;

/// The prefix: as asked for, as settings say, else the usual one.
#[must_use]
pub fn prefix(settings: &Settings, asked: Option<FilePath>) -> FilePath {
    asked.or_else(|| settings.install.prefix.clone()).unwrap_or_else(|| PREFIX.into())
}

/// Where the prefix is for now: below the directory that a package is gathered in, if there is one.
#[must_use]
pub fn top(prefix: &FilePath, destdir: Option<&FilePath>) -> FilePath {
    let Some(destdir) = destdir else { return prefix.clone() };
    destdir.join(prefix.as_path().strip_prefix("/").unwrap_or(prefix.as_path()))
}

/// All that is known of what is installed.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// As the project's files say, without what modules and neighbours add.
    pub settings: &'a Settings,
    /// What there is.
    pub discovery: &'a Discovery,
    /// What the build made, relative to the root.
    pub artifacts: &'a [Artifact],
    /// Headers that are for others.
    pub headers: &'a [Header],
    /// What the projects offer that this one is built with.
    pub offers: &'a [Offer],
    /// The place for good.
    pub prefix: &'a FilePath,
}

/// What comes where, and what there is to say of it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Installation {
    /// What comes where.
    pub plan: Plan,
    /// Directories in which libraries lie that go with it: what is installed does not look there.
    pub built: Vec<FilePath>,
    /// Remarks, in words.
    pub notes: Vec<String>,
}

/// Where things go below a prefix.
struct Places {
    bin: String,
    lib: String,
    include: String,
}

impl Places {
    fn of(settings: &Settings) -> Self {
        let or = |dir: &Option<String>, usual: &str| dir.clone().unwrap_or_else(|| usual.to_owned());
        let install = &settings.install;
        Self { bin: or(&install.bin_dir, "bin"), lib: or(&install.lib_dir, "lib"), include: or(&install.include_dir, "include") }
    }
}

/// Where programs, or shared libraries, find installed libraries.
#[must_use]
pub fn run_path(settings: &Settings, program: bool) -> FilePath {
    let Places { bin, lib, .. } = Places::of(settings);
    let beside = join(if program { &bin } else { &lib }, &"x".into());
    link::run_path(&FilePath::new(fold(beside.as_path())), &FilePath::new(fold(lib.as_ref())))
}

/// A library that others link by its name.
struct Linked {
    target: String,
    name: String,
    is_static: bool,
}

/// The installation that a build allows. `read` gives the content of a file.
#[must_use]
pub fn installation(request: &Request<'_>, read: &dyn Fn(&FilePath) -> Option<Vec<u8>>) -> Installation {
    let Request { settings, artifacts, headers, offers, prefix, .. } = *request;
    let places = Places::of(settings);
    let mut plan = Plan::new();
    let mut libraries = Vec::new();
    let wanted = wanted(request);
    for artifact in artifacts.iter().filter(|artifact| artifact.test.is_none() && wanted.contains(artifact.target.as_str())) {
        let own = settings.targets.iter().find(|target| target.name == artifact.target);
        let version = own.map_or(&settings.library_version, |own| &own.library);
        put(&mut plan, &places, artifact, version);
        // A plugin is loaded by its path, nobody links it.
        libraries.extend(linked(artifact).filter(|_| own.is_none_or(|own| own.kind != Kind::Plugin)));
    }
    let libraries = in_order(libraries, request.discovery);
    for offered in offers.iter().flat_map(|offer| &offer.files) {
        if !offered.is_static || libraries.iter().any(|library| library.is_static) {
            put_library(&mut plan, &places, &offered.file, &offered.links);
        }
    }
    for (header, called) in headers {
        plan.insert(join(&places.include, called), Item::Copy { from: header.clone(), executable: false });
    }
    dynamic::add_needed(&mut plan, &places.lib, read);
    let programs = artifacts.iter().any(|artifact| artifact.kind == ArtifactKind::Executable && artifact.test.is_none());
    if settings.install.pkg_config.unwrap_or(!libraries.is_empty() || !headers.is_empty() && !programs) {
        let file = format!("{}.pc", settings.name.to_lowercase());
        let text = pkg_config::text(settings, &libraries, offers, !headers.is_empty(), &places, prefix);
        plan.insert(join(&format!("{}/pkgconfig", places.lib), &file.as_str().into()), Item::Text(text));
    }
    let notes = notes(settings, &libraries, headers);
    Installation { plan, built: built(request), notes }
}

fn notes(settings: &Settings, libraries: &[Linked], headers: &[Header]) -> Vec<String> {
    if libraries.is_empty() || !headers.is_empty() || settings.install.headers.is_some() {
        return Vec::new();
    }
    let places = if settings.targets.is_empty() { "include/" } else { "include/ or the public_include_dirs of a library" };
    let told = format!("no headers are installed: none lies in {places}; name those that are for others: install.headers = [\"src/*.h\"]");
    vec![told]
}

/// The names of the targets that are installed: those for others, and what static libraries among them are linked with.
fn wanted<'a>(request: &Request<'a>) -> BTreeSet<&'a str> {
    let Request { settings, discovery, artifacts, .. } = *request;
    let own = |artifact: &&Artifact| settings.targets.iter().find(|target| target.name == artifact.target);
    let chosen = artifacts.iter().filter(|artifact| own(artifact).map_or_else(|| is_for_others(request, artifact), is_installed));
    let mut wanted: BTreeSet<&str> = chosen.map(|artifact| artifact.target.as_str()).collect();
    let needed = |name: &&str| {
        let target = discovery.declared.get(*name).filter(|target| target.kind == Kind::StaticLibrary);
        target.map(|target| target.libraries.as_slice()).unwrap_or_default()
    };
    let needed: Vec<&str> = wanted.iter().flat_map(needed).map(String::as_str).collect();
    wanted.extend(needed);
    wanted
}

/// Whether a found target is. The library of a program that offers no headers is the program's own, unless somebody asked for it.
fn is_for_others(request: &Request<'_>, artifact: &Artifact) -> bool {
    let library = matches!(artifact.kind, ArtifactKind::SharedLibrary | ArtifactKind::StaticLibrary);
    let is_program = |artifact: &Artifact| artifact.kind == ArtifactKind::Executable && artifact.test.is_none();
    let asked = asks_for_library(request.settings) || request.settings.install.pkg_config == Some(true);
    !library || asked || !request.headers.is_empty() || !request.artifacts.iter().any(is_program)
}

/// Tests, examples and benchmarks are for who works on the project.
fn is_installed(target: &TargetSettings) -> bool {
    let for_others = matches!(target.kind, Kind::Executable | Kind::SharedLibrary | Kind::StaticLibrary | Kind::Plugin | Kind::Headers);
    target.install.unwrap_or(for_others)
}

fn put(plan: &mut Plan, places: &Places, artifact: &Artifact, version: &LibraryVersion) {
    let name = artifact.path.name();
    match artifact.kind {
        ArtifactKind::Executable => {
            let copy = Item::Copy { from: artifact.path.clone(), executable: true };
            plan.insert(join(&places.bin, &name.as_str().into()), copy);
        }
        ArtifactKind::StaticLibrary => put_library(plan, places, &artifact.path, &[]),
        ArtifactKind::SharedLibrary => put_library(plan, places, &artifact.path, &names_of(&name, version)),
        ArtifactKind::Ir => {}
    }
}

fn put_library(plan: &mut Plan, places: &Places, file: &FilePath, links: &[String]) {
    let name = file.name();
    for link in links {
        plan.insert(join(&places.lib, &link.as_str().into()), Item::Link(name.clone()));
    }
    let copy = Item::Copy { from: file.clone(), executable: !name.ends_with(".a") };
    plan.insert(join(&places.lib, &name.as_str().into()), copy);
}

/// Further names of a shared library: the one that programs look for when they run, and the one that linkers look for.
fn names_of(file: &str, LibraryVersion { soname, version }: &LibraryVersion) -> Vec<String> {
    let plain = file.split(".so").next().unwrap_or(file);
    let major = version.as_ref().and_then(|version| version.split('.').next());
    let run = soname.clone().or_else(|| Some(format!("{plain}.so.{}", major?)));
    let mut names: Vec<String> = run.into_iter().chain([format!("{plain}.so")]).filter(|name| name != file).collect();
    names.dedup();
    names
}

/// A library that is linked by its name, which is without `lib` and ending.
fn linked(artifact: &Artifact) -> Option<Linked> {
    let name = artifact.path.name();
    let bare = name.strip_prefix("lib")?;
    let is_static = artifact.kind == ArtifactKind::StaticLibrary;
    let linked = is_static || artifact.kind == ArtifactKind::SharedLibrary;
    let name = if is_static { bare.trim_end_matches(".a") } else { bare.split(".so").next().unwrap_or(bare) };
    linked.then(|| Linked { target: artifact.target.clone(), name: name.to_owned(), is_static })
}

/// Each before those that it uses, as linkers want it.
fn in_order(libraries: Vec<Linked>, discovery: &Discovery) -> Vec<Linked> {
    let mut order = Vec::new();
    libraries.iter().for_each(|library| visit(&library.target, discovery, &mut order));
    order.reverse();
    let mut libraries = libraries;
    libraries.sort_by_key(|library| order.iter().position(|name| *name == library.target));
    libraries
}

/// Adds `name` after all that it uses, which is not already there.
fn visit(name: &str, discovery: &Discovery, order: &mut Vec<String>) {
    if order.iter().any(|done| done == name) {
        return;
    }
    let used = discovery.declared.get(name).map(|target| target.libraries.as_slice()).unwrap_or_default();
    used.iter().rev().for_each(|used| visit(used, discovery, order));
    order.push(name.to_owned());
}

/// Where libraries of this build and of neighbours lie, and those of the tree that settings name.
fn built(request: &Request<'_>) -> Vec<FilePath> {
    let Request { settings, artifacts, offers, .. } = *request;
    let options = std::iter::once(&settings.options).chain(settings.targets.iter().map(|target| &target.options));
    let named = options.flat_map(|options| &options.lib_dirs).filter(|dir| dir.as_path().is_relative()).cloned();
    let made = artifacts.iter().map(|artifact| artifact.path.parent());
    let theirs = offers.iter().flat_map(|offer| offer.lib_dirs.iter().chain(&offer.dirs_behind).cloned());
    let all = made.chain(named).chain(theirs);
    all.map(|dir| FilePath::new(fold(dir.as_path()))).collect()
}

fn join(dir: &str, file: &FilePath) -> FilePath {
    FilePath::new(PathBuf::from(dir).join(file.as_path()))
}

#[cfg(test)]
mod tests;
