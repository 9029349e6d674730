//! A change of jmake.toml counts in the next build, with the same daemon, and runs what it concerns and nothing else.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::{Run, Space};

const MAIN: &str = "#include \"part.h\"\n#ifndef N\n#define N 0\n#endif\nint main(void) { return part() + N; }\n";
const PART: &str = "#include \"part.h\"\nint part(void) { return 0; }\n";

/// A program of two sources that was built with these settings.
fn built(settings: &str) -> Space {
    let space = Space::with(&[
        ("main.c", MAIN),
        ("part.c", PART),
        ("part.h", "int part(void);\n"),
        ("other.c", "int other;\n"),
        ("jmake.toml", settings),
    ]);
    assert!(space.build(&[]).ok().count("ran") > 0);
    space
}

/// What the next build runs, by kind and label, and that the one after it runs nothing.
#[track_caller]
fn runs(space: &Space) -> Vec<String> {
    let daemon = space.daemon();
    let run = space.build(&[]).ok();
    let all = ran(&run);
    let again = space.build(&[]).ok();
    assert_eq!(ran(&again), [""; 0], "{again}");
    assert_eq!(space.daemon(), daemon, "the daemon was restarted");
    all
}

#[track_caller]
fn ran(run: &Run) -> Vec<String> {
    let of_kind = |kind: &'static str| run.steps(kind, "ran").into_iter().map(move |label| format!("{kind} {label}"));
    let kinds = ["compile", "frontend", "lto", "backend", "archive", "link"];
    let all: Vec<String> = kinds.into_iter().flat_map(of_kind).collect();
    assert_eq!(all.len() as u64, run.count("ran"), "{run}");
    all
}

#[track_caller]
fn exit_code(space: &Space) -> Option<i32> {
    space.command(space.path("build/dev/bin/project")).status().unwrap().code()
}

const SOURCES: [&str; 3] = ["compile main.c", "compile other.c", "compile part.c"];
const PROGRAM: &str = "link build/dev/bin/project";

#[test]
fn what_means_the_same_runs_nothing() {
    let space = built("[compile]\ndefines = { N = 3 }\n");
    for same in [
        "# a remark\n[compile]\ndefines = { N = 3 } # another\n",
        "[compile]\r\ndefines = { N = 3 }\r\n",
        "\u{feff}compile.defines.N = '3'",
        "[compile]\ndefines = { N = 3 }\nwarnings = 'default'\nflags = []\n[link]\nlto = false\n",
        "[compile]\ndefines = { N = 3 }\n[custom]\nnote = 'mine'\n[project]\ndescription = 'x'\n[profile.other]\nflags = ['-O3']\n",
        "[compile]\ndefines = { N = 3 }\nunknown = 1\n",
    ] {
        space.write("jmake.toml", same);
        assert_eq!(runs(&space), [""; 0], "{same}");
    }
    assert_eq!(exit_code(&space), Some(3));
}

#[test]
fn a_macro_of_the_project_compiles_everything_anew() {
    let space = built("");
    space.write("jmake.toml", "compile.defines = { N = 4 }\n");
    let all = runs(&space);
    assert!(SOURCES.iter().all(|source| all.iter().any(|it| it == source)), "{all:?}");
    assert_eq!(exit_code(&space), Some(4));
    // What was there before is still known.
    space.write("jmake.toml", "");
    assert_eq!(runs(&space), [""; 0]);
    assert_eq!(exit_code(&space), Some(0));
}

#[test]
fn a_flag_of_the_linker_compiles_nothing() {
    let space = built("");
    space.write("jmake.toml", "link.flags = ['-Wl,--build-id=0x1234abcd']\n");
    let all = runs(&space);
    assert!(all.iter().any(|it| it == PROGRAM) && all.iter().all(|it| it.starts_with("link ")), "{all:?}");
    assert!(space.read("build/dev/bin/project").windows(4).any(|bytes| bytes == [0x12, 0x34, 0xab, 0xcd]));
}

#[test]
fn files_that_a_flag_of_the_linker_names_count_for_links_alone() {
    for (flag, before, after) in [
        ("-Wl,--version-script=list", "{ local: *; };\n", "{ global: part; local: *; };\n"),
        ("-Wl,--dynamic-list,list", "{ part; };\n", "{ main; };\n"),
    ] {
        let space = built("");
        space.write("list", before);
        space.write("jmake.toml", format!("link.flags = ['{flag}']\n"));
        let links = ["link build/dev/bin/project", "link build/dev/lib/libproject.so"];
        assert_eq!(runs(&space), links, "{flag}");
        for stopped in [false, true] {
            space.write("list", format!("{after}/* stopped: {stopped} */\n"));
            if stopped {
                space.jmake(&["daemon", "stop"]).ok();
                space.started_daemon();
            }
            assert_eq!(runs(&space), links, "{flag}: stopped: {stopped}");
        }
    }
}

