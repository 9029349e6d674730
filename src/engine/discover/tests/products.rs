//! Programs and libraries of the project itself.

use super::*;

#[test]
fn one_main_is_a_program_named_like_the_project() {
    check("main.c: MAIN", "proj = main.c");
    check("src/main.c: MAIN", "proj = src/main.c");
}

#[test]
fn a_program_is_named_by_its_stem() {
    check("src/x/server.c: MAIN", "server = src/x/server.c");
}

#[test]
fn several_files_called_main_are_named_by_their_directories() {
    check(
        "apps/one/main.c: MAIN\n apps/two/src/main.c: MAIN\n main.c: MAIN",
        "one = apps/one/main.c\n proj = main.c\n two = apps/two/src/main.c",
    );
}

#[test]
fn names_are_unique() {
    check("a/x.c: MAIN\n b/x.c: MAIN\n b/c/x.c: MAIN", "b-x = b/x.c\n c-x = b/c/x.c\n x = a/x.c");
}

#[test]
fn sources_without_main_make_a_library() {
    check("a.c:\n b.cpp:\n d.S:", "libproj = library + a.c b.cpp d.S");
    let named = |name| found_with("a.c:", &Given { name: Some(name), ..Given::default() }).targets[0].name.clone();
    assert_eq!((named("Library-Tests"), named("libX")), ("liblibrary-tests".to_owned(), "liblibx".to_owned()));
}

#[test]
fn a_program_links_the_projects_objects_and_makes_no_library_of_private_ones() {
    let d = found("main.c: MAIN\n a.c:\n deep/b.c:");
    assert_eq!(shown(&d), "proj = main.c");
    assert_eq!(list(&d.project_sources), "a.c deep/b.c");
    assert!(d.targets[0].uses_project);
    assert!(!found("main.c: MAIN").targets[0].uses_project);
}

#[test]
fn headers_under_include_make_a_library_beside_a_program() {
    check("include/p.h:\n src/p.c: \"p.h\"\n src/main.c: \"p.h\"\\nMAIN", "libproj = library + src/p.c\n proj = src/main.c\n dirs include");
}

#[test]
fn headers_beside_sources_count_where_a_test_example_or_program_includes_them() {
    for user in ["x_test.c", "examples/e.c", "cli/c.c"] {
        let d = found(&format!("src/p.h:\n src/p.c:\n other.c: MAIN\n {user}: \"p.h\"\\nMAIN"));
        assert!(d.targets.iter().any(|t| t.name == "libproj"), "{user}");
    }
    let d = found("src/p.h:\n src/p.c: \"p.h\"\n other.c: MAIN");
    assert!(!d.targets.iter().any(|t| t.name == "libproj"));
}

#[test]
fn a_library_may_be_asked_for() {
    let d = found_with("main.c: MAIN\n a.c:", &Given { library: true, ..Given::default() });
    assert_eq!(shown(&d), "libproj = library + a.c\nproj = main.c");
}

#[test]
fn sources_that_need_what_main_defines_make_no_library() {
    for (shared, used) in [("int verbose;", "extern int verbose;"), ("void usage(void) { }", "void usage(void);")] {
        let d = found(&format!("main.c: \"a.h\"\\n{shared}\\nMAIN\n a.h: {used}\n a.c: \"a.h\""));
        assert_eq!(shown(&d), "proj = main.c");
        assert!(note_about(&d, "main.c defines"), "{:?}", d.notes);
        let d = found(&format!("main.c: \"a.h\"\\nstatic {shared}\\nMAIN\n a.h: int a(void);\n a.c: \"a.h\""));
        assert_eq!(shown(&d), "libproj = library + a.c\nproj = main.c");
    }
}

#[test]
fn programs_beside_a_library_keep_their_parts_out_of_it() {
    let d = found(
        "lib/z.h:\n lib/z.c: \"z.h\"\n programs/cli.c: \"z.h\" \"io.h\"\\nMAIN\n programs/gen.c: \"io.h\"\\nMAIN\n programs/io.h:\n programs/io.c: \"io.h\"\n tests/t.c: \"z.h\"\\nMAIN",
    );
    assert_eq!(shown(&d), "cli = programs/cli.c\ngen = programs/gen.c\nlibproj = library + lib/z.c\nt [test] = tests/t.c\ndirs lib");
    assert_eq!(list(&d.project_sources), "lib/z.c programs/io.c");
}

