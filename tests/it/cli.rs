//! The command line as scripts see it.

use crate::support::Space;

const HELLO: &[(&str, &str)] = &[("main.c", "int main(void) { return 0; }\n")];

#[test]
fn every_line_of_json_is_an_event_with_what_was_promised() {
    const FIELDS: [(&str, &[&str]); 9] = [
        ("build_started", &["build", "root", "profile", "targets"]),
        ("notice", &["text"]),
        ("step_started", &["step", "kind", "label"]),
        ("step_finished", &["step", "kind", "label", "outcome", "reason", "wall_ms", "user_ms", "max_rss_kb"]),
        ("diagnostic", &["severity", "file", "line", "column", "message", "rendered"]),
        ("artifact", &["target", "kind", "path"]),
        ("actor_restarted", &["name", "restarts", "why"]),
        ("build_error", &["build", "first"]),
        ("build_finished", &["success", "exit_code", "steps", "artifacts", "wall_ms"]),
    ];
    let space = Space::with(&[("src/main.c", "int main(void) { return 0; }\n"), ("src/a.c", "#warning a\nint a;\n"), ("src/b.m", "")]);
    for (text, code) in [("int b;\n", 0), ("int b = no;\n", 1)] {
        space.write("src/b.c", text);
        let events = space.build(&[]).exits(code).events();
        assert_eq!((&events[0]["type"], &events[events.len() - 1]["type"]), (&"build_started".into(), &"build_finished".into()));
        let mut time = 0;
        for event in &events {
            let kind = event["type"].as_str().unwrap();
            let (_, fields) = FIELDS.iter().find(|(name, _)| *name == kind).unwrap_or_else(|| panic!("{event} was not promised"));
            assert!(fields.iter().all(|field| event.get(field).is_some()), "{event} lacks one of {fields:?}");
            let now = event["time_ms"].as_u64().unwrap_or_else(|| panic!("{event} has no time"));
            assert!(now >= time, "{event} goes back in time");
            time = now;
        }
        let steps = &events[events.len() - 1]["steps"];
        let sum: u64 = ["ran", "cached", "up_to_date", "failed", "not_run"].iter().map(|name| steps[name].as_u64().unwrap()).sum();
        assert_eq!(steps["total"].as_u64(), Some(sum), "{steps}");
    }
}

#[test]
fn wrong_usage_is_two() {
    let space = Space::with(HELLO);
    for line in ["build --no-such-flag", "no-such-command", "build -j 0", "build -j x", "-C no/such/folder build", "build ./no/such/folder"]
    {
        let words: Vec<&str> = line.split(' ').collect();
        let run = space.jmake(&words).exits(2);
        assert!(!run.stderr.is_empty(), "{line}");
    }
}

#[test]
fn help_has_an_example_and_needs_no_daemon() {
    let space = Space::new();
    for command in ["build", "run", "clean", "discover", "tools", "status", "daemon"] {
        space.jmake(&[command, "--help"]).ok().says("Example").does_not_say("Arguments of");
    }
    space.jmake(&["watch", "--exec", " "]).exits(2).says("--exec").says("names no program");
    space.jmake(&["--version"]).ok().says(env!("CARGO_PKG_VERSION"));
    assert_eq!(space.daemon(), None);
}

#[test]
fn the_project_is_found_from_within() {
    let space = Space::with(HELLO);
    space.write("jmake.toml", "[project]\nname = 'Named'\n");
    space.write("deep/down/.keep", "");
    for args in [&["-C", "deep/down", "build"][..], &["build", "."], &["build", "jmake.toml"]] {
        space.jmake(args).ok();
        assert!(space.exists("build/dev/bin/Named"), "{args:?}");
        space.remove("build");
    }
}

#[test]
fn results_may_go_elsewhere() {
    let space = Space::with(HELLO);
    space.build(&["-B", "out"]).ok();
    assert!(space.exists("out/dev/bin/project") && space.exists("out/compile_commands.json") && !space.exists("build"));
}

