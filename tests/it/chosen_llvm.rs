//! Which LLVM builds, under what settings: what the compile database names, and that completing and listing name the same.

use std::path::{Path, PathBuf};

use crate::support::{Space, llvm_bin};

const FILES: [(&str, &str); 2] =
    [("src/main.cpp", "int part();\nint main() { return part(); }\n"), ("src/part.cpp", "int part() { return 0; }\n")];

fn project(settings: &str) -> Space {
    let space = Space::with(&FILES);
    space.write("jmake.toml", settings);
    space
}

/// The programs of a build, where they really are: one for each source.
#[track_caller]
fn compilers(space: &Space, args: &[&str]) -> Vec<PathBuf> {
    space.build(args).ok();
    let database: serde_json::Value = serde_json::from_slice(&space.read("build/compile_commands.json")).unwrap();
    let program = |entry: &serde_json::Value| Path::new(entry["arguments"][0].as_str().unwrap()).canonicalize().unwrap();
    let mut all: Vec<PathBuf> = database.as_array().unwrap().iter().map(program).collect();
    all.sort();
    all.dedup();
    all
}

/// The driver of LLVM `major`, where it really is.
fn clang(major: u32) -> PathBuf {
    llvm_bin(major).unwrap().join("clang++").canonicalize().unwrap()
}

/// Two installs, the newest and an older one; none if this machine has no two.
fn two() -> Option<(u32, u32)> {
    let there: Vec<u32> = (11..40).rev().filter(|major| llvm_bin(*major).is_some()).collect();
    if let [newest, .., older] = there[..] {
        return Some((newest, older));
    }
    eprintln!("there are no two LLVMs on this machine, so nothing was compared: {there:?}");
    None
}

#[test]
fn settings_choose_the_compiler() {
    let Some((newest, older)) = two() else { return };
    let space = project("");
    let bin = llvm_bin(older).unwrap();
    assert_eq!(compilers(&space, &[]), [clang(newest)]);
    let root = bin.parent().unwrap().display();
    for settings in [
        format!("llvm.version = '{older}'\n"),
        format!("llvm.root = '{root}'\n"),
        format!("[llvm.tools]\n'clang++' = '{0}/clang++'\nclang = '{0}/clang'\n", bin.display()),
        format!("[llvm]\nroot = '{root}'\n[profile.other.llvm]\nversion = '{newest}'\n"),
        format!("[profile.dev.llvm]\nversion = '{older}'\n"),
    ] {
        space.write("jmake.toml", &settings);
        assert_eq!(compilers(&space, &[]), [clang(older)], "{settings}");
        assert_eq!(compilers(&space, &["--toolchain", &newest.to_string()]), [clang(newest)], "the command line wins: {settings}");
        space.write("jmake.toml", "");
        assert_eq!(compilers(&space, &[]), [clang(newest)]);
    }
}

#[test]
fn the_users_own_clang_is_used_where_jmake_is_not_to_choose() {
    let Some((newest, older)) = two() else { return };
    let mut space = project("llvm.use_jmake_llvm = false\n");
    space.set("CC", llvm_bin(older).unwrap().join("clang"));
    space.set("CXX", llvm_bin(older).unwrap().join("clang++"));
    assert_eq!(compilers(&space, &[]), [clang(older)]);
    space.write("jmake.toml", "llvm.source = 'auto'\n");
    assert_eq!(compilers(&space, &[]), [clang(newest)]);
}

