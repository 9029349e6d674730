//! `jmake explain`: why something would be built again, or was built last, down to what a person did.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::support::{Running, Space, llvm_bin};
use crate::tool_inputs::own_llvm;

/// A program that reads `c.h` by way of `b.h`.
fn project() -> Space {
    Space::with(&[
        ("src/main.c", "#include \"b.h\"\nint other(void);\nint main(void) { return C + other(); }\n"),
        ("src/other.c", "int other(void) { return 0; }\n"),
        ("src/b.h", "#include \"sub/c.h\"\n"),
        ("src/sub/c.h", "#define C 1\n"),
    ])
}

/// The links of the cause of a step, in one line.
fn because(answer: &Value, label: &str) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let steps = answer["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["label"] == label).unwrap_or_else(|| panic!("no {label} in {answer:#}"));
    let link = |link: &Value| {
        let way: Vec<String> = link["includes"].as_array().unwrap().iter().map(text).collect();
        format!("{}{} [{}]", link["step"].as_str().map(|step| format!("{step}: ")).unwrap_or_default(), text(&link["what"]), way.join(" "))
    };
    step["because"].as_array().unwrap().iter().map(link).collect::<Vec<_>>().join(" < ")
}

#[test]
fn a_program_is_linked_again_because_of_a_header_of_a_header() {
    let explained = |space: &Space| space.jmake(&["explain", "project", "--json"]).ok().object();
    let space = project();
    let before = explained(&space);
    assert!(before["total"].as_u64().unwrap() > 2 && before["run"] == before["total"], "{before:#}");
    assert!(!space.exists("build") && !space.exists(".jmake_cache"), "an explanation writes nothing");
    space.build(&[]).ok();
    space.write("src/sub/c.h", "#define C 2\n");
    let would = explained(&space);
    let header = "src/sub/c.h changed [src/main.c src/b.h src/sub/c.h]";
    assert_eq!(because(&would, "src/main.c"), header);
    let link = would["steps"].as_array().unwrap().last().unwrap()["label"].as_str().unwrap().to_owned();
    assert!(because(&would, &link).ends_with(&format!("compile src/main.c: {header}")), "{would:#}");
    let way = "src/sub/c.h changed (src/main.c → src/b.h → src/sub/c.h)\n";
    let said = space.jmake(&["explain", "project"]).ok().says("steps would run");
    said.says(&format!("compile src/main.c: {way}")).says(&format!("compile src/main.c would run before it: {way}"));
    assert_eq!(space.build(&["-n"]).ok().count("not_run"), 2);

    let run = space.build(&["--explain"]).ok();
    let steps = run.events_of("step_finished");
    let reason = |kind: &str| format!("{}\n", steps.iter().find(|step| step["kind"] == kind).unwrap()["reason"].as_str().unwrap());
    assert_eq!(reason("compile"), way);
    let last = format!("changed, because of compile src/main.c: {way}");
    assert!(reason("link").ends_with(&last), "{run}");
    space.jmake(&["explain", "project"]).ok().says("project is up to date: nothing would run\n").says("ran last: ").says(&last);
    space.jmake(&["daemon", "stop"]).ok();
    space.jmake(&["explain", "build/dev/bin/project"]).ok().says("nothing would run").says(&last);
    space.jmake(&["explain", "src/other.c"]).ok().says("compile src/other.c ran last: first build\n");
}

#[test]
fn a_header_is_explained_by_who_reads_it() {
    let space = project();
    space.build(&[]).ok();
    space.jmake(&["explain", "src/sub/c.h"]).ok().says("src/sub/c.h: nothing would run; 1 step read it\n").says("compile src/main.c");
    space.write("src/b.h", "#include \"sub/c.h\"\n#define B 5\n");
    let changed = "compile src/main.c: src/b.h changed (src/main.c → src/b.h)\n";
    space.jmake(&["explain", "src/sub/c.h"]).ok().says("1 of 1 step that read it would run\n").says(changed);
    let mut below = space.command(env!("CARGO_BIN_EXE_jmake"));
    below.current_dir(space.path("src")).args(["explain", "b.h"]);
    Running::start(below).finish().ok().says("src/b.h: 1 of 1 step").says(changed);
    space.jmake(&["explain", "src/no-such.h"]).exits(2).says("no target `src/no-such.h`");
    space.jmake(&["explain"]).ok().says("this project: 2 of ");
}

/// What is said of the compile of `src/main.c` after a change, and still said once it was compiled.
fn check(change: impl FnOnce(&mut Space), expect: &str) {
    let mut space = project();
    space.build(&[]).ok();
    change(&mut space);
    space.jmake(&["explain", "src/main.c"]).ok().says(&format!("compile src/main.c: {expect}\n"));
    space.build(&["src/main.c"]).ok();
    space.jmake(&["explain", "src/main.c"]).ok().says("nothing would run").says(&format!("compile src/main.c ran last: {expect}\n"));
}

#[test]
fn flags_macros_files_and_outputs_are_named() {
    let define = |value: &str| format!("[compile]\ndefines = {{ X = '{value}' }}\n");
    check(|space| space.write("jmake.toml", define("1")), "macro -DX=1 added");
    let space = project();
    space.write("jmake.toml", define("1"));
    space.build(&[]).ok();
    space.write("jmake.toml", define("2"));
    space.jmake(&["explain", "src/main.c"]).ok().says("compile src/main.c: macro -DX=1 became -DX=2\n");
    check(|space| space.set("CFLAGS", "-O1"), "flag -O1 added");
    check(|space| space.edit("src/main.c", "C +", "1 + C +"), "src/main.c changed");
    check(|space| space.write("src/sub/b.h", ""), "src/sub/b.h appeared, and may hide src/b.h");
}

#[test]
fn what_would_be_put_back_is_no_run() {
    let space = project();
    space.build(&[]).ok();
    space.remove("build/dev/bin/project");
    let said = space.jmake(&["explain", "project"]).ok().says("nothing would run; the outputs of 1 of");
    said.says("build/dev/bin/project is gone; its outputs are in the store");
    let run = space.build(&["-n"]).ok();
    assert_eq!((run.count("not_run"), run.steps("", "cached").len(), run.steps("", "cancelled").len()), (1, 1, 0), "{run}");
    space.jmake(&["build", "-n"]).ok().says("would put back link build/dev/bin/project\n").does_not_say("would run");
    assert!(!space.exists("build/dev/bin/project"), "a dry run puts nothing back");
    space.remove(".jmake_cache/obj");
    let run = space.build(&["-n", "--explain"]).ok();
    assert!(run.events_of("step_finished").iter().all(|step| step["reason"].as_str().unwrap().ends_with("are in the store")), "{run}");
    let run = space.build(&[]).ok();
    assert_eq!(run.count("ran"), 0, "{run}");
}

/// Another program in its place, that does the same.
fn replace_program(path: &Path) {
    let real = fs::canonicalize(path).unwrap();
    let mut longer = fs::read(&real).unwrap();
    longer.push(0);
    fs::remove_file(&real).unwrap();
    fs::write(&real, longer).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_program_that_changed_is_named() {
    let space = project();
    let llvm = own_llvm(&space);
    let with = |words: &[&str]| space.jmake(&[words, &["--toolchain", llvm.to_str().unwrap()]].concat()).ok();
    with(&["build"]);
    replace_program(&llvm.join("bin/clang"));
    let clang = format!("{} changed\n", llvm.join("bin/clang").display());
    with(&["explain", "src/main.c"]).says(&format!("compile src/main.c: {clang}"));
    with(&["build", "--explain"]).says(&format!("compile src/main.c: {clang}")).does_not_say("link ");
    with(&["explain", "src/other.c"]).says(&format!("compile src/other.c ran last: {clang}"));
    replace_program(&llvm.join("bin/lld"));
    let linker = format!("link build/dev/bin/project: {} changed\n", llvm.join("bin/ld.lld").display());
    with(&["explain"]).says("this project: 2 of 5 steps would run\n").says(&linker);
    with(&["build", "--explain"]).says(&linker).does_not_say("compile");
}

#[test]
fn another_toolchain_is_named() {
    let bin = |version| llvm_bin(version).unwrap_or_else(|| panic!("LLVM {version} is installed"));
    let space = project();
    space.build(&["--toolchain", "19"]).ok();
    let why = |name: &str| format!("{} runs in the place of {}\n", bin(14).join(name).display(), bin(19).join(name).display());
    space.jmake(&["explain", "src/main.c", "--toolchain", "14"]).ok().says(&format!("compile src/main.c: {}", why("clang")));
    space.jmake(&["build", "--explain", "--toolchain", "14"]).ok().says(&format!("link build/dev/bin/project: {}", why("ld.lld")));
}

#[test]
fn the_variable_that_leads_the_compiler_is_named_and_what_it_makes_of_it() {
    check(|space| space.set("CPATH", "/of/one"), "CPATH changed, so that clang adds -I/of/one");
    check(|space| space.set("CCC_OVERRIDE_OPTIONS", "+-DEXTRA=1"), "CCC_OVERRIDE_OPTIONS changed, so that clang adds -D EXTRA=1");
    let mut space = project();
    space.set("CPATH", "/of/one");
    space.build(&[]).ok();
    space.set("CPATH", "/of/another");
    space.jmake(&["explain", "src/main.c"]).ok().says("CPATH changed, so that clang adds -I/of/another and leaves out -I/of/one\n");
    space.unset("CPATH");
    space.set("CPLUS_INCLUDE_PATH", "/of/others");
    space.jmake(&["explain", "src/main.c"]).ok().says("so that clang ").says("leaves out -I/of/one");
}

#[test]
fn sources_that_come_and_go_are_named_by_themselves() {
    let space = project();
    space.build(&[]).ok();
    space.write("src/third.c", "int third;\n");
    space.jmake(&["explain"]).ok().says("compile src/third.c: first build\n");
    let of_all = "archive .jmake_cache/obj/dev/project/@project.a: ";
    space.jmake(&["build", "--explain"]).ok().says(&format!("{of_all}src/third.c is new\n"));
    space.remove("src/third.c");
    space.jmake(&["explain"]).ok().says("nothing would run").says(&format!("{of_all}src/third.c is gone; its outputs are in the store\n"));
    space.write("more/fourth.c", "int fourth;\n");
    space.build(&[]).ok();
    space.write("jmake.toml", "[discovery]\nexclude_dirs = ['more']\n");
    space.jmake(&["explain"]).ok().says(&format!("{of_all}more/fourth.c is no part of it any more"));
}

#[test]
fn a_program_that_only_an_object_tells_of_is_looked_at_too() {
    let space = Space::with(&[
        ("a.c", "int b(void);\n#ifndef NOMAIN\nint main(void) { return b(); }\n#endif\n"),
        ("b.c", "int b(void) { return 0; }\n"),
    ]);
    space.build(&[]).ok();
    space.jmake(&["explain", "a"]).ok().says("nothing would run");
    space.remove("build/dev/bin/a");
    space.jmake(&["build", "-n"]).ok().says("would put back link build/dev/bin/a");
    for subject in [&["explain", "a", "--json"][..], &["explain", "--json"], &["explain", "build/dev/bin/a", "--json"]] {
        let answer = space.jmake(subject).ok().object();
        assert_eq!((answer["restore"].as_u64(), answer["run"].as_u64()), (Some(1), Some(0)), "{subject:?}: {answer:#}");
    }
}
