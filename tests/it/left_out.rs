//! What a build says of sources that it leaves out: before it begins, and again when it closes.

use crate::support::{Run, Space};

const MAIN: (&str, &str) = ("main.c", "int main(void) { return 0; }\n");
const NEEDS: (&str, &str) = ("needs.c", "#include <no/such.h>\nint needs;\n");

/// The lines of a build for people, without the figures of the last one.
fn said(run: &Run) -> Vec<String> {
    let mut lines: Vec<String> = run.stdout.lines().map(|line| line.trim_start_matches("jmake: ").to_owned()).collect();
    let last = lines.pop().unwrap_or_default();
    assert!(last.contains(" steps: "), "the count comes last: {run}");
    lines
}

#[test]
fn a_missing_header_is_told_again_before_the_count() {
    let space = Space::with(&[MAIN, NEEDS, ("tests/t_test.c", "#include <no/such/test.h>\nint main(void) { return 0; }\n")]);
    let lacking = "needs.c is left out: it includes <no/such.h>, which is nowhere to be found";
    let count = "2 of 3 sources are left out; `jmake discover` says why";
    assert_eq!(said(&space.jmake(&["build"]).ok()), [lacking, count, lacking, count]);
    assert_eq!(said(&space.jmake(&["build"]).ok()), [lacking, count], "with nothing between it is said once");
    space.edit("main.c", "0", "1");
    assert_eq!(said(&space.jmake(&["build"]).ok()), [lacking, count, lacking, count]);
    let test = "tests/t_test.c is left out: it includes <no/such/test.h>, which is nowhere to be found";
    space.jmake(&["build", "--all"]).ok().says(test);
    let notices = space.build(&["--force"]).ok().events_of("notice");
    let texts: Vec<&str> = notices.iter().map(|event| event["text"].as_str().unwrap()).collect();
    assert_eq!(texts, [lacking, count], "scripts are told once");
    space.jmake(&["build", "-q", "--force"]).ok().does_not_say("left out");
}

#[test]
fn it_is_told_again_before_the_first_error() {
    let space = Space::with(&[("main.c", "int main(void) { return x; }\n"), NEEDS]);
    let run = space.jmake(&["build"]).exits(1);
    assert_eq!(run.stdout.matches("needs.c is left out").count(), 2, "{run}");
    assert!(run.stderr.contains("first error: main.c:1:25"), "{run}");
}

#[test]
fn other_languages_and_modules_have_a_line_each() {
    let space = Space::with(&[
        MAIN,
        ("a.m", ""),
        ("b.m", ""),
        ("k.cu", ""),
        ("mod.cpp", "export module m;\n"),
        ("use.cpp", "import m;\nint used;\n"),
        ("gram.y", ""),
    ]);
    let lines = said(&space.jmake(&["build"]).ok());
    let wanted = [
        "a.m, b.m are left out: each is Objective-C, which JMake does not compile",
        "k.cu is left out: it is CUDA, which JMake does not compile",
        "gram.y is left out: it is a grammar for yacc or bison: generate its C or C++ source first",
        "mod.cpp, use.cpp are left out: each is a C++20 module unit or imports one, which JMake does not build yet",
        "6 of 7 sources are left out; `jmake discover` says why",
    ];
    for line in wanted {
        assert!(lines.iter().any(|it| it == line), "{line}: {lines:#?}");
    }
    assert_eq!(lines.last().unwrap(), wanted[4]);
    space.jmake(&["build", "a.m"]).exits(2).says("Objective-C");
}

#[test]
fn long_lists_are_cut() {
    let space = Space::with(&[MAIN]);
    (0..14).for_each(|n| space.write(format!("n{n:02}.c"), NEEDS.1));
    let run = space.jmake(&["build"]).ok().says("4 more are left out for want of headers").says("14 of 15 sources are left out");
    assert_eq!(run.stdout.matches("which is nowhere to be found").count(), 20, "{run}");
}
