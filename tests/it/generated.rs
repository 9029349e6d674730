//! Headers and sources that jobs make, in the build that needs them.

use crate::support::{DEADLINE, Space, until};

/// A program of the project makes a header and a source from a list of words; a library and a program use them.
const FILES: &[(&str, &str)] = &[
    (
        "jmake.toml",
        r#"
[project]
name = "words"

[[jobs]]
id = "list"
callback = "command"
inputs = ["data/*.txt"]
outputs = ["gen/words.h", "gen/words.cpp"]
args.argv = ["generate", "data/words.txt", "gen/words.h", "gen/words.cpp"]
"#,
    ),
    ("data/words.txt", "one two three"),
    (
        "tools/generate.cpp",
        r##"#include "count.h"
#include <fstream>
int main(int, char **names) {
    std::ifstream in(names[1]);
    std::ofstream(names[2]) << "#pragma once\nint words();\n#define WORDS " << count(in) << "\n";
    std::ofstream(names[3]) << "#include \"words.h\"\nint words() { return WORDS; }\n";
}
"##,
    ),
    ("src/count.h", "#pragma once\n#include <istream>\nint count(std::istream &in);\n"),
    (
        "src/count.cpp",
        "#include \"count.h\"\n#include <string>\nint count(std::istream &in) { int n = 0; for (std::string w; in >> w;) n++; return n; }\n",
    ),
    ("src/twice.h", "#pragma once\nint twice();\n"),
    ("src/twice.cpp", "#include \"twice.h\"\n#include \"words.h\"\nint twice() { return 2 * words() * WORDS / WORDS; }\n"),
    ("src/other.cpp", "int other() { return 1; }\n"),
    ("src/main.cpp", "#include \"twice.h\"\n#include <cstdio>\nint main() { std::printf(\"%d\\n\", twice()); }\n"),
];

