//! `jmake graph`: targets and steps, and what each needs.

use serde_json::Value;

use crate::support::{Space, llvm_bin};

/// A library, a program that links it, and a test.
const PROJECT: &[(&str, &str)] = &[
    ("jmake.toml", "project.name = 'calc'\n"),
    ("include/add.h", "int add(int a, int b);\n"),
    ("src/add.c", "#include \"add.h\"\nint add(int a, int b) { return a + b; }\n"),
    ("src/two.c", "int two(void) { return 2; }\n"),
    ("app/main.c", "#include \"add.h\"\nint main(void) { return add(1, -1); }\n"),
    ("tests/add_test.c", "#include \"add.h\"\nint main(void) { return add(1, 1) - 2; }\n"),
];

/// The names in a list of JSON strings.
fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

fn target<'a>(graph: &'a Value, name: &str) -> &'a Value {
    let found = graph["targets"].as_array().unwrap().iter().find(|target| target["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {graph:#}"))
}

#[test]
fn targets_and_steps_are_shown_and_nothing_is_built() {
    let space = Space::with(PROJECT);
    let graph = space.jmake(&["graph", "--json"]).ok().object();
    assert!(!space.exists("build") && !space.exists(".jmake_cache"), "a graph writes nothing");
    let library = target(&graph, "libcalc");
    assert_eq!((&library["kind"], names(&library["artifacts"])), (&"shared_library".into(), vec!["build/dev/lib/libcalc.so"]));
    assert_eq!(target(&graph, "add_test")["group"], "test");
    assert_eq!(names(&target(&graph, "calc")["depends_on"]), ["libcalc"], "{graph:#}");

    let steps = graph["steps"].as_array().unwrap();
    let step = |label: &str| steps.iter().find(|step| step["label"] == label).unwrap_or_else(|| panic!("no {label} in {graph:#}"));
    let compile = step("src/add.c");
    assert_eq!((&compile["kind"], names(&compile["inputs"])), (&"compile".into(), vec!["src/add.c"]));
    let link = step("build/dev/lib/libcalc.so");
    assert!(names(&link["depends_on"]).contains(&names(&compile["outputs"])[0]), "{link:#}");
    for step in steps {
        let makers = names(&step["depends_on"]);
        assert!(makers.iter().all(|name| steps.iter().any(|other| names(&other["outputs"])[0] == *name)), "{step:#}");
    }
    // A build has the same steps.
    assert_eq!(space.build(&["--all"]).ok().count("total"), steps.len() as u64);
    space
        .jmake(&["graph"])
        .ok()
        .says("libcalc (shared_library)")
        .says("add_test (executable, test), needs libcalc")
        .says("  compile  src/two.c\n")
        .says("add_test.c.o, .jmake_cache/obj/dev/calc/@project.a\n");
}

