//! Jobs may read what they do not declare: one that reads what another makes runs again whenever that one ran, equal content or not.

use crate::support::Space;

/// Job `one` makes what it declares, always the same, and a file that it does not declare; job `two` reads both.
const FILES: &[(&str, &str)] = &[
    (
        "jmake.toml",
        r#"
[project]
name = "p"

[[jobs]]
id = "one"
callback = "command"
inputs = ["data/words.txt"]
outputs = ["gen/one.txt", "gen/one.h"]
args.argv = ["sh", "one.sh"]

[[jobs]]
id = "two"
callback = "command"
inputs = ["gen/one.txt"]
outputs = ["gen/two.h"]
args.argv = ["sh", "two.sh"]
"#,
    ),
    ("one.sh", "cp data/words.txt gen/side.txt\necho same > gen/one.txt\necho '#define ONE 0' > gen/one.h\ntest ! -e fails\n"),
    ("two.sh", "{ cat gen/one.txt | sed 's|.*|// &|'; echo \"#define TWO $(cat gen/side.txt)\"; } > gen/two.h\n"),
    ("data/words.txt", "1\n"),
    ("main.c", "#include \"gen/two.h\"\n#include \"gen/one.h\"\nint main(void) { return TWO + ONE; }\n"),
    ("other.c", "#include \"gen/one.h\"\nint other(void) { return ONE; }\n"),
];

fn code(space: &Space) -> Option<i32> {
    space.command(space.path("build/dev/bin/p")).status().unwrap().code()
}

/// With a daemon that watches, with a new one for each build, and with none.
fn each_way(check: impl Fn(&Space, &dyn Fn() -> crate::support::Run)) {
    for daemon in ["watches", "is new", "is none"] {
        let space = Space::with(FILES);
        let build = || {
            let args: &[&str] = if daemon == "is none" { &["--no-daemon"] } else { &[] };
            let run = space.build(args);
            if daemon == "is new" {
                space.jmake(&["daemon", "stop"]);
            }
            run
        };
        build().ok();
        assert_eq!((code(&space), build().ok().count("ran")), (Some(1), 0), "{daemon}");
        check(&space, &build);
        assert_eq!(build().ok().count("ran"), 0, "{daemon}");
    }
}

fn jobs(run: &crate::support::Run) -> Vec<String> {
    run.steps("job", "ran")
}

#[test]
fn what_a_job_makes_with_equal_content_is_made_anew_for_jobs_and_not_for_compiles() {
    each_way(|space, build| {
        for value in [2, 3] {
            space.write("data/words.txt", format!("{value}\n"));
            let run = build().ok();
            assert_eq!(jobs(&run), ["gen/one.txt", "gen/two.h"], "{run}");
            // Neither reads anything else than it did: `gen/one.h` is as it was.
            assert_eq!(run.steps("compile", "ran"), ["main.c"], "{run}");
            assert_eq!(code(space), Some(value));
        }
        // Back at what was there before: the file that is not declared is not. Faster than what a build leaves is arranged.
        for value in [2, 3, 2, 3] {
            space.write("data/words.txt", format!("{value}\n"));
            let run = build().ok();
            assert_eq!(code(space), Some(value), "{run}");
        }
    });
}

#[test]
fn a_job_that_failed_may_have_changed_what_it_does_not_declare() {
    each_way(|space, build| {
        space.write("data/words.txt", "7\n");
        space.write("fails", "");
        build().exits(1);
        space.write("data/words.txt", "1\n");
        space.remove("fails");
        let run = build().ok();
        assert_eq!(jobs(&run), ["gen/one.txt", "gen/two.h"], "{run}");
        assert_eq!(code(space), Some(1));
    });
}

#[test]
fn a_job_that_ran_in_another_build_ran() {
    // In one that failed later, in one of another profile, and in another process.
    for others in [&["build"][..], &["build", "--profile", "release"], &["build", "--no-daemon"]] {
        each_way(|space, build| {
            space.write("data/words.txt", "2\n");
            space.edit("main.c", "return", "return broken");
            space.jmake(others).exits(1);
            space.write("data/words.txt", "1\n");
            space.edit("main.c", "return broken", "return");
            let run = build().ok();
            assert_eq!((jobs(&run), code(space)), (vec!["gen/one.txt".to_owned(), "gen/two.h".to_owned()], Some(1)), "{others:?}: {run}");
        });
    }
}

#[test]
fn taint_goes_through_what_is_compiled() {
    each_way(|space, build| {
        // What `two` runs is a program that is made of what `one` makes.
        space.edit("jmake.toml", r#"inputs = ["gen/one.txt"]"#, "inputs = []");
        space.edit("jmake.toml", r#"args.argv = ["sh", "two.sh"]"#, r#"args.argv = ["maker"]"#);
        let maker = r##"#include "gen/one.h"
#include <stdio.h>
int main(void) {
    char text[9] = {0};
    FILE *in = fopen("gen/side.txt", "r"), *out = fopen("gen/two.h", "w");
    fprintf(out, "#define TWO %s", fgets(text, 9, in));
    return fclose(out) || ONE;
}
"##;
        space.write("tools/maker.c", maker);
        build().ok();
        assert_eq!((code(space), build().ok().count("ran")), (Some(1), 0));
        for value in [4, 5] {
            space.write("data/words.txt", format!("{value}\n"));
            let run = build().ok();
            assert_eq!(jobs(&run), ["gen/one.txt", "gen/two.h"], "{run}");
            assert_eq!(run.steps("compile", "ran"), ["main.c"], "{run}");
            assert_eq!(code(space), Some(value));
        }
    });
}
