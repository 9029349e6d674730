//! `jmake watch`: every save is built, none twice, and what is said to be done is what was saved last.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::{DEADLINE, Running, Space, slow_header, until};

/// A program whose exit code is what its header says.
fn project() -> Space {
    Space::with(&[
        ("src/main.c", "#include \"value.h\"\nint other(void);\nint main(void) { return VALUE + other(); }\n"),
        ("src/other.c", "int other(void) { return 0; }\n"),
        ("src/value.h", "#define VALUE 1\n"),
    ])
}

fn code(space: &Space) -> Option<i32> {
    space.command(space.path("build/dev/bin/project")).status().ok()?.code()
}

fn set(space: &Space, value: i32) {
    space.write("src/value.h", format!("#define VALUE {value}\n"));
}

/// A watch whose first build has succeeded.
fn watching(space: &Space, args: &[&str]) -> Running {
    let mut watch = space.start(&[&["watch", "--json"], args].concat());
    watch.wait_for_event("watch_started");
    assert_eq!(watch.wait_for_event("build_finished")["success"], true);
    watch
}

/// The next build that ends, one that was outdated before its end aside.
fn built(watch: &mut Running) -> Value {
    loop {
        let finished = watch.wait_for_event("build_finished");
        if finished["exit_code"] != 130 {
            return finished;
        }
    }
}

fn succeeds(watch: &mut Running) {
    let finished = built(watch);
    assert_eq!(finished["success"], true, "{finished}");
}

/// Ends it as Ctrl-C does; its builds that began, and those that ended other than outdated.
fn stopped(watch: Running) -> (Vec<Value>, Vec<Value>) {
    watch.signal(Signal::INT);
    let run = watch.finish().exits(130);
    let finished = run.events_of("build_finished").into_iter().filter(|event| event["exit_code"] != 130);
    (run.events_of("build_started"), finished.collect())
}

/// How an editor saves a text.
type Way<'a> = (&'a str, &'a dyn Fn(&str));

#[test]
fn each_way_to_save_is_one_build() {
    let space = project();
    let mut watch = watching(&space, &[]);
    let file = space.path("src/value.h");
    let beside = |name: &str| space.path("src").join(name);
    let text = |value: i32| format!("#define VALUE {value}\n");
    let ways: [Way<'_>; 6] = [
        ("written", &|text| fs::write(&file, text).unwrap()),
        ("renamed onto it", &|text| {
            fs::write(beside(".value.h.tmp"), text).unwrap();
            fs::rename(beside(".value.h.tmp"), &file).unwrap();
        }),
        ("removed and created", &|text| {
            fs::remove_file(&file).unwrap();
            fs::write(&file, text).unwrap();
        }),
        ("as vim does", &|text| {
            fs::write(beside(".value.h.swp"), "swap").unwrap();
            fs::write(beside("4913"), "").unwrap();
            fs::remove_file(beside("4913")).unwrap();
            fs::rename(&file, beside("value.h~")).unwrap();
            fs::write(&file, text).unwrap();
            fs::remove_file(beside("value.h~")).unwrap();
        }),
        ("in pieces", &|text| {
            fs::write(&file, "").unwrap();
            for byte in text.bytes() {
                use std::io::Write;
                fs::File::options().append(true).open(&file).unwrap().write_all(&[byte]).unwrap();
            }
        }),
        ("as emacs does", &|text| {
            std::os::unix::fs::symlink("me@here:1", beside(".#value.h")).unwrap();
            fs::write(beside("#value.h#"), "unsaved").unwrap();
            fs::copy(&file, beside("value.h~")).unwrap();
            fs::write(&file, text).unwrap();
            fs::remove_file(beside("#value.h#")).unwrap();
            fs::remove_file(beside(".#value.h")).unwrap();
        }),
    ];
    let count = ways.len();
    for ((how, save), value) in ways.into_iter().zip(2..) {
        save(&text(value));
        let changed = watch.wait_for_event("file_changed");
        assert_eq!(changed["paths"], serde_json::json!(["src/value.h"]), "{how}");
        succeeds(&mut watch);
        assert_eq!(code(&space), Some(value), "{how}");
    }
    let (started, _) = stopped(watch);
    assert_eq!(started.len(), count + 1);
}

