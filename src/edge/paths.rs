//! Where JMake keeps things, and which project a directory belongs to. Standard library only: the client uses it.

use std::ffi::OsString;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Looks a variable up. An empty value counts as none.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// A place cannot be used.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the texts say all")]
pub enum PathError {
    #[error("there is no HOME, so there is no place for what JMake keeps; set HOME, or JMAKE_CACHE_DIR to a directory of your own")]
    NoHome,
    #[error("cannot create {}: {source}; set JMAKE_SOCKET to a socket path in a directory of your own", path.display())]
    Create { path: PathBuf, source: io::Error },
    #[error("{} belongs to another user (uid {owner}); remove it, or set JMAKE_SOCKET to a socket path in a directory of your own", path.display())]
    Foreign { path: PathBuf, owner: u32 },
    #[error("{} is open to others (mode {mode:o}); run: chmod 700 {}", path.display(), path.display())]
    Open { path: PathBuf, mode: u32 },
}

fn set(lookup: Lookup<'_>, name: &str) -> Option<PathBuf> {
    lookup(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// `$JMAKE_SOCKET`, else in `$XDG_RUNTIME_DIR`, else in `/tmp` under the user's id. Never in `TMPDIR`, which differs between shells.
#[must_use]
pub fn socket_path(lookup: Lookup<'_>) -> PathBuf {
    if let Some(socket) = set(lookup, "JMAKE_SOCKET") {
        return socket;
    }
    match set(lookup, "XDG_RUNTIME_DIR") {
        Some(runtime) => runtime.join("jmake/daemon.sock"),
        None => PathBuf::from(format!("/tmp/jmake-{}/daemon.sock", rustix::process::getuid().as_raw())),
    }
}

fn xdg(lookup: Lookup<'_>, variable: &str, home: &str) -> Result<PathBuf, PathError> {
    match set(lookup, variable) {
        Some(dir) => Ok(dir.join("jmake")),
        None => Ok(set(lookup, "HOME").ok_or(PathError::NoHome)?.join(home).join("jmake")),
    }
}

/// `$JMAKE_CACHE_DIR`, else `$XDG_CACHE_HOME/jmake`, else `~/.cache/jmake`.
pub fn cache_dir(lookup: Lookup<'_>) -> Result<PathBuf, PathError> {
    set(lookup, "JMAKE_CACHE_DIR").map_or_else(|| xdg(lookup, "XDG_CACHE_HOME", ".cache"), Ok)
}

/// `$XDG_STATE_HOME/jmake/daemon.log`, else under `~/.local/state`.
pub fn log_path(lookup: Lookup<'_>) -> Result<PathBuf, PathError> {
    Ok(xdg(lookup, "XDG_STATE_HOME", ".local/state")?.join("daemon.log"))
}

/// `$XDG_CONFIG_HOME/jmake/config.toml`, else under `~/.config`.
pub fn user_config_path(lookup: Lookup<'_>) -> Result<PathBuf, PathError> {
    Ok(xdg(lookup, "XDG_CONFIG_HOME", ".config")?.join("config.toml"))
}

/// Makes the socket's directory, for this user only, and refuses one that others could use.
pub fn ensure_socket_dir(socket: &Path) -> Result<(), PathError> {
    let dir = socket.parent().unwrap_or(Path::new("."));
    let create = |source| PathError::Create { path: dir.to_owned(), source };
    if !dir.exists() {
        if let Some(above) = dir.parent() {
            std::fs::create_dir_all(above).map_err(create)?;
        }
        match std::fs::DirBuilder::new().mode(0o700).create(dir) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(create(error)),
            _ => {}
        }
    }
    examine_socket_dir(socket)
}

/// Why no daemon can listen there, as long as the socket's directory is what it is.
pub fn examine_socket_dir(socket: &Path) -> Result<(), PathError> {
    let dir = socket.parent().unwrap_or(Path::new("."));
    let about = std::fs::symlink_metadata(dir).map_err(|source| PathError::Create { path: dir.to_owned(), source })?;
    if about.uid() != rustix::process::getuid().as_raw() {
        return Err(PathError::Foreign { path: dir.to_owned(), owner: about.uid() });
    }
    let mode = about.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(PathError::Open { path: dir.to_owned(), mode });
    }
    Ok(())
}

/// The root of the project that holds `start`: the nearest `jmake.toml` upward, else the nearest `.jmake_cache`, else the top of
/// the git tree, else `start`. Only a `jmake.toml` makes `/` or the home directory a project.
#[must_use]
pub fn project_root(start: &Path, home: Option<&Path>, exists: &dyn Fn(&Path) -> bool) -> PathBuf {
    let with = |name: &str| start.ancestors().find(|dir| exists(&dir.join(name)));
    let special = |dir: &Path| dir.parent().is_none() || Some(dir) == home;
    let root = with("jmake.toml").or_else(|| [".jmake_cache", ".git"].iter().find_map(|name| with(name).filter(|dir| !special(dir))));
    root.unwrap_or(start).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots() {
        let check = |start: &str, there: &[&str], expect: &str| {
            let root = project_root(Path::new(start), Some(Path::new("/h")), &|path| there.iter().any(|one| Path::new(one) == path));
            assert_eq!(root, Path::new(expect), "{start} {there:?}");
        };
        check("/h/p/src", &[], "/h/p/src");
        check("/h/p/src", &["/h/p/.git"], "/h/p");
        check("/h/p/src", &["/h/p/.git", "/h/p/src/.jmake_cache"], "/h/p/src");
        check("/h/p/src", &["/h/p/jmake.toml", "/h/p/src/.jmake_cache"], "/h/p");
        check("/h/p", &["/h/.git"], "/h/p");
        check("/h/p", &["/h/jmake.toml"], "/h");
    }

    #[test]
    fn places_follow_the_environment() {
        let lookup = |pairs: &'static [(&str, &str)]| move |name: &str| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).into());
        assert_eq!(socket_path(&lookup(&[("JMAKE_SOCKET", "/s")])), Path::new("/s"));
        assert_eq!(socket_path(&lookup(&[("JMAKE_SOCKET", ""), ("XDG_RUNTIME_DIR", "/r")])), Path::new("/r/jmake/daemon.sock"));
        assert_eq!(cache_dir(&lookup(&[("HOME", "/h")])).unwrap(), Path::new("/h/.cache/jmake"));
        assert!(cache_dir(&lookup(&[])).is_err());
    }

    #[test]
    fn a_socket_directory_open_to_others_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("run/daemon.sock");
        ensure_socket_dir(&socket).unwrap();
        assert_eq!(std::fs::metadata(dir.path().join("run")).unwrap().mode() & 0o777, 0o700);
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(dir.path().join("run"), open).unwrap();
        assert!(matches!(ensure_socket_dir(&socket), Err(PathError::Open { .. })));
    }
}
