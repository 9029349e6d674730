//! Where this user's daemon is and would be started from. Does not know whether one runs.

use std::ffi::{OsStr, OsString};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::error::ClientError;
use crate::edge::paths;
use crate::wire;

/// The variables of this process, read once.
#[derive(Debug)]
pub struct Environment(Vec<(OsString, OsString)>);

impl Environment {
    /// As they are now.
    #[must_use]
    pub fn of_this_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// These.
    #[cfg(test)]
    pub fn of(pairs: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[(OsString, OsString)] {
        &self.0
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_os_str())
    }

    /// The same, for those who want only one.
    pub fn lookup(&self) -> impl Fn(&str) -> Option<OsString> {
        |name| self.get(name).map(OsStr::to_owned)
    }

    /// The home directory, canonical.
    #[must_use]
    pub fn home(&self) -> Option<PathBuf> {
        std::fs::canonicalize(self.get("HOME")?).ok()
    }

    /// Whether the terminal cannot move its cursor.
    #[must_use]
    pub fn is_dumb_terminal(&self) -> bool {
        self.get("TERM").is_none_or(|term| term == "dumb")
    }
}

/// Where the daemon is and would be started from.
#[derive(Debug)]
pub struct Place {
    /// `jmake-actors`, beside the running `jmake`.
    pub program: PathBuf,
    /// The build of that program.
    pub build_id: String,
    /// Where a daemon listens.
    pub socket: PathBuf,
    /// Where a daemon writes what it has to say, if there is such a place.
    pub log: Option<PathBuf>,
}

impl Place {
    /// For the user and the executable that run now.
    pub fn find(environment: &Environment) -> Result<Self, ClientError> {
        let program = std::env::current_exe().unwrap_or_else(|_| "jmake".into()).with_file_name("jmake-actors");
        let build_id = build_id_of(&program)?;
        let socket =
            std::path::absolute(paths::socket_path(&environment.lookup())).map_err(|error| ClientError::NoDaemon(error.to_string()))?;
        Ok(Self { program, build_id, socket, log: paths::log_path(&environment.lookup()).ok() })
    }
}

fn build_id_of(program: &Path) -> Result<String, ClientError> {
    let facts = std::fs::metadata(program).map_err(|source| ClientError::NoDaemonProgram { path: program.to_path_buf(), source })?;
    let modified_ns = i128::from(facts.mtime()) * 1_000_000_000 + i128::from(facts.mtime_nsec());
    Ok(wire::build_id(facts.size(), modified_ns))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_executable_is_another_build() {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("jmake-actors");
        assert_eq!(build_id_of(&program).unwrap_err().exit_code(), 3);
        std::fs::write(&program, "one").unwrap();
        let one = build_id_of(&program).unwrap();
        assert_eq!(one, build_id_of(&program).unwrap());
        std::fs::write(&program, "more").unwrap();
        assert_ne!(one, build_id_of(&program).unwrap());
    }
}
