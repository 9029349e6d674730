//! `jmake install`: what was built is where others look for it, and works from there.

use std::os::unix::fs::PermissionsExt;

use crate::support::Space;

/// A library with a header, and a program of it.
fn project() -> Space {
    let space = Space::with(&[
        ("src/area.c", "#include \"geom/area.h\"\nint area(int a, int b) { return a * b; }\n"),
        ("src/main.c", "#include \"geom/area.h\"\nint main(void) { return area(2, 3); }\n"),
        ("src/inner.h", "int inner;\n"),
        ("include/geom/area.h", "int area(int a, int b);\n"),
        ("tests/area_test.c", "#include \"geom/area.h\"\nint main(void) { return area(2, 3) != 6; }\n"),
    ]);
    space.write("jmake.toml", "[project]\nname = 'geom'\nversion = '1.2.0'\n[binary]\nlibrary_type = 'shared'\n");
    space
}

fn below(top: &std::path::Path) -> Vec<String> {
    let all = walkdir::WalkDir::new(top).sort_by_file_name().into_iter().map(Result::unwrap).filter(|entry| !entry.file_type().is_dir());
    all.map(|entry| entry.path().strip_prefix(top).unwrap().display().to_string()).collect()
}

#[test]
fn programs_libraries_and_headers_are_where_others_look() {
    let space = project();
    let prefix = space.place("tmp").join("prefix");
    let args = ["install", "--prefix", prefix.to_str().unwrap()];
    space.jmake(&args).ok().says("installed bin/geom").says("4 files installed");
    assert_eq!(below(&prefix), ["bin/geom", "include/geom/area.h", "lib/libgeom.so", "lib/pkgconfig/geom.pc"]);
    let mode = |path: &str| std::fs::metadata(prefix.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("bin/geom"), mode("include/geom/area.h")), (0o755, 0o644));
    assert_eq!(space.command(prefix.join("bin/geom")).status().unwrap().code(), Some(6));
    space.jmake(&args).ok().says("0 files installed, 4 were there already");
    space.edit("include/geom/area.h", "int area", "extern int area");
    space.jmake(&args).ok().says("installed include/geom/area.h").says("1 files installed");
}

