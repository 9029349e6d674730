//! Every input of a step, changed one at a time.

use std::collections::HashMap;
use std::sync::Arc;

use super::*;
use crate::engine::digest::Digest;
use crate::engine::execution::Execution;
use crate::engine::graph::tests::spec;
use crate::engine::graph::{Command, CxxStep, Depfile, Environment, Origin, Output, Purity, ResponseFile, Search, SearchKind, StepSpec};
use crate::engine::path::FilePath;
use crate::engine::scan::comment_blind::Dialect;

fn step() -> StepSpec {
    let command = Command {
        program: "/usr/bin/clang".into(),
        args: ["-O0", "-c", "a.c", "-Iinc", "-Iinc"].map(FilePath::from).into(),
        cwd: FilePath::default(),
        environment: Environment::Tools,
        sets: Vec::new(),
        responses: vec![ResponseFile { path: "a.rsp".into(), content: b"-DA".to_vec() }],
        depfile: Some(Depfile { path: "a.d".into() }),
        variables: Vec::new(),
        identity: Digest::of(b"clang 19"),
        origins: origins("clang 19", "/inc", "znver3"),
    };
    StepSpec { command: Some(command), ..spec("a.o: a.c | pch || dir") }
}

fn root() -> FilePath {
    "/p".into()
}

/// Files by path and content; `content@7` has taint 7.
struct World(HashMap<String, String>);

impl World {
    fn fact(&self, path: &FilePath) -> Option<Identity> {
        let (content, taint) = self.0.get(&path.to_string()).map(|text| text.split_once('@').unwrap_or((text, "0")))?;
        Some(Identity { digest: Digest::of(content.as_bytes()), taint: taint.parse().unwrap() })
    }

    fn set(mut self, path: &str, content: &str) -> Self {
        match content {
            "" => self.0.remove(path),
            _ => self.0.insert(path.to_owned(), content.to_owned()),
        };
        self
    }

    fn record(&self, step: &StepSpec) -> Record {
        let inputs = ["a.c", "pch", "a.h", "missing.h"].map(|path| (path.into(), self.fact(&path.into()))).into();
        let outputs = vec![("a.o".into(), self.fact(&"a.o".into()).unwrap(), 0o100_644)];
        let run = Execution { inputs, outputs, output: b"warning".to_vec(), ..Execution::empty() };
        record_of(step, &root(), &run, None)
    }

    fn judge(&self, step: &StepSpec, records: &[Record], stored: bool) -> String {
        match verdict(step, &root(), records, &Now { world: self, stored, mode: 0o100_644, written: 7 }) {
            Judgement::UpToDate { record, .. } => format!("up to date {record}"),
            Judgement::Restore { record, why, .. } => format!("restore {record}: {why}"),
            Judgement::Run(reason) => reason.to_string(),
        }
    }
}

/// The world as it is now, and whether the store has everything.
struct Now<'a> {
    world: &'a World,
    stored: bool,
    mode: u32,
    written: i64,
}

impl Facts for Now<'_> {
    fn identity(&self, path: &FilePath) -> Option<Identity> {
        self.world.fact(path)
    }
    fn hold(&self, inputs: &Run<Input>) -> bool {
        let digest = |identity: Identity| identity.digest;
        inputs.iter().all(|input| self.identity(&input.0).map(digest) == input.1.map(digest))
    }
    fn output(&self, path: &FilePath) -> Option<(Identity, u32)> {
        Some((self.identity(path)?, self.mode))
    }
    fn written(&self, path: &FilePath) -> Option<i64> {
        self.identity(path).map(|_| self.written)
    }
    /// All that comes before a `#`, of what somebody has ever written here.
    fn essence(&self, path: &FilePath, content: &Digest, reading: Reading) -> Option<Digest> {
        let Reading::Text(dialect) = reading else { return None };
        let now = self.world.0.get(&path.to_string()).cloned();
        let texts = ["int a; # one", "int a; # two", "h # one"].map(str::to_owned).into_iter().chain(now);
        let found = texts.into_iter().find(|text| Digest::of(text.as_bytes()) == *content)?;
        let (code, _) = found.split_once('#')?;
        dialect.line_comments.then(|| Digest::of(code.as_bytes()))
    }
    fn stored(&self, _: &Digest) -> bool {
        self.stored
    }
    fn directories(&self) -> &dyn Directories {
        self
    }
}

