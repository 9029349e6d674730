//! What people are told of a link that lacks something, by the real linkers.

use crate::support::{Run, Space, llvm_bin};

/// The lines that are JMake's own.
fn hints(run: &Run) -> Vec<String> {
    let all = format!("{}\n{}", run.stdout, run.stderr);
    all.lines().filter_map(|line| line.strip_prefix("hint: ")).map(ToOwned::to_owned).collect()
}

/// The one hint of a build that fails.
#[track_caller]
fn hint(space: &Space) -> String {
    let run = space.jmake(&["build"]).exits(1).says("error: ");
    let hints = hints(&run);
    assert_eq!(hints.len(), 1, "{run}");
    hints.concat()
}

fn z_program() -> Space {
    Space::with(&[(
        "main.c",
        "int compress(char *, unsigned long *, const char *, unsigned long);\nint main(void) { unsigned long n = 0; return compress(0, &n, 0, 0) == 7; }\n",
    )])
}

#[test]
fn a_library_of_the_system_is_named_with_the_line_to_write() {
    let space = z_program();
    let run = space.jmake(&["build"]).exits(1).says("undefined symbol: compress").says("main.c.o:(main)");
    let hint = hints(&run).concat();
    assert!(hint.starts_with("symbol 'compress' is in libz"), "{run}");
    assert!(hint.ends_with("add link_libraries = [\"z\"] under [binary] in jmake.toml"), "{run}");
    if !hint.contains("install") {
        space.write("jmake.toml", "[binary]\nlink_libraries = [\"z\"]\n");
        space.build(&[]).ok();
    }
}

#[test]
fn scripts_get_the_hint_with_the_linkers_words() {
    let run = z_program().build(&[]).exits(1);
    let said: Vec<String> = run.events_of("diagnostic").iter().map(|event| event["rendered"].as_str().unwrap().to_owned()).collect();
    assert_eq!(said.iter().filter(|text| text.contains("hint: symbol 'compress' is in libz")).count(), 1, "{run}");
}

#[test]
fn other_linkers_and_older_ones_are_understood() {
    let mut space = z_program();
    if llvm_bin(14).is_some() {
        let run = space.jmake(&["build", "--toolchain", "14"]).exits(1);
        assert!(hints(&run).concat().starts_with("symbol 'compress' is in libz"), "{run}");
    }
    if std::path::Path::new("/usr/bin/ld.bfd").exists() {
        space.set("LDFLAGS", "-fuse-ld=bfd");
        let run = space.jmake(&["build"]).exits(1).says("undefined reference");
        assert!(hints(&run).concat().starts_with("symbol 'compress' is in libz"), "{run}");
    }
}

/// A library of somebody else in `dir`, of this C++ text.
fn foreign(space: &Space, dir: &str, name: &str, text: &str) {
    space.write(format!("{dir}/{name}.cpp"), text);
    let source = space.path(format!("{dir}/{name}.cpp"));
    let compiler = llvm_bin(19).or_else(|| llvm_bin(14)).expect("there is an LLVM").join("clang++");
    let made =
        space.command(compiler).args(["-shared", "-fPIC", "-o"]).arg(space.path(format!("{dir}/lib{name}.so"))).arg(&source).status();
    assert!(made.unwrap().success());
    std::fs::remove_file(source).unwrap();
}

#[test]
fn a_cxx_symbol_is_found_in_the_libraries_of_the_link_by_its_readable_name() {
    let mut space = Space::with(&[
        ("include/use.h", "int use();\n"),
        (
            "src/use.cpp",
            "#include \"use.h\"\nnamespace geo { struct Box { Box(int); virtual ~Box(); int area(const char *) const; }; long volume(double); }\nint use() { geo::Box box(1); return box.area(\"x\") + geo::volume(1); }\n",
        ),
    ]);
    space.write("jmake.toml", "[binary]\nlink_libraries = [\"m\"]\n");
    foreign(
        &space,
        "prebuilt",
        "geo",
        "namespace geo { struct Box { Box(int); virtual ~Box(); int area(const char *) const; }; Box::Box(int) {} Box::~Box() {} int Box::area(const char *) const { return 1; } long volume(double) { return 1; } }\n",
    );
    foreign(&space, "prebuilt", "a", "namespace geo { long volume(double) { return 1; } long volume(int) { return 2; } }\n");
    space.set("LDFLAGS", format!("-L{}", space.path("prebuilt").display()));
    let run = space.jmake(&["build"]).exits(1).says("undefined symbol: geo::volume(double)").says("use.cpp.o");
    let said = hints(&run).concat();
    assert!(said.starts_with("symbols ") && said.contains("'geo::Box::Box(int)'"), "{run}");
    assert!(said.ends_with(" are in libgeo: add link_libraries = [\"m\", \"geo\"] under [binary] in jmake.toml"), "{run}");
    space.write("jmake.toml", "[binary]\nlink_libraries = [\"m\", \"geo\"]\n");
    space.build(&[]).ok();
}

