//! Sketches of files, what is seen of them, and what is written of that.

use serde_json::json;

use super::*;
use crate::engine::cxx::declarations::DeclarationKind;
use crate::engine::discover::{FileEntry, Language, Source};
use crate::engine::scan::kind::FileKind;

/// `a.c: a.h b.h; b.h: c.h`, each file with what it includes; those in `.c` are sources.
fn found(text: &str) -> Discovery {
    let mut discovery = Discovery::default();
    for line in text.split(';').filter(|line| !line.trim().is_empty()) {
        let (file, includes) = line.trim().split_once(':').unwrap();
        let (path, includes): (FilePath, Vec<FilePath>) = (file.into(), includes.split_whitespace().map(Into::into).collect());
        match file.strip_suffix(".c") {
            Some(_) => discovery.sources.push(Source { path: path.clone(), language: Language::C }),
            None => discovery.headers.push(path.clone()),
        }
        discovery.includes.insert(path, includes);
    }
    discovery
}

fn declares(line: u32, kind: DeclarationKind, name: &str) -> Declaration {
    Declaration { line, kind, name: name.to_owned(), signature: String::new(), template: false, defined: true }
}

fn seen(source: &str, declared: &[(&str, Declaration)], troubles: &[(&str, u32, &str)]) -> Seen {
    let mut declarations = Declarations::new();
    for (file, declaration) in declared {
        declarations.entry((*file).into()).or_default().push(declaration.clone());
    }
    let troubles = troubles.iter().map(|(file, line, what)| Trouble { file: (*file).into(), line: *line, what: (*what).to_owned() });
    Seen { source: source.into(), declarations: Arc::new(declarations), troubles: troubles.collect(), cached: false }
}

#[test]
fn files_are_told_with_what_all_sources_see_of_them() {
    let discovery = found("a.c: x.h; b.c: x.h; x.h:; lone.h:");
    let (f, g) = (declares(1, DeclarationKind::Function, "f"), declares(2, DeclarationKind::Struct, "g"));
    let all = [
        seen("a.c", &[("x.h", f.clone()), ("a.c", g.clone())], &[]),
        seen("b.c", &[("x.h", f.clone()), ("x.h", g.clone())], &[("x.h", 3, "no"), ("x.h", 3, "no")]),
    ];
    let graph = SourceGraph::of(&discovery, &Tree::default(), Some(&all));
    let told = |path: &str| graph.files.iter().find(|file| file.path == path.into()).unwrap();
    assert_eq!(told("x.h").declarations, [f, g.clone()]);
    assert_eq!((&told("x.h").troubles, told("x.h").is_header), (&vec![(3, "no".to_owned())], true));
    assert_eq!((told("a.c").declarations.as_slice(), told("a.c").is_header), (&[g][..], false));
    let unseen = |text: &str| SourceGraph::of(&found(text), &Tree::default(), Some(&[])).unseen().unwrap_or_default();
    assert_eq!(graph.unseen().unwrap(), "lone.h is included by no source that is compiled: what it declares is not known");
    assert_eq!(unseen("a.c: x.h; x.h:"), "");
    assert!(unseen("a.h:; b.h:").starts_with("a.h, b.h are included"));
    assert!(unseen("a.h:; b.h:; c.h:; d.h:; e.h:").starts_with("a.h, b.h, c.h and 2 more are included"));
    assert!(graph.is_troubled() && !graph.cached);
    assert!(SourceGraph::of(&discovery, &Tree::default(), None).unseen().is_none(), "nobody asked");
}

#[test]
fn the_file_has_the_words_of_the_original() {
    let discovery = found("a.c: x.h; x.h: y.h; y.h:");
    let mut file = FileEntry { path: "a.c".into(), kind: FileKind::of(&"a.c".into()), facts: Arc::default() };
    file.facts = Arc::new(crate::engine::scan::source::scan(b"#include <stdio.h>\n#include \"x.h\"\n", Language::C));
    let tree = Tree { files: vec![file], ..Tree::default() };
    let function = Declaration { signature: "int (void)".to_owned(), ..declares(4, DeclarationKind::Function, "f") };
    let all = [seen("a.c", &[("a.c", function), ("a.c", declares(1, DeclarationKind::Namespace, "n"))], &[("a.c", 9, "no")])];
    let whole = written(&SourceGraph::of(&discovery, &tree, Some(&all)), true);
    let expect = json!({
        "is_header": false,
        "includes": ["stdio.h", "x.h"],
        "resolved_includes": ["x.h"],
        "namespaces": [{ "name": "n", "line": 1 }],
        "classes": [],
        "functions": [{ "name": "f", "line": 4, "kind": "function", "template": false, "definition": true, "type": "int (void)" }],
        "errors": [{ "line": 9, "message": "no" }],
    });
    assert_eq!(whole["files"]["a.c"], expect);
    assert_eq!(whole["include_graph"], json!({ "a.c": ["x.h"], "x.h": ["y.h"], "y.h": [] }));
    assert_eq!(whole["reverse_graph"], json!({ "a.c": [], "x.h": ["a.c"], "y.h": ["x.h"] }));
    assert_eq!(whole["compilation_order"], json!(["y.h", "x.h", "a.c"]));
    let plain = written(&SourceGraph::of(&discovery, &tree, None), true);
    assert_eq!(plain["files"]["a.c"].as_object().unwrap().len(), 3, "clang was not asked");
    for (text, expect) in [(whole.to_string(), true), (plain.to_string(), true), ("{}".to_owned(), false), ("int x;".to_owned(), false)] {
        assert_eq!(is_graph(text.as_bytes()), expect, "{text}");
    }
}

#[test]
fn the_order_is_that_of_need_also_in_circles_and_long_chains() {
    let order = |text: &str| {
        let whole = written(&SourceGraph::of(&found(text), &Tree::default(), None), true);
        whole["compilation_order"].as_array().unwrap().iter().map(|path| path.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(order("a.h: b.h; b.h: c.h; c.h: a.h"), ["c.h", "b.h", "a.h"]);
    assert_eq!(order("a.c: z.h y.h; y.h:; z.h: y.h"), ["y.h", "z.h", "a.c"]);
    let chain: String = (0..20_000).map(|at| format!("{at:05}.h: {:05}.h;", at + 1)).collect();
    assert_eq!(order(&chain).len(), 20_000);
}
