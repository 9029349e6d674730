//! Real projects, built as a new user would: no build file, or a few lines of settings.

use std::path::{Path, PathBuf};

use crate::support::{Running, Space, corpus};

/// What is to come of a project.
struct Expected<'a> {
    /// Its jmake.toml; none if empty.
    settings: &'a str,
    libraries: &'a [&'a str],
    /// Programs with their arguments, each of which ends with the code 0. More files for them to read are in [`MORE`].
    programs: &'a [&'a str],
    /// Steps that fail with `--all`, as their authors build them with flags of their own.
    failing: &'a [&'a str],
}

/// Files that programs are run with, beside those of the project.
const MORE: &[(&str, &str)] =
    &[("more/request.txt", "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), ("more/000003.log", ""), ("more/text.txt", "so much text\n")];

/// Builds `name` with everything in it, in both profiles, from nothing; loads its libraries and runs its programs.
fn check(name: &str, expected: &Expected<'_>) {
    let space = Space::named(name);
    space.copy(&corpus(name));
    if !expected.settings.is_empty() {
        space.write("jmake.toml", expected.settings);
    }
    for profile in ["dev", "release"] {
        // Some of it is eaten.
        MORE.iter().for_each(|(path, text)| space.write(path, text));
        let run = space.build(&["--native", "--profile", profile]).ok();
        let made = run.artifacts();
        for wanted in expected.libraries {
            assert!(made.iter().any(|path| path.ends_with(wanted)), "no {wanted} in {made:?}");
        }
        made.iter().filter(|path| path.ends_with(".so")).for_each(|path| loads(&space, &space.path(path)));
        let again = space.build(&["--native", "--profile", profile]).ok();
        assert_eq!(again.count("ran"), 0, "{name}, {profile}: {again}");
        let all = space.build(&["--native", "--all", "-k", "--profile", profile]).exits(i32::from(!expected.failing.is_empty()));
        let failing: Vec<String> = expected.failing.iter().map(|step| step.replace("{profile}", profile)).collect();
        assert_eq!(all.steps("", "failed"), failing, "{all}");
        for line in expected.programs {
            let mut words = line.split(' ');
            let program = space.path(format!("build/{profile}/bin/{}", words.next().unwrap()));
            assert!(program.is_file(), "no {line}: {all}");
            let mut run = space.command(program);
            run.args(words);
            Running::start(run).finish().ok();
        }
    }
}

const NOTHING: Expected<'_> = Expected { settings: "", libraries: &[], programs: &[], failing: &[] };

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

#[test]
fn tinyxml2() {
    check("tinyxml2", &Expected { libraries: &["libtinyxml2.so"], programs: &["xmltest"], ..NOTHING });
}

#[test]
fn pugixml() {
    check("pugixml", &Expected { libraries: &["libpugixml.so"], programs: &["tests"], ..NOTHING });
}

/// Its second example is written for the interface of its DLL.
#[test]
fn muparser() {
    check("muparser", &Expected { libraries: &["libmuparser.so"], failing: &["build/{profile}/bin/example2"], ..NOTHING });
}

/// Its own `test` and `bench` take minutes.
#[test]
fn http_parser() {
    let programs = &["url_parser get http://a.b:80/c?d", "parsertrace -q more/request.txt"];
    check("http-parser", &Expected { libraries: &["libhttp-parser.so"], programs, ..NOTHING });
}

/// One of its tests defines `_start`.
#[test]
fn lz4_has_a_library_programs_and_fuzzers() {
    let programs = &[
        "lz4cli -f README.md more/out.lz4",
        "lz4cli -t more/out.lz4",
        "simple_buffer",
        "printVersion",
        "decompress-partial",
        "decompress-partial-usingDict",
        "fileCompress README.md",
        "frameCompress README.md",
        "HCStreaming_ringBuffer README.md",
        "blockStreaming_doubleBuffer README.md",
        "blockStreaming_lineByLine README.md",
        "dictionaryRandomAccess README.md LICENSE 0 100",
        "checkTag v1.9.4",
        "roundTripTest README.md",
        "datagencli -g100",
        "gen_manual 1.9.4 lib/lz4.h more/manual.html",
        "frametest -i1",
        "compress_frame_fuzzer README.md",
        "compress_fuzzer README.md",
        "compress_hc_fuzzer README.md",
        "decompress_frame_fuzzer README.md",
        "decompress_fuzzer README.md",
        "round_trip_frame_fuzzer README.md",
        "round_trip_frame_uncompressed_fuzzer README.md",
        "round_trip_fuzzer README.md",
        "round_trip_hc_fuzzer README.md",
        "round_trip_stream_fuzzer README.md",
    ];
    let failing = &["build/{profile}/bin/freestanding"];
    check("lz4", &Expected { libraries: &["liblz4.so", "lz4cli"], programs, failing, ..NOTHING });
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
    space.build(&["--native", "liblz4"]).ok();
    let exports = space.exports("build/dev/lib/liblz4.so");
    let of_programs: Vec<&String> = exports.iter().filter(|name| name.starts_with("LZ4IO_") || name.starts_with("BMK_")).collect();
    assert!(exports.contains(&"LZ4_compress_default".to_owned()) && of_programs.is_empty(), "{of_programs:?}");
    assert!(default.contains(&"lz4cli") && !default.iter().any(|name| name.contains("fuzz")), "{default:?}");
}

#[test]
fn zlib_with_five_lines() {
    let settings = "[project]\nname = \"zlib\"\n\n[compile]\ndefines = { HAVE_UNISTD_H = \"1\" }\n";
    let programs = &[
        "example more/example.gz",
        "infcover",
        "enough",
        "fitblk 1000",
        "minigzip more/text.txt",
        "minizip -o more/out.zip README",
        "miniunz -l more/out.zip",
        "zpipe",
    ];
    check("zlib", &Expected { settings, libraries: &["libzlib.so"], programs, ..NOTHING });
}

#[test]
fn leveldb_with_five_lines() {
    let settings = "[project]\nname = \"leveldb\"\n\n[compile]\ndefines = { LEVELDB_PLATFORM_POSIX = \"1\" }\n";
    let programs = &[
        "leveldbutil dump more/000003.log",
        "arena_test",
        "c_test",
        "cache_test",
        "coding_test",
        "crc32c_test",
        "dbformat_test",
        "filename_test",
        "hash_test",
        "log_test",
        "logging_test",
        "no_destructor_test",
        "status_test",
        "version_edit_test",
        "write_batch_test",
    ];
    check("leveldb", &Expected { settings, libraries: &["libleveldb.so"], programs, ..NOTHING });
}

#[test]
fn the_example_of_this_repository() {
    let space = Space::new();
    space.copy(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/calculator"));
    space.build(&["--all"]).ok();
    let run = space.jmake(&["run", "--", "2 * (3 + 4)"]).ok();
    assert!(run.stdout.ends_with("14\n"), "{run}");
}
