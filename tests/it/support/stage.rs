//! What tests find on the machine or ask of it: LLVM installs, third-party sources, another user.

use std::path::PathBuf;
use std::time::Duration;

/// How long anything may take before it counts as hung.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// The text of a header called `slow.h` that includes itself twice, down to a depth: 150 takes the preprocessor longer than
/// anybody waits, 17 about a second, in constant memory.
pub fn slow_header(depth: u32) -> String {
    format!("#if __INCLUDE_LEVEL__ < {depth}\n#include \"slow.h\"\n#include \"slow.h\"\n#endif\n")
}

/// The programs of LLVM `version`, if it is installed with a linker.
pub fn llvm_bin(version: u32) -> Option<PathBuf> {
    let bin = PathBuf::from(format!("/usr/lib/llvm-{version}/bin"));
    ["clang++", "ld.lld", "llvm-ar"].iter().all(|tool| bin.join(tool).exists()).then_some(bin)
}

/// Where `scripts/fetch-corpus.sh` put the sources of `name`. Their absence fails the test: `make test` fetches them.
#[track_caller]
pub fn corpus(name: &str) -> PathBuf {
    let cache =
        || std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    let folder = std::env::var_os("JMAKE_CORPUS").map_or_else(|| cache().expect("there is a HOME").join("jmake-corpus"), PathBuf::from);
    let sources = folder.join(name);
    assert!(sources.is_dir(), "{} is missing: run `make corpus`", sources.display());
    sources
}

/// Whether this process may do anything.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Says, past the silence of tests that pass, that the machine at hand did not let one show anything.
pub fn not_tried(why: &str) {
    let thread = std::thread::current();
    let line = format!("\n*** {} WAS NOT TRIED, and shows nothing here: {why}\n", thread.name().unwrap_or("a test"));
    // Not by `eprintln!`, which is heard of tests that fail alone.
    let _unheard = std::io::Write::write_all(&mut std::io::stderr().lock(), line.as_bytes());
}
