//! Projects that are built with others, which lie beside them.

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