#[test]
fn what_nobody_reads_is_no_reason() {
    let space = project();
    let mut watch = watching(&space, &["--exec", "touch src/made-by-the-program.log"]);
    for name in ["README.md", "src/notes.txt", "src/.main.c.swp", "src/4913", "build/own.txt", "src/main.c.orig"] {
        space.write(name, "x");
    }
    assert!(until(DEADLINE, || space.exists("src/made-by-the-program.log")));
    set(&space, 2);
    assert_eq!(watch.wait_for_event("file_changed")["paths"], serde_json::json!(["src/value.h"]));
    succeeds(&mut watch);
    assert_eq!(stopped(watch).0.len(), 2);
}

#[test]
fn files_come_and_go() {
    let space = project();
    let mut watch = watching(&space, &[]);
    space.write("src/more/deep/third.c", "int third(void) { return 5; }\n");
    space.write("src/other.c", "int third(void);\nint other(void) { return third(); }\n");
    assert!(until(DEADLINE, || {
        succeeds_or_fails(&mut watch);
        code(&space) == Some(6)
    }));
    space.remove("src/more");
    space.write("src/other.c", "int other(void) { return 7; }\n");
    assert!(until(DEADLINE, || {
        succeeds_or_fails(&mut watch);
        code(&space) == Some(8)
    }));
    let (_, finished) = stopped(watch);
    assert_eq!(finished.last().unwrap()["success"], true);
}

fn succeeds_or_fails(watch: &mut Running) {
    let _either = built(watch);
}

#[test]
fn errors_are_mended_whatever_they_were() {
    let space = project();
    space.write("jmake.toml", "[compile]\nflags = 3\n");
    let mut watch = space.start(&["watch", "--json"]);
    assert_eq!(built(&mut watch)["exit_code"], 2);
    space.write("jmake.toml", "");
    succeeds(&mut watch);
    // A name of no known kind that is looked for in vain.
    space.write("src/other.c", "int other(void) { return\n#include \"table.inc\"\n; }\n");
    assert!(watch.wait_for_event("build_error")["first"].as_str().unwrap().contains("table.inc"));
    assert_eq!(built(&mut watch)["exit_code"], 1);
    space.write("src/table.inc", "4");
    succeeds(&mut watch);
    assert_eq!(code(&space), Some(5));
    space.write("src/value.h", "#error no\n");
    assert_eq!(built(&mut watch)["exit_code"], 1);
    set(&space, 1);
    succeeds(&mut watch);
    assert_eq!(code(&space), Some(5));
    stopped(watch);
}

/// So long an event may be on its way to this test.
const ON_ITS_WAY: Duration = Duration::from_millis(300);

#[test]
fn a_hundred_saves_in_two_seconds() {
    let space = project();
    // Long enough for many saves during one build.
    space.write("src/slow.h", slow_header(16));
    space.edit("src/main.c", "int other", "#include \"slow.h\"\nint other");
    let mut watch = watching(&space, &[]);
    let saves = std::sync::Mutex::new(Vec::new());
    let mut builds = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| save_a_hundred_times(&space, &saves));
        let mut began = Instant::now();
        let mut succeeded = false;
        while !(succeeded && saves.lock().unwrap().len() == 100 && code(&space) == Some(100)) {
            let line = watch.wait_for(|line| line.contains("build_started") || line.contains("build_finished"));
            let event: Value = serde_json::from_str(&line).unwrap();
            if event["type"] == "build_started" {
                (began, builds) = (Instant::now(), builds + 1);
            }
            succeeded = event["success"] == true;
            let outdated = |save: &Instant| *save > began && save.elapsed() > ON_ITS_WAY;
            assert!(!succeeded || !saves.lock().unwrap().iter().any(outdated), "what was saved {ON_ITS_WAY:?} ago is not in it: {event}");
        }
    });
    assert!(builds > 1, "it was built meanwhile");
    let (_, finished) = stopped(watch);
    assert_eq!(finished.last().unwrap()["success"], true, "and that was the last of it");
    assert_eq!(code(&space), Some(100));
}

