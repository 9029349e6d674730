//! Real projects, built as a new user would: no build file, or a few lines of settings.

use std::path::{Path, PathBuf};

use crate::support::{Run, Running, Space, corpus};

/// Builds `name` with everything in it, in both profiles, from nothing; loads its libraries and looks at its programs.
fn check(name: &str, settings: &str, libraries: &[&str], programs: &[&str]) {
    let space = Space::named(name);
    space.copy(&corpus(name));
    if !settings.is_empty() {
        space.write("jmake.toml", settings);
    }
    for profile in ["dev", "release"] {
        let run = space.build(&["--native", "--profile", profile]).ok();
        let made = run.artifacts();
        for wanted in libraries {
            assert!(made.iter().any(|path| path.ends_with(wanted)), "no {wanted} in {made:?}");
        }
        made.iter().filter(|path| path.ends_with(".so")).for_each(|path| loads(&space, &space.path(path)));
        let again = space.build(&["--native", "--profile", profile]).ok();
        assert_eq!(again.count("ran"), 0, "{name}, {profile}: {again}");
        let all = space.build(&["--native", "--all", "--profile", profile]);
        for wanted in programs {
            let path = all
                .artifacts()
                .into_iter()
                .find(|path| path.ends_with(wanted))
                .unwrap_or_else(|| panic!("no {wanted} in {:?}\n{all}", all.artifacts()));
            runs(&space, &space.path(path)).ok();
        }
    }
}

/// Fails unless every symbol of a shared library can be bound.
fn loads(space: &Space, library: &Path) {
    const LOADER: &str = "#include <dlfcn.h>\n#include <stdio.h>\nint main(int c, char **v) { if (c == 2 && dlopen(v[1], RTLD_NOW)) return 0; fputs(dlerror(), stderr); return 1; }\n";
    let (source, program) = (space.place("tmp/loader.c"), space.place("tmp/loader"));
    if !program.exists() {
        std::fs::write(&source, LOADER).unwrap();
        let mut compile = space.command("cc");
        compile.arg("-o").arg(&program).arg(&source).arg("-ldl");
        Running::start(compile).finish().ok();
    }
    let mut load = space.command(&program);
    load.arg(library);
    Running::start(load).finish().ok();
}

fn runs(space: &Space, program: &Path) -> Run {
    Running::start(space.command(program)).finish()
}

#[test]
fn tinyxml2() {
    check("tinyxml2", "", &["libtinyxml2.so"], &["xmltest"]);
}

#[test]
fn pugixml() {
    check("pugixml", "", &["libpugixml.so"], &[]);
}

#[test]
fn muparser() {
    check("muparser", "", &["libmuparser.so"], &[]);
}

#[test]
fn http_parser() {
    check("http-parser", "", &["libhttp-parser.so"], &[]);
}

#[test]
fn lz4_has_a_library_programs_and_fuzzers() {
    check("lz4", "", &["liblz4.so", "lz4cli"], &[]);
    let space = Space::named("lz4");
    space.copy(&corpus("lz4"));
    let found = space.jmake(&["discover", "--native", "--json"]).ok().object();
    let targets = found["targets"].as_array().unwrap();
    let fuzzers = targets.iter().filter(|target| {
        target["group"].as_str().is_some()
            && target["main"].as_str().or(target["sources"][0].as_str()).is_some_and(|path| path.contains("fuzz"))
    });
    assert!(fuzzers.count() > 0, "{found:#}");
    let default: Vec<&str> =
        targets.iter().filter(|target| target["group"].is_null()).map(|target| target["name"].as_str().unwrap()).collect();
    assert!(default.contains(&"lz4cli") && !default.iter().any(|name| name.contains("fuzz")), "{default:?}");
}

#[test]
fn zlib_with_five_lines() {
    check("zlib", "[project]\nname = \"zlib\"\n\n[compile]\ndefines = { HAVE_UNISTD_H = \"1\" }\n", &["libzlib.so"], &[]);
}

#[test]
fn leveldb_with_five_lines() {
    check("leveldb", "[project]\nname = \"leveldb\"\n\n[compile]\ndefines = { LEVELDB_PLATFORM_POSIX = \"1\" }\n", &["libleveldb.so"], &[]);
}

#[test]
fn the_example_of_this_repository() {
    let space = Space::new();
    space.copy(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/calculator"));
    space.build(&["--all"]).ok();
    let run = space.jmake(&["run", "--", "2 * (3 + 4)"]).ok();
    assert!(run.stdout.ends_with("14\n"), "{run}");
}
