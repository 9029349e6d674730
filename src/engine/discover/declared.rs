//! Targets as jmake.toml declares them: their sources, and what they get from those that they depend on. Does not know flags or tools.

mod depends;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::depends::Order;
use super::patterns::{PatternError, Patterns};
use super::{FileEntry, Group, IfMain, Target, TargetKind};
use crate::engine::config::keys::nearest;
use crate::engine::config::options::Options;
use crate::engine::config::settings::Settings;
use crate::engine::config::targets::{Kind, LibraryVersion, TargetSettings};
use crate::engine::path::FilePath;
use crate::engine::scan::kind::FileKind;

/// A target of jmake.toml, with all that it takes to make it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Declared {
    /// Unique among them.
    pub name: String,
    /// What it becomes.
    pub kind: Kind,
    /// What is compiled for it, sorted.
    pub sources: Vec<FilePath>,
    /// Its own options, what those that it depends on make public, and the libraries that static ones among them need.
    pub options: Arc<Options>,
    /// Targets whose objects are linked into it.
    pub objects: Vec<String>,
    /// Libraries of this project that it is linked with, each before those that it uses.
    pub libraries: Vec<String>,
    /// What is only made before it.
    pub before: Vec<String>,
    /// The file's name without `lib` and ending.
    pub output_name: String,
    /// Where the file goes, if not to the usual place.
    pub output_dir: Option<FilePath>,
    /// How a shared library is named for those that load it.
    pub library: LibraryVersion,
    /// The only symbols that a shared library offers, if there are any.
    pub export_list: Vec<String>,
    /// Built when nothing is named.
    pub by_default: bool,
}

impl Declared {
    /// The options that it is linked with.
    #[must_use]
    pub fn link_options(&self) -> Options {
        let mut options = self.options.as_ref().clone();
        // Who loads a plugin has what that lacks.
        options.allow_undefined |= self.kind == Kind::Plugin;
        options
    }
}

/// Why the targets of jmake.toml cannot be built.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub enum DeclareError {
    /// A pattern that cannot be read.
    #[error("target `{target}` in jmake.toml: {error}")]
    #[allow(missing_docs, reason = "the names say all")]
    Pattern { target: String, error: PatternError },
    /// A pattern without a source.
    #[error(
        "target `{target}` in jmake.toml: `{pattern}` fits no source file that is not ignored; correct it, or take it out of `sources`"
    )]
    #[allow(missing_docs, reason = "the names say all")]
    Nothing { target: String, pattern: String },
    /// Nothing to compile.
    #[error("target `{0}` in jmake.toml has no sources; give it some with sources = [\"src/*.cpp\"]")]
    NoSources(String),
    /// Nobody has this name.
    #[error("target `{target}` in jmake.toml depends on `{name}`, which is no target{}", near.as_ref().map_or_else(|| "; declare it in a [[targets]] table".to_owned(), |near| format!("; did you mean `{near}`?")))]
    #[allow(missing_docs, reason = "the names say all")]
    Unknown { target: String, name: String, near: Option<String> },
    /// They wait for each other.
    #[error("targets in jmake.toml depend on each other in a circle: {}; take one of these out of `depends`", .0.join(" → "))]
    Cycle(Vec<String>),
    /// One name for two.
    #[error("two targets in jmake.toml are named `{0}`; rename one of them")]
    Twice(String),
}

/// The targets that the settings declare, in their order.
///
/// # Errors
/// They contradict each other or the files.
pub fn declare(settings: &Settings, files: &[FileEntry]) -> Result<Vec<Declared>, DeclareError> {
    let order = Order::of(&settings.targets)?;
    let sources: Vec<&FilePath> = files.iter().filter(|file| matches!(file.kind, FileKind::Source(_))).map(|file| &file.path).collect();
    let make = |at: usize| {
        let target = &settings.targets[at];
        let patterns =
            |typed: &[String]| Patterns::new(typed).map_err(|error| DeclareError::Pattern { target: target.name.clone(), error });
        let (wanted, unwanted) = (patterns(&target.sources)?, patterns(&target.exclude)?);
        if let Some(pattern) = wanted.idle(sources.iter().copied()) {
            return Err(DeclareError::Nothing { target: target.name.clone(), pattern: pattern.to_owned() });
        }
        let own: BTreeSet<FilePath> =
            sources.iter().filter(|path| wanted.fit(path) && !unwanted.fit(path)).map(|path| (*path).clone()).collect();
        let kept_by_others = || order.objects(at).next().is_some();
        if own.is_empty() && target.kind != Kind::Headers && !kept_by_others() {
            return Err(DeclareError::NoSources(target.name.clone()));
        }
        Ok(assemble(settings, &order, at, own.into_iter().collect()))
    };
    (0..settings.targets.len()).map(make).collect()
}