#[test]
fn files_that_a_flag_of_the_compiler_names_count_for_compiles_with_it() {
    let space = built("[[files]]\nmatch = 'part.c'\nflags = ['-Wp,-DX=list']\n");
    space.write("list", "1");
    assert_eq!(runs(&space)[0], "compile part.c");
    space.write("list", "2");
    assert_eq!(runs(&space), ["compile part.c"]);
}

#[test]
fn a_level_of_optimisation_counts_for_compiles_and_links() {
    // A linker is told of it if it compiles.
    let space = built("link.lto = 'thin'\n");
    space.write("jmake.toml", "link.lto = 'thin'\nlink.opt_level = 'O2'\n");
    let run = space.build(&["-v"]).ok();
    let commands: Vec<String> = run.events_of("step_started").iter().map(|event| event["command"].to_string()).collect();
    assert!(SOURCES.iter().all(|source| ran(&run).iter().any(|it| it == source)), "{run}");
    assert!(!commands.is_empty() && commands.iter().all(|line| line.contains("O2") || line.contains("llvm-ar")), "{commands:?}");
    assert_eq!(runs(&space), [""; 0]);
}

#[test]
fn options_of_one_target_concern_its_files_and_what_links_them() {
    let targets = |part: &str, app: &str| {
        format!(
            "[[targets]]\nname = 'part'\nkind = 'static'\nsources = ['part.c']\n{part}\n\
             [[targets]]\nname = 'project'\nsources = ['main.c']\ndepends = ['part']\n{app}\n\
             [[targets]]\nname = 'other'\nkind = 'shared'\nsources = ['other.c']\n"
        )
    };
    let space = built(&targets("", ""));
    let change = |part: &str, app: &str| {
        space.write("jmake.toml", targets(part, app));
        runs(&space)
    };
    assert_eq!(change("", "defines = { N = 5 }"), ["compile main.c", PROGRAM]);
    assert_eq!(exit_code(&space), Some(5));
    assert_eq!(change("flags = ['-O1']", "defines = { N = 5 }"), ["compile part.c", "archive build/dev/lib/libpart.a", PROGRAM]);
    let public = "flags = ['-O1']\npublic_defines = { N = 6 }";
    assert_eq!(change(public, ""), ["compile main.c", "compile part.c", PROGRAM]);
    assert_eq!(exit_code(&space), Some(6));
    assert_eq!(change(public, "link_flags = ['-Wl,--build-id=none']"), [PROGRAM]);
}

#[test]
fn rules_for_files_concern_these_files() {
    let space = built("");
    space.write("jmake.toml", "[[files]]\nmatch = 'main.c'\ndefines = { N = 7 }\n");
    assert_eq!(runs(&space), ["compile main.c", PROGRAM]);
    assert_eq!(exit_code(&space), Some(7));
}

#[test]
fn settings_that_are_broken_build_nothing_and_mended_ones_run_nothing() {
    let good = "compile.defines = { N = 1 }\n";
    let space = built(good);
    for (broken, said) in [
        ("compile.defines = { N = 1\n", "never closed"),
        ("compile.flags = 3\n", "list of strings"),
        ("compile.defines = { N = 1 }\ncompile.defines = { N = 1 }\n", "given twice"),
        ("link.lto = 'some'\n", "must be one of"),
    ] {
        space.write("jmake.toml", broken);
        let run = space.build(&[]).exits(2).says(said).says("jmake.toml:");
        assert_eq!((run.count("ran"), run.steps("", "ran").len()), (0, 0));
        // It is not forgotten, and nothing is taken away.
        space.jmake(&["build"]).exits(2).says(said);
        assert_eq!(exit_code(&space), Some(1));
        space.write("jmake.toml", good);
        assert_eq!(runs(&space), [""; 0], "{broken}");
    }
}

#[test]
fn without_its_file_a_project_has_the_usual_settings() {
    let space = built("compile.defines = { N = 2 }\n[project]\nname = 'project'\n");
    assert_eq!(exit_code(&space), Some(2));
    space.remove("jmake.toml");
    assert!(runs(&space).contains(&"compile main.c".to_owned()));
    assert_eq!(exit_code(&space), Some(0));
    space.write("jmake.toml", "compile.defines = { N = 2 }\n");
    assert_eq!(runs(&space), [""; 0]);
    assert_eq!(exit_code(&space), Some(2));
}

