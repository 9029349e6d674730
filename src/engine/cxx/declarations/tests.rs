//! Trees as clang 19 wrote them (indentation aside), and small ones by hand.

use super::*;

/// Of `shapes.cpp`, which includes `shapes.h`.
const SHAPES: &str = include_str!("tests/shapes.json");

fn read(text: &str) -> Result<Declarations, Unreadable> {
    let mut reader =
        Reader::new(|name| (!name.starts_with('/') && !name.starts_with('<')).then(|| FilePath::from(name.trim_start_matches("./"))));
    text.lines().for_each(|line| reader.line(line.as_bytes()));
    reader.finish()
}

/// Each declaration as a line.
fn shown(declarations: &[Declaration]) -> String {
    let line = |it: &Declaration| {
        let template = if it.template { "template " } else { "" };
        let signature = if it.signature.is_empty() { String::new() } else { format!(" {}", it.signature) };
        let declared = if it.defined { "" } else { " (declared)" };
        format!("{} {template}{} {}{signature}{declared}\n", it.line, it.kind.name(), it.name)
    };
    declarations.iter().map(line).collect()
}

#[test]
fn a_header_and_a_source_say_what_they_declare_with_its_lines() {
    let all = read(SHAPES).unwrap();
    assert_eq!(all.keys().map(ToString::to_string).collect::<Vec<_>>(), ["shapes.cpp", "shapes.h"]);
    let header = "\
        2 namespace geo\n\
        3 class geo::Shape\n\
        5 destructor geo::Shape::~Shape void () noexcept\n\
        6 method geo::Shape::area double () const (declared)\n\
        7 function geo::same bool (const Shape &, const Shape &) (declared)\n\
        12 template struct geo::Box\n\
        14 method geo::Box::get T () const (declared)\n\
        15 method geo::Box::size int () const\n";
    assert_eq!(shown(&all[&"shapes.h".into()]), header);
    let source = "\
        2 namespace geo\n\
        3 namespace geo::(anonymous namespace)\n\
        4 struct geo::(anonymous namespace)::Circle\n\
        5 enum geo::(anonymous namespace)::Circle::Fill\n\
        6 method geo::(anonymous namespace)::Circle::area double () const (declared)\n\
        9 method geo::(anonymous namespace)::Circle::area double () const\n\
        11 method geo::Box::get T () const\n\
        13 struct geo::Box<char>\n\
        13 method geo::Box<char>::narrow int () (declared)\n\
        15 template struct geo::Box<T *>\n\
        17 template function geo::twice T (T)\n\
        19 function geo::twice<int> int (int)\n\
        22 function make_one int ()\n\
        23 function plain int (int)\n\
        24 struct Point\n";
    assert_eq!(shown(&all[&"shapes.cpp".into()]), source);
}

/// A tree of these lines in a translation unit, each of which is a node.
fn unit(nodes: &[&str]) -> String {
    format!("{{\n\"kind\": \"TranslationUnitDecl\",\n\"loc\": {{}},\n\"inner\": [\n{}\n]\n}}\n", nodes.join(",\n"))
}

fn function(loc: &str, name: &str, inner: &str) -> String {
    format!("{{\n\"id\": \"0x1\",\n\"kind\": \"FunctionDecl\",\n\"loc\": {{\n{loc}\n}},\n\"name\": \"{name}\"{inner}\n}}")
}