#[test]
fn other_peoples_source_is_named_and_the_line_brings_it_in() {
    let space = Space::with(&[
        ("src/main.c", "#include \"vend.h\"\nint main(void) { return vend_add(1, 2) == 3 ? 0 : 1; }\n"),
        ("third_party/vend/vend.h", "int vend_add(int a, int b);\n"),
        ("third_party/vend/vend.c", "#include \"vend.h\"\nint vend_add(int a, int b) { return a + b; }\n"),
        ("third_party/vend/vend_test.c", "static int vend_add(int a) { return a; }\nint main(void) { return vend_add(1); }\n"),
    ]);
    let line = "extra_sources = [\"third_party/vend/vend.c\"]";
    let said = hint(&space);
    assert_eq!(
        said,
        format!(
            "symbol 'vend_add' is defined in third_party/vend/vend.c, which is other people's code and not built: add {line} under [compile] in jmake.toml"
        )
    );
    space.write("jmake.toml", format!("[compile]\n{line}\n"));
    space.build(&[]).ok();
    assert!(space.command(space.path("build/dev/bin/project")).status().unwrap().success());
}

#[test]
fn a_source_that_is_left_out_is_named_with_the_reason() {
    let space = Space::with(&[
        ("main.cpp", "namespace os { int handle(int); }\nint main() { return os::handle(0); }\n"),
        ("handle_win.cpp", "namespace os { int handle(int n) { return n; } }\n"),
    ]);
    assert!(hint(&space).starts_with("symbol 'os::handle(int)' is defined in handle_win.cpp, which is left out because its name says"));
    space.write("jmake.toml", "[compile]\nextra_sources = [\"handle_win.cpp\"]\n");
    space.build(&[]).ok();

    let space = Space::with(&[
        ("main.cpp", "int made();\nint main() { return made(); }\n"),
        ("made.cpp", "#include <no/such/header.h>\nint made() { return 0; }\n"),
    ]);
    let said = hint(&space);
    assert!(said.contains("made.cpp, which is left out: it includes <no/such/header.h>"), "{said}");
}

#[test]
fn c_that_is_called_as_cxx_is_recognised() {
    let space = Space::with(&[
        ("main.cpp", "int twice(int);\nint main() { return twice(0); }\n"),
        ("twice.c", "int twice(int n) { return 2 * n; }\n"),
    ]);
    assert_eq!(hint(&space), "symbol 'twice(int)' is defined in twice.c, but in C: declare it extern \"C\" where C++ uses it");
}

#[test]
fn a_symbol_of_nowhere_is_said_to_be_so_and_a_plugin_may_lack_it() {
    let space = Space::with(&[
        ("include/plugin.h", "int plugin(void);\n"),
        (
            "src/plugin.c",
            "#include \"plugin.h\"\nint host_service_of_nobody(int);\nint plugin(void) { return host_service_of_nobody(1); }\n",
        ),
    ]);
    let said = hint(&space);
    assert!(said.starts_with("symbol 'host_service_of_nobody' is defined by no source of this project and no library"), "{said}");
    assert!(said.contains("allow_undefined = true under [link]"), "{said}");
    space.write("jmake.toml", "[link]\nallow_undefined = true\n");
    space.build(&[]).ok();
    assert!(space.exists("build/dev/lib/libproject.so"));

    let space = Space::with(&[("main.c", "int nobody(void);\nint main(void) { return nobody(); }\n")]);
    assert!(!hint(&space).contains("allow_undefined"), "that is for libraries");
}

#[test]
fn a_library_that_is_not_there_is_named() {
    let space =
        Space::with(&[("main.c", "int main(void) { return 0; }\n"), ("jmake.toml", "[binary]\nlink_libraries = [\"no_such_thing\"]\n")]);
    let said = hint(&space);
    assert!(said.starts_with("there is no libno_such_thing.so or libno_such_thing.a where the linker looks"), "{said}");
}

#[test]
fn a_link_line_too_long_for_the_kernel_is_no_different() {
    let mut space = z_program();
    let folder = vec!["a_folder_with_a_long_name_".repeat(8); 5].join("/");
    for number in 0..64 {
        space.write(format!("{folder}/part{number}.c"), format!("int part{number};\n"));
    }
    space.set("LDFLAGS", "-L /no/such/place");
    space.write("include/p.h", "int part0;\n");
    let run = space.jmake(&["build", "-k"]).exits(1);
    assert!(hints(&run).concat().starts_with("symbol 'compress' is in libz"), "{run}");
    space.write("compress.c", "int compress(void) { return 0; }\n");
    space.build(&[]).ok();
}

