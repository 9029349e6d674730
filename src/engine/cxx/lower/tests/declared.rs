//! Declared targets and the steps they become.

use super::*;
use crate::engine::config::options::Options;
use crate::engine::config::settings::Lto;
use crate::engine::config::targets::{FileRule, Kind, LibraryVersion, TargetSettings};
use crate::engine::discover::{FileEntry, declare};
use std::collections::BTreeMap;

fn given(name: &str, kind: Kind, sources: &[&str], depends: &[&str]) -> TargetSettings {
    let texts = |words: &[&str]| words.iter().map(ToString::to_string).collect();
    let options = Options { profile_flags: vec!["-O0".into()], rpath: true, ..Options::default() };
    TargetSettings { name: name.into(), kind, sources: texts(sources), depends: texts(depends), options, ..TargetSettings::default() }
}

fn of(targets: Vec<TargetSettings>) -> Settings {
    let profile_flags = vec!["-O0".to_owned()];
    let options = Options { profile_flags, ..Options::default() };
    Settings { name: "p".into(), profile: "dev".into(), build_dir: "build".into(), options, targets, ..Settings::default() }
}

fn lowered(settings: &Settings, requested: &Requested) -> Lowered {
    let entry = |path: &str| FileEntry { path: path.into(), kind: FileKind::of(&path.into()), facts: std::sync::Arc::default() };
    let files = ["a.c", "b.cpp", "c.c", "main.c"].map(entry);
    let declared = declare(settings, &files).unwrap();
    let discovery = crate::engine::discover::discover(&crate::engine::discover::Request {
        name: "p",
        files: &files,
        include_dirs: &[],
        only_include_dirs: None,
        declared: &declared,
        extra_sources: &[],
        want_library: false,
        machine: None,
        test_dir: None,
        system_has: &|_| false,
    });
    run_with(settings, &discovery, requested, &[]).unwrap()
}

fn check(settings: &Settings, expect: &[&str]) {
    assert_eq!(text(&lowered(settings, &Requested::Default)), expect.join("\n"));
}

