//! Which questions are asked when, and what their answers say, as tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::engine::config::settings::LibraryType;
use crate::engine::cxx::toolchain::{Identities, Install, Version};
use crate::engine::discover::{Discovery, Language, Source};
use crate::engine::scan::binary::BinaryKind;

#[test]
fn files_are_asked_for_first_and_the_rest_side_by_side() {
    use Field::{Binaries, Files, IncludeDirs, LibraryName, OutputDir, Tools};
    let mut queue = Queue::new(&Field::ALL);
    assert_eq!(queue.ready(), [Files, Tools, OutputDir, LibraryName]);
    assert_eq!(queue.ready(), []);
    queue.answered(Tools);
    assert_eq!(queue.ready(), []);
    queue.answered(Files);
    assert_eq!(queue.ready(), [IncludeDirs, Binaries]);
    queue.answered(IncludeDirs);
    assert_eq!(queue.ready(), []);
    assert_eq!(Queue::new(&[IncludeDirs, OutputDir]).ready(), [IncludeDirs, OutputDir]);
}

fn survey(sources: &[(&str, Language)], headers: &[&str], includes: &[(&str, &[&str])]) -> Found {
    let paths = |names: &[&str]| names.iter().map(|name| FilePath::from(*name)).collect::<Vec<_>>();
    let discovery = Discovery {
        sources: sources.iter().map(|(path, language)| Source { path: (*path).into(), language: *language }).collect(),
        headers: paths(headers),
        include_dirs: paths(&["", "include"]),
        includes: includes.iter().map(|(file, all)| ((*file).into(), paths(all))).collect(),
        ..Discovery::default()
    };
    Found::Survey(Arc::new(Survey {
        name: "x".to_owned(),
        discovery,
        library_kind: "shared_library",
        writes_graph: false,
        notes: Vec::new(),
    }))
}

fn list(value: &Value, name: &str) -> Vec<String> {
    let Value::Table(entries) = value else { panic!("{value:?}") };
    match entries.iter().find(|(it, _)| it == name) {
        Some((_, Value::List(texts))) => texts.clone(),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn files_are_sorted_by_language() {
    let sources = [("a.cpp", Language::Cxx), ("b.c", Language::C), ("s.S", Language::AssemblerWithCpp)];
    let includes: [(&str, &[&str]); 4] = [("a.cpp", &["a.h"]), ("a.h", &["deep.h"]), ("b.c", &["b.h", "both.h"]), ("deep.h", &["both.h"])];
    let headers = ["a.h", "b.h", "both.h", "deep.h", "nobody.h", "x.hpp"];
    let found = value(Field::Files, &survey(&sources, &headers, &includes)).unwrap();
    assert_eq!(list(&found, "cpp_sources"), ["a.cpp"]);
    assert_eq!(list(&found, "c_sources"), ["b.c", "s.S"]);
    assert_eq!(list(&found, "c_headers"), ["b.h"]);
    assert_eq!(list(&found, "cpp_headers"), ["a.h", "both.h", "deep.h", "nobody.h", "x.hpp"]);
    assert_eq!(in_words(Field::Files, &found), "1 C++ source, 5 C++ headers, 2 C sources, 1 C header");
    let of_c = value(Field::Files, &survey(&[("b.c", Language::C)], &["nobody.h"], &[])).unwrap();
    assert_eq!(list(&of_c, "c_headers"), ["nobody.h"]);
    let dirs = value(Field::IncludeDirs, &survey(&[], &[], &[])).unwrap();
    assert_eq!(dirs, Value::List(vec![".".to_owned(), "include".to_owned()]));
}

#[test]
fn a_name_that_is_no_text_fails_its_field_alone() {
    let found = BinaryFacts {
        kind: BinaryKind::SharedLibrary,
        architecture: None,
        soname: None,
        needed: Vec::new(),
        exports: Vec::new(),
        undefined: Vec::new(),
    };
    let settings = Arc::new(Settings { build_dir: "build".into(), ..Settings::default() });
    let of = |path: &[u8]| value(Field::Binaries, &Found::Binaries(vec![(FilePath::from_bytes(path), found.clone())], settings.clone()));
    assert_eq!(list(&of(b"lib/x.so").unwrap(), "shared_libs"), ["lib/x.so"]);
    assert_eq!(list(&of(b"build/dev/lib/x.so").unwrap(), "shared_libs"), [""; 0]);
    assert!(of(b"\xff.so").unwrap_err().message.contains("rename it"));
    let failures = Failures::from([(Field::Binaries, of(b"\xff.so").unwrap_err())]);
    assert_eq!((exit_code(&Failures::new()), exit_code(&failures)), (0, 1));
    let both = [(Field::Tools, Failure::environment("none")), (Field::Files, Failure::usage(""))];
    assert_eq!(exit_code(&Failures::from(both)), 3);
}

#[test]
fn the_tools_that_builds_use_are_named() {
    let tools: BTreeMap<String, FilePath> =
        ["clang", "clang++", "llvm-ar", "llvm-mca"].map(|it| (it.to_owned(), FilePath::from("/l").join(it))).into();
    let install = Install { bin_dir: "/l".into(), version: Version(19, 1, 7), triple: String::new(), tools, origin: String::new() };
    let toolchain = Toolchain { install, identities: Identities::new(), preloaded: None };
    let value = value(Field::Tools, &Found::Toolchain(Arc::new(toolchain))).unwrap();
    assert_eq!(in_words(Field::Tools, &value), "clang, clang++, llvm-ar");
}

#[test]
fn the_name_that_a_library_has_anyway_asks_for_none() {
    let settings =
        |name: &str, kind| Settings { name: "Geo".to_owned(), library_name: name.to_owned(), library_type: kind, ..Settings::default() };
    let named = |kind| value(Field::LibraryName, &Found::Settings(Arc::new(settings("", kind)))).unwrap();
    assert_eq!(named(None), Value::Text("libgeo.so".to_owned()));
    assert_eq!(named(Some(LibraryType::Static)), Value::Text("libgeo.a".to_owned()));
    let asks = |name: &str, kind| asks_for_library(&settings(name, kind));
    assert!(!asks("", None) && !asks("libgeo.so", None));
    assert!(asks("other", None) && asks("", Some(LibraryType::Shared)) && asks("libgeo.a", None));
}

#[test]
fn what_has_no_place_is_told_and_the_rest_is_written() {
    let values = Values::from([(Field::OutputDir, Value::Text("o".into())), (Field::LibraryName, Value::Text("l".into()))]);
    let (text, failures) = completed("compile = 3\n", &values, Mode::Fill);
    assert_eq!(text, "compile = 3\n\n[binary]\nlibrary_name = \"l\"\n");
    assert_eq!(failures.into_keys().collect::<Vec<_>>(), [Field::OutputDir]);
    let own = "[compile]\noutput_dir = 'own'\n[binary]\nlibrary_name = 'own'\n";
    assert_eq!(completed(own, &values, Mode::Refresh), (own.to_owned(), Failures::new()), "what is chosen stays");
    assert_eq!(wanted(own, Mode::Refresh).unwrap(), Field::ALL[..4]);
    let targets = format!("{own}[[targets]]\nname = 't'\n");
    assert_eq!(wanted(&targets, Mode::Fill).unwrap(), Field::ALL[1..4], "targets say what is built");
    assert_eq!(wanted("[[targets]]\nname = 't'\n", Mode::Fill).unwrap(), Field::ALL[1..5]);
}
