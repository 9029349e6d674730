//! What steps read beyond what their depfiles name: each of it changed, one at a time.

use crate::support::Space;

fn code(space: &Space) -> Option<i32> {
    space.command(space.path("build/dev/bin/project")).status().unwrap().code()
}

#[test]
fn a_blob_that_assembler_text_embeds_is_an_input() {
    let space = Space::with(&[
        ("jmake.toml", "[compile]\ninclude_dirs = ['include', 'more']\n"),
        ("include/keep.h", ""),
        ("more/blob.bin", "1"),
        ("blob.h", "#define BLOB(name) __asm__(\".data\\n\" #name \": .incbin \\\"blob.bin\\\"\\n.text\\n\"); extern char name;\n"),
        ("main.c", "#include \"blob.h\"\nBLOB(blob)\nint main(void) { return blob - '0'; }\n"),
    ]);
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(1));
    space.write("more/blob.bin", "2");
    let run = space.build(&["--explain"]).ok().says("more/blob.bin changed");
    assert_eq!((code(&space), run.count("ran")), (Some(2), 2));
    space.write("include/blob.bin", "3");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(3), "found earlier in the list");
    space.write("blob.bin", "4");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(4), "found where the compiler runs");
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
    space.remove("blob.bin");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(3));
}

#[test]
fn what_assembler_includes_and_embeds_is_an_input() {
    for name in ["data.s", "data.S"] {
        let space = Space::with(&[
            ("main.c", "extern char blob; int main(void) { return blob - '0'; }\n"),
            (name, ".data\n.globl blob\nblob:\n.include \"parts/blob.inc\"\n"),
            ("parts/blob.inc", ".incbin \"blob.bin\"\n"),
            ("blob.bin", "1"),
        ]);
        space.build(&[]).ok();
        assert_eq!(code(&space), Some(1), "{name}");
        space.write("blob.bin", "2");
        space.build(&[]).ok();
        assert_eq!(code(&space), Some(2), "{name}");
        space.write("parts/blob.inc", ".ascii \"3\"\n");
        space.build(&[]).ok();
        assert_eq!(code(&space), Some(3), "{name}");
        space.write("blob.bin", "4");
        assert_eq!(space.build(&[]).ok().count("ran"), 0, "{name}: nobody reads it any more");
    }
}

#[test]
fn a_name_that_macros_make_is_read_every_time() {
    let space = Space::with(&[
        (
            "main.c",
            "#define FILE \"blob.bin\"\n__asm__(\".data\\nblob: .incbin \\\"\" FILE \"\\\"\\n.text\\n\"); extern char blob;\nint main(void) { return blob - '0'; }\n",
        ),
        ("blob.bin", "1"),
    ]);
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(1));
    space.write("blob.bin", "2");
    space.build(&["--explain"]).ok().says("main.c embeds a file whose name is made by macros or operands");
    assert_eq!(code(&space), Some(2));
    let again = space.build(&[]).ok();
    assert_eq!((again.steps("compile", "ran"), again.count("ran")), (vec!["main.c".to_owned()], 1), "the same object is not linked again");
}

#[test]
fn embedded_data_counts_where_the_compiler_finds_it() {
    let space = Space::with(&[
        ("jmake.toml", "[compile]\nflags = ['-std=c23', '--embed-dir=data']\n"),
        ("data/blob.bin", "1"),
        (
            "src/main.c",
            "static const char blob[] = {\n#embed \"blob.bin\"\n};\n#if __has_embed(\"late.bin\")\n#define MORE 10\n#else\n#define MORE 0\n#endif\nint main(void) { return blob[0] - '0' + MORE; }\n",
        ),
    ]);
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(1));
    space.write("data/blob.bin", "2");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(2));
    space.write("src/blob.bin", "3");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(3), "beside the source comes first");
    space.write("data/late.bin", "");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(13), "what was asked for is there");
}

fn output(space: &Space) -> String {
    String::from_utf8(space.command(space.path("build/dev/bin/project")).output().unwrap().stdout).unwrap()
}

#[test]
fn a_text_that_shows_the_time_is_made_where_it_is_shown() {
    let space = Space::with(&[
        ("when.h", "#define WHEN __DATE__ \" \" __TIME__\n"),
        ("main.c", "#include <stdio.h>\n#include \"when.h\"\nint main(void) { return puts(WHEN) < 0; }\n"),
        ("other.c", "int other(void) { return 1; }\n"),
    ]);
    space.build(&[]).ok();
    assert_eq!(space.build(&[]).ok().count("ran"), 0, "in its place it stays as it is");
    let objects: Vec<_> = walkdir::WalkDir::new(space.path(".jmake_cache/obj")).into_iter().map(Result::unwrap).collect();
    for object in objects.iter().filter(|entry| entry.path().extension().is_some_and(|it| it == "o")) {
        std::fs::remove_file(object.path()).unwrap();
    }
    let run = space.build(&[]).ok();
    assert_eq!((run.steps("compile", "ran"), run.steps("compile", "cached")), (vec!["main.c".to_owned()], vec!["other.c".to_owned()]));
}