impl Directories for Now<'_> {
    fn open(&self, _: &FilePath) {}
    fn holding(&self, name: &[u8]) -> Vec<Entry> {
        let paths = self.world.0.keys().map(|path| FilePath::from(path.as_str()));
        paths.filter(|path| path.name().as_bytes() == name).map(|path| (path.parent(), false)).collect()
    }
    fn entries(&self, _: &FilePath) -> Vec<Entry> {
        Vec::new()
    }
}

fn world() -> World {
    World([("a.c", "int a;"), ("pch", "p"), ("a.h", "h@3"), ("a.o", "OBJECT")].map(|(k, v)| (k.to_owned(), v.to_owned())).into())
}

/// A change to a step's description.
type Edit = fn(&mut StepSpec);

fn program(path: &str, content: &str) -> Origin {
    Origin::Program(path.into(), Digest::of(content.as_bytes()))
}

/// A compiler with a variable that leads it, and what it makes of the flags.
fn origins(clang: &str, cpath: &str, cpu: &str) -> Arc<[Origin]> {
    let variable = Origin::Variable("CPATH".to_owned(), Digest::of(cpath.as_bytes()));
    let words = [format!("-I {cpath}"), format!("-target-cpu {cpu}")].map(Origin::Expanded);
    [&[program("/l/clang", clang), variable][..], &words].concat().into()
}

fn tools(step: &mut StepSpec, origins: Arc<[Origin]>) {
    command(step).identity = Digest::of(format!("{origins:?}").as_bytes());
    command(step).origins = origins;
}

fn command(step: &mut StepSpec) -> &mut Command {
    step.command.as_mut().unwrap()
}

#[test]
fn every_part_of_a_description_counts_and_is_named() {
    let cases: &[(Edit, &str)] = &[
        (|_| {}, "up to date 0"),
        (|s| command(s).args.push("-g".into()), "flag -g added"),
        (|s| command(s).args.push("-Iinc".into()), "flag -Iinc added"),
        (|s| command(s).args.push("b.c".into()), "argument b.c added"),
        (|s| drop(command(s).args.remove(4)), "flag -Iinc removed"),
        (|s| command(s).args[0] = "-O2".into(), "flag -O0 became -O2"),
        (|s| command(s).args.push("-DX=1".into()), "macro -DX=1 added"),
        (|s| command(s).args.swap(0, 1), "its order of arguments changed"),
        (|s| command(s).program = "/opt/clang".into(), "/opt/clang runs in the place of /usr/bin/clang"),
        (|s| command(s).identity = Digest::of(b"clang 20"), "the tools or their environment changed"),
        (|s| tools(s, origins("clang 20", "/other", "znver4")), "/l/clang changed"),
        (|s| tools(s, origins("clang 19", "/other", "znver3")), "CPATH changed, so that clang adds -I /other and leaves out -I /inc"),
        (
            |s| tools(s, origins("clang 19", "/inc", "znver4")),
            "clang makes something else of the flags: it adds -target-cpu znver4 and leaves out -target-cpu znver3",
        ),
        (
            |s| tools(s, [&[program("/m/clang", "x")], &origins("clang 19", "/inc", "znver3")[1..]].concat().into()),
            "/m/clang runs in the place of /l/clang",
        ),
        (
            |s| {
                command(s).args.push("-g".into());
                command(s).identity = Digest::of(b"expanded with -g");
            },
            "flag -g added",
        ),
        (
            |s| command(s).variables.push(("LD_LIBRARY_PATH".into(), Digest::of(b"/l"))),
            "the variable LD_LIBRARY_PATH leads to something else",
        ),
        (|s| command(s).environment = Environment::All, "its set of variables changed"),
        (|s| command(s).responses[0].content = b"-DB".to_vec(), "its response file changed"),
        (|s| command(s).responses.clear(), "its response file changed"),
        (|s| command(s).depfile = None, "its depfile changed"),
        (|s| s.outputs.push(Output::file("a.dwo".into())), "its output changed"),
        (|s| s.outputs[0].optional = true, "its output changed"),
        (|s| s.outputs[0].tree = true, "its output changed"),
        (|s| s.implicit.push("b.h".into()), "b.h is a new input"),
        (|s| s.implicit.push("a.h".into()), "its list of inputs changed"),
        (|s| s.implicit.clear(), "pch is not an input any more"),
        (|s| s.order_only.push("dir2".into()), "up to date 0"),
        (|s| s.validations.push("lint".into()), "up to date 0"),
        (|s| s.label = "other".into(), "up to date 0"),
        (|s| s.pool = Some("link".into()), "up to date 0"),
    ];
    let records = [world().record(&step())];
    for (edit, expect) in cases {
        let mut step = step();
        edit(&mut step);
        assert_eq!(world().judge(&step, &records, true), *expect);
    }
}

