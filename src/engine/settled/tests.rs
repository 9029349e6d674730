//! A settled build of two programs over one library, and what changes mean for it.

use super::*;
use crate::engine::build::Records;
use crate::engine::digest::Digest;
use crate::engine::discover::{FileEntry, Language};
use crate::engine::execution::Execution;
use crate::engine::fingerprint::{Identity, Input, Lookups, Questions, Reading, Record, record_of};
use crate::engine::graph::tests::spec;
use crate::engine::graph::{CxxStep, Search, SearchKind};
use crate::engine::scan::comment_blind::{CommentBlind, Dialect};
use crate::engine::scan::interface::Offer;
use crate::engine::scan::source::scan;

const FILES: &[(&str, &str)] = &[
    ("src/a.c", "#include \"a.h\"\nint a;"),
    ("src/b.c", "#include \"a.h\"\nint b;"),
    ("src/m.c", "#if X\nint main(void) {}\n#endif"),
    ("src/a.h", "int a;"),
    ("src/unused.h", "int u;"),
    ("src/names.h", "#define entry main"),
    ("README", "text"),
    ("jmake.toml", ""),
    ("build/compile_commands.json", "commands"),
];

fn steps() -> Vec<StepSpec> {
    let all = ["obj/a.o: src/a.c", "obj/b.o: src/b.c", "obj/m.o: src/m.c", "lib.a: obj/a.o obj/b.o", "bin/p: obj/m.o lib.a"].map(spec);
    let compiles = |step: &StepSpec| step.explicit[0].to_string().ends_with(".c").then(|| step.explicit[0].clone());
    let search = |kind| Some(Arc::new(Search { kind, dirs: Vec::new(), unordered: 0, embed_dirs: Vec::new(), fence: None }));
    let cxx = |step: &StepSpec| CxxStep {
        source: compiles(step),
        search: search(if compiles(step).is_some() { SearchKind::Headers } else { SearchKind::Libraries }),
        ..CxxStep::default()
    };
    all.into_iter().map(|step| StepSpec { cxx: Some(cxx(&step)), ..step }).collect()
}

fn content(path: &str) -> String {
    FILES.iter().find(|(name, _)| *name == path).map_or_else(|| format!("made {path}"), |(_, text)| (*text).to_owned())
}

fn digest(path: &FilePath) -> Digest {
    Digest::of(content(&path.to_string()).as_bytes())
}

fn identity(path: &FilePath) -> Identity {
    Identity::of(digest(path))
}

fn records() -> Records {
    let record = |step: &StepSpec| {
        let headers: &[&str] = match step.explicit[0].to_string().as_str() {
            "src/m.c" => &["/sys/x.h"],
            path if path.ends_with(".c") => &["src/a.h", "/sys/stdio.h"],
            "obj/m.o" => &["/sys/libz.a"],
            _ => &[],
        };
        let read = step.explicit.iter().cloned().chain(headers.iter().map(|path| FilePath::from(*path)));
        let inputs = read.map(|path| (path.clone(), Some(identity(&path)))).collect();
        let outputs = step.outputs.iter().map(|output| (output.path.clone(), identity(&output.path), 0o644)).collect();
        let questions = Questions { names: vec!["optional/extra.h".into()], unknown: false };
        let reading = (step.explicit[0].to_string() == "src/a.c").then(|| Reading::Text(Dialect::of(Language::C, None).unwrap()));
        let run = Execution { inputs, lookups: Lookups { questions, ..Lookups::default() }, reading, outputs, ..Execution::empty() };
        record_of(step, &"/p".into(), &run, None)
    };
    steps().iter().map(|step| (step.outputs[0].path.clone(), Arc::new(vec![record(step)]))).collect()
}

/// Its third input held this.
fn read_anew(records: &mut Records, object: &str, text: &str) {
    let held = Some(Identity::of(Digest::of(text.as_bytes())));
    let read = |(at, (path, then)): (usize, &Input)| (path.clone(), if at == 2 { held } else { *then });
    change(records, object, |record| record.inputs = record.inputs.iter().enumerate().map(read).collect());
}

fn read_also(records: &mut Records, object: &str, path: &str, identity: Identity) {
    let also = |record: &mut Record| record.inputs = record.inputs.iter().cloned().chain([(path.into(), Some(identity))]).collect();
    change(records, object, also);
}

