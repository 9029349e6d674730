//! This process: who it is, what it uses, and how it leaves its starter.

use std::io::{BufRead, BufReader, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// Tells a respawned process what it is.
const DETACHED: &str = "JMAKE_DETACHED";

/// What this process is and uses.
#[derive(Clone, Copy, Debug)]
pub struct OwnProcess {
    /// Its id.
    pub pid: u32,
    /// Its resident set in KiB; 0 if the kernel does not tell.
    pub rss_kb: u64,
}

/// Reads it from the kernel.
#[must_use]
pub fn read() -> OwnProcess {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let resident: u64 = pages.and_then(|text| text.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
    OwnProcess { pid: std::process::id(), rss_kb: resident * (rustix::param::page_size() as u64 / 1024) }
}

/// The user whose clients are served.
#[must_use]
pub fn uid() -> u32 {
    rustix::process::getuid().as_raw()
}

/// Processors this process may use, by affinity and cgroup.
#[must_use]
pub fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

/// Size and modification time in nanoseconds of this process's executable.
#[must_use]
pub fn executable() -> (u64, i128) {
    let about = std::env::current_exe().and_then(std::fs::metadata);
    about.map_or((0, 0), |about| (about.size(), i128::from(about.mtime()) * 1_000_000_000 + i128::from(about.mtime_nsec())))
}

/// Gives memory that is free back to the system. Worth its milliseconds after work that needed much more than what it leaves.
#[cfg_attr(target_env = "gnu", expect(unsafe_code, reason = "the standard library does not know its allocator"))]
pub fn give_back_memory() {
    #[cfg(target_env = "gnu")]
    // SAFETY: it takes its own locks and touches free memory only.
    let _given = unsafe { libc::malloc_trim(0) };
}

/// Leaves the starter's session, so that closing its terminal does not end the daemon.
pub fn leave_session() {
    // A group leader cannot, and then already has one of its own.
    let _leader = rustix::process::setsid();
}

/// Closes every descriptor but the standard three: the starter may have passed some on.
#[expect(unsafe_code, reason = "the standard library has no call that closes descriptors it does not own")]
pub fn close_inherited() {
    // SAFETY: called before anything is opened, so nothing in this process owns a descriptor above the standard three.
    let _unsupported = unsafe { libc::close_range(3, libc::c_uint::MAX, 0) };
}

/// Runs this program once more with `arguments`, in a session of its own, and passes on the one line that it says. Answers with
/// its exit code if it ends without a word.
pub fn respawn(arguments: &[std::ffi::OsString]) -> std::io::Result<u8> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(arguments)
        .env(DETACHED, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    if line.is_empty() {
        let code = child.wait()?.code().unwrap_or(4);
        return Ok(u8::try_from(code).unwrap_or(4));
    }
    std::io::stdout().write_all(line.as_bytes())?;
    Ok(0)
}

/// Whether this process was started by [`respawn`].
#[must_use]
pub fn is_respawned() -> bool {
    std::env::var_os(DETACHED).is_some()
}

/// Ends this process without waiting for any of its threads.
#[expect(clippy::exit, reason = "a thread that hangs cannot be asked to return")]
pub fn end_now(exit_code: u8) -> ! {
    std::process::exit(i32::from(exit_code))
}

/// Points standard output at `/dev/null`: whoever waits for this process to end its sentence goes on.
pub fn close_stdout() {
    if let Ok(null) = std::fs::File::options().write(true).open("/dev/null") {
        let _kept = rustix::stdio::dup2_stdout(null.as_fd());
    }
}
