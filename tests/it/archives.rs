//! Archives through which programs use the project's objects: small ones are in them, large ones are named, and what is built is the same.

use crate::support::Space;

const MAIN: &str =
    "#include <stdio.h>\nint small(void), large(void);\nint main(void) { printf(\"%d %d\\n\", small(), large()); return 0; }\n";

/// A function beside data of so many bytes.
fn large(bytes: u32, answer: u32) -> String {
    format!("static const char data[{bytes}] = {{1, {answer}}};\nint large(void) {{ return data[1]; }}\n")
}

fn small(answer: u32) -> String {
    format!("int small(void) {{ return {answer}; }}\n")
}

/// What the program says, and whether its archive only names its members, after a build in which so many steps run.
fn built(space: &Space, steps: usize) -> (String, bool) {
    let run = space.build(&[]).ok();
    assert_eq!(run.steps("", "ran").len(), steps, "{run}");
    let again = space.build(&[]).ok();
    assert_eq!(again.events_of("step_finished").len(), 0, "{again}");
    let archive = std::fs::read(space.path(".jmake_cache/obj/dev/project/@project.a")).unwrap();
    let said = space.command(space.path("build/dev/bin/project")).output().unwrap().stdout;
    (String::from_utf8(said).unwrap(), archive.starts_with(b"!<thin>"))
}

#[test]
fn an_archive_holds_small_members_and_names_large_ones_and_who_links_cannot_tell() {
    let space = Space::with(&[("main.c", MAIN), ("src/small.c", &small(1)), ("src/large.c", &large(10, 1))]);
    let (held, named) = (false, true);
    let expect = |answers: &str, named: bool| (format!("{answers}\n"), named);
    assert_eq!(built(&space, 5), expect("1 1", held));
    space.write("src/large.c", large(2 << 20, 2));
    assert_eq!(built(&space, 3), expect("1 2", named));
    let (program, daemon) = (std::fs::read(space.path("build/dev/bin/project")).unwrap(), space.daemon());
    space.write("src/small.c", small(3));
    assert_eq!(built(&space, 3), expect("3 2", named));
    space.write("src/small.c", small(1));
    assert_eq!(built(&space, 0).1, named, "all of it was made before");
    assert!(std::fs::read(space.path("build/dev/bin/project")).unwrap() == program);
    // Another archive that says the same links the same.
    space.build(&["--force"]).ok();
    assert!(std::fs::read(space.path("build/dev/bin/project")).unwrap() == program);
    space.write("src/large.c", large(10, 4));
    assert_eq!(built(&space, 3), expect("1 4", held));
    space.write("src/small.c", small(5));
    assert_eq!(built(&space, 3), expect("5 4", held));
    assert_eq!(space.daemon(), daemon);
}
