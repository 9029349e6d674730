//! The command that people type. Does not know anything: see [`jmake::client`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(jmake::client::main(std::env::args_os()))
}