#[test]
fn a_completed_file_names_the_tools_that_the_settings_choose() {
    let Some((newest, older)) = two() else { return };
    let wanted = |major: u32| llvm_bin(major).unwrap().canonicalize().unwrap();
    for (settings, own) in [(format!("llvm.version = \"{older}\"\n"), false), ("llvm.use_jmake_llvm = false\n".to_owned(), true)] {
        let mut space = project(&settings);
        if own {
            space.set("CC", llvm_bin(older).unwrap().join("clang"));
            space.set("CXX", llvm_bin(older).unwrap().join("clang++"));
        }
        space.build(&["--all"]).ok();
        space.jmake(&["complete"]).ok();
        let text = String::from_utf8(space.read("jmake.toml")).unwrap();
        let table: toml::Table = text.parse().unwrap();
        let named = Path::new(table["llvm"]["tools"]["clang++"].as_str().unwrap()).canonicalize().unwrap();
        assert_eq!(named.parent().unwrap(), wanted(older), "{text}");
        let after = space.build(&["--all"]).ok();
        assert_eq!(after.count("ran"), 0, "{settings}: a build after completing runs nothing: {after}");
        assert_eq!(compilers(&space, &[]), [clang(older)]);
        // What was completed does not outweigh who builds.
        let newest = newest.to_string();
        assert_eq!(compilers(&space, &["--toolchain", &newest]), [clang(newest.parse().unwrap())]);
        space.write("jmake.toml", format!("{text}\n[profile.next.llvm]\nversion = \"{newest}\"\n"));
        assert_eq!(compilers(&space, &["--profile", "next"]), [clang(newest.parse().unwrap())]);
    }
}

#[test]
fn tools_of_another_llvm_than_the_version_says_are_told_of() {
    let Some((newest, older)) = two() else { return };
    let bin = llvm_bin(newest).unwrap();
    let space = project(&format!("[llvm]\nversion = '{older}'\ntools = {{ 'clang++' = '{}/clang++' }}\n", bin.display()));
    space.jmake(&["build"]).ok().says("llvm.version asks for");
    space.jmake(&["check"]).ok().says("is of LLVM").says("--refresh");
    space.jmake(&["build", "--toolchain", &older.to_string()]).ok().does_not_say("llvm.version asks for");
}

#[test]
fn the_list_of_tools_marks_those_that_a_build_here_uses() {
    let Some((newest, older)) = two() else { return };
    let used = |space: &Space, args: &[&str]| {
        let reply = space.jmake(&[&["tools", "--json"], args].concat()).ok().object();
        let all = reply["toolchains"].as_array().unwrap().clone();
        let used: Vec<_> = all.iter().filter(|it| it["selected"] == true).map(|it| it["bin_dir"].as_str().unwrap().to_owned()).collect();
        assert_eq!(all[0]["selected"], true, "{reply}");
        used
    };
    let dir = |major: u32| vec![llvm_bin(major).unwrap().canonicalize().unwrap().display().to_string()];
    let mut space = project("");
    assert_eq!(used(&space, &[]), dir(newest));
    let bin = llvm_bin(older).unwrap();
    for settings in [
        format!("llvm.version = '{older}'\n"),
        format!("llvm.root = '{}'\n", bin.parent().unwrap().display()),
        format!("llvm.tools.'clang++' = '{}/clang++'\n", bin.display()),
    ] {
        space.write("jmake.toml", &settings);
        assert_eq!(used(&space, &[]), dir(older), "{settings}");
        assert_eq!(used(&space, &["--toolchain", &newest.to_string()]), dir(newest), "{settings}");
    }
    space.write("jmake.toml", format!("[profile.release.llvm]\nversion = '{older}'\n"));
    assert_eq!((used(&space, &[]), used(&space, &["--profile", "release"])), (dir(newest), dir(older)));
    space.set("CXX", bin.join("clang++"));
    space.write("jmake.toml", "llvm.use_jmake_llvm = false\n");
    assert_eq!(used(&space, &[]), dir(older));
    space.write("jmake.toml", "[llvm\n");
    space.jmake(&["tools"]).ok().says("jmake.toml is not valid");
}

#[test]
fn a_standard_that_the_chosen_llvm_does_not_know_is_told_of() {
    let Some((newest, older)) = two() else { return };
    if older >= 17 || newest < 17 {
        eprintln!("LLVM {older} and {newest} know the same standards, so nothing was compared");
        return;
    }
    let space = project(&format!("compile.std = 'c++26'\nllvm.version = '{older}'\n"));
    space.jmake(&["check"]).exits(2).says("does not know \"c++26\"").says("write \"c++2");
    space.jmake(&["check", "--toolchain", &newest.to_string()]).ok();
    space.write("jmake.toml", "compile.std = 'c++26'\n");
    space.jmake(&["check"]).ok();
}
