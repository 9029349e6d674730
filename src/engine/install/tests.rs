//! What goes where, under which names, in which order, and what is said of it.

use std::sync::Arc;

use super::*;
use crate::engine::config::targets::Dependency;
use crate::engine::discover::Declared;
use crate::engine::neighbours::OfferedLibrary;

fn artifact(target: &str, kind: ArtifactKind, path: &str) -> Artifact {
    Artifact { target: target.to_owned(), kind, path: path.into(), test: None, runner: Vec::new() }
}

fn installed(settings: &Settings, artifacts: &[Artifact], headers: &[Header]) -> Installation {
    made(settings, &Discovery::default(), artifacts, headers, &[])
}

fn made(settings: &Settings, discovery: &Discovery, artifacts: &[Artifact], headers: &[Header], offers: &[Offer]) -> Installation {
    let prefix = "/opt/geom".into();
    installation(&Request { settings, discovery, artifacts, headers, offers, prefix: &prefix }, &|_| None)
}

fn told(Installation { plan, .. }: &Installation) -> Vec<String> {
    let item = |item: &Item| match item {
        Item::Copy { from, executable } => format!("{from}{}", if *executable { " *" } else { "" }),
        Item::Link(to) => format!("-> {to}"),
        Item::Text(text) => format!("{} lines", text.lines().count()),
    };
    plan.iter().map(|(to, what)| format!("{to}: {}", item(what))).collect()
}

/// The lines that others build with.
fn pc(installation: &Installation, name: &str) -> Vec<String> {
    let place = FilePath::from(format!("lib/pkgconfig/{name}.pc").as_str());
    let Some(Item::Text(text)) = installation.plan.get(&place) else { panic!("{installation:?}") };
    let used = |line: &&str| ["Requires", "Libs", "Cflags", "includedir"].iter().any(|word| line.starts_with(word));
    text.lines().filter(used).map(ToOwned::to_owned).collect()
}

fn target(name: &str, kind: Kind, install: Option<bool>) -> TargetSettings {
    TargetSettings { name: name.to_owned(), kind, install, ..TargetSettings::default() }
}

fn a_header() -> [Header; 1] {
    [("include/g.h".into(), "g.h".into())]
}

#[test]
fn everything_has_its_place_and_its_names() {
    let library = LibraryVersion { soname: None, version: Some("1.2.3".to_owned()) };
    let settings = Settings { name: "Geom".into(), library_version: library, ..Settings::default() };
    let artifacts = [
        artifact("geom", ArtifactKind::Executable, "build/dev/bin/geom"),
        artifact("libgeom", ArtifactKind::SharedLibrary, "build/dev/lib/libgeom.so.1.2.3"),
        artifact("libother", ArtifactKind::StaticLibrary, "build/dev/lib/libother.a"),
    ];
    let headers = [("include/geom/area.h", "geom/area.h"), ("src/api/hull.h", "hull.h")].map(|(from, to)| (from.into(), to.into()));
    assert_eq!(
        told(&installed(&settings, &artifacts, &headers)),
        [
            "bin/geom: build/dev/bin/geom *",
            "include/geom/area.h: include/geom/area.h",
            "include/hull.h: src/api/hull.h",
            "lib/libgeom.so: -> libgeom.so.1.2.3",
            "lib/libgeom.so.1: -> libgeom.so.1.2.3",
            "lib/libgeom.so.1.2.3: build/dev/lib/libgeom.so.1.2.3 *",
            "lib/libother.a: build/dev/lib/libother.a",
            "lib/pkgconfig/geom.pc: 9 lines",
        ]
    );
}

#[test]
fn a_package_is_gathered_below_another_directory() {
    assert_eq!(top(&"/usr".into(), Some(&"/tmp/pkg".into())), "/tmp/pkg/usr".into());
    assert_eq!(top(&"/usr".into(), None), "/usr".into());
}

