//! The resident process: where its parts are put together. Does not know how a client shows what it is told.

mod doors;
mod event_log;
mod following;
mod listen;
mod run;
mod running_jobs;
mod session;
mod sessions;
mod translate;
mod watchdog;

use std::path::PathBuf;
use std::time::Duration;

pub use run::run;

/// How a daemon is started.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DaemonOptions {
    /// Where to listen; `None`: the user's own socket.
    pub socket: Option<PathBuf>,
    /// Leave the caller's session once it accepts.
    pub detach: bool,
    /// Serve one request over standard input and output, then end.
    pub once: bool,
    /// End after this long without a client.
    pub idle_timeout: Option<Duration>,
}
