//! Graphs as people and Graphviz see them.

use super::*;
use crate::wire::{DeclarationReply, GraphFile, StepKind, TroubleReply, decode_line, encode_reply};

fn step(kind: StepKind, label: &str, target: &str, output: &str, depends_on: &[&str]) -> GraphStep {
    GraphStep {
        kind,
        label: label.to_owned(),
        target: target.to_owned(),
        inputs: Vec::new(),
        after: Vec::new(),
        outputs: vec![output.into()],
        depends_on: depends_on.iter().map(|name| (*name).into()).collect(),
    }
}

fn target(name: &str, kind: &str, depends_on: &[&str]) -> GraphTarget {
    let depends_on = depends_on.iter().map(|name| (*name).to_owned()).collect();
    GraphTarget { name: name.to_owned(), kind: kind.to_owned(), depends_on, ..GraphTarget::default() }
}

fn graph() -> GraphReply {
    GraphReply {
        root: "/p".into(),
        targets: vec![
            GraphTarget { group: Some("test".to_owned()), ..target("a", "executable", &["z"]) },
            target("z", "static_library", &[]),
        ],
        steps: vec![
            step(StepKind::Compile, "z.c", "z", "z.o", &[]),
            step(StepKind::Compile, "y.c", "z", "y.o", &[]),
            step(StepKind::Archive, "libz.a", "z", "libz.a", &["z.o", "y.o"]),
            step(StepKind::Compile, "a.c", "a", "a.o", &[]),
            step(StepKind::Link, "bin/a", "a", "bin/a", &["a.o", "libz.a"]),
        ],
        files: Vec::new(),
        notes: vec!["hm".to_owned()],
    }
}

/// What is shown of what a daemon sends.
fn shown(reply: GraphReply, dot: bool, verbose: bool) -> String {
    let mut show = Graph::new(dot, verbose);
    for raw in encode_reply(Reply::Graph(reply)).split_inclusive(|&byte| byte == b'\n') {
        show.line(&decode_line(raw).unwrap(), raw);
    }
    let out = show.screen.take().into_iter().filter(|(stream, _)| *stream == Stream::Out);
    String::from_utf8(out.flat_map(|(_, bytes)| bytes).collect()).unwrap()
}

#[test]
fn targets_come_with_their_steps_and_what_these_take() {
    let expect = "project /p: 2 targets, 5 steps\n\
        \na (executable, test), needs z\n  compile  a.c\n  link     bin/a  ← a.o, libz.a\n\
        \nz (static_library)\n  compile  z.c\n  compile  y.c\n  archive  libz.a  ← 2 steps above\n\nnote: hm\n";
    assert_eq!(shown(graph(), false, false), expect);
}

#[test]
fn steps_of_other_targets_are_counted_by_target() {
    let mut graph = graph();
    graph.steps[4].depends_on.splice(1.., ["z.o", "y.o"].map(Into::into));
    let out = shown(graph, false, false);
    assert!(out.contains("  link     bin/a  ← a.o, 2 steps of z\n"), "{out}");
}

#[test]
fn long_targets_show_their_beginning_and_what_they_are_for() {
    let mut many = GraphReply { targets: vec![target("z", "static_library", &[])], ..GraphReply::default() };
    many.steps = (0..30).map(|at| step(StepKind::Compile, &format!("{at}.c"), "z", &format!("{at}.o"), &[])).collect();
    many.steps.push(step(StepKind::Archive, "libz.a", "z", "libz.a", &[]));
    let short = shown(many.clone(), false, false);
    assert!(short.contains("18.c\n  … 11 more (-v)\n  archive  libz.a\n") && !short.contains("19.c"), "{short}");
    assert!(shown(many, false, true).contains("29.c"));
}

#[test]
fn graphviz_gets_clusters_boxes_and_arrows() {
    let out = shown(graph(), true, false);
    for part in [
        "digraph jmake {\n",
        "  subgraph cluster_1 {\n    label = \"z\\n(static_library)\";\n    s0 [label = \"compile\\nz.c\"];\n",
        "  s0 -> s2;\n  s1 -> s2;\n  s3 -> s4;\n  s2 -> s4;\n}\n",
    ] {
        assert!(out.contains(part), "{part} is not in {out}");
    }
    assert!(!out.contains("hm"), "remarks are no part of the graph");
}

#[test]
fn no_name_breaks_out_of_its_quotes() {
    let odd = "a\" ]; }\\\n{Q\u{1b}";
    let mut graph = GraphReply { targets: vec![target(odd, "executable", &[])], ..GraphReply::default() };
    graph.steps.push(step(StepKind::Compile, odd, odd, "o", &[]));
    let out = shown(graph, true, false);
    assert!(out.contains(r#"s0 [label = "compile\na\" ]; }\\\\n{Q\\u{1b}"];"#), "{out}");
    // Outside of quotes there is nothing but the language.
    let mut outside = String::new();
    let (mut inside, mut escaped) = (false, false);
    for character in out.chars() {
        match (inside, escaped, character) {
            (_, true, _) => escaped = false,
            (true, _, '\\') => escaped = true,
            (_, _, '"') => inside = !inside,
            (false, ..) => outside.push(character),
            _ => {}
        }
    }
    assert!(!inside && outside.matches('{').count() == outside.matches('}').count() && !outside.contains('Q'), "{outside}");
}

fn declares(line: u32, kind: &str, name: &str) -> DeclarationReply {
    DeclarationReply { name: name.to_owned(), kind: kind.to_owned(), line, definition: true, ..DeclarationReply::default() }
}

#[test]
fn files_come_with_what_they_declare_in_the_order_of_lines() {
    let header = GraphFile {
        path: "n.h".into(),
        namespaces: vec![declares(1, "namespace", "n")],
        classes: vec![DeclarationReply { template: true, ..declares(2, "struct", "n::S") }],
        functions: (0..30)
            .map(|at| DeclarationReply {
                definition: at > 0,
                r#type: "void ()".to_owned(),
                ..declares(3 + at, "function", &format!("n::f{at}"))
            })
            .collect(),
        ..GraphFile::default()
    };
    let errors = vec![TroubleReply { line: 7, message: "no \u{1b}".to_owned() }, TroubleReply { line: 0, message: "gone".to_owned() }];
    let source = GraphFile { path: "a.c".into(), includes: vec!["n.h".into()], errors, ..GraphFile::default() };
    let files = GraphReply { files: vec![source, header], ..GraphReply::default() };
    let out = shown(files.clone(), false, false);
    let expect = "\na.c\n  includes n.h\n     7 error: no \\u{1b}\n       error: gone\n\
        \nn.h\n     1 namespace n\n     2 template struct n::S\n     3 function n::f0  void ()  (declared)\n     4 function n::f1  void ()\n";
    assert!(out.contains(expect) && out.ends_with("    20 function n::f17  void ()\n       … 12 more (-v)\n"), "{out}");
    assert!(shown(files.clone(), false, true).contains("n::f29"));
    let dot = shown(files, true, false);
    assert!(dot.contains("  f1 -> f0;\n  f1 [shape = note, label = \"n.h\\n1 classes, 30 functions\"];\n"), "{dot}");
}