fn change(records: &mut Records, object: &str, change: impl FnOnce(&mut Record)) {
    let mut record = records.newest(&object.into()).unwrap().clone();
    change(&mut record);
    records.insert(object.into(), Arc::new(vec![record]));
}

fn facts(text: &str) -> Arc<SourceFacts> {
    Arc::new(scan(text.as_bytes(), Language::C))
}

fn settled() -> Settled {
    settled_of(&records())
}

fn settled_of(records: &Records) -> Settled {
    let files =
        FILES.iter().map(|(path, text)| FileEntry { path: (*path).into(), kind: FileKind::of(&(*path).into()), facts: facts(text) });
    let tree = Tree { files: files.collect(), dirs: vec!["".into(), "src".into()], ..Tree::default() };
    let places = Places {
        marked: [FilePath::from("old-build")].into(),
        config: Some("other.toml".into()),
        walked: tree.dirs.iter().cloned().collect(),
        searched: ["src", "/sys", "/opt/inc"].map(FilePath::from).into(),
        hinges: ["src", "/opt/absent", "build", "build/dev"].map(FilePath::from).into(),
        build_dir: "build".into(),
        database: Some(Digest::of(b"commands")),
    };
    let lowered = Lowered { steps: steps(), maybe_inputs: vec!["profile.data".into()], ..Lowered::default() };
    Settled::new(lowered, records, &tree, places).unwrap()
}

/// `path` now holds `text`; `-` if it is gone, `/` if it is a directory.
fn check(changes: &[(&str, &str)], expect: &str) {
    let seen = |(path, text): &(&str, &str)| {
        let path = FilePath::from(*path);
        let text = if *text == "=" { content(&path.to_string()) } else { (*text).to_owned() };
        let there = text != "-" && text != "/";
        let scanned = FileKind::of(&path).scanned_as().is_some();
        Seen {
            digest: there.then(|| Digest::of(text.as_bytes())),
            mode: None,
            is_dir: text == "/",
            facts: (there && scanned).then(|| facts(&text)),
            texts: there.then(|| [content(&path.to_string()), text].map(|text| CommentBlind::of(text.as_bytes()))),
            offers: None,
            path,
        }
    };
    let found = match settled().impact(&changes.iter().map(seen).collect::<Vec<_>>()) {
        Impact::Nothing => "nothing".to_owned(),
        Impact::Steps(steps) => steps.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Impact::Description(path) => format!("description: {path}"),
    };
    assert_eq!(found, expect, "{changes:?}");
}

#[test]
fn what_holds_what_it_held_means_nothing() {
    check(&[], "nothing");
    check(&[("src/a.c", "="), ("src/a.h", "="), ("obj/a.o", "="), ("README", "=")], "nothing");
    check(&[("README", "other")], "nothing");
}

#[test]
fn edits_reach_who_reads_them_and_what_follows() {
    check(&[("src/a.c", "#include \"a.h\"\nint a = 2;")], "0 3 4");
    check(&[("src/a.c", "\n#include \"a.h\"\nint a;")], "0 3 4");
    check(&[("src/a.h", "int a; // more")], "0 1 3 4");
    check(&[("/sys/stdio.h", "new")], "0 1 3 4");
    check(&[("/sys/stdio.h", "-")], "0 1 3 4");
    check(&[("src/unused.h", "int u; // more")], "nothing");
}

#[test]
fn spoilt_outputs_reach_who_makes_them() {
    check(&[("obj/b.o", "-")], "1 3 4");
    check(&[("lib.a", "spoilt")], "3 4");
    check(&[("bin/p", "-")], "4");
}

#[test]
fn other_words_make_another_description() {
    check(&[("src/a.c", "#include \"b.h\"\nint a;")], "description: src/a.c");
    check(&[("src/a.c", "-")], "description: src/a.c");
    check(&[("src/unused.h", "#include <x>\n")], "description: src/unused.h");
    check(&[("src/m.c", "#if X\nint main(void) { }\n#endif")], "description: src/m.c");
    check(&[("README", "-")], "description: README");
    check(&[("src/names.h", "#define entry2 main")], "description: src/names.h");
    check(&[("src/b.c", "#include \"a.h\"\nint b;\nint entry(void) { return 0; }")], "description: src/b.c");
    check(&[("src/b.c", "#include \"a.h\"\nint b;\nint other(void) { return 0; }")], "1 3 4");
    check(&[("/sys/x.h", "x")], "description: src/m.c");
    check(&[("build/compile_commands.json", "-")], "description: build/compile_commands.json");
    check(&[("build/compile_commands.json", "spoilt")], "description: build/compile_commands.json");
    check(&[("jmake.toml", "[compile]")], "description: jmake.toml");
    check(&[("other.toml", "x")], "description: other.toml");
    check(&[("profile.data", "x")], "description: profile.data");
    check(&[("profile.data", "/")], "description: profile.data");
    check(&[("profile.data", "-")], "nothing");
}