#[test]
fn a_generator_does_not_count_its_command_line() {
    let mut step = step();
    step.flags.generator = true;
    let records = [world().record(&step)];
    command(&mut step).args.push("-v".into());
    assert_eq!(world().judge(&step, &records, true), "up to date 0");
}

#[test]
fn another_root_is_another_work() {
    let (here, there) = (static_key(&step(), &root()), static_key(&step(), &"/q".into()));
    assert_ne!(here.0, there.0);
    let record = Record { key: there.0, fields: there.1.into(), ..world().record(&step()) };
    assert_eq!(world().judge(&step(), &[record], true), "its project directory changed");
}

#[test]
fn files_are_compared_by_content() {
    let check = |path: &str, content: &str, stored: bool, expect: &str| {
        let records = [world().record(&step())];
        assert_eq!(world().set(path, content).judge(&step(), &records, stored), expect, "{path} = {content}");
    };
    check("a.c", "int b;", true, "a.c changed");
    check("a.h", "other@3", true, "a.h changed");
    check("a.h", "", true, "a.h is gone");
    check("missing.h", "now", true, "missing.h appeared");
    check("a.h", "h@4", true, "up to date 0");
    check("unrelated", "x", true, "up to date 0");
    check("a.o", "", true, "restore 0: a.o is gone");
    check("a.o", "", false, "a.o is gone");
    check("a.o", "X", true, "restore 0: a.o was overwritten");
    check("a.o", "X", false, "a.o was overwritten");
    check("a.o", "OBJECT@9", false, "up to date 0");
}

#[test]
fn a_file_where_it_would_have_been_found_first_counts() {
    let search =
        Search { kind: SearchKind::Headers, dirs: vec!["early".into(), "".into()], unordered: 0, embed_dirs: Vec::new(), fence: None };
    let step = StepSpec { cxx: Some(CxxStep { search: Some(Arc::new(search)), ..CxxStep::default() }), ..step() };
    let records = [world().record(&step)];
    let check = |path: &str, expect: &str| assert_eq!(world().set(path, "h").judge(&step, &records, true), expect);
    check("early/a.h", "early/a.h appeared, and may hide a.h");
    check("late/a.h", "up to date 0");
    let mut shadowed = world().set("early/a.h", "h").record(&step);
    shadowed.lookups.others = vec![("early/a.h".into(), false)];
    assert_eq!(world().judge(&step, &[shadowed], true), "early/a.h is gone");
}

#[test]
fn modes_of_outputs_and_times_that_show_count() {
    let judge = |step: &StepSpec, record: &Record, stored: bool, mode: u32, written: i64| {
        let world = world();
        match verdict(step, &root(), std::slice::from_ref(record), &Now { world: &world, stored, mode, written }) {
            Judgement::Run(reason) => reason.to_string(),
            other => format!("{other:?}"),
        }
    };
    let (up_to_date, restore) = ("UpToDate { record: 0, reworded: [] }", "Restore { record: 0, reworded: [], why: OutputMode(\"a.o\") }");
    let plain = world().record(&step());
    assert_eq!(judge(&step(), &plain, true, 0o644, 7), up_to_date, "the kind of file is no part of it");
    assert_eq!(judge(&step(), &plain, true, 0o600, 7), restore);
    assert_eq!(judge(&step(), &plain, false, 0o600, 7), "the permissions of a.o were changed");
    let of = |epoch: Option<Digest>| StepSpec { cxx: Some(CxxStep { epoch, ..CxxStep::default() }), ..step() };
    let (none, some) = (of(None), of(Some(Digest::of(b"0"))));
    assert_eq!(judge(&some, &world().record(&none), true, 0o644, 7), up_to_date, "nobody asks");
    let timed = |written| Record { times: Some(Times { epoch: None, written }), ..world().record(&none) };
    assert_eq!(judge(&none, &timed(Vec::new()), true, 0o644, 7), up_to_date);
    assert_eq!(judge(&none, &timed(Vec::new()), true, 0o600, 7), "the permissions of a.o were changed", "it is not put back");
    assert_eq!(judge(&some, &timed(Vec::new()), true, 0o644, 7), "the variable SOURCE_DATE_EPOCH leads to something else");
    assert_eq!(judge(&none, &timed(vec![("a.c".into(), 7)]), true, 0o644, 7), up_to_date);
    assert_eq!(judge(&none, &timed(vec![("a.c".into(), 7)]), true, 0o644, 8), "a.c was written at another time, which __TIMESTAMP__ shows");
}

