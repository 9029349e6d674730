//! Every function that jobs can run, run by the real daemon: what each gives, and that what is documented of it is so.

use std::collections::BTreeMap;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{DEADLINE, Space, until};

const SOURCES: &[(&str, &str)] = &[
    ("include/twice.h", "#ifdef __cplusplus\nextern \"C\"\n#endif\nint twice(int n);\n"),
    ("src/twice.c", "#include \"twice.h\"\nint twice(int n) { int m = n; return 2 * m; }\n"),
    ("src/four.cpp", "#include \"twice.h\"\nint four() { return twice(2); }\n"),
];

/// A function, the lines of a job that runs it, and whether its result is what that comes to.
type Row = (&'static str, &'static str, fn(&Space, &Value) -> bool);

fn builds(space: &Space, result: &Value) -> bool {
    result["library_path"] == "build/dev/lib/libproject.so"
        && result["artifacts"] == json!(["build/dev/lib/libproject.so"])
        && result["compile_stats"]["total"] == 3
        && result["stages"]["library"]["output"] == result["library_path"]
        && result["results"]["compilation"] == result["compile_stats"]
        && result["stage"] == "complete"
        && space.exists("build/dev/lib/libproject.so")
}

/// In the order in which they are run: each waits for the one before it.
const ROWS: &[Row] = &[
    ("command", "args.shell = 'printf \"$1\"; printf b >&2'\nargs.argv = ['a']", |_, result| {
        *result == json!({ "success": true, "stdout": "a", "stderr": "b", "exit_code": 0, "truncated": false })
    }),
    ("create_structure", "args.type = 'lib_project'", |space, result| {
        result["created_dirs"] == json!(["build/dev/ir"])
            && result["created_files"] == json!([".gitignore"])
            && result["project_type"] == "lib_project"
            && result["output_dir"] == "build/{profile}/ir"
            && !space.exists("build/{profile}")
    }),
    ("generate_config", "args.discovery_results = '{{jobs.create_structure.result}}'", |space, result| {
        let has = |name: &str| result["filled"].as_array().unwrap().iter().any(|filled| filled == name);
        has("discovery.files")
            && has("llvm.tools")
            && result["cached"] == false
            && result["config"]["discovery"]["files"]["c_sources"] == json!(["src/twice.c"])
            && result["config_path"] == space.path("jmake.toml").display().to_string()
    }),
    ("scan_files", "args = { path = '{{project.root}}', force = true }", |_, result| {
        result["files"]["cpp_sources"] == json!(["src/four.cpp"])
            && result["results"]["total_files"] == 3
            && (&result["total"], &result["total_files"]) == (&json!(3), &json!(3))
            && result["summary"]["c_sources"] == 1
            && result["cached"] == false
    }),
    ("discover_project", "", |_, result| {
        result["targets"] == json!(["libproject"])
            && result["results"]["scan"]["total_files"] == 3
            && result["results"]["include_dirs"] == json!(["include"])
            && result["results"]["binaries"] == json!([])
            // Nothing changed since the scan.
            && result["cached"] == true
    }),
    ("walk_ast_dependencies", "", |_, result| {
        result["nodes"].as_array().unwrap().contains(&json!("src/twice.c"))
            && result["edges"].as_array().unwrap().contains(&json!({ "from": "src/twice.c", "to": "include/twice.h" }))
            && result["errors"] == json!([])
    }),
    ("build_include_dirs", "args.files = '{{jobs.scan_files.result.files}}'", |_, result| result["include_dirs"] == json!(["include"])),
    ("get_tool", "args.tool = 'llvm_link'", |_, result| {
        result["tool"] == "llvm-link" && result["path"].as_str().unwrap().ends_with("/llvm-link")
    }),
    ("get_all_tools", "", |_, result| {
        let tools = result["tools"].as_object().unwrap();
        tools.len() as u64 == result["count"].as_u64().unwrap()
            && ["clang++", "opt", "llvm-nm"].iter().all(|tool| tools.contains_key(*tool))
    }),
    ("update_config", "args = { section = 'custom.mine', data = { text = 'b', list = ['c'] } }", |space, result| {
        result["updated"] == json!(["list", "text"]) && String::from_utf8(space.read("jmake.toml")).unwrap().contains("text = \"b\"")
    }),
    ("get_config_section", "args.section = 'custom.mine'", |_, result| result["data"] == json!({ "text": "b", "list": ["c"] })),
    ("validate_config", "args = { config = '{{config_path}}', strict = true }", |_, result| {
        result["valid"] == true && result["config"]["custom"]["mine"]["text"] == "b"
    }),
    ("compile_parallel", "args.force = true", |_, result| {
        let one =
            |source: &str| json!({ "source": source, "output": format!("build/dev/ir/{source}.ll"), "success": true, "cached": false });
        result["ir_files"] == json!(["build/dev/ir/src/four.cpp.ll", "build/dev/ir/src/twice.c.ll"])
            && result["results"] == json!([one("src/four.cpp"), one("src/twice.c")])
            && [&result["total"], &result["success_count"], &result["failed_count"], &result["cached_count"]] == [2, 2, 0, 0]
    }),
    (
        "link_ir",
        "args = { ir_files = '{{jobs.compile_parallel.result.ir_files}}', output = 'made/all.ll', llvm_link = 'llvm_link' }",
        |space, result| result["output"] == "made/all.ll" && allocas(space, "made/all.ll") > 0,
    ),
    (
        "optimize_ir",
        "args = { ir_path = '{{jobs.link_ir.result.output}}', output = 'made/fast.ll', opt_level = 'O2', opt = 'opt' }",
        |space, result| {
            // What is compiled with -O0 can be optimised all the same.
            result["output"] == "made/fast.ll" && allocas(space, "made/fast.ll") == 0
        },
    ),
    (
        "compile_to_object",
        "args = { ir_path = 'made/fast.ll', output = 'made/fast.o', llc = '{{jobs.get_all_tools.result.tools.llc}}' }",
        |space, result| result["output"] == "made/fast.o" && space.read("made/fast.o").starts_with(b"\x7fELF"),
    ),
    (
        "link_shared_library",
        "args = { object_files = ['made/fast.o'], output = 'vendor/libfast.so', libraries = ['m'], lib_dirs = ['vendor'], rpath = ['$ORIGIN'] }",
        |space, result| {
            let text = String::from_utf8_lossy(&space.read("vendor/libfast.so")).into_owned();
            result["output"] == "vendor/libfast.so" && text.contains("$ORIGIN") && text.contains("libm.so")
        },
    ),
    ("detect_binaries", "", |space, result| {
        let size = space.read("vendor/libfast.so").len();
        let library = json!({ "path": "vendor/libfast.so", "name": "libfast.so", "type": "shared_lib", "size": size });
        result["binaries"].as_array().unwrap().contains(&library)
            && result["by_kind"]["shared_libs"] == json!(["vendor/libfast.so"])
            && result["count"] == result["binaries"].as_array().unwrap().len()
    }),
    ("build_project", "args = { force_discovery = true, force_compile = true }", |space, result| {
        builds(space, result)
            && result["compile_stats"]["ran"] == 3
            && result["results"]["discovery"]["c_sources"] == json!(["src/twice.c"])
    }),
    ("compile_full_pipeline", "args = { force = true }", |space, result| {
        builds(space, result)
            && result["stages"]["compile"] == json!({ "success": true, "ran": 2, "cached": 0 })
            && result["stages"]["link"]["ran"] == 1
    }),
    ("incremental_build", "", |space, result| builds(space, result) && result["compile_stats"]["up_to_date"] == 3),
    ("quick_compile", "args.targets = []", |space, result| builds(space, result) && result["compile_stats"]["ran"] == 0),
    ("clean_build", "", |space, result| builds(space, result) && result["compile_stats"]["up_to_date"] == 0),
    ("watch_and_build", "timeout = 1\nargs.interval = 2.0", |_, result| {
        result["stopped"] == true && result["builds"].is_u64() && result["failed_builds"] == 0
    }),
    ("check_daemons", "", |_, result| {
        result["all_running"] == true && result["daemons"]["ConfigStore"] == json!({ "running": true, "restarts": 0 })
    }),
    ("get_stats", "", |space, result| {
        result["stats"]["actors"]["FileScanner"]["running"] == true
            && result["stats"]["projects"][space.path("").display().to_string().trim_end_matches('/')]["steps"].is_u64()
            && result["caches"] == result["stats"]["caches"]
    }),
    ("cache_stats", "", |_, result| result["caches"]["settings"]["entries"].as_u64() > Some(0)),
    ("clear_caches", "", |_, result| result["cleared"]["scan_facts"].as_u64() > Some(0)),
];

