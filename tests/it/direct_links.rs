//! Links without the driver against the driver itself: the linker is told the same, word for word.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use jmake::engine::config::options::Options;
use jmake::engine::config::settings::Lto;
use jmake::engine::cxx::argv::compile::driver;
use jmake::engine::cxx::argv::link::{self, Files, Product};
use jmake::engine::cxx::probe::{link_arguments, parse_link};
use jmake::engine::cxx::toolchain::{Identities, Install, Toolchain, Version};
use jmake::engine::discover::Language;
use jmake::engine::path::FilePath;

use crate::support::{Space, llvm_bin, not_tried};

fn toolchain(bin: &Path) -> Toolchain {
    let tools = [("ld.lld".to_owned(), FilePath::new(bin.join("ld.lld")))];
    let install = Install {
        bin_dir: FilePath::new(bin),
        version: Version(19, 0, 0),
        triple: String::new(),
        tools: BTreeMap::from(tools),
        origin: String::new(),
    };
    Toolchain { install, identities: Identities::new(), preloaded: None }
}

/// What a driver prints for these arguments.
fn asked(bin: &Path, dir: &Path, language: Language, arguments: &[FilePath]) -> String {
    let mut command = Command::new(bin.join(driver(language)));
    let run = command.args(arguments.iter().map(FilePath::as_path)).current_dir(dir).env_clear().output().unwrap();
    String::from_utf8(run.stderr).unwrap()
}

/// The last line of it, in words.
fn words(printed: &str) -> Vec<String> {
    let line = printed.lines().rfind(|line| line.starts_with(" \"")).unwrap_or_else(|| panic!("{printed}"));
    line.trim().trim_matches('"').split("\" \"").map(|word| word.replace("\\$", "$").replace("\\\\", "\\")).collect()
}

fn options() -> Vec<(&'static str, Options)> {
    let plain = Options { profile_flags: vec!["-O2".into(), "-g".into()], ..Options::default() };
    let flags = |flags: &str| Options { flags: flags.split(' ').map(Into::into).collect(), ..plain.clone() };
    let late = |flags: &str| Options { link_flags: flags.split(' ').map(Into::into).collect(), ..plain.clone() };
    let mut all = vec![
        ("plain", plain.clone()),
        ("lto", Options { lto: Lto::Thin, ..plain.clone() }),
        ("coverage", Options { coverage: true, ..plain.clone() }),
        ("directories", Options { lib_dirs: vec!["".into(), "more libs".into(), "/opt/lib".into()], ..plain.clone() }),
        ("undefined", Options { allow_undefined: true, ..plain.clone() }),
    ];
    for name in ["address", "undefined", "thread", "memory"] {
        all.push((name, Options { sanitizers: vec![name.into()], ..plain.clone() }));
    }
    for text in [
        "-static",
        "-static-pie",
        "-no-pie",
        "-pthread",
        "-fopenmp",
        "-stdlib=libc++",
        "-rtlib=compiler-rt",
        "-rdynamic",
        "-nostdlib",
        "-nostartfiles",
        "-nodefaultlibs",
        "-m32",
        "--target=aarch64-linux-gnu",
        "-flto",
        "-gsplit-dwarf -flto=thin",
        "-fprofile-generate",
        "-fsanitize=address -static-libsan",
        "-fuse-ld=bfd",
        "-Wl,--gc-sections -ffunction-sections",
    ] {
        all.push((text, flags(text)));
    }
    for text in [
        "-Wl,-z,now,-lx",
        "-lx -Wl,--as-needed -ly",
        "-s",
        "-T script.ld",
        "-u symbol -e entry",
        "-Xlinker -Map -Xlinker x.map",
        "-Wl,-rpath,$ORIGIN/lib",
        "-L. -lstdc++",
        "-Wl,--whole-archive a.a -Wl,--no-whole-archive",
        "-fuse-ld=gold",
    ] {
        all.push((text, late(text)));
    }
    all
}

#[test]
fn the_linker_is_told_what_the_driver_would_tell_it() {
    let dir = tempfile::tempdir().unwrap();
    for file in ["a.o", "b.o", "a.a", "b.a", "script.ld", "dir/libq.so"] {
        std::fs::create_dir_all(dir.path().join(file).parent().unwrap()).unwrap();
        std::fs::write(dir.path().join(file), "").unwrap();
    }
    let [inputs, archives] = [["a.o", "b.o"], ["a.a", "b.a"]].map(|all| all.map(FilePath::from));
    let libraries = ["z", "m", "libq.a", "dir/libq.so"].map(ToOwned::to_owned);
    let run_paths = ["$ORIGIN/../lib", "/opt/with space"].map(FilePath::from);
    let (output, depfile, script): (FilePath, FilePath, FilePath) = ("out dir/x".into(), "o/x.d".into(), "o/x.map".into());
    let (mut versions, mut compared) = (0, 0);
    for bin in [14, 19].into_iter().filter_map(llvm_bin) {
        versions += 1;
        for ((name, options), language) in options().iter().flat_map(|one| [Language::C, Language::Cxx].map(|language| (one, language))) {
            for (product, script) in [(Product::Executable, None), (Product::Shared { soname: "libx.so.1" }, Some(&script))] {
                let toolchain = toolchain(&bin);
                let files = Files {
                    inputs: &inputs,
                    archives: &archives,
                    libraries: &libraries,
                    run_paths: &run_paths,
                    output: &output,
                    depfile: &depfile,
                    script,
                };
                let around = link_arguments(&link::around(options, &toolchain, language, product));
                let Ok(probe) = parse_link(&asked(&bin, dir.path(), language, &around)) else { continue };
                let Some(line) = &probe.line else { continue };
                let direct = link::direct(line, product, files).unwrap();
                let direct: Vec<String> = direct.iter().map(ToString::to_string).collect();
                let flags = link::flags(options, &toolchain, language, product);
                let arguments = link_arguments(&link::arguments(&flags, options, files));
                let told = words(&asked(&bin, dir.path(), language, &arguments));
                assert_eq!((&probe.program.to_string(), direct.as_slice()), (&told[0], &told[1..]), "{name} {language:?} {product:?}");
                compared += 1;
            }
        }
    }
    if versions == 0 {
        return not_tried("no LLVM with a linker is in the usual place");
    }
    assert!(compared >= versions * 4 * options().len() * 8 / 10, "{compared} lines were compared");
}

