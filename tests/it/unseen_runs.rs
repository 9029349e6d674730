//! Runs of jobs that a later build must know of although no named file tells: of processes that were killed, of builds that another one waited
//! for, of jobs that are described otherwise now. And readers that became readers without a word in their own text.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Run, Space, slow_header, until};

const LIMIT: Duration = Duration::from_secs(60);

/// Job `one` leaves a file that it does not declare, and `two` makes a header of that.
fn settings(outputs: &str) -> String {
    format!(
        "[project]\nname = 'p'\n\n[[jobs]]\nid = 'one'\ncallback = 'command'\ninputs = ['data/words.txt']\noutputs = {outputs}\n\
         args.argv = ['sh', 'one.sh']\n\n[[jobs]]\nid = 'two'\ncallback = 'command'\ninputs = ['gen/one.txt', 'extra.txt']\n\
         outputs = ['gen/two.h']\nargs.argv = ['sh', 'two.sh']\n"
    )
}

fn space() -> Space {
    Space::with(&[
        ("jmake.toml", &settings("['gen/one.txt', 'gen/one.h']")),
        ("one.sh", "cp data/words.txt gen/side.txt\necho same > gen/one.txt\necho '#define ONE 0' > gen/one.h\n"),
        ("two.sh", "echo \"#define TWO $(cat gen/side.txt)\" > gen/two.h\n"),
        ("data/words.txt", "1\n"),
        ("extra.txt", "a\n"),
        ("main.c", "#include \"gen/two.h\"\nint main(void) { return TWO; }\n"),
    ])
}

fn code(space: &Space) -> Option<i32> {
    space.command(space.path("build/dev/bin/p")).status().unwrap().code()
}

/// Waits until the next build asks what changed, and nothing else.
fn settled(space: &Space) {
    let watching = || space.jmake(&["status", "--json"]).object()["projects"][0]["watching"] == true;
    assert!(until(LIMIT, watching), "it does not watch");
}

fn built(space: &Space, args: &[&str]) -> (Option<i32>, Run) {
    let run = space.build(args).ok();
    (code(space), run)
}

#[test]
fn of_a_process_that_was_killed() {
    for args in [&[][..], &["--no-daemon"]] {
        let space = space();
        assert_eq!(built(&space, args).0, Some(1));
        space.write("data/words.txt", "2\n");
        let running = space.start(&[&["build"], args].concat());
        assert!(until(LIMIT, || space.read("gen/side.txt") == b"2\n"), "the job runs");
        let all = space.daemon().into_iter().chain([running.pid()]).chain(space.processes().into_iter().map(|(pid, _)| pid));
        for pid in all.filter_map(Pid::from_raw) {
            let _gone = kill_process(pid, Signal::KILL);
        }
        drop(running);
        space.write("data/words.txt", "1\n");
        let (value, run) = built(&space, args);
        assert_eq!(value, Some(1), "{args:?}: {run}");
        space.write("extra.txt", "b\n");
        let (value, run) = built(&space, args);
        assert_eq!(value, Some(1), "{args:?}: {run}");
    }
}

#[test]
fn of_a_job_that_named_its_outputs_otherwise() {
    for args in [&[][..], &["--no-daemon"]] {
        let space = space();
        assert_eq!(built(&space, args).0, Some(1));
        space.write("jmake.toml", settings("['gen/one.h', 'gen/one.txt']"));
        space.write("data/words.txt", "2\n");
        assert_eq!(built(&space, args).0, Some(2));
        space.write("jmake.toml", settings("['gen/one.txt', 'gen/one.h']"));
        space.write("data/words.txt", "1\n");
        let (value, run) = built(&space, args);
        assert_eq!(value, Some(1), "{args:?}: {run}");
        // Each time the records are read anew, none of another name may tell of the same files.
        space.write("jmake.toml", settings("['gen/one.txt']"));
        for value in 2..6 {
            space.write("data/words.txt", format!("{value}\n"));
            space.build(&["one", "--no-daemon"]).ok();
            let (found, run) = built(&space, &["--no-daemon"]);
            assert_eq!(found, Some(value), "{args:?}: {run}");
        }
    }
}

#[test]
fn of_a_process_that_was_waited_for() {
    let space = space();
    // The other process compiles the job's program for a while before it runs that.
    let maker = "#include \"slow.h\"\n#include <cstdlib>\nint main() { return system(\"sh one.sh\"); }\n";
    space.write("tools/slow.h", slow_header(18));
    space.write("tools/maker.cpp", maker);
    space.edit("jmake.toml", "['sh', 'one.sh']", "['maker']");
    let release = ["build", "--profile", "release", "-B", "build2", "--force", "--no-daemon"];
    space.jmake(&release).ok();
    assert_eq!(built(&space, &[]).0, Some(1));
    settled(&space);
    let other = space.start(&release);
    let compiles = |(_, line): &(i32, String)| line.contains("clang") && line.contains("maker.cpp");
    assert!(until(LIMIT, || space.processes().iter().any(compiles)), "the other process works");
    space.edit("main.c", "return TWO", "return TWO + 0 * 1");
    let mut narrow = space.start(&["build", "--json"]);
    narrow.wait_for(|line| line.contains("works on this project"));
    space.write("data/words.txt", "2\n");
    assert!(space.processes().iter().any(compiles), "the other process compiles still");
    other.finish().ok();
    narrow.finish().ok();
    space.write("data/words.txt", "1\n");
    let (value, run) = built(&space, &[]);
    assert_eq!(value, Some(1), "{run}");
}