#[test]
fn pkg_config_is_told_what_others_need() {
    let mut settings = Settings { name: "geom".into(), version: Some("1.2".into()), ..Settings::default() };
    settings.dependencies = vec![Dependency::PkgConfig("zlib >= 1.2".into())];
    settings.options.link_libraries = vec!["m".into(), "/opt/libx.a".into()];
    let shared = installed(&settings, &[artifact("libgeom", ArtifactKind::SharedLibrary, "l/libgeom.so")], &a_header());
    let Some(Item::Text(text)) = shared.plan.get(&"lib/pkgconfig/geom.pc".into()) else { panic!("{shared:?}") };
    let expect = "prefix=/opt/geom\nlibdir=${prefix}/lib\nincludedir=${prefix}/include\n\nName: geom\nDescription: geom\nVersion: 1.2\n\
                  Requires.private: zlib >= 1.2\nLibs: -L${libdir} -lgeom\nLibs.private: -lm\nCflags: -I${includedir}\n";
    assert_eq!(text, expect);
    let linked = installed(&settings, &[artifact("libgeom", ArtifactKind::StaticLibrary, "l/libgeom.a")], &[]);
    assert_eq!(pc(&linked, "geom"), ["Requires: zlib >= 1.2", "Libs: -L${libdir} -lgeom -lm"]);
    assert!(linked.notes[0].contains("no headers are installed: none lies in include/;"), "{:?}", linked.notes);
    let headers = installed(&settings, &[], &a_header());
    assert_eq!(pc(&headers, "geom")[1..], ["Requires: zlib >= 1.2", "Libs: -L${libdir} -lm", "Cflags: -I${includedir}"]);
    assert!(installed(&settings, &[artifact("x", ArtifactKind::Executable, "b/x")], &a_header()).plan.len() == 2, "no library");
}

/// Libraries by name and kind, each with those that it uses.
fn libraries(all: &[(&str, Kind, &[&str])]) -> (Settings, Discovery, Vec<Artifact>) {
    let (mut settings, mut discovery) = (Settings { name: "geom".into(), ..Settings::default() }, Discovery::default());
    let mut artifacts = Vec::new();
    for (name, kind, uses) in all {
        settings.targets.push(target(name, *kind, None));
        let libraries = uses.iter().map(ToString::to_string).collect();
        let declared = Declared { name: (*name).to_owned(), kind: *kind, libraries, ..Declared::default() };
        discovery.declared.insert((*name).to_owned(), Arc::new(declared));
        let (kind, ending) = match kind {
            Kind::StaticLibrary => (ArtifactKind::StaticLibrary, "a"),
            _ => (ArtifactKind::SharedLibrary, "so"),
        };
        artifacts.push(artifact(name, kind, &format!("l/lib{name}.{ending}")));
    }
    (settings, discovery, artifacts)
}

#[test]
fn each_library_comes_before_those_that_it_uses() {
    use Kind::{SharedLibrary as So, StaticLibrary as A};
    let check = |all: &[(&str, Kind, &[&str])], expect: &str| {
        let (settings, discovery, artifacts) = libraries(all);
        let found = made(&settings, &discovery, &artifacts, &[], &[]);
        assert_eq!(pc(&found, "geom"), [format!("Libs: -L${{libdir}} {expect}")]);
    };
    check(&[("base", A, &[]), ("shapes", A, &["base"])], "-lshapes -lbase");
    check(&[("a", A, &["b", "c"]), ("b", So, &["c"]), ("c", A, &[])], "-la -lb -lc");
    check(&[("a", A, &[]), ("b", A, &["d"]), ("c", A, &["a"]), ("d", A, &["c"])], "-lb -ld -lc -la");
    check(&[("a", So, &[]), ("b", So, &[])], "-lb -la");
}

#[test]
fn what_static_libraries_need_is_said_once_and_installed() {
    let (mut settings, mut discovery, artifacts) = libraries(&[("a", Kind::StaticLibrary, &["b"]), ("b", Kind::StaticLibrary, &[])]);
    settings.targets[1].install = Some(false);
    for (at, libraries) in [["z", "m"], ["m", "q"]].iter().enumerate() {
        settings.targets[at].options.link_libraries = libraries.iter().map(ToString::to_string).collect();
    }
    settings.targets[0].public_defines = [("WIDE", ""), ("NAME", "\"x y\" $")].map(|(name, value)| (name.into(), value.into())).into();
    let found = made(&settings, &discovery, &artifacts, &[], &[]);
    assert!(found.plan.contains_key(&"lib/libb.a".into()), "{found:?}");
    assert_eq!(pc(&found, "geom"), ["Libs: -L${libdir} -la -lb -lz -lm -lq", "Cflags: '-DNAME=\"x y\" $$' -DWIDE"]);
    // A shared one has it in it.
    settings.targets[0].kind = Kind::SharedLibrary;
    let shared = Declared { kind: Kind::SharedLibrary, ..discovery.declared["a"].as_ref().clone() };
    discovery.declared.insert("a".into(), Arc::new(shared));
    let artifacts = [artifact("a", ArtifactKind::SharedLibrary, "l/liba.so"), artifacts[1].clone()];
    let found = made(&settings, &discovery, &artifacts, &[], &[]);
    assert_eq!(told(&found), ["lib/liba.so: l/liba.so *", "lib/pkgconfig/geom.pc: 9 lines"]);
}

