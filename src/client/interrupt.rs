//! Ctrl-C: the first cancels the request, the second ends the client. Does not know the terminal.
//!
//! Until a request needs threads, the first ends the client, which cancels as well.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::register_conditional_shutdown;

use super::session::Incoming;
use super::{exit_code, program};
use crate::wire::{Request, encode_request};

/// From now on a signal ends the process with the exit code of an interrupted request, until [`Interrupt::install`] takes over.
pub fn end_the_process() {
    for signal in [SIGINT, SIGTERM] {
        let _ = register_conditional_shutdown(signal, exit_code::INTERRUPTED.into(), Arc::new(AtomicBool::new(true)));
    }
}

/// Whether a signal ends the client and all programs that it runs, whoever has asked for what.
static AT_ONCE: AtomicBool = AtomicBool::new(false);

/// From now on the first signal ends the client and all programs that it runs.
pub fn end_programs_at_once() {
    AT_ONCE.store(true, Ordering::SeqCst);
    // The handler of a request that was made before looks at that, too, and stays.
    let _ = ctrlc::set_handler(leave);
}

#[expect(clippy::exit, reason = "the user asked for it, and other threads wait for programs that are gone")]
fn leave() {
    let _none_starts = program::kill_all();
    std::process::exit(exit_code::INTERRUPTED.into());
}

/// What the handler and the request share.
#[derive(Clone, Default)]
pub struct Interrupt {
    asked: Arc<AtomicBool>,
    writer: Arc<Mutex<Option<Box<dyn Write + Send>>>>,
}

impl Interrupt {
    /// Takes over the signals. Where that fails they keep their default: the process ends, which cancels too.
    #[must_use]
    pub fn install(wake: Sender<Vec<Incoming>>) -> Self {
        let interrupt = Self::default();
        let handler = interrupt.clone();
        let _ = ctrlc::set_handler(move || handler.on_signal(&wake));
        interrupt
    }

    fn on_signal(&self, wake: &Sender<Vec<Incoming>>) {
        if self.asked.swap(true, Ordering::SeqCst) || AT_ONCE.load(Ordering::SeqCst) {
            leave();
        }
        self.cancel();
        let _ = wake.send(vec![Incoming::Interrupted]);
    }

    /// Sends the cancel. One who does not hear it any more is gone, which the reader notices.
    fn cancel(&self) {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(writer), Ok(line)) = (writer.as_mut(), encode_request(&Request::Cancel)) {
            let _ = writer.write_all(&line).and_then(|()| writer.flush());
        }
    }

    /// Names the connection that a cancel goes to; `None` closes it.
    pub fn aim(&self, writer: Option<Box<dyn Write + Send>>) {
        *self.writer.lock().unwrap_or_else(PoisonError::into_inner) = writer;
        if self.is_asked() {
            self.cancel();
        }
    }

    /// As if the user had asked to stop before there was a connection.
    #[cfg(test)]
    pub fn ask(&self) {
        self.asked.store(true, Ordering::SeqCst);
    }

    /// Whether the user asked to stop.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::mpsc;

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_first_signal_cancels_now_or_as_soon_as_there_is_a_connection() {
        for connected_first in [true, false] {
            let (wake, woken) = mpsc::channel();
            let (interrupt, sink) = (Interrupt::default(), Sink::default());
            if connected_first {
                interrupt.aim(Some(Box::new(sink.clone())));
            }
            interrupt.on_signal(&wake);
            if !connected_first {
                interrupt.aim(Some(Box::new(sink.clone())));
            }
            assert!(interrupt.is_asked());
            assert!(matches!(woken.try_recv().unwrap()[..], [Incoming::Interrupted]));
            assert_eq!(*sink.0.lock().unwrap(), b"{\"request\":\"cancel\"}\n");
        }
    }
}
