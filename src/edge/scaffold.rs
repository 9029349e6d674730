//! Writes the files of a new project, and reads templates that users keep. Does not know what is in them.

use std::ffi::OsStr;
use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::World;
use super::project_state;
use crate::engine::config::json_schema::json_schema;
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::scan::kind::FileKind;
use crate::engine::templates::TemplateFile;
use crate::engine::tree::SETTINGS;

/// No template is larger.
const MOST_BYTES: u64 = 64 << 20;
/// Nor has more files.
const MOST_FILES: usize = 10_000;
/// So far it is looked whether there are sources.
const DEPTH: usize = 4;

/// What was written, and what was not, with the reason.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names say all")]
pub struct Scaffolded {
    pub written: Vec<FilePath>,
    pub kept: Vec<(FilePath, String)>,
}

/// The names of the templates in `place`, sorted.
#[must_use]
pub fn templates(place: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(place).into_iter().flatten().filter_map(Result::ok);
    let names = entries.filter(|entry| entry.path().is_dir()).filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

/// All files of the template in `place`. Links are refused: what they lead to is not the template's.
pub fn read_template(place: &Path) -> Result<Vec<TemplateFile>, Failure> {
    let mut files = Vec::new();
    let mut bytes = 0;
    for entry in walkdir::WalkDir::new(place).follow_links(false).sort_by_file_name() {
        let entry =
            entry.map_err(|error| Failure::environment(format!("cannot read the template: {error}; give yourself access to it")))?;
        let kind = entry.file_type();
        if kind.is_dir() {
            continue;
        }
        let path = entry.path();
        if !kind.is_file() {
            let what = if kind.is_symlink() { "a symbolic link" } else { "no regular file" };
            return Err(Failure::usage(format!(
                "{} is {what}; a template has files and directories only, so replace it by one",
                path.display()
            )));
        }
        bytes += entry.metadata().map_or(0, |about| about.len());
        if bytes > MOST_BYTES || files.len() >= MOST_FILES {
            return Err(Failure::usage(format!(
                "the template in {} has more than 64 MiB or 10,000 files; make it smaller",
                place.display()
            )));
        }
        let failed =
            |error: io::Error| Failure::environment(format!("cannot read {}: {error}; give yourself access to it", path.display()));
        let content = super::fs::read(path).map_err(failed)?;
        let executable = path.metadata().map_err(failed)?.permissions().mode() & 0o100 != 0;
        files.push(TemplateFile { path: FilePath::within(place, path), content, executable });
    }
    Ok(files)
}

/// Whether there are sources in a directory, not too deep in it.
#[must_use]
pub fn has_sources(place: &Path) -> bool {
    let entries = WalkBuilder::new(place).max_depth(Some(DEPTH)).require_git(false).build().filter_map(Result::ok).take(MOST_FILES);
    let files = entries.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    files.into_iter().any(|entry| matches!(FileKind::of(&FilePath::new(entry.path())), FileKind::Source(_)))
}

/// Makes a directory and its parents, as a client with this umask would. Returns its canonical path.
pub fn make_directory(place: &Path, umask: u32) -> Result<PathBuf, Failure> {
    let failed = |error: io::Error| Failure::environment(format!("cannot create {}: {error}; name another directory", place.display()));
    if place.metadata().is_ok_and(|about| !about.is_dir()) {
        return Err(Failure::usage(format!("{} is not a directory; name another one", place.display())));
    }
    directories(place, umask).and_then(|()| place.canonicalize()).map_err(failed)
}

fn directories(place: &Path, umask: u32) -> io::Result<()> {
    if place.is_dir() {
        return Ok(());
    }
    if let Some(parent) = place.parent() {
        directories(parent, umask)?;
    }
    match std::fs::create_dir(place) {
        Ok(()) => std::fs::set_permissions(place, Permissions::from_mode(0o777 & !umask)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && place.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Writes `files` below `root`, which is canonical. Nothing that is there is changed, and nothing is written outside.
pub fn write(root: &Path, files: &[TemplateFile], umask: u32) -> Result<Scaffolded, Failure> {
    let mut done = Scaffolded::default();
    for file in files {
        let place = file.path.under(root);
        let failed = |error: io::Error| Failure::environment(format!("cannot write {}: {error}; name another directory", place.display()));
        let parent = place.parent().unwrap_or(root);
        if !leads_inside(root, parent) {
            done.kept.push((file.path.clone(), "its directory is a link that leads out of the project".to_owned()));
            continue;
        }
        directories(parent, umask).map_err(failed)?;
        match put(&place, file, umask) {
            Ok(()) => done.written.push(file.path.clone()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                done.kept.push((file.path.clone(), "it is there already".to_owned()));
            }
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(done)
}

/// Whether what is there of a path is below `root`.
fn leads_inside(root: &Path, place: &Path) -> bool {
    let plain = !place.components().any(|part| part.as_os_str() == OsStr::new(".."));
    let there = place.ancestors().find_map(|above| above.canonicalize().ok());
    plain && there.is_some_and(|there| there.starts_with(root))
}

fn put(place: &Path, file: &TemplateFile, umask: u32) -> io::Result<()> {
    let mut new = File::options().write(true).create_new(true).open(place)?;
    new.write_all(&file.content)?;
    let mode = if file.executable { 0o777 } else { 0o666 };
    new.set_permissions(Permissions::from_mode(mode & !umask))
}

/// Writes the schema of jmake.toml to where the first line of a template's file leads editors.
pub fn write_schema(world: &World, root: &Path) -> Result<(), Failure> {
    let directory = root.join(project_state::DIRECTORY);
    project_state::make_directory(world, &directory)?;
    let text = format!("{:#}\n", json_schema());
    world.fs.write_atomic(&directory.join("schema.json"), text.as_bytes()).map_err(Failure::environment)
}

/// [`keep_schema`] for the settings that lie in `root`.
pub fn keep_schema_of(world: &World, root: &Path) {
    if let Ok(settings) = super::fs::read(&root.join(SETTINGS)) {
        keep_schema(world, root, &String::from_utf8_lossy(&settings));
    }
}

/// The same where the first line of `settings` leads there, unless it is there as it is now: clones come without it, and `jmake clean` removes it.
pub fn keep_schema(world: &World, root: &Path, settings: &str) {
    let first = settings.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    let named = first.strip_prefix("#:schema").map(|place| place.trim().trim_start_matches("./"));
    let place = format!("{}/schema.json", project_state::DIRECTORY);
    let is_there = || super::fs::read(&root.join(&place)).is_ok_and(|bytes| bytes == format!("{:#}\n", json_schema()).as_bytes());
    if named == Some(place.as_str()) && !is_there() {
        // It is for editors: nothing else depends on it.
        let _written = write_schema(world, root);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn file(path: &str, executable: bool) -> TemplateFile {
        TemplateFile { path: path.into(), content: b"x".to_vec(), executable }
    }

    #[test]
    fn files_are_written_once_and_only_inside() {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().canonicalize().unwrap();
        let root = make_directory(&base.join("a/b"), 0o027).unwrap();
        std::fs::create_dir(base.join("elsewhere")).unwrap();
        symlink(base.join("elsewhere"), root.join("out")).unwrap();
        symlink("nowhere", root.join("dangling")).unwrap();
        let files = ["src/a.c", "run", "out/b.c", "../c.c", "dangling"].map(|path| file(path, path == "run"));
        let done = write(&root, &files, 0o027).unwrap();
        assert_eq!(done.written, ["src/a.c".into(), "run".into()]);
        assert_eq!(done.kept.iter().map(|(path, _)| path.to_string()).collect::<Vec<_>>(), ["out/b.c", "../c.c", "dangling"]);
        let mode = |path: &str| std::fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("src/a.c"), mode("run"), mode("src"), mode("")), (0o640, 0o750, 0o750, 0o750));
        std::fs::write(root.join("run"), "mine").unwrap();
        let again = write(&root, &files, 0).unwrap();
        assert_eq!((again.written.len(), again.kept.len()), (0, 5));
        assert_eq!(std::fs::read(root.join("run")).unwrap(), b"mine");
        assert!(make_directory(&root.join("run"), 0).unwrap_err().message.contains("not a directory"));
        assert!(has_sources(&root) && !has_sources(&base.join("elsewhere")));
    }

    #[test]
    fn templates_are_read_whole_and_hold_no_links() {
        let dir = tempfile::tempdir().unwrap();
        let mine = dir.path().join("mine");
        std::fs::create_dir_all(mine.join("src")).unwrap();
        std::fs::write(mine.join("src/{{name}}.c"), "x").unwrap();
        std::fs::write(dir.path().join("file"), "").unwrap();
        assert_eq!(templates(dir.path()), ["mine"]);
        assert_eq!(templates(&dir.path().join("none")), [""; 0]);
        assert_eq!(read_template(&mine).unwrap(), [file("src/{{name}}.c", false)]);
        symlink("/etc/passwd", mine.join("link")).unwrap();
        assert!(read_template(&mine).unwrap_err().message.contains("is a symbolic link"));
    }
}
