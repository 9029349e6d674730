//! Where a build's files go. Does not know what makes them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, PathBuf};

use crate::engine::config::settings::{LibraryType, Settings};
use crate::engine::config::targets::{Kind, LibraryVersion};
use crate::engine::digest::Digest;
use crate::engine::discover::Declared;
use crate::engine::path::FilePath;
use crate::engine::scan::kind::FileKind;

/// What is made on the way.
const WORK: &str = ".jmake_cache/obj";

/// File systems allow 255 bytes for a name; the rest is for endings.
const LONGEST: usize = 200;

/// The library's name without `lib` and ending.
#[must_use]
pub fn library(settings: &Settings) -> String {
    let typed = settings.library_name.rsplit('/').next().unwrap_or_default();
    if typed.is_empty() {
        // A project's name is no file's: `library-tests` begins with no `lib`.
        return one_component(&settings.name.to_lowercase());
    }
    let bare = typed.strip_prefix("lib").unwrap_or(typed);
    let bare = bare.split(".so.").next().unwrap_or(bare);
    let bare = [".so", ".a"].iter().find_map(|end| bare.strip_suffix(end)).unwrap_or(bare);
    one_component(if bare.is_empty() { "project" } else { bare })
}

/// The library's file name.
#[must_use]
pub fn library_file(settings: &Settings) -> String {
    match settings.library_type.unwrap_or_default() {
        LibraryType::Shared => shared_file(&library(settings), &settings.library_version),
        LibraryType::Static => format!("lib{}.a", library(settings)),
    }
}

/// The further names of a shared library.
#[must_use]
pub fn library_links(settings: &Settings) -> Vec<FilePath> {
    let shared = settings.library_type.unwrap_or_default() == LibraryType::Shared;
    if shared { links(&library_path(settings), &library(settings), &settings.library_version) } else { Vec::new() }
}

/// Where the library goes.
#[must_use]
pub fn library_path(settings: &Settings) -> FilePath {
    artifact_dir(settings, "lib").join(library_file(settings))
}

/// What the files of one of the archives of the project's objects begin with: the first has a plain name, others one after their first source.
#[must_use]
pub fn internal_archive(before: usize, sources: &[FilePath]) -> String {
    let first = sources.first().filter(|_| before > 0).map(|source| Digest::of(source.as_bytes()).hex());
    first.map_or_else(|| "@project".to_owned(), |hex| format!("@project-{}", &hex[..16]))
}

/// Where the program `name` goes.
#[must_use]
pub fn executable_path(settings: &Settings, name: &str) -> FilePath {
    artifact_dir(settings, "bin").join(one_component(name))
}

/// Where what a declared target makes goes; `None` if it makes nothing of its own.
#[must_use]
pub fn declared_path(settings: &Settings, declared: &Declared) -> Option<FilePath> {
    let name = one_component(&declared.output_name);
    let (kind, file) = match declared.kind {
        Kind::Headers | Kind::Objects => return None,
        Kind::Executable | Kind::Test | Kind::Example | Kind::Benchmark => ("bin", name),
        Kind::StaticLibrary => ("lib", format!("lib{name}.a")),
        Kind::SharedLibrary | Kind::Plugin => ("lib", shared_file(&name, &declared.library)),
    };
    Some(declared.output_dir.as_ref().map_or_else(|| artifact_dir(settings, kind), Clone::clone).join(file))
}

/// The further names under which a shared library is found: by what is linked with it, and by linkers. They are links to its file.
#[must_use]
pub fn link_paths(settings: &Settings, declared: &Declared) -> Vec<FilePath> {
    let Some(path) = declared_path(settings, declared).filter(|_| declared.kind == Kind::SharedLibrary) else { return Vec::new() };
    links(&path, &declared.output_name, &declared.library)
}

fn links(path: &FilePath, name: &str, library: &LibraryVersion) -> Vec<FilePath> {
    let mut out: Vec<FilePath> = Vec::new();
    for name in [one_component(&soname(name, library)), format!("lib{}.so", one_component(name))] {
        let link = path.parent().join(name);
        if link != *path && !out.contains(&link) {
            out.push(link);
        }
    }
    out
}

fn shared_file(name: &str, library: &LibraryVersion) -> String {
    let version = library.version.as_ref().map(|version| format!(".{}", one_component(version))).unwrap_or_default();
    format!("lib{name}.so{version}")
}

/// The name under which a shared library is looked for by what is linked with it.
#[must_use]
pub fn soname(name: &str, library: &LibraryVersion) -> String {
    let major = library.version.as_ref().and_then(|version| version.split('.').next());
    let usual = || format!("lib{}.so{}", one_component(name), major.map(|major| format!(".{major}")).unwrap_or_default());
    library.soname.clone().unwrap_or_else(usual)
}

fn artifact_dir(settings: &Settings, kind: &str) -> FilePath {
    settings.output_dir.clone().unwrap_or_else(|| settings.build_dir.join(&settings.profile).join(kind))
}

