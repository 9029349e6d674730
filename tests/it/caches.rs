//! What a daemon keeps in memory: the next one begins with it, and no file is hashed more than once for one change.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::support::{DEADLINE, Space, until};

/// A program with a shared library of its own.
const PROJECT: &[(&str, &str)] = &[
    (
        "jmake.toml",
        "[[targets]]\nname = 'part'\nkind = 'shared'\nsources = ['part.c']\n[[targets]]\nname = 'app'\nsources = ['main.c']\ndepends = ['part']\n",
    ),
    ("part.h", "int part(void); // one\n"),
    ("part.c", "#include \"part.h\"\nint part(void) { return 1; }\n"),
    ("main.c", "#include \"part.h\"\nint main(void) { return part(); }\n"),
];

/// Hits of each cache.
fn hits(space: &Space) -> BTreeMap<String, u64> {
    let status = space.jmake(&["status", "--json"]).ok().object();
    let all = status["caches"].as_array().unwrap().iter();
    all.map(|cache| (cache["name"].as_str().unwrap().to_owned(), cache["hits"].as_u64().unwrap())).collect()
}

fn watching(space: &Space) {
    let watching = || space.jmake(&["status", "--json"]).object()["projects"][0]["watching"] == true;
    assert!(until(DEADLINE, watching), "it does not watch");
}

#[test]
fn each_of_them_hits_after_a_restart() {
    let space = Space::with(PROJECT);
    space.build(&[]).ok();
    space.edit("part.c", "return 1", "return 2");
    let run = space.build(&[]).ok();
    assert_eq!(run.steps("link", "ran").len(), 1, "the library's interface is the same: {run}");
    space.jmake(&["graph", "--symbols"]).ok();
    space.jmake(&["daemon", "stop"]).ok();
    space.started_daemon();
    assert!(hits(&space).values().all(|hits| *hits == 0), "a new one: {:?}", hits(&space));
    space.jmake(&["graph", "--symbols"]).ok();
    space.edit("part.h", "one", "another");
    space.edit("part.c", "return 2", "return 3");
    let run = space.build(&[]).ok();
    assert_eq!((run.steps("compile", "ran"), run.steps("link", "ran").len()), (vec!["part.c".to_owned()], 1), "{run}");
    let hits = hits(&space);
    let names: Vec<&str> = hits.keys().map(String::as_str).collect();
    assert_eq!(names, ["driver_probes", "offers", "scan_facts", "settings", "syntax_trees", "texts", "toolchains"]);
    assert!(hits.values().all(|hits| *hits > 0), "{hits:?}");
}

#[test]
fn settings_that_were_kept_are_those_of_their_text() {
    let space = Space::with(&[("main.c", "int main(void) { return X; }\n")]);
    let says = |value: u32| {
        space.write("jmake.toml", format!("[compile]\ndefines = {{ X = '{value}' }}\n"));
        space.build(&[]).ok();
        assert_eq!(space.command(space.path("build/dev/bin/project")).status().unwrap().code(), i32::try_from(value).ok());
        space.jmake(&["daemon", "stop"]).ok();
    };
    [1, 2, 1].into_iter().for_each(says);
}

#[test]
fn each_file_is_hashed_once_for_a_change_whoever_reads_it() {
    let mut space = Space::new();
    space.set("JMAKE_LOG", "debug");
    space.write("all.h", "#define ALL 1\n");
    let sources: Vec<String> = (0..12).map(|n| format!("src/s{n}.c")).collect();
    for (n, source) in sources.iter().enumerate() {
        space.write(source, format!("#include \"../all.h\"\nint s{n}(void) {{ return ALL; }}\n"));
    }
    space.write("src/main.c", "#include \"../all.h\"\nint main(void) { return ALL; }\n");
    // What was written just now may be written again unnoticed, and is hashed until that cannot be.
    let settles = || until(Duration::from_millis(50), || false);
    let hashed = |file: &str| space.log().matches(&format!("hashed {}\n", space.path(file).display())).count();
    settles();
    space.build(&[]).ok();
    let read = || sources.iter().map(String::as_str).chain(["src/main.c", "all.h"]).map(hashed).collect::<Vec<_>>();
    assert_eq!(read(), [1; 14]);
    watching(&space);
    space.write("all.h", "#define ALL 2\n");
    settles();
    assert_eq!(space.build(&[]).ok().steps("compile", "ran").len(), 13);
    watching(&space);
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
    assert_eq!(read(), [&[1; 13][..], &[2]].concat());
}
