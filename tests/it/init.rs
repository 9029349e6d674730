//! `jmake init`: every template builds, tests and runs at once, and nothing that is there is changed.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::support::Space;

/// Each template, what its project's program is and says.
const TEMPLATES: [(&str, &str, &str); 10] = [
    ("executable", "build/dev/bin/geo", "Hello, geo!"),
    ("binary_project", "build/dev/bin/geo", "Hello, geo!"),
    ("shared-library", "build/dev/bin/hello", "Hello, geo!"),
    ("lib_project", "build/dev/bin/hello", "Hello, geo!"),
    ("static-library", "build/dev/bin/hello", "Hello, geo!"),
    ("library-tests", "build/dev/bin/geo", "Hello, geo!"),
    ("cpp_project", "build/dev/bin/geo", "Hello, geo!"),
    ("header-only", "build/dev/bin/hello", "Hello, geo!"),
    ("plugin", "build/dev/bin/host", "geo: 42"),
    ("c", "build/dev/bin/geo", "Hello, geo!"),
];

/// Builds a template's project in a directory of this name, and runs what it makes.
#[track_caller]
fn check(directory: &str, template: &str, program: &str, says: &str) {
    let space = Space::named(directory);
    space.jmake(&["init", "--template", template]).ok().says("jmake.toml").says("next: jmake build");
    space.jmake(&["build"]).ok().does_not_say("has no effect").does_not_say("not a key");
    let run = space.build(&["--all"]).ok();
    assert!(run.events_of("diagnostic").is_empty(), "no warnings: {run}");
    let tests: Vec<String> = run.artifacts().into_iter().filter(|path| path.contains("/test_")).collect();
    assert!(!tests.is_empty(), "{run}");
    for test in tests {
        let ended = space.command(space.path(&test)).status().unwrap();
        assert!(ended.success(), "{template}: {test}: {ended}");
    }
    space.jmake(&["run"]).ok().says(says);
    let prefix = space.place("tmp").join("prefix");
    space.jmake(&["install", "--prefix", prefix.to_str().unwrap()]).ok();
    installed(&space, template, &prefix, says);
    let said = space.command(space.path(program)).output().unwrap_or_else(|error| panic!("{template}: {program}: {error}\n{run}"));
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), says, "{template}: {said:?}");
    space.jmake(&["test"]).ok();
    space.jmake(&["check"]).ok().does_not_say("warning");
    assert_eq!(space.build(&["--all"]).ok().count("ran"), 0);
}

/// A program is installed with what it needs and nothing else, a library with its headers and its .pc file.
#[track_caller]
fn installed(space: &Space, template: &str, prefix: &Path, says: &str) {
    let names = |folder: &str| -> Vec<String> {
        let entries = std::fs::read_dir(prefix.join(folder)).into_iter().flatten().map(Result::unwrap);
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let programs = names("bin");
    for program in &programs {
        let said = space.command(prefix.join("bin").join(program)).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), says, "{template}: {said:?}");
    }
    let is_program = ["executable", "binary_project", "c"].contains(&template);
    let expect = match template {
        "executable" | "binary_project" | "c" | "library-tests" | "cpp_project" | "plugin" => 1,
        _ => 0,
    };
    assert_eq!(programs.len(), expect, "{template}");
    assert_eq!((names("lib").is_empty(), names("include").is_empty()), (is_program, is_program), "{template}: {:?}", names("lib"));
    assert_eq!(names("lib/pkgconfig").len(), usize::from(!is_program), "{template}");
}

#[test]
fn every_template_builds_tests_and_runs() {
    for (template, program, says) in TEMPLATES {
        check("geo", template, program, says);
    }
}

#[test]
fn a_directory_of_any_name_will_do() {
    check("test", "shared-library", "build/dev/bin/hello", "Hello, test!");
    check("deps", "static-library", "build/dev/bin/hello", "Hello, deps!");
    check("My \"libs\" 2", "plugin", "build/dev/bin/host", "My--libs--2: 42");
    check("c", "c", "build/dev/bin/c-project", "Hello, c-project!");
    check("library-tests", "library-tests", "build/dev/bin/library-tests", "Hello, library-tests!");
    check("win32", "header-only", "build/dev/bin/hello", "Hello, win32!");
}

