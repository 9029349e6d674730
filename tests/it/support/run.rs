//! One run of a program: started, listened to, and what came of it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, pidfd_open, waitid};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::Value;

use super::stage::DEADLINE;

/// How wide a terminal of a test is.
const COLUMNS: u16 = 100;

/// A program that runs.
pub struct Running {
    child: Child,
    what: String,
    lines: Receiver<String>,
    heard: String,
    errors: Option<JoinHandle<String>>,
}

/// A program that ended.
pub struct Run {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
    what: String,
}

impl Running {
    /// Starts it, in a process group of its own.
    #[track_caller]
    pub fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let what = format!("{command:?}");
        let what = what[what.rfind("bin/").or(what.rfind("debug/")).unwrap_or(0)..].to_owned();
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{what}: {error}"));
        let (out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let errors = std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = err.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        Self { child, what, lines: lines(out), heard: String::new(), errors: Some(errors) }
    }

    /// Starts it on a terminal of its own, `COLUMNS` wide: all it writes comes as standard output.
    #[track_caller]
    pub fn on_terminal(mut command: Command) -> Self {
        let what = format!("{command:?}, on a terminal");
        let (ours, its) = terminal().unwrap_or_else(|error| panic!("{what}: {error}"));
        command.stdin(its.try_clone().unwrap()).stdout(its.try_clone().unwrap()).stderr(its).process_group(0);
        let child = command.spawn().unwrap_or_else(|error| panic!("{what}: {error}"));
        // Only when nobody else holds its side open does ours end.
        drop(command);
        Self { child, what, lines: lines(File::from(ours)), heard: String::new(), errors: None }
    }

    /// Its process.
    pub fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// Waits for a line of its output; fails if it ends or stays silent instead.
    #[track_caller]
    pub fn wait_for(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + DEADLINE;
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.heard.push_str(&line);
                    if wanted(&line) {
                        return line;
                    }
                }
                Err(_) => panic!("{}: the line did not come; it said:\n{}", self.what, self.heard),
            }
        }
    }

    /// Waits for a line of its output; false if it ends without one.
    #[track_caller]
    pub fn hears(&mut self, wanted: impl Fn(&str) -> bool) -> bool {
        let end = Instant::now() + DEADLINE;
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.heard.push_str(&line);
                    if wanted(&line) {
                        return true;
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return false,
                Err(RecvTimeoutError::Timeout) => panic!("{}: silent for {DEADLINE:?}; it said:\n{}", self.what, self.heard),
            }
        }
    }

    /// Waits for an event of this type (`--json`).
    #[track_caller]
    pub fn wait_for_event(&mut self, kind: &str) -> Value {
        let line = self.wait_for(|line| serde_json::from_str::<Value>(line).is_ok_and(|event| event["type"] == kind));
        serde_json::from_str(&line).unwrap()
    }

    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        let ended =
            waitid(WaitId::Pid(Pid::from_raw(self.pid()).unwrap()), WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT);
        ended.unwrap().is_some()
    }

    /// Sends a signal to it alone.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.pid()).unwrap(), signal).unwrap();
    }

    /// Waits for its end.
    #[track_caller]
    pub fn finish(mut self) -> Run {
        if !self.ends_in_time() {
            let _ = kill_process_group(Pid::from_raw(self.pid()).unwrap(), Signal::KILL);
            let said = self.rest();
            panic!("{}: still running after {DEADLINE:?}; it said:\n{said}", self.what);
        }
        let status = self.child.wait().unwrap();
        let stdout = self.rest();
        let stderr = self.errors.take().map(|errors| errors.join().unwrap()).unwrap_or_default();
        Run { status, stdout, stderr, what: std::mem::take(&mut self.what) }
    }

    fn ends_in_time(&self) -> bool {
        let process = pidfd_open(Pid::from_raw(self.pid()).unwrap(), PidfdFlags::empty()).unwrap();
        let limit = Timespec { tv_sec: DEADLINE.as_secs().cast_signed(), tv_nsec: 0 };
        poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&limit)).unwrap() > 0
    }

    /// Everything it wrote. Somebody who inherited its output would keep this from ending: that is a finding, too.
    fn rest(&mut self) -> String {
        let end = Instant::now() + DEADLINE;
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => self.heard.push_str(&line),
                Err(RecvTimeoutError::Disconnected) => return std::mem::take(&mut self.heard),
                Err(RecvTimeoutError::Timeout) => panic!("{}: ended, but somebody holds its output", self.what),
            }
        }
    }
}

