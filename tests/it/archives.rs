//! Archives through which programs use the project's objects: small ones are in them, large ones are named, and what is built is the same.
//! And archives that JMake writes itself: they are those of the archiver, byte for byte.

use jmake::edge::archiver;
use jmake::engine::cxx::argv::archive::Kind;
use jmake::engine::path::FilePath;

use crate::support::{Space, llvm_bin};

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

/// Texts, with flags of their compile: each has symbols of another kind.
const OBJECTS: &[(&str, &str, &str)] = &[
    ("plain.c", "int plain(void) { return 1; } int data = 3; static int own(void) { return 2; } int (*taken)(void) = own;", "-g"),
    (
        "weak.c",
        "__attribute__((weak)) int weak(void) { return 1; } int absent(void) __attribute__((weak)); int at(void) { return absent ? 1 : 0; }",
        "",
    ),
    ("common.c", "int common; int others[100];", "-fcommon"),
    ("thread.c", "__thread int of_thread = 1; __thread int zero;", ""),
    ("hidden.c", "__attribute__((visibility(\"hidden\"))) int hidden(void) { return 1; }", ""),
    ("nothing.c", "static int never = 1;", ""),
    ("calls.c", "int plain(void); int calls(void) { return plain(); }", "-O2"),
    (
        "chosen.c",
        "static int real(void) { return 1; } static void *pick(void) { return real; } int chosen(void) __attribute__((ifunc(\"pick\")));",
        "",
    ),
    ("versioned.c", "__asm__(\".symver old, f@ONE\\n.symver new, f@@TWO\"); int old(void) { return 1; } int new(void) { return 2; }", ""),
    (
        "shapes.cpp",
        "#include <string>\ntemplate <class T> T twice(T x) { return x + x; } struct S { virtual ~S(); }; S::~S() {} auto made = twice(std::string(\"a\")); inline int in() { static int n; return ++n; } int uses() { return in(); }",
        "-g",
    ),
    ("a name that is longer than sixteen characters.c", "int long_name(void) { return 1; }", ""),
    ("sub/plain.c", "int other_plain(void) { return 1; }", ""),
    ("bare.s", ".globl from_assembler\nfrom_assembler: ret\nlocal: ret\n", ""),
];

#[test]
fn archives_are_those_of_the_archiver() {
    let space = Space::new();
    let root = space.path("");
    let mut objects: Vec<FilePath> = Vec::new();
    for (name, text, flags) in OBJECTS {
        space.write(format!("home/{name}"), text);
        let object = format!("home/{name}.o");
        let mut compile = space.command("clang-19");
        compile.args(flags.split_whitespace()).args(["-fPIC", "-w", "-c", &format!("home/{name}"), "-o", &object]).current_dir(&root);
        assert!(compile.status().unwrap().success(), "{name}");
        objects.push(object.as_str().into());
    }
    let many: Vec<FilePath> = (0..300)
        .map(|number| {
            let path = format!("home/many/{number}.o");
            space.write(&path, space.read(objects[number % objects.len()].as_path()));
            path.as_str().into()
        })
        .collect();
    let home: FilePath = "home".into();
    let mut compared = 0;
    let chosen = (0..objects.len()).map(|at| &objects[at..=at]).chain([&objects[..], &objects[2..5], &many[..]]);
    for (members, (kind, letters)) in chosen.flat_map(|members| [(Kind::Whole, "rcsD"), (Kind::Thin, "rcsDT")].map(|kind| (members, kind)))
    {
        let own = space.path("home/own.a");
        assert!(archiver::write_all(kind, members, &root, &home, &own));
        for bin in [14, 19].into_iter().filter_map(llvm_bin) {
            let _none_yet = std::fs::remove_file(space.path("home/theirs.a"));
            let mut archive = space.command(bin.join("llvm-ar"));
            archive.args([letters, "home/theirs.a"]).args(members.iter().map(FilePath::as_path)).current_dir(&root);
            assert!(archive.status().unwrap().success());
            assert!(space.read("home/own.a") == space.read("home/theirs.a"), "{} {letters} of {members:?}", bin.display());
            let mode = |name: &str| std::os::unix::fs::MetadataExt::mode(&space.path(name).metadata().unwrap());
            assert_eq!(mode("home/own.a"), mode("home/theirs.a"));
            compared += 1;
        }
    }
    assert!(compared > 0, "an LLVM is installed");

    // What is no such object is the archiver's.
    space.write("home/text.o", "no object");
    let others: [&[&str]; 4] = [&["home/text.o"], &["home/absent.o"], &[], &["home/plain.c.o", "home/text.o"]];
    for others in others {
        let others: Vec<FilePath> = others.iter().map(|path| FilePath::from(*path)).collect();
        assert!(!archiver::write_all(Kind::Whole, &others, &root, &home, &space.path("home/none.a")) && !space.exists("home/none.a"));
    }
    for name in [&b"home/inv\xe4lid.o"[..], "home/käse.o".as_bytes()] {
        let strange = FilePath::from_bytes(name);
        std::fs::write(strange.under(&root), space.read("home/plain.c.o")).unwrap();
        for kind in [Kind::Whole, Kind::Thin] {
            assert!(!archiver::write_all(kind, std::slice::from_ref(&strange), &root, &home, &space.path("home/none.a")));
        }
    }
    space.write("away/a.o", space.read("home/plain.c.o"));
    assert!(!archiver::write_all(Kind::Thin, &["away/a.o".into()], &root, &home, &space.path("home/none.a")));
}