#[test]
fn templates_are_listed() {
    let space = Space::new();
    let run = space.jmake(&["init", "--list"]).ok();
    for (name, ..) in TEMPLATES {
        assert!(run.stdout.contains(name), "{name}: {run}");
    }
    let listed = space.jmake(&["init", "--list", "--json"]).ok().object();
    assert_eq!(listed["templates"][0]["name"], "executable");
    space.jmake(&["init", "--template", "executeable"]).exits(2).says("did you mean `executable`?");
    assert!(!space.exists("jmake.toml"));
}

#[test]
fn a_directory_is_made_and_named_after() {
    let space = Space::new();
    space.jmake(&["init", "deep/hello"]).ok();
    space.jmake(&["run", "-C", "deep/hello"]).ok().says("Hello, hello!");
    let schema: serde_json::Value = serde_json::from_slice(&space.read("deep/hello/.jmake_cache/schema.json")).unwrap();
    assert!(schema["properties"]["compile"].is_object());
    space.jmake(&["clean", "-C", "deep/hello"]).ok();
    assert!(!space.exists("deep/hello/.jmake_cache/schema.json"));
    space.jmake(&["check", "-C", "deep/hello"]).ok();
    assert!(space.exists("deep/hello/.jmake_cache/schema.json"));
    space.remove("deep/hello/.jmake_cache");
    space.build(&["-C", "deep/hello"]).ok();
    assert!(space.exists("deep/hello/.jmake_cache/schema.json"));
    let first = String::from_utf8(space.read("deep/hello/jmake.toml")).unwrap().lines().next().unwrap().to_owned();
    assert_eq!(first, "#:schema .jmake_cache/schema.json");
    space.write("file", "");
    space.jmake(&["init", "file"]).exits(2).says("not a directory");
}

#[test]
fn nothing_is_overwritten() {
    let space = Space::with(&[("app/main.cpp", "int main() { return 7; }\n"), ("jmake.toml", "# mine\n")]);
    space.jmake(&["init", "--template", "executable"]).ok().says("kept app/main.cpp").says("kept jmake.toml").says("  app/greeting.cpp");
    assert_eq!(space.read("app/main.cpp"), b"int main() { return 7; }\n");
    assert_eq!(space.read("jmake.toml"), b"# mine\n");
    let again = space.jmake(&["init", "--template", "executable", "--json"]).ok().object();
    assert_eq!((again["written"].as_array().unwrap().len(), again["kept"].as_array().unwrap().len()), (0, 6));
    space.jmake(&["init", "--template", "executable"]).ok().says("nothing to write");
}

#[test]
fn sources_that_are_there_get_settings_only() {
    let space = Space::with(&[("code/app.c", "int main(void) { return 0; }\n")]);
    space.jmake(&["init"]).ok().says("settings for the sources");
    assert!(space.exists("jmake.toml") && !space.exists("src"));
    space.jmake(&["complete"]).ok();
    space.build(&[]).ok();
    assert!(space.exists("build/dev/bin/app"));
}

#[test]
fn templates_of_ones_own_are_copied_and_held_to_their_place() {
    let space = Space::named("geo");
    let mine = space.place("config/jmake/templates/mine");
    std::fs::create_dir_all(mine.join("{{name}}")).unwrap();
    std::fs::write(mine.join("{{name}}/{{name}}.c"), "/* {{name}}, {{other}} */\nint main(void) { return 0; }\n").unwrap();
    std::fs::write(mine.join("logo.bin"), b"\xff{{name}}").unwrap();
    std::fs::write(mine.join("run.sh"), "#!/bin/sh\n").unwrap();
    std::fs::set_permissions(mine.join("run.sh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    space.jmake(&["init", "--list"]).ok().says("mine");
    space.jmake(&["init", "--template", "mine"]).ok();
    assert_eq!(space.read("geo/geo.c"), b"/* geo, {{other}} */\nint main(void) { return 0; }\n");
    assert_eq!(space.read("logo.bin"), b"\xff{{name}}");
    assert!(std::fs::metadata(space.path("run.sh")).unwrap().permissions().mode() & 0o100 != 0);

    symlink("/etc/hostname", mine.join("link")).unwrap();
    space.jmake(&["init", "other", "--template", "mine"]).exits(2).says("symbolic link");
    assert!(!space.exists("other"), "nothing is begun");
    space.jmake(&["init", "--template", "../mine"]).exits(2).says("no template");
}
