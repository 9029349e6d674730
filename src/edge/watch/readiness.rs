//! Tells that a descriptor became readable, not more than twice in a while: whoever writes a file would otherwise wake the reader with every
//! write, which costs both more than the write. Does not read, nor know what is read.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Shorter than what anybody waits for after a change.
const REST: Duration = Duration::from_millis(10);

/// Told once for each time that it is armed.
pub(super) struct Readiness {
    /// Holds the other descriptor, for one event. Nobody is woken by more of them.
    poll: AsyncFd<OwnedFd>,
    read: OwnedFd,
}

impl Readiness {
    /// Only to be called where tokio runs.
    pub(super) fn of(read: OwnedFd) -> io::Result<Self> {
        let poll = epoll::create(CreateFlags::CLOEXEC)?;
        epoll::add(&poll, &read, EventData::new_u64(0), EventFlags::IN | EventFlags::ONESHOT)?;
        // SAFETY: the descriptor is owned, and so stays open and the same as long as it is registered.
        #[allow(unsafe_code, reason = "no safe constructor promises that")]
        let poll = unsafe { AsyncFd::register_with_interest(poll, Interest::READABLE) }?;
        Ok(Self { poll, read })
    }

    /// An item when something came, and one more after a rest, for what came meanwhile and was read by somebody else.
    pub(super) fn items(self) -> impl Stream<Item = ()> + 'static {
        let items = stream::unfold((self, false), |(readiness, rests)| async move {
            if rests {
                tokio::time::sleep(REST).await;
                readiness.arm().ok()?;
            } else {
                readiness.came().await.ok()?;
            }
            Some(((), (readiness, !rests)))
        });
        items.boxed()
    }

    async fn came(&self) -> io::Result<()> {
        self.poll.readable().await?.clear_ready();
        // Disarms it, unless somebody has read since. What came is told all the same.
        let mut events = Vec::with_capacity(1);
        epoll::wait(self.poll.get_ref(), rustix::buffer::spare_capacity(&mut events), Some(&Timespec::default()))?;
        Ok(())
    }

    fn arm(&self) -> io::Result<()> {
        Ok(epoll::modify(self.poll.get_ref(), &self.read, EventData::new_u64(0), EventFlags::IN | EventFlags::ONESHOT)?)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn it_is_told_at_once_and_again_after_a_rest() {
        let (mut write, mut read) = UnixStream::pair().unwrap();
        let mut items = Readiness::of(read.try_clone().unwrap().into()).unwrap().items();
        assert_eq!(items.next().now_or_never(), None);
        write.write_all(b"a").unwrap();
        assert_eq!(items.next().await, Some(()));
        // Somebody else reads what comes while it rests.
        write.write_all(b"b").unwrap();
        assert_eq!(read.read(&mut [0; 2]).unwrap(), 2);
        assert_eq!(items.next().await, Some(()));
        assert_eq!(items.next().now_or_never(), None, "nothing came since");
        write.write_all(b"c").unwrap();
        assert_eq!(items.next().await, Some(()));
        write.write_all(b"d").unwrap();
        assert_eq!(items.next().now_or_never(), None, "it rests");
        assert_eq!(items.next().await, Some(()));
        assert_eq!(items.next().await, Some(()), "nobody has read");
    }
}