#[test]
fn another_project_finds_it_through_pkg_config() {
    let space = project();
    let prefix = space.place("tmp").join("prefix");
    space.jmake(&["install", "--prefix", prefix.to_str().unwrap()]).ok();
    let told = |args: &[&str]| {
        let mut command = space.command("pkg-config");
        let output = command.env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")).args(args).arg("geom").output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(told(&["--modversion"]), "1.2.0");
    let prefix = prefix.display();
    assert_eq!((told(&["--cflags"]), told(&["--libs"])), (format!("-I{prefix}/include"), format!("-L{prefix}/lib -lgeom")));
}

#[test]
fn a_package_is_gathered_elsewhere() {
    let space = project();
    let package = space.place("tmp").join("pkg");
    space.jmake(&["install", "--prefix", "/usr", "--destdir", package.to_str().unwrap()]).ok();
    assert_eq!(below(&package), ["usr/bin/geom", "usr/include/geom/area.h", "usr/lib/libgeom.so", "usr/lib/pkgconfig/geom.pc"]);
    let text = std::fs::read_to_string(package.join("usr/lib/pkgconfig/geom.pc")).unwrap();
    assert!(text.starts_with("prefix=/usr\n"), "{text}");
}

#[test]
fn settings_say_what_goes_where() {
    let space = project();
    let prefix = space.place("tmp").join("own");
    let own = format!(
        "[install]\nprefix = '{}'\nheaders = ['src/*.h']\nlib_dir = 'lib64'\ninclude_dir = 'include/geom-1'\npkg_config = false\n",
        prefix.display()
    );
    space.write("jmake.toml", [space.read("jmake.toml"), own.into_bytes()].concat());
    space.jmake(&["install"]).ok();
    assert_eq!(below(&prefix), ["bin/geom", "include/geom-1/inner.h", "lib64/libgeom.so"]);
    space.edit("jmake.toml", "src/*.h", "none/*.h");
    let run = space.jmake(&["install"]);
    assert_eq!(run.status.code(), Some(2), "{run}");
    run.says("no header fits `none/*.h`");
}

#[test]
fn what_cannot_be_written_is_named() {
    let space = project();
    std::fs::write(space.place("tmp").join("file"), "").unwrap();
    let run = space.jmake(&["install", "--prefix", space.place("tmp").join("file").to_str().unwrap()]);
    assert_eq!(run.status.code(), Some(3), "{run}");
    run.says("cannot install").says("--prefix");
}

#[test]
fn what_does_not_build_is_not_installed() {
    let space = project();
    space.edit("src/area.c", "return", "retrun");
    let prefix = space.place("tmp").join("prefix");
    assert_eq!(space.jmake(&["install", "--prefix", prefix.to_str().unwrap()]).status.code(), Some(1));
    assert!(!prefix.exists());
}

/// Three libraries that use each other, headers beside their sources, and a program with a directory of its own.
fn targets() -> Space {
    let settings = "[project]\nname = 'shop'\n[dependencies]\npkg_config = ['zlib']\n\
        [[targets]]\nname = 'base'\nkind = 'static'\nsources = ['base/*.c']\npublic_include_dirs = ['base']\npublic_defines = { UNIT = '3' }\n\
        [[targets]]\nname = 'shapes'\nkind = 'static'\nsources = ['shapes/src/*.c']\npublic_include_dirs = ['shapes/api']\ndepends = ['base']\n\
        [[targets]]\nname = 'text'\nkind = 'shared'\nversion = '2.0'\nsources = ['text.c']\ninstall = false\noutput_dir = 'out/{profile}'\n\
        [[targets]]\nname = 'show'\nsources = ['show.c']\ndepends = ['shapes', 'text']\noutput_dir = 'out'\n";
    Space::with(&[
        ("jmake.toml", settings),
        ("base/base.h", "static inline int unit(void) { return UNIT; }\nunsigned long base(void);\n"),
        ("base/base.c", "#include \"base.h\"\n#include <zlib.h>\nunsigned long base(void) { return compressBound(0); }\n"),
        ("shapes/api/shapes/area.h", "int area(void);\n"),
        ("shapes/src/inner.h", "\n"),
        ("shapes/src/area.c", "#include \"shapes/area.h\"\n#include \"base.h\"\nint area(void) { return base() > 0 ? 2 * unit() : 0; }\n"),
        ("text.c", "int text(int value) { return value + 1; }\n"),
        ("show.c", "#include <shapes/area.h>\nint text(int value);\nint main(void) { return text(area()); }\n"),
    ])
}

#[test]
fn another_project_links_libraries_that_use_each_other_and_finds_their_headers() {
    let space = targets();
    let prefix = space.place("tmp").join("prefix");
    space.jmake(&["install", "--prefix", prefix.to_str().unwrap()]).ok().does_not_say("no headers");
    let expect = "bin/show include/base.h include/shapes/area.h lib/libbase.a lib/libshapes.a lib/libtext.so.2 lib/pkgconfig/shop.pc";
    assert_eq!(below(&prefix).join(" "), expect);
    let pc = std::fs::read_to_string(prefix.join("lib/pkgconfig/shop.pc")).unwrap();
    assert!(pc.contains("Requires: zlib\nLibs: -L${libdir} -lshapes -lbase\nCflags: -I${includedir} -DUNIT=3\n"), "{pc}");
    space.write("user.c", "#include <shapes/area.h>\n#include <base.h>\nint main(void) { return area() + unit(); }\n");
    // The linker that takes of a library only what is asked for by then.
    let script = "cc user.c -o user -fuse-ld=bfd $(pkg-config --cflags --libs shop) && ./user";
    let user = space.command("sh").args(["-c", script]).env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")).output().unwrap();
    assert_eq!(user.status.code(), Some(9), "{user:?}");
}

#[test]
fn installed_programs_run_whatever_the_layouts() {
    let space = targets();
    space.write("jmake.toml", [space.read("jmake.toml"), b"[install]\nbin_dir = 'libexec/shop'\nlib_dir = 'lib64'\n".to_vec()].concat());
    let prefix = space.place("tmp").join("prefix");
    space.jmake(&["install", "--prefix", prefix.to_str().unwrap()]).ok();
    ["out", "build"].iter().for_each(|made| space.remove(made));
    assert_eq!(space.command(prefix.join("libexec/shop/show")).status().unwrap().code(), Some(7));
}

#[test]
fn a_library_without_headers_for_others_is_told_of() {
    let space = Space::with(&[("area.c", "#include \"area.h\"\nint area(void) { return 1; }\n"), ("area.h", "int area(void);\n")]);
    let prefix = space.place("tmp").join("prefix");
    space.jmake(&["install", "--prefix", prefix.to_str().unwrap()]).ok().says("no headers are installed").says("install.headers");
    let pc = std::fs::read_to_string(prefix.join("lib/pkgconfig/project.pc")).unwrap();
    assert!(!pc.contains("include"), "{pc}");
}
