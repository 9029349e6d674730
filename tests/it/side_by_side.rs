//! Several projects under one daemon: what they share, and those that are moved, replaced and deleted.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{DEADLINE, Run, Space, until};

fn write(place: PathBuf, text: &str) {
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, text).unwrap();
}

/// Builds the project in a folder of the space, from a place that is none.
fn build(space: &Space, name: &str) -> Run {
    space.build(&["-C", space.place(name).to_str().unwrap()]).ok()
}

fn code(space: &Space, name: &str) -> Option<i32> {
    let mut program = space.command(space.place(name).join("build/dev/bin").join("app"));
    program.current_dir(space.place("home")).status().unwrap().code()
}

fn status(space: &Space) -> Value {
    space.jmake(&["status", "--json"]).ok().object()
}

/// The folders of open projects.
fn open(space: &Space) -> Vec<String> {
    let status = status(space);
    let name = |project: &Value| project["root"].as_str().unwrap().trim_end_matches('/').rsplit('/').next().unwrap().to_owned();
    status["projects"].as_array().unwrap().iter().map(name).collect()
}

fn watching(space: &Space, count: usize) {
    let all = || status(space)["projects"].as_array().unwrap().iter().filter(|it| it["watching"] == true).count() == count;
    assert!(until(DEADLINE, all), "they are not watched: {}", status(space));
}

/// A project that ends with what its source says.
fn project(space: &Space, name: &str, source: &str) {
    write(space.place(name).join("jmake.toml"), "[project]\nname = 'app'\n[compile]\ninclude_dirs = ['../shared']\n");
    write(space.place(name).join("main.c"), source);
}

#[test]
fn two_that_read_one_header_outside_both_hear_of_it() {
    let space = Space::new();
    let shared = |value: u32| write(space.place("shared/answer.h"), &format!("#define ANSWER {value}\n"));
    shared(1);
    project(&space, "p", "#include \"answer.h\"\nint main(void) { return ANSWER; }\n");
    project(&space, "q", "#include <answer.h>\nint main(void) { return ANSWER + 10; }\n");
    for value in 1..4 {
        shared(value);
        for (name, more) in [("p", 0), ("q", 10)] {
            let run = build(&space, name);
            assert_eq!(code(&space, name), i32::try_from(value + more).ok(), "{name}");
            assert_eq!(run.count("ran"), 2, "{name}: {run}");
            assert_eq!(build(&space, name).count("ran"), 0, "{name}");
        }
        watching(&space, 2);
    }
    write(space.place("shared/answer.h.orig"), "nobody reads it\n");
    assert_eq!(["p", "q"].map(|name| build(&space, name).count("ran")), [0, 0]);
}

#[test]
fn one_that_was_moved_away_comes_back_to_the_place_that_another_had() {
    for stopped in [false, true] {
        let space = Space::new();
        let next = || {
            if stopped {
                space.jmake(&["daemon", "stop"]).ok();
            } else {
                watching(&space, open(&space).len());
            }
        };
        let rename = |from: &str, to: &str| fs::rename(space.place(from), space.place(to)).unwrap();
        project(&space, "p", "int main(void) { return 1; }\n");
        build(&space, "p");
        next();
        rename("p", "first");
        project(&space, "p", "int main(void) { return 2; }\n");
        build(&space, "p");
        assert_eq!(code(&space, "p"), Some(2), "another, stopped: {stopped}");
        next();
        rename("p", "second");
        rename("first", "p");
        let run = build(&space, "p");
        assert_eq!((code(&space, "p"), run.count("ran")), (Some(1), 0), "it came back, stopped: {stopped}: {run}");
        next();
        write(space.place("p/main.c"), "int main(void) { return 3; }\n");
        build(&space, "p");
        build(&space, "second");
        assert_eq!((code(&space, "p"), code(&space, "second")), (Some(3), Some(2)), "stopped: {stopped}");
        assert_eq!(["p", "second"].map(|name| build(&space, name).count("ran")), [0, 0], "stopped: {stopped}");
    }
}

#[test]
fn what_is_gone_is_not_open() {
    let space = Space::new();
    project(&space, "p", "int main(void) { return 1; }\n");
    build(&space, "p");
    watching(&space, 1);
    let rename = |from: &str, to: &str| fs::rename(space.place(from), space.place(to)).unwrap();
    rename("p", "q");
    build(&space, "q");
    assert_eq!(open(&space), ["q"]);
    rename("q", "p");
    assert_eq!(build(&space, "p").count("ran"), 0);
    assert_eq!(open(&space), ["p"]);
    fs::remove_dir_all(space.place("p")).unwrap();
    let status = status(&space);
    assert_eq!(status["projects"], serde_json::json!([]));
    assert!(!status["actors"].to_string().contains("Orchestrator"), "{status}");
    project(&space, "p", "int main(void) { return 4; }\n");
    build(&space, "p");
    assert_eq!((code(&space, "p"), open(&space)), (Some(4), vec!["p".to_owned()]));
}