#[test]
fn a_place_is_said_only_where_it_changes_wherever_in_the_tree_that_was() {
    let at = |file: &str, line: &str| format!("\"offset\": 1,\n{file}{line}\"col\": 1,\n\"includedFrom\": {{\n\"file\": \"z.c\"\n}}");
    let check = |nodes: &[String], expect: &[(&str, u32, &str)]| {
        let all = read(&unit(&nodes.iter().map(String::as_str).collect::<Vec<_>>())).unwrap();
        let found =
            all.iter().flat_map(|(file, list)| list.iter().map(|it| (file.to_string(), it.line, it.name.clone()))).collect::<Vec<_>>();
        let expect: Vec<_> = expect.iter().map(|(file, line, name)| ((*file).to_owned(), *line, (*name).to_owned())).collect();
        assert_eq!(found, expect);
    };
    let (file, line) = ("\"file\": \"a.c\",\n", "\"line\": 3,\n");
    let plain = |name: &str, file: &str, line: &str| function(&at(file, line), name, "");
    check(&[plain("f", file, line), plain("g", "", "\"line\": 5,\n")], &[("a.c", 3, "f"), ("a.c", 5, "g")]);
    check(&[plain("f", file, line), plain("g", "", "")], &[("a.c", 3, "f"), ("a.c", 3, "g")]);
    // Deep in a body, where nothing else is looked at, another file and another line are said.
    let body = "{\n\"kind\": \"CompoundStmt\",\n\"inner\": [\n{\n\"kind\": \"CallExpr\",\n\"range\": {\n\"begin\": {\n\"offset\": 2,\n\"file\": \"b.h\",\n\
        \"line\": 9,\n\"col\": 2\n},\n\"end\": {}\n}\n}\n]\n}";
    let with_body = function(&at(file, line), "f", &format!(",\n\"inner\": [\n{body}\n]"));
    check(&[with_body, plain("g", "", "")], &[("a.c", 3, "f"), ("b.h", 9, "g")]);
    // What a macro makes is where the macro is used; the place where it is spelled counts as said, too.
    let macros = "\"spellingLoc\": {\n\"offset\": 1,\n\"file\": \"m.h\",\n\"line\": 2,\n\"col\": 1\n},\n\"expansionLoc\": {\n\"offset\": 7,\n\
        \"file\": \"a.c\",\n\"line\": 8,\n\"col\": 1\n}";
    check(
        &[plain("f", file, line), function(macros, "made", ""), plain("g", "", "")],
        &[("a.c", 3, "f"), ("a.c", 8, "g"), ("a.c", 8, "made")],
    );
    // Another file of the system is none of the project's.
    check(&[plain("f", "\"file\": \"/usr/include/x.h\",\n", line), plain("g", "", "")], &[]);
}

#[test]
fn a_tree_that_is_cut_off_or_is_none_is_no_answer() {
    let whole = unit(&[]);
    assert_eq!(read(&whole), Ok(Declarations::new()));
    for (text, expect) in [
        ("", Unreadable::Strange),
        ("error: no\n", Unreadable::Strange),
        ("[\n]\n", Unreadable::Strange),
        ("{\n\"kind\": \"FunctionDecl\"\n}\n", Unreadable::Strange),
        ("}\n", Unreadable::Strange),
        (&whole[..whole.len() - 3], Unreadable::Cut),
        (&whole.repeat(2), Unreadable::Strange),
    ] {
        assert_eq!(read(text), Err(expect), "{text}");
    }
    for length in (0..SHAPES.len()).step_by(997) {
        assert!(read(SHAPES.get(..length).unwrap_or_default()).is_err(), "{length}");
    }
}

#[test]
fn a_tree_may_be_deeper_than_any_stack() {
    let (open, close) = ("{\n\"kind\": \"BinaryOperator\",\n\"inner\": [\n", "\n]\n}");
    let deep = format!("{}{{\n\"kind\": \"IntegerLiteral\"\n}}{}", open.repeat(100_000), close.repeat(100_000));
    assert_eq!(read(&unit(&[&deep])), Ok(Declarations::new()));
}

#[test]
fn what_two_compiles_see_of_a_header_is_united() {
    let of = |line: u32, kind: DeclarationKind, name: &str| Declaration {
        line,
        kind,
        name: name.to_owned(),
        signature: String::new(),
        template: false,
        defined: true,
    };
    let (f, g) = (of(4, DeclarationKind::Function, "f"), of(2, DeclarationKind::Function, "g"));
    let n = |line| of(line, DeclarationKind::Namespace, "n");
    let mut all = Declarations::from([("a.h".into(), vec![n(1), f.clone()])]);
    unite(&mut all, Declarations::from([("a.h".into(), vec![n(1), g.clone(), f.clone(), n(7)]), ("b.h".into(), vec![g.clone()])]));
    assert_eq!(all[&"a.h".into()], [n(1), g.clone(), f]);
    assert_eq!(all[&"b.h".into()], [g]);
}