#[test]
fn the_time_that_stands_for_all_counts_where_it_is_shown() {
    let mut space = Space::with(&[
        ("main.c", "#include <stdio.h>\nint main(void) { return puts(__DATE__) < 0; }\n"),
        ("other.c", "int other(void) { return 1; }\n"),
    ]);
    space.set("SOURCE_DATE_EPOCH", "0");
    space.build(&[]).ok();
    assert_eq!(output(&space), "Jan  1 1970\n");
    space.set("SOURCE_DATE_EPOCH", "86400");
    let run = space.build(&["--explain"]).ok().says("the variable SOURCE_DATE_EPOCH");
    assert_eq!((output(&space).as_str(), run.steps("compile", "ran")), ("Jan  2 1970\n", vec!["main.c".to_owned()]));
}

#[test]
fn when_a_file_was_written_counts_where_that_is_shown() {
    let space = Space::with(&[
        ("when.h", "#define WHEN __TIMESTAMP__\n"),
        ("main.c", "#include <stdio.h>\n#include \"when.h\"\nint main(void) { return puts(WHEN) < 0; }\n"),
        ("other.c", "int other(void) { return 1; }\n"),
    ]);
    space.build(&[]).ok();
    for stopped in [false, true] {
        if stopped {
            space.jmake(&["daemon", "stop"]).ok();
        }
        let day = if stopped { "2001-02-03" } else { "2002-03-04" };
        for name in ["main.c", "other.c"] {
            assert!(space.command("touch").args(["-d", day, name]).status().unwrap().success());
        }
        let run = space.build(&["--explain"]).ok().says("main.c was written at another time");
        assert_eq!(run.steps("compile", "ran"), ["main.c"], "stopped: {stopped}");
        assert!(output(&space).contains(&day[..4]), "{}", output(&space));
        assert_eq!(space.build(&[]).ok().count("ran"), 0);
    }
}

#[test]
fn a_header_that_was_compiled_before_is_used_when_it_appears() {
    let space = Space::with(&[
        ("jmake.toml", "[compile]\nflags = ['-include', 'pre.h']\n"),
        ("pre.h", "#define ANSWER 1\n"),
        ("other.h", "#define ANSWER 2\n"),
        ("main.c", "int main(void) { return ANSWER; }\n"),
    ]);
    let run = space.build(&[]).ok();
    assert_eq!(code(&space), Some(1));
    let steps = run.events_of("step_started");
    let compile = steps.iter().find(|step| step["kind"] == "compile").unwrap()["command"].as_array().unwrap();
    let words: Vec<&str> = compile.iter().map(|word| word.as_str().unwrap()).take_while(|word| *word != "-include").collect();
    for end in [".pch", ".gch"] {
        let place = format!("pre.h{end}");
        let mut compiler = space.command(words[0]);
        compiler.args(&words[1..]).args(["-x", "c-header", "other.h", "-o", &place]);
        assert!(compiler.status().unwrap().success());
        space.build(&[]).ok();
        assert_eq!(code(&space), Some(2), "{end}");
        assert_eq!(space.build(&[]).ok().count("ran"), 0);
        space.remove(&place);
        space.build(&[]).ok();
        assert_eq!(code(&space), Some(1), "{end} is gone");
    }
}

#[test]
fn the_profile_that_the_compiler_reads_is_an_input() {
    for (flag, place) in [
        ("-fprofile-use", "default.profdata"),
        ("-fprofile-instr-use", "default.profdata"),
        ("-fprofile-use=prof", "prof/default.profdata"),
        ("-fprofile-use=own.prof", "own.prof"),
    ] {
        let space = Space::with(&[("main.c", "int main(void) { return 0; }\n"), ("other.c", "int other(void) { return 1; }\n")]);
        space.write("jmake.toml", format!("[compile]\nflags = ['{flag}']\n"));
        let bin = crate::support::llvm_bin(19).expect("clang-19 is installed");
        let merge = |count: u32| {
            space.write("counts.txt", format!("main\n24\n1\n{count}\n"));
            space.write(place, "");
            let mut merge = space.command(bin.join("llvm-profdata"));
            assert!(merge.args(["merge", "counts.txt", "-o", place]).status().unwrap().success());
        };
        merge(1);
        space.build(&[]).ok();
        assert_eq!(space.build(&[]).ok().count("ran"), 0, "{flag}");
        merge(1000);
        let run = space.build(&["--explain"]).ok().says(&format!("{place} changed"));
        assert_eq!(run.steps("compile", "ran").len(), 2, "{flag}");
    }
}