#[test]
fn names_that_come_and_go_count_where_somebody_looks() {
    check(&[("src/new.c", "int n;")], "description: src/new.c");
    check(&[("src/.a.c.swp", "x"), ("src/4913", "x"), ("src/a.c~", "x"), ("src/notes.txt", "x")], "nothing");
    check(&[("src/.gitignore", "x")], "description: src/.gitignore");
    check(&[("src/jmake.toml", "")], "description: src/jmake.toml");
    check(&[("lib", "/")], "description: lib");
    check(&[("/opt/inc/a.h", "x")], "description: /opt/inc/a.h");
    check(&[("/opt/inc/optional", "/")], "description: /opt/inc/optional");
    check(&[("/opt/inc/other.h", "x")], "nothing");
    check(&[("/opt/inc/libz.so", "x")], "description: /opt/inc/libz.so");
    check(&[("/opt/inc/libother.so", "x")], "nothing");
    check(&[("old-build/build.ninja", "x"), ("old-build/x.c", "x")], "nothing");
    check(&[("old-build/build.ninja", "-")], "description: old-build/build.ninja");
    check(&[("src/build.ninja", "x")], "description: src/build.ninja");
    check(&[("build.ninja", "x")], "nothing");
    check(&[("/elsewhere/a.h", "x")], "nothing");
    check(&[("/opt/absent", "/")], "description: /opt/absent");
}

#[test]
fn own_files_are_no_news_but_their_directories_are() {
    check(&[("build/dev/bin/.p.jmake-1-2", "x"), ("build/compile_commands.json", "commands"), (".jmake_cache/state.redb", "x")], "nothing");
    check(&[("build/dev", "-")], "description: build/dev");
}

#[test]
fn what_it_writes_for_itself_is_not_looked_at() {
    let settled = settled();
    for own in [".jmake_cache/state.redb", ".jmake_cache/lock", "build/dev/bin/.p.jmake-1-2", "/elsewhere/a.h"] {
        assert!(!settled.concerns(&own.into()), "{own}");
    }
    for other in ["bin/p", "obj/a.o", "src/new.c", "build/compile_commands.json"] {
        assert!(settled.concerns(&other.into()), "{other}");
    }
}

#[test]
fn a_narrowed_build_holds_only_what_may_run() {
    let narrowed = settled().narrowed(&[0, 3, 4]);
    let outputs: Vec<String> = narrowed.steps.iter().map(StepSpec::name).collect();
    assert_eq!(outputs, ["obj/a.o", "lib.a", "bin/p"]);
    assert_eq!(narrowed.wanted.len(), 3);
    assert_eq!(settled().counts().up_to_date, 5);
}

#[test]
fn what_was_built_again_is_believed() {
    let mut settled = settled();
    let seen = Seen { path: "/sys/stdio.h".into(), digest: Some(Digest::of(b"new")), ..Seen::default() };
    assert_eq!(settled.impact(std::slice::from_ref(&seen)), Impact::Steps(vec![0, 1, 3, 4]));
    let mut records = records();
    for object in ["obj/a.o", "obj/b.o"] {
        read_anew(&mut records, object, "new");
    }
    assert!(settled.absorb(&[0, 1], &records));
    assert_eq!(settled.impact(&[seen]), Impact::Nothing);
    read_also(&mut records, "obj/b.o", "/opt/inc/late.h", Identity::of(Digest::of(b"late")));
    assert!(!settled.absorb(&[1], &records), "nobody watches what is read for the first time");
}

