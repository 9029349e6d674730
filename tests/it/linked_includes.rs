//! Includes whose names climb out of directories, through symbolic links and not: what is recorded is the file that the compiler read.

use std::os::unix::fs::symlink;

use crate::support::{DEADLINE, Space, until};

const MAIN: (&str, &str) = ("src/main.c", "#include \"answer.h\"\nint main(void) { return ANSWER; }\n");

fn code(space: &Space) -> Option<i32> {
    space.command(space.path("build/dev/bin/project")).status().unwrap().code()
}

/// A program returns 1, and 2 after `change`: with a daemon that watches, one that knows what another left, and one that looks at everything.
fn check(files: &[(&str, &str)], prepare: impl Fn(&Space), change: impl Fn(&Space)) {
    for daemon in ["watches", "is new", "knows nothing"] {
        let space = Space::with(&[MAIN]);
        files.iter().for_each(|(path, text)| space.write(path, text));
        prepare(&space);
        space.build(&[]).ok();
        assert_eq!(code(&space), Some(1), "{daemon}");
        assert_eq!(space.build(&[]).ok().count("ran"), 0, "{daemon}");
        let watching = || space.jmake(&["status", "--json"]).object()["projects"][0]["watching"] == true;
        assert!(until(DEADLINE, watching), "it does not watch");
        if daemon != "watches" {
            space.jmake(&["daemon", "stop"]).ok();
        }
        if daemon == "knows nothing" {
            space.remove(".jmake_cache/stamps");
            std::fs::remove_dir_all(space.place("cache/jmake/snapshots")).unwrap();
        }
        change(&space);
        let run = space.build(&[]).ok();
        assert_eq!(code(&space), Some(2), "{daemon}: {run}");
        assert_eq!(space.build(&[]).ok().count("ran"), 0, "{daemon}");
    }
}

fn outside(space: &Space, path: &str, text: &str) {
    space.write(space.place(path), text);
}

#[test]
fn a_header_beside_where_a_link_leads() {
    check(
        &[("src/answer.h", "#include \"../inc/a.h\"\n"), ("common.h", "#define ANSWER 7\n")],
        |space| {
            outside(space, "ext/inc/a.h", "#include \"../common.h\"\n");
            outside(space, "ext/common.h", "#define ANSWER 1\n");
            symlink("../ext/inc", space.path("inc")).unwrap();
        },
        |space| outside(space, "ext/common.h", "#define ANSWER 2\n"),
    );
}

#[test]
fn the_link_leads_elsewhere() {
    check(
        &[("src/answer.h", "#include \"../inc/a.h\"\n")],
        |space| {
            for (place, text) in [("one", "#define ANSWER 1\n"), ("two", "#define ANSWER 2\n")] {
                outside(space, &format!("{place}/inc/a.h"), "#include \"../common.h\"\n");
                outside(space, &format!("{place}/common.h"), text);
            }
            symlink("../one/inc", space.path("inc")).unwrap();
        },
        |space| {
            space.remove("inc");
            symlink("../two/inc", space.path("inc")).unwrap();
        },
    );
}

#[test]
fn a_directory_becomes_a_link() {
    check(
        &[
            ("src/answer.h", "#include \"sub/a.h\"\n"),
            ("src/sub/a.h", "#include \"../common.h\"\n"),
            ("src/common.h", "#define ANSWER 1\n"),
        ],
        |space| outside(space, "ext/common.h", "#define ANSWER 2\n"),
        |space| {
            std::fs::rename(space.path("src/sub"), space.place("ext/sub")).unwrap();
            symlink("../../ext/sub", space.path("src/sub")).unwrap();
        },
    );
}

#[test]
fn a_name_that_climbs_is_looked_for_in_each_directory() {
    check(
        &[
            ("jmake.toml", "[compile]\ninclude_dirs = ['x/first', 'second']\n"),
            ("src/answer.h", "#include <../common.h>\n"),
            ("x/first/.keep", ""),
            ("second/.keep", ""),
            ("common.h", "#define ANSWER 1\n"),
        ],
        |_| {},
        |space| space.write("x/common.h", "#define ANSWER 2\n"),
    );
}

#[test]
fn a_header_comes_to_where_a_link_leads() {
    check(
        &[
            ("jmake.toml", "[compile]\ninclude_dirs = ['first', 'second']\n"),
            ("src/answer.h", "#include <common.h>\n"),
            ("second/common.h", "#define ANSWER 1\n"),
        ],
        |space| {
            outside(space, "ext/first/.keep", "");
            symlink("../ext/first", space.path("first")).unwrap();
        },
        |space| outside(space, "ext/first/common.h", "#define ANSWER 2\n"),
    );
}

#[test]
fn a_search_directory_beside_where_a_link_leads() {
    for flag in ["-Iinc/../first", "-I@/inc/../first"] {
        check(
            &[("src/answer.h", "#include <common.h>\n"), ("src/x.c", "int x;\n")],
            |space| {
                let flag = flag.replace('@', space.path("").to_str().unwrap().trim_end_matches('/'));
                space.write("jmake.toml", format!("[compile]\nflags = ['{flag}', '-Isecond']\n"));
                outside(space, "ext/inc/.keep", "");
                outside(space, "ext/first/.keep", "");
                symlink("../ext/inc", space.path("inc")).unwrap();
                space.write("second/common.h", "#define ANSWER 1\n");
            },
            |space| outside(space, "ext/first/common.h", "#define ANSWER 2\n"),
        );
    }
}
