//! Names of files that are not whole yet: those that JMake renames into place, and those of the tools that it runs. Does not know where
//! they are.

use super::ids::{BuildId, StepId};
use super::path::FilePath;

/// In the name of everything that JMake writes beside its place.
pub const MARK: &str = ".jmake-";
/// Begins the names of such files in JMake's own directories.
pub const NEW: &str = ".new-";

/// Where a step writes an output that is then renamed into place.
#[must_use]
pub fn beside(output: &FilePath, build: BuildId, step: StepId) -> FilePath {
    output.parent().join(format!(".{}{MARK}{build}-{step}", output.name()))
}

/// How the names of files begin that a process puts in place itself.
#[must_use]
pub fn by(process: u32) -> String {
    format!("{MARK}{process}-")
}

/// The process that is writing a file of this name, or was.
#[must_use]
pub fn writer(name: &[u8]) -> Option<u32> {
    let name = std::str::from_utf8(name).ok()?;
    let rest = name.strip_prefix(MARK).or_else(|| name.strip_prefix(NEW))?;
    rest.split_once('-')?.0.parse().ok()
}

/// Whether a file of this name is JMake's, anywhere.
#[must_use]
pub fn is_own(name: &[u8]) -> bool {
    name.starts_with(b".") && name.windows(MARK.len()).any(|part| part == MARK.as_bytes())
}

/// Whether a file of this name is not whole, where all files are JMake's. A depfile is removed once it is read.
#[must_use]
pub fn is_in_own_place(name: &[u8]) -> bool {
    is_own(name) || name.starts_with(NEW.as_bytes()) || name.ends_with(b".tmp") || name.ends_with(b".d")
}

/// Whether a tool that was to write `output` began a file of this name beside it: `a-1a2b3c4d.o.tmp` for `a.o`.
#[must_use]
pub fn is_of(output: &FilePath, name: &[u8]) -> bool {
    let output = output.name();
    let rest = name.strip_prefix(output.as_bytes()).unwrap_or_default();
    if rest.starts_with(b".tmp") || rest.starts_with(b".temp-archive-") {
        return true;
    }
    let (stem, ending) = output.rfind('.').map_or((output.as_str(), ""), |dot| output.split_at(dot));
    let middle = name.strip_prefix(stem.as_bytes()).and_then(|rest| rest.strip_suffix(b".tmp")?.strip_suffix(ending.as_bytes()));
    middle.is_some_and(|middle| middle.len() == 9 && middle[0] == b'-' && middle[1..].iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_made_files_are_known_by_their_names() {
        let beside = beside(&"build/app".into(), BuildId(2), StepId(14));
        assert!(is_own(beside.name().as_bytes()) && is_own(b".jmake-Ab12cd"));
        for (name, own, in_own_place) in [
            (".app.jmake-2-14", true, true),
            (".app.jmake-2-14.tmp12ab", true, true),
            (".new-x", false, true),
            ("a.c-1a2b3c4d.o.tmp", false, true),
            ("a.c.d", false, true),
            ("app.jmake-notes", false, false),
            ("a.c.o", false, false),
            ("state.redb", false, false),
        ] {
            assert_eq!((is_own(name.as_bytes()), is_in_own_place(name.as_bytes())), (own, in_own_place), "{name}");
        }
    }

    #[test]
    fn who_writes_a_file_is_in_its_name() {
        assert_eq!(by(42), ".jmake-42-");
        for (name, expect) in
            [(".jmake-42-Ab1-x", Some(42)), (".new-7-0", Some(7)), (".jmake-Ab12cd", None), (".jmake-x-1", None), ("7-1", None)]
        {
            assert_eq!(writer(name.as_bytes()), expect, "{name}");
        }
    }

    #[test]
    fn what_a_tool_began_is_known_by_its_output() {
        let check = |output: &str, name: &str, expect: bool| assert_eq!(is_of(&output.into(), name.as_bytes()), expect, "{output} {name}");
        check("obj/a.c.o", "a.c-1a2b3c4d.o.tmp", true);
        check("obj/a.c.o", "a.c-1a2b3c4d.o", false);
        check("obj/a.c.o", "b.c-1a2b3c4d.o.tmp", false);
        check("obj/a.c.o", "a.c-notes.o.tmp", false);
        check("obj/.app.jmake-1-2", ".app.jmake-1-2.tmp5f", true);
        check("app", "app-1a2b3c4d.tmp", true);
        check("app", "app", false);
        check("obj/.a.a.jmake-1-2", ".a.a.jmake-1-2.temp-archive-5f0a1b2.a", true);
    }
}
