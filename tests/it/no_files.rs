//! Pipes, devices and sockets where files are expected: nobody waits for them, and nothing is read without end.

use std::os::unix::fs::symlink;

use crate::support::{DEADLINE, Space, until};

const MAIN: &str = "int main(void) { return 0; }\n";

fn pipe(space: &Space, path: &str) {
    assert!(space.command("mkfifo").arg(space.path(path)).status().unwrap().success());
}

/// A project whose daemon hears of changes.
fn watched() -> Space {
    let space = Space::with(&[("src/main.c", MAIN), ("src/own.h", "#define OWN 1\n")]);
    space.build(&[]).ok();
    let watching = || space.jmake(&["status", "--json"]).object()["projects"][0]["watching"] == true;
    assert!(until(DEADLINE, watching), "it does not watch");
    space
}

#[test]
fn a_pipe_that_comes_to_a_watched_project_is_passed_by() {
    let space = watched();
    for path in ["x", "src/x.h", "src/x.c", "build/x"] {
        pipe(&space, path);
        assert_eq!(space.build(&[]).ok().count("ran"), 0, "{path}");
    }
    space.remove("src/own.h");
    pipe(&space, "src/own.h");
    space.build(&[]).ok();
    space.remove("src/main.c");
    pipe(&space, "src/main.c");
    space.build(&[]).exits(2);
    space.jmake(&["discover"]).ok();
}

#[test]
fn results_are_put_where_pipes_lie() {
    let space = watched();
    for path in ["build/compile_commands.json", "build/dev/bin/project"] {
        space.remove(path);
        pipe(&space, path);
        space.build(&[]).ok();
        assert!(space.path(path).is_file(), "{path}");
    }
}

#[test]
fn settings_that_are_no_file_are_an_error_that_says_so() {
    let space = Space::with(&[("main.c", MAIN)]);
    symlink("/dev/zero", space.path("jmake.toml")).unwrap();
    space.jmake(&["build"]).exits(2).says("jmake.toml").says("not a regular file");
    space.remove("jmake.toml");
    pipe(&space, "jmake.toml");
    space.jmake(&["build"]).exits(2).says("jmake.toml").says("not a regular file");
    space.remove("jmake.toml");
    std::fs::create_dir(space.path("jmake.toml")).unwrap();
    space.jmake(&["build"]).exits(2).says("jmake.toml");
}

#[test]
fn ignore_rules_that_are_no_file_are_named_and_not_waited_for() {
    for path in ["sub/.gitignore", "sub/.ignore", ".gitignore", ".ignore", ".git/info/exclude", "../.gitignore"] {
        let space = Space::with(&[("main.c", MAIN), ("sub/other.c", "int other;\n"), (".git/info/x", "")]);
        pipe(&space, path);
        let name = path.trim_start_matches("../");
        space.jmake(&["build"]).ok().says(name).says("not a regular file");
        assert!(space.exists("build/dev/bin/project"), "{path}");
    }
    let space = Space::with(&[("main.c", MAIN)]);
    symlink("/dev/null", space.path(".gitignore")).unwrap();
    space.jmake(&["build"]).ok().does_not_say("not a regular file");
}

#[test]
fn libraries_that_are_no_files_are_not_looked_into() {
    let mut space = Space::with(&[("main.c", "int missing(void);\nint main(void) { return missing(); }\n"), ("lib/x", "")]);
    pipe(&space, "lib/libx.so");
    symlink("/dev/zero", space.path("lib/liby.so")).unwrap();
    space.set("LDFLAGS", "-Llib");
    space.jmake(&["build"]).exits(1).says("missing");
}
