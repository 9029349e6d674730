//! The daemon as a program: its flags, then [`jmake::daemon`]. Does not know what it serves.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use jmake::daemon::{DaemonOptions, run};

/// The resident part of JMake. `jmake` starts it when it is needed.
#[derive(Parser)]
#[command(name = "jmake-actors", version, after_help = "Example:\n  JMAKE_LOG=debug jmake-actors run")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until stopped, in the foreground unless told otherwise
    #[command(after_help = "Example:\n  jmake-actors run --socket /tmp/j.sock --idle-timeout 600")]
    Run {
        /// Listen here instead of at the user's own socket
        #[arg(long, value_name = "PATH")]
        socket: Option<PathBuf>,
        /// Go to the background once it accepts
        #[arg(long)]
        detach: bool,
        /// Serve one request over standard input and output, then end
        #[arg(long, conflicts_with_all = ["socket", "detach"])]
        once: bool,
        /// End after so long without a client
        #[arg(long, value_name = "SECONDS")]
        idle_timeout: Option<u64>,
    },
}

fn main() -> ExitCode {
    let Command::Run { socket, detach, once, idle_timeout } = Cli::parse().command;
    let idle_timeout = idle_timeout.map(Duration::from_secs);
    ExitCode::from(run(DaemonOptions { socket, detach, once, idle_timeout }))
}
