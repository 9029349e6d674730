//! Tells that a descriptor became readable, at most once in a while: whoever writes a file would otherwise wake the reader with every write,
//! which costs both more than the write. Does not read, nor know what is read.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// After it rang it is silent for so long. Shorter than what anybody waits for after a change.
const REST: Duration = Duration::from_millis(10);

/// Rings once for each time that it is wound up.
pub(super) struct Bell {
    /// Holds the other descriptor, for one event. Nobody is woken by more of them.
    poll: AsyncFd<OwnedFd>,
    heard: OwnedFd,
}

impl Bell {
    /// Only to be called where tokio runs.
    pub(super) fn on(heard: OwnedFd) -> io::Result<Self> {
        let poll = epoll::create(CreateFlags::CLOEXEC)?;
        epoll::add(&poll, &heard, EventData::new_u64(0), EventFlags::IN | EventFlags::ONESHOT)?;
        // SAFETY: the descriptor is owned, and so stays open and the same as long as it is registered.
        #[allow(unsafe_code, reason = "no safe constructor promises that")]
        let poll = unsafe { AsyncFd::register_with_interest(poll, Interest::READABLE) }?;
        Ok(Self { poll, heard })
    }

    /// An item when something came, and one more after a rest, for what came meanwhile and was read by somebody else.
    pub(super) fn strokes(self) -> impl Stream<Item = ()> + 'static {
        let rung = stream::unfold((self, false), |(bell, rests)| async move {
            if rests {
                tokio::time::sleep(REST).await;
                bell.wind().ok()?;
            } else {
                bell.rung().await.ok()?;
            }
            Some(((), (bell, !rests)))
        });
        rung.boxed()
    }

    async fn rung(&self) -> io::Result<()> {
        loop {
            let mut ready = self.poll.readable().await?;
            ready.clear_ready();
            let mut events = Vec::with_capacity(1);
            if epoll::wait(self.poll.get_ref(), rustix::buffer::spare_capacity(&mut events), Some(&Timespec::default()))? > 0 {
                return Ok(());
            }
        }
    }

    fn wind(&self) -> io::Result<()> {
        Ok(epoll::modify(self.poll.get_ref(), &self.heard, EventData::new_u64(0), EventFlags::IN | EventFlags::ONESHOT)?)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn it_rings_at_once_and_again_after_a_rest() {
        let (mut write, mut read) = UnixStream::pair().unwrap();
        let mut strokes = Bell::on(read.try_clone().unwrap().into()).unwrap().strokes();
        assert_eq!(strokes.next().now_or_never(), None);
        write.write_all(b"a").unwrap();
        assert_eq!(strokes.next().await, Some(()));
        // Somebody else reads what comes while it rests.
        write.write_all(b"b").unwrap();
        assert_eq!(read.read(&mut [0; 2]).unwrap(), 2);
        assert_eq!(strokes.next().await, Some(()));
        assert_eq!(strokes.next().now_or_never(), None, "nothing came since");
        write.write_all(b"c").unwrap();
        assert_eq!(strokes.next().await, Some(()));
        write.write_all(b"d").unwrap();
        assert_eq!(strokes.next().now_or_never(), None, "it rests");
        assert_eq!(strokes.next().await, Some(()));
        assert_eq!(strokes.next().await, Some(()), "nobody has read");
    }
}
