//! One test as a process, in a group of its own that ends with it. Does not know other tests.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{MemfdFlags, Mode, OFlags, memfd_create, open};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::{Outcome, Test, Tested};
use crate::client::error::ClientError;
use crate::client::program;
use crate::edge::spawn;

/// So much of what a test printed is shown, from its end.
const SHOWN: u64 = 64 << 10;

/// Runs it, for at most `limit` or its own time, and not after `stop`.
pub fn run(root: &Path, test: &Test, limit: Option<Duration>, stop: &AtomicBool) -> Result<Tested, ClientError> {
    let mut output = nameless().map_err(|source| ClientError::NoOutput { place: std::env::temp_dir(), source: source.into() })?;
    let limit = limit.unwrap_or(Duration::from_secs(test.run.timeout_s));
    let began = Instant::now();
    let outcome = match start(root, test, &output) {
        Ok(mut child) => outcome(&mut child, limit, stop),
        Err(source) => Outcome::NotRun(why_not(root, test, &source)),
    };
    Ok(Tested { name: test.name.clone(), outcome, wall: began.elapsed(), output: last_of(&mut output) })
}

/// Why it did not start, and what to do.
fn why_not(root: &Path, test: &Test, source: &std::io::Error) -> String {
    let (folder, first) = (root.join(test.run.working_dir.as_path()), &argv(root, test)[0]);
    if !folder.is_dir() {
        return format!("it runs in {}, which is no directory; make it, or correct test.working_dir in jmake.toml", folder.display());
    }
    let remedy = if test.run.runner.is_empty() {
        ""
    } else {
        "; install it (emulators: apt-get install qemu-user), or name another in jmake.toml: test.runner"
    };
    format!("cannot run {}: {source}{remedy}", first.display())
}

/// The runner if there is one, the program, its arguments.
fn argv(root: &Path, test: &Test) -> Vec<PathBuf> {
    let own = std::iter::once(root.join(&test.path));
    let words = |words: &[String]| words.iter().map(PathBuf::from).collect::<Vec<_>>();
    let runner = program::words(root, &test.run.runner).into_iter().map(PathBuf::from);
    runner.chain(own).chain(words(&test.run.args)).collect()
}

fn start(root: &Path, test: &Test, output: &File) -> std::io::Result<Child> {
    let argv = argv(root, test);
    let args: Vec<OsString> = argv[1..].iter().map(|arg| arg.clone().into_os_string()).collect();
    let folder = root.join(test.run.working_dir.as_path());
    program::started(|| spawn::start_into(argv[0].as_os_str(), &args, &folder, &test.run.env, output))
}

/// How it ends; what is left of its group then ends with it.
fn outcome(child: &mut Child, limit: Duration, stop: &AtomicBool) -> Outcome {
    let group = program::group_of(child);
    // Whoever says so kills all that are held then.
    if stop.load(Ordering::SeqCst) {
        program::kill(group);
    }
    let ended = group.is_none_or(|group| ends_within(group, limit));
    program::kill(group);
    match child.wait() {
        Ok(status) if ended => Outcome::of(status),
        Ok(_) => Outcome::TimedOut(limit.as_secs()),
        Err(error) => Outcome::NotRun(format!("its end was not told: {error}")),
    }
}

fn ends_within(leader: Pid, limit: Duration) -> bool {
    let Ok(leader) = pidfd_open(leader, PidfdFlags::empty()) else { return true };
    let end = Instant::now() + limit;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let wait = Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: i64::from(left.subsec_nanos()) };
        match poll(&mut [PollFd::new(&leader, PollFlags::IN)], Some(&wait)) {
            Ok(0) => return false,
            Err(Errno::INTR) => {}
            Ok(_) | Err(_) => return true,
        }
    }
}

/// A file without a name, for what a test prints: it may be any amount.
fn nameless() -> rustix::io::Result<File> {
    let unnamed = open(std::env::temp_dir(), OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, Mode::RUSR | Mode::WUSR);
    unnamed.or_else(|_| memfd_create("jmake-test", MemfdFlags::CLOEXEC)).map(File::from)
}

fn last_of(output: &mut File) -> String {
    let length = output.metadata().map_or(0, |about| about.len());
    let mut bytes = Vec::new();
    let from = length.saturating_sub(SHOWN);
    // What cannot be read is not shown: the outcome stands.
    let _read = output.seek(SeekFrom::Start(from)).and_then(|_| output.take(SHOWN).read_to_end(&mut bytes));
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if from > 0 { format!("({from} bytes before this are not shown)\n{text}") } else { text }
}
