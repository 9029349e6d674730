//! Locks that whatever is started meanwhile inherits: as long as the one who locked lives it keeps others out; what it leaves running when it is
//! killed is ended by the next one. Does not know what is locked.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// How long a process may take to end that has been killed.
const PATIENCE: Timespec = Timespec { tv_sec: 5, tv_nsec: 0 };
/// What is killed may have started something just before.
const ATTEMPTS: usize = 10;

/// What came of asking for a lock.
#[derive(Debug)]
pub enum Taken {
    /// It is held until the file is unlocked: closing it would not do, for what was started may have it open still.
    Held {
        /// The locked file.
        file: File,
        /// What a killed process had left running.
        ended: Vec<Stray>,
    },
    /// Somebody who lives has it: this process, if it can be seen.
    Busy(Option<i32>),
}

/// A process that was left running by one that was killed, and was ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stray {
    /// Its number.
    pub pid: i32,
    /// Its program, as the kernel calls it.
    pub name: String,
}

/// Locks the file at `path`, opened with these `options`, without waiting for anybody who lives.
pub fn take(path: &Path, options: &OpenOptions) -> io::Result<Taken> {
    let (mut busy, mut ended) = (None, Vec::new());
    for _ in 0..ATTEMPTS {
        let file = options.open(path)?;
        if file.try_lock().is_ok() {
            // Somebody may have removed it meanwhile, and another one made anew.
            if std::fs::metadata(path).is_ok_and(|now| same(&now, &file)) {
                fcntl_setfd(&file, FdFlags::empty())?;
                return Ok(Taken::Held { file, ended });
            }
            continue;
        }
        let sharers = Sharers::of(&file)?;
        busy = sharers.holder();
        if busy.is_some() || sharers.0.is_empty() {
            break;
        }
        ended.extend(sharers.end());
    }
    Ok(Taken::Busy(busy))
}

/// The process that holds the lock of the file at `path`, if it lives and can be seen. Keeps nobody from taking it.
#[must_use]
pub fn holder(path: &Path) -> Option<i32> {
    Sharers::of(&File::open(path).ok()?).ok()?.holder()
}

fn same(now: &std::fs::Metadata, file: &File) -> bool {
    file.metadata().is_ok_and(|held| (held.dev(), held.ino()) == (now.dev(), now.ino()))
}

/// Processes that keep a locked file open, each with the one that locked it.
#[derive(Debug)]
struct Sharers(Vec<(i32, i32)>, (u64, u64));

impl Sharers {
    fn of(file: &File) -> io::Result<Self> {
        let about = file.metadata()?;
        let wanted = (about.dev(), about.ino());
        let all = std::fs::read_dir("/proc")?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        Ok(Self(all.filter_map(|pid| Some((pid, locker(pid, wanted)?))).collect(), wanted))
    }

    /// The process that works. Others have only inherited the file.
    fn holder(&self) -> Option<i32> {
        self.0.iter().map(|(_, locker)| *locker).find(|locker| self.0.iter().any(|(pid, _)| pid == locker))
    }

    /// Ends all of them, and waits until they are gone.
    fn end(&self) -> Vec<Stray> {
        let mut ended = Vec::new();
        for (pid, process) in self.0.iter().filter_map(|(pid, _)| Some((*pid, handle(*pid)?))) {
            let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            // By now the number may be another process's; from here on the handle is this one's.
            if locker(pid, self.1).is_some() && pidfd_send_signal(&process, Signal::KILL).is_ok() {
                tracing::info!("process {pid} was left running by one that was killed, and is ended");
                ended.push(Stray { pid, name: name.trim_end().to_owned() });
                // One that does not go keeps the lock, which is asked for again.
                let _gone = poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&PATIENCE));
            }
        }
        ended
    }
}

fn handle(pid: i32) -> Option<OwnedFd> {
    pidfd_open(Pid::from_raw(pid)?, PidfdFlags::empty()).ok()
}

/// Who locked the file with this identity, if `pid` has it open together with the lock.
fn locker(pid: i32, wanted: (u64, u64)) -> Option<i32> {
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?.flatten();
    let same = |path: &Path| std::fs::metadata(path).is_ok_and(|about| (about.dev(), about.ino()) == wanted);
    open.filter(|entry| same(&entry.path())).find_map(|entry| {
        let about = std::fs::read_to_string(format!("/proc/{pid}/fdinfo/{}", entry.file_name().to_str()?)).ok()?;
        // `lock:  1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF`; 0 for one that is gone.
        about.lines().find_map(|line| line.strip_prefix("lock:")?.split_whitespace().nth(4)?.parse().ok())
    })
}