#[test]
fn graphviz_gets_all_steps_with_their_arrows() {
    let space = Space::with(PROJECT);
    space.write("src/an \"odd\" name.c", "int odd;\n");
    let run = space.jmake(&["graph", "--dot"]).ok();
    run.says("digraph jmake {").says(r#"[label = "compile\nsrc/an \"odd\" name.c"];"#).says(" -> s");
    space.jmake(&["graph", "--dot", "--json"]).exits(2);
}

#[test]
fn a_source_that_may_be_a_program_is_shown_as_one_and_that_is_said() {
    let space = Space::with(&[("a.c", "#ifdef MAIN\nint main(void) { return 0; }\n#endif\nint a;\n"), ("b.c", "int b;\n")]);
    space.jmake(&["graph"]).ok().says("a.c is shown as a program: whether it is one, its object tells").says("  link ");
}

#[test]
fn where_there_is_nothing_to_build_that_is_said() {
    let space = Space::with(&[("README", "nothing")]);
    space.jmake(&["graph"]).exits(2).says("nothing to build");
}

/// Sources and headers with all that there is to declare.
const SHAPES: &[(&str, &str)] = &[
    (
        "include/shapes.h",
        "#pragma once\n#include <cstddef>\nnamespace geo {\nclass Shape {\npublic:\n    virtual ~Shape() = default;\n    virtual double area() const = 0;\n    \
         struct Options {\n        enum class Unit { metre };\n        Unit unit() const;\n    };\n};\ntemplate <class T>\nT twice(T x) { return x + x; }\n}\n",
    ),
    (
        "src/circle.cpp",
        "#include \"shapes.h\"\nnamespace {\nint hidden() { return 1; }\n}\nnamespace geo {\nShape::Options::Unit Shape::Options::unit() const { return {}; }\n\
         int circle() { return twice(hidden()); }\n}\n",
    ),
    (
        "src/square.cpp",
        "#include \"shapes.h\"\n#define MAKE(n) int make_##n() { return 0; }\nMAKE(square)\nextern \"C\" int plain(int x) { return x; }\n",
    ),
    (
        "src/old.c",
        "typedef struct { int x; } point;\nunion both { int i; float f; };\nstatic int inner(point p) { return p.x; }\nint old(void) { point p = {1}; return inner(p); }\n",
    ),
];

/// What a file declares, each as `line kind name`.
fn declared(graph: &Value, path: &str) -> Vec<String> {
    let file = graph["files"].as_array().unwrap().iter().find(|file| file["path"] == path).unwrap_or_else(|| panic!("no {path}"));
    let of = |list: &str| file[list].as_array().unwrap().clone();
    let all = [of("namespaces"), of("classes"), of("functions")].concat();
    all.iter().map(|it| format!("{} {} {}", it["line"], it["kind"].as_str().unwrap(), it["name"].as_str().unwrap())).collect()
}

/// Hits and misses of the cache of trees.
fn trees(space: &Space) -> (u64, u64) {
    let status = space.jmake(&["status", "--json"]).ok().object();
    let cache = status["caches"].as_array().unwrap().iter().find(|cache| cache["name"] == "syntax_trees").unwrap().clone();
    (cache["hits"].as_u64().unwrap(), cache["misses"].as_u64().unwrap())
}

const HEADER: [&str; 8] = [
    "3 namespace geo",
    "4 class geo::Shape",
    "8 struct geo::Shape::Options",
    "9 enum geo::Shape::Options::Unit",
    "6 destructor geo::Shape::~Shape",
    "7 method geo::Shape::area",
    "10 method geo::Shape::Options::unit",
    "14 function geo::twice",
];

#[test]
fn files_say_what_they_declare_by_the_compilers_word() {
    for version in [None, Some("14"), Some("19")] {
        if version.is_some_and(|version| llvm_bin(version.parse().unwrap()).is_none()) {
            continue;
        }
        let space = Space::with(SHAPES);
        let arguments =
            ["graph", "--symbols", "--json"].into_iter().chain(version.into_iter().flat_map(|version| ["--toolchain", version]));
        let graph = space.jmake(&arguments.collect::<Vec<_>>()).ok().object();
        assert_eq!(declared(&graph, "include/shapes.h"), HEADER, "{version:?}");
        let circle = [
            "2 namespace (anonymous namespace)",
            "5 namespace geo",
            "3 function (anonymous namespace)::hidden",
            "6 method geo::Shape::Options::unit",
            "7 function geo::circle",
        ];
        assert_eq!(declared(&graph, "src/circle.cpp"), circle, "{version:?}");
        assert_eq!(declared(&graph, "src/square.cpp"), ["3 function make_square", "4 function plain"]);
        assert_eq!(declared(&graph, "src/old.c"), ["1 struct point", "2 union both", "3 function inner", "4 function old"]);
        assert!(!graph.to_string().contains("nullptr_t"), "the system's headers are none of the project's files");
        assert!(!space.exists("build") && !space.exists(".jmake_cache"), "nothing is written into the project");
    }
    let space = Space::with(SHAPES);
    space.jmake(&["graph", "--symbols"]).ok().says("\ninclude/shapes.h\n").says("    14 template function geo::twice  T (T)\n");
}

#[test]
fn what_is_known_of_a_source_is_asked_again_only_when_what_it_read_changed() {
    let space = Space::with(SHAPES);
    let look = || space.jmake(&["graph", "--symbols", "--json"]).ok().object();
    let first = look();
    assert_eq!(trees(&space), (0, 3));
    assert_eq!(look(), first);
    assert_eq!(trees(&space), (3, 3));

    space.jmake(&["daemon", "stop"]).ok();
    assert_eq!(look(), first);
    assert_eq!(trees(&space), (3, 0), "the daemon that came after knows it");

    // A comment moves lines, and so counts here.
    space.edit("include/shapes.h", "#pragma once\n", "#pragma once\n// one more line\n");
    let moved = HEADER.map(|line| line.split_once(' ').map(|(at, rest)| format!("{} {rest}", at.parse::<u32>().unwrap() + 1)).unwrap());
    assert_eq!(declared(&look(), "include/shapes.h"), moved);
    // A header that comes to where it is looked for first hides the other one.
    space.write("src/shapes.h", "namespace other {}\n");
    space.jmake(&["graph", "--symbols", "--json"]).exits(1);
    space.remove("src/shapes.h");
    assert_eq!(declared(&look(), "include/shapes.h"), moved);
    space.write("jmake.toml", "compile.defines = { MAKE_MORE = '1' }\n");
    space.edit("src/old.c", "int old", "#ifdef MAKE_MORE\nint more;\nint more_of_it(void);\n#endif\nint old");
    assert!(declared(&look(), "src/old.c").contains(&"6 function more_of_it".to_owned()));
}

#[test]
fn a_file_that_clang_cannot_read_is_told_with_its_errors_and_the_others_are_there() {
    let space = Space::with(SHAPES);
    space.write("src/broken.cpp", "#include \"shapes.h\"\nint good() { return 1; }\nint bad() { return no_such_thing; }\nvoid after();\n");
    let run = space.jmake(&["graph", "--symbols", "--json"]).exits(1);
    let graph = run.object();
    let file = graph["files"].as_array().unwrap().iter().find(|file| file["path"] == "src/broken.cpp").unwrap();
    let errors = file["errors"].as_array().unwrap();
    assert_eq!((errors.len(), &errors[0]["line"]), (1, &3.into()), "{file:#}");
    assert!(errors[0]["message"].as_str().unwrap().contains("no_such_thing"), "{file:#}");
    assert_eq!(declared(&graph, "src/broken.cpp"), ["2 function good", "3 function bad", "4 function after"], "what clang makes of it");
    assert_eq!(declared(&graph, "src/square.cpp").len(), 2);
    space.jmake(&["graph", "--symbols"]).exits(1).says("     3 error: use of undeclared identifier 'no_such_thing'");
    space.jmake(&["graph"]).ok();
    space.edit("src/broken.cpp", "no_such_thing", "0");
    space.jmake(&["graph", "--symbols"]).ok();
}

#[test]
fn a_header_that_no_source_includes_is_named_and_one_that_two_see_differently_is_told_whole() {
    let space = Space::with(&[
        ("a.c", "#define A 1\n#include \"x.h\"\nint a;\n"),
        ("b.c", "#include \"x.h\"\nint b;\n"),
        ("x.h", "#ifdef A\nint only_a(void);\n#else\nint only_b(void);\n#endif\n"),
        ("lone.h", "int nobody(void);\n"),
    ]);
    let graph = space.jmake(&["graph", "--symbols", "--json"]).ok().object();
    assert_eq!(declared(&graph, "x.h"), ["2 function only_a", "4 function only_b"]);
    assert_eq!(declared(&graph, "lone.h"), [""; 0]);
    space.jmake(&["graph", "--symbols"]).ok().says("lone.h is included by no source that is compiled: what it declares is not known");
}

/// What a file holds, as JSON.
fn json(space: &Space, path: &str) -> Value {
    serde_json::from_slice(&space.read(path)).unwrap()
}

#[test]
fn the_graph_of_files_is_written_where_the_settings_want_it() {
    let space = Space::with(SHAPES);
    space.write("jmake.toml", "discovery.dependency_graph_file = '.jmake_cache/dependency_graph.json'\n");
    space.jmake(&["discover"]).ok();
    let graph = json(&space, ".jmake_cache/dependency_graph.json");
    assert_eq!(graph["include_graph"]["src/circle.cpp"], serde_json::json!(["include/shapes.h"]));
    assert_eq!(graph["compilation_order"][0], "include/shapes.h");
    assert_eq!(names(&graph["reverse_graph"]["include/shapes.h"]), ["src/circle.cpp", "src/square.cpp"]);
    let header = &graph["files"]["include/shapes.h"];
    assert_eq!((&header["includes"], &header["classes"][0]["name"]), (&serde_json::json!(["cstddef"]), &"geo::Shape".into()));
    let misses = trees(&space).1;
    space.jmake(&["build", "circle"]).exits(2);
    space.edit("jmake.toml", "'\n", "'\ndiscovery.parse_ast = false\n");
    space.jmake(&["discover"]).ok();
    assert_eq!(trees(&space).1, misses, "clang is not asked");
    let plain = json(&space, ".jmake_cache/dependency_graph.json");
    assert_eq!((&plain["include_graph"], &plain["files"]["src/old.c"]["functions"]), (&graph["include_graph"], &Value::Null));
    // No file of the user's is lost by a slip.
    space.edit("jmake.toml", ".jmake_cache/dependency_graph.json", "src/old.c");
    space.jmake(&["discover"]).ok().says("the dependency graph was not written").says("something else lies");
    assert!(space.read("src/old.c").starts_with(b"typedef"));
}

#[test]
fn a_job_walks_the_trees_and_its_result_is_known_the_next_time() {
    let space = Space::with(SHAPES);
    space.write("src/broken.c", "int broken(void) { return nothing; }\n");
    space.write(
        "jmake.toml",
        "discovery.dependency_graph_file = 'graph.json'\n\
         [[jobs]]\nid = 'walk'\ncallback = 'walk_ast_dependencies'\nargs = { path = '{{project.root}}', include_dirs = ['no/such/dir'] }\n\
         [[jobs]]\nid = 'say'\ncallback = 'command'\ndepends_on = ['walk']\ntarget_section = 'custom.said'\n\
         args.argv = ['echo', 'known: {{jobs.walk.result.cached}}', '{{jobs.walk.result.nodes}}']\n",
    );
    let text = |space: &Space| String::from_utf8(space.read("jmake.toml")).unwrap();
    space.jmake(&["jobs", "run"]).ok();
    assert!(text(&space).contains("said = \"known: false include/shapes.h src/broken.c src/circle.cpp"), "{}", text(&space));
    assert_eq!(json(&space, "graph.json")["files"]["src/broken.c"]["errors"][0]["line"], 1);
    space.remove("src/broken.c");
    space.jmake(&["jobs", "run"]).ok();
    space.jmake(&["jobs", "run"]).ok();
    assert!(text(&space).contains("said = \"known: true include/shapes.h src/circle.cpp src/old.c src/square.cpp\""), "{}", text(&space));
    space.jmake(&["jobs", "list", "--functions"]).ok().says("walk_ast_dependencies");
}
