//! Starts the daemon from the client. Standard library only.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

/// The daemon could not be started.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the texts say all")]
pub enum SpawnError {
    #[error("cannot run {}: {source}; install jmake-actors beside jmake", path.display())]
    Run { path: PathBuf, source: io::Error },
    #[error("the daemon ended before it served ({status}){log}")]
    Ended { status: ExitStatus, log: String },
}

/// Starts `program` in the background, with the log as its standard error, and waits until it says that it serves.
/// It inherits no other descriptor and stands in `/`.
pub fn start_daemon(program: &Path, args: &[OsString], log: Option<&Path>) -> Result<(), SpawnError> {
    let failed = |source| SpawnError::Run { path: program.to_owned(), source };
    let stderr = log.and_then(open_log).map_or_else(Stdio::null, Stdio::from);
    let mut child = Command::new(program)
        .args(args)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .process_group(0)
        .spawn()
        .map_err(failed)?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line).map_err(failed)?;
    }
    // The daemon proper is this child's child: waiting does not take long.
    let status = child.wait().map_err(failed)?;
    if line.starts_with("ready ") {
        return Ok(());
    }
    Err(SpawnError::Ended { status, log: log.map(last_lines).unwrap_or_default() })
}

/// Runs `program` as a child that serves over its standard input and output.
pub fn start_once(program: &Path, args: &[OsString]) -> Result<Child, SpawnError> {
    Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .env("JMAKE_LOG", "error")
        .process_group(0)
        .spawn()
        .map_err(|source| SpawnError::Run { path: program.to_owned(), source })
}

/// Starts `program` in `folder` with our variables, in a process group of its own and without input. Its output is ours; all of it goes to
/// standard error if `err_only`.
pub fn start_beside(program: &OsStr, args: &[OsString], folder: &Path, err_only: bool) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).stdin(Stdio::null()).process_group(0);
    if err_only {
        command.stdout(io::stderr().as_fd().try_clone_to_owned()?);
    }
    command.spawn()
}

/// Starts `program` in `folder` with our variables and these, in a process group of its own and without input. All it prints goes to `output`.
pub fn start_into(
    program: &OsStr,
    args: &[OsString],
    folder: &Path,
    variables: &BTreeMap<String, String>,
    output: &File,
) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).envs(variables).stdin(Stdio::null()).process_group(0);
    command.stdout(output.try_clone()?).stderr(output.try_clone()?).spawn()
}

fn open_log(path: &Path) -> Option<File> {
    std::fs::create_dir_all(path.parent()?).ok()?;
    File::options().create(true).append(true).open(path).ok()
}

fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    let last = lines[lines.len().saturating_sub(3)..].join("\n  ");
    format!("; the end of {}:\n  {last}", log.display())
}
