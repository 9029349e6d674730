//! What steps made, and what became of it since; what they said, and when it is said again.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::Space;

#[test]
fn an_output_whose_permissions_were_changed_is_put_back() {
    let space = Space::with(&[("main.c", "int main(void) { return 0; }\n")]);
    let program = space.path("build/dev/bin/project");
    let mode = || fs::metadata(&program).unwrap().permissions().mode();
    space.build(&[]).ok();
    let made = mode();
    for stopped in [false, true] {
        fs::set_permissions(&program, fs::Permissions::from_mode(made & !0o111)).unwrap();
        if stopped {
            space.jmake(&["daemon", "stop"]).ok();
        }
        let run = space.build(&[]).ok();
        assert_eq!((mode(), run.count("cached"), run.count("ran")), (made, 1, 0), "stopped: {stopped}: {run}");
        assert_eq!(space.build(&[]).ok().count("cached"), 0);
    }
    fs::remove_dir_all(space.place("cache")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(made & !0o111)).unwrap();
    space.build(&["--explain"]).ok().says("the permissions of build/dev/bin/project were changed");
    assert_eq!(mode(), made, "made anew where it cannot be put back");
}

#[test]
fn a_warning_is_said_again_when_its_object_is_put_back() {
    let space = Space::with(&[("main.c", "#warning careful\nint main(void) { return 0; }\n")]);
    space.build(&[]).ok().says("careful");
    space.build(&[]).ok().does_not_say("careful");
    space.remove(".jmake_cache/obj");
    let run = space.build(&[]).ok();
    assert_eq!((run.steps("compile", "cached"), run.count("ran")), (vec!["main.c".to_owned()], 0));
    let warnings: Vec<_> = run.events_of("diagnostic").into_iter().map(|it| (it["severity"].clone(), it["file"].clone())).collect();
    assert_eq!(warnings, [("warning".into(), "main.c".into())]);
    space.edit("main.c", "return 0", "return 1");
    space.build(&[]).ok();
    space.edit("main.c", "return 1", "return 0");
    assert_eq!(space.build(&[]).ok().says("careful").count("ran"), 0, "back to what was made before");
}

#[test]
fn what_came_of_a_source_goes_with_it() {
    let main = "int main(void) { return 0; }\n";
    let space = Space::with(&[("a.c", "int a;\n"), ("sub/b.c", "int b;\n"), ("one.c", main), ("two.c", main), ("three.c", main)]);
    let object = |profile: &str| space.exists(format!(".jmake_cache/obj/{profile}/project/sub/b.c.o"));
    let program = |profile: &str, name: &str| space.exists(format!("build/{profile}/bin/{name}"));
    space.build(&[]).ok();
    space.build(&["--profile", "release"]).ok();
    space.write("build/dev/bin/three", "somebody else's");
    space.jmake(&["daemon", "stop"]).ok();
    ["sub", "two.c", "three.c"].iter().for_each(|path| space.remove(path));
    space.build(&["one"]).ok();
    assert_eq!([program("dev", "one"), program("dev", "two"), program("dev", "three"), object("dev")], [true, false, true, false]);
    assert!(!space.exists(".jmake_cache/obj/dev/project/sub"), "directories that held nothing else");
    assert!(program("release", "two") && object("release"), "each profile has its own");
    space.build(&["--profile", "release"]).ok();
    assert!(!program("release", "two") && !object("release"));
    space.write("two.c", main);
    let run = space.build(&[]).ok();
    let compiled = (run.steps("compile", "cached"), run.steps("compile", "ran"));
    assert_eq!((program("dev", "two"), compiled), (true, (vec!["two.c".to_owned()], vec![])), "it is known again: {run}");
    space.write("jmake.toml", "[project]\nname = \"project\"\n[binary]\nlibrary_type = \"shared\"\n");
    space.build(&[]).ok();
    space.write("other.toml", "[project]\nname = \"other\"\n");
    space.build(&["other.toml"]).ok();
    assert!(program("dev", "two"), "what one configuration does not make another one does");
}

/// The oracle found it with jobs in its projects: the targets that there may be were taken for those that there are.
#[test]
fn a_library_goes_when_an_object_tells_of_a_program_in_its_place() {
    let perhaps = "#ifndef NO_MAIN\nint main(void) { return 0; }\n#endif\n";
    let space = Space::with(&[("a.c", "int a;\n"), ("main.c", perhaps), ("include/a.h", "extern int a;\n")]);
    let made = || ["bin/project", "lib/libproject.so"].map(|path| space.exists(format!("build/dev/{path}")));
    space.build(&[]).ok();
    assert_eq!(made(), [true, true], "there are headers for others");
    space.remove("include");
    space.build(&[]).ok();
    assert_eq!(made(), [true, false]);
    // Asked for in so many words, it lacks a source.
    space.write("jmake.toml", "[binary]\nlibrary_type = \"shared\"\n");
    space.build(&[]).ok();
    assert_eq!(made(), [true, true]);
    space.remove("a.c");
    space.build(&[]).ok();
    assert_eq!(made(), [true, false]);
}

#[test]
fn records_that_cannot_be_read_are_set_aside_which_is_said_once() {
    let space = Space::with(&[("main.c", "int main(void) { return 0; }\n")]);
    space.build(&[]).ok();
    space.jmake(&["daemon", "stop"]).ok();
    space.edit("main.c", "return 0", "return 1");
    space.write(".jmake_cache/state.redb", "no records");
    assert_eq!(space.build(&[]).ok().says("set aside").count("ran"), 2);
    for _ in 0..2 {
        assert_eq!(space.build(&[]).ok().does_not_say("set aside").count("up_to_date"), 2);
    }
}
