//! What `jmake install` puts where below its prefix: programs, libraries with the names under which they are looked for, headers, a file for
//! pkg-config. Does not copy anything, nor know what lies there already.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::config::settings::Settings;
use super::config::targets::{Dependency, Kind, LibraryVersion, TargetSettings};
use super::discover::patterns::{PatternError, Patterns, is_literal};
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

/// A header, and what it is called where it is included.
pub type Header = (FilePath, FilePath);

/// Of `all` headers those that are for others: as settings say, else those under `include/`. Each is called by its path below the nearest of
/// `include_dirs` that holds it, else below the part of its pattern that is no glob.
///
/// # Errors
/// A pattern cannot be read, or fits no header.
pub fn headers(settings: &Settings, all: &[FilePath], include_dirs: &[FilePath]) -> Result<Vec<Header>, HeaderError> {
    let usual = ["include".to_owned()];
    let mut found = Vec::new();
    for pattern in settings.install.headers.as_deref().unwrap_or(&usual) {
        let patterns = Patterns::new(std::slice::from_ref(pattern))?;
        let before = found.len();
        let base = base(pattern);
        found.extend(all.iter().filter(|header| patterns.fit(header)).map(|header| (header.clone(), called(header, include_dirs, &base))));
        if found.len() == before && settings.install.headers.is_some() {
            return Err(HeaderError::Idle(pattern.clone()));
        }
    }
    Ok(found)
}

/// The directories that a pattern begins with.
fn base(pattern: &str) -> FilePath {
    let folded = fold(Path::new(pattern));
    FilePath::new(folded.components().take_while(|part| is_literal(&part.as_os_str().to_string_lossy())).collect::<PathBuf>())
}

/// Why it is not known which headers to install.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub enum HeaderError {
    /// It is no pattern.
    #[error("install.headers: {0}")]
    Pattern(#[from] PatternError),
    /// There is no such header.
    #[error("install.headers: no header fits `{0}`; name a file, a directory or a glob of headers in the project")]
    Idle(String),
}

/// Where things go below a prefix.
struct Places<'a> {
    bin: &'a str,
    lib: &'a str,
    include: &'a str,
}

/// The plan for `artifacts` and `headers`, which are relative to the root. `prefix` is the place for good.
#[must_use]
pub fn plan(settings: &Settings, artifacts: &[Artifact], headers: &[Header], prefix: &FilePath) -> Plan {
    let install = &settings.install;
    let or = |dir: &'_ Option<String>, usual: &'static str| dir.clone().unwrap_or_else(|| usual.to_owned());
    let (bin, lib, include) = (or(&install.bin_dir, "bin"), or(&install.lib_dir, "lib"), or(&install.include_dir, "include"));
    let places = Places { bin: &bin, lib: &lib, include: &include };
    let mut plan = Plan::new();
    let mut libraries = Vec::new();
    for artifact in artifacts {
        let own = settings.targets.iter().find(|target| target.name == artifact.target);
        if own.is_some_and(|own| own.install == Some(false) || own.install.is_none() && !is_for_others(own.kind)) || artifact.test.is_some()
        {
            continue;
        }
        let version = own.map_or(&settings.library_version, |own| &own.library);
        put(&mut plan, &places, artifact, version);
        // A plugin is loaded by its path, nobody links it.
        libraries.extend(library_name(artifact).filter(|_| own.is_none_or(|own| own.kind != Kind::Plugin)));
    }
    for (header, called) in headers {
        plan.insert(join(places.include, called), Item::Copy { from: header.clone(), executable: false });
    }
    if install.pkg_config.unwrap_or(!libraries.is_empty()) {
        let file = format!("{}.pc", settings.name.to_lowercase());
        plan.insert(
            join(&format!("{}/pkgconfig", places.lib), &file.as_str().into()),
            Item::Text(pc(settings, &libraries, &places, prefix)),
        );
    }
    plan
}

/// Tests, examples and benchmarks are for who works on the project.
fn is_for_others(kind: Kind) -> bool {
    matches!(kind, Kind::Executable | Kind::SharedLibrary | Kind::StaticLibrary | Kind::Plugin)
}

