//! Links that lack something, what was found, and what is said of it.

use std::sync::Arc;

use super::*;
use crate::engine::config::{Request, load};
use crate::engine::cxx::diagnostics::linker::Undefined;
use crate::engine::digest::Digest;
use crate::engine::discover::{Group, IfMain, LeftOut, Main, Repeat, Source, TargetKind};
use crate::engine::graph::{Command, Environment, Purity, StepFlags};
use crate::engine::report::StepKind;

fn lookup(toml: &str, discovery: Discovery) -> Lookup {
    let request = Request {
        root_name: "p",
        user: None,
        project: Some(toml),
        environment: &|_: &str| None,
        profile: "dev",
        build_dir: "build".into(),
        path_of_file: "jmake.toml",
    };
    let settings = Arc::new(load(&request).unwrap().0);
    Lookup { settings, discovery: Arc::new(discovery), library_dirs: vec!["/usr/lib".into()] }
}

fn lack(symbols: &str, missing: &[&str], shared: bool) -> Lack {
    let symbols: Vec<&str> = symbols.split(';').filter(|symbol| !symbol.is_empty()).collect();
    Lack {
        spellings: symbols.iter().map(|symbol| Spelling::of(symbol)).collect(),
        problems: LinkProblems {
            undefined: symbols.iter().map(|symbol| Undefined { symbol: (*symbol).to_owned(), objects: Vec::new() }).collect(),
            duplicates: Vec::new(),
            missing_libraries: missing.iter().map(ToString::to_string).collect(),
        },
        shared,
    }
}

/// `library: exported symbols`, then `standing path: definitions`, each perhaps with `?` and a condition, blanks in it as `_`.
fn found(lack: &Lack, libraries: &[(&str, &str)], sources: &[(Standing, &str, &str)]) -> Found {
    let words = |text: &str| text.split(' ').map(ToOwned::to_owned).collect::<Vec<_>>();
    let offer = |(name, exports): &(&str, &str)| Offer { library: (*name).to_owned(), symbols: lack.exported_by(&words(exports)) };
    let look = |(standing, path, names): &(Standing, &str, &str)| {
        let FileKind::Source(language) = FileKind::of(&FilePath::from(*path)) else { panic!("{path} is no source") };
        let suspect = suspect(&FilePath::from(*path), language, standing.clone());
        let offered = |word: String| match word.split_once('?') {
            Some((name, condition)) => Offered { name: name.to_owned(), under: Some(condition.replace('_', " ")) },
            None => Offered { name: word, under: None },
        };
        lack.defined_by(suspect, &words(names).into_iter().map(offered).collect::<Vec<_>>())
    };
    Found { libraries: libraries.iter().map(offer).collect(), sources: sources.iter().filter_map(look).collect() }
}

fn said(toml: &str, lack: &Lack, found: &Found) -> String {
    hints(lack, &lookup(toml, Discovery::default()), found).join("\n")
}

#[test]
fn few_libraries_are_advised_and_known_ones_first() {
    let check = |symbols: &str, toml: &str, libraries: &[(&str, &str)], expect: &str| {
        let lack = lack(symbols, &[], false);
        assert_eq!(said(toml, &lack, &found(&lack, libraries, &[])), expect, "{symbols}");
    };
    check(
        "deflate",
        "",
        &[("z", "deflate")],
        "hint: symbol 'deflate' is in libz: add link_libraries = [\"z\"] under [binary] in jmake.toml",
    );
    // Others carry a copy of it along.
    check(
        "deflate;other",
        "",
        &[("big", "deflate other"), ("z", "deflate")],
        "hint: symbol 'other' is in libbig, symbol 'deflate' is in libz: add link_libraries = [\"big\", \"z\"] under [binary] in jmake.toml",
    );
    check(
        "a(int);b(int);c(int);d(int);e(int)",
        "[binary]\nlink_libraries = [\"x\"]",
        &[("one", "_Z1ai"), ("all", "_Z1ai _Z1bi _Z1ci _Z1di _Z1ei")],
        "hint: symbols 'a(int)', 'b(int)', 'c(int)' and 2 more are in liball: add link_libraries = [\"x\", \"all\"] under [binary] in jmake.toml",
    );
    check(
        "a",
        "[binary]\nlink_libraries = [\"dep\", \"user\"]",
        &[("dep", "a")],
        "hint: symbol 'a' is in libdep, which must come after what uses it: write link_libraries = [\"user\", \"dep\"] under [binary] in jmake.toml",
    );
    check(
        "png_read",
        "",
        &[],
        "hint: symbol 'png_read' is in libpng, which is not where the linker looks: install its development files, \
         then add link_libraries = [\"png\"] under [binary] in jmake.toml",
    );
}

