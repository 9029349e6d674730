//! Include directories, and headers that are nowhere.

use super::*;

fn check_dirs(text: &str, expect: &str) {
    assert_eq!(list(&found(text).include_dirs), expect, "{text}");
}

#[test]
fn what_lies_beside_the_includer_needs_no_directory() {
    check_dirs("src/a.c: \"a.h\" \"../b.h\"\n src/a.h: \"sub/c.h\"\n src/sub/c.h:\n b.h:", "");
}

#[test]
fn the_fewest_directories_are_inferred() {
    check_dirs("src/a.c: <p/a.h> \"b.h\"\n include/p/a.h:\n include/b.h:\n old/b.h:", "include");
    check_dirs("a/x.c: \"one.h\" \"two.h\"\n b/one.h:\n c/one.h:\n c/two.h:", "c");
    check_dirs("db/x.c: \"util/a.h\" \"leveldb/b.h\"\n util/a.h:\n include/leveldb/b.h:", "include .");
    check_dirs("a/x.c: \"one.h\" \"two.h\"\n b/one.h:\n c/two.h:", "b c");
}

#[test]
fn include_and_src_are_preferred() {
    check_dirs("app/a.c: \"x.h\"\n include/x.h:\n aaa/x.h:\n src/x.h:", "include");
    check_dirs("app/a.c: \"x.h\"\n aaa/x.h:\n src/x.h:", "src");
}

#[test]
fn headers_of_headers_count() {
    check_dirs("src/a.c: \"a.h\"\n src/a.h: <p/b.h>\n lib/p/b.h: \"q.h\"\n lib/p/q.h:", "lib");
}

#[test]
fn headers_that_nobody_includes_do_not_count() {
    check_dirs("src/a.c:\n src/unused.h: \"far.h\"\n x/far.h:", "");
}

#[test]
fn the_projects_sources_take_nothing_from_tests_where_they_have_it_themselves() {
    check_dirs("src/a.c: \"x.h\"\n tests/x.h:\n core/x.h:", "core");
    check_dirs("src/a.c:\n tests/a/t.c: \"x.h\"\\nMAIN\n tests/x.h:", "tests");
}

#[test]
fn a_project_does_not_hide_the_systems_headers() {
    check_dirs("src/a.c: <string.h> <sys/types.h> <vector>\n compat/string.h:\n compat/sys/types.h:\n compat/vector:", "");
    check_dirs("src/a.c: <string.h> \"b.h\"\n compat/string.h:\n compat/b.h:\n other/b.h:", "other");
    check_dirs("src/a.c: <string.h> \"b.h\"\n compat/string.h:\n compat/b.h:", "compat");
}

#[test]
fn the_projects_own_header_wins_over_an_installed_one() {
    check_dirs("zlib.h:\n a.c:\n test/example.c: <zlib.h>\\nMAIN", ".");
}

#[test]
fn given_directories_need_no_inference() {
    let given = Given { dirs: vec!["odd/place".into()], ..Given::default() };
    let d = found_with("a.c: <x.h>\n odd/place/x.h:\n include/x.h:", &given);
    assert_eq!(shown(&d), "libproj = library + a.c");
}

#[test]
fn headers_of_other_platforms_stand_in_for_nothing() {
    let d = found("src/a.c: \"cfg_config.h\"\n android/cfg_config.h:");
    assert_eq!(list(&d.include_dirs), "");
    assert!(note_about(&d, "cfg_config.h"));
}

#[test]
fn an_unknown_header_in_angle_brackets_leaves_its_file_out() {
    check("a.c:\n b.c: <gone.h>\n c.c: \"d.h\"\n d.h: <gone2.h>", "libproj = library + a.c\n out b.c!\n out c.c!");
    let d = found("c.c: \"d.h\"\n d.h: <gone2.h>");
    assert_eq!(d.left_out[0].why, "it includes <gone2.h> (through d.h), which is nowhere to be found");
}

#[test]
fn an_unknown_header_in_quotes_leaves_out_tests_only() {
    check(
        "a.c: \"gone.h\"\n tests/t.c: \"gone.h\"\\nMAIN\n examples/e.c: <gone.h>\\nMAIN",
        "libproj = library + a.c\n out examples/e.c\n out tests/t.c",
    );
}

#[test]
fn a_condition_excuses_an_unknown_header() {
    check(
        "a.c: #ifdef _WIN32\\n#include <windows.h>\\n#endif\\n#if 0\\n#include <x.h>\\n#endif\\n#include HEADER",
        "libproj = library + a.c",
    );
}

#[test]
fn a_directory_that_is_only_named_like_a_platform_is_found_by_its_name() {
    assert_eq!(shown(&found("a.c: \"win32/x.h\"\n include/win32/x.h:")), "libproj = library + a.c\ndirs include");
}

#[test]
fn what_a_step_makes_is_present() {
    let mut looked_at = LookedAt { files: files("a.c: <made.h> <old.h>\n gen/old.h: <stdio.h>"), ..LookedAt::default() };
    looked_at.add_made([FilePath::from("gen/made.h"), "gen/old.h".into(), "gen/b.c".into()].iter());
    let d = discover(&Request { files: &looked_at.files, ..request(&Given::default()) });
    assert_eq!(shown(&d), "libproj = library + a.c gen/b.c\ndirs gen");
    assert_eq!(list(&d.headers), "gen/made.h gen/old.h");
}

#[test]
fn a_header_of_a_configure_step_is_named_with_the_way_out() {
    let d = found("a.c: <config.h>\n config.h.in:");
    assert_eq!(shown(&d), "out a.c!");
    assert!(d.left_out[0].why.contains("copy config.h.in to config.h"), "{:?}", d.left_out);
    let d = found("a.c: \"p/x.h\"\n src/p/x.h.cmake:");
    assert_eq!(shown(&d), "libproj = library + a.c");
    assert!(note_about(&d, "copy src/p/x.h.cmake to src/p/x.h"), "{:?}", d.notes);
    let d = found("a.c: #ifdef HAVE_CONFIG_H\\n#include <config.h>\\n#endif");
    assert_eq!(shown(&d), "libproj = library + a.c");
    assert!(note_about(&d, "compile.defines"), "{:?}", d.notes);
}

#[test]
fn the_include_graph_names_files() {
    let d = found("a.c: \"b.h\" <p/c.h> <stdio.h>\n b.h: \"include/p/c.h\"\n include/p/c.h:");
    let graph: Vec<String> = d.includes.iter().map(|(from, to)| format!("{from}: {}", list(to))).collect();
    assert_eq!(graph, ["a.c: b.h include/p/c.h", "b.h: include/p/c.h"]);
}
