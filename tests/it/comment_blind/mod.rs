//! Comment-blind digests against clang: whatever counts as the same text makes the same tokens, objects and silence.
//!
//! `make soak` runs the same for longer: `JMAKE_SOAK_SECONDS` says how long, `JMAKE_SOAK_SEED` where to begin.

mod objects;
#[path = "../../fixtures/comment_blind_pairs.rs"]
mod pairs;
mod texts;
mod tokens;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jmake::engine::discover::Language;
use jmake::engine::scan::comment_blind::{Dialect, canonical, canonical_text};

use crate::oracle::chance::Chance;
use crate::oracle::number;
use crate::support::{corpus, llvm_bin};
use objects::{Compile, may_stand};

/// A compiler, and what it takes texts for.
pub struct Clang {
    bin: PathBuf,
    language: &'static str,
    standard: &'static str,
}

impl Clang {
    fn dialect(&self) -> Dialect {
        let language = if self.language == "c" { Language::C } else { Language::Cxx };
        Dialect::of(language, Some(self.standard)).unwrap()
    }
}

/// Seeds that are run each time.
const SEEDS: std::ops::Range<u64> = 0..6;
/// Pairs of texts of a seed.
const PAIRS: usize = 100;
/// By language and standard; the first ones are the most frequent.
const STANDARDS: &[(&str, &str)] = &[("c++", "c++17"), ("c", "gnu17"), ("c++", "c++98"), ("c", "c23"), ("c++", "c++11"), ("c", "c89")];

/// An LLVM that is there; the newest knows most.
fn llvm() -> (u32, PathBuf) {
    [19, 14].into_iter().find_map(|version| Some((version, llvm_bin(version)?))).expect("there is an LLVM")
}

#[test]
fn oracle_of_tokens() {
    let limit = number("JMAKE_SOAK_SECONDS").map(Duration::from_secs);
    let first = limit.map_or(SEEDS.start, |_| number("JMAKE_SOAK_SEED").unwrap_or_else(|| u64::from(std::process::id()) << 20));
    let begin = Instant::now();
    let mut pairs = 0;
    for seed in first.. {
        if limit.map_or(seed >= SEEDS.end, |limit| begin.elapsed() > limit) {
            break;
        }
        pairs += alike_texts_have_alike_tokens(seed);
    }
    eprintln!("{pairs} pairs from seed {first} on");
    assert!(pairs > PAIRS, "only {pairs} pairs of texts were alike: these show nothing");
}

/// Compares what clang sees in texts that have one digest; how many pairs there were.
fn alike_texts_have_alike_tokens(seed: u64) -> usize {
    let (version, bin) = llvm();
    let (language, standard) = STANDARDS[seed as usize % STANDARDS.len()];
    let clang = Clang { bin, language, standard: if version < 18 && standard == "c23" { "gnu17" } else { standard } };
    let pairs = alike_texts(&mut Chance::new(seed), clang.dialect());
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("b.h"), "int b_h; // b\n").unwrap();
    std::fs::write(dir.path().join("c.h"), "int c_h; // c\n").unwrap();
    let all: Vec<&[u8]> = pairs.iter().flat_map(|(one, other)| [one.as_slice(), other.as_slice()]).collect();
    for look in [tokens::raw, tokens::preprocessed] {
        for (seen, texts) in look(&clang, dir.path(), &all).chunks(2).zip(&pairs) {
            let show = |text: &[u8]| text.escape_ascii().to_string();
            assert_eq!(seen[0], seen[1], "seed {seed}, {standard}:\n{}\n{}", show(&texts.0), show(&texts.1));
        }
    }
    pairs.len()
}

/// Pairs of different texts of one digest.
fn alike_texts(chance: &mut Chance, dialect: Dialect) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut pairs = Vec::new();
    for _ in 0..PAIRS * 200 {
        let text = texts::text(chance);
        let Some(digest) = canonical(&text, dialect) else { continue };
        let others =
            (0..8).map(|_| texts::variant(chance, &text)).filter(|other| *other != text && canonical(other, dialect) == Some(digest));
        pairs.extend(others.take(2).map(|other| (text.clone(), other)).collect::<Vec<_>>());
        if pairs.len() >= PAIRS {
            break;
        }
    }
    pairs
}

#[test]
fn hostile_pairs_are_told_apart_or_compile_alike() {
    let all = number("JMAKE_SOAK_SECONDS").is_some();
    let installs: Vec<PathBuf> = [19, 14].into_iter().filter_map(llvm_bin).take(if all { 2 } else { 1 }).collect();
    for (name, one, other, flags, extension, verdict) in pairs::PAIRS {
        let language = if *extension == "c" { Language::C } else { Language::Cxx };
        let mut asked = 0;
        for bin in &installs {
            let compile = Compile::new(bin, flags, language);
            let Ok(dialect) = compile.dialect() else { continue };
            asked += 1;
            let known = ["c", "cpp", "cppm"].contains(extension);
            let alike = known && may_stand(dialect, one, other);
            assert_eq!(alike, *verdict == "same", "{name}, {}", bin.display());
            let file = format!("t.{extension}");
            if alike
                && let made = compile.make(&file, one)
                && made.is_silent_success()
            {
                let difference = made.difference(&compile.make(&file, other));
                assert_eq!(difference, None, "{name}, {}", bin.display());
            }
        }
        assert!(asked > 0 || *verdict != "same", "{name}: no compiler knows {flags}");
    }
}

