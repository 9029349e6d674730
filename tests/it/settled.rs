//! Changes that a watching daemon must hear of, and those that it need not: after each, the next build is right, and the one after it runs
//! nothing.

use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{DEADLINE, Space, until};

/// A program whose exit code is what its sources say.
fn project() -> Space {
    Space::with(&[
        ("jmake.toml", "[compile]\ninclude_dirs = ['first', 'second']\n"),
        ("src/main.c", "#include \"own.h\"\n#include \"answer.h\"\nint other(void);\nint main(void) { return ANSWER + OWN + other(); }\n"),
        ("src/own.h", "#define OWN 0\n"),
        ("src/other.c", "int other(void) { return 0; }\n"),
        ("second/answer.h", "#define ANSWER 1\n"),
        ("first/.keep", ""),
    ])
}

/// Waits until the daemon says that it hears of changes.
fn settle(space: &Space) {
    space.build(&[]).ok();
    let watching = || space.jmake(&["status", "--json"]).object()["projects"][0]["watching"] == true;
    assert!(until(DEADLINE, watching), "it does not watch");
}

fn code(space: &Space) -> Option<i32> {
    space.command(space.path("build/dev/bin/project")).status().unwrap().code()
}

/// The program's exit code after a change, and how many steps ran: while a daemon watches, and when one comes back later.
fn check(change: impl Fn(&Space), expect: i32, ran: u64) {
    check_in(project, change, expect, ran);
}

fn check_in(project: impl Fn() -> Space, change: impl Fn(&Space), expect: i32, ran: u64) {
    check_live(&project(), &change, expect, ran);
    let space = project();
    settle(&space);
    space.jmake(&["daemon", "stop"]).ok();
    check_change(&space, &change, expect, ran);
}

fn check_live(space: &Space, change: impl Fn(&Space), expect: i32, ran: u64) {
    settle(space);
    check_change(space, change, expect, ran);
}

fn check_change(space: &Space, change: impl Fn(&Space), expect: i32, ran: u64) {
    assert_eq!(code(space), Some(1));
    change(space);
    let run = space.build(&[]).ok();
    assert_eq!((code(space), run.count("ran")), (Some(expect), ran), "{run}");
    assert_eq!(space.build(&[]).ok().count("ran"), 0, "and then all is done");
}

#[test]
fn nothing_changed() {
    let space = project();
    settle(&space);
    let (first, second) = (space.build(&[]).ok(), space.build(&["--force"]).ok());
    assert_eq!(first.artifacts(), second.artifacts());
    assert_eq!((first.count("up_to_date"), first.count("total")), (second.count("total"), second.count("total")));
}

#[test]
fn a_source_or_header_is_edited() {
    check(|space| space.write("src/own.h", "#define OWN 2\n"), 3, 2);
    check(|space| space.edit("src/other.c", "0", "4"), 5, 4);
    check(|space| space.write("second/answer.h", "#define ANSWER 7\n"), 7, 2);
}

#[test]
fn editors_save_in_their_ways() {
    let save = |space: &Space, how: &dyn Fn(&Path, &Path)| {
        let (place, beside) = (space.path("src/own.h"), space.path("src/4913"));
        std::fs::write(&beside, "#define OWN 2\n").unwrap();
        how(&place, &beside);
    };
    check(|space| save(space, &|place, beside| std::fs::rename(beside, place).unwrap()), 3, 2);
    let delete_and_create = |place: &Path, beside: &Path| {
        std::fs::remove_file(place).unwrap();
        std::fs::copy(beside, place).unwrap();
        std::fs::remove_file(beside).unwrap();
    };
    check(|space| save(space, &delete_and_create), 3, 2);
    let backup = |place: &Path, beside: &Path| {
        std::fs::rename(place, place.with_extension("h~")).unwrap();
        std::fs::rename(beside, place).unwrap();
    };
    check(|space| save(space, &backup), 3, 2);
    check(|space| save(space, &|_, beside| std::fs::remove_file(beside).unwrap()), 1, 0);
}

#[test]
fn a_touch_is_no_change() {
    check(|space| space.write("src/main.c", space.read("src/main.c")), 1, 0);
}

#[test]
fn a_header_appears_where_it_is_found_first() {
    check(|space| space.write("first/answer.h", "#define ANSWER 5\n"), 5, 2);
    check(|space| space.write("src/answer.h", "#define ANSWER 6\n"), 6, 2);
}