#[test]
fn opaque_steps_count_taint_and_are_not_restored() {
    let step = StepSpec { purity: Purity::Opaque, ..step() };
    let check = |path: &str, content: &str, expect: &str| {
        let records = [world().record(&step)];
        assert_eq!(world().set(path, content).judge(&step, &records, true), expect);
    };
    check("a.h", "h@3", "up to date 0");
    check("a.h", "h@4", "a.h was made anew");
    check("a.o", "", "a.o is gone");
}

#[test]
fn what_cannot_be_shared_is_not_restored_but_stays_up_to_date() {
    let step = StepSpec { cxx: Some(CxxStep { uncacheable: Some("unknown flag".into()), ..CxxStep::default() }), ..step() };
    let records = [world().record(&step)];
    assert_eq!(world().judge(&step, &records, true), "up to date 0");
    assert_eq!(world().set("a.o", "").judge(&step, &records, true), "a.o is gone");
}

#[test]
fn going_back_to_an_earlier_state_restores_it() {
    let (a, b) = (world(), world().set("a.c", "int b;").set("a.o", "B"));
    let mut records = Vec::new();
    assert_eq!(a.judge(&step(), &records, true), "first build");
    remember(&mut records, a.record(&step()));
    remember(&mut records, b.record(&step()));
    assert_eq!(world().set("a.o", "B").judge(&step(), &records, true), "restore 1: a.c changed");
    assert_eq!(a.judge(&step(), &records, true), "up to date 1");
    assert_eq!(world().set("a.c", "int c;").judge(&step(), &records, true), "a.c changed");
    let judged = verdict(&step(), &root(), &records, &Now { world: &a, stored: true, mode: 0o100_644, written: 7 });
    let renewed = judged.renewed(&step(), &records, &Taints::default()).unwrap();
    assert_eq!(a.judge(&step(), &renewed, true), "up to date 0");
    assert_eq!(renewed.len(), 2);
    assert_eq!(
        verdict(&step(), &root(), &renewed, &Now { world: &a, stored: true, mode: 0o100_644, written: 7 }).renewed(
            &step(),
            &renewed,
            &Taints::default()
        ),
        None
    );
}

#[test]
fn what_means_nothing_to_the_step_may_change() {
    let c = |line_comments| Reading::Text(Dialect { line_comments, raw_strings: false, digit_separators: false });
    let record = |reading| {
        let world = world().set("a.c", "int a; # one").set("a.h", "h # one").set("pch", "int a; # one");
        Record { reading, ..world.record(&step()) }
    };
    let check = |reading: Option<Reading>, path: &str, content: &str, expect: &str| {
        let world = world().set("a.c", "int a; # one").set("a.h", "h # one").set("pch", "int a; # one").set(path, content);
        assert_eq!(world.judge(&step(), &[record(reading)], true), expect, "{path} = {content}");
    };
    check(Some(c(true)), "a.c", "int a; # two", "up to date 0");
    check(Some(c(true)), "a.h", "h # other", "up to date 0");
    check(Some(c(true)), "a.c", "int b; # one", "a.c changed");
    check(Some(c(true)), "a.c", "int a; ", "a.c changed");
    check(Some(c(true)), "a.c", "", "a.c is gone");
    check(Some(c(true)), "pch", "int a; # two", "pch changed");
    check(Some(c(false)), "a.c", "int a; # two", "a.c changed");
    check(None, "a.c", "int a; # two", "a.c changed");
    let mut foreign = record(Some(c(true)));
    let unknown = Some(Identity::of(Digest::of(b"int a; # of which nothing is known")));
    foreign.inputs =
        foreign.inputs.iter().map(|(path, then)| (path.clone(), if *path == "a.c".into() { unknown } else { *then })).collect();
    assert_eq!(world().set("a.c", "int a; # one").judge(&step(), &[foreign], true), "a.c changed");
}