/// The command line that makes `output`.
fn line(lowered: &Lowered, output: &str) -> String {
    let step = lowered.steps.iter().find(|step| step.outputs[0].path.to_string() == output).unwrap_or_else(|| panic!("{output}"));
    step.command.as_ref().unwrap().args.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn libraries_are_made_before_what_uses_them_and_linked_in_order() {
    let targets = vec![
        given("app", Kind::Executable, &["main.c"], &["mid"]),
        given("mid", Kind::StaticLibrary, &["b.cpp"], &["base"]),
        given("base", Kind::SharedLibrary, &["a.c"], &[]),
    ];
    let expect = [
        "compile clang: main.c -> ~app/main.c.o",
        "compile clang++: b.cpp -> ~mid/b.cpp.o",
        "archive llvm-ar: ~mid/b.cpp.o -> build/dev/lib/libmid.a",
        "compile clang: a.c -> ~base/a.c.o",
        "link clang: ~base/a.c.o -> build/dev/lib/libbase.so",
        "link clang++: ~app/main.c.o build/dev/lib/libmid.a build/dev/lib/libbase.so -> build/dev/bin/app",
        "want build/dev/bin/app build/dev/lib/libbase.so build/dev/lib/libmid.a",
    ];
    check(&of(targets.clone()), &expect);
    let all = lowered(&of(targets), &Requested::Default);
    assert!(line(&all, "build/dev/bin/app").contains("-Xlinker -rpath -Xlinker $ORIGIN/../lib "));
    assert!(!line(&all, "build/dev/lib/libbase.so").contains("-rpath"));
}

#[test]
fn a_source_has_a_place_and_flags_in_each_target() {
    let mut one = given("one", Kind::Executable, &["main.c"], &[]);
    one.options.defines.insert("ONE".into(), "1".into());
    let mut settings = of(vec![one, given("two", Kind::Test, &["main.c", "a.c"], &[])]);
    let rule = FileRule { patterns: vec!["a.*".into()], flags: vec!["-O3".into()], defines: BTreeMap::from([("A".into(), String::new())]) };
    settings.files = vec![rule];
    let all = lowered(&settings, &Requested::All);
    let commands: Vec<String> = all.compile_commands.iter().map(|c| format!("{} {}", c.source, c.output)).collect();
    let places =
        ["a.c .jmake_cache/obj/dev/two/a.c.o", "main.c .jmake_cache/obj/dev/one/main.c.o", "main.c .jmake_cache/obj/dev/two/main.c.o"];
    assert_eq!(commands, places);
    let start = |output: &str| line(&all, output).split(" -fcolor").next().unwrap().to_owned();
    assert_eq!(start(".jmake_cache/obj/dev/one/main.c.o"), "-std=gnu17 -fPIC -O0 -DONE=1");
    assert_eq!(start(".jmake_cache/obj/dev/two/main.c.o"), "-std=gnu17 -fPIC -O0");
    assert_eq!(start(".jmake_cache/obj/dev/two/a.c.o"), "-std=gnu17 -fPIC -O0 -DA -O3");
    let identity =
        |output: &str| all.steps.iter().find(|s| s.outputs[0].path.to_string() == output).unwrap().command.as_ref().unwrap().identity;
    assert_ne!(identity(".jmake_cache/obj/dev/one/main.c.o"), identity(".jmake_cache/obj/dev/two/main.c.o"));
    let object = lowered(&settings, &Requested::Targets(vec!["main.c".into()]));
    assert_eq!(object.wanted, [".jmake_cache/obj/dev/one/main.c.o".into(), ".jmake_cache/obj/dev/two/main.c.o".into()]);
}

#[test]
fn each_kind_makes_its_own() {
    let objects = given("o", Kind::Objects, &["a.c"], &[]);
    let headers = given("h", Kind::Headers, &[], &[]);
    let tool = given("tool", Kind::Executable, &["c.c"], &[]);
    let mut plugin = given("plug", Kind::Plugin, &["main.c"], &["o", "h", "tool"]);
    plugin.export_list = vec!["start".into(), "ns::stop()".into(), "ns::*".into()];
    let settings = of(vec![objects, headers, tool, plugin]);
    let all = lowered(&settings, &Requested::Targets(vec!["plug".into()]));
    let expect = [
        "compile clang: main.c -> ~plug/main.c.o",
        "compile clang: a.c -> ~o/a.c.o",
        "compile clang: c.c -> ~tool/c.c.o",
        "link clang: ~tool/c.c.o -> build/dev/bin/tool",
        "link clang: ~plug/main.c.o ~o/a.c.o -> build/dev/lib/libplug.so",
        "want build/dev/lib/libplug.so",
    ];
    assert_eq!(text(&all), expect.join("\n"));
    let link = all.steps.last().unwrap();
    assert_eq!(link.order_only, ["build/dev/bin/tool".into()]);
    assert!(!line(&all, "build/dev/lib/libplug.so").contains("defs"), "what it lacks its host has");
    let script = &link.command.as_ref().unwrap().responses[0];
    assert!(line(&all, "build/dev/lib/libplug.so").contains(&format!("-Xlinker --version-script={}", script.path)));
    let expect = "{\n  global:\n    start;\n    extern \"C++\" {\n      \"ns::stop()\";\n      ns::*;\n    };\n  local: *;\n};\n";
    assert_eq!(String::from_utf8(script.content.clone()).unwrap(), expect);
}

#[test]
fn versions_and_places_are_in_the_names() {
    let mut library = given("geo", Kind::SharedLibrary, &["a.c"], &[]);
    library.library = LibraryVersion { version: Some("1.2.3".into()), soname: None };
    let all = lowered(&of(vec![library.clone()]), &Requested::Default);
    assert!(line(&all, "build/dev/lib/libgeo.so.1.2.3").contains("-soname -Xlinker libgeo.so.1 "));
    let link = all.steps.last().unwrap();
    let links: Vec<String> = link.outputs[1..].iter().map(|o| format!("{} -> {}", o.path, o.leads_to.as_ref().unwrap())).collect();
    assert_eq!(links, ["build/dev/lib/libgeo.so.1 -> libgeo.so.1.2.3", "build/dev/lib/libgeo.so -> libgeo.so.1.2.3"]);
    library.library.soname = Some("libgeo.so.7".into());
    (library.output_name, library.output_dir) = (Some("other".into()), Some("out".into()));
    let all = lowered(&of(vec![library]), &Requested::Default);
    assert!(line(&all, "out/libother.so.1.2.3").contains("-soname -Xlinker libgeo.so.7 "));
}

#[test]
fn with_full_lto_static_libraries_are_part_of_the_program() {
    let mut settings = of(vec![given("app", Kind::Executable, &["main.c"], &["mid"]), given("mid", Kind::StaticLibrary, &["a.c"], &[])]);
    settings.targets.iter_mut().for_each(|target| target.options.lto = Lto::Full);
    let all = lowered(&settings, &Requested::Targets(vec!["app".into()]));
    let expect = [
        "frontend clang: main.c -> ~app/main.c.bc",
        "frontend clang: a.c -> ~mid/a.c.bc",
        "lto llvm-link: ~app/main.c.bc ~mid/a.c.bc -> ~app/@exe.linked.bc",
        "lto opt: ~app/@exe.linked.bc -> ~app/@exe.opt.bc",
        "lto llc: ~app/@exe.opt.bc -> ~app/@exe.o",
        "link clang: ~app/@exe.o -> build/dev/bin/app",
        "want build/dev/bin/app",
    ];
    assert_eq!(text(&all), expect.join("\n"));
}
