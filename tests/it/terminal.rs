//! What a person sees on a terminal: a line that moves while something runs, and colours unless they are not wanted.

use crate::support::{Space, slow_header};

const BROKEN: &[(&str, &str)] = &[("main.c", "int main(void) { return missing; }\n")];

/// A terminal that can do anything.
fn on(mut space: Space) -> Space {
    space.set("TERM", "xterm-256color");
    space
}

/// A build that takes long enough for a line to be worth showing.
fn slow() -> Space {
    on(Space::with(&[("main.c", "#include \"slow.h\"\nint main(void) { return 0; }\n"), ("slow.h", &slow_header(16))]))
}

/// Whether a text has a colour, or bold print: an escape sequence that ends in `m`.
fn is_colored(text: &str) -> bool {
    let ends = |rest: &str| rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m');
    text.split("\u{1b}[").skip(1).any(ends)
}

#[test]
fn a_progress_line_is_shown_while_something_runs_and_taken_away() {
    let space = slow();
    let run = space.on_terminal(&["build"]).ok().says("1 running, main.c");
    let (before, after) = run.stdout.rsplit_once(" running, ").unwrap();
    assert!(before.contains("[0/2]"), "{run}");
    let (erased, rest) = after.split_once("\r\u{1b}[2K").unwrap_or_else(|| panic!("the line stays: {run}"));
    assert!(!erased.contains("steps:") && rest.contains("2 steps: 2 ran"), "{run}");
}

#[test]
fn no_line_moves_where_nothing_runs_nor_where_it_is_not_wanted() {
    let space = slow();
    for args in [&["build", "-q"][..], &["build", "--json", "--force"], &["build", "-n", "--force"], &["build"]] {
        space.on_terminal(args).ok().does_not_say(" running, ").does_not_say("\u{1b}");
    }
    let mut dumb = slow();
    dumb.set("TERM", "dumb");
    dumb.on_terminal(&["build"]).ok().does_not_say(" running, ");
}

#[test]
fn progress_is_no_event_of_json() {
    let run = slow().build(&[]).ok();
    assert!(run.events().iter().all(|event| event["type"] != "progress"), "{run}");
}

#[test]
fn a_terminal_gets_the_colours_of_the_tools_and_of_the_summary() {
    let run = on(Space::with(BROKEN)).on_terminal(&["build"]).exits(1);
    assert!(run.stdout.contains("\u{1b}[1;31mFAILED\u{1b}[0m main.c"), "{run}");
    let own = run.stdout.lines().find(|line| line.contains("use of undeclared identifier")).unwrap_or_else(|| panic!("{run}"));
    assert!(is_colored(own), "{run}");
    assert!(run.stdout.contains("\u{1b}[1;31mfirst error:"), "{run}");
}

#[test]
fn colours_are_not_forced_on_anybody() {
    let check = |variable: Option<(&str, &str)>, args: &[&str]| {
        let mut space = on(Space::with(BROKEN));
        variable.iter().for_each(|(name, value)| space.set(name, value));
        let run = space.on_terminal(args).exits(1).says("FAILED main.c");
        assert!(!is_colored(&run.stdout), "{variable:?} {args:?}: {run}");
    };
    check(Some(("NO_COLOR", "1")), &["build"]);
    check(Some(("TERM", "dumb")), &["build"]);
    check(None, &["build", "--color", "never"]);
    let piped = on(Space::with(BROKEN)).jmake(&["build"]).exits(1);
    assert!(!is_colored(&piped.stdout) && !is_colored(&piped.stderr), "{piped}");
}
