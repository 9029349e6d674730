//! What tools take into account beyond their command lines: configuration, other installs, variables, the linker.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::support::{Space, llvm_bin};

fn code(space: &Space) -> Option<i32> {
    space.command(space.path("build/dev/bin/project")).status().unwrap().code()
}

/// An LLVM of this space alone: its driver is a copy, so that it looks around where it is.
pub fn own_llvm(space: &Space) -> PathBuf {
    let real = llvm_bin(19).expect("clang-19 and lld-19 are installed");
    let own = space.place("llvm");
    fs::create_dir_all(own.join("bin")).unwrap();
    fs::create_dir_all(own.join("lib")).unwrap();
    fs::copy(real.join("clang"), own.join("bin/clang")).unwrap();
    symlink("clang", own.join("bin/clang++")).unwrap();
    for tool in ["lld", "llvm-ar"] {
        fs::copy(real.join(tool), own.join("bin").join(tool)).unwrap();
    }
    symlink("lld", own.join("bin/ld.lld")).unwrap();
    for entry in fs::read_dir(real.join("../lib")).unwrap().map(Result::unwrap) {
        symlink(entry.path(), own.join("lib").join(entry.file_name())).unwrap();
    }
    own
}

fn build(space: &Space, llvm: &Path) -> crate::support::Run {
    space.build(&["--explain", "--toolchain", llvm.to_str().unwrap()]).ok()
}

#[test]
fn a_configuration_file_of_the_driver_counts() {
    let space = Space::with(&[("main.cpp", "#ifndef ANSWER\n#define ANSWER 1\n#endif\nint main() { return ANSWER; }\n")]);
    let llvm = own_llvm(&space);
    let config = llvm.join("bin/clang++.cfg");
    build(&space, &llvm);
    assert_eq!(code(&space), Some(1));
    fs::write(&config, "-DANSWER=2\n").unwrap();
    build(&space, &llvm);
    assert_eq!(code(&space), Some(2), "it appeared");
    fs::write(&config, "@more.cfg\n").unwrap();
    fs::write(llvm.join("bin/more.cfg"), "-DANSWER=3\n").unwrap();
    build(&space, &llvm);
    assert_eq!(code(&space), Some(3), "it names another");
    assert_eq!(build(&space, &llvm).count("ran"), 0);
    space.jmake(&["daemon", "stop"]).ok();
    fs::write(llvm.join("bin/more.cfg"), "-DANSWER=4\n").unwrap();
    build(&space, &llvm);
    assert_eq!(code(&space), Some(4), "nobody ran when it changed");
    fs::remove_file(&config).unwrap();
    build(&space, &llvm);
    assert_eq!(code(&space), Some(1), "it is gone");
}

#[test]
fn an_install_of_gcc_that_comes_later_is_used() {
    let text =
        "#if __has_include(<answer_of_gcc>)\n#include <answer_of_gcc>\n#else\n#define ANSWER 1\n#endif\nint main() { return ANSWER; }\n";
    for stopped in [false, true] {
        let space = Space::with(&[("main.cpp", text)]);
        let llvm = own_llvm(&space);
        build(&space, &llvm);
        assert_eq!(code(&space), Some(1));
        if stopped {
            space.jmake(&["daemon", "stop"]).ok();
        }
        own_gcc(&llvm);
        build(&space, &llvm);
        assert_eq!(code(&space), Some(2), "stopped: {stopped}");
    }
}

#[test]
fn another_linker_in_the_place_of_the_old_one_links_again() {
    let mut space = Space::with(&[("main.c", "int main(void) { return 1; }\n")]);
    let linker = space.place("tmp").join("ld.own");
    fs::copy(fs::canonicalize("/usr/bin/ld").unwrap(), &linker).unwrap();
    space.set("LDFLAGS", format!("-fuse-ld={}", linker.display()));
    space.build(&[]).ok();
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
    for stopped in [false, true] {
        if stopped {
            space.jmake(&["daemon", "stop"]).ok();
        }
        replace_by_a_longer_one(&linker);
        let run = space.build(&["--explain"]).ok();
        assert_eq!((run.steps("link", "ran").len(), run.count("ran")), (1, 1), "stopped: {stopped}: {run}");
    }
}

/// Files may be longer than they need be, and are the same to all who read them.
fn replace_by_a_longer_one(place: &Path) {
    let mut longer = fs::read(place).unwrap();
    longer.push(0);
    let mode = fs::metadata(place).unwrap().permissions();
    fs::remove_file(place).unwrap();
    fs::write(place, longer).unwrap();
    fs::set_permissions(place, mode).unwrap();
}

