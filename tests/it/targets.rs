//! A project of many targets in one jmake.toml: what each is made of, what a change concerns, other platforms, other people's libraries.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::support::{DEADLINE, Run, Space, corpus, until};

const SETTINGS: &str = r#"[project]
name = "medium"

[compile]
warnings = "all"

[dependencies]
pkg_config = ["zlib"]

[profile.release]
link.lto = "thin"

[profile.arm.target]
triple = "aarch64-linux-gnu"

[[targets]]
name = "geo"
kind = "static"
sources = ["geo/src/**/*.cpp"]
public_include_dirs = ["geo/include"]
public_defines = { GEO = "1" }
defines = { INNER = "2" }

[[targets]]
name = "text"
kind = "shared"
sources = ["text/*.cpp"]
public_include_dirs = ["text"]
version = "2.1.0"
depends = ["geo"]

[[targets]]
name = "pack"
kind = "static"
sources = ["pack/pack.c"]
public_include_dirs = ["pack"]

[[targets]]
name = "show"
kind = "executable"
sources = ["apps/show.cpp"]
depends = ["text"]

[[targets]]
name = "sum"
kind = "executable"
sources = ["apps/sum.c"]
depends = ["pack"]

[[targets]]
name = "geo_test"
kind = "test"
sources = ["tests/*.cpp"]
depends = ["geo"]

[[files]]
match = ["pack/*.c"]
flags = ["-O1"]
"#;

/// Three libraries, two programs and a test.
fn medium() -> Space {
    Space::with(&[
        ("jmake.toml", SETTINGS),
        ("geo/include/geo.h", "int area(int width, int height);\n"),
        ("geo/src/geo.cpp", "#include \"geo.h\"\nint area(int width, int height) { return width * height * GEO * INNER; }\n"),
        ("text/text.h", "int text();\n"),
        ("text/text.cpp", "#include \"text.h\"\n#include \"geo.h\"\nint text() { return area(2, 3); }\n"),
        ("pack/pack.h", "unsigned long packed(unsigned length);\n"),
        (
            "pack/pack.c",
            "#include \"pack.h\"\n#include <zlib.h>\nunsigned long packed(unsigned length) { return compressBound(length); }\n",
        ),
        ("apps/show.cpp", "#include \"text.h\"\n#include <cstdio>\nint main() { std::printf(\"%d\\n\", text()); }\n"),
        ("apps/sum.c", "#include \"pack.h\"\nint main(void) { return packed(100) < 100; }\n"),
        ("tests/area.cpp", "#include \"geo.h\"\nint main() { return area(1, 1) != 2; }\n"),
    ])
}