#[test]
fn discovery_says_what_and_why() {
    let space = Space::with(&[
        ("include/p.h", "int p(void);\n"),
        ("src/p.c", "#include \"p.h\"\nint p(void) { return 0; }\n"),
        ("app/main.c", "#include \"p.h\"\nint main(void) { return p(); }\n"),
        ("third_party/z.c", "int z;\n"),
        ("src/q_win.c", "int q;\n"),
    ]);
    let found = space.jmake(&["discover", "--json"]).ok().object();
    let of = |list: &str, field: &str| -> Vec<String> {
        found[list].as_array().unwrap().iter().map(|it| it[field].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(of("sources", "path"), ["app/main.c", "src/p.c"]);
    assert_eq!(found["headers"][0], "include/p.h");
    assert_eq!(found["include_dirs"][0], "include");
    assert!(found["targets"].as_array().unwrap().iter().all(|target| target["why"].as_str().is_some_and(|why| !why.is_empty())), "{found}");
    assert_eq!(of("left_out", "path"), ["src/q_win.c"]);
    assert!(found["notes"].as_array().unwrap().iter().any(|note| note.as_str().unwrap().contains("third_party")), "{found}");
    space.jmake(&["discover"]).ok().says("src/p.c");
}

#[test]
fn tools_are_listed() {
    let space = Space::new();
    let tools = space.jmake(&["tools", "--json"]).ok().object();
    let first = &tools["toolchains"][0];
    assert_eq!(first["selected"], true, "{tools}");
    assert!(first["tools"].as_array().unwrap().iter().any(|tool| tool["name"] == "clang++"), "{tools}");
    space.jmake(&["tools"]).ok().says("clang");
}

#[test]
fn without_a_daemon_the_result_is_the_same() {
    // In one and the same folder: its path is part of the debug information.
    let space = Space::with(HELLO);
    let built = [&[][..], &["--no-daemon"]].map(|extra| {
        let run = space.build(extra).ok();
        assert_eq!(run.count("ran"), run.count("total"), "{extra:?}: {run}");
        assert_eq!(space.build(extra).ok().count("ran"), 0, "{extra:?}");
        assert_eq!(space.daemon().is_some(), extra.is_empty(), "{extra:?}");
        let made =
            ["build/dev/bin/project", ".jmake_cache/obj/dev/project/main.c.o", "build/compile_commands.json"].map(|path| space.read(path));
        space.jmake(&["daemon", "stop"]).ok();
        ["build", ".jmake_cache"].iter().for_each(|path| space.remove(path));
        std::fs::remove_dir_all(space.place("cache/jmake")).unwrap();
        made
    });
    assert!(built[0] == built[1], "{:?}", built.map(|made| made.map(|bytes| bytes.len())));
}

#[test]
fn a_shell_that_takes_the_output_does_not_wait_for_the_daemon() {
    let space = Space::with(HELLO);
    let mut shell = space.command("sh");
    shell.args(["-c", "x=$(\"$1\" build) && echo done", "sh", env!("CARGO_BIN_EXE_jmake")]);
    let run = crate::support::Running::start(shell).finish().ok();
    assert_eq!(run.stdout, "done\n");
    assert!(space.daemon().is_some());
}

#[test]
fn a_target_goes_before_a_directory_of_its_name() {
    let space = Space::with(&[
        ("jmake.toml", ""),
        ("server.c", "int main(void) { return 1; }\n"),
        ("client.c", "int main(void) { return 2; }\n"),
        ("server/jmake.toml", "[project]\nname = \"inner\"\n"),
        ("server/main.c", "int main(void) { return 3; }\n"),
        ("docs/main.c", "int main(void) { return 4; }\n"),
        ("docs/jmake.toml", ""),
    ]);
    let made = |arguments: &[&str], expect: &[&str]| assert_eq!(space.build(arguments).ok().artifacts(), expect, "{arguments:?}");
    made(&["server"], &["build/dev/bin/server"]);
    made(&["./server"], &["build/dev/bin/inner"]);
    made(&["docs"], &["build/dev/bin/docs"]);
    made(&["server", "client"], &["build/dev/bin/client", "build/dev/bin/server"]);
}
