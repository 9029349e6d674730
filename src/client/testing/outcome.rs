//! What came of a test. Does not know how it is shown.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

/// How a test ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// With exit code 0.
    Passed,
    /// With another exit code.
    Failed(i32),
    /// By a signal.
    Crashed(i32),
    /// It had its time, in whole seconds, and was killed.
    TimedOut(u64),
    /// It could not be started, and why.
    NotRun(String),
}

impl Outcome {
    /// Of a process that ended by itself.
    #[must_use]
    pub fn of(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(0), _) => Self::Passed,
            (Some(code), _) => Self::Failed(code),
            (None, signal) => Self::Crashed(signal.unwrap_or_default()),
        }
    }

    /// As in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::Crashed(_) => "crashed",
            Self::TimedOut(_) => "timed_out",
            Self::NotRun(_) => "not_run",
        }
    }

    /// Why it did not pass, in words; nothing if it did.
    #[must_use]
    pub fn why(&self) -> String {
        match self {
            Self::Passed => String::new(),
            Self::Failed(code) => format!("exit code {code}"),
            Self::Crashed(signal) => {
                format!("signal {signal}{}", signal_name(*signal).map(|name| format!(" ({name})")).unwrap_or_default())
            }
            Self::TimedOut(seconds) => format!("it took longer than {seconds} s"),
            Self::NotRun(why) => why.clone(),
        }
    }
}

fn signal_name(signal: i32) -> Option<&'static str> {
    let names =
        [(3, "SIGQUIT"), (4, "SIGILL"), (5, "SIGTRAP"), (6, "SIGABRT"), (7, "SIGBUS"), (8, "SIGFPE"), (9, "SIGKILL"), (11, "SIGSEGV")];
    names.iter().chain(&[(13, "SIGPIPE"), (15, "SIGTERM")]).find(|(number, _)| *number == signal).map(|(_, name)| *name)
}

/// A test that was run.
#[derive(Clone, Debug)]
pub struct Tested {
    /// Its target.
    pub name: String,
    /// How it ended.
    pub outcome: Outcome,
    /// From start to end.
    pub wall: Duration,
    /// What it printed, on both streams; the end of it if that is long.
    pub output: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_in_words() {
        let check = |raw: i32, name: &str, why: &str| {
            let outcome = Outcome::of(ExitStatus::from_raw(raw));
            assert_eq!((outcome.name(), outcome.why().as_str()), (name, why));
        };
        check(0, "passed", "");
        check(3 << 8, "failed", "exit code 3");
        check(11, "crashed", "signal 11 (SIGSEGV)");
        check(40, "crashed", "signal 40");
        assert_eq!(Outcome::TimedOut(2).why(), "it took longer than 2 s");
    }
}
