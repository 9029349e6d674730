//! Sketches of projects and the steps they become, as text.

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
fn a_library_and_a_program_share_the_projects_objects() {
    let expect = [
        "compile clang: src/a.c -> ~p/src/a.c.o",
        "compile clang++: src/b.cpp -> ~p/src/b.cpp.o",
        "link clang++: ~p/src/a.c.o ~p/src/b.cpp.o -> build/dev/lib/libp.so",
        "compile clang: main.c -> ~tool/main.c.o",
        "archive llvm-ar: ~p/src/a.c.o ~p/src/b.cpp.o -> ~p/@project.a ~p/@project.members",
        "link clang++: ~tool/main.c.o ~p/@project.a | ~p/@project.members -> build/dev/bin/tool",
        "want build/dev/lib/libp.so build/dev/bin/tool",
    ];
    check("lib src/a.c src/b.cpp; exe tool main.c +project", "", &expect);
}

/// What the archives of a program hold that uses so many sources, one of them left out.
fn archived(sources: u32, without: Option<u32>) -> Vec<(FilePath, Vec<FilePath>)> {
    let all: String = (0..sources).filter(|number| Some(*number) != without).map(|number| format!(" s/{number:04}.c")).collect();
    let lowered = run(&format!("lib{all}; exe tool main.c +project"), "", &Requested::Default, &[]).unwrap();
    let archives = lowered.steps.iter().filter(|step| step.kind == StepKind::Archive);
    let archives: Vec<_> = archives.map(|step| (step.outputs[0].path.clone(), step.explicit.clone())).collect();
    let link = lowered.steps.iter().find(|step| step.outputs[0].path == "build/dev/bin/tool".into()).unwrap();
    let named = |path: &FilePath| archives.iter().any(|(archive, _)| archive == path);
    assert_eq!(link.explicit.iter().filter(|path| named(path)).count(), archives.len());
    assert_eq!(link.cxx.as_ref().unwrap().thin_archives.len(), archives.len());
    let args = link.command.as_ref().unwrap().args.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(args.contains("-Wl,--start-group .jmake_cache/obj/dev/p/@project.a "), archives.len() > 1, "{args}");
    archives
}

#[test]
fn many_objects_are_in_several_archives_and_one_that_goes_changes_few() {
    assert_eq!(archived(64, None).len(), 1);
    let all = archived(2000, None);
    assert!((10..=2000 / 64).contains(&all.len()), "{}", all.len());
    let members: Vec<&FilePath> = all.iter().flat_map(|(_, members)| members).collect();
    assert!(members.len() == 2000 && members.is_sorted());
    assert!(all[..all.len() - 1].iter().all(|(_, members)| (64..=256).contains(&members.len())));
    for gone in [0, 777, 1999] {
        let fewer = archived(2000, Some(gone));
        let others = fewer.iter().filter(|archive| !all.contains(archive)).count();
        assert!(others <= 4, "{others} of {} changed without {gone}", fewer.len());
    }
}

#[test]
fn parts_of_programs_are_in_their_archive_and_not_in_the_library() {
    let expect = [
        "compile clang: x.c -> ~p/x.c.o",
        "link clang: ~p/x.c.o -> build/dev/lib/libp.so",
        "compile clang: cli/prog.c -> ~prog/cli/prog.c.o",
        "compile clang: cli/part.c -> ~p/cli/part.c.o",
        "archive llvm-ar: ~p/cli/part.c.o ~p/x.c.o -> ~p/@project.a ~p/@project.members",
        "link clang: ~prog/cli/prog.c.o ~p/@project.a | ~p/@project.members -> build/dev/bin/prog",
        "want build/dev/lib/libp.so build/dev/bin/prog",
    ];
    check("lib x.c; objects cli/part.c; exe prog cli/prog.c +project", "", &expect);
    let alone = ["compile clang: x.c -> ~p/x.c.o", "link clang: ~p/x.c.o -> build/dev/lib/libp.so", "want build/dev/lib/libp.so"];
    check("lib x.c; objects cli/part.c", "", &alone);
}

