//! Sketches of projects and the steps they become, as text.

mod archives;
mod conditional_mains;
mod declared;

use super::*;
use crate::engine::config::{Request, load};
use crate::engine::cxx::flag_sets::FlagSets;
use crate::engine::cxx::probe::LinkProbe;
use crate::engine::cxx::toolchain::{DriverProbe, Install, Version};
use crate::engine::digest::Digest;
use crate::engine::discover::{Declared, FileEntry, Group, IfMain, Language, LeftOut, Main, Repeat, Source, Target, TargetKind};
use crate::engine::graph::StepSpec;
use crate::engine::report::StepKind;
use crate::engine::scan::kind::FileKind;

/// A project in words: `lib a.c b.c`, `unsure-lib a.c`, `objects a.c`, `exe NAME main.c [own.c…] [+project]`, `maybe NAME main.c`, `test NAME …`,
/// `left PATH`. An unsure library goes when a `main` is confirmed.
fn sketch(text: &str) -> Discovery {
    let mut found = Discovery { include_dirs: vec!["include".into()], ..Discovery::default() };
    for line in text.split(';').map(str::trim).filter(|l| !l.is_empty()) {
        let mut words = line.split(' ');
        let kind = words.next().unwrap();
        let name = if ["lib", "unsure-lib", "objects"].contains(&kind) { "p" } else { words.next().unwrap() };
        let (flags, files): (Vec<&str>, Vec<&str>) = words.partition(|w| w.starts_with('+'));
        let mut files: Vec<FilePath> = files.into_iter().map(Into::into).collect();
        found.sources.extend(files.iter().map(|path| Source { path: path.clone(), language: language(path) }));
        match kind {
            "left" => found.left_out.push(LeftOut { path: name.into(), why: "for Windows".into(), repeat: Repeat::Never }),
            "lib" | "unsure-lib" => {
                found.project_sources.extend(files.iter().cloned());
                let if_main = if kind == "lib" { IfMain::Stays } else { IfMain::Goes(None) };
                found.targets.push(Target { if_main, ..target(name, TargetKind::Library, None, None, files, false) });
            }
            "objects" => found.project_sources.extend(files),
            _ => {
                let sure = if kind == "maybe" { Main::IfObjectDefinesIt } else { Main::Yes };
                let group = (kind == "test").then_some(Group::Test);
                let main = Some((files.remove(0), sure));
                found.targets.push(target(name, TargetKind::Executable, group, main, files, flags.contains(&"+project")));
            }
        }
    }
    found.sources.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn target(
    name: &str,
    kind: TargetKind,
    group: Option<Group>,
    main: Option<(FilePath, Main)>,
    sources: Vec<FilePath>,
    uses_project: bool,
) -> Target {
    let (libraries, if_main, why) = Default::default();
    Target { name: name.into(), kind, group, main, sources, uses_project, libraries, if_main, why }
}

fn language(path: &FilePath) -> Language {
    match path.extension().as_str() {
        "c" => Language::C,
        "s" => Language::Assembler,
        _ => Language::Cxx,
    }
}

fn toolchain() -> Toolchain {
    let names = ["clang", "clang++", "llvm-ar", "ld.lld", "llvm-link", "opt", "llc"];
    let tools = names.map(|name| (name.to_owned(), FilePath::from(name)));
    let install =
        Install { bin_dir: "/l".into(), version: Version(19, 0, 0), triple: String::new(), tools: tools.into(), origin: String::new() };
    Toolchain { install, identities: Identities::new(), preloaded: None }
}

fn settings(toml: &str) -> Settings {
    let environment = |_: &str| None;
    let request = Request {
        root_name: "P",
        user: None,
        project: Some(toml),
        environment: &environment,
        profile: "dev",
        build_dir: "build".into(),
        path_of_file: "jmake.toml",
    };
    let mut settings = load(&request).unwrap().0;
    settings.staged = toml.contains("# staged");
    settings
}

fn run(project: &str, toml: &str, requested: &Requested, confirmed: &[(&str, bool)]) -> Result<Lowered, LowerError> {
    run_with(&settings(toml), &sketch(project), requested, confirmed)
}

fn run_with(settings: &Settings, discovery: &Discovery, requested: &Requested, confirmed: &[(&str, bool)]) -> Result<Lowered, LowerError> {
    run_named(settings, discovery, requested, confirmed, &[])
}

/// `named`: what is there of what flags name, and whether it is a directory.
fn run_named(
    settings: &Settings,
    discovery: &Discovery,
    requested: &Requested,
    confirmed: &[(&str, bool)],
    named: &[(&str, bool)],
) -> Result<Lowered, LowerError> {
    requested_of(settings, discovery, requested, (confirmed, named), lower)
}

/// Paths, and something that holds of each or not.
type Marked<'a> = &'a [(&'a str, bool)];

fn requested_of<T>(
    settings: &Settings,
    discovery: &Discovery,
    requested: &Requested,
    (confirmed, named): (Marked<'_>, Marked<'_>),
    then: impl FnOnce(&LowerRequest<'_>) -> T,
) -> T {
    let probe = |flags: &[FilePath]| DriverProbe {
        identity: Digest::of(flags.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ").as_bytes()),
        expanded: vec![],
        quote_dirs: vec![],
        search_dirs: vec![],
        angled: 0,
        programs: vec![],
        profiles: vec![],
        embed_dirs: vec![],
        framework_dirs: vec![],
        overlays: vec![],
        fenced: false,
        comment_blind: None,
    };
    let link_probe = LinkProbe {
        identity: Digest::of(b"link"),
        expanded: vec![],
        program: "/ld".into(),
        plugins: vec![],
        profiles: vec![],
        library_dirs: vec![],
        interfaces: false,
        line: None,
    };
    let entry = |source: &Source| FileEntry {
        path: source.path.clone(),
        kind: FileKind::Source(source.language),
        facts: std::sync::Arc::default(),
    };
    let files: Vec<FileEntry> = discovery.sources.iter().map(entry).collect();
    let declared: Vec<Declared> = discovery.declared.values().map(|declared| declared.as_ref().clone()).collect();
    let sets = FlagSets::of(settings, &declared, &files, &toolchain()).unwrap();
    let probes = Probes {
        compiles: sets.compiles.into_iter().map(|set| (set.clone(), probe(&set.1))).collect(),
        links: sets.links.into_iter().map(|set| (set, link_probe.clone())).collect(),
    };
    then(&LowerRequest {
        generations: &[],
        settings,
        discovery,
        toolchain: &toolchain(),
        probes: &probes,
        programs: &Identities::new(),
        named_inputs: &named.iter().map(|(path, is_dir)| (FilePath::from(*path), *is_dir)).collect(),
        leading: &[],
        epoch: None,
        requested,
        confirmed_mains: &confirmed.iter().map(|(path, yes)| (FilePath::from(*path), *yes)).collect(),
    })
}

/// `kind program: inputs [| implicit] -> outputs`, one a line; then what is wanted and awaited.
fn text(lowered: &Lowered) -> String {
    let short = |path: &FilePath| path.to_string().replace(".jmake_cache/obj/dev/", "~");
    let all = |paths: &[FilePath]| paths.iter().map(short).collect::<Vec<_>>().join(" ");
    let line = |step: &StepSpec| {
        let program = step.command.as_ref().map(|c| c.program.to_string()).unwrap_or_default();
        let implicit = if step.implicit.is_empty() { String::new() } else { format!(" | {}", all(&step.implicit)) };
        let outputs: Vec<String> =
            step.outputs.iter().map(|o| format!("{}{}", short(&o.path), if o.optional { "?" } else { "" })).collect();
        format!("{} {program}: {}{implicit} -> {}", step.kind.name(), all(&step.explicit), outputs.join(" "))
    };
    let mut lines: Vec<String> = lowered.steps.iter().map(line).collect();
    lines.push(format!("want {}", all(&lowered.wanted)));
    lines.extend(lowered.awaiting.iter().map(|a| format!("await {} in {}", a.source, short(&a.object))));
    lines.join("\n")
}

fn check(project: &str, toml: &str, expect: &[&str]) {
    assert_eq!(text(&run(project, toml, &Requested::Default, &[]).unwrap()), expect.join("\n"), "{project}");
}

#[test]
fn a_c_program_is_linked_by_the_c_driver() {
    let expect = [
        "compile clang: a.c -> ~a/a.c.o",
        "compile clang: x.c -> ~a/x.c.o",
        "link clang: ~a/a.c.o ~a/x.c.o -> build/dev/bin/a",
        "want build/dev/bin/a",
    ];
    check("exe a a.c x.c", "", &expect);
}

#[test]
fn forms_and_places_follow_the_settings() {
    let static_library = ["compile clang: a.c -> ~geo/a.c.o", "archive llvm-ar: ~geo/a.c.o -> out/dev/libgeo.a", "want out/dev/libgeo.a"];
    check("lib a.c", "binary = { library_name = 'libgeo.a', output_dir = 'out/{profile}' }", &static_library);
    let outside = [
        "compile clang: /x/a.c -> ~p/@root/x/a.c.o",
        "link clang: ~p/@root/x/a.c.o -> build/dev/lib/libp.so",
        "want build/dev/lib/libp.so",
    ];
    check("lib /x/a.c", "", &outside);
    let linked =
        ["compile clang: a.c -> ~p/a.c.o", "link clang: ~p/a.c.o | deps/libq.a -> build/dev/lib/libp.so", "want build/dev/lib/libp.so"];
    check("lib a.c", "binary.link_libraries = ['deps/libq.a', 'z']", &linked);
}

#[test]
fn stages_are_separate_where_asked_for() {
    let staged = [
        "frontend clang: a.c -> ~a/a.c.bc ~a/a.c.gcno?",
        "backend clang: ~a/a.c.bc -> ~a/a.c.o ~a/a.c.dwo?",
        "compile clang: s.s -> ~a/s.s.o ~a/s.s.gcno? ~a/s.s.dwo?",
        "link clang: ~a/a.c.o ~a/s.s.o -> build/dev/bin/a",
        "want build/dev/bin/a",
    ];
    check("exe a a.c s.s", "compile.flags = ['--coverage', '-gsplit-dwarf'] # staged", &staged);
    let passes = [
        "frontend clang: a.c -> ~a/a.c.bc",
        "lto opt: ~a/a.c.bc -> ~a/a.c.opt.bc",
        "backend clang: ~a/a.c.opt.bc -> ~a/a.c.o",
        "link clang: ~a/a.c.o -> build/dev/bin/a",
        "want build/dev/bin/a",
    ];
    check("exe a a.c", "link.opt_passes = ['licm']", &passes);
    let unknown = ["compile clang: a.c -> ~a/a.c.o", "link clang: ~a/a.c.o -> build/dev/bin/a", "want build/dev/bin/a"];
    check("exe a a.c", "compile.flags = ['-Xclang', '-foo'] # staged", &unknown);
}

#[test]
fn what_the_assembler_reads_files_for_has_no_stages() {
    let check = |toml: &str, expect: &[&str], note: &str| {
        let discovery = Discovery {
            assembling: ["blob.h".into()].into(),
            includes: [("b.c".into(), vec!["between.h".into()]), ("between.h".into(), vec!["blob.h".into()])].into(),
            ..sketch("exe a a.c b.c")
        };
        let lowered = run_with(&settings(toml), &discovery, &Requested::Default, &[]).unwrap();
        assert_eq!((text(&lowered), lowered.notes.join(" ")), ([expect, &["want build/dev/bin/a"]].concat().join("\n"), note.to_owned()));
    };
    let link = "link clang: ~a/a.c.o ~a/b.c.o -> build/dev/bin/a";
    let whole = "compile clang: b.c -> ~a/b.c.o";
    check("# staged", &["frontend clang: a.c -> ~a/a.c.bc", "backend clang: ~a/a.c.bc -> ~a/a.c.o", whole, link], "");
    let note = "b.c has the assembler read files (.incbin, .include), so it is compiled to an object at once, without link.opt_passes and \
                whole-program optimisation";
    let passes = ["frontend clang: a.c -> ~a/a.c.bc", "lto opt: ~a/a.c.bc -> ~a/a.c.opt.bc", "backend clang: ~a/a.c.opt.bc -> ~a/a.c.o"];
    check("link.opt_passes = ['licm']", &[&passes[..], &[whole, link]].concat(), note);
    let full = [
        "frontend clang: a.c -> ~a/a.c.bc",
        whole,
        "lto llvm-link: ~a/a.c.bc -> ~a/@exe.linked.bc",
        "lto opt: ~a/@exe.linked.bc -> ~a/@exe.opt.bc",
        "lto llc: ~a/@exe.opt.bc -> ~a/@exe.o",
        "link clang: ~a/@exe.o ~a/b.c.o -> build/dev/bin/a",
    ];
    check("link.lto = 'full'", &full, note);
}

#[test]
fn the_whole_program_goes_through_one_module() {
    let expect = [
        "frontend clang: main.c -> ~a/main.c.bc",
        "frontend clang++: b.cpp -> ~p/b.cpp.bc",
        "compile clang: s.s -> ~p/s.s.o",
        "lto llvm-link: ~a/main.c.bc ~p/b.cpp.bc -> ~a/@exe.linked.bc",
        "lto opt: ~a/@exe.linked.bc -> ~a/@exe.opt.bc",
        "lto llc: ~a/@exe.opt.bc -> ~a/@exe.o",
        "link clang++: ~a/@exe.o ~p/s.s.o -> build/dev/bin/a",
        "want build/dev/bin/a",
    ];
    check("objects b.cpp s.s; exe a main.c +project", "link.lto = 'full'", &expect);
}

#[test]
fn requests_choose_targets_and_sources() {
    let project = "lib a.c; exe x x.c; test t t.c +project; left w_win.c";
    let check = |requested: Requested, expect: &str| {
        let said = run(project, "", &requested, &[])
            .map_or_else(|e| e.to_string(), |l| l.wanted.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
        assert_eq!(said, expect);
    };
    let named = |names: &[&str]| Requested::Targets(names.iter().map(ToString::to_string).collect());
    check(Requested::Default, "build/dev/lib/libp.so build/dev/bin/x");
    check(Requested::All, "build/dev/lib/libp.so build/dev/bin/x build/dev/bin/t");
    check(named(&["t", "t"]), "build/dev/bin/t");
    check(named(&["build/dev/bin/x"]), "build/dev/bin/x");
    check(named(&["./a.c"]), ".jmake_cache/obj/dev/p/a.c.o");
    check(named(&["w_win.c"]), "w_win.c is left out: for Windows. Name its needs in jmake.toml, or build something else");
    check(named(&["b.c"]), "there is no target `b.c`; did you mean `a.c`? `jmake discover` lists what there is");
    check(named(&["elephant"]), "there is no target `elephant`; there are: p, x, t; `jmake discover` lists what there is");
}

#[test]
fn contradictions_are_refused() {
    let check = |project: &str, toml: &str, expect: &str| {
        let said = run(project, toml, &Requested::Default, &[]).unwrap_err().to_string();
        assert!(said.starts_with(expect), "{said}");
    };
    let full = "link.lto = 'full'\ncompile.flags = ['-fsanitize=address']";
    check("exe a a.c", full, "link.lto = \"full\" would lose the effect of `-fsanitize=address`");
    check("exe a a.c", "link = { lto = 'thin', opt_passes = ['licm'] }", "link.opt_passes has no effect");
    let same = "binary = { output_dir = 'o', library_name = 'x' }";
    check("lib a.c; exe libx.so b.c", same, "o/libx.so would be made by both `p` and `libx.so`");
}

#[test]
fn a_tree_is_asked_for_under_the_flags_of_its_source() {
    let settings = settings("compile.defines = { A = '1' }\n[[files]]\nmatch = 'x.cpp'\nflags = ['-O3']");
    let steps = requested_of(&settings, &sketch("lib a.c b.s; exe x x.cpp"), &Requested::Default, (&[], &[]), trees).unwrap();
    let line = |step: &StepSpec| {
        let command = step.command.as_ref().unwrap();
        std::iter::once(&command.program).chain(&command.args).map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    let lines: Vec<String> = steps.iter().map(line).collect();
    let look = "-fno-color-diagnostics -w -Qunused-arguments -fsyntax-only -Xclang -ast-dump=json";
    for (line, (program, flag, source)) in lines.iter().zip([("clang ", "-DA=1", "a.c"), ("clang++ ", "-O3", "x.cpp")]) {
        assert!(line.starts_with(program) && line.contains(flag) && line.ends_with(&format!("{look} {source}")), "{line}");
    }
    assert!(lines.len() == 2 && !lines[0].contains("-O3") && steps.iter().all(|step| step.outputs.is_empty()), "{lines:?}");
    let own = steps[0].clone().searching(&["more".to_owned()]);
    let dirs = |step: &StepSpec| step.cxx.as_ref().unwrap().search.as_ref().unwrap().dirs.clone();
    assert!(line(&own).ends_with("a.c -I more") && dirs(&own)[0] == "more".into() && dirs(&own)[1..] == dirs(&steps[0]));
    assert_eq!(steps[0].clone().searching(&[]), steps[0]);
}

#[test]
fn every_source_has_a_compile_command() {
    let lowered = run("lib a.c; exe x x.cpp; test t t.c", "", &Requested::Targets(vec!["x".into()]), &[]).unwrap();
    let lines: Vec<String> = lowered.compile_commands.iter().map(|c| format!("{} {} {}", c.arguments[0], c.source, c.output)).collect();
    assert_eq!(
        lines,
        [
            "clang a.c .jmake_cache/obj/dev/p/a.c.o",
            "clang t.c .jmake_cache/obj/dev/t/t.c.o",
            "clang++ x.cpp .jmake_cache/obj/dev/x/x.cpp.o"
        ]
    );
}

#[test]
fn unknown_flags_are_told_and_keep_results_unshared() {
    let lowered = run(
        "exe a a.c",
        "compile.flags = ['-fstrange=plug.in', '-include', 'x.h', '-fprofile-sample-use=p.data']",
        &Requested::Default,
        &[],
    )
    .unwrap();
    assert_eq!(lowered.maybe_inputs, ["include".into(), "plug.in".into(), "x.h.gch".into(), "x.h.pch".into()]);
    assert_eq!(lowered.notes, ["JMake does not know what `-fstrange=plug.in` reads or writes"]);
    assert!(lowered.steps.iter().all(|s| s.cxx.as_ref().unwrap().uncacheable.is_some()));
    assert_eq!(lowered.steps[0].implicit, ["p.data".into()]);
}

#[test]
fn what_flags_name_is_an_input_of_what_they_are_for() {
    let toml = "compile.flags = ['-fstrange=plug.in', '-fstranger=plugs', '-Imap', '-Iinc']\nlink.flags = ['-Wl,--version-script=v.map']";
    let named = [("plug.in", false), ("plugs", true), ("map", false), ("inc", true), ("v.map", false)];
    let of = |named: &[(&str, bool)]| {
        let lowered = run_named(&settings(toml), &sketch("exe a a.c"), &Requested::Default, &[], named).unwrap();
        let text = |step: &StepSpec| step.implicit.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let fence = lowered.steps[0].cxx.as_ref().unwrap().search.as_ref().unwrap().fence.clone();
        (lowered.steps.iter().map(text).collect::<Vec<_>>(), fence.map(|fence| fence.listed))
    };
    assert_eq!(of(&named), (vec!["plug.in map".to_owned(), "plug.in v.map".to_owned()], Some(vec!["plugs".into()])));
    assert_eq!(of(&[("inc", true)]), (vec![String::new(), String::new()], None));
}