#[test]
fn of_a_job_that_outlives_its_daemon_for_a_while() {
    let space = space();
    let script = "trap '' TERM INT\nwords=$(cat data/words.txt)\ntouch gen/begun\ntest $words = 1 || sleep 0.25\n\
                  echo $words > gen/side.txt\necho same > gen/one.txt\necho '#define ONE 0' > gen/one.h\n";
    space.write("one.sh", script);
    for round in 0..3 {
        space.write("data/words.txt", "1\n");
        assert_eq!(built(&space, &[]).0, Some(1), "round {round}");
        space.remove("gen/begun");
        space.write("data/words.txt", "2\n");
        let running = space.start(&["build"]);
        assert!(until(LIMIT, || space.exists("gen/begun")), "the job runs");
        let stopping = space.start(&["daemon", "stop"]);
        space.write("data/words.txt", "1\n");
        space.build(&["--no-daemon"]).ok();
        stopping.finish();
        running.finish();
        space.write("extra.txt", format!("{round}\n"));
        let (value, run) = built(&space, &["--no-daemon"]);
        assert_eq!(value, Some(1), "round {round}: {run}");
    }
}

#[test]
fn of_a_job_whose_output_is_spelled_from_the_root() {
    let space = space();
    space.edit("jmake.toml", "inputs = ['gen/one.txt', 'extra.txt']", "inputs = ['{{project.root}}/gen/one.txt', 'extra.txt']");
    for value in [1, 2, 1, 3] {
        space.write("data/words.txt", format!("{value}\n"));
        let (found, run) = built(&space, &[]);
        assert_eq!(found, Some(value), "{run}");
    }
}

#[test]
fn who_begins_to_read_what_a_job_makes_follows_it() {
    let space = space();
    let maker = "#define USE 0\n#if USE\n#include \"gen/one.h\"\n#endif\n#include <stdio.h>\nint main(void) {\n    char text[9] = {0};\n    \
                 FILE *in = fopen(\"gen/side.txt\", \"r\"), *out = fopen(\"gen/two.h\", \"w\");\n    \
                 fprintf(out, \"#define TWO %s\", in ? fgets(text, 9, in) : \"0\\n\");\n    return fclose(out);\n}\n";
    space.write("tools/maker.c", maker);
    space.write("other.c", "#include \"gen/one.h\"\nint other(void) { return ONE; }\n");
    space.edit("jmake.toml", "inputs = ['gen/one.txt', 'extra.txt']", "inputs = []");
    space.edit("jmake.toml", "['sh', 'two.sh']", "['maker']");
    space.build(&[]).ok();
    settled(&space);
    space.edit("tools/maker.c", "USE 0", "USE 1");
    space.build(&[]).ok();
    settled(&space);
    for value in [2, 3] {
        space.write("data/words.txt", format!("{value}\n"));
        let (found, run) = built(&space, &[]);
        assert_eq!(found, Some(value), "{run}");
    }
}

#[test]
fn a_directory_that_is_searched_for_the_first_time_is_watched() {
    let mut space = Space::with(&[
        ("other.c", "#include <sub/one.h>\nint other(void) { return ONE; }\n"),
        (
            "main.c",
            "#define USE 0\n#include <q/h.h>\nint other(void);\n#ifndef ONE\n#define ONE 7\n#endif\nint main(void) { return ONE * 10 + other(); }\n",
        ),
    ]);
    for dir in ["tmp/a/q/sub", "tmp/b/sub"] {
        std::fs::create_dir_all(space.place(dir)).unwrap();
    }
    std::fs::write(space.place("tmp/a/q/h.h"), "#if USE\n#include \"sub/one.h\"\n#endif\n").unwrap();
    std::fs::write(space.place("tmp/b/sub/one.h"), "#define ONE 1\n").unwrap();
    space.set("CPATH", std::env::join_paths([space.place("tmp/a"), space.place("tmp/b")]).unwrap());
    let said = |space: &Space| {
        let run = space.build(&[]).ok();
        space.command(space.path(&run.artifacts()[0])).status().unwrap().code()
    };
    assert_eq!([said(&space), said(&space)], [Some(71); 2]);
    space.edit("main.c", "USE 0", "USE 1");
    assert_eq!([said(&space), said(&space)], [Some(11); 2]);
    std::fs::write(space.place("tmp/a/q/sub/one.h"), "#define ONE 2\n").unwrap();
    assert_eq!(said(&space), Some(21));
}

#[test]
fn of_one_that_always_fails_others_do_not_run_again() {
    let space = space();
    let fails = "\n[[jobs]]\nid = 'fails'\ncallback = 'command'\ninputs = []\noutputs = ['gen/never.txt']\nargs.argv = ['false']\n";
    let run = built(&space, &["--no-daemon"]).1;
    assert_eq!(run.steps("job", "ran").len(), 2, "{run}");
    space.write("jmake.toml", settings("['gen/one.txt', 'gen/one.h']") + fails);
    for _ in 0..3 {
        let run = space.build(&["--no-daemon", "--keep-going"]).exits(1);
        assert_eq!(run.steps("job", "ran"), [""; 0], "{run}");
    }
}
