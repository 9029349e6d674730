//! One request from opening to exit code. Does not know what is asked, nor how the answer is shown.

use std::os::fd::OwnedFd;
use std::process::Child;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::connect::{self, Connection};
use super::error::ClientError;
use super::exit_code;
use super::interrupt::Interrupt;
use super::lines::Lines;
use super::place::Place;
use crate::wire::{self, Control, FromDaemon, Request};

/// Shows what comes in.
pub trait Show {
    /// One line of the daemon; `raw` is the same, as it came.
    fn line(&mut self, line: &FromDaemon, raw: &[u8]);
    /// A remark of the client's own; `detail` if only the curious want it.
    fn note(&mut self, text: &str, detail: bool);
    /// Writes what was gathered. Called when nothing more waits, and every [`TICK`].
    fn flush(&mut self);
    /// Nothing more will come.
    fn end(&mut self);
}

/// What wakes the main thread.
pub enum Incoming {
    /// A line and its meaning.
    Line(Box<FromDaemon>, Vec<u8>),
    /// The connection ended, and why.
    Lost(String),
    /// The user asked to stop; the cancel is sent.
    Interrupted,
}

/// How often a progress line is renewed.
pub const TICK: Duration = Duration::from_millis(100);
/// So long an answer may take for which no threads are started.
const AT_ONCE: Duration = Duration::from_millis(20);
/// How long a cancelled request may take to end before the client leaves.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks, through whom `place` and `no_daemon` lead to. A connection that is lost is replaced once.
pub struct Asker<'a> {
    place: &'a Place,
    no_daemon: bool,
    sender: Sender<Vec<Incoming>>,
    receiver: Receiver<Vec<Incoming>>,
    interrupt: Option<Interrupt>,
}

impl<'a> Asker<'a> {
    /// Asks nothing yet.
    #[must_use]
    pub fn new(place: &'a Place, no_daemon: bool) -> Self {
        let (sender, receiver) = mpsc::channel();
        Self { place, no_daemon, sender, receiver, interrupt: None }
    }

    /// The exit code of `request`, all it said having been shown.
    pub fn ask(&mut self, request: &Request, show: &mut dyn Show) -> Result<u8, ClientError> {
        let first = match self.attempt(request, show)? {
            Ended::Done(code) => return Ok(code),
            Ended::Lost(why) => why,
        };
        show.note(&format!("the daemon was lost ({first}); asking again"), false);
        match self.attempt(request, show)? {
            Ended::Done(code) => Ok(code),
            Ended::Lost(why) => Err(ClientError::Lost(why)),
        }
    }

    /// The same for what must not be done twice.
    pub fn ask_once(&mut self, request: &Request, show: &mut dyn Show) -> Result<u8, ClientError> {
        match self.attempt(request, show)? {
            Ended::Done(code) => Ok(code),
            Ended::Lost(why) => Err(ClientError::LostJobs(why)),
        }
    }

    fn attempt(&mut self, request: &Request, show: &mut dyn Show) -> Result<Ended, ClientError> {
        let Connection { mut lines, readiness, writer, child, note } = connect::open(self.place, self.no_daemon, request)?;
        if let Some(note) = note {
            show.note(&format!("without a daemon: {note}"), true);
        }
        if let Some(readiness) = readiness.filter(|_| self.interrupt.is_none())
            && let Some(ended) = at_once(&mut lines, &readiness, show)
        {
            return Ok(ended);
        }
        let sender = self.sender.clone();
        let interrupt = self.interrupt.get_or_insert_with(|| Interrupt::install(sender)).clone();
        interrupt.aim(Some(writer));
        let sender = self.sender.clone();
        thread::spawn(move || read(lines, &sender));
        let ended = listen(&self.receiver, &interrupt, show);
        interrupt.aim(None);
        let abandoned = interrupt.is_asked() && matches!(ended, Ended::Lost(_));
        finish(child, abandoned);
        Ok(if interrupt.is_asked() { Ended::Done(exit_code::INTERRUPTED) } else { ended })
    }
}

enum Ended {
    Done(u8),
    Lost(String),
}

/// Most requests are answered before threads would have been started: then there are none.
fn at_once(lines: &mut Lines, readiness: &OwnedFd, show: &mut dyn Show) -> Option<Ended> {
    let until = Instant::now() + AT_ONCE;
    while lines.has_line() || is_readable(readiness, until.saturating_duration_since(Instant::now())) {
        let ended = taken(incoming(lines), show);
        if ended.is_some() {
            return ended;
        }
        if Instant::now() > until {
            break;
        }
    }
    None
}

/// Shows what came; how it ended, if it did.
fn taken(incoming: Incoming, show: &mut dyn Show) -> Option<Ended> {
    match incoming {
        Incoming::Line(line, raw) => match *line {
            FromDaemon::Control(Control::Done { exit_code }) => {
                show.end();
                Some(Ended::Done(exit_code))
            }
            line => {
                show.line(&line, &raw);
                None
            }
        },
        Incoming::Lost(why) => {
            show.flush();
            Some(Ended::Lost(why))
        }
        Incoming::Interrupted => None,
    }
}

fn is_readable(readiness: &OwnedFd, within: Duration) -> bool {
    let within = Timespec { tv_sec: 0, tv_nsec: within.subsec_nanos().into() };
    matches!(poll(&mut [PollFd::new(readiness, PollFlags::IN)], Some(&within)), Ok(1))
}

fn incoming(lines: &mut Lines) -> Incoming {
    match lines.next_line() {
        Ok(raw) => match wire::decode_line(&raw) {
            Ok(line) => Incoming::Line(Box::new(line), raw),
            Err(error) => Incoming::Lost(error.to_string()),
        },
        Err(error) => Incoming::Lost(error.to_string()),
    }
}

/// Reads on a thread of its own, so that a slow terminal never stops the daemon. What came together is passed on together: who shows it is
/// woken once.
fn read(mut lines: Lines, to: &Sender<Vec<Incoming>>) {
    loop {
        let mut together = vec![incoming(&mut lines)];
        while lines.has_line() && !together.last().is_some_and(is_last) {
            together.push(incoming(&mut lines));
        }
        let last = together.last().is_some_and(is_last);
        if to.send(together).is_err() || last {
            return;
        }
    }
}

fn is_last(incoming: &Incoming) -> bool {
    match incoming {
        Incoming::Line(line, _) => matches!(**line, FromDaemon::Control(Control::Done { .. })),
        Incoming::Lost(_) => true,
        Incoming::Interrupted => false,
    }
}

fn listen(from: &Receiver<Vec<Incoming>>, interrupt: &Interrupt, show: &mut dyn Show) -> Ended {
    let mut leave_at: Option<Instant> = None;
    loop {
        let together = from.try_recv().or_else(|_| {
            show.flush();
            from.recv_timeout(TICK)
        });
        match together {
            Ok(together) => {
                let ended = together.into_iter().find_map(|incoming| taken(incoming, show));
                if let Some(ended) = ended {
                    return ended;
                }
            }
            Err(RecvTimeoutError::Timeout) if leave_at.is_some_and(|at| Instant::now() > at) => {
                return Ended::Lost("it did not end after a cancel".to_owned());
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ended::Lost("the reading thread ended".to_owned()),
        }
        if interrupt.is_asked() && leave_at.is_none() {
            leave_at = Some(Instant::now() + PATIENCE);
        }
    }
}

/// Lets a child write what it keeps, so that the next command finds it.
fn finish(child: Option<Child>, abandoned: bool) {
    let Some(mut child) = child else { return };
    if abandoned {
        let _ = child.kill();
    }
    let _ = child.wait();
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