#[test]
fn a_file_that_is_replaced_is_read_again() {
    let space = built("compile.defines = { N = 1 }\n");
    for n in 2..5 {
        let new = space.path("jmake.toml.new");
        fs::write(&new, format!("compile.defines = {{ N = {n} }}\n")).unwrap();
        fs::rename(&new, space.path("jmake.toml")).unwrap();
        assert!(runs(&space).contains(&PROGRAM.to_owned()));
        assert_eq!(exit_code(&space), Some(n));
    }
    // Saved by an editor that puts the old one aside.
    fs::rename(space.path("jmake.toml"), space.path("jmake.toml~")).unwrap();
    fs::copy(space.path("jmake.toml~"), space.path("jmake.toml")).unwrap();
    assert_eq!(runs(&space), [""; 0]);
    fs::set_permissions(space.path("jmake.toml"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(runs(&space), [""; 0]);
}

#[test]
fn a_file_behind_a_link_is_read_where_it_is() {
    let space = built("");
    let shared = space.place("home").join("shared.toml");
    let write = |n: i32| fs::write(&shared, format!("compile.defines = {{ N = {n} }}\n")).unwrap();
    write(1);
    space.remove("jmake.toml");
    symlink(&shared, space.path("jmake.toml")).unwrap();
    assert!(runs(&space).contains(&PROGRAM.to_owned()));
    write(2);
    assert!(runs(&space).contains(&PROGRAM.to_owned()));
    assert_eq!(exit_code(&space), Some(2));
    // The link leads elsewhere.
    let other = space.place("home").join("other.toml");
    fs::write(&other, "compile.defines = { N = 3 }\n").unwrap();
    space.remove("jmake.toml");
    symlink(&other, space.path("jmake.toml")).unwrap();
    assert!(runs(&space).contains(&PROGRAM.to_owned()));
    assert_eq!(exit_code(&space), Some(3));
    // … or nowhere.
    fs::remove_file(&other).unwrap();
    space.jmake(&["build"]).exits(2).says("jmake.toml");
}

#[test]
fn linked_directories_count_if_settings_say_so() {
    let space = built("");
    let more = space.place("home").join("more");
    fs::create_dir(&more).unwrap();
    fs::write(more.join("more.c"), "int more = 1;\n").unwrap();
    symlink(&more, space.path("more")).unwrap();
    // One to a directory of the project is another name for what is there.
    fs::create_dir(space.path("own")).unwrap();
    symlink(space.path("own"), space.path("same")).unwrap();
    space.write("own/own.c", "int own;\n");
    let all = runs(&space);
    assert!(all.contains(&"compile own/own.c".to_owned()) && !all.contains(&"compile more/more.c".to_owned()), "{all:?}");

    space.write("jmake.toml", "discovery.follow_symlinks = true\n");
    let all = runs(&space);
    assert!(all.contains(&"compile more/more.c".to_owned()) && !all.contains(&"compile same/own.c".to_owned()), "{all:?}");
    fs::write(more.join("more.c"), "int more = 2;\n").unwrap();
    assert!(runs(&space).contains(&"compile more/more.c".to_owned()));
    fs::write(more.join("new.c"), "int new_one;\n").unwrap();
    assert!(runs(&space).contains(&"compile more/new.c".to_owned()));
    assert!(space.exists(".jmake_cache/obj/dev/project/more/new.c.o"));
    // It is heard of under another name than the one that is known of it.
    for number in 0..3 {
        fs::write(more.join("new.c"), format!("int new_{number};\n")).unwrap();
        assert!(runs(&space).contains(&"compile more/new.c".to_owned()), "{number}");
    }
    fs::remove_file(more.join("new.c")).unwrap();
    space.build(&[]).ok();
    assert!(!space.exists(".jmake_cache/obj/dev/project/more/new.c.o"));
}

#[test]
fn keys_of_a_library_that_is_not_there_are_told_of() {
    let space = Space::with(&[("main.c", "int main(void) { return 0; }\n")]);
    space.write("jmake.toml", "binary.soname = 'libx.so.1'\nsymbols.export_list = ['f']\n");
    space.build(&["--force"]).ok().says("binary.soname and symbols.export_list in jmake.toml have no effect");
    space.write("part.c", "int f(void) { return 0; }\n");
    space.write("jmake.toml", "binary.soname = 'libx.so.1'\nbinary.library_type = 'shared'\n");
    space.build(&["--force"]).ok().does_not_say("no effect");
}