#[test]
fn a_confirmed_main_takes_the_place_of_a_library_that_is_for_nobody_else() {
    let made = |project: &str, requested: &Requested, yes: bool| {
        let lowered = run(project, "", requested, &[("m.c", yes)]).unwrap();
        let wanted: Vec<String> = lowered.wanted.iter().map(ToString::to_string).collect();
        (wanted.join(" "), lowered.notes.join(" "))
    };
    let unsure = "unsure-lib a.c; maybe m m.c +project";
    let nothing_said = |wanted: &str| (wanted.to_owned(), String::new());
    assert_eq!(made(unsure, &Requested::Default, true), nothing_said("build/dev/bin/m"));
    assert_eq!(made("lib a.c; maybe m m.c +project", &Requested::Default, true), nothing_said("build/dev/lib/libp.so build/dev/bin/m"));
    assert_eq!(made(unsure, &Requested::Default, false).0, "build/dev/lib/libp.so");
    let refused = |project: &str, name: &str, yes: bool| {
        let said = run(project, "", &Requested::Targets(vec![name.into()]), &[("m.c", yes)]).unwrap_err().to_string();
        said.split(';').next().unwrap().to_owned()
    };
    assert_eq!(refused(unsure, "p", true), "m.c defines `main` with these settings: there is no library `p`");
    assert_eq!(refused(unsure, "m", false), "m.c does not define `main` with these settings: there is no program `m`");
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
fn a_conditional_main_is_looked_into_before_anything_depends_on_it() {
    let project = "lib a.c; maybe m m.c; exe x x.c +project";
    let first = run(project, "", &Requested::Default, &[]).unwrap();
    let expect = [
        "compile clang: m.c -> ~p/m.c.o",
        "compile clang: a.c -> ~p/a.c.o",
        "compile clang: x.c -> ~x/x.c.o",
        "want ~p/m.c.o ~p/a.c.o ~x/x.c.o",
        "await m.c in ~p/m.c.o",
    ];
    assert_eq!(text(&first), expect.join("\n"));
    let yes = run(project, "", &Requested::Default, &[("m.c", true)]).unwrap();
    let expect = [
        "compile clang: a.c -> ~p/a.c.o",
        "link clang: ~p/a.c.o -> build/dev/lib/libp.so",
        "compile clang: m.c -> ~p/m.c.o",
        "link clang: ~p/m.c.o -> build/dev/bin/m",
        "compile clang: x.c -> ~x/x.c.o",
        "archive llvm-ar: ~p/a.c.o -> ~p/@project.a ~p/@project.members",
        "link clang: ~x/x.c.o ~p/@project.a | ~p/@project.members -> build/dev/bin/x",
        "want build/dev/lib/libp.so build/dev/bin/m build/dev/bin/x",
    ];
    assert_eq!(text(&yes), expect.join("\n"));
    let no = run(project, "", &Requested::Default, &[("m.c", false)]).unwrap();
    let library = no.steps.iter().find(|s| s.outputs[0].path == "build/dev/lib/libp.so".into()).unwrap();
    assert_eq!(library.explicit, [".jmake_cache/obj/dev/p/a.c.o".into(), ".jmake_cache/obj/dev/p/m.c.o".into()]);
    assert_eq!(no.artifacts.len(), 2);
    for step in &first.steps {
        assert!(yes.steps.contains(step) && no.steps.contains(step), "{}", step.label);
    }
}

#[test]
fn those_targets_are_denied_that_are_not_made_of_what_objects_told() {
    let check = |project: &str, told: &[(&str, bool)], expect: &[&str]| {
        let (found, lowered) = (sketch(project), run(project, "", &Requested::All, told).unwrap());
        let confirmed = told.iter().map(|(path, is_main)| ((*path).into(), *is_main)).collect();
        let denied: Vec<&str> = found.targets.iter().filter(|it| is_denied(&found, &confirmed, it)).map(|it| it.name.as_str()).collect();
        assert_eq!(denied, expect, "{project}");
        let made = |name: &&str| lowered.artifacts.iter().any(|artifact| artifact.target == *name);
        let open = !lowered.awaiting.is_empty();
        assert!(open || found.targets.iter().all(|it| made(&it.name.as_str()) != denied.contains(&it.name.as_str())), "{project}");
    };
    check("lib a.c; maybe m m.c", &[], &[]);
    check("lib a.c; maybe m m.c", &[("m.c", true)], &[]);
    check("lib a.c; maybe m m.c", &[("m.c", false)], &["m"]);
    check("unsure-lib a.c; maybe m m.c", &[], &[]);
    check("unsure-lib a.c; maybe m m.c", &[("m.c", true)], &["p"]);
    check("unsure-lib a.c; maybe m m.c", &[("m.c", false)], &["m"]);
    check("unsure-lib a.c; maybe m m.c; maybe n n.c", &[("m.c", false)], &["m"]);
    check("unsure-lib a.c; maybe m m.c; maybe n n.c", &[("m.c", false), ("n.c", true)], &["p", "m"]);
    check("lib; maybe m m.c; maybe n n.c", &[("m.c", true)], &[]);
    check("lib; maybe m m.c; maybe n n.c", &[("m.c", true), ("n.c", true)], &["p"]);
    check("lib; maybe m m.c", &[("m.c", false)], &["m"]);
}

#[test]
fn with_lto_a_conditional_main_is_looked_into_as_machine_code() {
    let lowered = run("maybe m m.c", "link.lto = 'thin'", &Requested::Default, &[]).unwrap();
    assert_eq!(text(&lowered), "compile clang: m.c -> ~p/@main/m.c.o\nwant ~p/@main/m.c.o\nawait m.c in ~p/@main/m.c.o");
    assert!(lowered.steps[0].command.as_ref().unwrap().args.contains(&"-fno-lto".into()));
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