#[test]
fn sources_are_named_with_what_brings_them_in() {
    let check = |symbols: &str, shared: bool, source: (Standing, &str, &str), expect: &str| {
        let lack = lack(symbols, &[], shared);
        let said = said("", &lack, &found(&lack, &[], &[source]));
        assert!(said.contains(expect), "{said}");
    };
    let line = "add extra_sources = [\"v/\\\"a.c\"] under [compile] in jmake.toml";
    check("f", false, (Standing::Vendored, "v/\"a.c", "f g"), line);
    check("n::f(int)", false, (Standing::Platform("win".into()), "a_win.cpp", "n::f"), "another platform (win): add extra_sources");
    check("f", false, (Standing::Grouped("test"), "tests/a.c", "f"), "which belongs to tests only: add extra_sources");
    check("f", false, (Standing::LeftOut("it is odd".into()), "a.c", "f"), "is defined in a.c, which is left out: it is odd");
    check("f", true, (Standing::Program, "main.c", "f main"), "which defines main and so is no part of the library");
    check("f", false, (Standing::Program, "main.c", "f main"), "which is a program of its own");
    check("f(int)", false, (Standing::Linked, "f.c", "f"), "but in C: declare it extern \"C\"");
    check("f(int)", false, (Standing::Linked, "f.cpp", "f"), "is defined by no source");
    check("f", false, (Standing::Linked, "f.c", "f"), "is defined by no source");
    let only = "are defined in dll.cpp, but only under `#if defined(DLL)`: add defines = { DLL = \"1\" } under [compile]";
    check("f;g", true, (Standing::Linked, "dll.cpp", "f?#if_defined(DLL) g?#if_defined(DLL) h"), only);
    check("f", true, (Standing::Linked, "dll.cpp", "f?#if_A_>_2"), "but only under `#if A > 2`: give what that asks for in defines");
    check("f", true, (Standing::Vendored, "v.c", "f?#ifdef_A"), "add extra_sources");
}

#[test]
fn what_is_nowhere_is_said_to_be() {
    let nothing = Found::default();
    assert!(said("", &lack("a;b", &[], false), &nothing).starts_with("hint: symbols 'a', 'b' are defined by no source of this project"));
    assert!(!said("", &lack("a", &[], false), &nothing).contains("allow_undefined"));
    assert!(said("", &lack("a", &[], true), &nothing).contains("allow_undefined = true under [link]"));
    let table = said("", &lack("vtable for a::B;f", &[], false), &nothing);
    assert!(table.contains("symbol 'vtable for a::B' is made where the first virtual function of a::B "), "{table}");
    assert!(table.contains("symbol 'f' is defined by no source"), "{table}");
    let asked = "[binary]\nlink_libraries = [\"x\"]";
    assert!(said(asked, &lack("", &["x"], false), &nothing).ends_with("correct link_libraries under [binary] in jmake.toml"));
    assert!(said("", &lack("", &["x"], false), &nothing).ends_with("install its development files"));
}

fn spec(args: &[&str], target: &str) -> StepSpec {
    StepSpec {
        kind: StepKind::Link,
        purity: Purity::Understood,
        label: String::new(),
        target: target.to_owned(),
        explicit: Vec::new(),
        implicit: Vec::new(),
        order_only: Vec::new(),
        validations: Vec::new(),
        outputs: Vec::new(),
        flags: StepFlags::default(),
        pool: None,
        command: Some(Command {
            program: "clang".into(),
            args: args.iter().map(|arg| FilePath::from(*arg)).collect(),
            cwd: FilePath::default(),
            environment: Environment::Tools,
            sets: Vec::new(),
            responses: Vec::new(),
            depfile: None,
            variables: Vec::new(),
            identity: Digest::of(b""),
            origins: Arc::default(),
        }),
        cxx: None,
    }
}