#[test]
fn a_file_that_changed_while_its_readers_ran_is_looked_at_again() {
    let mut settled = settled();
    let of = |text: &str| Seen { path: "/sys/stdio.h".into(), digest: Some(Digest::of(text.as_bytes())), ..Seen::default() };
    let mut records = records();
    read_anew(&mut records, "obj/a.o", "new");
    read_anew(&mut records, "obj/b.o", "newer");
    assert!(settled.absorb(&[0, 1], &records));
    let both = Impact::Steps(vec![0, 1, 3, 4]);
    assert_eq!([settled.impact(&[of("new")]), settled.impact(&[of("newer")])], [both.clone(), both.clone()]);
    read_anew(&mut records, "obj/a.o", "newer");
    assert!(settled.absorb(&[0], &records), "one of them alone settles nothing");
    assert_eq!(settled.impact(&[of("newer")]), both);
    assert!(settled.absorb(&[0, 1], &records));
    assert_eq!([settled.impact(&[of("newer")]), settled.impact(&[of("new")])], [Impact::Nothing, both]);
}

#[test]
fn a_library_is_its_interface_to_those_that_read_no_more() {
    let [old, new, other] = [&b"old"[..], b"new", b"other"].map(Digest::of);
    let of_link = |reading| {
        let mut records = records();
        change(&mut records, "bin/p", |record| record.reading = reading);
        read_also(&mut records, "bin/p", "/opt/libz.so", Identity::of(old));
        settled_of(&records)
    };
    let seen = |then, now| Seen { path: "/opt/libz.so".into(), digest: Some(new), offers: Some([then, now]), ..Seen::default() };
    let link = of_link(Some(Reading::Interface));
    let [same, another] = [(old, old), (old, other)].map(|(then, now)| seen(Offer::Library(then), Offer::Library(now)));
    let whole = seen(Offer::Whole, Offer::Whole);
    assert_eq!(link.impact(std::slice::from_ref(&same)), Impact::Nothing);
    for seen in [another, whole] {
        assert!(matches!(link.impact(&[seen]), Impact::Steps(_)));
    }
    assert!(matches!(of_link(None).impact(&[same]), Impact::Steps(_)));
}

#[test]
fn comments_are_nothing_to_those_that_read_without_them() {
    check(&[("src/a.c", "#include \"a.h\"\nint a;")], "nothing");
    check(&[("src/a.c", "#include \"a.h\"\nint a; // one")], "nothing");
    check(&[("src/a.c", "// one\n#include \"a.h\"\nint a;")], "0 3 4");
    check(&[("src/b.c", "#include \"a.h\"\nint b; // one")], "1 3 4");
    // One of two readers goes by all that it holds.
    check(&[("src/a.h", "int a; // one")], "0 1 3 4");
    // So does who makes it.
    check(&[("obj/a.o", "made obj/a.o // one")], "0 3 4");
}

#[test]
fn where_any_name_counts_any_that_comes_is_news() {
    let mut records = records();
    change(&mut records, "obj/a.o", |record| record.lookups.questions.unknown = true);
    let mut settled = settled();
    let come = |path: &str| Seen { path: path.into(), digest: Some(Digest::of(b"x")), ..Seen::default() };
    let (outside, inside) = (come("/opt/inc/other.h"), come("src/notes.txt"));
    assert_eq!(settled.impact(&[outside.clone(), inside.clone()]), Impact::Nothing);
    assert!(settled.absorb(&[0], &records));
    assert_eq!(settled.impact(std::slice::from_ref(&outside)), Impact::Description(outside.path));
    assert_eq!(settled.impact(std::slice::from_ref(&inside)), Impact::Description(inside.path));
}

#[test]
fn a_header_that_came_during_the_build_is_news_although_a_step_has_read_it() {
    let mut records = records();
    let late = Identity::of(Digest::of(b"late"));
    read_also(&mut records, "obj/b.o", "src/late.h", late);
    let seen = Seen { path: "src/late.h".into(), digest: Some(late.digest), facts: Some(facts("late")), ..Seen::default() };
    assert_eq!(settled_of(&records).impact(&[seen]), Impact::Description("src/late.h".into()));
}

#[test]
fn what_was_learnt_counts_for_the_changes_after_it() {
    let seen = |path: &str, text: &str| {
        [Seen { path: path.into(), digest: Some(Digest::of(text.as_bytes())), facts: Some(facts(text)), ..Seen::default() }]
    };
    let header = seen("src/a.h", "int a; int more(void);");
    let main = seen("src/m.c", "#if X\nint more(void) { return 1; }\nint main(void) {}\n#endif");
    let mut settled = settled();
    assert_eq!(settled.impact(&header), Impact::Steps(vec![0, 1, 3, 4]));
    settled.learn(&header);
    assert!(names::meet(&settled.files, &main), "the header declares it by now");
}