fn save_a_hundred_times(space: &Space, saves: &std::sync::Mutex<Vec<Instant>>) {
    let begin = Instant::now();
    for value in 1..=100 {
        set(space, value);
        saves.lock().unwrap().push(Instant::now());
        let next = begin + Duration::from_millis(20) * u32::try_from(value).unwrap();
        // The pace of the saves is what this is about.
        until(next.saturating_duration_since(Instant::now()), || false);
    }
}

#[test]
fn more_than_the_queue_holds() {
    let space = project();
    let mut watch = watching(&space, &[]);
    let queue: usize = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap().trim().parse().unwrap();
    let daemon = Pid::from_raw(space.daemon().unwrap()).unwrap();
    kill_process(daemon, Signal::STOP).unwrap();
    for number in 0..queue {
        let noise = space.path(format!("src/{}.txt", number % 100));
        fs::write(&noise, "x").unwrap();
        fs::remove_file(&noise).unwrap();
    }
    // This one finds the queue full.
    set(&space, 9);
    kill_process(daemon, Signal::CONT).unwrap();
    succeeds(&mut watch);
    assert_eq!(code(&space), Some(9));
    // And it hears again.
    set(&space, 10);
    succeeds(&mut watch);
    assert_eq!(code(&space), Some(10));
    stopped(watch);
}

