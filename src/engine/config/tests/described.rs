//! What a small project becomes under some settings, as words by what they are about: steps, artifacts, tests, what is installed, what a check
//! says. Does not know which key is behind a word.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::{none, request};
use crate::engine::build::plan_options;
use crate::engine::complete;
use crate::engine::config::check::{Facts, Lies, asked, check};
use crate::engine::config::load;
use crate::engine::config::merge::examine;
use crate::engine::config::settings::Settings;
use crate::engine::cxx::flag_sets::{FlagSets, Probes};
use crate::engine::cxx::lower::{LowerRequest, Lowered, Requested, lower};
use crate::engine::cxx::pkg_config::{self, Answer};
use crate::engine::cxx::probe::LinkProbe;
use crate::engine::cxx::toolchain::{self, DriverProbe, Identities, Install, Toolchain, Version};
use crate::engine::digest::Digest;
use crate::engine::discover::{self, Declared, Discovery, FileEntry};
use crate::engine::graph::StepSpec;
use crate::engine::install;
use crate::engine::path::FilePath;
use crate::engine::request::{BuildRequest, ProjectRequest};
use crate::engine::scan::kind::FileKind;
use crate::engine::scan::source::scan;
use crate::engine::testing::TestRun;
use crate::engine::variables::Variables;

/// The project's files.
const FILES: &[(&str, &str)] = &[
    ("main.cpp", "#include \"geom.h\"\nint main() { return geom(); }"),
    ("src/geom.h", "int geom();"),
    ("src/geom.cpp", "#include \"geom.h\"\nint geom() { return 0; }"),
    ("src/deep/part.c", "int part;"),
    ("include/api.h", "int api;"),
    ("tests/check_geom.cpp", "#include \"geom.h\"\nint main() { return geom(); }"),
    ("third_party/z/z.c", "int z;"),
];

/// Words by what they are about.
pub(super) type Described = BTreeMap<String, Vec<String>>;

fn entry((path, text): &(&str, &str)) -> FileEntry {
    let path = FilePath::from(*path);
    let kind = FileKind::of(&path);
    let facts = kind.scanned_as().map(|language| scan(text.as_bytes(), language)).unwrap_or_default();
    FileEntry { path, kind, facts: Arc::new(facts) }
}

/// The machine's: two of LLVM's own, and the user's.
fn installs() -> Vec<Arc<Install>> {
    let names = ["clang", "clang++", "llvm-ar", "ld.lld", "llvm-link", "opt", "llc"];
    let install = |(dir, major): (&str, u32)| {
        let tools = names.map(|name| (name.to_owned(), FilePath::from(dir).join(name)));
        let triple = "x86_64-linux-gnu".to_owned();
        Arc::new(Install { bin_dir: dir.into(), version: Version(major, 0, 0), triple, tools: tools.into(), origin: String::new() })
    };
    [("/19/bin", 19), ("/14/bin", 14), ("/own/bin", 18)].map(install).to_vec()
}

fn toolchain(settings: &Settings) -> Result<Toolchain, String> {
    let wanted = toolchain::wanted(None, settings, || Some("/own/bin".into()));
    let wanted = wanted.or_else(|| settings.llvm_root.as_ref().map(ToString::to_string));
    let mut install = Install::clone(toolchain::choose(&installs(), wanted.as_deref()).map_err(|error| error.to_string())?);
    install.tools.extend(toolchain::replaced(None, settings).into_iter().flatten().map(|(name, path)| (name.clone(), path.clone())));
    Ok(Toolchain { install, identities: Identities::new(), preloaded: None })
}

