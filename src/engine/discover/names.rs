//! What directory and file names say: tests and the like, other people's code, other platforms. Does not look inside files.

use super::Group;
use crate::engine::path::FilePath;

/// Directories that hold other people's code.
const VENDORED: [&str; 8] = ["third_party", "third-party", "thirdparty", "3rdparty", "vendor", "external", "extern", "deps"];

/// Names of platforms that JMake does not build for, sure enough in any place of a name.
const PLATFORMS: [&str; 21] = [
    "win32",
    "win64",
    "windows",
    "winnt",
    "mingw",
    "msvc",
    "msdos",
    "darwin",
    "macos",
    "macosx",
    "osx",
    "android",
    "ios",
    "tvos",
    "wasm",
    "emscripten",
    "cygwin",
    "os2",
    "vms",
    "amiga",
    "uwp",
];

/// Names of platforms that mean other things too, unless they end a file's name or name a directory.
const SHORT_PLATFORMS: [&str; 2] = ["win", "mac"];

/// Words that end in "test" and mean no test.
const NO_TESTS: [&str; 8] = ["latest", "contest", "protest", "attest", "greatest", "fastest", "detest", "request"];

/// The words of a name, in lower case: split at punctuation, and where a small letter meets a capital one.
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && small) {
            out.push(String::new());
        }
        if c.is_alphanumeric() {
            out.last_mut().into_iter().for_each(|word| word.extend(c.to_lowercase()));
        }
        small = c.is_lowercase() || c.is_ascii_digit();
    }
    out.retain(|word| !word.is_empty());
    out
}

/// The group that a word stands for.
fn group_of_word(word: &str) -> Option<Group> {
    match word {
        "test" | "tests" | "testing" | "testsuite" | "testbed" | "unittest" | "unittests" | "selftest" | "selftests" => Some(Group::Test),
        "example" | "examples" | "sample" | "samples" | "demo" | "demos" | "tutorial" | "tutorials" => Some(Group::Example),
        "tool" | "tools" => Some(Group::Tool),
        "ossfuzz" => Some(Group::Fuzzer),
        _ if matches!(word.strip_prefix("fuzz"), Some("" | "er" | "ers" | "ing")) => Some(Group::Fuzzer),
        _ if matches!(word.strip_prefix("bench"), Some("" | "es" | "mark" | "marks" | "marking")) => Some(Group::Benchmark),
        _ => None,
    }
}

fn group_of_directory(name: &str) -> Option<Group> {
    match name {
        "t" => Some(Group::Test),
        "doc" | "docs" => Some(Group::Example),
        "contrib" => Some(Group::Tool),
        _ => words(name).iter().rev().find_map(|word| group_of_word(word)),
    }
}

/// The directories above `path`, outermost first, with their names.
fn directories(path: &FilePath) -> Vec<(FilePath, String)> {
    let mut out = Vec::new();
    let mut at = path.parent();
    while !at.as_bytes().is_empty() {
        out.push((at.clone(), at.name()));
        let up = at.parent();
        if up == at {
            break;
        }
        at = up;
    }
    out.reverse();
    out
}

/// The group of a file by the directories it is in, and the outermost directory of that group.
#[must_use]
pub fn group_by_directory(path: &FilePath) -> Option<(Group, FilePath)> {
    let groups: Vec<_> = directories(path).into_iter().filter_map(|(at, name)| Some((group_of_directory(&name)?, at))).collect();
    let group = groups.last()?.0;
    groups.into_iter().find(|(g, _)| *g == group)
}

/// The group that a file's own name claims: by its first or last word, and for a program also by how its name begins or ends.
#[must_use]
pub fn group_by_name(path: &FilePath, program: bool) -> Option<Group> {
    let stem = path.stem();
    let words = words(&stem);
    let by_word = words.last().and_then(|w| group_of_word(w)).or_else(|| words.first().and_then(|w| group_of_word(w)));
    by_word.or_else(|| program.then(|| group_of_compound(&stem.to_lowercase())).flatten())
}

fn group_of_compound(stem: &str) -> Option<Group> {
    if NO_TESTS.iter().any(|word| stem.ends_with(word)) {
        return None;
    }
    let has = |word: &str| stem.ends_with(word) || stem.starts_with(word);
    [("test", Group::Test), ("tests", Group::Test), ("bench", Group::Benchmark), ("fuzz", Group::Fuzzer), ("fuzzer", Group::Fuzzer)]
        .into_iter()
        .find_map(|(word, group)| has(word).then_some(group))
}

/// The directory of other people's code that `path` is in.
#[must_use]
pub fn vendor_directory(path: &FilePath) -> Option<FilePath> {
    directories(path).into_iter().find(|(_, name)| VENDORED.contains(&name.to_lowercase().as_str())).map(|(at, _)| at)
}

