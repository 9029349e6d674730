//! Projects that are built with others, which lie beside them.

use std::path::Path;

use object::read::elf::ElfFile64;

use crate::support::Space;

/// A program that needs `geo`, which needs `math`: a shared library, and a static one that needs the C library's `m`.
fn three() -> Space {
    Space::with(&[
        ("app/jmake.toml", "[project]\nname = \"app\"\n[dependencies]\ngeo = { path = \"../geo\" }\n"),
        ("app/main.cpp", "#include \"geo.h\"\n#include <cstdio>\nint main() { std::printf(\"%d\\n\", area(2)); }\n"),
        ("geo/jmake.toml", "[project]\nname = \"geo\"\n[dependencies]\nmath = { path = \"../math\" }\n"),
        ("geo/include/geo.h", "#pragma once\nint area(int width);\n"),
        ("geo/src/geo.cpp", "#include \"geo.h\"\n#include \"power.h\"\nint area(int width) { return power(width, 2); }\n"),
        ("math/jmake.toml", "[project]\nname = \"power\"\n[binary]\nlibrary_type = \"static\"\nlink_libraries = [\"m\"]\n"),
        ("math/include/power.h", "#pragma once\nint power(int base, int by);\n"),
        ("math/power.cpp", "#include \"power.h\"\n#include <cmath>\nint power(int base, int by) { return (int)std::pow(base, by); }\n"),
    ])
}

fn printed(space: &Space) -> String {
    let output = space.command(space.path("app/build/dev/bin/app")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn projects_that_are_needed_are_built_before_and_linked() {
    let space = three();
    space.build(&["-C", "app"]).ok();
    assert_eq!(printed(&space), "4\n");
    assert_eq!(space.build(&["-C", "app"]).ok().count("ran"), 0);
    // Two projects away.
    space.edit("math/power.cpp", "std::pow(base, by)", "std::pow(base, by + 1)");
    let run = space.build(&["-C", "app"]).ok();
    assert_eq!(run.count("ran"), 0, "the interface of the shared library between them is as before");
    assert_eq!(printed(&space), "8\n");
    // A header beside.
    space.edit("geo/include/geo.h", "int area(int width);", "int area(int width, int height = 3);");
    space.edit(
        "geo/src/geo.cpp",
        "area(int width) { return power(width, 2); }",
        "area(int width, int height) { return power(width, height); }",
    );
    assert_eq!(space.build(&["-C", "app"]).ok().steps("compile", "ran"), ["main.cpp"]);
    assert_eq!(printed(&space), "16\n");
    space.jmake(&["explain", "-C", "app"]).ok().says("nothing");
    space.jmake(&["check", "-C", "app"]).ok().does_not_say("warning");
}

#[test]
fn a_neighbours_settings_are_heard_of() {
    let space = three();
    space.build(&["-C", "app"]).ok();
    space.edit("geo/jmake.toml", "name = \"geo\"", "name = \"shapes\"");
    let run = space.build(&["-C", "app"]).ok();
    assert_eq!(run.steps("link", "ran").len(), 1, "{run}");
    assert_eq!(printed(&space), "4\n");
    assert!(space.exists("geo/build/dev/lib/libshapes.so") && !space.exists("geo/build/dev/lib/libgeo.so"));
    space.jmake(&["daemon", "stop"]).ok();
    assert_eq!(space.build(&["-C", "app"]).ok().count("ran"), 0);
}

#[test]
fn a_neighbour_that_does_not_build_is_told_of() {
    let space = three();
    space.edit("geo/src/geo.cpp", "return", "retrun");
    space.build(&["-C", "app"]).exits(1).says("retrun").says("geo, which this project needs, is not built");
    space.edit("geo/src/geo.cpp", "retrun", "return");
    space.build(&["-C", "app"]).ok();
    space.edit("math/jmake.toml", "[binary]", "[dependencies]\ngeo = { path = \"../geo\" }\n[binary]");
    space.build(&["-C", "app"]).exits(2).says("need each other in a circle");
    space.edit("app/jmake.toml", "../geo", "../nowhere");
    space.build(&["-C", "app"]).exits(2).says("no such directory");
    space.jmake(&["check", "-C", "app"]).exits(2).says("nowhere");
}

/// Where it looks for libraries when it runs.
fn run_path(program: &Path) -> String {
    let bytes = std::fs::read(program).unwrap();
    let file = ElfFile64::<object::Endianness>::parse(&*bytes).unwrap();
    let table = file.elf_dynamic_table().unwrap();
    let paths = table.iter().filter(|entry| entry.tag == object::elf::DT_RUNPATH);
    paths.map(|entry| String::from_utf8_lossy(table.string(entry).unwrap()).into_owned()).collect()
}

#[test]
fn what_is_installed_runs_without_the_trees_that_it_was_built_in() {
    let space = three();
    space.edit("math/jmake.toml", "static", "shared");
    space.write("geo/jmake.toml", [space.read("geo/jmake.toml"), b"[binary]\nversion = \"1.4\"\n".to_vec()].concat());
    let [prefix, package] = ["prefix", "package"].map(|name| space.place("tmp").join(name));
    let shown = |path: &Path| path.to_str().unwrap().to_owned();
    space.jmake(&["install", "-C", "app", "--prefix", &shown(&prefix)]).ok();
    space.jmake(&["install", "-C", "app", "--profile", "release", "--prefix", "/usr", "--destdir", &shown(&package)]).ok();
    space.jmake(&["daemon", "stop"]).ok();
    ["app/build", "geo/build", "math/build"].iter().for_each(|tree| space.remove(tree));
    for top in [prefix, package.join("usr")] {
        let output = space.command(top.join("bin/app")).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "4\n", "{output:?}");
        assert_eq!(run_path(&top.join("bin/app")), "$ORIGIN/../lib");
        assert_eq!(run_path(&top.join("lib/libgeo.so.1.4")), "$ORIGIN");
        let link = |name: &str| std::fs::read_link(top.join("lib").join(name)).unwrap();
        assert_eq!([link("libgeo.so"), link("libgeo.so.1")], ["libgeo.so.1.4", "libgeo.so.1.4"].map(std::path::PathBuf::from));
        assert!(top.join("lib/libpower.so").exists());
    }
}

#[test]
fn a_static_library_is_installed_with_those_of_its_neighbours() {
    let space = three();
    space.write(
        "app/jmake.toml",
        "[project]\nname = \"app\"\n[binary]\nlibrary_type = \"static\"\n[dependencies]\nmath = { path = \"../math\" }\n",
    );
    space.remove("app/main.cpp");
    space.write("app/include/app.h", "int app(int by);\n");
    space.write("app/src/app.cpp", "#include \"app.h\"\n#include \"power.h\"\nint app(int by) { return power(2, by); }\n");
    let prefix = space.place("tmp").join("prefix");
    space.jmake(&["install", "-C", "app", "--prefix", prefix.to_str().unwrap()]).ok();
    space.write("user.cpp", "#include <app.h>\nint main() { return app(3); }\n");
    let script = "c++ user.cpp -o user $(pkg-config --cflags --libs app) && ./user";
    let user = space.command("sh").args(["-c", script]).env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")).output().unwrap();
    assert_eq!(user.status.code(), Some(8), "{user:?}");
}
