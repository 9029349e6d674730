//! Which headers are for others, and what they are called where they are included. Does not know where they go.

use std::path::{Path, PathBuf};

use super::is_installed;
use crate::engine::config::settings::Settings;
use crate::engine::config::targets::Kind;
use crate::engine::discover::patterns::{PatternError, Patterns, is_literal};
use crate::engine::discover::{Discovery, group_by_directory};
use crate::engine::path::{FilePath, fold};

/// A header, and what it is called where it is included.
pub type Header = (FilePath, FilePath);

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

/// The headers that are for others: as settings say, else those under `include/` and in the public include directories of installed targets.
///
/// # Errors
/// A pattern cannot be read, or fits no header.
pub fn headers(settings: &Settings, discovery: &Discovery) -> Result<Vec<Header>, HeaderError> {
    let mut found = Vec::new();
    let Some(patterns) = &settings.install.headers else {
        let mut dirs = vec![FilePath::from("include")];
        dirs.extend(public_dirs(settings));
        found.extend(discovery.headers.iter().filter_map(|header| Some((header.clone(), public(header, &dirs)?))));
        return Ok(found);
    };
    for pattern in patterns {
        let fitting = Patterns::new(std::slice::from_ref(pattern))?;
        let before = found.len();
        let base = base(pattern);
        let all = discovery.headers.iter().filter(|header| fitting.fit(header));
        found.extend(all.map(|header| (header.clone(), called(header, &discovery.include_dirs, &base))));
        if found.len() == before {
            return Err(HeaderError::Idle(pattern.clone()));
        }
    }
    Ok(found)
}

/// Where installed targets have headers for those that depend on them.
fn public_dirs(settings: &Settings) -> impl Iterator<Item = FilePath> {
    let offering = |kind: Kind| matches!(kind, Kind::SharedLibrary | Kind::StaticLibrary | Kind::Headers);
    let targets = settings.targets.iter().filter(move |target| offering(target.kind) && is_installed(target));
    targets.flat_map(|target| target.public_include_dirs.iter().map(|dir| FilePath::new(fold(dir.as_path()))))
}

/// What a header in one of `dirs` is called: by the longest way, which is right for all of them. Not one that belongs to tests and the like.
fn public(header: &FilePath, dirs: &[FilePath]) -> Option<FilePath> {
    let below = dirs.iter().filter_map(|dir| header.as_path().strip_prefix(dir.as_path()).ok());
    let called = FilePath::new(below.max_by_key(|path| path.components().count())?);
    (header.as_path().starts_with("include") || group_by_directory(&called).is_none()).then_some(called)
}

/// The directories that a pattern begins with.
fn base(pattern: &str) -> FilePath {
    let folded = fold(Path::new(pattern));
    FilePath::new(folded.components().take_while(|part| is_literal(&part.as_os_str().to_string_lossy())).collect::<PathBuf>())
}

/// Its path below the nearest of `include_dirs` that holds it, else below the part of its pattern that is no glob.
fn called(header: &FilePath, include_dirs: &[FilePath], base: &FilePath) -> FilePath {
    let usual = FilePath::from("include");
    let dirs = include_dirs.iter().chain([&usual]).filter(|dir| !dir.as_bytes().is_empty());
    let below = |dir: &FilePath| header.as_path().strip_prefix(dir.as_path()).ok().filter(|path| path.components().next().is_some());
    let nearest = dirs.filter_map(below).min_by_key(|path| path.components().count());
    nearest.or_else(|| below(base)).map_or_else(|| header.name().as_str().into(), FilePath::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::config::targets::TargetSettings;

    const ALL: [&str; 5] = ["include/g/a.h", "lib/api/d.h", "src/b.h", "src/private/c.h", "src/tests/t.h"];

    fn told(settings: &Settings, dirs: &[&str]) -> Result<String, HeaderError> {
        let discovery = Discovery {
            headers: ALL.map(FilePath::from).to_vec(),
            include_dirs: dirs.iter().map(|dir| FilePath::from(*dir)).collect(),
            ..Discovery::default()
        };
        let all = headers(settings, &discovery)?;
        Ok(all.iter().map(|(from, called)| format!("{from}={called}")).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn headers_are_those_named_else_those_under_include() {
        let check = |named: Option<&[&str]>, expect: Result<&str, &str>| {
            let mut settings = Settings::default();
            settings.install.headers = named.map(|named| named.iter().map(ToString::to_string).collect());
            match (told(&settings, &["", "lib", "lib/api"]), expect) {
                (Ok(found), Ok(expect)) => assert_eq!(found, expect),
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
    fn public_include_directories_of_installed_targets_are_for_others() {
        let check = |kind: Kind, install: Option<bool>, dirs: &[&str], expect: &str| {
            let public_include_dirs = dirs.iter().map(|dir| FilePath::from(*dir)).collect();
            let target = TargetSettings { name: "x".into(), kind, install, public_include_dirs, ..TargetSettings::default() };
            let settings = Settings { targets: vec![target], ..Settings::default() };
            assert_eq!(told(&settings, &["lib/api", "src"]).unwrap(), expect, "{dirs:?}");
        };
        check(Kind::StaticLibrary, None, &["lib/"], "include/g/a.h=g/a.h lib/api/d.h=api/d.h");
        check(Kind::Headers, None, &["./src"], "include/g/a.h=g/a.h src/b.h=b.h src/private/c.h=private/c.h");
        check(Kind::SharedLibrary, None, &["include", "include/g"], "include/g/a.h=g/a.h");
        check(Kind::SharedLibrary, Some(false), &["src"], "include/g/a.h=g/a.h");
        check(Kind::Executable, None, &["src"], "include/g/a.h=g/a.h");
        let all = "include/g/a.h=include/g/a.h lib/api/d.h=lib/api/d.h src/b.h=src/b.h src/private/c.h=src/private/c.h";
        check(Kind::SharedLibrary, None, &[""], all);
    }
}
