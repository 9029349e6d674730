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