#[test]
fn sources_come_go_and_move() {
    check(|space| space.write("src/more.c", "int more;\n"), 1, 4);
    let rename = |space: &Space| {
        std::fs::create_dir(space.path("lib")).unwrap();
        std::fs::rename(space.path("src/other.c"), space.path("lib/renamed.c")).unwrap();
    };
    check(rename, 1, 3);
    let space = project();
    settle(&space);
    space.remove("src/other.c");
    space.build(&[]).exits(1).says("other");
    space.write("src/other.c", "int other(void) { return 8; }\n");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(9));
}

#[test]
fn a_directory_is_replaced() {
    let replace = |space: &Space| {
        std::fs::rename(space.path("second"), space.path("old")).unwrap();
        space.write("second/answer.h", "#define ANSWER 4\n");
    };
    check(replace, 4, 2);
}

#[test]
fn a_link_leads_elsewhere() {
    let linked = || {
        let space = project();
        space.remove("second");
        for (dir, value) in [("v1", 1), ("v2", 2)] {
            std::fs::create_dir_all(space.place("tmp").join(dir)).unwrap();
            std::fs::write(space.place("tmp").join(dir).join("answer.h"), format!("#define ANSWER {value}\n")).unwrap();
        }
        symlink(space.place("tmp/v1"), space.path("second")).unwrap();
        space
    };
    let turn = |space: &Space| {
        std::fs::remove_file(space.path("second")).unwrap();
        symlink(space.place("tmp/v2"), space.path("second")).unwrap();
    };
    check_in(linked, turn, 2, 2);
}

#[test]
fn a_file_behind_a_link_is_edited() {
    let linked = || {
        let space = project();
        space.remove("src/own.h");
        std::fs::write(space.place("tmp/real.h"), "#define OWN 0\n").unwrap();
        symlink(space.place("tmp/real.h"), space.path("src/own.h")).unwrap();
        space
    };
    check_in(linked, |space| std::fs::write(space.place("tmp/real.h"), "#define OWN 2\n").unwrap(), 3, 2);
}

#[test]
fn a_new_daemon_believes_the_last_one_if_nothing_changed() {
    let mut space = project();
    space.set("JMAKE_LOG", "debug");
    let artifacts = space.build(&[]).ok().artifacts();
    settle(&space);
    let believed = |space: &Space| space.log().matches("the last process left still holds").count();
    for (round, wait) in [(1, false), (2, true), (3, false)] {
        space.jmake(&["daemon", "stop"]).ok();
        let run = space.build(&[]).ok();
        assert_eq!((run.count("ran"), run.count("up_to_date") > 0, believed(&space)), (0, true, round), "{run}");
        assert_eq!(run.artifacts(), artifacts);
        if wait {
            settle(&space);
        }
    }
    space.write("src/own.h", "#define OWN 2\n");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(3));
}

#[test]
fn what_a_killed_daemon_did_is_not_taken_for_what_an_earlier_one_wrote_down() {
    let space = project();
    settle(&space);
    space.jmake(&["daemon", "stop"]).ok();
    space.write("src/own.h", "#define OWN 2\n");
    space.build(&[]).ok();
    kill_process(Pid::from_raw(space.daemon().unwrap()).unwrap(), Signal::KILL).unwrap();
    space.write("src/own.h", "#define OWN 0\n");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(1));
}

#[test]
fn a_file_is_edited_under_another_of_its_names() {
    let twin = || {
        let space = project();
        std::fs::hard_link(space.path("src/own.h"), space.place("tmp/twin.h")).unwrap();
        space
    };
    check_in(twin, |space| std::fs::write(space.place("tmp/twin.h"), "#define OWN 2\n").unwrap(), 3, 2);
}

#[test]
fn settings_and_flags_change() {
    check(|space| space.write("jmake.toml", "[compile]\ninclude_dirs = ['second']\ndefines = { X = '1' }\n"), 1, 2);
    let mut space = project();
    settle(&space);
    space.set("CFLAGS", "-DANSWER=9 -Wno-macro-redefined");
    space.write("second/answer.h", "");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(9));
}

#[test]
fn outputs_are_taken_away_or_spoilt() {
    check(|space| space.remove("build/dev/bin/project"), 1, 0);
    check(|space| space.write("build/dev/bin/project", "spoilt"), 1, 0);
    check(|space| space.remove("build"), 1, 0);
    check(|space| std::fs::rename(space.path("build"), space.path("moved")).unwrap(), 1, 0);
    check(|space| space.remove(".jmake_cache/obj"), 1, 0);
    let space = project();
    settle(&space);
    space.remove("build/compile_commands.json");
    space.build(&[]).ok();
    assert!(space.exists("build/compile_commands.json"));
}

