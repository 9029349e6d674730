//! Every path that a real compile or link tries, found or not, is one that its record covers: a change there would make it run again, or
//! cannot matter, for a reason that is written down here. A preloaded library says which paths are tried.

mod cover;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jmake::edge::World;
use jmake::edge::project_state::ProjectState;
use serde_json::Value;

use crate::support::{Run, Running, Space, corpus};
use cover::Cover;

/// A step as it was run: its kind and its words.
struct Step {
    kind: String,
    words: Vec<String>,
}

impl Step {
    fn of(event: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self { kind: text(&event["kind"]), words: event["command"].as_array().unwrap().iter().map(text).collect() }
    }

    /// Whether the compiler's driver runs the program that does the work.
    fn by_driver(&self) -> bool {
        self.words[0].contains("/clang")
    }

    /// What it makes: the first output names the record.
    fn output(&self) -> &str {
        match self.kind.as_str() {
            "archive" => self.words.iter().find(|word| word.ends_with(".a")).unwrap(),
            _ => &self.words[1 + self.words.iter().position(|word| word == "-o").unwrap()],
        }
    }
}

/// The library that says what is tried.
fn shim(space: &Space) -> PathBuf {
    let library = space.place("tmp/tried.so");
    let mut compile = space.command("clang-19");
    compile.args(["-O1", "-shared", "-fPIC", "-w", "-o"]).arg(&library);
    compile.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tried/shim.c")).arg("-ldl");
    Running::start(compile).finish().ok();
    library
}

/// What a step tries when it is run once more as it was, or when only its driver is.
fn tried(space: &Space, shim: &Path, step: &Step, driver_alone: bool) -> BTreeSet<String> {
    let log = space.place("tmp/tried.log");
    let _none_yet = std::fs::remove_file(&log);
    let mut again = space.command(&step.words[0]);
    again.args(driver_alone.then_some("-###")).args(&step.words[1..]).env("LD_PRELOAD", shim).env("JMAKE_TRIED", &log);
    Running::start(again).finish().ok();
    let text = String::from_utf8_lossy(&std::fs::read(&log).unwrap()).into_owned();
    let own = [log.to_str().unwrap(), shim.to_str().unwrap()];
    let all: BTreeSet<String> = text.lines().filter(|path| !own.contains(path)).map(str::to_owned).collect();
    let source =
        step.words[1..].iter().find(|word| matches!(step.kind.as_str(), "compile" | "frontend") && space.path(word.as_str()).is_file());
    assert!(source.is_none_or(|source| all.iter().any(|path| path.ends_with(source.as_str()))), "the log has no {source:?}: {all:?}");
    all
}

/// Fails for every path that a step of this build tries and that nothing covers.
fn check(space: &Space, run: &Run) {
    space.jmake(&["daemon", "stop"]);
    let shim = shim(space);
    let world = World::real(&space.place("cache/jmake"));
    let records = ProjectState::open(&world, &space.path("").canonicalize().unwrap()).unwrap().0.records();
    let steps: Vec<Step> = run.events_of("step_started").iter().map(Step::of).collect();
    assert!(!steps.is_empty(), "{run}");
    let mut uncovered: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for step in &steps {
        let record = records.get(&step.output().into()).unwrap_or_else(|| panic!("no record of {}", step.output()))[0].clone();
        let paths = tried(space, &shim, step, false);
        let by_driver = if step.by_driver() { tried(space, &shim, step, true) } else { BTreeSet::new() };
        for path in Cover::of(space, &world, step, &record).misses(&paths, &by_driver) {
            uncovered.entry(path).or_default().push(step.output().to_owned());
        }
    }
    let said: Vec<String> = uncovered.iter().map(|(path, steps)| format!("{path}: {} steps, {}", steps.len(), steps[0])).collect();
    assert!(said.is_empty(), "of {} steps, nothing covers\n{}", steps.len(), said.join("\n"));
}

