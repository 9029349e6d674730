//! The file that the original wrote when it was given nothing, with every key at its own value: it builds, and only what nothing is made of
//! is told of.

use crate::support::{Space, llvm_bin};

const FILE: &str = r#"version = "0.1.0"
last_updated = "2025-10-02T12:00:00"

[project]
name = "geom"
root = "ROOT"

[discovery]
enabled = true
scan_recursive = true
max_depth = 10
exclude_dirs = ["build", ".git", ".cache", "node_modules"]
follow_symlinks = false
log_all_files = true
parse_ast = true
walk_dependencies = true
dependency_graph_file = ""
completed = true
timestamp = "2025-10-02T12:00:00"
include_dirs = ["ROOT/include"]

[discovery.files]
cpp_sources = ["src/area.cpp", "src/hull.cpp"]
cpp_headers = ["include/geom.hpp"]
c_sources = []
c_headers = []
total_scanned = 3

[discovery.binaries]
executables = []
static_libs = []
shared_libs = []
total = 0

[reorganize]
enabled = false
create_structure = true
sort_by_type = true
preserve_hierarchy = false

[reorganize.target_structure]
cpp_sources = "src"
cpp_headers = "include"
c_sources = "src"
c_headers = "include"
julia_files = "julia"
config_files = "config"
docs = "docs"

[compile]
enabled = true
output_dir = "build/ir"
flags = ["-std=c++17", "-fPIC"]
include_dirs = []
emit_ir = true
emit_bc = false
parallel = true

[compile.defines]

[link]
enabled = true
output_dir = "build/linked"
optimize = true
opt_level = "O2"
opt_passes = []
lto = false

[binary]
enabled = true
output_dir = "julia"
library_name = ""
library_type = "shared"
link_libraries = []
rpath = true

[symbols]
enabled = true
method = "nm"
demangle = true
filter_internal = true
export_list = true

[wrap]
enabled = true
output_dir = "julia"
style = "auto"
module_name = ""
add_tests = true
add_docs = true

[wrap.type_mappings]

[test]
enabled = false
test_dir = "test"
run_tests = false

[llvm]
use_jmake_llvm = true
isolated = true
source = "auto"
root = "LLVM"

[llvm.tools]
"clang++" = "LLVM/bin/clang++"
clang = "LLVM/bin/clang++"
llvm_ar = "LLVM/bin/llvm-ar"

[target]
triple = ""
cpu = "generic"
features = []

[workflow]
stages = ["discovery", "compile", "link", "binary", "symbols", "wrap"]
stop_on_error = true
parallel_stages = ["compile"]

[cache]
enabled = true
directory = ".jmake_cache"
invalidate_on_change = true
"#;

fn project(file: &str) -> Option<Space> {
    let bin = (11..40).rev().find_map(llvm_bin)?;
    let space = Space::with(&[
        ("include/geom.hpp", "double area(double side);\ndouble hull(double side);\n"),
        ("src/area.cpp", "#include <geom.hpp>\ndouble area(double side) { return side * side; }\n"),
        ("src/hull.cpp", "#include <geom.hpp>\ndouble hull(double side) { return 4 * side; }\n"),
    ]);
    let root = space.path("").display().to_string();
    let text = file.replace("ROOT", root.trim_end_matches('/')).replace("LLVM", &bin.parent().unwrap().display().to_string());
    space.write("jmake.toml", text);
    Some(space)
}

#[test]
fn a_file_of_the_original_builds_and_only_bindings_are_told_of() {
    let Some(space) = project(FILE) else { return };
    let reply = space.jmake(&["check", "--json"]).ok().object();
    let told: Vec<&str> = reply["problems"].as_array().unwrap().iter().map(|problem| problem["message"].as_str().unwrap()).collect();
    assert_eq!(told, ["`wrap` has no effect"]);
    let run = space.build(&[]).ok();
    assert!(space.exists("julia/libgeom.so") && space.exists("build/ir/src/area.cpp.ll"), "{run}");
    let notices: Vec<String> = run.events_of("notice").iter().map(|event| event["text"].as_str().unwrap().to_owned()).collect();
    assert!(notices.iter().all(|text| !text.contains("jmake.toml") || text.contains("wrap")), "{notices:?}");
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
    space.jmake(&["complete"]).ok().says("Found 1 missing field");
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
}

#[test]
fn stages_say_how_far_a_build_goes() {
    let Some(space) = project("[workflow]\nstages = ['discovery', 'compile']\n[compile]\ninclude_dirs = ['include']\n") else { return };
    let run = space.build(&[]).ok().says("nothing is linked");
    assert_eq!((run.steps("compile", "ran").len(), run.count("ran"), run.artifacts().len()), (2, 2, 0), "{run}");
    assert!(!space.exists("build/dev/lib"));
    space.jmake(&["check"]).ok().does_not_say("stages");
    space.edit("jmake.toml", ", 'compile'", "");
    assert_eq!(space.build(&[]).ok().count("total"), 0);
    space.edit("jmake.toml", "'discovery'", "'discovery', 'compile', 'binary'");
    let run = space.build(&[]).ok();
    assert_eq!(run.steps("compile", "ran").len(), 0, "what was compiled is not compiled again: {run}");
    assert_eq!(run.artifacts().len(), 1);
}