fn allocas(space: &Space, path: &str) -> usize {
    String::from_utf8(space.read(path)).unwrap().matches("= alloca").count()
}

/// What jobs of the last run gave.
fn results(space: &Space) -> BTreeMap<String, Value> {
    let journal = String::from_utf8(space.read(".jmake_cache/job_journal")).unwrap();
    let entries = journal.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).filter(|entry| entry["status"] == "completed");
    entries.map(|entry| (entry["id"].as_str().unwrap().to_owned(), entry["result"].clone())).collect()
}

fn queue() -> String {
    let mut text = String::new();
    for (at, (function, lines, _)) in ROWS.iter().enumerate() {
        let after: Vec<&str> = ROWS[..at].iter().map(|row| row.0).collect();
        text += &format!(
            "[[jobs]]\nid = '{function}'\ncallback = '{function}'\ntarget_section = 'custom.{function}'\ndepends_on = {after:?}\n{lines}\n"
        );
    }
    // It has no value to write.
    let text = text.replace("target_section = 'custom.update_config'\n", "");
    // Its value has lists of tables in it.
    text.replace("target_section = 'custom.walk_ast_dependencies'\n", "")
}

/// Whether `value` is what the documentation calls `kind`.
fn is(kind: &str, value: &Value) -> bool {
    let each = |test: fn(&Value) -> bool| value.as_array().is_some_and(|items| items.iter().all(test));
    match kind {
        "a string" => value.is_string(),
        "a list of strings" => each(Value::is_string),
        "a list of tables" => each(Value::is_object),
        "true or false" => value.is_boolean(),
        "a whole number" => value.is_u64(),
        "a number" => value.is_number(),
        "a table" => value.is_object(),
        other => panic!("{other}"),
    }
}

