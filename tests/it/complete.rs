//! `jmake complete`: what is missing in jmake.toml is filled, everything else stays, and builds make what they made before.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use crate::support::Space;

/// The minimal file of the original. `$PWD/myproject` stands for the root, as its shell wrote it.
const MINIMAL: &str = "version = \"0.1.0\"\n\n[project]\nname = \"myproject\"\nroot = \"$PWD/myproject\"\n\n[llvm]\nuse_jmake_llvm = true\n\n[discovery]\nenabled = true\n\n\
    [compile]\nenabled = true\nflags = [\"-std=c++17\", \"-fPIC\"]\n\n[binary]\nenabled = true\n";

const FILES: [(&str, &str); 5] = [
    ("src/main.cpp", "#include \"part.hpp\"\n#include <plain.h>\nint main() { return part() + plain(); }\n"),
    ("src/part.cpp", "#include \"part.hpp\"\nint part() { return 0; }\n"),
    ("src/part.hpp", "int part();\n"),
    ("include/plain.h", "#ifdef __cplusplus\nextern \"C\"\n#endif\nint plain(void);\n"),
    ("src/plain.c", "#include <plain.h>\nint plain(void) { return 0; }\n"),
];

fn project(text: &str) -> Space {
    let space = Space::with(&FILES);
    space.write("jmake.toml", rooted(&space, text));
    space
}

/// A file with the root that this project has.
fn rooted(space: &Space, text: &str) -> String {
    text.replace("$PWD/myproject", space.path("").to_str().unwrap().trim_end_matches('/'))
}

fn text(space: &Space) -> String {
    String::from_utf8(space.read("jmake.toml")).unwrap()
}

/// The file as values.
fn table(space: &Space) -> toml::Table {
    text(space).parse().unwrap_or_else(|error| panic!("{error}:\n{}", text(space)))
}

/// Fails unless the lines of `old` are in the file in their order.
#[track_caller]
fn keeps(space: &Space, old: &str) {
    let now = text(space);
    let mut rest = now.lines();
    for line in rooted(space, old).lines() {
        assert!(rest.any(|kept| kept == line), "{line:?} is lost:\n{now}");
    }
}

#[test]
fn a_minimal_file_is_completed_and_builds_as_it_did() {
    let space = project(MINIMAL);
    let before = space.build(&["--all"]).ok();
    space
        .jmake(&["complete"])
        .ok()
        .says("Found 6 missing fields")
        .says("Queueing jobs")
        .says("[discovery] Scan for source files")
        .says("Updated: discovery.files (")
        .says("complete!")
        .does_not_say("warning");
    keeps(&space, MINIMAL);
    let table = table(&space);
    let files = &table["discovery"]["files"];
    assert_eq!(files["cpp_sources"].as_array().unwrap(), &["src/main.cpp".into(), "src/part.cpp".into()] as &[toml::Value]);
    assert_eq!(files["c_sources"].as_array().unwrap(), &["src/plain.c".into()] as &[toml::Value]);
    assert_eq!(files["cpp_headers"].as_array().unwrap().len() + files["c_headers"].as_array().unwrap().len(), 2);
    assert_eq!(table["discovery"]["include_dirs"].as_array().unwrap(), &["include".into()] as &[toml::Value]);
    assert_eq!(table["discovery"]["binaries"]["executables"].as_array().unwrap().len(), 0, "what JMake made is none of the project's");
    assert_eq!(table["binary"]["library_name"].as_str(), Some("libmyproject.so"));
    assert_eq!(table["compile"]["output_dir"].as_str(), Some("build/{profile}/ir"));
    let clang = table["llvm"]["tools"]["clang++"].as_str().unwrap().to_owned();
    assert!(std::path::Path::new(&clang).is_absolute() && std::fs::metadata(&clang).is_ok(), "{clang}");

    let after = space.build(&["--all"]).ok();
    assert_eq!((after.count("ran"), after.count("total")), (0, before.count("total")), "{after}");
    space.jmake(&["daemon", "stop"]).ok();
    assert_eq!(space.build(&["--all"]).ok().count("ran"), 0, "nor in a new daemon");

    let whole = text(&space);
    space.jmake(&["complete"]).ok().says("Nothing is missing").says("complete!").does_not_say("Saving");
    space.jmake(&["complete", "--refresh"]).ok().says("complete!").does_not_say("Saving");
    assert_eq!(text(&space), whole);
}

