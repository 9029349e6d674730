//! Input that nobody wants: a clear error, the right exit code, nothing lost and nothing hung.

use std::ffi::OsStr;
use std::fs::Permissions;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::support::{Run, Running, Space, is_root, slow_header};

const MAIN: &str = "int main(void) { return 0; }\n";

#[test]
fn an_empty_project_says_what_it_looked_for() {
    let space = Space::new();
    space.jmake(&["build"]).exits(2).says(".c");
    space.write("README.md", "nothing to build");
    space.jmake(&["build"]).exits(2);
}

#[test]
fn headers_alone_are_fine() {
    let space = Space::with(&[("include/only.hpp", "#pragma once\n")]);
    let run = space.jmake(&["build"]).ok().says("header");
    assert!(!run.stdout.is_empty());
}

#[test]
fn any_file_name_builds() {
    let names: &[&[u8]] = &[
        b"with space.c",
        b"quote'.c",
        b"double\".c",
        b"dollar$HOME.c",
        b"back\\slash.c",
        b"new\nline.c",
        b"inv\xfflid.c",
        "umläut.c".as_bytes(),
        b"-dash.c",
        b"#hash.c",
        b"per%cent.c",
        b"colon:.c",
        b"semi;.c",
        b"@at.c",
        b"(paren).c",
        b"*star?.c",
    ];
    let space = Space::with(&[("main.c", MAIN)]);
    for (number, name) in names.iter().enumerate() {
        let header = Path::new(OsStr::from_bytes(name)).with_extension("h");
        space.write(&header, format!("#define N{number} {number}\n"));
        let mut text = b"#include \"".to_vec();
        // What cannot be written between quotes is only named.
        let plain = !name.iter().any(|byte| matches!(byte, b'"' | b'\n' | b'\\'));
        text.extend_from_slice(if plain { header.as_os_str().as_bytes() } else { b"plain.h" });
        text.extend_from_slice(format!("\"\nint f{number}(void) {{ return N{number}; }}\n").as_bytes());
        if !plain {
            space.write("plain.h", format!("#define N{number} {number}\n"));
            text.splice(0..0, format!("#define N{number} {number}\n").into_bytes());
        }
        space.write(OsStr::from_bytes(name), text);
    }
    space.write("plain.h", "");
    let first = space.build(&[]).ok();
    assert_eq!(first.count("failed"), 0);
    assert_eq!(space.build(&[]).ok().count("ran"), 0, "and a second build runs nothing");
    space.write("with space.h", "#define N0 00\n");
    assert_eq!(space.build(&[]).ok().steps("compile", "ran"), ["with space.c"]);
    space.jmake(&["build", "-v", "--force"]).ok();
    space.jmake(&["discover"]).ok();
    space.jmake(&["clean"]).ok();
}

