//! The projects that are built while something breaks, and what must hold afterwards.

use std::fs;
use std::path::PathBuf;

#[cfg(feature = "faults")]
use crate::support::Run;
use crate::support::{DEADLINE, Running, Space, slow_header, until};

/// A program of several files that ends with the code 34, and a daemon that can be made to fail.
pub fn adder() -> Space {
    with_door(Space::with(&[
        ("main.c", "int a(void);\nint b(void);\nint main(void) { return a() * 10 + b(); }\n"),
        ("a.c", "int a(void) { return 3; }\n"),
        ("b.c", "int b(void) { return 4; }\n"),
    ]))
}

/// A project whose compile does not end by itself.
pub fn endless() -> Space {
    let space = Space::with(&[("main.c", "#include \"slow.h\"\nint main(void) { return 0; }\n")]);
    space.write("slow.h", slow_header(150));
    with_door(space)
}

/// A daemon that can be made to fail.
pub fn with_door(mut space: Space) -> Space {
    fs::create_dir(space.place("faults")).unwrap();
    space.set("JMAKE_FAULTS", space.place("faults"));
    space
}

/// From now on the point has these faults, one each time it is passed; `ok` is none.
pub fn fault(space: &Space, point: &str, words: &[&str]) {
    // Renamed into place: the daemon never reads half of it.
    let file = space.place("faults").join(point);
    fs::write(file.with_extension("new"), words.join("\n") + "\n").unwrap();
    fs::rename(file.with_extension("new"), file).unwrap();
}

/// The points whose faults did not all happen.
pub fn faults_left(space: &Space) -> Vec<String> {
    fs::read_dir(space.place("faults")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The compilers that compile, each with its command line; those that are only asked something do not count.
pub fn compilers(space: &Space) -> Vec<(i32, String)> {
    space.processes().into_iter().filter(|(_, line)| line.contains("clang") && line.contains(" -c ")).collect()
}

/// A build in which a compiler runs, and that compiler.
#[track_caller]
pub fn building(space: &Space) -> (Running, i32) {
    let mut build = space.start(&["build", "--json"]);
    build.wait_for_event("step_started");
    (build, compiler(space))
}

/// The compiler that runs once there is one.
#[track_caller]
pub fn compiler(space: &Space) -> i32 {
    let mut found = None;
    let came = until(DEADLINE, || {
        found = compilers(space).first().map(|(pid, _)| *pid);
        found.is_some()
    });
    assert!(came, "no compiler came");
    found.unwrap()
}

/// Waits until a process is gone.
#[track_caller]
pub fn gone(space: &Space, pid: i32) {
    assert!(until(DEADLINE, || space.processes().iter().all(|(other, _)| *other != pid)), "process {pid} still runs");
}

/// What the program of [`adder`] ends with.
#[track_caller]
pub fn result(space: &Space) -> Option<i32> {
    space.command(space.path("build/dev/bin/project")).status().unwrap().code()
}

/// What was left half made where the user looks. A compiler that is killed as it begins may leave a temporary file of its own
/// beside the object.
pub fn half_made(space: &Space) -> Vec<PathBuf> {
    space.leftovers().into_iter().filter(|file| !file.starts_with(space.path(".jmake_cache/obj"))).collect()
}

/// The next builds are right: one as it is, one after an edit, one with nothing to do; and nothing was left behind.
#[track_caller]
pub fn next_builds_are_right(space: &Space) {
    space.build(&[]).ok();
    assert_eq!(result(space), Some(34));
    space.edit("a.c", "3", "5");
    let edited = space.build(&[]).ok();
    assert_eq!(edited.steps("compile", "ran"), ["a.c"], "{edited}");
    assert_eq!(result(space), Some(54));
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
    assert!(compilers(space).is_empty(), "{:?}", compilers(space));
    let half_made = half_made(space);
    assert!(half_made.is_empty(), "{half_made:?}");
}

/// A failed build said why.
#[cfg(feature = "faults")]
#[track_caller]
pub fn failed_clearly(run: Run, words: &str) {
    let run = run.exits(4);
    let errors = run.events_of("build_error");
    let first = errors.iter().map(|error| error["first"].as_str().unwrap()).next_back().unwrap_or_default();
    assert!(first.contains(words), "no {words:?} in {first:?}: {run}");
    assert_eq!(run.events_of("build_finished").last().unwrap()["success"], false, "{run}");
}

/// How often an actor was restarted, as `jmake status` tells it.
pub fn restarts(space: &Space, actor: &str) -> u64 {
    let status = space.jmake(&["status", "--json"]).object();
    let actors = status["actors"].as_array().unwrap().clone();
    let named = actors.iter().filter(|row| row["name"].as_str().unwrap().starts_with(actor));
    named.map(|row| row["restarts"].as_u64().unwrap()).sum()
}
