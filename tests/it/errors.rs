//! What people and scripts are told when a build fails.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::support::{Space, slow_header, until};

#[test]
fn the_compilers_words_come_whole_and_the_first_error_comes_last() {
    let space = Space::with(&[
        ("src/main.c", "int main(void) { return 0; }\n"),
        ("src/bad.c", "#warning mind the gap\nint f(void) {\n    return no_such_thing;\n}\n"),
    ]);
    let run = space
        .jmake(&["build"])
        .exits(1)
        .says("src/bad.c:3:12: error: use of undeclared identifier 'no_such_thing'")
        .says("mind the gap")
        .says("    return no_such_thing;");
    let all = format!("{}{}", run.stdout, run.stderr);
    let summary = all.lines().rev().take(4).collect::<Vec<_>>().join("\n");
    assert!(summary.contains("no_such_thing"), "{run}");
    assert!(run.says("FAILED").stderr.contains("src/bad.c"));
}

#[test]
fn scripts_get_the_same_as_events() {
    let space = Space::with(&[("main.c", "int main(void) { return x; }\n")]);
    let run = space.build(&[]).exits(1);
    let diagnostic = &run.events_of("diagnostic")[0];
    assert_eq!(
        (&diagnostic["severity"], &diagnostic["file"], &diagnostic["line"], &diagnostic["column"]),
        (&"error".into(), &"main.c".into(), &1.into(), &25.into())
    );
    assert!(diagnostic["rendered"].as_str().unwrap().contains("return x;"), "{diagnostic}");
    assert_eq!(run.steps("compile", "failed"), ["main.c"]);
    assert_eq!(run.count("failed"), 1);
    let events = run.events();
    assert_eq!(events[events.len() - 2]["type"], "build_error", "{run}");
    assert!(events[events.len() - 2]["first"].as_str().unwrap().contains("undeclared"), "{run}");
}

#[test]
fn a_failure_is_found_again_and_gone_once_mended() {
    let space = Space::with(&[("main.c", "int main(void) { return x; }\n")]);
    for _ in 0..2 {
        space.build(&[]).exits(1).says("undeclared");
    }
    space.edit("main.c", "return x", "return 0");
    space.build(&[]).ok().does_not_say("undeclared");
}

#[test]
fn a_warning_does_not_fail_and_does_not_get_lost() {
    let space = Space::with(&[("main.c", "#warning mind the gap\nint main(void) { return 0; }\n")]);
    assert_eq!(space.build(&[]).ok().events_of("diagnostic")[0]["severity"], "warning");
}

#[test]
fn keeping_going_finds_every_failure() {
    let files: Vec<(String, String)> = (0..4).map(|n| (format!("src/bad{n}.c"), format!("int f{n}(void) {{ return x{n}; }}\n"))).collect();
    let space = Space::with(&[("src/main.c", "int main(void) { return 0; }\n"), ("src/zz.c", "int z;\n")]);
    files.iter().for_each(|(path, text)| space.write(path, text));
    let all = space.build(&["-k", "-j1"]).exits(1);
    assert_eq!(all.count("failed"), 4, "{all}");
    assert_eq!(all.steps("compile", "ran"), ["src/main.c", "src/zz.c"]);
    let first = space.build(&["-j1"]).exits(1);
    assert_eq!(first.count("failed"), 1, "{first}");
    assert!(first.count("not_run") > 0, "{first}");
}

#[test]
fn an_undefined_symbol_names_symbol_object_and_library() {
    let space = Space::with(&[
        ("include/lib.h", "int wanted(void);\n"),
        ("src/lib.c", "#include \"lib.h\"\nint missing(int);\nint wanted(void) { return missing(1); }\n"),
    ]);
    space.jmake(&["build"]).exits(1).says("missing").says("lib.c");
    space.write("jmake.toml", "[link]\nallow_undefined = true\n");
    space.build(&[]).ok();
    space.write("jmake.toml", "");
    space.write(
        "src/lib.c",
        "#include \"lib.h\"\n#include <math.h>\nstatic double (*volatile f)(double) = cos;\nint wanted(void) { return f(0) > 0; }\n",
    );
    space.build(&[]).ok();
}

#[test]
fn a_failed_link_leaves_no_program() {
    let space = Space::with(&[("main.c", "int f(void); int main(void) { return f(); }\n")]);
    space.build(&[]).exits(1).says("undefined symbol: f");
    assert!(!space.exists("build/dev/bin/project"));
    assert_eq!(space.leftovers(), [""; 0].map(std::path::PathBuf::from));
}

#[test]
fn settings_that_make_no_sense_are_shown_where_they_stand() {
    let check = |text: &str, parts: &[&str]| {
        let space = Space::with(&[("main.c", "int main(void) { return 0; }\n"), ("jmake.toml", text)]);
        let mut run = space.jmake(&["build"]).exits(2);
        for part in parts {
            run = run.says(part);
        }
    };
    check("[compile]\nflags = '-O2'\n", &["jmake.toml:2:9", "list of strings"]);
    check("[link]\nlto = 'ful'\n", &["jmake.toml:2:7", "full"]);
    check("[link\n", &["jmake.toml:1"]);
}

#[test]
fn a_flag_that_the_compiler_does_not_know_is_an_invalid_setting() {
    let space = Space::with(&[("main.c", "int main(void) { return 0; }\n"), ("jmake.toml", "[compile]\nflags = ['-fno-such-flag']\n")]);
    space.build(&[]).exits(2).says("-fno-such-flag").says("jmake.toml");
}