fn assemble(settings: &Settings, order: &Order<'_>, at: usize, sources: Vec<FilePath>) -> Declared {
    let target = &settings.targets[at];
    let named = |all: &mut dyn Iterator<Item = usize>| all.map(|at| settings.targets[at].name.clone()).collect();
    Declared {
        name: target.name.clone(),
        kind: target.kind,
        sources,
        options: Arc::new(options(target, order, at)),
        objects: named(&mut order.objects(at)),
        libraries: named(&mut order.libraries(at)),
        before: named(&mut order.before(at)),
        output_name: target.output_name.clone().unwrap_or_else(|| target.name.clone()),
        output_dir: target.output_dir.clone(),
        library: LibraryVersion { version: target.library.version.clone(), soname: target.library.soname.clone() },
        export_list: target.export_list.clone(),
        by_default: target.default.unwrap_or(group(target.kind).is_none()),
    }
}

/// What a target is compiled and linked with.
fn options(target: &TargetSettings, order: &Order<'_>, at: usize) -> Options {
    let mut options = target.options.clone();
    let mut public = |giver: &TargetSettings| {
        for dir in &giver.public_include_dirs {
            if !options.include_dirs.contains(dir) {
                options.include_dirs.push(dir.clone());
            }
        }
        for (name, value) in &giver.public_defines {
            options.defines.entry(name.clone()).or_insert_with(|| value.clone());
        }
    };
    public(target);
    order.all(at).for_each(public);
    for giver in order.merged(at) {
        // What uses a library comes before it.
        options.link_libraries.retain(|library| !giver.options.link_libraries.contains(library));
        options.link_libraries.extend(giver.options.link_libraries.iter().cloned());
        let more: Vec<FilePath> = giver.options.lib_dirs.iter().filter(|dir| !options.lib_dirs.contains(dir)).cloned().collect();
        options.lib_dirs.extend(more);
    }
    options
}

fn group(kind: Kind) -> Option<Group> {
    match kind {
        Kind::Test => Some(Group::Test),
        Kind::Example => Some(Group::Example),
        Kind::Benchmark => Some(Group::Benchmark),
        _ => None,
    }
}

/// `declared` as discovery shows targets, and by name.
#[must_use]
pub fn targets(declared: &[Declared]) -> (Vec<Target>, BTreeMap<String, Arc<Declared>>) {
    let shown = |declared: &Declared| Target {
        name: declared.name.clone(),
        kind: match declared.kind {
            Kind::Executable | Kind::Test | Kind::Example | Kind::Benchmark => TargetKind::Executable,
            Kind::SharedLibrary => TargetKind::SharedLibrary,
            Kind::StaticLibrary => TargetKind::StaticLibrary,
            Kind::Plugin => TargetKind::Plugin,
            Kind::Headers => TargetKind::Headers,
            Kind::Objects => TargetKind::Objects,
        },
        group: group(declared.kind),
        main: None,
        sources: declared.sources.clone(),
        uses_project: false,
        if_main: IfMain::Stays,
        libraries: Vec::new(),
        why: "jmake.toml declares it".to_owned(),
    };
    let mut all: Vec<Target> = declared.iter().map(shown).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    (all, declared.iter().map(|declared| (declared.name.clone(), Arc::new(declared.clone()))).collect())
}

/// The directories in which the settings say that headers are, of all targets.
#[must_use]
pub fn include_dirs(settings: &Settings, declared: &[Declared]) -> Vec<FilePath> {
    let mut out = settings.options.include_dirs.clone();
    for dir in declared.iter().flat_map(|target| &target.options.include_dirs) {
        if !out.contains(dir) {
            out.push(dir.clone());
        }
    }
    out
}

fn near(name: &str, targets: &[TargetSettings]) -> Option<String> {
    nearest(name, targets.iter().map(|target| target.name.as_str())).map(ToOwned::to_owned)
}