#[test]
fn what_is_ignored_changes() {
    check(
        |space| {
            space.write("src/more.c", "int more;\n");
            space.write(".gitignore", "more.c\n");
        },
        1,
        0,
    );
}

#[test]
fn an_edit_that_fails_and_its_mending() {
    let space = project();
    settle(&space);
    space.write("src/other.c", "int other(void) { return x; }\n");
    space.build(&[]).exits(1).says("undeclared");
    space.build(&[]).exits(1).says("undeclared");
    space.write("src/own.h", "#define OWN 5\n");
    space.write("src/other.c", "int other(void) { return 0; }\n");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(6));
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn more_happens_than_the_queue_holds() {
    let flood = |space: &Space| {
        let daemon = Pid::from_raw(space.daemon().unwrap()).unwrap();
        kill_process(daemon, Signal::STOP).unwrap();
        let limit: usize = std::fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap().trim().parse().unwrap();
        let files = ["src/x.txt", "src/y.txt"].map(|name| std::fs::File::create(space.path(name)).unwrap());
        for n in 0..=limit {
            std::io::Write::write_all(&mut &files[n % 2], b"x").unwrap();
        }
        space.write("src/own.h", "#define OWN 2\n");
        kill_process(daemon, Signal::CONT).unwrap();
    };
    check_live(&project(), flood, 3, 2);
}

#[test]
fn a_header_that_is_read_for_the_first_time_is_heard_from_then_on() {
    let mut space = project();
    let outside = space.place("tmp/outside");
    std::fs::create_dir(&outside).unwrap();
    let extra = |value: i32| std::fs::write(outside.join("extra.h"), format!("#define EXTRA {value}\n")).unwrap();
    extra(3);
    space.set("CPATH", &outside);
    space.write(
        "src/main.c",
        "#include \"own.h\"\n#if OWN\n#include <extra.h>\n#else\n#define EXTRA 0\n#endif\nint main(void) { return EXTRA; }\n",
    );
    settle(&space);
    space.write("src/own.h", "#define OWN 1\n");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(3));
    for value in 4..7 {
        extra(value);
        space.build(&[]).ok();
        assert_eq!(code(&space), Some(value));
        assert_eq!(space.build(&[]).ok().count("ran"), 0);
    }
}

#[test]
fn a_header_appears_behind_a_link_to_a_searched_directory() {
    let mut space = project();
    let place = |name: &str| space.place("tmp").join(name);
    ["v1", "later"].iter().for_each(|dir| std::fs::create_dir(place(dir)).unwrap());
    symlink("v1", place("current")).unwrap();
    std::fs::write(place("later/answer.h"), "#define ANSWER 1\n").unwrap();
    let (path, appears) = (format!("{}:{}", place("current").display(), place("later").display()), place("v1/answer.h"));
    space.remove("second/answer.h");
    space.set("CPATH", path);
    check_live(&space, |_| std::fs::write(&appears, "#define ANSWER 5\n").unwrap(), 5, 2);
}

#[test]
fn a_project_below_becomes_part_of_this_one() {
    let nested = || {
        let space = project();
        space.write("below/jmake.toml", "");
        space.write("below/more.c", "int more;\n");
        space
    };
    check_in(nested, |space| space.remove("below/jmake.toml"), 1, 4);
}

#[test]
fn users_have_settings_of_their_own() {
    let mut space = project();
    let config = |name: &str, defines: &str| {
        let dir = space.place("tmp").join(name);
        std::fs::create_dir_all(dir.join("jmake")).unwrap();
        std::fs::write(dir.join("jmake/config.toml"), format!("[compile]\ndefines = {{ {defines} }}\n")).unwrap();
        dir
    };
    let (one, other) = (config("one", "OTHER = 1"), config("other", "OTHER = 2"));
    space.write("src/other.c", "int other(void) { return OTHER; }\n");
    for (dir, expect) in [(&one, 2), (&other, 3), (&one, 2)] {
        space.set("XDG_CONFIG_HOME", dir);
        space.build(&[]).ok();
        assert_eq!(code(&space), Some(expect));
    }
}