#[test]
fn every_function_gives_what_it_says() {
    let space = Space::with(SOURCES);
    space.write("jmake.toml", queue());
    space.jmake(&["jobs", "run"]).ok();
    let results = results(&space);
    let written: toml::Table = String::from_utf8(space.read("jmake.toml")).unwrap().parse().unwrap();
    let written = serde_json::to_value(&written["custom"]).unwrap();
    let list = space.jmake(&["jobs", "list", "--functions", "--json"]).ok().object();
    let mut wrong = Vec::new();
    for function in list["functions"].as_array().unwrap() {
        let name = function["name"].as_str().unwrap();
        let (_, _, expect) = ROWS.iter().find(|row| row.0 == name).unwrap_or_else(|| panic!("{name} has no row: say what it gives"));
        let result = &results[name];
        if !expect(&space, result) {
            wrong.push(format!("{name} gave {result:#}"));
        }
        let mut fields: Vec<&str> = vec!["success"];
        for field in function["results"].as_array().unwrap() {
            let key = field["name"].as_str().unwrap();
            if !is(field["kind"].as_str().unwrap(), &result[key]) {
                wrong.push(format!("{name}: {field} is {}", result[key]));
            }
            fields.push(key);
        }
        let given = result.as_object().unwrap().keys();
        if given.len() != fields.len() || !given.clone().all(|key| fields.contains(&key.as_str())) {
            wrong.push(format!("{name}: {fields:?} are {result:#}"));
        }
        let primary = function["primary"].as_str().unwrap();
        if !primary.is_empty() && name != "walk_ast_dependencies" && written[name] != result[primary] {
            wrong.push(format!("{name}: {} was written", written[name]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(list["functions"].as_array().unwrap().len(), ROWS.len());
}

#[test]
fn settings_that_are_not_valid_are_an_answer_unless_they_may_not_be() {
    let space = Space::with(SOURCES);
    let job = "[compile]\nflags = 3\n[[jobs]]\nid = 'v'\ncallback = 'validate_config'\n";
    space.write("jmake.toml", format!("{job}[[jobs]]\nid = 'say'\ncallback = 'command'\ndepends_on = ['v']\nargs.argv = ['echo', 'valid: {{{{jobs.v.result.valid}}}}', '{{{{jobs.v.result.issues}}}}']\n"));
    space.jmake(&["jobs", "run"]).ok();
    let said = results(&space)["say"]["stdout"].as_str().unwrap().to_owned();
    assert!(said.starts_with("valid: false") && said.contains("`compile.flags` must be a list"), "{said}");
    space.write("jmake.toml", format!("{job}args.strict = true\n"));
    space.jmake(&["jobs", "run"]).exits(1).says("the settings are not valid").says("`compile.flags` must be a list");
}

#[test]
fn a_watch_builds_what_changes_until_it_is_cancelled() {
    let space = Space::with(SOURCES);
    space.write("jmake.toml", "[[jobs]]\nid = 'w'\ncallback = 'watch_and_build'\n");
    let run = space.start(&["jobs", "run"]);
    let library = "build/dev/lib/libproject.so";
    assert!(until(DEADLINE, || space.exists(library)));
    let before = space.read(library);
    space.edit("src/twice.c", "2 * m", "3 * m");
    assert!(until(DEADLINE, || space.read(library) != before));
    run.signal(Signal::INT);
    run.finish().exits(130).says("cancelled  w");
}

#[test]
fn a_queue_in_a_file_of_its_own_keeps_no_state_if_it_is_told_so() {
    let space = Space::with(SOURCES);
    let job = "[[jobs]]\nid = 'a'\ncallback = 'command'\nargs.argv = ['touch', 'ran']\n";
    space.write("queues/own.toml", format!("[job_queue]\npersistence = false\n{job}"));
    space.jmake(&["jobs", "run", "queues/own.toml"]).ok().says("1 job: 1 completed");
    assert!(space.exists("ran") && !space.exists("jmake.toml"));
    assert!(!space.exists(".jmake_cache/job_state.toml"));
    space.jmake(&["jobs", "list"]).ok().says("no jobs have been run here");
    space.jmake(&["jobs", "resume", "queues/own.toml"]).exits(2).says("there is no run to go on with");
}

#[test]
fn the_timeout_of_a_queue_is_that_of_its_jobs() {
    let space = Space::with(SOURCES);
    let job = |id: &str, more: &str| format!("[[jobs]]\nid = '{id}'\ncallback = 'command'\nargs.argv = ['cat', 'gate']\n{more}");
    space.write("jmake.toml", format!("[job_queue]\njob_timeout_seconds = 1\n{}", job("slow", "")));
    assert!(space.command("mkfifo").arg(space.path("gate")).status().unwrap().success());
    space.jmake(&["jobs", "run"]).exits(1).says("FAILED slow: it took longer than its timeout");
}