#[test]
fn a_main_under_a_condition_waits_for_its_object() {
    check("a.c: #ifdef X\\nMAIN\\n#endif\n b.c:", "a = a.c?\n libproj = library? + b.c");
    check("a.c: #ifdef X\\nMAIN\\n#endif", "a = a.c?\n libproj = library?");
    check("main.c: MAIN\n a.c: #ifdef X\\nMAIN\\n#endif", "a = a.c?\n proj = main.c");
}

#[test]
fn a_library_that_others_use_stays_whether_or_not_a_main_is_one() {
    let unsure = "#ifdef X\\nMAIN\\n#endif";
    let d = found(&format!("include/b.h:\n a.c: \"b.h\"\\n{unsure}\n b.c: \"b.h\""));
    assert_eq!(shown(&d), "a = a.c?\nlibproj = library + b.c\ndirs include");
    let d = found(&format!("include/b.h: void usage(void);\n a.c: \"b.h\"\\nvoid usage(void) {{ }}\\n{unsure}\n b.c: \"b.h\""));
    let library = d.targets.iter().find(|t| t.name == "libproj").unwrap();
    assert!(matches!(&library.if_main, IfMain::Goes(Some(why)) if why.contains("a.c defines")), "{:?}", library.if_main);
    let d = found_with(&format!("a.c: {unsure}\n b.c:"), &Given { library: true, ..Given::default() });
    assert_eq!(shown(&d), "a = a.c?\nlibproj = library + b.c");
}

#[test]
fn a_part_of_a_program_that_is_asked_for_is_in_the_library() {
    let given = Given { extra: vec!["cli/part.c".into()], ..Given::default() };
    let d = found_with("x.h:\n x.c: \"x.h\"\n cli/part.c:\n cli/prog.c: \"../x.h\"\\nMAIN", &given);
    assert_eq!(shown(&d), "libproj = library + cli/part.c x.c\nprog = cli/prog.c");
}

#[test]
fn a_main_in_an_included_header_waits_for_its_object() {
    check("tests/a.c: \"h.h\"\n tests/b.c: \"h.h\"\n tests/h.h: MAIN", "a [test] = tests/a.c?\n b [test] = tests/b.c?");
}

#[test]
fn a_main_whose_name_a_header_changes_waits_for_its_object() {
    let header = "#ifdef _WIN32\\n#define tmain wmain\\n#else\\n#define tmain main\\n#endif";
    let tmain = "int tmain(int argc, char **argv) { return 0; }";
    let text = format!("lib/z.c:\n programs/util.h: {header}\n programs/all.h: \"util.h\"\n programs/gzip.c: \"all.h\"\\n{tmain}");
    check(&text, "gzip = programs/gzip.c?\n libproj = library? + lib/z.c");
    check(&format!("a.c: #define tmain main\\n{tmain}"), "a = a.c?\n libproj = library?");
    // Who does not see the macro, or only calls what it names, has no `main`.
    check(&format!("util.h: {header}\n a.c: {tmain}"), "libproj = library + a.c");
    check(&format!("util.h: {header}\n a.c: \"util.h\"\\nint tmain(int argc, char **argv);"), "libproj = library + a.c");
    check(&format!("util.h: {header}\n a.c: \"util.h\"\\nstatic {tmain}"), "libproj = library + a.c");
}

#[test]
fn nothing_is_found_in_nothing() {
    assert_eq!(found(""), Discovery::default());
    let d = found("include/a.h: \"b.h\"\n include/b.h:");
    assert_eq!((shown(&d).as_str(), list(&d.headers).as_str()), ("", "include/a.h include/b.h"));
}

#[test]
fn the_order_of_files_does_not_matter() {
    let text = "include/a.h:\n src/a.c: \"a.h\"\n src/x/b.c: \"a.h\" \"c.h\"\n inc/c.h:\n other/c.h:\n t/a.c: MAIN\n t/b.c:\n t/c.c: MAIN";
    let reversed: Vec<&str> = text.lines().rev().collect();
    assert_eq!(found(text), found(&reversed.join("\n")));
}
