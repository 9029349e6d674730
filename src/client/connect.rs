//! How a client comes to somebody who serves its request. Does not know what the request is.
//!
//! | what is found | what is done |
//! |---|---|
//! | a daemon of our build | it is used |
//! | no socket, or a stale one | a daemon is started, under a lock, so that ten clients make one |
//! | a daemon of another build or protocol | it is asked to hand over, then ours is started |
//! | a daemon that is ending | we wait for its end, then start ours |
//! | a daemon that does not see our files, or is not ours | a child serves this request |
//! | no permission, a daemon that cannot start, `--no-daemon` | a child serves this request |

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Child;

use super::error::ClientError;
use super::lines::Lines;
use super::place::Place;
use super::{launch, peer};
use crate::wire::{self, Control, FromDaemon, Hello, Refusal, Refused, Request};

/// Somebody who serves the request.
pub struct Connection {
    /// What it says after its welcome.
    pub lines: Lines,
    /// Readable when it says more, where that can be waited for.
    pub readiness: Option<OwnedFd>,
    /// Where a cancel goes. Its end is the end of the request.
    pub writer: Box<dyn Write + Send>,
    /// The process, where it is a child that serves only us.
    pub child: Option<Child>,
    /// Why it is a child and no daemon, where nobody asked for that.
    pub note: Option<String>,
}

/// Tries at most: each means that a daemon ended or was replaced meanwhile.
const TRIES: u32 = 5;

/// Finds or makes somebody who serves `request`, and sends it.
pub fn open(place: &Place, no_daemon: bool, request: &Request) -> Result<Connection, ClientError> {
    let opening = wire::encode_opening(&Hello::new(place.build_id.clone()), request)?;
    if no_daemon {
        return child(place, &opening, None);
    }
    for _ in 0..TRIES {
        match attempt(place, &opening)? {
            Attempt::Serving(connection) => return Ok(connection),
            Attempt::Again => {}
            Attempt::Never(why) => return child(place, &opening, Some(why)),
        }
    }
    Err(ClientError::Unserved(format!("{TRIES} daemons in a row ended or were replaced")))
}

/// What one look at the socket led to.
enum Attempt {
    Serving(Connection),
    Again,
    Never(String),
}

fn attempt(place: &Place, opening: &[u8]) -> Result<Attempt, ClientError> {
    let stream = match connect(&place.socket) {
        Ok(stream) => stream,
        Err(Absence::NoDaemon) => return Ok(start(place)),
        Err(Absence::Unusable(why)) => return Ok(Attempt::Never(why)),
    };
    let process = peer::Process::behind(&stream);
    match greet(stream, opening) {
        Ok(Greeting::Welcome(connection)) => Ok(Attempt::Serving(connection)),
        Ok(Greeting::Refused(refused)) => refusal(&place.socket, refused, process),
        Err(ClientError::Wire(error)) => Err(error.into()),
        // It ends, most likely: until it has, it would be asked again and again.
        Err(_) => {
            process.iter().for_each(peer::Process::linger);
            Ok(Attempt::Again)
        }
    }
}

fn start(place: &Place) -> Attempt {
    match launch::start(place) {
        Ok(()) => Attempt::Again,
        Err(why) => Attempt::Never(why),
    }
}

fn refusal(socket: &Path, refused: Refused, process: Option<peer::Process>) -> Result<Attempt, ClientError> {
    match refused.refusal {
        Refusal::OtherTree => return Ok(Attempt::Never(refused.why)),
        Refusal::Malformed => return Err(ClientError::Unserved(refused.why)),
        Refusal::OtherBuild => hand_over(socket)?,
        Refusal::Protocol => process.map_or(Ok(()), |process| process.terminate())?,
        Refusal::Stopping => process.map_or(Ok(()), |process| process.wait())?,
    }
    Ok(Attempt::Again)
}

/// Asks a daemon of another build to give up its socket once. Its running builds go on.
fn hand_over(socket: &Path) -> Result<(), ClientError> {
    let Ok(stream) = connect(socket) else { return Ok(()) };
    let opening = wire::encode_opening(&Hello::new(String::new()), &Request::Stop { drain: true })?;
    if let Ok(Greeting::Welcome(connection)) = greet(stream, &opening) {
        connection.outlast();
    }
    Ok(())
}

impl Connection {
    /// Stays until the request is done or the other end is gone. To leave earlier would cancel it.
    pub fn outlast(mut self) {
        while let Ok(line) = self.lines.next_line() {
            if matches!(wire::decode_line(&line), Ok(FromDaemon::Control(Control::Done { .. })) | Err(_)) {
                return;
            }
        }
    }
}

/// Why there is no connection.
#[derive(Debug)]
pub enum Absence {
    /// Nobody listens there: a daemon may be started.
    NoDaemon,
    /// Not for us.
    Unusable(String),
}

/// A connection to a daemon of our own, if there is one.
pub fn connect(socket: &Path) -> Result<UnixStream, Absence> {
    match UnixStream::connect(socket) {
        Ok(stream) if peer::is_ours(&stream) => Ok(stream),
        Ok(_) => Err(Absence::Unusable(format!("{} belongs to another user", socket.display()))),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => Err(Absence::NoDaemon),
        Err(error) => Err(Absence::Unusable(format!("{}: {error}", socket.display()))),
    }
}

/// How a daemon answers.
pub enum Greeting {
    /// It serves.
    Welcome(Connection),
    /// It does not.
    Refused(Refused),
}

/// Sends hello and request, and reads the first line.
pub fn greet(stream: UnixStream, opening: &[u8]) -> Result<Greeting, ClientError> {
    let (writer, readiness) = (stream.try_clone().map_err(lost)?, stream.try_clone().map_err(lost)?);
    greet_over(Box::new(stream), Box::new(writer), opening).map(|greeting| match greeting {
        Greeting::Welcome(connection) => Greeting::Welcome(Connection { readiness: Some(readiness.into()), ..connection }),
        refused @ Greeting::Refused(_) => refused,
    })
}

fn greet_over(reader: Box<dyn Read + Send>, mut writer: Box<dyn Write + Send>, opening: &[u8]) -> Result<Greeting, ClientError> {
    // One who refuses need not have read all; what it says then matters more than that the rest was not sent.
    let sent = writer.write_all(opening).and_then(|()| writer.flush());
    let mut lines = Lines::new(reader);
    let first = match (lines.next_line(), sent) {
        (Ok(first), _) => first,
        (Err(_), Err(error)) | (Err(error), Ok(())) => return Err(lost(error)),
    };
    match wire::decode_line(&first)? {
        FromDaemon::Control(Control::Welcome(_)) => {
            Ok(Greeting::Welcome(Connection { lines, readiness: None, writer, child: None, note: None }))
        }
        FromDaemon::Control(Control::Refused(refused)) => Ok(Greeting::Refused(refused)),
        other => Err(ClientError::Unserved(format!("it did not begin with a welcome but with {other:?}"))),
    }
}

fn lost(error: io::Error) -> ClientError {
    ClientError::Lost(error.to_string())
}

fn child(place: &Place, opening: &[u8], note: Option<String>) -> Result<Connection, ClientError> {
    let (mut child, reader, writer) = launch::once(place)?;
    match greet_over(reader, writer, opening) {
        Ok(Greeting::Welcome(connection)) => Ok(Connection { child: Some(child), note, ..connection }),
        Ok(Greeting::Refused(refused)) => Err(ClientError::Unserved(refused.why)),
        Err(error) => {
            let _ = child.kill();
            let _ = child.wait();
            Err(ClientError::Unserved(error.to_string()))
        }
    }
}