#[test]
fn four_missing_fields_are_filled_and_two_stay_as_they_were() {
    let own = "# Ours.\n[binary]\nlibrary_name = 'libown.so' # fixed\n\n[discovery]\ninclude_dirs = [ 'include' ]  # by hand\n";
    let space = project(own);
    space.jmake(&["complete"]).ok().says("Found 4 missing fields").does_not_say("discovery.include_dirs");
    keeps(&space, own);
    assert_eq!(table(&space)["binary"]["library_name"].as_str(), Some("libown.so"));
    space.build(&[]).ok();
    assert!(space.exists("build/dev/lib/libown.so"));
}

#[test]
fn marks_line_endings_and_modes_survive() {
    let old = format!("\u{feff}{}[custom]\r\nmine = 1 # kept", MINIMAL.replace('\n', "\r\n"));
    let space = project(&old);
    std::fs::set_permissions(space.path("jmake.toml"), std::fs::Permissions::from_mode(0o604)).unwrap();
    std::fs::rename(space.path("jmake.toml"), space.path("real.toml")).unwrap();
    symlink("real.toml", space.path("jmake.toml")).unwrap();
    space.jmake(&["complete"]).ok();
    keeps(&space, &old);
    let now = text(&space);
    assert!(now.starts_with('\u{feff}') && !now.ends_with('\n'), "{now:?}");
    assert_eq!(now.matches('\n').count(), now.matches("\r\n").count());
    assert!(space.path("jmake.toml").is_symlink());
    assert_eq!(std::fs::metadata(space.path("real.toml")).unwrap().mode() & 0o7777, 0o604);
    assert!(space.leftovers().is_empty(), "{:?}", space.leftovers());
}

#[test]
fn a_dry_run_prints_a_diff_that_patch_takes() {
    let space = project(MINIMAL);
    let run = space.jmake(&["complete", "--dry-run"]).ok();
    assert!(
        run.stdout.starts_with("--- jmake.toml\n+++ jmake.toml\n@@ ") && run.stdout.contains("\n+[discovery.files] # jmake complete\n"),
        "{run}"
    );
    assert_eq!(text(&space), rooted(&space, MINIMAL));
    space.write("change.diff", &run.stdout);
    let patched = space.command("patch").args(["-p0", "-i", "change.diff"]).output().unwrap();
    assert!(patched.status.success(), "{patched:?}");
    let by_patch = text(&space);
    space.write("jmake.toml", rooted(&space, MINIMAL));
    space.jmake(&["complete"]).ok();
    assert_eq!(text(&space), by_patch);
}

#[test]
fn a_refresh_finds_what_came_and_went() {
    let space = project(MINIMAL);
    space.jmake(&["complete"]).ok();
    space.write("src/more.cpp", "int more() { return 0; }\n");
    space.remove("src/plain.c");
    space.edit("src/main.cpp", " + plain()", "");
    space.edit("jmake.toml", "libmyproject.so", "libchosen.so");
    space.jmake(&["complete"]).ok().says("Nothing is missing");
    space.jmake(&["complete", "--refresh"]).ok().says("Saving");
    let table = table(&space);
    assert_eq!(table["discovery"]["files"]["cpp_sources"].as_array().unwrap().len(), 3);
    assert_eq!(table["discovery"]["files"]["c_sources"].as_array().unwrap().len(), 0);
    assert_eq!(table["binary"]["library_name"].as_str(), Some("libchosen.so"), "that is chosen, not found");
}

#[test]
fn a_refresh_leaves_what_somebody_typed() {
    let own = "[discovery]\ninclude_dirs = ['include', 'src']\n[discovery.files]\ncpp_sources = ['src/main.cpp', 'src/part.cpp']\nc_sources = ['src/plain.c']\n";
    let space = project(own);
    space.jmake(&["complete"]).ok();
    space.write("src/more.cpp", "int more() { return 0; }\n");
    space.write("src/more.hpp", "int more();\n");
    space.jmake(&["complete", "--refresh"]).ok().says("Kept as typed: discovery.include_dirs");
    keeps(&space, own);
    let headers = table(&space)["discovery"]["files"]["cpp_headers"].to_string();
    assert!(headers.contains("more.hpp"), "what was filled is looked for again: {headers}");
    space.jmake(&["check"]).ok().says("src/more.cpp").says("not listed");
    space.build(&[]).ok();
}

