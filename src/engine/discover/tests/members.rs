//! Tests, examples and the like, and what is not ours to build.

use super::*;

#[test]
fn directories_make_groups() {
    check(
        "main.c: MAIN\n tests/a.c: MAIN\n examples/b.c: MAIN\n benchmarks/c.c: MAIN\n tools/d.c: MAIN\n ossfuzz/e.c: MAIN\n unit-test/f.c: MAIN",
        "a [test] = tests/a.c\n b [example] = examples/b.c\n c [benchmark] = benchmarks/c.c\n d [tool] = tools/d.c\n e [fuzzer] = ossfuzz/e.c
         f [test] = unit-test/f.c\n proj = main.c",
    );
}

#[test]
fn file_names_make_groups() {
    check(
        "lib.c:\n xmltest.cpp: MAIN\n test_a.c: MAIN\n b_test.cc: MAIN\n bench.c: MAIN\n contest.c: MAIN",
        "b_test [test] = b_test.cc\n bench [benchmark] = bench.c\n contest = contest.c\n test_a [test] = test_a.c\n xmltest [test] = xmltest.cpp",
    );
}

#[test]
fn a_component_with_an_interface_is_no_test_whatever_its_name() {
    check(
        "src/muParserTest.cpp: \"muParserTest.h\"\n include/muParserTest.h:\n test/t.cpp: \"muParserTest.h\"\\nMAIN",
        "libproj = library + src/muParserTest.cpp\n t [test] = test/t.cpp\n dirs include",
    );
}

#[test]
fn a_file_that_only_sounds_like_a_test_stays_where_no_test_has_a_main() {
    check("main.c: MAIN\n self_test.c:", "proj = main.c");
    assert_eq!(list(&found("main.c: MAIN\n self_test.c:").project_sources), "self_test.c");
}

#[test]
fn a_lone_file_called_test_is_built_by_default() {
    check("test.c: MAIN", "test = test.c");
    check("tests/a.c: MAIN", "a [test] = tests/a.c");
}

#[test]
fn tests_without_main_join_the_main_of_their_directory() {
    check(
        "a.c:\n tests/main.cpp: MAIN\n tests/one.cpp:\n tests/sub/two.cpp:",
        "libproj = library + a.c\n tests [test] = tests/main.cpp + tests/one.cpp tests/sub/two.cpp",
    );
}

#[test]
fn a_test_without_main_joins_each_main() {
    check(
        "tests/a.c: MAIN\n tests/b.c: MAIN\n tests/shared.c:",
        "a [test] = tests/a.c + tests/shared.c\n b [test] = tests/b.c + tests/shared.c",
    );
    check(
        "examples/one/m.c: MAIN\n examples/one/x.c:\n examples/two/n.c: MAIN",
        "m [example] = examples/one/m.c + examples/one/x.c\n n [example] = examples/two/n.c",
    );
}

#[test]
fn a_helper_with_a_header_goes_where_that_is_included() {
    check(
        "util/testutil.cc: \"testutil.h\"\n util/testutil.h: \"gtest/gtest.h\"\n db/a_test.cc: \"util/testutil.h\"\\nMAIN\n db/c_test.c: MAIN\n db/db.cc:",
        "a_test [test] = db/a_test.cc + util/testutil.cc - gtest pthread\n c_test [test] = db/c_test.c\n libproj = library + db/db.cc\n dirs .",
    );
}

#[test]
fn tests_of_a_framework_share_its_main() {
    check(
        "a.c:\n tests/x.cc: <gtest/gtest.h>\n tests/y.cc: <gmock/gmock.h>\n tests/z.cc:",
        "libproj = library + a.c\n tests [test] = + tests/x.cc tests/y.cc tests/z.cc - gmock_main gmock gtest pthread",
    );
    check(
        "a.c:\n x_test.cc: <gtest/gtest.h>\n c_test.c: MAIN",
        "c_test [test] = c_test.c\n libproj = library + a.c\n proj_tests [test] = + x_test.cc - gtest_main gtest pthread",
    );
    check("tests/x.cc: <gtest/gtest.h>\n tests/m.cc: <gtest/gtest.h>\\nMAIN", "m [test] = tests/m.cc + tests/x.cc - gtest pthread");
}

#[test]
fn tests_that_nothing_runs_are_left_out() {
    check("a.c:\n tests/x.c:", "libproj = library + a.c\n out tests/x.c");
}

#[test]
fn each_fuzzer_gets_the_main_that_drives_them() {
    check(
        "a.c:\n fuzz/engine.c: int LLVMFuzzerTestOneInput(const char *, int);\\nMAIN\n fuzz/one.c: \"help.h\"\\nint LLVMFuzzerTestOneInput(const char *d, int n) { }
         fuzz/two.c: int LLVMFuzzerTestOneInput(const char *d, int n) { }\n fuzz/help.h:\n fuzz/help.c: \"help.h\"",
        "libproj = library + a.c\n one [fuzzer] = fuzz/engine.c + fuzz/help.c fuzz/one.c\n two [fuzzer] = fuzz/engine.c + fuzz/two.c",
    );
}