#[test]
fn no_toolchain_is_a_matter_of_the_machine() {
    let space = Space::with(&[("main.c", "int main(void) { return 0; }\n")]);
    space.jmake(&["build", "--toolchain", "/no/such/place"]).exits(3).says("/no/such/place");
    space.jmake(&["build", "--toolchain", "3"]).exits(3).says("apt");
}

#[test]
fn an_unknown_target_is_wrong_usage() {
    let space = Space::with(&[("main.c", "int main(void) { return 0; }\n")]);
    space.jmake(&["build", "no_such_target"]).exits(2).says("no_such_target");
}

#[test]
fn a_configure_headers_name_comes_with_the_way_out() {
    let space = Space::with(&[("main.c", "#include \"config.h\"\nint main(void) { return 0; }\n"), ("config.h.in", "#undef HAVE_X\n")]);
    space.jmake(&["build"]).exits(1).says("config.h");
}

/// Whether a file defines `main` only its object tells: one that is not made must not be waited for.
#[test]
fn a_build_ends_though_an_object_that_would_tell_of_a_main_is_not_made() {
    const MAIN: &str = "#ifndef NO_MAIN\nint main(void) { return 0; }\n#endif\n";
    let broken = format!("int wrong(void) {{ return nothing; }}\n{MAIN}");
    let space = Space::with(&[("a.c", &broken), ("b.c", "int b(void) { return 1; }\n")]);
    space.build(&["-k", "--staged"]).exits(1).says("nothing");
    space.build(&["-k"]).exits(1).says("nothing");
    // The one that fails does so long before the other one can tell.
    let slow = format!("#include <algorithm>\n#include <iostream>\n#include <map>\n#include <regex>\n{MAIN}");
    let space = Space::with(&[("a.c", &broken), ("b.cpp", &slow)]);
    space.build(&["-k", "-j2"]).exits(1).says("nothing");
    space.build(&["-k", "-j1"]).exits(1).says("nothing");
    let space = Space::with(&[("a.c", MAIN), ("b.c", &broken)]);
    space.build(&["-k", "-j1"]).exits(1).says("nothing");
    space.build(&["-j1"]).exits(1).says("nothing");
}

#[test]
fn a_file_that_keeps_changing_while_it_is_read_fails_the_build_and_no_later_one() {
    let space = Space::with(&[("main.c", "#include \"slow.h\"\n#include \"own.h\"\nint main(void) { return OWN > 0; }\n")]);
    space.write("slow.h", slow_header(15));
    let set = |value: u32| {
        space.write("new.h", format!("#define OWN {value}\n"));
        std::fs::rename(space.path("new.h"), space.path("own.h")).unwrap();
    };
    for args in [&[][..], &["--no-daemon"]] {
        set(1);
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for value in 1.. {
                    set(value);
                    // Often enough for every compile, and no oftener.
                    if until(Duration::from_millis(5), || over.load(Ordering::Relaxed)) {
                        break;
                    }
                }
            });
            let run = space.build(&[&["--force"], args].concat());
            over.store(true, Ordering::Relaxed);
            let run = run.exits(1).says("own.h keeps changing while it is read; build again when nobody writes it");
            assert_eq!((run.steps("compile", "failed"), run.count("ran")), (vec!["main.c".to_owned()], 0), "{args:?}: {run}");
        });
        assert!(!space.exists("build/dev/bin/project"), "{args:?}");
        space.build(args).ok();
        assert_eq!(space.command(space.path("build/dev/bin/project")).status().unwrap().code(), Some(1), "{args:?}");
        space.remove("build");
    }
}

#[test]
fn the_first_failure_ends_what_runs_on_request() {
    let space = Space::with(&[
        ("main.c", "int main(void) { return 0; }\n"),
        // It fails when the other one surely runs: both take a while to read.
        ("bad.c", "#include \"long/slow.h\"\nint f(void) { return x; }\n"),
        ("endless.c", "#include \"slow.h\"\nint e;\n"),
    ]);
    space.write("long/slow.h", slow_header(15));
    space.write("slow.h", slow_header(150));
    let run = space.build(&["--fail-fast", "-j3"]).exits(1);
    assert_eq!(run.steps("compile", "failed"), ["bad.c"], "{run}");
    assert_eq!(run.steps("compile", "cancelled"), ["endless.c"], "{run}");
    assert_eq!((run.count("failed"), run.count("ran")), (1, 1), "{run}");
    assert!(run.events_of("build_error")[0]["first"].as_str().unwrap().contains("bad.c:2:"), "{run}");
    let left = || space.processes().into_iter().filter(|(_, line)| line.contains("endless.c")).count();
    assert!(until(Duration::from_secs(5), || left() == 0), "{:?}", space.processes());
}

#[test]
fn a_target_that_is_none_is_refused_by_its_name() {
    let space =
        Space::with(&[("a.c", "#ifdef MAIN\nint main(void) { return 0; }\n#endif\nint a;\n"), ("b.c", "int main(void) { return 0; }\n")]);
    let said = "a.c does not define `main` with these settings: there is no program `a`";
    for args in [&["run", "a"][..], &["build", "a"]] {
        space.jmake(args).exits(2).says(said).does_not_say("by default");
    }
    space.jmake(&["build"]).ok().says(said);
    space.jmake(&["build", "c.c"]).exits(2).says("there is no target `c.c`; did you mean `").does_not_say("?.");
}
