//! Several processes that build one project, and what a killed one leaves to the next: one works at a time, and nobody is turned away.

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{DEADLINE, Space, slow_header, until};

/// A program that ends with what `answer.h` says, and whose compile takes as long as `slow.h` says.
fn project(depth: u32) -> Space {
    let space = Space::with(&[
        ("main.c", "#include \"slow.h\"\n#include \"answer.h\"\nint main(void) { return ANSWER; }\n"),
        ("answer.h", "#define ANSWER 1\n"),
    ]);
    space.write("slow.h", if depth == 0 { String::new() } else { slow_header(depth) });
    space
}

fn code(space: &Space) -> Option<i32> {
    space.command(space.path("build/dev/bin/project")).status().unwrap().code()
}

fn compilers(space: &Space) -> Vec<i32> {
    let all = space.processes().into_iter();
    all.filter(|(_, line)| line.contains("clang") && line.contains(" -c ")).map(|(pid, _)| pid).collect()
}

fn kill(pid: i32) {
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
}

#[test]
fn a_daemon_with_nothing_to_do_keeps_nobody_out() {
    let space = project(0);
    space.build(&[]).ok();
    let daemon = space.daemon();
    for (value, args) in [(2, &["--no-daemon"][..]), (3, &[]), (4, &["--no-daemon"]), (5, &["--no-daemon"]), (6, &[])] {
        space.write("answer.h", format!("#define ANSWER {value}\n"));
        let run = space.build(args).ok();
        assert_eq!((code(&space), run.count("ran")), (Some(value), 2), "{run}");
        for other in [&["--no-daemon"][..], &[]] {
            assert_eq!(space.build(other).ok().count("ran"), 0, "what one did is done for all");
        }
    }
    assert_eq!(space.daemon(), daemon);
    space.jmake(&["explain", "--no-daemon"]).ok().says("nothing would run");
}

#[test]
fn who_comes_while_another_process_builds_waits_and_finds_it_done() {
    let space = project(17);
    let mut first = space.start(&["build", "--json"]);
    first.wait_for_event("step_started");
    let mut second = space.start(&["build", "--json", "--no-daemon"]);
    let notice = second.wait_for_event("notice");
    let daemon = space.daemon().unwrap();
    assert_eq!(notice["text"], format!("waiting: process {daemon} works on this project"));
    first.finish().ok();
    assert_eq!(second.finish().ok().count("ran"), 0);
}

#[test]
fn who_waits_can_be_interrupted() {
    let space = project(150);
    let mut first = space.start(&["build", "--json"]);
    first.wait_for_event("step_started");
    let mut second = space.start(&["build", "--json", "--no-daemon"]);
    second.wait_for_event("notice");
    second.signal(Signal::INT);
    second.finish().exits(130);
    assert_eq!(compilers(&space).len(), 1, "the first one goes on");
    first.signal(Signal::INT);
    first.finish().exits(130);
}

#[test]
fn what_a_killed_daemon_left_running_does_not_write_into_the_next_build() {
    for no_daemon in [&[][..], &["--no-daemon"]] {
        let space = project(150);
        let mut build = space.start(&["build", "--json"]);
        build.wait_for_event("step_started");
        assert!(until(DEADLINE, || compilers(&space).len() == 1));
        let left = compilers(&space);
        let daemon = space.daemon().unwrap();
        // It would start another one.
        build.signal(Signal::STOP);
        [daemon, build.pid()].into_iter().for_each(kill);
        build.finish();
        assert_eq!(compilers(&space), left, "nobody is there to end it");
        space.write("slow.h", "");
        space.build(no_daemon).ok();
        assert_eq!((code(&space), compilers(&space)), (Some(1), vec![]));
        assert_eq!(space.leftovers(), [""; 0].map(std::path::PathBuf::from));
    }
}

#[test]
fn a_killed_compiler_leaves_nothing_beside_its_object() {
    let space = project(150);
    let build = space.start(&["build", "--json"]);
    let objects =
        || walkdir::WalkDir::new(space.path(".jmake_cache/obj")).into_iter().filter_map(Result::ok).filter(|it| it.file_type().is_file());
    let files = || objects().count();
    assert!(until(DEADLINE, || files() > 0), "it writes no temporary file");
    space.write("slow.h", "");
    compilers(&space).into_iter().for_each(kill);
    build.finish().ok();
    assert_eq!(files(), 1, "{:?}", objects().collect::<Vec<_>>());
}
