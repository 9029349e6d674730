//! Which project a command is about, as the request tells it. Does not know what is in the project.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::Mode;
use rustix::process::umask;

use super::cli::ProjectFlags;
use super::error::ClientError;
use super::place::Environment;
use crate::edge::paths;
use crate::wire::{PathText, Project};

/// The project at `path`, or at hand, seen from here. `/` and the home directory are none unless a `jmake.toml` says so.
pub fn at(path: Option<&Path>, flags: &ProjectFlags, environment: &Environment) -> Result<Project, ClientError> {
    let project = near(path, flags, environment)?;
    let root = project.root.as_path();
    let special = root.parent().is_none() || environment.home().is_some_and(|home| home == root);
    if special && project.config.is_none() && !root.join("jmake.toml").exists() {
        let root = root.display();
        return Err(ClientError::Usage(format!(
            "{root} is a project only with a jmake.toml; change to a project, or name one: jmake build DIR"
        )));
    }
    Ok(project)
}

/// The same for requests that only want to know where they come from.
pub fn near(path: Option<&Path>, flags: &ProjectFlags, environment: &Environment) -> Result<Project, ClientError> {
    let cwd = std::env::current_dir().map_err(no_project(Path::new(".")))?;
    let (root, config) = root_and_config(path, &cwd, environment)?;
    let facts = fs::metadata(&root).map_err(no_project(&root))?;
    Ok(Project {
        root: root.as_path().into(),
        root_dev: facts.dev(),
        root_ino: facts.ino(),
        config: config.as_deref().map(PathText::from),
        cwd: cwd.as_path().into(),
        umask: current_umask(),
        environment: environment.all().iter().map(|(name, value)| (name.clone().into(), value.clone().into())).collect(),
        build_dir: flags.build_dir.as_deref().map(PathText::from),
        profile: flags.profile.clone(),
        toolchain: flags.toolchain.clone(),
        native: flags.native,
    })
}

fn root_and_config(path: Option<&Path>, cwd: &Path, environment: &Environment) -> Result<(PathBuf, Option<PathBuf>), ClientError> {
    let named = path.unwrap_or(cwd);
    let whole = fs::canonicalize(named).map_err(no_project(named))?;
    if whole.is_dir() {
        let home = environment.home();
        return Ok((paths::project_root(&whole, home.as_deref(), &|path| path.exists()), None));
    }
    if !is_toml(named) {
        return Err(no_project(named)(io::Error::new(io::ErrorKind::NotADirectory, "neither a directory nor a .toml file")));
    }
    let config = (whole.file_name() != Some("jmake.toml".as_ref())).then(|| whole.clone());
    Ok((whole.parent().unwrap_or(Path::new("/")).to_path_buf(), config))
}

fn no_project(path: &Path) -> impl FnOnce(io::Error) -> ClientError {
    let path = path.to_path_buf();
    move |source| ClientError::NoProject { path, source }
}

fn is_toml(path: &Path) -> bool {
    path.extension() == Some("toml".as_ref())
}

/// Setting it is the only way to ask that costs nothing. Nothing else runs yet that could make a file meanwhile.
fn current_umask() -> u32 {
    let mask = umask(Mode::empty());
    umask(mask);
    mask.bits()
}

/// The arguments of `build`: a path first, if the first one is a path; then targets.
pub fn path_and_targets(names: &[OsString]) -> Result<(Option<PathBuf>, Vec<String>), ClientError> {
    let (path, targets) = match names.split_first() {
        Some((first, rest)) if is_path(Path::new(first)) => (Some(PathBuf::from(first)), rest),
        _ => (None, names),
    };
    Ok((path, self::targets(targets)?))
}

/// All of them as targets.
pub fn targets(names: &[OsString]) -> Result<Vec<String>, ClientError> {
    let text = |name: &OsString| {
        let text = name.to_str().map(str::to_owned);
        text.ok_or_else(|| ClientError::Usage(format!("{}: a target's name is UTF-8; name its target instead", name.display())))
    };
    names.iter().map(text).collect()
}

/// The first argument, if it is a name that both a directory and a target may have.
pub fn either(names: &[OsString]) -> Option<&str> {
    let first = names.first()?.to_str()?;
    (!first.contains('/') && first != "." && first != ".." && Path::new(first).is_dir()).then_some(first)
}

fn is_path(first: &Path) -> bool {
    let bytes = first.as_os_str().as_encoded_bytes();
    let source = !first.is_dir() && !is_toml(first);
    let forced = first.is_absolute() || bytes.starts_with(b"./") || bytes.starts_with(b"../") || bytes == b"." || bytes == b"..";
    // `./src/a.c` is a source, which is a target.
    if forced { !(source && first.is_file()) } else { !source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_argument_is_a_path_or_a_target() {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("dir");
        fs::create_dir(&dir).unwrap();
        for file in ["a.c", "other.toml"] {
            fs::write(place.path().join(file), "").unwrap();
        }
        let inside = |name: &str| place.path().join(name).display().to_string();
        let check = |names: &[&str], path: Option<&str>, targets: &[&str]| {
            let names: Vec<OsString> = names.iter().map(OsString::from).collect();
            let expect = (path.map(PathBuf::from), targets.iter().map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(path_and_targets(&names).unwrap(), expect, "{names:?}");
        };
        check(&[], None, &[]);
        check(&["app", "lib"], None, &["app", "lib"]);
        check(&["."], Some("."), &[]);
        check(&["./no-such", "app"], Some("./no-such"), &["app"]);
        check(&[&inside("dir"), "app"], Some(&inside("dir")), &["app"]);
        check(&[&inside("other.toml")], Some(&inside("other.toml")), &[]);
        check(&[&inside("a.c")], None, &[&inside("a.c")]);
        check(&["no-such.toml"], Some("no-such.toml"), &[]);
    }

    #[test]
    fn a_root_is_found_and_the_home_directory_is_none() {
        let place = tempfile::tempdir().unwrap();
        let home = fs::canonicalize(place.path()).unwrap();
        fs::create_dir_all(home.join("p/src")).unwrap();
        fs::write(home.join("p/jmake.toml"), "").unwrap();
        fs::write(home.join("p/src/other.toml"), "").unwrap();
        let environment = Environment::of([("HOME".into(), home.clone().into())]);
        let check = |path: &str, expect: Result<(&str, Option<&str>), u8>| {
            let found = at(Some(&home.join(path)), &ProjectFlags::default(), &environment);
            let found = found.map(|it| (it.root.into_path(), it.config.map(PathText::into_path))).map_err(|error| error.exit_code());
            let expect = expect.map(|(root, config)| (home.join(root), config.map(|config| home.join(config))));
            assert_eq!(found, expect, "{path}");
        };
        check("p", Ok(("p", None)));
        check("p/src", Ok(("p", None)));
        check("p/src/../jmake.toml", Ok(("p", None)));
        check("p/src/other.toml", Ok(("p/src", Some("p/src/other.toml"))));
        check("", Err(2));
        check("no-such", Err(2));
        assert!(near(Some(&home), &ProjectFlags::default(), &environment).is_ok());
        fs::write(home.join("jmake.toml"), "").unwrap();
        assert!(at(Some(&home), &ProjectFlags::default(), &environment).is_ok());
    }

    #[test]
    fn targets_that_are_no_text_are_refused() {
        use std::os::unix::ffi::OsStringExt;
        let error = path_and_targets(&[OsString::from_vec(vec![0xff])]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn asking_for_the_umask_keeps_it() {
        assert_eq!(current_umask(), current_umask());
    }
}