#[test]
fn a_record_whose_inputs_changed_without_effect_is_of_the_new_ones() {
    let c = Reading::Text(Dialect { line_comments: true, raw_strings: false, digit_separators: false });
    let of = |text: &str, object: &str| world().set("a.c", text).set("a.o", object);
    let record = |world: &World| Record { reading: Some(c), ..world.record(&step()) };
    let records = [record(&of("int b; # one", "B")), record(&of("int a; # one", "A")), record(&of("int a; # two", "A"))];
    let now = of("int a; # two", "B");
    let judged = verdict(&step(), &root(), &records, &Now { world: &now, stored: true, mode: 0o100_644, written: 7 });
    let renewed = judged.renewed(&step(), &records, &Taints::default()).unwrap();
    let reworded = vec![Reworded { input: 0, digest: Digest::of(b"int a; # two") }];
    assert_eq!(judged, Judgement::Restore { record: 1, reworded, why: Reason::InputChanged("a.c".into()) });
    assert_eq!(renewed, [&records[2], &records[0]].map(Clone::clone), "what is the same twice is kept once");
}

#[test]
fn only_the_last_variants_are_kept_each_once() {
    let mut records = Vec::new();
    for n in 0..20 {
        remember(&mut records, world().set("a.c", &format!("int a{};", n % 10)).record(&step()));
    }
    let nth = |n: usize| world().set("a.c", &format!("int a{n};")).record(&step());
    assert_eq!(records, [9, 8, 7, 6, 5, 4, 3, 2].map(nth));
}

#[test]
fn taint_is_passed_on_and_made() {
    let of = |taints: &[u64]| taints.iter().map(|&taint| Identity { digest: Digest::of(b""), taint }).collect::<Vec<_>>();
    let understood = |taints: &[u64]| output_taint(Purity::Understood, 1, of(taints));
    assert_eq!(understood(&[]), 0);
    assert_eq!(understood(&[0, 5, 0, 5]), 5);
    assert_eq!(understood(&[5, 6]), understood(&[6, 5, 5]));
    assert!(![0, 5, 6].contains(&understood(&[5, 6])));
    let opaque = |run| output_taint(Purity::Opaque, run, of(&[0]));
    assert_ne!(opaque(1), opaque(2));
    assert_ne!(opaque(1), 0);
    assert_ne!(opaque(1), output_taint(Purity::Opaque, 1, of(&[7])));
}

#[test]
fn an_opaque_step_is_only_what_its_last_run_left() {
    let step = StepSpec { purity: Purity::Opaque, ..step() };
    let (first, second) = (world().record(&step), world().set("a.c", "int b;").record(&step));
    // What it made is the same, and what else it may have left is not.
    assert_eq!(world().judge(&step, &[second, first.clone()], true), "a.c changed");
    assert_eq!(world().judge(&step, std::slice::from_ref(&first), true), "up to date 0");
    let begun = begun(&[first]).unwrap();
    assert_eq!(world().judge(&step, &begun, true), "its last run did not come to its end");
}

/// What is told of a run of `step` with this number that reads `a.c`, made by an earlier run, and makes `a.o`.
fn told(step: &StepSpec, number: u64, source: u64, object: u64, untouched: bool) -> (u64, u64) {
    let record = |path: &str, taint: u64| Record {
        outputs: vec![(path.into(), Identity { digest: Digest::of(b""), taint }, 0)],
        ..world().record(step)
    };
    let mut taints = Taints::default();
    taints.learn(&record("a.c", source));
    taints.learn(&record("a.o", object));
    let mut run = Execution {
        number,
        inputs: vec![("./x/../a.c".into(), Some(Identity::of(Digest::of(b"int a;"))))],
        outputs: vec![("a.o".into(), Identity::of(Digest::of(b"object")), 0)],
        untouched: untouched.then(|| "a.o".into()).into_iter().collect(),
        ..Execution::empty()
    };
    taints.tell(step, &mut run);
    (run.inputs[0].1.unwrap().taint, run.outputs[0].1.taint)
}