#[test]
fn links_to_nowhere_and_round_and_round_are_passed_by() {
    let space = Space::with(&[("src/main.c", MAIN)]);
    symlink("no/such/file.c", space.path("src/broken.c")).unwrap();
    symlink("loop_b.c", space.path("src/loop_a.c")).unwrap();
    symlink("loop_a.c", space.path("src/loop_b.c")).unwrap();
    symlink("..", space.path("src/up")).unwrap();
    symlink(".", space.path("src/here")).unwrap();
    symlink("/", space.path("src/everything")).unwrap();
    let run = space.build(&[]).ok();
    assert_eq!(run.steps("compile", "ran"), ["src/main.c"]);
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn a_source_that_is_no_file_does_not_hang() {
    let space = Space::with(&[("main.c", MAIN)]);
    assert!(std::process::Command::new("mkfifo").arg(space.path("pipe.c")).status().unwrap().success());
    std::os::unix::net::UnixListener::bind(space.path("socket.c")).unwrap();
    std::fs::create_dir(space.path("folder.c")).unwrap();
    space.build(&[]).ok();
}

#[test]
fn an_unreadable_directory_is_named() {
    let mut space = Space::with(&[("main.c", MAIN), ("locked/inner.c", "int inner;\n")]);
    space.drop_root();
    std::fs::set_permissions(space.path("locked"), Permissions::from_mode(0o000)).unwrap();
    assert!(!space.command("ls").arg(space.path("locked")).output().unwrap().status.success(), "the raw operation fails");
    space.jmake(&["build"]).ok().says("locked");
}

#[test]
fn an_unreadable_source_is_an_error_that_names_it() {
    let mut space = Space::with(&[("main.c", MAIN), ("secret.c", "int secret;\n")]);
    space.drop_root();
    std::fs::set_permissions(space.path("secret.c"), Permissions::from_mode(0o000)).unwrap();
    assert!(!space.command("cat").arg(space.path("secret.c")).output().unwrap().status.success(), "the raw operation fails");
    let run = space.jmake(&["build"]).says("secret.c");
    assert!(matches!(run.status.code(), Some(1 | 3)), "{run}");
}

#[test]
fn a_read_only_project_is_a_matter_of_the_machine() {
    let mut space = Space::with(&[("main.c", MAIN)]);
    space.drop_root();
    std::fs::set_permissions(space.path(""), Permissions::from_mode(0o555)).unwrap();
    assert!(!space.command("touch").arg(space.path("x")).output().unwrap().status.success(), "the raw operation fails");
    space.jmake(&["build"]).exits(3).says("project");
    space.jmake(&["discover"]).ok();
}

#[test]
fn a_read_only_home_is_no_obstacle() {
    let mut space = Space::with(&[("main.c", MAIN)]);
    space.drop_root();
    for name in ["home", "state", "config"] {
        std::fs::set_permissions(space.place(name), Permissions::from_mode(0o555)).unwrap();
    }
    space.jmake(&["build"]).ok();
    assert!(space.exists("build/dev/bin/project"));
}

#[test]
fn a_file_where_results_go_is_not_overwritten() {
    let space = Space::with(&[("main.c", MAIN), ("build", "my own notes\n")]);
    space.jmake(&["build"]).exits(3).says("-B");
    assert_eq!(space.read("build"), b"my own notes\n");
    space.jmake(&["build", "-B", "out"]).ok();
}

#[test]
fn a_very_large_source_builds() {
    let space = Space::with(&[("main.c", MAIN)]);
    let mut text = String::from("int first;\n");
    let line = "// a comment of a hundred bytes, so that the compiler has little to do and the scanner has a lot to read\n";
    while text.len() < 100 << 20 {
        text.push_str(line);
    }
    text.push_str("int last(void) { return first; }\n");
    space.write("large.c", text);
    space.build(&[]).ok();
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn a_source_deleted_meanwhile_fails_clearly() {
    let space = Space::with(&[("src/main.c", MAIN)]);
    for name in ["a", "b", "c"] {
        space.write(format!("src/{name}.c"), format!("#include \"slow.h\"\nint {name};\n"));
    }
    space.write("src/slow.h", slow_header(17));
    let mut build = space.start(&["build", "--json", "-j1"]);
    let label = build.wait_for_event("step_started")["label"].as_str().unwrap().to_owned();
    let gone = ["src/a.c", "src/b.c", "src/c.c"].into_iter().find(|path| *path != label).unwrap();
    space.remove(gone);
    let run = build.finish().exits(1);
    assert!(run.stdout.contains(gone), "{run}");
    space.build(&["-j2"]).ok();
}

#[test]
fn a_source_edited_meanwhile_is_compiled_as_it_is_in_the_end() {
    let space = Space::with(&[
        ("main.c", "#include \"slow.h\"\n#include \"answer.h\"\nint main(void) { return ANSWER; }\n"),
        ("answer.h", "#define ANSWER 1\n"),
    ]);
    space.write("slow.h", slow_header(17));
    let mut build = space.start(&["build", "--json"]);
    build.wait_for_event("step_started");
    space.write("answer.h", "#define ANSWER 2\n");
    let _ = build.finish();
    space.build(&[]).ok();
    assert_eq!(space.command(space.path("build/dev/bin/project")).status().unwrap().code(), Some(2));
}

#[test]
fn a_spoilt_state_file_costs_time_only() {
    let space = Space::with(&[("main.c", MAIN)]);
    space.build(&[]).ok();
    let whole = space.read(".jmake_cache/state.redb");
    let half = whole[..whole.len() / 2].to_vec();
    let mut flipped = whole.clone();
    flipped.iter_mut().skip(64).step_by(97).for_each(|byte| *byte ^= 0xff);
    let spoilt: [(&str, &[u8]); 5] =
        [("empty", b""), ("text", b"not a database"), ("half", &half), ("flipped", &flipped), ("zeros", &vec![0; whole.len()])];
    for (what, bytes) in spoilt {
        space.jmake(&["daemon", "stop"]).ok();
        space.write(".jmake_cache/state.redb", bytes);
        let run = space.build(&[]).ok();
        assert!(!run.stderr.contains("panic"), "{what}: {run}");
        assert_eq!(space.build(&[]).ok().count("ran"), 0, "{what}: and it recovers");
    }
    space.jmake(&["daemon", "stop"]).ok();
    space.remove(".jmake_cache/state.redb");
    std::fs::create_dir(space.path(".jmake_cache/state.redb")).unwrap();
    space.build(&[]).ok();
}

#[test]
fn a_spoilt_cache_is_not_believed() {
    let space = Space::with(&[("main.c", MAIN)]);
    space.build(&[]).ok();
    let program = space.read("build/dev/bin/project");
    space.jmake(&["daemon", "stop"]).ok();
    let files = walkdir::WalkDir::new(space.place("cache")).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    for entry in files {
        std::fs::set_permissions(entry.path(), Permissions::from_mode(0o644)).unwrap();
        std::fs::write(entry.path(), "spoilt").unwrap();
    }
    space.remove("build");
    space.remove(".jmake_cache/obj");
    space.build(&["--force"]).ok();
    assert_eq!(space.read("build/dev/bin/project"), program);
}

/// Runs `script` in an empty project on a file system of that size, with `jmake` as `$1`; `None` where nobody may mount one.
fn on_a_small_disk(size: &str, script: &str) -> Option<Run> {
    if !is_root() {
        crate::support::not_tried("only root can mount a small file system");
        return None;
    }
    let space = Space::new();
    // The mount is the shell's own and ends with it; so do the daemon's files, which it would not see.
    let script = format!("mount -t tmpfs -o size={size} none . && cd \"$PWD\" || exit 99\n{script}");
    let mut command = space.command("unshare");
    command.args(["--mount", "sh", "-c", &script, "sh", env!("CARGO_BIN_EXE_jmake")]);
    let run = Running::start(command).finish();
    if run.stderr.contains("unshare:") || run.stderr.contains("mount:") {
        crate::support::not_tried(&format!("no private mounts here: {}", run.stderr));
        return None;
    }
    Some(run)
}

/// Builds without enough space, looks for what is left, and builds again with enough.
const FULL_THEN_NOT: &str = r#"
printf 'int big[1 << 20] = {1}; int main(void) { return big[1]; }\n' > main.c
printf "$2" > jmake.toml
"$1" build $3; echo "first: $?"
find . -name '*jmake-*' -o -name '*tmp*' -o -path './build/*' -type f -not -name compile_commands.json | sed 's/^/left: /'
mount -o remount,size=64m "$PWD"
"$1" build $3; echo "second: $?"
build/dev/bin/project; echo "program: $?"
"$1" build --json $3 | grep -o '"ran":[0-9]*'
"$1" daemon stop >&2
"#;

#[test]
fn a_full_disk_is_a_matter_of_the_machine() {
    // In the first the object has no room, in the second the program; archives and bitcode need some, too.
    for (size, toml, flags) in [
        ("256k", "", "--no-daemon"),
        ("6m", "", "--no-daemon"),
        ("6m", "", "--no-daemon --toolchain 14"),
        ("6m", "[binary]\\nlibrary_type = 'static'\\nlibrary_name = 'x'\\n", "--no-daemon"),
        ("6m", "[link]\\nlto = 'full'\\n", "--no-daemon"),
        ("256k", "", "--no-daemon --staged"),
        // A daemon goes on.
        ("256k", "", ""),
        ("6m", "", ""),
    ] {
        let script = FULL_THEN_NOT.replace("$2", toml).replace("$3", flags);
        let Some(run) = on_a_small_disk(size, &script) else { return };
        let lines: Vec<&str> = run.stdout.lines().filter(|line| line.contains(": ") && !line.starts_with("jmake")).collect();
        assert_eq!(lines, ["first: 3", "second: 0", "program: 0"], "{size} {toml} {flags}: {run}");
        assert!(run.stdout.ends_with("\"ran\":0\n"), "{size} {toml} {flags}: {run}");
        let told = run.stderr.lines().find(|line| line.starts_with("jmake: first error: ")).unwrap_or_default();
        assert!(told.contains("no space left for what goes into /") && told.contains("free some"), "{size} {toml} {flags}: {run}");
    }
}

#[test]
fn records_that_had_no_room_are_written_once_there_is() {
    let script = r#"
printf 'int main(void) { return 0; }\n' > main.c
"$1" build --no-daemon; echo "first: $?"
dd if=/dev/zero of=fill bs=1k count=100000 2>/dev/null
"$1" build --no-daemon; echo "full: $?"
rm fill
"$1" build --no-daemon --json | grep -o '"ran":[0-9]*'
ls .jmake_cache
"#;
    let Some(run) = on_a_small_disk("32m", script) else { return };
    assert!(run.stdout.contains("first: 0") && run.stdout.contains("\"ran\":0"), "{run}");
    assert!(run.stdout.contains("full: 0"), "what is done needs no space: {run}");
    assert!(!run.stdout.contains("broken"), "good records are not set aside for want of space: {run}");
}

#[test]
fn a_read_only_file_system_is_a_matter_of_the_machine() {
    let script = r#"
printf 'int main(void) { return 0; }\n' > main.c
[ "$2" = built ] && "$1" build --no-daemon
printf 'int main(void) { return 1; }\n' > main.c
mount -o remount,ro "$PWD"
"$1" build --no-daemon; echo "end: $?"
"#;
    for built in ["", "built"] {
        let Some(run) = on_a_small_disk("32m", &script.replace("$2", built)) else { return };
        assert!(run.stdout.ends_with("end: 3\n"), "{run}");
        let _ = run.says("Read-only").says("copy the project");
    }
}

#[test]
fn outputs_that_may_not_be_written_are_a_matter_of_the_machine() {
    let mut space = Space::with(&[("main.c", MAIN)]);
    space.drop_root();
    space.build(&[]).ok();
    for place in ["build/dev/bin", ".jmake_cache/obj/dev/project"] {
        space.write("main.c", format!("{MAIN}const char *more = \"{place}\";\n"));
        std::fs::set_permissions(space.path(place), Permissions::from_mode(0o555)).unwrap();
        let run = space.jmake(&["build"]).exits(3).says(place);
        assert!(run.stderr.contains("access"), "{run}");
        std::fs::set_permissions(space.path(place), Permissions::from_mode(0o755)).unwrap();
        space.build(&[]).ok();
    }
}

#[test]
fn settings_of_the_wrong_encoding_are_an_error() {
    let space = Space::with(&[("main.c", MAIN)]);
    space.write("jmake.toml", b"[project]\nname = \"\xff\"\n");
    space.jmake(&["build"]).exits(2).says("jmake.toml");
}

#[test]
fn a_project_deleted_under_a_daemon_is_an_error_and_may_come_back() {
    let space = Space::with(&[("main.c", MAIN)]);
    space.build(&[]).ok();
    let folder = space.path("");
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    space.build(&[]).exits(2);
    space.write("main.c", MAIN);
    space.build(&[]).ok();
    assert!(space.exists("build/dev/bin/project"));
}

#[test]
fn without_a_home_it_is_a_matter_of_the_machine() {
    let space = Space::with(&[("main.c", "int main(void) { return 0; }\n")]);
    let homeless = |args: &[&str], cache: Option<&str>| {
        let mut command = space.command(env!("CARGO_BIN_EXE_jmake"));
        command.env_remove("HOME").env_remove("XDG_CACHE_HOME").args(args);
        cache.iter().for_each(|name| {
            command.env("JMAKE_CACHE_DIR", space.place(name));
        });
        Running::start(command).finish()
    };
    for args in [&["build"][..], &["build", "--no-daemon"], &["discover"]] {
        let run = homeless(args, None).exits(3).says("there is no HOME").says("set HOME, or JMAKE_CACHE_DIR").does_not_say("was lost");
        assert_eq!(run.stderr.lines().count(), 1, "{run}");
    }
    homeless(&["status"], None).ok();
    homeless(&["build"], Some("tmp/cache")).ok();
}