/// What runs once `change` was made to an LLVM, with the daemon that was there before and with a new one.
fn after(change: impl Fn(&Path)) -> Vec<Vec<String>> {
    let files = [
        ("main.cpp", "#include <answer_of_gcc>\nint part();\nint main() { return ANSWER + part(); }\n"),
        ("part.cpp", "int part() { return 0; }\n"),
    ];
    let space = Space::with(&files);
    let llvm = own_llvm(&space);
    own_gcc(&llvm);
    build(&space, &llvm);
    assert_eq!(build(&space, &llvm).count("ran"), 0);
    let ran = |stopped: bool| {
        change(&llvm);
        if stopped {
            space.jmake(&["daemon", "stop"]).ok();
        }
        let run = build(&space, &llvm);
        let of_kind = |kind: &'static str| run.steps(kind, "ran").into_iter().map(move |label| format!("{kind} {label}"));
        let all: Vec<String> = ["compile", "archive", "link"].into_iter().flat_map(of_kind).collect();
        assert_eq!(all.len() as u64, run.count("ran"), "{run}");
        assert_eq!(build(&space, &llvm).count("ran"), 0);
        all
    };
    [false, true].map(ran).to_vec()
}

/// A GCC that the driver of this LLVM prefers, with a header of its own.
fn own_gcc(llvm: &Path) -> PathBuf {
    let triple = format!("{}-linux-gnu", std::env::consts::ARCH);
    let installs = Path::new("/usr/lib/gcc").join(&triple);
    let newest = fs::read_dir(&installs).unwrap().map(|entry| entry.unwrap().path()).max().expect("there is a GCC");
    let own = llvm.join("lib/gcc").join(&triple).join("99");
    fs::create_dir_all(&own).unwrap();
    for entry in fs::read_dir(newest).unwrap().map(Result::unwrap) {
        symlink(entry.path(), own.join(entry.file_name())).unwrap();
    }
    fs::create_dir_all(llvm.join("include/c++/99")).unwrap();
    fs::write(llvm.join("include/c++/99/answer_of_gcc"), "#define ANSWER 2\n").unwrap();
    own
}

const SOURCES: [&str; 2] = ["compile main.cpp", "compile part.cpp"];
const PROGRAM: &str = "link build/dev/bin/project";

#[test]
fn another_lld_links_again_and_compiles_nothing() {
    for ran in after(|llvm| replace_by_a_longer_one(&llvm.join("bin/lld"))) {
        assert_eq!(ran, [PROGRAM]);
    }
}

#[test]
fn another_archiver_does_again_what_it_did() {
    for ran in after(|llvm| replace_by_a_longer_one(&llvm.join("bin/llvm-ar"))) {
        assert!(ran.iter().all(|it| it.starts_with("archive ")), "{ran:?}");
    }
}

#[test]
fn another_clang_compiles_again() {
    for ran in after(|llvm| replace_by_a_longer_one(&llvm.join("bin/clang"))) {
        // It makes the same objects, and has no part in the link.
        assert_eq!(ran, SOURCES);
    }
}

#[test]
fn another_header_of_cxx_compiles_what_reads_it() {
    for ran in after(|llvm| fs::write(llvm.join("include/c++/99/answer_of_gcc"), format!("#define ANSWER {}\n", next())).unwrap()) {
        assert_eq!(ran, [SOURCES[0], PROGRAM]);
    }
}

/// Another number each time.
fn next() -> u32 {
    static LAST: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(10);
    LAST.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

#[test]
fn another_object_of_gcc_links_again() {
    let triple = format!("{}-linux-gnu", std::env::consts::ARCH);
    for ran in after(|llvm| replace_by_a_longer_one(&llvm.join("lib/gcc").join(&triple).join("99/crtbeginS.o"))) {
        assert_eq!(ran, [PROGRAM]);
    }
}

#[test]
fn another_assembler_assembles_again() {
    let mut space = Space::with(&[("main.c", "int main(void) { return 1; }\n")]);
    let dir = space.place("tmp").join("own");
    fs::create_dir(&dir).unwrap();
    fs::copy(fs::canonicalize("/usr/bin/as").unwrap(), dir.join("as")).unwrap();
    space.set("CFLAGS", format!("-fno-integrated-as -B{}", dir.display()));
    space.build(&[]).ok();
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
    for stopped in [false, true] {
        if stopped {
            space.jmake(&["daemon", "stop"]).ok();
        }
        replace_by_a_longer_one(&dir.join("as"));
        let run = space.build(&[]).ok();
        assert_eq!((run.steps("compile", "ran").len(), run.count("ran")), (1, 1), "stopped: {stopped}: {run}");
    }
}

#[test]
fn libraries_that_the_path_of_libraries_puts_before_those_of_a_tool_count() {
    let mut space = Space::with(&[("main.c", "int main(void) { return 1; }\n")]);
    let dir = space.place("tmp").join("lib");
    fs::create_dir(&dir).unwrap();
    space.build(&[]).ok();
    space.set("LD_LIBRARY_PATH", &dir);
    assert_eq!(space.build(&[]).ok().count("ran"), 0, "it has nothing that a tool loads");
    let real = ["/usr/lib/x86_64-linux-gnu/libz.so.1", "/usr/lib/aarch64-linux-gnu/libz.so.1"].map(PathBuf::from);
    let real = real.into_iter().find(|path| path.exists()).expect("libLLVM needs zlib");
    let mut library = fs::read(real).unwrap();
    library.push(0);
    fs::write(dir.join("libz.so.1"), library).unwrap();
    space.build(&["--explain"]).ok().says("LD_LIBRARY_PATH");
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}