#[test]
fn of_headers_in_several_places() {
    let mut space = Space::with(&[
        ("jmake.toml", "[compile]\ninclude_dirs = ['early', 'none', 'late']\nflags = ['-std=c++20', '-isystem', 'third']\n"),
        ("early/keep.h", ""),
        ("late/lib/answer.h", "#pragma once\n#include \"near.h\"\n#include <third.h>\n"),
        ("late/lib/near.h", "#define ANSWER 0\n"),
        ("third/third.h", "#include_next <third.h>\n"),
        ("cpath/third.h", "#define THIRD 3\n"),
        (
            "src/main.cpp",
            "#include <vector>\n#include <cstdio>\n#include \"lib/answer.h\"\n#if __has_include(<extra/more.h>) || __has_include(\"beside.h\")\n#endif\nint other();\nint main() { return ANSWER + other(); }\n",
        ),
        ("src/other.cpp", "__asm__(\".data\\nblob: .incbin \\\"blob.bin\\\"\\n.text\\n\");\nint other() { return 0; }\n"),
        ("late/blob.bin", "1"),
        ("src/part.c", "#include <math.h>\n#include \"../third/none_of_it.h\"\nint part(void) { return (int)sqrt(4.0); }\n"),
        ("third/none_of_it.h", "#include <stddef.h>\n"),
        ("src/data.S", "#include \"lib/near.h\"\n.include \"part.inc\"\n"),
        ("part.inc", ".data\n.byte 1\n"),
    ]);
    space.set("CPATH", space.path("cpath"));
    for profile in ["dev", "release"] {
        check(&space, &space.build(&["--all", "--profile", profile]).ok());
    }
    space.write("src/other.cpp", "int other() { return 0; }\n");
    let staged = space.build(&["--all", "--staged"]).ok();
    assert!(!staged.steps("backend", "ran").is_empty(), "{staged}");
    check(&space, &staged);
}

#[test]
fn of_libraries_that_are_looked_for() {
    let mut space = Space::with(&[
        ("jmake.toml", "[binary]\nlink_libraries = ['m', 'pthread', 'answer']\nlibrary_type = 'static'\nlibrary_name = 'thing'\n"),
        ("main.c", "int answer(void);\nint thing(void);\nint main(void) { return answer() + thing(); }\n"),
        ("thing.c", "int thing(void) { return 0; }\n"),
        ("tests/one_test.cpp", "#include <string>\nint main() { return std::string().size(); }\n"),
    ]);
    let place = |name: &str| space.place("tmp").join(name);
    for dir in ["first", "second"] {
        std::fs::create_dir(place(dir)).unwrap();
    }
    std::fs::write(place("second/a.c"), "int answer(void) { return 0; }\n").unwrap();
    for (program, args) in [("clang-19", &["-c", "a.c", "-o", "a.o"][..]), ("ar", &["rc", "libanswer.a", "a.o"])] {
        let mut command = space.command(program);
        command.current_dir(place("second")).args(args);
        Running::start(command).finish().ok();
    }
    let flags = format!("-L{} -L{} -L{}", place("first").display(), place("none").display(), place("second").display());
    space.set("LDFLAGS", flags);
    check(&space, &space.build(&["--all"]).ok());
    space.set("JMAKE_NOTHING", "");
    space.write("jmake.toml", "[binary]\nlink_libraries = ['answer']\nlibrary_type = 'shared'\n[link]\nlto = 'thin'\n");
    check(&space, &space.build(&["--all"]).ok());
}

#[test]
fn of_real_projects() {
    for (name, settings) in [
        ("tinyxml2", ""),
        ("pugixml", ""),
        ("muparser", ""),
        ("http-parser", ""),
        ("lz4", ""),
        ("zlib", "[project]\nname = \"zlib\"\n\n[compile]\ndefines = { HAVE_UNISTD_H = \"1\" }\n"),
        ("leveldb", "[project]\nname = \"leveldb\"\n\n[compile]\ndefines = { LEVELDB_PLATFORM_POSIX = \"1\" }\n"),
    ] {
        let space = Space::named(name);
        space.copy(&corpus(name));
        if !settings.is_empty() {
            space.write("jmake.toml", settings);
        }
        check(&space, &space.build(&["--native"]).ok());
        if ["http-parser", "tinyxml2", "zlib"].contains(&name) {
            let staged = space.build(&["--native", "--staged"]).ok();
            assert!(!staged.steps("backend", "ran").is_empty(), "{staged}");
            check(&space, &staged);
        }
    }
}
