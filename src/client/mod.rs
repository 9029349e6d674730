//! The thin end: finds somebody who serves a command, passes it on, shows the answer.
//!
//! Reading order: [`cli`] (flags), [`run`] (one command), [`session`] (one request), [`connect`] (who serves it), then how
//! things look. Does not know builds: whatever needs a decision about one is the daemon's. No tokio, no actix, no logging.

pub mod built;
pub mod cli;
pub mod connect;
pub mod error;
pub mod exit_code;
pub mod interrupt;
pub mod json;
pub mod launch;
pub mod lines;
pub mod peer;
pub mod place;
pub mod program;
pub mod project;
pub mod render;
pub mod run;
pub mod screen;
pub mod service;
pub mod session;
pub mod testing;
pub mod watch;

use std::ffi::OsString;

use screen::{Screen, Stream};

/// Carries out the command line. Returns the exit code.
#[must_use]
pub fn main(args: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match cli::parse(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help that nobody reads is no error.
            let _ = error.print();
            return if error.use_stderr() { exit_code::USAGE } else { exit_code::DONE };
        }
    };
    interrupt::end_the_process();
    run::run(&cli).unwrap_or_else(|error| {
        let mut screen = Screen::default();
        screen.put_line(Stream::Err, format!("jmake: error: {error}"));
        screen.flush();
        error.exit_code()
    })
}
