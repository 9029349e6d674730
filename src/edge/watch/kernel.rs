//! The kernel's side of watches: an inotify descriptor, its masks and its records. Does not know names of what is watched.

use std::ffi::OsStr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;

/// How much of a path is to be told. What asks for more includes what asks for less.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Interest {
    /// That it goes or moves: it is on the way to something.
    Way,
    /// Also which names come and go in it.
    Names,
    /// Also what happens to the files in it.
    Whole,
}

impl Interest {
    /// `IN_MODIFY` and `IN_CLOSE_WRITE`: a file may be written for a long time, and a store through a mapping is told only by the latter.
    /// `IN_ATTRIB`: modes, times, and the number of links. `IN_MOVE_SELF` and `IN_DELETE_SELF`: the name is no longer true.
    /// Not `IN_EXCL_UNLINK`: what is written through a descriptor of a removed name may have another name.
    /// Not `IN_ONLYDIR`: a file with several names is watched itself. Not `IN_OPEN` and its kin: compilers only read, and a lot.
    fn mask(self) -> WatchFlags {
        // Whoever else watches the same inode, under another name, keeps what it has.
        let way = WatchFlags::MASK_ADD | WatchFlags::DELETE_SELF | WatchFlags::MOVE_SELF;
        let names = way | WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVED_FROM | WatchFlags::MOVED_TO;
        match self {
            Self::Way => way,
            Self::Names => names,
            Self::Whole => names | WatchFlags::MODIFY | WatchFlags::CLOSE_WRITE | WatchFlags::ATTRIB,
        }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Happened {
    /// Something to a file or to the watched path itself.
    Changed,
    /// A name came or went.
    NameChanged,
    /// The watched path was removed, moved or unmounted.
    SelfGone,
    /// The kernel has ended the watch.
    Ended,
    /// Events were lost.
    Overflow,
}

/// One record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event<'a> {
    /// Of which watch.
    pub(super) number: i32,
    pub(super) happened: Happened,
    /// Of which entry; none for the watched path itself.
    pub(super) name: Option<&'a OsStr>,
}

/// What watches need of a kernel.
pub(super) trait Kernel: Send + Sync + std::fmt::Debug {
    /// Watches what `path` leads to now. The same number for the same inode, under whatever name. Never takes away from what is told.
    fn add(&self, path: &Path, interest: Interest) -> Result<i32, Errno>;
    /// Ends a watch; nothing happens if it has ended.
    fn remove(&self, number: i32);
    /// Hands over what was in the queue when it was called. Never waits, and never goes on as long as somebody writes.
    fn read(&self, take: &mut dyn FnMut(Event<'_>)) -> Result<(), Errno>;
    /// Something that is readable while events are queued.
    fn descriptor(&self) -> Option<OwnedFd>;
}

/// This machine's.
#[derive(Debug)]
pub(super) struct Inotify(OwnedFd);

impl Inotify {
    pub(super) fn new() -> Result<Self, Errno> {
        inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).map(Self)
    }
}

impl Kernel for Inotify {
    fn add(&self, path: &Path, interest: Interest) -> Result<i32, Errno> {
        inotify::add_watch(&self.0, path, interest.mask())
    }

    fn remove(&self, number: i32) {
        let _ended_already = inotify::remove_watch(&self.0, number);
    }

    fn read(&self, take: &mut dyn FnMut(Event<'_>)) -> Result<(), Errno> {
        let mut queued = rustix::io::ioctl_fionread(self.0.as_fd())?;
        let mut buffer = [0_u8; 16 << 10];
        while queued > 0 {
            match rustix::io::read(&self.0, &mut buffer) {
                Ok(read) => {
                    parse(&buffer[..read], take);
                    queued = queued.saturating_sub(read as u64);
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn descriptor(&self) -> Option<OwnedFd> {
        self.0.try_clone().ok()
    }
}

/// `struct inotify_event`: number, mask, cookie, length of the name with the zeros after it, the name.
fn parse(mut bytes: &[u8], take: &mut dyn FnMut(Event<'_>)) {
    while let Some((head, rest)) = bytes.split_first_chunk::<16>() {
        let word = |at: usize| u32::from_ne_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (name, next) = rest.split_at((word(12) as usize).min(rest.len()));
        let name = name.split(|byte| *byte == 0).next().filter(|name| !name.is_empty());
        take(Event {
            number: word(0).cast_signed(),
            happened: happened(ReadFlags::from_bits_retain(word(4))),
            name: name.map(OsStr::from_bytes),
        });
        bytes = next;
    }
}

fn happened(flags: ReadFlags) -> Happened {
    if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
        Happened::Overflow
    } else if flags.contains(ReadFlags::IGNORED) {
        Happened::Ended
    } else if flags.intersects(ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF | ReadFlags::UNMOUNT) {
        Happened::SelfGone
    } else if flags.intersects(ReadFlags::CREATE | ReadFlags::DELETE | ReadFlags::MOVED_FROM | ReadFlags::MOVED_TO) {
        Happened::NameChanged
    } else {
        Happened::Changed
    }
}