#[test]
fn a_fuzzer_that_nothing_drives_is_left_out_even_among_tests() {
    check(
        "tests/fuzz_x.c: int LLVMFuzzerTestOneInput(const char *d, int n) { }\n tests/main.c: MAIN",
        "tests [test] = tests/main.c\n out tests/fuzz_x.c",
    );
}

#[test]
fn other_peoples_code_is_not_built_but_may_be_included() {
    let d = found("main.c: <json.h>\\nMAIN\n third_party/json/json.h:\n third_party/json/json.c:\n third_party/json/test/t.c: MAIN");
    assert_eq!(shown(&d), "proj = main.c\ndirs third_party/json");
    assert!(note_about(&d, "2 sources under third_party/"));
    assert_eq!(d.headers, []);
}

#[test]
fn sources_for_other_platforms_are_left_out() {
    check(
        "a.c:\n a_win.c:\n env_windows.cc:\n x_mac.cpp:\n win32/b.c:\n env_windows_test.cc: MAIN",
        "libproj = library + a.c\n out a_win.c\n out env_windows.cc\n out env_windows_test.cc\n out win32/b.c\n out x_mac.cpp",
    );
    check("windows/a.c:\n windows/b.c:", "libproj = library + windows/a.c windows/b.c");
}

#[test]
fn module_units_and_other_languages_are_left_out() {
    let d = found("a.cpp:\n m.cpp: export module m;\n n.cppm:\n u.cpp: import m;\n o.mm:\n p.y:");
    assert_eq!(shown(&d), "libproj = library + a.cpp\nout m.cpp\nout n.cppm\nout o.mm\nout p.y\nout u.cpp");
    assert!(d.left_out[1].why.contains("module") && d.left_out[2].why.contains("Objective-C"));
}

#[test]
fn parts_are_compiled_each_by_itself_where_flags_tell_which_of_them_an_amalgam_has() {
    let d = found("one.c: \"a.c\"\\n\"b.c\"\\n#ifdef WITH_MAIN\\n#include \"main.c\"\\n#endif\n a.c:\n b.c:\n main.c: MAIN");
    assert_eq!(list(&d.project_sources), "a.c b.c");
    assert!(d.left_out[0].why.contains("includes 2 other sources, and 1 more under #if"));
    let d = found("one.c: \"a.c\"\\n\"b.c\"\n a.c:\n b.c:");
    assert_eq!(list(&d.project_sources), "one.c");
}

#[test]
fn a_source_that_another_includes_is_not_compiled_on_its_own() {
    let d = found(
        "main.c: \"part.c\"\\nMAIN\n part.c:\n tests/t.c: \"../other.c\"\\nMAIN\n other.c:\n h.h: #ifdef HEADER_ONLY\\n#include \"impl.c\"\\n#endif\n impl.c: \"h.h\"",
    );
    assert_eq!(list(&d.project_sources), "impl.c other.c");
    assert!(d.left_out[0].why.contains("included by main.c"));
    check("mod.cpp: module;\\n#include \"a.cpp\"\\nexport module m;\n a.cpp:", "libproj = library + a.cpp\n out mod.cpp");
}

#[test]
fn what_is_asked_for_is_ours_whatever_its_name_says() {
    let text = "main.c: \"json.h\"\\nMAIN\n third_party/json/json.h:\n third_party/json/json.c: \"inner/i.h\"\n third_party/json/priv/inner/i.h:\n \
                third_party/json/more.c:\n src/a_win.c:\n tests/b.c: <no.h>";
    let plain = found(text);
    assert_eq!(shown(&plain), "proj = main.c\ndirs third_party/json\nout src/a_win.c\nout tests/b.c");
    assert_eq!(
        plain.vendored.iter().map(|s| s.path.to_string()).collect::<Vec<_>>(),
        ["third_party/json/json.c", "third_party/json/more.c"]
    );

    let extra = ["third_party/json/json.c", "src/a_win.c", "tests/b.c", "gone.c"].map(FilePath::from).to_vec();
    let d = found_with(text, &Given { extra, ..Given::default() });
    assert_eq!(list(&d.project_sources), "src/a_win.c tests/b.c third_party/json/json.c");
    assert!(d.include_dirs.contains(&"third_party/json/priv".into()), "{:?}", d.include_dirs);
    assert_eq!((d.left_out.len(), d.vendored.len()), (0, 1));
    assert!(note_about(&d, "1 source under third_party/") && note_about(&d, "names gone.c"), "{:?}", d.notes);
}
