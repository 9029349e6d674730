//! Whether a tool failed because of the machine: no space, no right to write. Read from what it printed. Does not look at disks.

use super::{Severity, linker, parse, strip};
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;

/// What stood in a tool's way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Obstacle {
    /// The file system is full.
    Full,
    /// The user's share of it is.
    Quota,
    /// It takes no writes.
    ReadOnly,
    /// This user may not write there.
    Denied,
    /// There is no directory for temporary files.
    NoTemporary,
    /// It died while it wrote into a mapping, as it does when there is no room for what it wrote. Only the disk can tell.
    PerhapsFull,
}

/// What the system calls each, at the end of a line.
const WORDS: &[(&str, Obstacle)] = &[
    ("No space left on device", Obstacle::Full),
    ("Disk quota exceeded", Obstacle::Quota),
    ("Read-only file system", Obstacle::ReadOnly),
    ("Permission denied", Obstacle::Denied),
    ("Operation not permitted", Obstacle::Denied),
];

/// Ended by a write to where there is no room.
const BUS_ERROR: i32 = 7;

impl Obstacle {
    /// The obstacle that this output tells of, of a tool that was to write `outputs`. Words in a source are none.
    #[must_use]
    pub fn of(output: &str, signal: Option<i32>, outputs: &[FilePath]) -> Option<Self> {
        let plain = strip(output);
        let told = plain.lines().filter(|line| is_of_a_tool(line)).find_map(|line| told(line, outputs));
        told.or_else(|| (signal == Some(BUS_ERROR)).then_some(Self::PerhapsFull))
    }

    /// The failure of a build that met it where it writes to `place`.
    #[must_use]
    pub fn failure(self, place: &str) -> Failure {
        Failure::environment(match self {
            Self::Full | Self::PerhapsFull => format!("there is no space left for what goes into {place}: free some, then build again"),
            Self::Quota => format!("your disk quota is used up for what goes into {place}: free some, then build again"),
            Self::ReadOnly => {
                format!("{place} is on a read-only file system: name a writable build directory with -B, or copy the project")
            }
            Self::Denied => {
                format!("you may not write what goes into {place}: give yourself access to it, or choose another place with -B DIR")
            }
            Self::NoTemporary => "there is no directory for temporary files: make the one that TMPDIR names, or unset TMPDIR".to_owned(),
        })
    }
}

/// Room that a link surely needs beyond its inputs.
const SLACK: u64 = 1 << 20;

/// Whether a tool that had `free` bytes for what it makes of `read` bytes may have run out of them.
#[must_use]
pub fn is_scarce(free: u64, read: u64) -> bool {
    free < read.saturating_mul(2).saturating_add(SLACK)
}

/// An error of a tool as such, rather than one at a place in a source.
fn is_of_a_tool(line: &str) -> bool {
    let at_no_place = || parse(line).first().is_some_and(|found| found.severity == Severity::Error && found.file.is_none());
    line.starts_with("LLVM ERROR: ") || !linker::gnu_prefix(line).is_empty() || at_no_place()
}

fn told(line: &str, outputs: &[FilePath]) -> Option<Obstacle> {
    if line.contains("unable to execute command: Bus error") {
        return Some(Obstacle::PerhapsFull);
    }
    if line.contains("unable to make temporary file: ") {
        return Some(Obstacle::NoTemporary);
    }
    let line = line.trim_end_matches(['\'', '"', '.', ' ']);
    let (_, obstacle) = WORDS.iter().find(|(words, _)| line.ends_with(words))?;
    // What may not be read is a matter of the project.
    let written = || line.contains("output file") || outputs.iter().any(|path| line.contains(&path.to_string()));
    (*obstacle != Obstacle::Denied || written()).then_some(*obstacle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_tools_are_understood() {
        let outputs = ["o/x.a".into()];
        for (output, signal, expect) in [
            (
                "fatal error: error in backend: IO failure on output stream: No space left on device\nPLEASE submit\n",
                None,
                Some(Obstacle::Full),
            ),
            ("\u{1b}[1mclang: \u{1b}[31merror: \u{1b}[0munable to execute command: Bus error\n", None, Some(Obstacle::PerhapsFull)),
            ("LLVM ERROR: IO failure on output stream: No space left on device\n #0 0x0\n", Some(6), Some(Obstacle::Full)),
            ("/usr/bin/ld.bfd: final link failed: No space left on device\n", None, Some(Obstacle::Full)),
            ("/usr/bin/ld.bfd: final link failed: Disk quota exceeded\n", None, Some(Obstacle::Quota)),
            ("error: unable to open output file 'main.o': 'Read-only file system'\n", None, Some(Obstacle::ReadOnly)),
            ("ld.lld: error: cannot open output file x: Read-only file system\n", None, Some(Obstacle::ReadOnly)),
            ("error: unable to open output file 'main.o': 'Operation not permitted'\n", None, Some(Obstacle::Denied)),
            ("/usr/lib/llvm-19/bin/llvm-ar: error: o/x.a: Permission denied\n", None, Some(Obstacle::Denied)),
            ("clang: error: unable to make temporary file: No such file or directory\n", None, Some(Obstacle::NoTemporary)),
            ("", Some(7), Some(Obstacle::PerhapsFull)),
            ("", Some(9), None),
            ("ld.lld: error: cannot open keep.o: Permission denied\n", None, None),
            ("main.c:1:2: error: No space left on device\n    1 | #error No space left on device\n", None, None),
            ("a.cpp:1:2: warning: No space left on device\n", None, None),
            ("main.c:1: error: Read-only file system\n", None, None),
            ("note: No space left on device\n", None, None),
            ("No space left on device\n", None, None),
        ] {
            assert_eq!(Obstacle::of(output, signal, &outputs), expect, "{output}");
        }
    }

    #[test]
    fn each_says_where_and_what_to_do() {
        for obstacle in [Obstacle::Full, Obstacle::Quota, Obstacle::ReadOnly, Obstacle::Denied, Obstacle::PerhapsFull] {
            let failure = obstacle.failure("/p/build");
            assert!(failure.kind.exit_code() == 3 && failure.message.contains("/p/build") && failure.message.contains(": "), "{failure}");
        }
        assert!(is_scarce(0, 0) && is_scarce(3 << 20, 2 << 20) && !is_scarce(6 << 20, 2 << 20));
    }
}