/// Sets of flags under which comments do not count.
const FLAGS: &str = include_str!("../../fixtures/comment_neutral_flags.txt");

/// A text with some of everything that may end up in an object, and the same with other comments.
const RICH: [&str; 2] = [include_str!("../../fixtures/comment_neutral_one.cpp"), include_str!("../../fixtures/comment_neutral_other.cpp")];

#[test]
fn objects_are_alike_under_every_neutral_flag() {
    let newest = Dialect::of(Language::Cxx, None).unwrap();
    let [one, other] = RICH.map(|text| String::from_utf8(canonical_text(text.as_bytes(), newest).unwrap()).unwrap());
    assert_eq!(one, other);
    let (version, bin) = llvm();
    let mut compared = 0;
    for flags in FLAGS.lines().filter(|line| !line.starts_with('#')) {
        let compile = Compile::new(&bin, flags, Language::Cxx);
        let dialect = match compile.dialect() {
            Ok(dialect) => dialect,
            Err(refused) => {
                assert!(version < 19, "{flags}: {refused}");
                continue;
            }
        };
        assert!(dialect.is_some(), "{flags}: comments count");
        let made = RICH.map(|text| compile.make("t.cpp", text.as_bytes()));
        assert!(version < 19 || made[0].is_silent_success(), "{flags}: {made:?}");
        assert_eq!(made[0].difference(&made[1]), None, "{flags}");
        compared += 1;
    }
    assert!(compared > 40, "only {compared} sets of flags");
}

#[test]
fn objects_differ_where_comments_count() {
    // If they did not, the test before would show nothing.
    let (_, bin) = llvm();
    for flags in ["-g -gdwarf-5", "-g -gdwarf-5 -gembed-source", "-fprofile-instr-generate -fcoverage-mapping"] {
        let compile = Compile::new(&bin, flags, Language::Cxx);
        assert_eq!(compile.dialect(), Ok(None), "{flags}");
        let made = ["int f(int x) {\n  x++;\n  // a\n  return x;\n}\n", "int f(int x) {\n  x++;\n\n  return x;\n}\n"]
            .map(|text| compile.make("t.cpp", text.as_bytes()));
        assert!(made[0].is_silent_success() && made[0].difference(&made[1]).is_some(), "{flags}");
    }
}

/// Third-party sources: project, folder in it, extension, and flags to compile them with.
const SOURCES: &[(&str, &str, &str, &str)] = &[
    ("http-parser", "", "c", ""),
    ("zlib", "", "c", ""),
    ("lz4", "lib", "c", ""),
    ("muparser", "src", "cpp", "include"),
    ("tinyxml2", "", "cpp", ""),
    ("pugixml", "src", "cpp", ""),
    ("leveldb", "util", "cc", ". include"),
    ("leveldb", "table", "cc", ". include"),
    ("leveldb", "db", "cc", ". include"),
];
/// Sources of each folder that are compiled each time.
const FEW: usize = 1;
/// Changes to a source.
const CHANGES: usize = 40;

#[test]
fn objects_of_real_sources_do_not_know_their_comments() {
    let (long, seed) = (number("JMAKE_SOAK_SECONDS").is_some(), number("JMAKE_SOAK_SEED").unwrap_or_default());
    let mut compared = 0;
    for (project, folder, extension, dirs) in &SOURCES[..if long { SOURCES.len() } else { 3 }] {
        let root = corpus(project);
        let dirs = dirs.split(' ').chain([*folder]).map(|dir| format!("-I{} ", root.join(dir).display())).collect::<String>();
        for source in sources(&root.join(folder), extension).into_iter().take(if long { usize::MAX } else { FEW }) {
            compared += usize::from(alike_objects(&source, &format!("{dirs}-DLEVELDB_PLATFORM_POSIX -w"), seed));
        }
    }
    eprintln!("{compared} sources, seed {seed}");
    assert!(compared >= 3, "only {compared} sources compiled: these show nothing");
}

fn sources(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut sources: Vec<PathBuf> = all.filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
    sources.sort();
    sources
}

/// Compares what is made of a source, with its comments and with others; false if it does not compile.
fn alike_objects(source: &Path, flags: &str, seed: u64) -> bool {
    let (_, bin) = llvm();
    let text = std::fs::read(source).unwrap();
    let language = if source.extension().is_some_and(|e| e == "c") { Language::C } else { Language::Cxx };
    let dialect = Dialect::of(language, None).unwrap();
    let Some(digest) = canonical(&text, dialect) else { return false };
    let mut chance = Chance::new(seed);
    let mut other = text.clone();
    let mut changes = 0;
    for _ in 0..CHANGES * 10 {
        let next = texts::variant(&mut chance, &other);
        if next != other && canonical(&next, dialect) == Some(digest) {
            (other, changes) = (next, changes + 1);
        }
        if changes == CHANGES {
            break;
        }
    }
    assert!(changes > 0, "{}: nothing to change", source.display());
    for optimisation in ["-O0 -g -gdwarf-4", "-O2"] {
        let compile = Compile::new(&bin, &format!("{optimisation} {flags}"), language);
        assert!(may_stand(compile.dialect().unwrap(), &text, &other), "{}: comments count", source.display());
        let [one, other] = [&text, &other].map(|text| compile.make(if language == Language::C { "t.c" } else { "t.cpp" }, text));
        if !one.is_silent_success() {
            return false;
        }
        assert_eq!(one.difference(&other), None, "{}, {optimisation}, seed {seed}", source.display());
    }
    true
}