fn output(space: &Space, program: &str) -> String {
    let output = space.command(space.path(program)).output().unwrap();
    assert!(output.status.success(), "{program}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn targets_are_built_linked_and_run() {
    let space = medium();
    let run = space.build(&["--all"]).ok();
    assert_eq!(run.artifacts().len(), 6, "{:?}", run.artifacts());
    assert_eq!(output(&space, "build/dev/bin/show"), "12\n");
    output(&space, "build/dev/bin/sum");
    let link = |name: &str| std::fs::read_link(space.path(format!("build/dev/lib/{name}"))).unwrap();
    assert_eq!((link("libtext.so"), link("libtext.so.2")), ("libtext.so.2.1.0".into(), "libtext.so.2.1.0".into()));
    space.jmake(&["test"]).ok().says("PASS geo_test");
    assert_eq!(space.build(&["--all"]).ok().count("ran"), 0);
    // The whole tree may be moved: libraries are found from where programs are.
    std::fs::rename(space.path("build"), space.path("moved")).unwrap();
    assert_eq!(output(&space, "moved/dev/bin/show"), "12\n");
}

/// A host that loads what its first argument names, and says what that makes of 5.
const HOST: &str = r#"#include "parts.h"
#include <dlfcn.h>
#include <stdio.h>
int main(int count, char **words) {
  void *plugin = count == 2 ? dlopen(words[1], RTLD_NOW | RTLD_LOCAL) : 0;
  int (*entry)(int) = plugin ? (int (*)(int))dlsym(plugin, "entry") : 0;
  if (!entry) return fputs(dlerror(), stderr), 1;
  printf("%d %s %d\n", entry(5), dlsym(plugin, "helper") ? "open" : "closed", PART + WIDE + shared_part());
}
int host_service(int number) { return number * 10; }
"#;

#[test]
fn headers_objects_and_plugins_are_what_they_are_for() {
    let space = Space::with(&[
        (
            "jmake.toml",
            r#"
[[targets]]
name = "only_headers"
kind = "headers"
public_include_dirs = ["parts/include"]
public_defines = { WIDE = "100" }

[[targets]]
name = "common"
kind = "objects"
sources = ["common/*.c"]
depends = ["only_headers"]

[[targets]]
name = "extra"
kind = "plugin"
sources = ["extra/*.c"]
depends = ["common"]
export_list = ["entry"]

[[targets]]
name = "host"
sources = ["host.c"]
depends = ["common"]
link_flags = ["-rdynamic"]
"#,
        ),
        ("parts/include/parts.h", "#define PART 1\nint shared_part(void);\n"),
        ("common/part.c", "#include \"parts.h\"\nint shared_part(void) { return PART + WIDE; }\n"),
        (
            "extra/extra.c",
            "#include \"parts.h\"\nint host_service(int);\nint helper(int n) { return host_service(n) + shared_part(); }\nint entry(int n) { return helper(n) + PART; }\n",
        ),
        ("host.c", HOST),
    ]);
    let said = |run: &Run| {
        let made = |part: &str| run.artifacts().into_iter().find(|path| path.contains(part)).unwrap();
        let output = space.command(space.path(made("host"))).arg(space.path(made("extra"))).output().unwrap();
        assert!(output.status.success(), "{output:?} after {run}");
        (String::from_utf8(output.stdout).unwrap(), space.exports(&made("extra")))
    };
    let run = space.build(&["--all"]).ok();
    assert_eq!(said(&run), ("152 closed 202\n".to_owned(), vec!["entry".to_owned()]));
    assert_eq!(run.artifacts().len(), 2, "headers and objects are no files for others: {:?}", run.artifacts());
    assert_eq!(run.steps("compile", "ran").iter().filter(|source| *source == "common/part.c").count(), 1, "{run}");
    assert_eq!(space.build(&["--all"]).ok().count("ran"), 0);
    // A header that has no source of its own concerns all that depend on it, through objects, too.
    space.edit("parts/include/parts.h", "PART 1", "PART 2");
    let run = space.build(&["--all"]).ok();
    assert_eq!((said(&run).0.as_str(), run.steps("compile", "ran").len()), ("154 closed 204\n", 3));
    space.edit("jmake.toml", "[\"entry\"]", "[\"entry\", \"helper\"]");
    let run = space.build(&["--all"]).ok();
    assert_eq!(said(&run), ("154 open 204\n".to_owned(), vec!["entry".to_owned(), "helper".to_owned()]));
    assert_eq!(run.count("ran"), 1, "only the plugin is linked again: {run}");
    // Each may be asked for by its name.
    for (name, artifacts) in [("only_headers", 0), ("common", 0), ("extra", 1)] {
        let run = space.build(&[name]).ok();
        assert_eq!((run.artifacts().len(), run.count("ran")), (artifacts, 0), "{name}: {run}");
    }
}

#[test]
fn an_edit_of_one_target_concerns_its_files_and_what_links_them() {
    let space = medium();
    space.build(&["--all"]).ok();
    space.edit("jmake.toml", "INNER = \"2\"", "INNER = \"3\"");
    let run = space.build(&["--all"]).ok();
    assert_eq!(run.steps("compile", "ran"), ["geo/src/geo.cpp"]);
    assert_eq!(run.steps("archive", "ran"), ["build/dev/lib/libgeo.a"]);
    let linked = run.steps("link", "ran");
    assert!(
        linked.iter().all(|output| ["build/dev/lib/libtext.so.2.1.0", "build/dev/bin/geo_test"].contains(&output.as_str())),
        "{linked:?}"
    );
    assert_eq!(output(&space, "build/dev/bin/show"), "18\n");
    space.edit("jmake.toml", "\"-O1\"", "\"-O2\"");
    assert_eq!(space.build(&["--all"]).ok().steps("compile", "ran"), ["pack/pack.c"]);
    space.edit("jmake.toml", "GEO = \"1\"", "GEO = \"5\"");
    let mut public = space.build(&["--all"]).ok().steps("compile", "ran");
    public.sort();
    assert_eq!(public, ["apps/show.cpp", "geo/src/geo.cpp", "tests/area.cpp", "text/text.cpp"]);
}

#[test]
fn the_compile_database_has_the_flags_of_each_target() {
    let space = medium();
    space.build(&[]).ok();
    let database: serde_json::Value = serde_json::from_slice(&space.read("build/compile_commands.json")).unwrap();
    let line = |file: &str| {
        let entry = database.as_array().unwrap().iter().find(|entry| entry["file"].as_str().unwrap().ends_with(file)).unwrap();
        entry["arguments"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>().join(" ")
    };
    assert!(line("geo.cpp").contains("-DINNER=2") && line("text.cpp").contains("-DGEO=1"));
    assert!(!line("text.cpp").contains("INNER") && !line("sum.c").contains("GEO"));
    assert!(line("pack.c").contains("-O1") && !line("sum.c").contains("-O1"));
    assert!(line("show.cpp").contains("-Itext -Igeo/include"), "{}", line("show.cpp"));
}

#[test]
fn a_release_is_optimised_across_libraries() {
    let space = medium();
    space.build(&["--profile", "release"]).ok();
    assert_eq!(output(&space, "build/release/bin/show"), "12\n");
    let database = String::from_utf8(space.read("build/compile_commands.json")).unwrap();
    assert!(database.contains("-flto=thin"));
}

#[test]
fn a_program_for_another_processor_runs_there() {
    assert!(Path::new("/usr/aarch64-linux-gnu/lib/libc.so.6").exists(), "apt-get install g++-aarch64-linux-gnu qemu-user");
    let settings = "[profile.arm]\ntarget = { triple = \"aarch64-linux-gnu\" }\n[[targets]]\nname = \"geo\"\nkind = \"shared\"\nsources = [\"geo.cpp\"]\n\
         [[targets]]\nname = \"show\"\nsources = [\"show.cpp\"]\ndepends = [\"geo\"]\n\
         [[targets]]\nname = \"check\"\nkind = \"test\"\nsources = [\"show.cpp\"]\ndepends = [\"geo\"]\n";
    let space = Space::with(&[
        ("jmake.toml", settings),
        (
            "geo.cpp",
            "#include <string>\nstd::string machine() {\n#ifdef __aarch64__\n  return \"aarch64\";\n#else\n  return \"here\";\n#endif\n}\n",
        ),
        ("show.cpp", "#include <string>\n#include <cstdio>\nstd::string machine();\nint main() { std::puts(machine().c_str()); }\n"),
    ]);
    space.build(&["--profile", "arm"]).ok();
    let program = space.path("build/arm/bin/show");
    let run = space.command("qemu-aarch64").args(["-L", "/usr/aarch64-linux-gnu"]).arg(program).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&run.stdout), "aarch64\n", "{run:?}");
    space.jmake(&["test", "--profile", "arm"]).ok().says("PASS check");
    space.jmake(&["run", "--profile", "arm"]).ok().says("aarch64");
    space.write("jmake.toml", format!("{settings}[test]\nrunner = [\"no-such-emulator\"]\n"));
    space.jmake(&["run", "--profile", "arm"]).exits(3).says("cannot run no-such-emulator").says("qemu-user").says("test.runner");
    space.write("tools/emulate", "#!/bin/sh\necho emulated \"$2\"\n");
    std::fs::set_permissions(space.path("tools/emulate"), std::fs::Permissions::from_mode(0o755)).unwrap();
    space.edit("jmake.toml", "no-such-emulator", "tools/emulate");
    space.jmake(&["run", "--profile", "arm", "--", "word"]).ok().says("emulated word");
    space.jmake(&["run"]).ok().says("here");
    space.build(&[]).ok();
    assert_eq!(output(&space, "build/dev/bin/show"), "here\n");
}