#[test]
fn libraries_are_looked_for_where_the_linker_does() {
    let lookup = lookup("", Discovery::default());
    let dirs: Vec<String> = lookup.directories(&spec(&["-La", "x.o", "-L", "b", "-lz"], "")).iter().map(ToString::to_string).collect();
    assert_eq!(dirs, ["a", "b", "/usr/lib"]);
    for (file, name) in
        [("libz.so", Some("z")), ("libz.a", Some("z")), ("libz.so.1", None), ("z.so", None), ("lib.so", None), ("libx.y.so", Some("x.y"))]
    {
        assert_eq!(link_name(file), name, "{file}");
    }
    let failed = "ld.lld: error: undefined symbol: a\n";
    assert!(Lack::of(&spec(&["-shared"], ""), failed).unwrap().shared);
    assert!(!Lack::of(&spec(&[], ""), failed).unwrap().shared);
    assert!(Lack::of(&spec(&[], ""), "ld.lld: error: cannot open x.o\n").is_none());
}

#[test]
fn what_discovery_was_not_shown_is_looked_at_last() {
    let lookup = lookup("[binary]\noutput_dir = 'out'", Discovery { vendored: vec![], ..Discovery::default() });
    let files =
        ["gen/a.c", "deps/libx.a", "libtop.so", "build/dev/lib/libp.a", "build/release/bin/x.c", "build/libcmake.a", "out/libp.so", "x.h"];
    let files: Vec<FilePath> = files.map(FilePath::from).to_vec();
    let libraries: Vec<String> = lookup.hidden_libraries(&files).into_iter().map(|(name, _)| name).collect();
    assert_eq!(libraries, ["deps/libx.a", "./libtop.so", "build/libcmake.a"]);
    let sources: Vec<String> = lookup.hidden_suspects(&files).iter().map(|s| format!("{} {:?}", s.path, s.standing)).collect();
    assert_eq!(sources, ["gen/a.c Ignored"]);

    let lack = lack("a;b", &[], false);
    assert!(lack.is_open(&Found::default()) && lack.is_open(&found(&lack, &[("x", "a")], &[])));
    assert!(!lack.is_open(&found(&lack, &[("x", "a")], &[(Standing::Vendored, "b.c", "b")])));
    let said = said("", &lack, &found(&lack, &[("deps/libx.a", "a b")], &[]));
    assert!(said.contains("'b' are in deps/libx.a: add link_libraries = [\"deps/libx.a\"]"), "{said}");
}

#[test]
fn every_source_has_its_standing() {
    let source = |path: &str| Source { path: path.into(), language: Language::C };
    let target = |name: &str, main: &str, sources: &[&str], group: Option<Group>| Target {
        name: name.to_owned(),
        kind: TargetKind::Executable,
        group,
        main: Some((main.into(), Main::Yes)),
        sources: sources.iter().map(|path| FilePath::from(*path)).collect(),
        uses_project: true,
        if_main: IfMain::Stays,
        libraries: Vec::new(),
        why: "so".to_owned(),
    };
    let library = Target { kind: TargetKind::Library, main: None, uses_project: false, ..target("libp", "", &["own.c"], None) };
    let discovery = Discovery {
        sources: ["own.c", "cli/part.c", "main.c", "tests/t.c", "tests/help.c"].map(source).to_vec(),
        project_sources: vec!["cli/part.c".into(), "own.c".into()],
        targets: vec![library, target("p", "main.c", &[], None), target("t", "tests/t.c", &["tests/help.c"], Some(Group::Test))],
        left_out: vec![
            LeftOut { path: "a_win.c".into(), why: "its name".into(), repeat: Repeat::Never },
            LeftOut { path: "b.c".into(), why: "it is odd".into(), repeat: Repeat::Always },
            LeftOut { path: "c.y".into(), why: "it is yacc".into(), repeat: Repeat::Always },
        ],
        vendored: vec![source("deps/d.c")],
        ..Discovery::default()
    };
    let lookup = lookup("", discovery);
    let standings = |link: &str| {
        let all = lookup.suspects(&spec(&[], link));
        all.iter().map(|s| format!("{} {:?}", s.path, s.standing)).collect::<Vec<_>>().join(", ")
    };
    let rest = "deps/d.c Vendored, a_win.c Platform(\"win\"), b.c LeftOut(\"it is odd\"), own.c Linked";
    let tests = "tests/t.c Grouped(\"test\"), tests/help.c Grouped(\"test\")";
    assert_eq!(standings("libp"), format!("{rest}, cli/part.c Apart, main.c Program, {tests}"));
    let rest = format!("{rest}, cli/part.c Linked");
    assert_eq!(standings("p"), format!("{rest}, main.c Linked, tests/t.c Grouped(\"test\"), tests/help.c Grouped(\"test\")"));
    assert_eq!(standings("t"), format!("{rest}, main.c Program, tests/t.c Linked, tests/help.c Linked"));
}