/// Where JMake keeps what it knows of a project.
pub const STATE: &str = ".jmake_cache";

/// The directory for what is made on the way to `target`.
#[must_use]
pub fn work_dir(settings: &Settings, target: &str) -> FilePath {
    FilePath::from(WORK).join(&settings.profile).join(one_component(target))
}

/// What `source` becomes under `dir`, with `ending` added to its name. No two sources share it: what stands for a place
/// outside the root begins with `@`, and a name that does so itself gets another.
#[must_use]
pub fn beside(dir: &FilePath, source: &FilePath, ending: &str) -> FilePath {
    let mut path = PathBuf::from(dir.as_path());
    for part in source.as_path().components() {
        match part {
            Component::Normal(name) => path.push(escaped(name).as_path()),
            Component::ParentDir => path.push("@up"),
            Component::RootDir | Component::Prefix(_) => path.push("@root"),
            Component::CurDir => {}
        }
    }
    path.as_mut_os_string().push(ending);
    FilePath::new(path)
}

/// The source of what [`beside`] names in a [`work_dir`]; `None` if it is not made of a source alone, or if its name does not tell.
#[must_use]
pub fn source_of(made: &FilePath) -> Option<FilePath> {
    let below = made.as_path().strip_prefix(WORK).ok()?;
    let mut source = PathBuf::new();
    // Behind the profile and the target.
    for part in below.components().skip(2) {
        match part.as_os_str().as_bytes() {
            b"@up" => source.push(".."),
            b"@root" => source.push("/"),
            [b'@', b'@', rest @ ..] => source.push(OsStr::from_bytes(&[b"@", rest].concat())),
            [b'@', ..] => {}
            name => source.push(OsStr::from_bytes(name)),
        }
    }
    let source = FilePath::new(source.with_extension(""));
    matches!(FileKind::of(&source), FileKind::Source(_)).then_some(source)
}

fn escaped(name: &OsStr) -> FilePath {
    let bytes = name.as_bytes();
    let mut out = if bytes.starts_with(b"@") { [b"@", bytes].concat() } else { bytes.to_vec() };
    // A newline would end a line of the depfiles in which this name comes.
    if out.len() > LONGEST || out.contains(&b'\n') {
        let digest = Digest::of(bytes).hex();
        out.truncate(LONGEST - 40);
        out.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b'_');
        out.extend(format!("@{}", &digest[..32]).bytes());
    }
    FilePath::new(OsStr::from_bytes(&out))
}

/// `name` as a file name.
#[must_use]
pub fn one_component(name: &str) -> String {
    match name {
        "" | "." | ".." => "project".to_owned(),
        name => name.replace(['/', '\0'], "_").chars().take(LONGEST / 4).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_named_by_its_setting_with_or_without_lib_and_ending_else_as_the_project() {
        let check = |project: &str, typed: &str, expect: &str| {
            let settings = Settings { name: project.to_owned(), library_name: typed.to_owned(), ..Settings::default() };
            assert_eq!(library_file(&settings), expect, "{project} {typed}");
        };
        check("Geo", "", "libgeo.so");
        check("library-tests", "", "liblibrary-tests.so");
        check("a.so", "", "liba.so.so");
        check("Geo", "x", "libx.so");
        check("Geo", "out/libX.so.1", "libX.so");
        check("Geo", "libx.a", "libx.so");
        check("Geo", "lib", "libproject.so");
        check("", "", "libproject.so");
    }

    #[test]
    fn sources_get_places_of_their_own() {
        let check = |source: &str, expect: &str| assert_eq!(beside(&"o".into(), &source.into(), ".o").to_string(), expect);
        check("src/a.cpp", "o/src/a.cpp.o");
        check("/abs/a.c", "o/@root/abs/a.c.o");
        check("../x/a.c", "o/@up/x/a.c.o");
        check("@root/abs/a.c", "o/@@root/abs/a.c.o");
        check("a b$.c", "o/a b$.c.o");
        assert!(!beside(&"o".into(), &"a\nb.c".into(), ".o").as_bytes().contains(&b'\n'));
        assert_ne!(beside(&"o".into(), &"a\nb.c".into(), ".o"), beside(&"o".into(), &"a_b.c".into(), ".o"));
        let long = |end: &str| beside(&"o".into(), &FilePath::from(format!("{}{end}.c", "x".repeat(240)).as_str()), ".o");
        for source in ["src/a.cpp", "/abs/a.c", "../../x/a.c", "@root/abs/a.c", "a b$.c"] {
            let dir = FilePath::from(WORK).join("dev/app");
            assert_eq!(source_of(&beside(&dir, &source.into(), ".o")), Some(source.into()));
        }
        for other in ["src/a.c.o", ".jmake_cache/obj/dev/app/app.linked.bc", ".jmake_cache/obj/dev/app/merge.rsp"] {
            assert_eq!(source_of(&other.into()), None, "{other}");
        }
        assert!(long("a").name().len() <= LONGEST + 2);
        assert_ne!(long("a"), long("b"));
    }
}
