//! `jmake check` and `jmake schema`, and that a change of jmake.toml takes effect, and only where it has to.

use crate::support::Space;

const MAIN: &str = "int main(void) { return 0; }\n";

#[test]
fn every_problem_is_told_at_once_and_nothing_is_run() {
    let toml = "[compile]\nflag = ['-O2']\nextra_sources = ['gone.c']\n[link]\nlto = 'ful'\n[profile.x]\ninherits = 'x'\n";
    let space = Space::with(&[("main.c", MAIN), ("jmake.toml", toml)]);
    space
        .jmake(&["check"])
        .exits(2)
        .says("jmake.toml:2:1: warning: `compile.flag` is not a key of jmake.toml")
        .says("did you mean `compile.flags`?")
        .says("jmake.toml:3:18: error: there is no file `gone.c`")
        .says("jmake.toml:5:7: error: `link.lto` must be one of")
        .says("jmake.toml: 3 errors, 1 warning");
    assert!(!space.exists("build"));
    space.jmake(&["check", "--profile", "x"]).exits(2).says("jmake.toml:7:12: error: profiles inherit from each other in a circle: x -> x");

    space.write("jmake.toml", "[compile]\nflag = ['-O2']\n");
    space.jmake(&["check", "."]).ok().says("0 errors, 1 warning");
    space.write("jmake.toml", "");
    space.jmake(&["check"]).ok().says("no problems");
    space.write("other.toml", "[compile]\nflags = 1\n");
    space.jmake(&["check", "other.toml"]).exits(2).says("other.toml:2:9");
    space.write("jmake.toml", [0xff, 0xfe]);
    space.jmake(&["check"]).exits(2).says("not UTF-8");
}

#[test]
fn what_settings_name_is_compared_with_what_is_there() {
    let target = "[[targets]]\nname = 'app'\nsources = ['*.cpp']\n";
    let space = Space::with(&[("main.c", MAIN), ("old/x.cpp", "int x;\n"), ("jmake.toml", target)]);
    space.jmake(&["check"]).exits(2).says("jmake.toml:3:12: error: `*.cpp` fits no source that is not ignored").says("\"**/*.cpp\"");
    space.edit("jmake.toml", "'*.cpp'", "'**/*.cpp'");
    space.jmake(&["check"]).ok().says("no problems");
    space.write(".gitignore", "old/\n");
    space.jmake(&["check"]).exits(2).says("fits no source that is not ignored");
    space.write("jmake.toml", "llvm.version = '3'\n");
    space.jmake(&["check"]).exits(2).says("LLVM 3 is older than");
    space.write("jmake.toml", "llvm.version = '199'\n");
    space.jmake(&["check"]).exits(2).says("jmake.toml:1:16: error: there is no LLVM toolchain `199`; found:");
    space.jmake(&["check", "--toolchain", "19"]).ok();
    space.write("jmake.toml", "");
    space.jmake(&["check", "--profile", "debug"]).exits(2).says("error: there is no profile `debug`; did you mean `dev`");
}

#[test]
fn where_settings_come_from_is_told_and_json_has_it_too() {
    let space = Space::with(&[("main.c", MAIN), ("jmake.toml", "[compile]\nflags = ['-Wall']\nwrong = 1\n")]);
    let table = space.jmake(&["check", "--show-origin", "--profile", "release", "-B", "out"]).ok();
    for (key, value, origin) in [
        ("profile", "\"release\"", "--profile"),
        ("build directory", "\"out\"", "--build-dir"),
        ("compile.flags", r#"["-O2", "-DNDEBUG"]"#, "built-in profile release"),
        ("compile.flags", r#"["-Wall"]"#, "jmake.toml:2:9"),
        ("compile.std", "\"gnu++17\"", "built in"),
    ] {
        let row = table.stdout.lines().find(|line| line.contains(key) && line.contains(value) && line.ends_with(origin));
        assert!(row.is_some(), "{key}: {table}");
    }
    let json = space.jmake(&["check", "--show-origin", "--json"]).ok();
    let reply: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&reply["errors"], &reply["warnings"], &reply["file"]), (&0.into(), &1.into(), &"jmake.toml".into()));
    assert_eq!((&reply["problems"][0]["line"], &reply["problems"][0]["severity"]), (&3.into(), &"warning".into()));
    assert!(reply["settings"].as_array().unwrap().iter().any(|it| it["key"] == "compile.flags" && it["origin"] == "jmake.toml:2:9"));
}

#[test]
fn the_schema_is_json() {
    let space = Space::with(&[]);
    for args in [&["schema"][..], &["schema", "--json"]] {
        let schema: serde_json::Value = serde_json::from_str(&space.jmake(args).ok().stdout).unwrap();
        assert_eq!(schema["properties"]["compile"]["properties"]["flags"]["type"], "array");
    }
}

