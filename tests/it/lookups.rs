//! What a build looked for in vain, and is there now.

use crate::support::Space;

fn code(space: &Space) -> Option<i32> {
    space.command(space.path("build/dev/bin/project")).status().unwrap().code()
}

#[test]
fn a_header_that_appears_earlier_in_the_search_is_noticed() {
    let space = Space::with(&[
        ("jmake.toml", "[compile]\ninclude_dirs = ['first', 'second']\n"),
        ("first/.keep", ""),
        ("second/answer.h", "#define ANSWER 1\n"),
        ("main.c", "#include \"answer.h\"\nint main(void) { return ANSWER; }\n"),
    ]);
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(1));
    space.write("first/answer.h", "#define ANSWER 2\n");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(2));
    space.remove("first/answer.h");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(1));
}

#[test]
fn a_header_beside_the_source_goes_before_those_of_the_list() {
    let space = Space::with(&[
        ("jmake.toml", "[compile]\ninclude_dirs = ['include']\n"),
        ("include/p/answer.h", "#define ANSWER 1\n"),
        ("src/main.c", "#include \"p/answer.h\"\nint main(void) { return ANSWER; }\n"),
    ]);
    space.build(&[]).ok();
    space.write("src/p/answer.h", "#define ANSWER 2\n");
    let run = space.build(&["--explain"]).ok();
    assert_eq!((code(&space), run.count("ran")), (Some(2), 2));
    space.write("src/p/other.h", "");
    assert_eq!(space.build(&[]).ok().count("ran"), 0, "another name in the same place is nothing to it");
    space.remove("src/p/answer.h");
    let back = space.build(&[]).ok();
    assert_eq!((code(&space), back.count("ran")), (Some(1), 0), "what was built before is put back");
}

#[test]
fn what_has_include_asked_for_counts_when_it_comes_and_when_it_goes() {
    let space = Space::with(&[(
        "main.c",
        "#if __has_include(<extra/answer.h>)\n#define ANSWER 2\n#else\n#define ANSWER 1\n#endif\nint main(void) { return ANSWER; }\n",
    )]);
    space.write("jmake.toml", "[compile]\ninclude_dirs = ['one', 'two']\n");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(1));
    space.write("two/extra/answer.h", "");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(2));
    space.remove("two");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(1));
}

#[test]
fn a_name_that_macros_make_may_be_any() {
    let space = Space::with(&[(
        "main.c",
        "#define NAME <answer.h>\n#if __has_include(NAME)\n#define ANSWER 2\n#else\n#define ANSWER 1\n#endif\nint main(void) { return ANSWER; }\n",
    )]);
    space.write("jmake.toml", "[compile]\ninclude_dirs = ['one']\n");
    space.write("one/.keep", "");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(1));
    space.write("one/answer.h", "");
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(2));
}

#[test]
fn a_library_that_appears_earlier_in_the_search_is_linked() {
    let mut space = Space::with(&[("main.c", "int answer(void); int main(void) { return answer(); }\n")]);
    space.write("jmake.toml", "[binary]\nlink_libraries = ['answer']\n");
    for (dir, value) in [("first", 2), ("second", 1)] {
        let place = space.place("tmp").join(dir);
        std::fs::create_dir(&place).unwrap();
        std::fs::write(place.join("a.c"), format!("int answer(void) {{ return {value}; }}\n")).unwrap();
        for (program, args) in [("clang-19", &["-c", "a.c", "-o", "a.o"][..]), ("ar", &["rc", "libanswer.a.later", "a.o"])] {
            assert!(space.command(program).current_dir(&place).args(args).status().unwrap().success());
        }
    }
    let place = |name: &str| space.place("tmp").join(name);
    std::fs::rename(place("second/libanswer.a.later"), place("second/libanswer.a")).unwrap();
    let flags = format!("-L{} -L{}", place("first").display(), place("second").display());
    space.set("LDFLAGS", flags);
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(1));
    let place = |name: &str| space.place("tmp").join(name);
    std::fs::rename(place("first/libanswer.a.later"), place("first/libanswer.a")).unwrap();
    space.build(&[]).ok();
    assert_eq!(code(&space), Some(2));
}