/// What comes in, line by line, whatever the end.
fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (mut from, (sender, lines)) = (BufReader::new(from), channel());
    std::thread::spawn(move || {
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) || !line.is_empty() {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                break;
            }
            line.clear();
        }
    });
    lines
}

/// Both sides of a new terminal: ours, and that of the program. One without a size would be taken for none.
fn terminal() -> rustix::io::Result<(OwnedFd, OwnedFd)> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let its = open(ptsname(&ours, Vec::new())?, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    tcsetwinsize(&its, Winsize { ws_row: 24, ws_col: COLUMNS, ws_xpixel: 0, ws_ypixel: 0 })?;
    Ok((ours, its))
}

impl Drop for Running {
    fn drop(&mut self) {
        // Nothing to do if it was waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Run {
    /// Fails unless it ended with `code`.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.status.code(), Some(code), "{self}");
        self
    }

    /// Fails unless it succeeded.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.exits(0)
    }

    /// Fails unless everything it wrote holds `part`.
    #[track_caller]
    pub fn says(self, part: &str) -> Self {
        assert!(self.stdout.contains(part) || self.stderr.contains(part), "no {part:?} in {self}");
        self
    }

    /// Fails if anything it wrote holds `part`.
    #[track_caller]
    pub fn does_not_say(self, part: &str) -> Self {
        assert!(!self.stdout.contains(part) && !self.stderr.contains(part), "{part:?} in {self}");
        self
    }

    /// Its one answer (`--json`).
    #[track_caller]
    pub fn object(&self) -> Value {
        serde_json::from_str(self.stdout.trim()).unwrap_or_else(|error| panic!("not one JSON object: {error}: {self}"))
    }

    /// Its events (`--json`); each line has to be one.
    #[track_caller]
    pub fn events(&self) -> Vec<Value> {
        let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("not JSON: {error}: {line}\n{self}"));
        self.stdout.lines().map(parse).collect()
    }

    /// The events of one type.
    #[track_caller]
    pub fn events_of(&self, kind: &str) -> Vec<Value> {
        self.events().into_iter().filter(|event| event["type"] == kind).collect()
    }

    /// The labels of the steps of `kind` ("" for any) that ended with `outcome`, in order of name.
    #[track_caller]
    pub fn steps(&self, kind: &str, outcome: &str) -> Vec<String> {
        let all = self.events_of("step_finished");
        let wanted = all.iter().filter(|step| (kind.is_empty() || step["kind"] == kind) && step["outcome"] == outcome);
        let mut labels: Vec<String> = wanted.map(|step| step["label"].as_str().unwrap_or_default().to_owned()).collect();
        labels.sort();
        labels
    }

    /// A count of the closing event, such as `ran`.
    #[track_caller]
    pub fn count(&self, name: &str) -> u64 {
        let last = self.events().pop().unwrap_or_default();
        assert_eq!(last["type"], "build_finished", "{self}");
        last["steps"][name].as_u64().unwrap_or_else(|| panic!("no count of {name}: {self}"))
    }

    /// The paths of the artifacts that it announced, in order of name.
    #[track_caller]
    pub fn artifacts(&self) -> Vec<String> {
        let mut paths: Vec<String> =
            self.events_of("artifact").iter().map(|event| event["path"].as_str().unwrap_or_default().to_owned()).collect();
        paths.sort();
        paths
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = self.status.code().map_or_else(|| format!("signal {:?}", self.status.signal()), |code| format!("exit code {code}"));
        write!(f, "{}: {end}\n--- out:\n{}\n--- err:\n{}", self.what, self.stdout, self.stderr)
    }
}