#[test]
fn what_the_driver_has_to_see_it_sees() {
    let line: Vec<String> = ["-o", "jmake-output", "--jmake-inputs", "-ljmake-libraries"].map(ToOwned::to_owned).to_vec();
    let (output, depfile) = ("x".into(), "x.d".into());
    let check = |input: &str, library: &str, expect: bool| {
        let (inputs, libraries) = ([input.into()], [library.to_owned()]);
        let files = Files {
            inputs: &inputs,
            archives: &[],
            libraries: &libraries,
            run_paths: &[],
            output: &output,
            depfile: &depfile,
            script: None,
        };
        assert_eq!(link::direct(&line, Product::Executable, files).is_some(), expect, "{input} {library}");
    };
    check("a.o", "z", true);
    check("a.o", "libz.a", true);
    check("a.o", "dir/libz.so.1", true);
    check("a.bc", "z", false);
    check("a.o", "stdc++", false);
    check("a.o", "dir/x.c", false);
    let flags = |flags: &[&str]| link::may_be_direct(&flags.iter().map(|flag| FilePath::from(*flag)).collect::<Vec<_>>());
    assert!(flags(&["-fuse-ld=lld", "-O2", "-fsanitize=address", "-Wl,-z,now", "-L.", "-lx", "-static"]));
    for flag in [
        "--sysroot=/s",
        "--gcc-toolchain=/g",
        "-B/b",
        "--target=x",
        "-m32",
        "@flags",
        "--config=c.cfg",
        "-resource-dir=/r",
        "--ld-path=x",
        "-v",
    ] {
        assert!(!flags(&["-O2", flag]), "{flag}");
    }
}

#[test]
fn where_a_driver_looks_elsewhere_it_links() {
    let mut space = Space::with(&[("main.c", "int main(void) { return 0; }\n")]);
    let program = |space: &Space| {
        let events = space.build(&["--force"]).ok().events_of("step_started");
        events.iter().find(|event| event["kind"] == "link").unwrap()["command"][0].as_str().unwrap().to_owned()
    };
    assert!(program(&space).ends_with("/ld.lld"));
    space.write("jmake.toml", "target.sysroot = '/'\n");
    assert!(program(&space).ends_with("/clang"), "--sysroot");
    space.write("jmake.toml", "link.flags = ['-fuse-ld=bfd']\n");
    assert!(program(&space).ends_with("/clang"), "a linker that is looked for on the PATH");
    space.write("jmake.toml", "");
    assert!(program(&space).ends_with("/ld.lld"));
    space.set("CCC_OVERRIDE_OPTIONS", "+-O1");
    assert!(program(&space).ends_with("/clang"), "a variable that edits the line");
}

#[test]
fn links_run_the_linker_and_make_what_the_driver_would() {
    let space = Space::with(&[
        ("jmake.toml", "binary.link_libraries = ['m']\n"),
        ("src/app.cpp", "#include <string>\nint f(int);\nint main(int n, char **) { return int(std::to_string(f(n)).size()) - 1; }\n"),
        ("src/f.c", "int f(int n) { return n; }\n"),
    ]);
    space.edit("src/app.cpp", "int f(int);", "extern \"C\" int f(int);");
    let linked = |run: &crate::support::Run| {
        let events = run.events_of("step_started");
        let link = events.iter().find(|event| event["kind"] == "link").unwrap_or_else(|| panic!("{run}"));
        let words: Vec<String> = link["command"].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect();
        words
    };
    let run = space.build(&[]).ok();
    let direct = linked(&run);
    assert!(direct[0].ends_with("/ld.lld"), "{direct:?}");
    let program = space.path(&run.artifacts()[0]);
    assert!(space.command(&program).status().unwrap().success());
    let made = std::fs::read(&program).unwrap();

    // A library whose meaning depends on others is the driver's.
    space.edit("jmake.toml", "'m'", "'m', 'stdc++'");
    let run = space.build(&[]).ok();
    assert!(linked(&run)[0].contains("/clang"), "{run}");
    assert_eq!(std::fs::read(&program).unwrap().len(), made.len());
}
