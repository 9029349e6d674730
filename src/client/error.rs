//! Why a command could not be carried out by the client itself. Does not know failures that a daemon reports.

use std::io;
use std::path::PathBuf;

use super::exit_code;
use crate::edge::paths::PathError;
use crate::wire::WireError;

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The command line asks for something that cannot be.
    #[error("{0}")]
    Usage(String),
    /// The directory that was named is not usable.
    #[error("cannot use {} as a project: {source}; name an existing directory", path.display())]
    NoProject {
        /// What was named.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The rest of JMake is missing.
    #[error("{} cannot be used ({source}); install jmake and jmake-actors side by side", path.display())]
    NoDaemonProgram {
        /// Where it was looked for.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// There can be no daemon here.
    #[error("there can be no daemon: {0}; other commands work without one")]
    NoDaemon(String),
    /// There is no place for what JMake keeps.
    #[error(transparent)]
    NoCache(PathError),
    /// Neither a daemon nor a child could serve.
    #[error("nobody serves the request: {0}; see what `jmake-actors run` says")]
    Unserved(String),
    /// The connection ended before the answer did, twice.
    #[error("the daemon was lost twice ({0}); `jmake daemon restart` starts a new one")]
    Lost(String),
    /// The connection ended while jobs ran.
    #[error("the daemon was lost while jobs ran ({0}); `jmake jobs resume` goes on from there")]
    LostJobs(String),
    /// A daemon did not end in time.
    #[error("the daemon (pid {0}) does not end; `kill -9 {0}` ends it without loss")]
    StillRunning(u32),
    /// A message did not fit or was not understood.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// What tests print has no place.
    #[error("cannot make a file in {}: {source}; set TMPDIR to a directory where you may write", place.display())]
    NoOutput {
        /// Where it was tried.
        place: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The report could not be written.
    #[error("cannot write {}: {source}; name another file", path.display())]
    NoReport {
        /// As it was named.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The built program is for another machine, and nobody knows what runs it here.
    #[error(
        "{} is a program for {machine}, which this machine is not; name what runs it in jmake.toml: test.runner = [\"an-emulator\"]",
        path.display()
    )]
    Foreign {
        /// The program.
        path: PathBuf,
        /// What it is for.
        machine: String,
    },
    /// What runs programs for another machine did not start.
    #[error(
        "cannot run {} to run {}: {source}; install it (emulators: apt-get install qemu-user), or name another in jmake.toml: test.runner = [\"…\"]",
        runner.display(), path.display()
    )]
    NoRunner {
        /// It.
        runner: PathBuf,
        /// The program that it was to run.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The built program did not start.
    #[error("cannot run {}: {source}; was it built for this machine?", path.display())]
    NotRun {
        /// The program.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl ClientError {
    /// What the shell is told.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoProject { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => exit_code::ENVIRONMENT,
            Self::Usage(_) | Self::NoProject { .. } => exit_code::USAGE,
            Self::NoDaemonProgram { .. } | Self::NoDaemon(_) | Self::NotRun { .. } | Self::Foreign { .. } | Self::NoRunner { .. } => {
                exit_code::ENVIRONMENT
            }
            Self::NoCache(_) | Self::NoOutput { .. } | Self::NoReport { .. } => exit_code::ENVIRONMENT,
            Self::Unserved(_) | Self::Lost(_) | Self::LostJobs(_) | Self::StillRunning(_) | Self::Wire(_) => exit_code::INTERNAL,
        }
    }
}
