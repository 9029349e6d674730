//! Starting those who serve: a daemon for all, or a child for one request. Does not know what they are asked.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Child;

use super::connect::{Absence, connect};
use super::error::ClientError;
use super::place::Place;
use crate::edge::{paths, spawn};

/// Sees to it that a daemon accepts. Of several clients, one starts it and the others wait for that.
pub fn start(place: &Place) -> Result<(), String> {
    paths::cache_dir(&|name| std::env::var_os(name)).map_err(|error| error.to_string())?;
    let socket = &place.socket;
    paths::ensure_socket_dir(socket).map_err(|error| error.to_string())?;
    let lock = lock_beside(socket).map_err(|error| format!("cannot lock beside {}: {error}", socket.display()))?;
    match connect(socket) {
        Ok(_) => return Ok(()),
        Err(Absence::Unusable(why)) => return Err(why),
        Err(Absence::NoDaemon) => {}
    }
    let args: [OsString; 4] = ["run".into(), "--detach".into(), "--socket".into(), socket.into()];
    spawn::start_daemon(&place.program, &args, place.log.as_deref()).map_err(|error| error.to_string())?;
    // Held until here, so that whoever comes next finds it accepting.
    drop(lock);
    Ok(())
}

/// Not the file by which a daemon holds its socket: that one outlives the start.
fn lock_beside(socket: &Path) -> io::Result<File> {
    let mut path = socket.as_os_str().to_owned();
    path.push(".start");
    let lock = File::options().create(true).truncate(false).write(true).mode(0o600).open(path)?;
    lock.lock()?;
    Ok(lock)
}

/// A process and both directions of talk with it.
type Talk = (Child, Box<dyn Read + Send>, Box<dyn Write + Send>);

/// A child that serves one request.
pub fn once(place: &Place) -> Result<Talk, ClientError> {
    // It could not say so itself: it has nobody to talk to yet.
    paths::cache_dir(&|name| std::env::var_os(name)).map_err(ClientError::NoCache)?;
    let args: [OsString; 2] = ["run".into(), "--once".into()];
    let mut child = spawn::start_once(&place.program, &args).map_err(|error| ClientError::Unserved(error.to_string()))?;
    match (child.stdout.take(), child.stdin.take()) {
        (Some(reader), Some(writer)) => Ok((child, Box::new(reader), Box::new(writer))),
        _ => Err(ClientError::Unserved("the child has no standard input and output".to_owned())),
    }
}