/// zlib for another processor, below a prefix of its own: what is installed there is found as packages of a system are.
fn zlib_for_arm(space: &Space) -> PathBuf {
    let (sources, prefix) = (space.place("zlib"), space.place("arm"));
    assert!(space.command("cp").arg("-r").arg(corpus("zlib")).arg(&sources).status().unwrap().success());
    let settings = "[project]\nname = \"zlib\"\nversion = \"1.2.13\"\n[binary]\nlibrary_name = \"z\"\n[compile]\ndefines = { HAVE_UNISTD_H = \"1\" }\n\
                    [install]\nheaders = [\"zlib.h\", \"zconf.h\"]\n[profile.arm.target]\ntriple = \"aarch64-linux-gnu\"\n";
    std::fs::write(sources.join("jmake.toml"), settings).unwrap();
    let [sources, place] = [&sources, &prefix].map(|path| path.to_str().unwrap());
    space.jmake(&["install", "-C", sources, "--native", "--profile", "arm", "--prefix", place]).ok();
    prefix
}

#[test]
fn what_is_built_for_each_profile_is_installed_and_runs_from_there() {
    let mut space = medium();
    space.build(&["--profile", "arm"]).exits(2).says("zlib for aarch64-linux-gnu");
    let zlib = zlib_for_arm(&space);
    let [dev, release, arm] = ["dev", "release", "arm"].map(|profile| (profile, space.place("tmp").join(profile)));
    for (profile, package) in [&dev, &release, &arm] {
        if *profile == "arm" {
            space.set("PKG_CONFIG_PATH", zlib.join("lib/pkgconfig"));
        }
        space.jmake(&["test", "--profile", profile]).ok().says("PASS geo_test");
        space.jmake(&["install", "--profile", profile, "--prefix", "/usr", "--destdir", package.to_str().unwrap()]).ok();
    }
    space.jmake(&["daemon", "stop"]).ok();
    space.remove("build");
    for (profile, package) in [&dev, &release, &arm] {
        let files = walkdir::WalkDir::new(package.join("usr")).sort_by_file_name().into_iter().map(Result::unwrap);
        let files = files.filter(|entry| !entry.file_type().is_dir()).map(|entry| entry.file_name().to_str().unwrap().to_owned());
        let expect = "show sum geo.h pack.h text.h libgeo.a libpack.a libtext.so libtext.so.2 libtext.so.2.1.0 medium.pc";
        assert_eq!(files.collect::<Vec<_>>().join(" "), expect, "{profile}");
        let run = |program: &str| {
            let program = package.join("usr/bin").join(program);
            let mut command = if *profile == "arm" { space.command("qemu-aarch64") } else { space.command(&program) };
            if *profile == "arm" {
                command.args(["-L", "/usr/aarch64-linux-gnu"]).arg(&program);
            }
            let output = command.output().unwrap();
            assert!(output.status.success(), "{profile}: {output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        assert_eq!((run("show"), run("sum")), ("12\n".to_owned(), String::new()));
    }
}

/// A root file system as a machine of that kind has it, of what packages for cross compiling bring.
fn sysroot(space: &Space) -> PathBuf {
    let (cross, gcc) = (Path::new("/usr/aarch64-linux-gnu"), "usr/lib/gcc-cross/aarch64-linux-gnu");
    let root = space.place("root");
    let links = |from: &Path, to: &Path| {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
            symlink(entry.path(), to.join(entry.file_name())).unwrap();
        }
    };
    links(&cross.join("lib"), &root.join("usr/lib"));
    symlink(cross.join("include"), root.join("usr/include")).unwrap();
    symlink("usr/lib", root.join("lib")).unwrap();
    for version in std::fs::read_dir(Path::new("/").join(gcc)).unwrap().map(Result::unwrap) {
        links(&version.path(), &root.join(gcc).join(version.file_name()));
    }
    let script = std::fs::read_to_string(cross.join("lib/libc.so")).unwrap();
    std::fs::remove_file(root.join("usr/lib/libc.so")).unwrap();
    std::fs::write(root.join("usr/lib/libc.so"), script.replace("/usr/aarch64-linux-gnu/lib/", "/usr/lib/")).unwrap();
    root
}

#[test]
fn a_root_file_system_of_another_machine_is_used_and_what_is_none_is_named() {
    let space = Space::with(&[("main.c", "#include <stdio.h>\nint main(void) { puts(\"from there\"); return 0; }\n")]);
    let set = |triple: &str, sysroot: &str| {
        space.write("jmake.toml", format!("[target]\ntriple = \"{triple}\"\nsysroot = \"{sysroot}\"\n"));
    };
    set("aarch64-linux-gnu", sysroot(&space).to_str().unwrap());
    space.jmake(&["run"]).ok().says("from there");
    set("aarch64-linux-gnu", "/usr/aarch64-linux-gnu");
    space.jmake(&["build"]).exits(1).says("target.sysroot = \"/usr/aarch64-linux-gnu\"").says("leave target.sysroot out");
    set("aarch64-linux-gnu", "/nowhere");
    space
        .jmake(&["build"])
        .exits(2)
        .says("nowhere to be found with target.triple = \"aarch64-linux-gnu\" and target.sysroot = \"/nowhere\"");
    space.write("jmake.toml", "[target]\ntriple = \"nonsense\"\n");
    space.jmake(&["build"]).exits(2).says("target.triple = \"nonsense\"");
}

#[test]
fn what_pkg_config_says_is_heard_of() {
    let mut space =
        Space::with(&[("jmake.toml", "[dependencies]\npkg_config = [\"own >= 1\"]\n"), ("main.c", "int main(void) { return OWN; }\n")]);
    let (modules, place) = (space.place("modules"), space.place("modules/own.pc"));
    std::fs::create_dir_all(&modules).unwrap();
    space.set("PKG_CONFIG_PATH", &modules);
    space.build(&[]).exits(2).says("own").says("PKG_CONFIG_PATH");
    let describe = |version: u32, own: u32| {
        let text = format!("Name: own\nDescription: own\nVersion: {version}\nCflags: -DOWN={own}\n");
        std::fs::write(&place, text).unwrap();
    };
    describe(1, 3);
    space.build(&[]).ok();
    let code = || space.command(space.path("build/dev/bin/project")).status().unwrap().code();
    assert_eq!(code(), Some(3));
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
    describe(1, 4);
    space.build(&[]).ok();
    assert_eq!(code(), Some(4));
    describe(0, 4);
    space.build(&[]).exits(2).says("own");
}

#[test]
fn a_list_of_files_is_all_that_is_built() {
    let space = Space::with(&[
        ("jmake.toml", "[discovery.files]\nc_sources = [\"main.c\"]\n"),
        ("main.c", "int main(void) { return 0; }\n"),
        ("other.c", "int broken = ;\n"),
    ]);
    space.jmake(&["build"]).ok().says("does not list them: other.c");
    space.edit(
        "jmake.toml",
        "[discovery.files]\nc_sources = [\"main.c\"]\n",
        "[discovery]\nexclude_dirs = [\"sub\"]\n[[targets]]\nname = \"x\"\nsources = [\"*.c\"]\nexclude = [\"other.c\"]\n",
    );
    space.build(&[]).ok();
    space.edit("jmake.toml", "\"*.c\"", "\"src/*.c\"");
    space.build(&[]).exits(2).says("`src/*.c` fits no source file");
}

#[test]
fn nothing_is_taken_from_the_store_where_it_is_off() {
    let space = Space::with(&[("main.c", "int main(void) { return 0; }\n"), ("jmake.toml", "cache.enabled = false\n")]);
    space.build(&[]).ok();
    space.remove("build/dev/bin/project");
    space.remove(".jmake_cache/obj/dev/project/main.c.o");
    assert_eq!(space.build(&[]).ok().count("ran"), 2);
    space.write("jmake.toml", "cache.enabled = true\n");
    space.build(&[]).ok();
    space.remove("build/dev/bin/project");
    assert_eq!(space.build(&[]).ok().count("ran"), 1, "what was made before is not in it");
    space.remove("build/dev/bin/project");
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn intermediate_code_is_placed_where_it_is_asked_for() {
    let space = Space::with(&[("src/main.c", "int main(void) { return 0; }\n")]);
    space.build(&[]).ok();
    let object = space.read(".jmake_cache/obj/dev/project/src/main.c.o");
    space.write("jmake.toml", "compile = { emit_ir = true, emit_bc = true }\n");
    assert_eq!(space.build(&[]).ok().steps("compile", "ran"), [""; 0]);
    let text = String::from_utf8(space.read("build/dev/ir/src/main.c.ll")).unwrap();
    assert!(text.contains("define") && text.contains("@main"), "{text}");
    assert!(space.read("build/dev/ir/src/main.c.bc").starts_with(b"BC"));
    assert_eq!(space.read(".jmake_cache/obj/dev/project/src/main.c.o"), object);
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn globs_are_as_fresh_as_the_files() {
    for stopped in [false, true] {
        let space = Space::with(&[
            ("jmake.toml", "[[targets]]\nname = 'app'\nsources = ['main.c', 'parts/**/*.c']\nexclude = ['parts/**/not_*.c']\n"),
            (
                "main.c",
                "#include <stdio.h>\nextern __attribute__((weak)) int a, b, c;\nint main(void) { return (&a != 0) + 2 * (&b != 0) + 4 * (&c != 0); }\n",
            ),
            ("parts/a.c", "int a;\n"),
        ]);
        let check = |what: &str, code: i32, change: &dyn Fn()| {
            if stopped {
                space.jmake(&["daemon", "stop"]).ok();
            } else {
                let watching = || space.jmake(&["status", "--json"]).object()["projects"][0]["watching"] == true;
                assert!(until(DEADLINE, watching), "it does not watch");
            }
            change();
            let run = space.build(&[]).ok();
            let program = space.command(space.path("build/dev/bin/app")).status().unwrap();
            assert_eq!(program.code(), Some(code), "{what}, stopped: {stopped}: {run}");
            assert_eq!(space.build(&[]).ok().count("ran"), 0, "{what}, stopped: {stopped}");
        };
        space.build(&[]).ok();
        check("one more", 3, &|| space.write("parts/b.c", "int b;\n"));
        check("in a new directory", 7, &|| space.write("parts/deep/er/c.c", "int c;\n"));
        check("renamed to what is left out", 5, &|| std::fs::rename(space.path("parts/b.c"), space.path("parts/not_b.c")).unwrap());
        check("removed", 4, &|| space.remove("parts/a.c"));
        check("no other directory", 4, &|| space.write("others/a.c", "int a;\n"));
        check("a directory goes", 0, &|| space.remove("parts/deep"));
        check("and comes back as a link", 1, &|| symlink("../others/a.c", space.path("parts/link.c")).unwrap());
    }
}
