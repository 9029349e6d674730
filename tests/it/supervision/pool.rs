//! A pool that starts anew while builds use it. The compiler is the real one behind a script.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::stage::{adder, building, endless, fault, faults_left, result};
use crate::support::{DEADLINE, Space, llvm_bin, until};
use rustix::process::Signal;

/// An LLVM install whose clang first does what the script says.
fn scripted(space: &Space, script: &str) -> PathBuf {
    let real = [19, 14].into_iter().find_map(llvm_bin).expect("an LLVM with a linker is installed");
    let bin = space.place("llvm/bin");
    fs::create_dir_all(&bin).unwrap();
    for tool in fs::read_dir(&real).unwrap().map(|entry| entry.unwrap().file_name()) {
        if tool == "clang" || tool == "clang++" {
            let text = format!("#!/bin/sh\n{script}\nexec {} \"$@\"\n", real.join(&tool).display());
            fs::write(bin.join(&tool), text).unwrap();
            fs::set_permissions(bin.join(&tool), fs::Permissions::from_mode(0o755)).unwrap();
        } else {
            symlink(real.join(&tool), bin.join(&tool)).unwrap();
        }
    }
    space.place("llvm")
}

/// A script that waits for a file, in commands that hold `word`. It says so by another file.
fn waiting_for(gate: &Path, word: &str) -> String {
    let gate = gate.display();
    format!("case \"$*\" in *{word}*) : > {gate}.waits; while [ ! -e {gate} ]; do sleep 0.01; done;; esac")
}

#[test]
fn that_fails_runs_no_step_twice_at_a_time() {
    let space = adder();
    let files: Vec<String> = (0..12).map(|number| format!("more{number}.c")).collect();
    files.iter().enumerate().for_each(|(number, file)| space.write(file, format!("int more{number}(void) {{ return {number}; }}\n")));
    let log = space.place("tmp/compiles");
    let llvm = scripted(&space, &format!("case \"$*\" in *' -c '*) echo \"$*\" >> {};; esac", log.display()));
    space.started_daemon();
    fault(&space, "CompilePool", &["ok", "panic"]);
    let run = space.build(&["-j8", "--toolchain", llvm.to_str().unwrap()]).ok();
    assert_eq!((result(&space), run.events_of("actor_restarted").len()), (Some(34), 1), "{run}");
    let log = fs::read_to_string(log).unwrap();
    let twice: Vec<&String> = files.iter().filter(|file| log.matches(&format!(" -c {file} ")).count() > 1).collect();
    assert!(twice.len() <= 1, "only what ran when the pool failed runs again: {log}");
}

#[test]
fn that_fails_begins_a_step_again_only_when_its_first_process_is_gone() {
    let space = adder();
    let first = space.place("tmp/first");
    // It is deaf to the polite signal.
    let deaf = format!("echo $$ > {0}; trap '' TERM; while :; do sleep 0.01; done", first.display());
    let again = format!("kill -0 $(cat {0}) 2>/dev/null && : > {0}.overlap", first.display());
    let script = format!("case \"$*\" in *' -c a.c '*) if [ -e {} ]; then {again}; else {deaf}; fi;; esac", first.display());
    let llvm = scripted(&space, &script);
    let build = space.start(&["build", "--json", "--toolchain", llvm.to_str().unwrap()]);
    assert!(until(DEADLINE, || fs::read_to_string(&first).is_ok_and(|pid| !pid.is_empty())));
    let other = space.place("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("main.c"), "int main(void) { return 0; }\n").unwrap();
    fault(&space, "CompilePool", &["panic"]);
    space.jmake(&["-C", other.to_str().unwrap(), "build", "--json"]).ok().says("actor_restarted");
    build.finish().ok();
    assert_eq!((result(&space), first.with_extension("overlap").exists()), (Some(34), false));
}

#[test]
fn that_fails_while_a_build_is_prepared_serves_it_afterwards() {
    let mut space = endless();
    // The gated command keeps a computing thread.
    space.set("RAYON_NUM_THREADS", "4");
    let gate = space.place("tmp/gate");
    let llvm = scripted(&space, &waiting_for(&gate, "-###"));
    let (build, _) = building(&space);
    let places = ["prepared", "failing"].map(|name| space.place(name));
    for place in &places {
        fs::create_dir(place).unwrap();
        fs::write(place.join("main.c"), "int main(void) { return 0; }\n").unwrap();
    }
    let prepared = space.start(&["-C", places[0].to_str().unwrap(), "build", "--json", "--toolchain", llvm.to_str().unwrap()]);
    assert!(until(DEADLINE, || gate.with_extension("waits").exists()));
    fault(&space, "CompilePool", &["panic"]);
    space.jmake(&["-C", places[1].to_str().unwrap(), "build", "--json", "-j2"]).ok().says("actor_restarted");
    assert_eq!(faults_left(&space), [""; 0]);
    fs::write(&gate, "").unwrap();
    prepared.finish().ok().says("actor_restarted");
    build.signal(Signal::INT);
    build.finish().exits(130);
}