#[test]
fn another_file_of_settings_is_named() {
    let space = project();
    space.write("other.toml", "[compile]\ndefines = { ANSWER = 4 }\n");
    space.write("src/main.c", "#include \"own.h\"\n#ifndef ANSWER\n#define ANSWER 1\n#endif\nint main(void) { return ANSWER; }\n");
    let build = |arguments: &[&str], expect: i32| {
        space.build(arguments).ok();
        assert_eq!(code(&space), Some(expect), "{arguments:?}");
    };
    build(&[], 1);
    build(&["other.toml"], 4);
    space.write("other.toml", "[compile]\ndefines = { ANSWER = 5 }\n");
    build(&["other.toml"], 5);
    build(&[], 1);
    build(&["./other.toml", "project"], 5);
}

#[test]
fn a_file_gets_another_name_under_which_it_changes() {
    let space = project();
    settle(&space);
    std::fs::hard_link(space.path("src/own.h"), space.path("second/twin")).unwrap();
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
    std::fs::rename(space.path("second/twin"), space.place("tmp/twin")).unwrap();
    for value in 1..4 {
        std::fs::write(space.place("tmp/twin"), format!("#define OWN {value}\n")).unwrap();
        space.build(&[]).ok();
        assert_eq!(code(&space), Some(1 + value));
    }
}

#[test]
fn clean_leaves_what_somebody_else_wrote_just_now() {
    let space = project();
    settle(&space);
    space.write("build/dev/bin/project", "mine");
    space.jmake(&["clean"]).ok();
    assert_eq!(space.read("build/dev/bin/project"), b"mine");
    assert!(!space.exists(".jmake_cache"));
}

#[test]
fn what_the_last_process_left_is_damaged_or_anothers() {
    let stamps = ".jmake_cache/stamps";
    let (space, foreign) = (project(), project());
    foreign.write("src/own.h", "#define OWN 6\n");
    for space in [&space, &foreign] {
        settle(space);
        space.jmake(&["daemon", "stop"]).ok();
    }
    let own = space.read(stamps);
    let half = own[..own.len() / 2].to_vec();
    let flipped: Vec<u8> = own.iter().enumerate().map(|(at, byte)| if at == own.len() - 9 { byte ^ 1 } else { *byte }).collect();
    let earlier = own.clone();
    let kinds = [
        ("empty", Vec::new()),
        ("half", half),
        ("a bit is another", flipped),
        ("noise", b"noise".repeat(99)),
        ("another project's", foreign.read(stamps)),
        ("an earlier one", earlier),
    ];
    for (value, (what, bytes)) in (1..).zip(kinds) {
        space.write(stamps, &bytes);
        assert_eq!(space.build(&[]).ok().count("ran"), 0, "{what}");
        space.jmake(&["daemon", "stop"]).ok();
        space.write(stamps, &bytes);
        space.write("src/own.h", format!("#define OWN {value}\n"));
        space.build(&[]).ok();
        assert_eq!(code(&space), Some(1 + value), "{what}");
        assert_eq!(space.build(&[]).ok().count("ran"), 0, "{what}");
        settle(&space);
        space.jmake(&["daemon", "stop"]).ok();
    }
    space.remove(stamps);
    std::fs::create_dir(space.path(stamps)).unwrap();
    assert_eq!(space.build(&[]).ok().count("ran"), 0, "a directory");
    space.jmake(&["daemon", "stop"]).ok();
}

/// Directories that come one in the other, and at once a file in the last: the watch of the first begins when the file may be there.
#[test]
fn five_hundred_times_a_file_comes_with_the_directories_above_it() {
    const ROUNDS: u32 = 50;
    const EACH: u32 = 10;
    let all = |text: &str| (0..EACH).map(|n| text.replace('#', &n.to_string())).collect::<String>();
    let asks = all("$if __has_include(\"d#/e/f/x.h\")\n$include \"d#/e/f/x.h\"\n$else\n$define X# 0\n$endif\n").replace('$', "#");
    let space = Space::with(&[(
        "src/main.c",
        &format!("{asks}int printf(const char *, ...);\nint main(void) {{ printf(\"%d\", {}0); }}\n", all("X# + ")),
    )]);
    settle(&space);
    for round in 1..=ROUNDS {
        for n in 0..EACH {
            let _first_time = std::fs::remove_dir_all(space.path(format!("src/d{n}")));
            space.write(format!("src/d{n}/e/f/x.h"), format!("#define X{n} {round}\n"));
        }
        assert_eq!(space.build(&[]).ok().count("ran"), 2, "round {round}");
        let said = space.command(space.path("build/dev/bin/project")).output().unwrap().stdout;
        assert_eq!(String::from_utf8_lossy(&said), (round * EACH).to_string(), "round {round}");
    }
}