#[test]
fn a_change_of_the_settings_runs_what_it_concerns_and_no_more() {
    let space = Space::with(&[("main.c", MAIN), ("other.c", "int other;\n"), ("jmake.toml", "")]);
    space.build(&[]).ok();
    let runs = |toml: &str| {
        space.write("jmake.toml", toml);
        let run = space.build(&[]).ok();
        let again = space.build(&[]).ok();
        assert_eq!(again.count("ran"), 0, "{toml}: {again}");
        (run.steps("compile", "ran").len(), run.steps("link", "ran").len(), run)
    };
    let compiled = runs("[compile]\nflags = ['-DX']\n");
    assert!(compiled.0 > 0, "{}", compiled.2);
    for same in [
        "# a comment\n[compile]\nflags = ['-DX'] # another\n",
        "[compile]\nflags = ['-DX']\n[hooks]\non_success = ['true']\n",
        "version = '0.1.0'\ncompile.flags = ['-DX']\ndaemon.workers = 2\n",
        "[project]\nauthors = ['me']\n[compile]\nflags = ['-DX']\n[install]\nprefix = '/opt'\n[test]\ntimeout_s = 5\n",
    ] {
        let run = runs(same);
        assert_eq!(run.2.count("ran"), 0, "{same}: {}", run.2);
    }
    let linked = runs("[compile]\nflags = ['-DX']\n[binary]\nlink_libraries = ['m']\n");
    assert_eq!(linked.0, 0, "{}", linked.2);
    assert!(linked.1 > 0, "{}", linked.2);
    space.write("jmake.toml", "[compile]\nflags = 3\n");
    space.jmake(&["build"]).exits(2).says("jmake.toml:2:9");
    space.write("jmake.toml", "[compile]\nflags = ['-DX']\n[binary]\nlink_libraries = ['m']\n");
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn many_warnings_are_cut_in_a_build_and_not_in_check() {
    let toml: String = (0..9).map(|n| format!("compile.wrong{n} = 1\n")).collect();
    let space = Space::with(&[("main.c", MAIN), ("jmake.toml", &toml)]);
    let build = space
        .jmake(&["build"])
        .ok()
        .says("jmake.toml:1: `compile.wrong0`")
        .says("5 more warnings of the settings; `jmake check` shows all");
    assert!(!build.stderr.contains("wrong4"), "{build}");
    space.jmake(&["check"]).ok().says("wrong8").says("9 warnings");
}

#[test]
fn what_is_said_of_broken_files_is_said_to_users() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine/config/tests/broken");
    // Those that the answers take to be there.
    let sources = ["src/geometry.cpp", "src/geom.cpp", "src/a.c", "include/geom.h"];
    let space = Space::with(&[("src/main.cpp", "int main() {}\n")]);
    sources.iter().for_each(|source| space.write(source, ""));
    let mut count = 0;
    for entry in std::fs::read_dir(&dir).unwrap().map(Result::unwrap).filter(|it| it.path().extension().is_some_and(|it| it == "toml")) {
        space.write("jmake.toml", std::fs::read(entry.path()).unwrap());
        let said = std::fs::read_to_string(entry.path().with_extension("txt")).unwrap();
        // What is there differs from what those tests take to be there.
        let depends = |line: &&str| !["there is no", "outside", "fits no", "LLVM"].iter().any(|part| line.contains(part));
        let heads: Vec<&str> = said.lines().filter(|line| line.starts_with("jmake.toml:")).filter(depends).collect();
        let run = space.jmake(&["check"]);
        let run = if heads.iter().any(|line| line.contains(": error: ")) { run.exits(2) } else { run };
        heads.iter().for_each(|line| assert!(run.stdout.contains(line), "{}: no {line} in {run}", entry.path().display()));
        count += 1;
    }
    assert!(count >= 20, "{count} broken files");
}

#[test]
fn what_is_not_on_this_machine_is_told_of() {
    let mut space = Space::with(&[("main.c", "int main(void) { return 0; }\n")]);
    space.write(
        "jmake.toml",
        "hooks.on_success = ['no-such-hook', 'x']\ntest.runner = ['no-such-runner']\n[dependencies]\npkg_config = ['no-such-module']\n",
    );
    let run = space.jmake(&["check"]).exits(2).says("no program `no-such-hook`").says("no program `no-such-runner`");
    assert!(run.stdout.contains("no-such-module") || run.stderr.contains("no-such-module"), "{run}");
    space.write("jmake.toml", "hooks.on_success = ['true']\n");
    space.jmake(&["check"]).ok().says("no problems");
    space.set("PATH", space.path("empty").to_str().unwrap());
    space.write("jmake.toml", "llvm.root = '/no/such/llvm'\n");
    space.jmake(&["check"]).exits(2).says("llvm.root");
}

#[test]
fn nothing_is_written_outside_the_project_unless_it_is_allowed() {
    let space = Space::with(&[("main.c", "int main(void) { return 0; }\n")]);
    let outside = space.place("outside");
    for settings in [format!("binary.output_dir = '{}'\n", outside.display()), "binary.output_dir = '../outside'\n".to_owned()] {
        space.write("jmake.toml", &settings);
        space.jmake(&["check"]).exits(2).says("outside the project");
        space.build(&[]).exits(2).says("binary.output_dir").says("allow_outside");
        assert!(!outside.exists());
    }
    space.write("jmake.toml", format!("binary.output_dir = '{}'\nproject.allow_outside = true\n", outside.display()));
    space.jmake(&["check"]).ok();
    space.build(&[]).ok();
    assert!(outside.read_dir().unwrap().next().is_some());
}