#[test]
fn hooks_and_a_program_run_in_the_client() {
    let mut space = project();
    let (log, pids) = (space.place("tmp/hooks"), space.place("tmp/pids"));
    let lines = |path: &Path| fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect::<Vec<_>>();
    space.set("OF_THE_CLIENT", "seen");
    space.write(
        "jmake.toml",
        format!(
            "[hooks]\non_success = ['sh', '-c', 'echo good $OF_THE_CLIENT >> {0}']\non_failure = ['sh', '-c', 'echo bad >> {0}']\n",
            log.display()
        ),
    );
    // Its child does not end when it is asked to.
    space.write(
        "serve.sh",
        format!("(trap '' TERM; while :; do tail -f /dev/null; done) &\necho $$ >> {}\nexec tail -f /dev/null\n", pids.display()),
    );
    let mut watch = watching(&space, &["--exec", "sh  serve.sh"]);
    assert!(until(DEADLINE, || lines(&pids).len() == 1 && lines(&log) == ["good seen"]), "{:?} {:?}", lines(&pids), lines(&log));
    space.write("src/value.h", "#error no\n");
    assert_eq!(built(&mut watch)["success"], false);
    assert!(until(DEADLINE, || lines(&log) == ["good seen", "bad"]), "{:?}", lines(&log));
    assert_eq!(lines(&pids).len(), 1, "a failure leaves it alone");
    set(&space, 3);
    succeeds(&mut watch);
    assert!(until(DEADLINE, || lines(&pids).len() == 2 && lines(&log).len() == 3), "{:?} {:?}", lines(&pids), lines(&log));
    let first: i32 = lines(&pids)[0].parse().unwrap();
    assert!(space.processes().iter().all(|(pid, _)| *pid != first), "the old one is gone: {:?}", space.processes());
    stopped(watch);
    let left: Vec<_> = space.processes().into_iter().filter(|(_, line)| !line.contains("jmake-actors")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn ctrl_c_ends_the_build_too() {
    let space = project();
    let mut watch = watching(&space, &[]);
    space.write("src/slow.h", slow_header(150));
    space.write("src/other.c", "#include \"slow.h\"\nint other(void) { return 0; }\n");
    let compilers = || space.processes().into_iter().filter(|(_, line)| line.contains("clang")).count();
    assert!(until(DEADLINE, || compilers() > 0));
    watch.signal(Signal::INT);
    watch.wait_for_event("build_finished");
    watch.finish().exits(130);
    assert!(until(DEADLINE, || compilers() == 0));
    assert_eq!(space.jmake(&["status", "--json"]).object()["builds"], serde_json::json!([]));
}

#[test]
fn a_save_ends_the_build_that_it_outdates() {
    let space = project();
    let mut watch = watching(&space, &[]);
    space.write("src/slow.h", slow_header(150));
    space.write("src/other.c", "#include \"slow.h\"\nint other(void) { return 0; }\n");
    let compilers = || space.processes().into_iter().filter(|(_, line)| line.contains("clang")).count();
    assert!(until(DEADLINE, || compilers() > 0));
    space.write("src/slow.h", "");
    let outdated = watch.wait_for_event("build_finished");
    assert_eq!((&outdated["success"], &outdated["exit_code"]), (&false.into(), &130.into()));
    succeeds(&mut watch);
    assert_eq!(code(&space), Some(1));
    stopped(watch);
}

#[test]
fn a_lost_daemon_is_replaced_and_a_stopped_one_is_not() {
    let space = project();
    let mut watch = watching(&space, &[]);
    for value in 2..5 {
        kill_process(Pid::from_raw(space.daemon().unwrap()).unwrap(), Signal::KILL).unwrap();
        succeeds(&mut watch);
        set(&space, value);
        succeeds(&mut watch);
        assert_eq!(code(&space), Some(value));
    }
    space.jmake(&["daemon", "stop"]).ok();
    watch.finish().exits(4).says("the daemon was stopped");
}

#[test]
fn where_nothing_is_heard_all_is_looked_at() {
    let space = project();
    // A file system that tells of no changes.
    space.write("jmake.toml", "[compile]\ninclude_dirs = ['/proc/sys/fs']\n");
    let mut watch = space.start(&["watch", "--json"]);
    watch.wait_for(|line| line.contains("cannot be watched"));
    succeeds(&mut watch);
    set(&space, 2);
    succeeds(&mut watch);
    assert_eq!(code(&space), Some(2));
    space.write("src/third.c", "int third(void) { return 3; }\n");
    space.write("src/other.c", "int third(void);\nint other(void) { return third(); }\n");
    while code(&space) != Some(5) {
        succeeds_or_fails(&mut watch);
    }
    stopped(watch);
}

#[test]
fn without_a_daemon_and_by_its_old_name() {
    let space = project();
    let mut watch = space.start(&["build", "--watch", "--no-daemon", "--json"]);
    succeeds(&mut watch);
    set(&space, 2);
    succeeds(&mut watch);
    assert_eq!(code(&space), Some(2));
    stopped(watch);
    assert!(until(DEADLINE, || space.processes().is_empty()), "{:?}", space.processes());
}

/// On a terminal: what is on the screen is of the last build alone.
#[test]
fn each_build_has_a_fresh_screen_from_which_errors_go_when_they_are_mended() {
    const CLEAR: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H";
    let space = project();
    let mut terminal = space.command("script");
    terminal.args(["-qfec", &format!("{} watch", env!("CARGO_BIN_EXE_jmake")), "/dev/null"]).env("TERM", "xterm");
    let mut watch = Running::start(terminal);
    let screen = std::cell::RefCell::new(String::new());
    // What is left of everything since the screen was cleared for the last time, once a build is done.
    let shown = |watch: &mut Running| {
        watch.wait_for(|line| {
            let mut screen = screen.borrow_mut();
            *screen = line.rsplit_once(CLEAR).map_or_else(|| format!("{screen}{line}"), |(_, fresh)| fresh.to_owned());
            screen.contains("watching for changes")
        });
        screen.take()
    };
    let first = shown(&mut watch);
    assert!(!first.contains("error"), "{first:?}");
    space.write("src/value.h", "#error not yet\n");
    let broken = shown(&mut watch);
    assert!(broken.contains("not yet") && broken.contains("changed: src/value.h"), "{broken:?}");
    space.write("src/other.c", "int other(void) { return 1; }\n");
    let still = shown(&mut watch);
    assert!(still.contains("not yet") && !still.contains("changed: src/value.h"), "{still:?}");
    set(&space, 4);
    let mended = shown(&mut watch);
    assert!(!mended.contains("not yet") && !mended.contains("error"), "{mended:?}");
    assert_eq!(code(&space), Some(5));
    space.jmake(&["daemon", "stop"]).ok();
    watch.finish();
}