fn printed(space: &Space) -> String {
    let output = space.command(space.path("build/dev/bin/words")).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_a_program_of_the_project_makes_is_built_with_it() {
    let space = Space::with(FILES);
    let run = space.build(&[]).ok();
    assert_eq!(run.steps("job", "ran"), ["gen/words.h"]);
    assert_eq!(printed(&space), "6\n");
    assert!(!run.artifacts().iter().any(|path| path.contains("generate")), "nobody asked for the generator: {:?}", run.artifacts());
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn an_edit_of_the_input_the_generator_or_its_flags_makes_it_anew() {
    let space = Space::with(FILES);
    space.build(&[]).ok();
    // The input.
    space.write("data/words.txt", "one two three four");
    let run = space.build(&[]).ok();
    assert_eq!(run.steps("job", "ran"), ["gen/words.h"]);
    let mut compiled = run.steps("compile", "ran");
    compiled.sort();
    assert_eq!(compiled, ["gen/words.cpp", "src/twice.cpp"]);
    assert_eq!(printed(&space), "8\n");
    // An input that comes to the others.
    space.write("data/more.txt", "five");
    assert_eq!(space.build(&[]).ok().steps("job", "ran"), ["gen/words.h"]);
    // What the generator links; what it makes is as before, and nobody else is touched.
    space.edit("src/count.cpp", "int n = 0;", "int n = 0 ;");
    let run = space.build(&[]).ok();
    assert_eq!(run.steps("compile", "ran"), ["src/count.cpp"]);
    assert_eq!(run.steps("job", "ran"), ["gen/words.h"]);
    // The generator.
    space.edit("tools/generate.cpp", "#define WORDS \" << count(in)", "#define WORDS \" << 1 + count(in)");
    assert_eq!(space.build(&[]).ok().steps("job", "ran"), ["gen/words.h"]);
    assert_eq!(printed(&space), "10\n");
    // The job's own words.
    space.edit("jmake.toml", "\"data/words.txt\",", "\"data/more.txt\",");
    assert_eq!(space.build(&[]).ok().steps("job", "ran"), ["gen/words.h"]);
    assert_eq!(printed(&space), "4\n");
    // Flags that change the generator's objects.
    space.edit("jmake.toml", "[project]", "[compile]\nflags = [\"-O1\"]\n[project]");
    let run = space.build(&[]).ok();
    assert_eq!(run.steps("job", "ran"), ["gen/words.h"]);
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn what_was_made_is_made_again_if_it_is_gone_or_edited() {
    let space = Space::with(FILES);
    space.build(&[]).ok();
    space.remove("gen/words.cpp");
    assert_eq!(space.build(&[]).ok().steps("job", "ran"), ["gen/words.h"]);
    space.write("gen/words.h", "#error mine\n");
    assert_eq!(space.build(&[]).ok().steps("job", "ran"), ["gen/words.h"]);
    assert_eq!(printed(&space), "6\n");
    std::fs::remove_dir_all(space.path("gen")).unwrap();
    space.jmake(&["daemon", "stop"]).ok();
    assert_eq!(space.build(&[]).ok().steps("job", "ran"), ["gen/words.h"]);
    space.jmake(&["clean"]).ok();
    assert!(!space.path("gen").exists());
    space.build(&[]).ok();
    assert_eq!(printed(&space), "6\n");
}

#[test]
fn a_generator_that_fails_fails_the_build_with_what_it_printed() {
    let space = Space::with(FILES);
    space.edit("tools/generate.cpp", "std::ifstream in", "std::fputs(\"no words\\n\", stderr); return 3; std::ifstream in");
    space.edit("tools/generate.cpp", "#include <fstream>", "#include <fstream>\n#include <cstdio>");
    space.build(&[]).exits(1).says("no words");
    space.build(&["src/other.cpp"]).ok();
}

#[test]
fn jobs_run_does_what_a_build_would() {
    let space = Space::with(FILES);
    space.jmake(&["jobs", "run"]).ok();
    assert!(space.path("gen/words.h").exists());
    let run = space.build(&[]).ok();
    assert_eq!(run.steps("job", "ran"), [""; 0]);
    space.build(&["list"]).ok();
    // Without it, the build has to take what is there.
    space.edit("jmake.toml", "[project]", "[job_queue]\nauto_execute = false\n[project]");
    space.write("data/words.txt", "one");
    assert_eq!(space.build(&[]).ok().steps("job", "ran"), [""; 0]);
    assert_eq!(printed(&space), "6\n");
}

#[test]
fn any_program_in_any_directory_can_make_files() {
    let space = Space::with(&[
        (
            "jmake.toml",
            "[project]\nname = 'answer'\n[[jobs]]\nid = 'header'\ncallback = 'command'\ncwd = 'scripts'\nenv = { ANSWER = '42' }\ninputs = ['scripts/make.sh']\n\
             outputs = ['build/made/answer.h']\nargs.argv = ['sh', 'make.sh', '../build/made/answer.h']\n\
             [[jobs]]\nid = 'copy'\ncallback = 'command'\ndepends_on = ['header']\ninputs = ['build/made/answer.h']\n\
             outputs = ['build/made/copy.h']\nargs.argv = ['cp', 'build/made/answer.h', 'build/made/copy.h']\n",
        ),
        ("main.c", "#include \"copy.h\"\nint main(void) { return ANSWER; }\n"),
        ("scripts/make.sh", "#!/bin/sh\necho \"#define ANSWER $ANSWER\" > \"$1\"\n"),
    ]);
    space.build(&[]).ok();
    let program = space.path("build/dev/bin/answer");
    assert_eq!(space.command(&program).status().unwrap().code(), Some(42));
    space.edit("jmake.toml", "'42'", "'43'");
    assert_eq!(space.build(&[]).ok().steps("job", "ran"), ["build/made/answer.h", "build/made/copy.h"]);
    assert_eq!(space.command(&program).status().unwrap().code(), Some(43));
    space.edit("jmake.toml", "'cp'", "'no-such-program'");
    space.build(&[]).exits(2).says("job `copy` runs no-such-program");
}

#[test]
fn a_job_that_does_not_make_what_it_is_to_make_fails_the_build() {
    let space = Space::with(&[
        (
            "jmake.toml",
            "[[jobs]]\nid = 'half'\ncallback = 'command'\ninputs = ['list.txt']\noutputs = ['gen/a.h', 'gen/b.h']\n\
             args.argv = ['sh', '-c', 'echo ran >> runs; cp list.txt gen/a.h']\n",
        ),
        ("main.c", "#include \"a.h\"\nint main(void) { return 0; }\n"),
        ("list.txt", "// one\n"),
        ("runs", ""),
    ]);
    let unwritten = "job `half` ended well and did not write gen/b.h; let it write that file, or take it from its `outputs`";
    space.build(&[]).exits(1).says(unwritten);
    space.jmake(&["build"]).exits(1).says(unwritten);
    space.jmake(&["jobs", "run"]).exits(1).says(unwritten);
    // What it reads and nobody makes is missed before it runs.
    space.remove("list.txt");
    let runs = space.read("runs");
    let missing = "job `half` reads list.txt, which does not exist";
    space.build(&[]).exits(2).says(missing);
    space.jmake(&["jobs", "run"]).exits(1).says(missing);
    assert_eq!(space.read("runs"), runs);
    // Another job may make it.
    space.edit(
        "jmake.toml",
        "cp list.txt gen/a.h'",
        "cp list.txt gen/a.h; cp list.txt gen/b.h']\n[[jobs]]\nid = 'list'\ncallback = 'command'\noutputs = ['list.txt']\nargs.argv = ['sh', '-c', 'echo // two > list.txt'",
    );
    let run = space.build(&[]).ok();
    assert_eq!(run.steps("job", "ran"), ["gen/a.h", "list.txt"]);
    assert_eq!(space.read("gen/b.h"), b"// two\n");
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn jobs_run_makes_files_with_a_program_of_the_project_and_makes_them_once_wherever_the_queue_stands() {
    for (file, head) in [("jmake.toml", ""), ("jmake.toml", "[job_queue]\nauto_execute = false\n"), ("jobs.toml", "")] {
        let space = Space::with(FILES);
        let text = String::from_utf8(space.read("jmake.toml")).unwrap();
        let (project, jobs) = text.split_at(text.find("[[jobs]]").unwrap());
        space.write("jmake.toml", project);
        let before = if space.exists(file) { project } else { "" };
        space.write(file, format!("{head}{before}{jobs}"));
        let made = |space: &Space| std::fs::metadata(space.path("gen/words.h")).unwrap().modified().unwrap();
        space.jmake(&["jobs", "run", file]).ok();
        let first = made(&space);
        space.jmake(&["jobs", "run", file]).ok();
        assert_eq!(made(&space), first, "{file} {head}: nothing changed");
        space.write("data/words.txt", "one");
        space.jmake(&["jobs", "run", file]).ok();
        assert!(made(&space) > first, "{file} {head}");
        assert!(String::from_utf8(space.read("gen/words.h")).unwrap().contains("WORDS 1"));
    }
}

#[test]
fn files_that_fit_a_pattern_come_and_go_while_the_daemon_watches() {
    let argv = "['sh', '-c', 'echo \"#define COUNT $(ls data | wc -l)\" > count.h']";
    let job = format!("[[jobs]]\nid = 'count'\ncallback = 'command'\ninputs = ['data/*.txt']\noutputs = ['count.h']\nargs.argv = {argv}\n");
    let main = "#include \"count.h\"\nint main(void) { return COUNT; }\n";
    let space = Space::with(&[("main.c", main), ("data/a.txt", ""), ("jmake.toml", &job)]);
    let counts = |expect: i32| {
        space.build(&[]).ok();
        assert_eq!(space.command(space.path("build/dev/bin/project")).status().unwrap().code(), Some(expect));
        assert_eq!(space.build(&[]).ok().count("ran"), 0);
        let watching = || space.jmake(&["status", "--json"]).object()["projects"][0]["watching"] == true;
        assert!(until(DEADLINE, watching), "it does not watch");
    };
    counts(1);
    space.write("data/b.txt", "");
    counts(2);
    space.write("data/c.txt", "");
    space.remove("data/a.txt");
    space.remove("data/b.txt");
    counts(1);
}