/// The other platform that a directory above `path` is for.
#[must_use]
pub fn platform_directory(path: &FilePath) -> Option<String> {
    let named = |name: &str| PLATFORMS.contains(&name) || SHORT_PLATFORMS.contains(&name);
    directories(path).into_iter().map(|(_, name)| name.to_lowercase()).find(|name| named(name))
}

/// The other platform that `path` is for, as its name says it.
#[must_use]
pub fn other_platform(path: &FilePath) -> Option<String> {
    if let Some(name) = platform_directory(path) {
        return Some(name);
    }
    let mut words = words(&path.stem());
    while words.len() > 2 && words.last().is_some_and(|w| group_of_word(w).is_some()) {
        words.pop();
    }
    let (last, rest) = words.split_last()?;
    let inner = rest.iter().skip(1).chain((!rest.is_empty()).then_some(last)).find(|w| PLATFORMS.contains(&w.as_str()));
    let short = || (!rest.is_empty() && SHORT_PLATFORMS.contains(&last.as_str())).then_some(last);
    let glued = || ["win32", "win64"].iter().find(|p| last.len() > p.len() && last.ends_with(**p)).map(|p| (*p).to_owned());
    inner.or_else(short).cloned().or_else(glued)
}

/// The directory holds programs rather than a library's sources, going by its name.
#[must_use]
pub fn is_program_directory(path: &FilePath) -> bool {
    const NAMES: [&str; 14] =
        ["program", "programs", "prog", "progs", "cli", "app", "apps", "bin", "cmd", "exe", "client", "server", "daemon", "frontend"];
    words(&path.name()).iter().any(|word| NAMES.contains(&word.as_str()))
}

/// The directory holds a library's sources, going by its name or one above.
#[must_use]
pub fn is_library_directory(path: &FilePath) -> bool {
    directories(&path.join("x")).iter().any(|(_, name)| {
        let name = name.to_lowercase();
        name == "library" || name == "libs" || (name.starts_with("lib") && !name.starts_with("libexec"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_split_into_words() {
        for (name, expect) in
            [("muParserTest", "mu parser test"), ("oss-fuzz", "oss fuzz"), ("a_b.c", "a b c"), ("HTTPTest", "httptest"), ("__", "")]
        {
            assert_eq!(words(name).join(" "), expect, "{name}");
        }
    }

    #[test]
    fn directories_make_groups() {
        for (path, expect) in [
            ("tests/a.c", "Test tests"),
            ("test/fuzzing/a.c", "Fuzzer test/fuzzing"),
            ("tests/x/unit-test/a.c", "Test tests"),
            ("docs/samples/a.c", "Example docs"),
            ("a/oss-fuzz/a.c", "Fuzzer a/oss-fuzz"),
            ("ossfuzz/a.c", "Fuzzer ossfuzz"),
            ("testbed/a.c", "Test testbed"),
            ("contrib/a.c", "Tool contrib"),
            ("benchmarks/a.c", "Benchmark benchmarks"),
            ("contest/latest/src/a.c", ""),
            ("tests.c", ""),
        ] {
            let got = group_by_directory(&path.into()).map_or(String::new(), |(g, at)| format!("{g:?} {at}"));
            assert_eq!(got, expect, "{path}");
        }
    }

    #[test]
    fn files_name_their_group() {
        for (path, program, expect) in [
            ("a/test_x.c", false, Some(Group::Test)),
            ("x_test.cc", false, Some(Group::Test)),
            ("muParserTest.cpp", false, Some(Group::Test)),
            ("xmltest.cpp", true, Some(Group::Test)),
            ("xmltest.cpp", false, None),
            ("latest.c", true, None),
            ("bench.c", false, Some(Group::Benchmark)),
            ("db_bench.c", false, Some(Group::Benchmark)),
            ("fuzz_parse.cpp", false, Some(Group::Fuzzer)),
            ("minigzip.c", true, None),
            ("attestation.c", true, None),
        ] {
            assert_eq!(group_by_name(&path.into(), program), expect, "{path}");
        }
    }

    #[test]
    fn other_platforms_are_recognised() {
        for (path, expect) in [
            ("util/env_windows.cc", "windows"),
            ("env_windows_test.cc", "windows"),
            ("a_win.c", "win"),
            ("a_mac.cpp", "mac"),
            ("win32/a.c", "win32"),
            ("src/macos/a.c", "macos"),
            ("iowin32.c", "win32"),
            ("x_android_y.c", "android"),
            ("windows.c", ""),
            ("win_utils.c", ""),
            ("a_mac_table.c", ""),
            ("hmac.c", ""),
            ("a_linux.c", ""),
        ] {
            assert_eq!(other_platform(&path.into()).unwrap_or_default(), expect, "{path}");
        }
    }

    #[test]
    fn other_peoples_code_is_recognised() {
        assert_eq!(vendor_directory(&"a/third_party/b/c.c".into()), Some("a/third_party".into()));
        assert_eq!(vendor_directory(&"deps.c".into()), None);
    }
}