#[test]
fn a_listed_source_that_is_gone_is_an_error_until_the_list_is_mended() {
    let space = project(MINIMAL);
    space.jmake(&["complete"]).ok();
    space.build(&["--all"]).ok();
    space.write("src/rest.cpp", "int rest() { return 0; }\n");
    std::fs::rename(space.path("src/part.cpp"), space.path("src/parts.cpp")).unwrap();
    let run = space.build(&[]).exits(2).says("src/part.cpp").says("--refresh");
    assert_eq!(run.count("ran"), 0);
    space.jmake(&["check"]).exits(2).says("there is no file `src/part.cpp`").says("not listed are not built: src/parts.cpp, src/rest.cpp");
    space.jmake(&["complete", "--refresh"]).ok();
    space.build(&[]).ok();
    space.jmake(&["check"]).ok().does_not_say("not listed");
}

#[test]
fn where_there_are_targets_only_what_counts_is_filled() {
    let own = "[[targets]]\nname = 'app'\nsources = ['src/*']\n";
    let space = project(own);
    space.build(&[]).ok();
    space.jmake(&["complete"]).ok().says("Found 4 missing fields").does_not_say("discovery.files").does_not_say("library_name");
    keeps(&space, own);
    space.jmake(&["check"]).ok().does_not_say("no effect");
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
    space.jmake(&["complete"]).ok().says("Nothing is missing");
}

#[test]
fn edits_that_happen_meanwhile_are_not_lost() {
    let space = project("[binary]\nlibrary_name = ''\n");
    for round in 0..12 {
        space.write("jmake.toml", "[binary]\nlibrary_name = ''\n");
        let completing = space.start(&["complete"]);
        let mut kept = "# edited\n".to_owned();
        // As editors do it: beside the file, then in its place.
        for edit in 0..20 {
            let line = format!("# {round} {edit}\n");
            let now = text(&space);
            space.write("mine.toml", format!("{line}{now}"));
            if text(&space) == now {
                std::fs::rename(space.path("mine.toml"), space.path("jmake.toml")).unwrap();
                kept = line;
            }
        }
        completing.finish();
        assert!(text(&space).contains(&kept), "{kept} is lost:\n{}", text(&space));
    }
}

#[test]
fn what_cannot_be_completed_is_said() {
    let space = Space::with(&FILES);
    space.jmake(&["complete"]).exits(2).says("jmake init");
    space.write("jmake.toml", "[compile\n");
    space.jmake(&["complete"]).exits(2).says("jmake.toml:1:");
    assert_eq!(text(&space), "[compile\n");
    space.write("jmake.toml", "[llvm]\n");
    let run = space.jmake(&["complete", "--toolchain", "1.0"]).exits(3).says("llvm.tools").says("1.0");
    assert!(run.stdout.contains("Updated: ") && run.stdout.contains("binary.library_name"), "{run}");
    assert!(text(&space).contains("library_name") && !text(&space).contains("tools"), "the rest is written:\n{}", text(&space));
}

#[test]
fn events_tell_of_each_question() {
    let space = project(MINIMAL);
    let run = space.jmake(&["complete", "--json"]).ok();
    assert_eq!(run.events()[0]["type"], "complete_started");
    assert_eq!(run.events()[0]["fields"].as_array().unwrap().len(), 6);
    assert_eq!((run.events_of("job_started").len(), run.events_of("job_finished").len()), (6, 6), "{run}");
    assert!(run.events_of("job_finished").iter().all(|event| event["status"] == "completed"), "{run}");
    let end = run.events().pop().unwrap();
    assert_eq!((&end["type"], &end["success"], &end["changed"]), (&"complete_finished".into(), &true.into(), &true.into()));
}

#[test]
fn a_file_of_another_name_is_completed_where_it_is() {
    let space = project("[binary]\n");
    space.write("other.toml", "[project]\nname = 'other'\n");
    space.jmake(&["complete", "other.toml"]).ok();
    assert!(String::from_utf8(space.read("other.toml")).unwrap().contains("libother.so"));
    assert_eq!(text(&space), "[binary]\n");
}
