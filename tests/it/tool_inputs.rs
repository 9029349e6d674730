//! What tools take into account beyond their command lines: configuration, other installs, variables, the linker.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::support::{Space, llvm_bin};

fn code(space: &Space) -> Option<i32> {
    space.command(space.path("build/dev/bin/project")).status().unwrap().code()
}

/// An LLVM of this space alone: its driver is a copy, so that it looks around where it is.
fn own_llvm(space: &Space) -> PathBuf {
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
        let triple = format!("{}-linux-gnu", std::env::consts::ARCH);
        let installs = Path::new("/usr/lib/gcc").join(&triple);
        let newest = fs::read_dir(&installs).unwrap().map(|entry| entry.unwrap().path()).max().expect("there is a GCC");
        let later = llvm.join("lib/gcc").join(&triple).join("99");
        fs::create_dir_all(&later).unwrap();
        for entry in fs::read_dir(newest).unwrap().map(Result::unwrap) {
            symlink(entry.path(), later.join(entry.file_name())).unwrap();
        }
        fs::create_dir_all(llvm.join("include/c++/99")).unwrap();
        fs::write(llvm.join("include/c++/99/answer_of_gcc"), "#define ANSWER 2\n").unwrap();
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
        // Programs may be longer than they need be.
        let mut longer = fs::read(&linker).unwrap();
        longer.push(0);
        fs::remove_file(&linker).unwrap();
        fs::write(&linker, longer).unwrap();
        fs::set_permissions(&linker, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let run = space.build(&["--explain"]).ok();
        assert_eq!((run.steps("link", "ran").len(), run.count("ran")), (1, 1), "stopped: {stopped}: {run}");
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