#[test]
fn what_is_ignored_or_made_by_others_is_named_with_its_file() {
    let space = Space::with(&[
        ("main.c", "int made(void), archived(void);\nint main(void) { return made() + archived(); }\n"),
        (".gitignore", "gen/\n*.a\n"),
        ("gen/made.c", "int made(void) { return 0; }\n"),
        ("third_party/old/archived.c.txt", "int archived(void) { return 0; }\n"),
    ]);
    let clang = llvm_bin(19).or_else(|| llvm_bin(14)).expect("there is an LLVM");
    let (object, archive) = (space.path("third_party/old/archived.o"), space.path("third_party/old/libold.a"));
    let source = space.path("third_party/old/archived.c.txt");
    assert!(space.command(clang.join("clang")).args(["-x", "c", "-c", "-o"]).arg(&object).arg(source).status().unwrap().success());
    assert!(space.command(clang.join("llvm-ar")).arg("rcs").arg(&archive).arg(object).status().unwrap().success());
    let run = space.jmake(&["build"]).exits(1);
    assert_eq!(
        hints(&run),
        [
            "symbol 'archived' is in third_party/old/libold.a: add link_libraries = [\"third_party/old/libold.a\"] under [binary] in jmake.toml",
            "symbol 'made' is defined in gen/made.c, which is ignored or made by another build, and not built: add extra_sources = [\"gen/made.c\"] under [compile] in jmake.toml",
        ],
        "{run}"
    );
    let lines = "[binary]\nlink_libraries = [\"third_party/old/libold.a\"]\n[compile]\nextra_sources = [\"gen/made.c\"]\n";
    space.write("jmake.toml", lines);
    space.build(&[]).ok();
    assert!(space.command(space.path("build/dev/bin/project")).status().unwrap().success());
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn whole_programs_are_no_different() {
    for lto in ["thin", "full"] {
        let space = z_program();
        space.write("jmake.toml", format!("[link]\nlto = '{lto}'\n"));
        let run = space.jmake(&["build", "--profile", "release"]).exits(1).says("undefined symbol: compress");
        assert!(hints(&run).concat().starts_with("symbol 'compress' is in libz"), "{run}");
    }
}

#[test]
fn a_target_that_should_be_depended_on_is_named() {
    let target = |name: &str, rest: &str| format!("[[targets]]\nname = '{name}'\nsources = ['{name}.cpp']\n{rest}\n");
    let settings = [target("base", "kind = 'static'"), target("geo", "kind = 'static'"), target("app", "depends = ['base']")].concat();
    let space = Space::with(&[
        ("jmake.toml", &settings),
        ("base.cpp", "int base() { return 1; }\n"),
        ("geo.cpp", "int area() { return 2; }\n"),
        ("app.cpp", "int base();\nint area();\nint main() { return base() + area(); }\n"),
    ]);
    let told = "symbol 'area()' is defined in geo.cpp, which is of target `geo`: write depends = [\"base\", \"geo\"] in the [[targets]] table of `app`";
    space.jmake(&["build"]).exits(1).says(told).does_not_say("by no source");
    space.edit("jmake.toml", "['base']", "[\"base\", \"geo\"]");
    space.jmake(&["build"]).ok();
}

#[test]
fn what_a_source_defines_under_a_condition_only_is_found_with_its_macro() {
    let space = Space::with(&[
        ("include/p.h", "#ifdef __cplusplus\nextern \"C\" {\n#endif\nint create(int);\nint destroy(int);\n#ifdef __cplusplus\n}\n#endif\n"),
        ("src/p.cpp", "int own() { return 0; }\n"),
        (
            "src/dll.cpp",
            "#if defined(P_DLL)\n#include \"p.h\"\n#define API(x) extern \"C\" x\nAPI(int) create(int a) { return a; }\nAPI(int) destroy(int a) { return a; }\n#endif\n",
        ),
        ("samples/s.c", "#include \"p.h\"\nint main(void) { return create(1) - destroy(1); }\n"),
    ]);
    let run = space.jmake(&["build", "--all"]).exits(1);
    assert_eq!(
        hints(&run),
        [
            "symbols 'create', 'destroy' are defined in src/dll.cpp, but only under `#if defined(P_DLL)`: add defines = { P_DLL = \"1\" } under \
          [compile] in jmake.toml, if this is how it is meant to be built"
        ]
    );
    space.write("jmake.toml", "[compile]\ndefines = { P_DLL = \"1\" }\n");
    space.build(&["--all"]).ok();
}