fn put(plan: &mut Plan, places: &Places<'_>, artifact: &Artifact, version: &LibraryVersion) {
    let name = artifact.path.name();
    let from = artifact.path.clone();
    match artifact.kind {
        ArtifactKind::Executable => {
            plan.insert(join(places.bin, &name.as_str().into()), Item::Copy { from, executable: true });
        }
        ArtifactKind::StaticLibrary => {
            plan.insert(join(places.lib, &name.as_str().into()), Item::Copy { from, executable: false });
        }
        ArtifactKind::SharedLibrary => {
            for link in names_of(&name, version) {
                plan.insert(join(places.lib, &link.as_str().into()), Item::Link(name.clone()));
            }
            plan.insert(join(places.lib, &name.as_str().into()), Item::Copy { from, executable: true });
        }
        ArtifactKind::Ir => {}
    }
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

/// Without `lib` and ending, of a library that is linked by its name.
fn library_name(artifact: &Artifact) -> Option<String> {
    let name = artifact.path.name();
    let bare = name.strip_prefix("lib")?;
    let linked = matches!(artifact.kind, ArtifactKind::SharedLibrary | ArtifactKind::StaticLibrary);
    linked.then(|| bare.split(".so").next().unwrap_or(bare).trim_end_matches(".a").to_owned())
}

fn called(header: &FilePath, include_dirs: &[FilePath], base: &FilePath) -> FilePath {
    let usual = FilePath::from("include");
    let dirs = include_dirs.iter().chain([&usual]).filter(|dir| !dir.as_bytes().is_empty());
    let below = |dir: &FilePath| header.as_path().strip_prefix(dir.as_path()).ok().filter(|path| path.components().next().is_some());
    let nearest = dirs.filter_map(below).min_by_key(|path| path.components().count());
    nearest.or_else(|| below(base)).map_or_else(|| header.name().as_str().into(), FilePath::new)
}

fn join(dir: &str, file: &FilePath) -> FilePath {
    FilePath::new(PathBuf::from(dir).join(file.as_path()))
}

/// What pkg-config says of the project.
fn pc(settings: &Settings, libraries: &[String], places: &Places<'_>, prefix: &FilePath) -> String {
    let version = settings.version.as_deref().unwrap_or("0");
    let description = settings.description.as_deref().unwrap_or(&settings.name);
    let mut text = format!("prefix={prefix}\nlibdir=${{prefix}}/{}\nincludedir=${{prefix}}/{}\n\n", places.lib, places.include);
    text.push_str(&format!("Name: {}\nDescription: {}\nVersion: {version}\n", settings.name, description.replace('\n', " ")));
    let required: Vec<&str> = settings.dependencies.iter().filter_map(module).collect();
    if !required.is_empty() {
        text.push_str(&format!("Requires.private: {}\n", required.join(", ")));
    }
    let linked: String = libraries.iter().map(|library| format!(" -l{library}")).collect();
    text.push_str(&format!("Libs: -L${{libdir}}{linked}\n"));
    let further = settings.targets.iter().filter(|target| target.kind == Kind::StaticLibrary).flat_map(own_libraries);
    let further: Vec<String> = further.chain(own_libraries_of(&settings.options.link_libraries)).collect();
    if !further.is_empty() {
        text.push_str(&format!("Libs.private: {}\n", further.join(" ")));
    }
    text.push_str("Cflags: -I${includedir}\n");
    text
}

fn module(dependency: &Dependency) -> Option<&str> {
    match dependency {
        Dependency::PkgConfig(module) => Some(module),
        Dependency::Path { .. } => None,
    }
}

fn own_libraries(target: &TargetSettings) -> impl Iterator<Item = String> {
    own_libraries_of(&target.options.link_libraries)
}

/// Libraries that are looked for by name: others are files of this machine.
fn own_libraries_of(names: &[String]) -> impl Iterator<Item = String> {
    names.iter().filter(|name| !name.contains('/')).map(|name| format!("-l{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(target: &str, kind: ArtifactKind, path: &str) -> Artifact {
        Artifact { target: target.to_owned(), kind, path: path.into(), test: None }
    }

    fn told(plan: &Plan) -> Vec<String> {
        let item = |item: &Item| match item {
            Item::Copy { from, executable } => format!("{from}{}", if *executable { " *" } else { "" }),
            Item::Link(to) => format!("-> {to}"),
            Item::Text(text) => format!("{} lines", text.lines().count()),
        };
        plan.iter().map(|(to, what)| format!("{to}: {}", item(what))).collect()
    }

    #[test]
    fn everything_has_its_place_and_its_names() {
        let library = LibraryVersion { soname: None, version: Some("1.2.3".to_owned()) };
        let settings = Settings { name: "Geom".into(), library_version: library, ..Settings::default() };
        let artifacts = [
            artifact("geom", ArtifactKind::Executable, "build/dev/bin/geom"),
            artifact("libgeom", ArtifactKind::SharedLibrary, "build/dev/lib/libgeom.so.1.2.3"),
            artifact("libother", ArtifactKind::StaticLibrary, "build/dev/lib/libother.a"),
        ];
        let headers = [("include/geom/area.h", "geom/area.h"), ("src/api/hull.h", "hull.h")].map(|(from, to)| (from.into(), to.into()));
        let plan = plan(&settings, &artifacts, &headers, &"/usr".into());
        assert_eq!(
            told(&plan),
            [
                "bin/geom: build/dev/bin/geom *",
                "include/geom/area.h: include/geom/area.h",
                "include/hull.h: src/api/hull.h",
                "lib/libgeom.so: -> libgeom.so.1.2.3",
                "lib/libgeom.so.1: -> libgeom.so.1.2.3",
                "lib/libgeom.so.1.2.3: build/dev/lib/libgeom.so.1.2.3 *",
                "lib/libother.a: build/dev/lib/libother.a",
                "lib/pkgconfig/geom.pc: 9 lines",
            ]
        );
    }

    #[test]
    fn headers_are_those_named_else_those_under_include() {
        let all = ["include/g/a.h", "src/b.h", "src/private/c.h", "lib/api/d.h"].map(FilePath::from);
        let check = |named: Option<&[&str]>, expect: Result<&str, &str>| {
            let mut settings = Settings::default();
            settings.install.headers = named.map(|named| named.iter().map(ToString::to_string).collect());
            let found = headers(&settings, &all, &["".into(), "lib".into(), "lib/api".into()]);
            let told = |(from, called): &Header| format!("{from}={called}");
            match (found, expect) {
                (Ok(found), Ok(expect)) => assert_eq!(found.iter().map(told).collect::<Vec<_>>().join(" "), expect),
                (Err(error), Err(expect)) => assert!(error.to_string().contains(expect), "{error}"),
                (found, _) => panic!("{found:?} instead of {expect:?}"),
            }
        };
        check(None, Ok("include/g/a.h=g/a.h"));
        check(Some(&["src/*.h"]), Ok("src/b.h=b.h"));
        check(Some(&["src/b.h", "src/**/c.h"]), Ok("src/b.h=b.h src/private/c.h=private/c.h"));
        check(Some(&["include/g", "lib"]), Ok("include/g/a.h=g/a.h lib/api/d.h=d.h"));
        check(Some(&[]), Ok(""));
        check(Some(&["include", "none"]), Err("no header fits `none`"));
        check(Some(&["{"]), Err("is no pattern"));
    }

    #[test]
    fn a_package_is_gathered_below_another_directory() {
        assert_eq!(top(&"/usr".into(), Some(&"/tmp/pkg".into())), "/tmp/pkg/usr".into());
        assert_eq!(top(&"/usr".into(), None), "/usr".into());
    }

    #[test]
    fn pkg_config_is_told_what_others_need() {
        let mut settings = Settings { name: "geom".into(), version: Some("1.2".into()), ..Settings::default() };
        settings.dependencies = vec![Dependency::PkgConfig("zlib >= 1.2".into())];
        settings.options.link_libraries = vec!["m".into(), "/opt/libx.a".into()];
        let plan = plan(&settings, &[artifact("libgeom", ArtifactKind::SharedLibrary, "l/libgeom.so")], &[], &"/opt/geom".into());
        let Some(Item::Text(text)) = plan.get(&"lib/pkgconfig/geom.pc".into()) else { panic!("{plan:?}") };
        let expect = "prefix=/opt/geom\nlibdir=${prefix}/lib\nincludedir=${prefix}/include\n\nName: geom\nDescription: geom\nVersion: 1.2\n\
                      Requires.private: zlib >= 1.2\nLibs: -L${libdir} -lgeom\nLibs.private: -lm\nCflags: -I${includedir}\n";
        assert_eq!(text, expect);
    }

    #[test]
    fn what_is_not_for_others_stays() {
        let target = |name: &str, kind: Kind, install: Option<bool>| TargetSettings {
            name: name.to_owned(),
            kind,
            install,
            ..TargetSettings::default()
        };
        let targets = vec![
            target("app", Kind::Executable, None),
            target("tool", Kind::Executable, Some(false)),
            target("demo", Kind::Example, None),
            target("bench", Kind::Benchmark, Some(true)),
        ];
        let settings = Settings { targets, ..Settings::default() };
        let artifacts = ["app", "tool", "demo", "bench"].map(|name| artifact(name, ArtifactKind::Executable, &format!("b/{name}")));
        assert_eq!(told(&plan(&settings, &artifacts, &[], &PREFIX.into())), ["bin/app: b/app *", "bin/bench: b/bench *"]);
    }
}