#[test]
fn libraries_of_neighbours_come_along() {
    let offered = |name: &str, links: &[&str]| OfferedLibrary {
        file: format!("../x/{name}").as_str().into(),
        links: links.iter().map(ToString::to_string).collect(),
        is_static: name.ends_with(".a"),
    };
    let offer = Offer {
        libraries: vec!["geo".into(), "math".into()],
        needs: vec!["m".into()],
        lib_dirs: vec!["../x/y/..".into()],
        files: vec![offered("libgeo.so.1", &["libgeo.so"]), offered("libmath.a", &[])],
        ..Offer::default()
    };
    let settings = Settings { name: "app".into(), ..Settings::default() };
    let with = |artifact: Artifact| made(&settings, &Discovery::default(), &[artifact], &[], std::slice::from_ref(&offer));
    let program = with(artifact("app", ArtifactKind::Executable, "b/app"));
    assert_eq!(told(&program), ["bin/app: b/app *", "lib/libgeo.so: -> libgeo.so.1", "lib/libgeo.so.1: ../x/libgeo.so.1 *"]);
    assert_eq!(program.built, ["b", "../x"].map(FilePath::from));
    let library = with(artifact("libapp", ArtifactKind::StaticLibrary, "l/libapp.a"));
    assert!(library.plan.contains_key(&"lib/libmath.a".into()), "{library:?}");
    assert_eq!(pc(&library, "app"), ["Libs: -L${libdir} -lapp -lgeo -lmath -lm"]);
}

#[test]
fn what_is_not_for_others_stays() {
    let targets = vec![
        target("app", Kind::Executable, None),
        target("tool", Kind::Executable, Some(false)),
        target("demo", Kind::Example, None),
        target("bench", Kind::Benchmark, Some(true)),
    ];
    let settings = Settings { targets, ..Settings::default() };
    let artifacts = ["app", "tool", "demo", "bench"].map(|name| artifact(name, ArtifactKind::Executable, &format!("b/{name}")));
    assert_eq!(told(&installed(&settings, &artifacts, &[])), ["bin/app: b/app *", "bin/bench: b/bench *"]);
}

#[test]
fn the_library_of_a_program_alone_stays_unless_it_is_asked_for() {
    let artifacts = [artifact("geo", ArtifactKind::Executable, "b/geo"), artifact("libgeo", ArtifactKind::SharedLibrary, "l/libgeo.so")];
    let mut settings = Settings { name: "geo".into(), ..Settings::default() };
    assert_eq!(told(&installed(&settings, &artifacts, &[])), ["bin/geo: b/geo *"]);
    assert_eq!(installed(&settings, &artifacts, &a_header()).plan.len(), 4);
    assert_eq!(installed(&settings, &artifacts[1..], &[]).plan.len(), 2, "a library alone");
    settings.library_type = Some(crate::engine::config::settings::LibraryType::Shared);
    assert_eq!(installed(&settings, &artifacts, &[]).plan.len(), 3);
}

#[test]
fn installed_files_look_for_libraries_from_where_they_are() {
    let check = |bin: Option<&str>, lib: Option<&str>, program: &str, library: &str| {
        let mut settings = Settings::default();
        (settings.install.bin_dir, settings.install.lib_dir) = (bin.map(Into::into), lib.map(Into::into));
        assert_eq!([true, false].map(|is_program| run_path(&settings, is_program).to_string()), [program, library]);
    };
    check(None, None, "$ORIGIN/../lib", "$ORIGIN");
    check(Some("sbin/x"), Some("./lib/arm/"), "$ORIGIN/../../lib/arm", "$ORIGIN");
    check(Some("opt"), Some("opt"), "$ORIGIN", "$ORIGIN");
}

#[test]
fn what_is_no_program_is_copied_as_it_is() {
    for bytes in [&b""[..], b"#!/bin/sh\n", b"\x7fELF", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0"] {
        assert_eq!(settled(bytes.to_vec(), &"b/x".into(), &["l".into()]), bytes);
    }
}