fn probes(sets: FlagSets) -> Probes {
    let digest = Digest::of(b"probe");
    let compile = DriverProbe {
        identity: digest,
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
    let link = LinkProbe {
        identity: digest,
        expanded: vec![],
        program: "/ld".into(),
        plugins: vec![],
        profiles: vec![],
        library_dirs: vec![],
        interfaces: false,
        line: None,
    };
    Probes {
        compiles: sets.compiles.into_iter().map(|set| (set, compile.clone())).collect(),
        links: sets.links.into_iter().map(|set| (set, link.clone())).collect(),
    }
}

fn discovered(settings: &Settings, declared: &[Declared], files: &[FileEntry]) -> Discovery {
    discover::discover(&discover::Request {
        name: &settings.name,
        files,
        include_dirs: &discover::include_dirs(settings, declared),
        only_include_dirs: settings.discovery.include_dirs.as_deref(),
        extra_sources: &discover::asked_for(settings),
        declared,
        want_library: complete::asks_for_library(settings),
        machine: None,
        test_dir: settings.discovery.test_dir.as_ref(),
        system_has: &|_| false,
    })
}

/// What the project becomes, or why nothing.
pub(super) fn described(text: &str) -> Result<Described, String> {
    let (settings, notes) = load(&request(Some(text), &none)).map_err(|error| error.to_string())?;
    let modules = pkg_config::modules(&settings);
    let answer = Answer { cflags: modules.iter().map(|_| "-I/usr/include/x ").collect(), libs: modules.iter().map(|_| "-lx ").collect() };
    let settings = pkg_config::applied(&settings, &modules, &answer).map_err(|error| error.to_string())?;
    let mut out = Described::from([("modules".to_owned(), modules)]);
    let files: Vec<FileEntry> = FILES.iter().map(entry).collect();
    let looked_at = discover::looked_at(&settings, &files).map_err(|error| error.to_string())?;
    looked_at.has_listed(&settings).map_err(|error| error.to_string())?;
    let declared = discover::declare(&settings, &looked_at.files).map_err(|error| error.to_string())?;
    let tools = toolchain(&settings)?;
    let sets = FlagSets::of(&settings, &declared, &looked_at.files, &tools).map_err(|error| error.to_string())?;
    let probes = probes(sets);
    let discovery = discovered(&settings, &declared, &looked_at.files);
    let lowered = |requested| {
        lower(&LowerRequest {
            generations: &[],
            settings: &settings,
            discovery: &discovery,
            toolchain: &tools,
            probes: &probes,
            programs: &Identities::new(),
            named_inputs: &BTreeMap::new(),
            leading: &[],
            epoch: None,
            requested: &requested,
            confirmed_mains: &BTreeMap::new(),
        })
        .map_err(|error| error.to_string())
    };
    let all = lowered(Requested::All)?;
    steps(&mut out, &all);
    let wanted = lowered(Requested::Default)?.wanted;
    out.insert("default".to_owned(), wanted.iter().map(ToString::to_string).collect());
    installed(&mut out, &settings, &discovery, &all)?;
    going_on(&mut out, &settings);
    out.insert(
        "notes".to_owned(),
        [notes, looked_at.notes, discovery.notes.clone(), discover::unused(&settings, &discovery).into_iter().collect()].concat(),
    );
    out.insert("check".to_owned(), checked(text));
    Ok(out)
}

fn steps(out: &mut Described, lowered: &Lowered) {
    for step in &lowered.steps {
        let about = format!("{} {}", step.kind.name(), step.label);
        let about = if out.contains_key(&about) { format!("{about} for {}", step.target) } else { about };
        out.insert(about, words(step));
    }
    for artifact in &lowered.artifacts {
        let mut words = vec![format!("{:?}", artifact.kind), artifact.path.to_string()];
        words.extend(artifact.test.iter().flat_map(tested));
        out.insert(format!("artifact {}", artifact.target), words);
    }
}

fn tested(test: &TestRun) -> Vec<String> {
    let mut words = vec![format!("{} s", test.timeout_s), format!("in {:?}", test.working_dir.to_string())];
    words.extend(test.runner.iter().map(|word| format!("by {word}")));
    words.extend(test.args.iter().map(|word| format!("with {word}")));
    words.extend(test.env.iter().map(|(name, value)| format!("{name}={value}")));
    words
}

/// The command line of a step, the texts that are written for it, what else it makes, and why its result is not shared.
fn words(step: &StepSpec) -> Vec<String> {
    let command = step.command.as_ref().unwrap();
    let mut words = vec![command.program.to_string()];
    words.extend(command.args.iter().map(ToString::to_string));
    let texts =
        command.responses.iter().flat_map(|file| String::from_utf8_lossy(&file.content).lines().map(str::to_owned).collect::<Vec<_>>());
    words.extend(texts);
    words.extend(step.outputs.iter().skip(1).map(|output| format!("makes {}", output.path)));
    words.extend(step.cxx.iter().filter_map(|cxx| cxx.uncacheable.as_ref()).map(|why| format!("not shared: {why}")));
    words
}

fn installed(out: &mut Described, settings: &Settings, discovery: &Discovery, lowered: &Lowered) -> Result<(), String> {
    let headers = install::headers(settings, discovery).map_err(|error| error.to_string())?;
    let prefix = install::prefix(settings, None);
    let request = install::Request { settings, discovery, artifacts: &lowered.artifacts, headers: &headers, offers: &[], prefix: &prefix };
    for (place, item) in install::installation(&request, &|_| None).plan {
        let words = match item {
            install::Item::Text(text) => text.lines().map(str::to_owned).collect(),
            install::Item::Copy { from, executable } => vec![format!("of {from}"), format!("executable {executable}")],
            install::Item::Link(to) => vec![format!("-> {to}")],
        };
        out.insert(format!("install {place}"), words);
    }
    out.insert("prefix".to_owned(), vec![prefix.to_string()]);
    Ok(())
}

/// How builds go on, and what follows them.
fn going_on(out: &mut Described, settings: &Settings) {
    let project = ProjectRequest {
        root: "/home/me/Root".into(),
        config: None,
        profile: "dev".into(),
        build_dir: "build".into(),
        toolchain: None,
        variables: Variables::new(Vec::new()),
        staged: false,
        queue: None,
    };
    let request = BuildRequest {
        project,
        targets: Vec::new(),
        all: false,
        tests: false,
        run: false,
        ir: false,
        jobs: None,
        processors: 8,
        keep_going: false,
        fail_fast: false,
        dry_run: false,
        force: false,
        color: false,
        client_pid: 1,
    };
    let options = plan_options(&request, settings);
    out.insert("plan".to_owned(), vec![format!("{} steps at once", options.slots), format!("keep_going {}", options.keep_going)]);
    for (name, success) in [("success", true), ("failure", false)] {
        out.insert(format!("hook {name}"), settings.hook(success).to_vec());
    }
}

/// What `jmake check` says if every directory and file that is named is there.
fn checked(text: &str) -> Vec<String> {
    let examined = examine(&request(Some(text), &none));
    let lies = asked(&examined)
        .into_iter()
        .map(|path| (path.clone(), if Path::new(&path.name()).extension().is_none() { Lies::Directory } else { Lies::File }));
    let facts = Facts { root: "/home/me/Root".into(), lies: lies.collect(), installs: Some(installs()), ..Facts::default() };
    check(&examined, text, &facts).iter().map(|problem| format!("{}; {}", problem.message, problem.advice)).collect()
}

/// What differs, in words: `about - gone + come`, things of one kind with the same difference together.
pub(super) fn difference(before: &Described, after: &Described) -> Vec<String> {
    let mut alike: Vec<(String, &str, Vec<&str>)> = Vec::new();
    let abouts: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for about in abouts {
        let change = match (before.get(about), after.get(about)) {
            (Some(before), Some(after)) => changed(before, after),
            (Some(_), None) => "is gone".to_owned(),
            _ => "is new".to_owned(),
        };
        let (kind, name) = about.split_once(' ').unwrap_or((about, ""));
        match alike.iter_mut().find(|(other, of, _)| *other == change && *of == kind) {
            _ if change.is_empty() => {}
            Some((_, _, names)) => names.push(name),
            None => alike.push((change, kind, vec![name])),
        }
    }
    let told = |(change, kind, names): &(String, &str, Vec<&str>)| {
        let of_kind = before.keys().filter(|about| about.split(' ').next() == Some(*kind)).count();
        let names = if names.len() > 1 && names.len() == of_kind { "all".to_owned() } else { names.join(", ") };
        format!("{}: {change}", format!("{kind} {names}").trim()).replace(".jmake_cache/obj/dev/", "~")
    };
    alike.iter().map(told).collect()
}

/// Words that went and came, in their order; `order` if that is all.
fn changed(before: &[String], after: &[String]) -> String {
    let less = |from: &[String], what: &[String]| {
        let mut what = what.to_vec();
        let mut left = from.to_vec();
        left.retain(|word| what.iter().position(|it| it == word).map(|at| what.remove(at)).is_none());
        left
    };
    let signed = |sign: &str, words: Vec<String>| if words.is_empty() { None } else { Some(format!("{sign} {}", words.join(" "))) };
    let all = [signed("-", less(before, after)), signed("+", less(after, before))];
    let all: Vec<String> = all.into_iter().flatten().collect();
    if all.is_empty() && before != after { "another order".to_owned() } else { all.join(" ") }
}
