//! The client's terminal. Standard library only: the client uses it.

use std::ffi::OsString;
use std::io::IsTerminal;

/// Whether standard output is a terminal.
#[must_use]
pub fn stdout_is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Columns of the terminal, 80 if it does not say.
#[must_use]
pub fn width() -> usize {
    rustix::termios::tcgetwinsize(std::io::stdout()).map_or(80, |size| if size.ws_col == 0 { 80 } else { size.ws_col.into() })
}

/// Whether to colour where the user left it to us: on a terminal that is not dumb, unless `NO_COLOR` is set.
#[must_use]
pub fn wants_color(terminal: bool, lookup: &dyn Fn(&str) -> Option<OsString>) -> bool {
    let no_color = lookup("NO_COLOR").is_some_and(|value| !value.is_empty());
    terminal && !no_color && lookup("TERM").is_none_or(|term| term != "dumb")
}
