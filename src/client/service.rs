//! The daemon itself as the subject: `status`, and start, stop, restart. Never a child instead of it. Does not know projects.

use super::cli::{DaemonAction, OutputFlags};
use super::connect::{self, Absence, Greeting};
use super::error::ClientError;
use super::json::Json;
use super::place::Place;
use super::render;
use super::screen::{Screen, Stream};
use super::{exit_code, launch, peer};
use crate::edge::paths;
use crate::wire::{self, Control, FromDaemon, Hello, Refusal, Reply, Request, StatusReply};

/// Shows how the daemon is. Never starts one.
pub fn status(place: &Place, json: bool) -> Result<u8, ClientError> {
    show(&current(place)?, json);
    Ok(exit_code::DONE)
}

/// Carries out a `daemon` command.
pub fn act(place: &Place, action: DaemonAction, output: &OutputFlags) -> Result<u8, ClientError> {
    match action {
        DaemonAction::Start => start(place, output),
        DaemonAction::Stop => stop(place, output),
        DaemonAction::Restart => {
            stop(place, output)?;
            start(place, output)
        }
        DaemonAction::Status => {
            let status = current(place)?;
            show(&status, output.json);
            Ok(if status.daemon.is_some() { exit_code::DONE } else { exit_code::FAILED })
        }
    }
}

fn show(status: &StatusReply, json: bool) {
    if json {
        Json::status(status);
    } else {
        say(&render::status(status));
    }
}

fn say(text: &str) {
    let mut screen = Screen::default();
    screen.put_line(Stream::Out, text);
    screen.flush();
}

fn report(output: &OutputFlags, what: &str, pid: Option<u32>) {
    if output.json {
        let pid = pid.map_or_else(|| "null".to_owned(), |pid| pid.to_string());
        say(&format!("{{\"type\":\"daemon\",\"state\":\"{what}\",\"pid\":{pid}}}"));
    } else if !output.quiet {
        let pid = pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default();
        say(&format!("jmake: daemon {what}{pid}"));
    }
}

fn current(place: &Place) -> Result<StatusReply, ClientError> {
    let Some((stream, process)) = reach(place)? else { return Ok(without(place)) };
    let opening = wire::encode_opening(&Hello::new(place.build_id.clone()), &Request::Status)?;
    let greeting = match connect::greet(stream, &opening) {
        // It was about to end.
        Err(ClientError::Lost(_)) if process.as_ref().is_none_or(|process| process.wait().is_ok()) => return Ok(StatusReply::default()),
        greeting => greeting?,
    };
    match greeting {
        Greeting::Refused(refused) if refused.refusal == Refusal::Stopping => Ok(StatusReply::default()),
        Greeting::Refused(refused) => Err(ClientError::Unserved(refused.why)),
        Greeting::Welcome(mut connection) => loop {
            let line = connection.lines.next_line().map_err(|error| ClientError::Lost(error.to_string()))?;
            match wire::decode_line(&line)? {
                FromDaemon::Control(Control::Reply(Reply::Status(status))) => return Ok(status),
                FromDaemon::Control(Control::Done { .. }) => return Err(ClientError::Unserved("it gave no status".to_owned())),
                FromDaemon::Control(Control::Failed(failed)) => return Err(ClientError::Unserved(failed.message)),
                _ => {}
            }
        },
    }
}

/// How it is without a daemon. A directory that is not there yet is made for the first one.
fn without(place: &Place) -> StatusReply {
    let there = place.socket.parent().is_some_and(std::path::Path::exists);
    let why = paths::examine_socket_dir(&place.socket).err().filter(|_| there).map(|why| why.to_string());
    StatusReply { why, ..StatusReply::default() }
}

type Reached = (std::os::unix::net::UnixStream, Option<peer::Process>);

fn reach(place: &Place) -> Result<Option<Reached>, ClientError> {
    match connect::connect(&place.socket) {
        Ok(stream) => {
            let process = peer::Process::behind(&stream);
            Ok(Some((stream, process)))
        }
        Err(Absence::NoDaemon) => Ok(None),
        Err(Absence::Unusable(why)) => Err(ClientError::NoDaemon(why)),
    }
}

fn start(place: &Place, output: &OutputFlags) -> Result<u8, ClientError> {
    if let Some((_, process)) = reach(place)? {
        report(output, "running", process.map(|process| process.pid()));
        return Ok(exit_code::DONE);
    }
    launch::start(place).map_err(ClientError::NoDaemon)?;
    let pid = reach(place)?.and_then(|(_, process)| process).map(|process| process.pid());
    report(output, "started", pid);
    Ok(exit_code::DONE)
}

fn stop(place: &Place, output: &OutputFlags) -> Result<u8, ClientError> {
    let Some((stream, process)) = reach(place)? else {
        report(output, "not running", None);
        return Ok(exit_code::DONE);
    };
    let opening = wire::encode_opening(&Hello::new(place.build_id.clone()), &Request::Stop { drain: false })?;
    match connect::greet(stream, &opening) {
        Ok(Greeting::Welcome(connection)) => connection.outlast(),
        // It ended before it could say so.
        Err(ClientError::Lost(_)) => {}
        Ok(Greeting::Refused(refused)) if refused.refusal == Refusal::Stopping => {}
        // It does not speak our protocol, or we not its.
        Ok(Greeting::Refused(_)) | Err(_) => process.as_ref().map_or(Ok(()), peer::Process::terminate)?,
    }
    process.as_ref().map_or(Ok(()), peer::Process::wait)?;
    report(output, "stopped", process.map(|process| process.pid()));
    Ok(exit_code::DONE)
}