#[test]
fn a_run_is_told_what_its_files_stem_from() {
    let understood = step();
    assert_eq!(told(&understood, 1, 0, 0, false), (0, 0));
    assert_eq!(told(&understood, 1, 7, 3, false), (0, 7), "what it reads does not count for itself");
    let mut opaque = StepSpec { purity: Purity::Opaque, ..step() };
    let (read, made) = told(&opaque, 1, 7, 3, false);
    assert!(read == 7 && ![0, 3, 7].contains(&made));
    assert_ne!(told(&opaque, 2, 7, 3, false).1, made);
    assert_eq!(told(&opaque, 1, 7, 3, true).1, made, "only a step with restat may leave an output as it was");
    opaque.flags.restat = true;
    assert_eq!(told(&opaque, 1, 7, 3, true), (7, 3));
    assert_ne!(told(&opaque, 1, 7, 3, false).1, 3);
}

#[test]
fn what_is_up_to_date_passes_on_the_taint_of_its_inputs_as_they_are_now() {
    let maker =
        |taint: u64| Record { outputs: vec![("a.h".into(), Identity { digest: Digest::of(b"h"), taint }, 0)], ..world().record(&step()) };
    let check = |step: &StepSpec, taint: u64, expect: Option<u64>| {
        let records = [world().record(step)];
        let mut taints = Taints::default();
        taints.learn(&maker(taint));
        let judged = Judgement::UpToDate { record: 0, reworded: Vec::new() };
        let renewed = judged.renewed(step, &records, &taints);
        assert_eq!(renewed.map(|all| all[0].outputs[0].1.taint), expect, "{taint}");
    };
    check(&step(), 0, None);
    check(&step(), 5, Some(5));
    check(&StepSpec { purity: Purity::Opaque, ..step() }, 5, None);
    // It goes again, too.
    let mut tainted = world().record(&step());
    tainted.outputs[0].1.taint = 5;
    let judged = Judgement::UpToDate { record: 0, reworded: Vec::new() };
    assert_eq!(judged.renewed(&step(), &[tainted], &Taints::default()).unwrap()[0].outputs[0].1.taint, 0);
}

#[test]
fn numbers_of_runs_are_not_used_again() {
    let all = [run_number(1, 2, 3), run_number(2, 2, 3), run_number(1, 3, 3), run_number(1, 2, 4)];
    assert!((0..4).all(|one| (0..one).all(|other| all[one] != all[other])));
}

#[test]
fn fingerprints_hold_inputs_and_taint_only_where_it_counts() {
    let of = |step: &StepSpec, world: &World| fingerprint(step, &root(), &world.record(step).inputs.iter().cloned().collect::<Vec<_>>());
    let opaque = StepSpec { purity: Purity::Opaque, ..step() };
    let check = |path: &str, content: &str, understood: bool, either: bool| {
        assert_eq!(of(&step(), &world()) != of(&step(), &world().set(path, content)), understood, "{path}");
        assert_eq!(of(&opaque, &world()) != of(&opaque, &world().set(path, content)), either, "{path}");
    };
    check("a.h", "h@3", false, false);
    check("a.h", "h@4", false, true);
    check("a.h", "g@3", true, true);
    check("a.h", "", true, true);
    check("missing.h", "x", true, true);
}

#[test]
fn long_and_foreign_values_are_described_and_still_count() {
    use std::os::unix::ffi::OsStrExt;
    let with = |bytes: &[u8]| {
        let mut step = step();
        command(&mut step).args.push(FilePath::new(std::ffi::OsStr::from_bytes(bytes)));
        static_key(&step, &root())
    };
    let (a, b) = (with(b"\xff"), with(b"\xfe"));
    assert_ne!(a.0, b.0, "the key holds bytes, whatever the words");
    let long = with(&[b'x'; 1000]);
    assert!(long.1.iter().all(|(_, value)| value.len() < 250));
}
