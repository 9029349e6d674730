//! Other projects that this one is built with (`[dependencies]` with a path): what they offer, and what that means for options. Does not build
//! them, nor know where they lie.

use std::path::Path;

use super::config::options::Options;
use super::config::settings::Settings;
use super::config::targets::{Dependency, Kind};
use super::cxx::lower::artifact_paths;
use super::discover::{Discovery, TargetKind};
use super::path::FilePath;

/// What a project offers to others: paths seen from whoever uses it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Offer {
    /// Where its headers are found.
    pub include_dirs: Vec<FilePath>,
    /// Its libraries, by name.
    pub libraries: Vec<String>,
    /// Where these lie.
    pub lib_dirs: Vec<FilePath>,
    /// Where those of the projects lie that this one needs itself.
    pub dirs_behind: Vec<FilePath>,
    /// What static ones among them need in turn.
    pub needs: Vec<String>,
    /// Their files, and those of the projects that static ones among them need.
    pub files: Vec<OfferedLibrary>,
}

/// The file of a library that a project offers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OfferedLibrary {
    /// Where it is.
    pub file: FilePath,
    /// Further names of a shared one.
    pub links: Vec<String>,
    /// It is linked in, not loaded.
    pub is_static: bool,
}

/// The projects that the settings name: name and path.
pub fn named(settings: &Settings) -> impl Iterator<Item = (&str, &FilePath)> {
    settings.dependencies.iter().filter_map(|dependency| match dependency {
        Dependency::Path { name, path } => Some((name.as_str(), path)),
        Dependency::PkgConfig(_) => None,
    })
}

/// Whether a text may name some: most files do not, and are not looked into for that.
#[must_use]
pub fn may_be_named_in(content: &str) -> bool {
    content.contains("dependencies") && content.contains("path")
}

/// What the project in `root` offers, of which this is known; `behind`: what those offer that it names itself.
#[must_use]
pub fn offered(root: &FilePath, settings: &Settings, discovery: &Discovery, behind: &[Offer]) -> Offer {
    let at = |path: &FilePath| FilePath::new(super::path::fold(&root.as_path().join(path.as_path())));
    let mut offer = Offer { include_dirs: include_dirs(discovery), ..Offer::default() };
    for target in &discovery.targets {
        let declared = discovery.declared.get(&target.name);
        let links = match declared {
            Some(declared) => declared.by_default && matches!(declared.kind, Kind::StaticLibrary | Kind::SharedLibrary),
            None => target.kind == TargetKind::Library,
        };
        let mut paths = artifact_paths(settings, discovery, target).into_iter().filter(|_| links);
        if let Some(path) = paths.next() {
            let options = declared.map_or(&settings.options, |declared| &declared.options);
            let is_static = path.name().ends_with(".a");
            offer.libraries.push(linked_as(&path.name()));
            offer.lib_dirs.push(path.parent());
            offer.files.push(OfferedLibrary { file: at(&path), links: paths.map(|link| link.name()).collect(), is_static });
            // A shared one brings its own.
            if is_static {
                offer.lib_dirs.extend(options.lib_dirs.iter().cloned());
                offer.needs.extend(options.link_libraries.iter().cloned());
            }
        }
    }
    if offer.files.iter().any(|library| library.is_static) {
        let seen = |library: &OfferedLibrary| OfferedLibrary { file: at(&library.file), ..library.clone() };
        offer.files.extend(behind.iter().flat_map(|offer| offer.files.iter().map(seen)));
    }
    offer.dirs_behind = behind.iter().flat_map(|offer| offer.lib_dirs.iter().chain(&offer.dirs_behind)).cloned().collect();
    let seen = |dirs: Vec<FilePath>| distinct(dirs.iter().map(at));
    Offer {
        include_dirs: seen(offer.include_dirs),
        lib_dirs: seen(offer.lib_dirs),
        dirs_behind: seen(offer.dirs_behind),
        needs: distinct(offer.needs.into_iter()),
        ..offer
    }
}

/// `include/` if there are headers in it, else wherever there are headers, and what declared targets make public.
fn include_dirs(discovery: &Discovery) -> Vec<FilePath> {
    let public = discovery.headers.iter().any(|header| header.as_path().starts_with("include"));
    let found = if public { vec![FilePath::from("include")] } else { discovery.headers.iter().map(FilePath::parent).collect() };
    let libraries =
        discovery.declared.values().filter(|declared| matches!(declared.kind, Kind::StaticLibrary | Kind::SharedLibrary | Kind::Headers));
    let declared = libraries.flat_map(|declared| declared.options.include_dirs.iter().cloned());
    distinct(declared.chain(found))
}

/// `m` of `libm.so.6` and `libm.a`.
fn linked_as(file: &str) -> String {
    let stem = file.strip_prefix("lib").unwrap_or(file);
    let end = [".so", ".a"].iter().filter_map(|ending| stem.find(ending)).min().unwrap_or(stem.len());
    stem[..end].to_owned()
}

/// Each of `all` once, where it comes first.
pub fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    all.for_each(|one| {
        if !kept.contains(&one) {
            kept.push(one);
        }
    });
    kept
}

/// The settings with what others offer, for all targets.
#[must_use]
pub fn applied(settings: &Settings, offers: &[Offer]) -> Settings {
    let mut settings = settings.clone();
    for options in std::iter::once(&mut settings.options).chain(settings.targets.iter_mut().map(|target| &mut target.options)) {
        offers.iter().for_each(|offer| add(options, offer));
    }
    settings
}

fn add(options: &mut Options, offer: &Offer) {
    options.include_dirs.extend(offer.include_dirs.iter().cloned());
    options.lib_dirs.extend(offer.lib_dirs.iter().cloned());
    options.link_libraries.extend(offer.libraries.iter().chain(&offer.needs).cloned());
}

/// The chain of projects that came to need each other, in words.
#[must_use]
pub fn circle(chain: &[&Path], again: &Path) -> String {
    let from = chain.iter().position(|root| *root == again).unwrap_or(0);
    let shown: Vec<String> = chain[from..].iter().chain([&again]).map(|root| root.display().to_string()).collect();
    format!("projects need each other in a circle: {}; take one of these out of [dependencies]", shown.join(" -> "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_linked_by_the_name_before_their_ending() {
        for (file, name) in [("libgeo.so", "geo"), ("libgeo.so.1.2", "geo"), ("liba.b.a", "a.b"), ("odd.so", "odd")] {
            assert_eq!(linked_as(file), name);
        }
    }

    #[test]
    fn a_circle_begins_where_it_closes() {
        let chain = ["/a", "/b", "/c"].map(Path::new);
        assert!(circle(&chain, Path::new("/b")).contains("/b -> /c -> /b;"));
    }
}
