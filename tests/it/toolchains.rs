//! Where LLVM is looked for, and which one is taken.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Running, Space, is_root, llvm_bin, not_tried};

const HELLO: &[(&str, &str)] = &[("main.c", "int main(void) { return 0; }\n")];

/// The old and the new LLVM that tests go by.
fn old_and_new() -> Option<(PathBuf, PathBuf)> {
    let both = llvm_bin(14).zip(llvm_bin(19));
    if both.is_none() {
        not_tried("LLVM 14 and 19 are not both installed");
    }
    both
}

/// An install of its own: the programs of a real one, under their own names.
fn install(space: &Space, place: &str, bin: &Path) -> PathBuf {
    let own = space.place(place).join("bin");
    fs::create_dir_all(&own).unwrap();
    for tool in ["clang", "clang++", "ld.lld", "llvm-ar", "llvm-link", "opt", "llc"] {
        symlink(bin.join(tool), own.join(tool)).unwrap();
    }
    own
}

/// The installs that `jmake tools` shows, each with how it was found.
fn found(space: &Space) -> Vec<(PathBuf, String)> {
    let tools = space.jmake(&["tools", "--json"]).ok().object();
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{tools:#}")).to_owned();
    tools["toolchains"].as_array().unwrap().iter().map(|it| (PathBuf::from(text(&it["bin_dir"])), text(&it["origin"]))).collect()
}

/// Which clang compiled the program.
fn version(space: &Space) -> String {
    let program = String::from_utf8_lossy(&space.read("build/dev/bin/project")).into_owned();
    let at = program.find("clang version ").unwrap_or_else(|| panic!("no clang made it"));
    program[at + 14..].split('.').next().unwrap().to_owned()
}

#[test]
fn a_compiler_that_is_no_clang_is_not_used_and_that_is_said() {
    let mut space = Space::with(HELLO);
    space.set("CC", "gcc");
    space.set("CXX", "g++ -m64");
    let run = space.jmake(&["build"]).ok().says("$CC is gcc, which is not clang").says("$CXX is g++ -m64, which is not clang");
    assert_eq!(run.stdout.matches("not clang").count(), 2, "{run}");
    space.unset("CC");
    space.unset("CXX");
    space.jmake(&["build"]).ok().does_not_say("not clang");
}

#[test]
fn the_users_own_clang_is_found_and_used_where_jmake_is_not_to_choose() {
    let Some((old, _)) = old_and_new() else { return };
    let mut space = Space::with(HELLO);
    let own = install(&space, "tmp/own", &old);
    assert!(found(&space).iter().all(|(dir, _)| *dir != own));
    space.set("CC", own.join("clang"));
    // A link to a program leads to where that is.
    assert!(found(&space).iter().any(|(dir, _)| *dir == old), "{:?}", found(&space));
    space.build(&[]).ok();
    assert_eq!(version(&space), "19", "the newest is taken all the same");
    space.write("jmake.toml", "[llvm]\nuse_jmake_llvm = false\n");
    space.build(&[]).ok();
    assert_eq!(version(&space), "14");
}

/// An install whose drivers write down what they are asked, and whose headers say that it is another version.
fn told_apart(space: &Space, bin: &Path, headers: &str) -> (PathBuf, PathBuf) {
    let own = install(space, "tmp/own", bin);
    let log = space.place("tmp/asked");
    for driver in ["clang", "clang++"] {
        fs::remove_file(own.join(driver)).unwrap();
        let text = format!("#!/bin/sh\necho \"$@\" >> {}\nexec {} \"$@\"\n", log.display(), bin.join(driver).display());
        fs::write(own.join(driver), text).unwrap();
        fs::set_permissions(own.join(driver), fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::create_dir_all(own.join("../lib/clang").join(headers)).unwrap();
    (own, log)
}

#[test]
fn who_is_older_than_another_is_not_asked_for_its_version() {
    let Some((old, _)) = old_and_new() else { return };
    let mut space = Space::with(HELLO);
    let (own, log) = told_apart(&space, &old, "14.0.6");
    space.set("CC", own.join("clang"));
    space.build(&[]).ok();
    assert_eq!((version(&space), log.exists()), ("19".to_owned(), false));
    assert!(found(&space).iter().any(|(dir, _)| *dir == own), "who wants to see all does");
    assert_eq!(fs::read_to_string(log).unwrap(), "--version\n");
}

#[test]
fn one_that_is_older_than_its_headers_say_hides_no_other() {
    let Some((old, _)) = old_and_new() else { return };
    let mut space = Space::with(HELLO);
    let (own, log) = told_apart(&space, &old, "99");
    space.set("CC", own.join("clang"));
    space.build(&[]).ok();
    assert_eq!((version(&space), fs::read_to_string(log).unwrap().as_str()), ("19".to_owned(), "--version\n"));
}

#[test]
fn a_clang_that_dies_is_no_obstacle_unless_it_may_be_the_one() {
    let Some((_, new)) = old_and_new() else { return };
    let mut space = Space::with(HELLO);
    let own = space.place("tmp/own/bin");
    let dies = |own: &Path| {
        fs::write(own.join("clang"), "#!/bin/sh\nkill -SEGV $$\n").unwrap();
        fs::set_permissions(own.join("clang"), fs::Permissions::from_mode(0o755)).unwrap();
    };
    fs::create_dir_all(&own).unwrap();
    dies(&own);
    space.set("CC", own.join("clang"));
    space.build(&[]).ok();
    assert_eq!(version(&space), "19", "without the rest of an LLVM it builds nothing");
    fs::remove_dir_all(&own).unwrap();
    let own = install(&space, "tmp/own", &new);
    fs::remove_file(own.join("clang")).unwrap();
    dies(&own);
    space.build(&[]).exits(3).says("was ended by signal 11");
    space.build(&["--toolchain", new.to_str().unwrap()]).ok();
}

#[test]
fn the_root_of_the_settings_is_the_only_place() {
    let Some((old, _)) = old_and_new() else { return };
    let space = Space::with(HELLO);
    space.write("jmake.toml", format!("[llvm]\nroot = \"{}\"\n", old.parent().unwrap().display()));
    space.build(&[]).ok();
    assert_eq!(version(&space), "14");
    assert_eq!(found(&space)[..].iter().find(|(dir, _)| *dir == old).unwrap().1, "llvm.root");
    space.write("jmake.toml", "[llvm]\nroot = \"/nope\"\n");
    space.build(&[]).exits(3).says("llvm.root in jmake.toml is /nope, where no LLVM toolchain is");
    space.build(&["--toolchain", "14"]).ok();
}

#[test]
fn llvm_config_names_a_place_that_nobody_else_does() {
    let Some((old, _)) = old_and_new() else { return };
    let mut space = Space::with(HELLO);
    let own = install(&space, "tmp/own", &old);
    let beside = space.place("tmp/path");
    fs::create_dir(&beside).unwrap();
    fs::write(beside.join("llvm-config"), format!("#!/bin/sh\n[ \"$1\" = --bindir ] && echo {}\n", own.display())).unwrap();
    fs::set_permissions(beside.join("llvm-config"), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(found(&space).iter().all(|(dir, _)| *dir != own));
    space.set("PATH", format!("{}:{}", beside.display(), std::env::var("PATH").unwrap()));
    assert!(found(&space).contains(&(own.clone(), "llvm-config".to_owned())), "{:?}", found(&space));
    space.build(&["--toolchain", own.to_str().unwrap()]).ok();
    assert_eq!(version(&space), "14");
}

#[test]
fn a_directory_of_programs_may_be_a_link_and_is_then_known_once() {
    let Some((old, _)) = old_and_new() else { return };
    let space = Space::with(HELLO);
    let root = space.place("tmp/linked");
    fs::create_dir(&root).unwrap();
    symlink(&old, root.join("bin")).unwrap();
    space.build(&["--toolchain", root.to_str().unwrap()]).ok();
    assert_eq!(version(&space), "14");
    assert_eq!(space.build(&["--toolchain", "14"]).ok().count("ran"), 0, "it is the same one");
    space.write("jmake.toml", format!("[llvm]\nroot = \"{}\"\n", root.display()));
    assert_eq!(found(&space).iter().filter(|(dir, _)| *dir == old).count(), 1, "{:?}", found(&space));
}

#[test]
fn without_any_the_command_that_installs_one_is_said() {
    if !is_root() {
        return not_tried("only root can hide what is installed");
    }
    let space = Space::with(HELLO);
    let script = "for dir in /usr/lib/llvm-* /usr/local/llvm* /opt/llvm*; do\n[ ! -d \"$dir\" ] || mount -t tmpfs none \"$dir\" || exit 99\ndone\n\
                  clang --version; echo \"clang: $?\"\n\"$1\" build; echo \"build: $?\"\n\"$1\" tools; echo \"tools: $?\"\n";
    let mut command = space.command("unshare");
    command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").args(["--mount", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_jmake")]);
    let run = Running::start(command).finish();
    if run.stderr.contains("unshare:") || run.stderr.contains("mount:") {
        return not_tried(&format!("no private mounts here: {}", run.stderr));
    }
    let run = run.says("clang: 127").says("build: 3").says("no LLVM toolchain was found").says("apt-get install clang lld llvm");
    assert!(!run.stderr.contains("lost"), "{run}");
}
