//! Queues that are refused before anything runs: what is said of each, and where.

use serde_json::json;

use super::said;

const JOB: &str = "[[jobs]]\nid = \"a\"\ncallback = \"command\"\nargs.argv = [\"true\"]\n";

#[track_caller]
fn refused(text: &str, place: &str, expect: &str) {
    let said = said(text);
    assert!(said.starts_with(&format!("jobs.toml:{place}: ")) && said.contains(expect), "{text}\n--- became\n{said}");
}

#[test]
fn what_is_no_queue_at_all() {
    refused("", "1:1", "there are no jobs");
    refused("[[jobs]\nid = 1", "1:8", "write [[jobs]]");
    refused("jobs = 1", "1:8", "write [[jobs]] with two brackets");
    refused("[jobs]\nid = 'a'", "1:1", "write [[jobs]] with two brackets");
    refused(&format!("job_queue = true\n{JOB}"), "1:13", "`job_queue` must be a table");
}

#[test]
fn options_that_are_none() {
    refused(&format!("[job_queue]\nmax_retires = 1\n{JOB}"), "2:1", "did you mean `max_retries`?");
    refused(&format!("[job_queue]\nenabled = 'yes'\n{JOB}"), "2:11", "true or false");
    refused(&format!("[job_queue]\nmax_concurrent_jobs = 0\n{JOB}"), "2:23", "from 1 to 4096");
}

#[test]
fn jobs_that_lack_something() {
    refused("[[jobs]]\ncallback = 'command'\nargs.argv = ['x']", "1:1", "has no `id`");
    refused("[[jobs]]\nid = 'a'", "1:1", "has no `callback`");
    refused("[[jobs]]\nid = 'a'\ncallback = 'command'", "3:12", "`command` needs args.argv");
    refused("[[jobs]]\nid = 'a.b'\ncallback = 'scan_files'", "2:6", "cannot be the id");
    refused("[[jobs]]\nid = 3\ncallback = 'scan_files'", "2:6", "must be a string");
    refused("[[jobs]]\nid = 'a'\ncallback = 'scan_flies'", "3:12", "did you mean \"scan_files\"?");
    refused("[[jobs]]\nid = 'a'\ncallback = 'zzz'", "3:12", "jobs list --functions");
    refused("[[jobs]]\nid = 'a'\ncallback = 'scan_files'\ndepend_on = []", "4:1", "did you mean `depends_on`?");
}

#[test]
fn arguments_that_do_not_fit() {
    refused("[[jobs]]\nid = 'a'\ncallback = 'get_tool'\nargs.tool = 3", "4:13", "must be a string, not integer");
    refused("[[jobs]]\nid = 'a'\ncallback = 'get_tool'\nargs.tol = 'opt'", "3:12", "needs args.tool");
    refused("[[jobs]]\nid = 'a'\ncallback = 'scan_files'\nargs.pth = '.'", "4:6", "did you mean `path`?");
    refused("[[jobs]]\nid = 'a'\ncallback = 'command'\nargs.argv = 'make all'", "4:13", "must be a list of strings");
    refused("[[jobs]]\nid = 'a'\ncallback = 'command'\nargs.argv = ['a', 1]", "4:13", "must be a list of strings");
    refused("[[jobs]]\nid = 'a'\ncallback = 'build_project'\nargs.force = 'x{{project.root}}'", "4:14", "true or false");
    refused("[[jobs]]\nid = 'a'\ncallback = 'command'\nargs = ['true']", "4:8", "`args` must be a table");
}

#[test]
fn dependencies_that_cannot_be() {
    refused(&format!("{JOB}depends_on = ['a']"), "5:14", "`a` depends on itself");
    refused(&format!("{JOB}depends_on = ['b']\n{}depends_on = ['a']", JOB.replace("\"a\"", "\"b\"")), "5:14", "a -> b -> a");
    refused(&format!("{JOB}depends_on = ['bild']\n{}", JOB.replace("\"a\"", "\"build\"")), "5:15", "did you mean \"build\"?");
    refused(&format!("{JOB}{JOB}"), "6:6", "another job `a`, in line 1");
    refused(&format!("{JOB}when = 'failure'"), "5:8", "there are none");
    refused(&format!("{JOB}when = 'sucess'"), "5:8", "did you mean \"success\"?");
}

#[test]
fn templates_that_stand_for_nothing() {
    let after =
        |text: &str| format!("[[jobs]]\nid = 'c'\ncallback = 'scan_files'\ntarget_section = 'discovery.files'\n[[jobs]]\nid = 'a'\n{text}");
    let command = |text: &str| after(&format!("callback = 'command'\nargs.argv = ['x', '{text}']"));
    refused(&command("{{projct.root}}"), "8:20", "did you mean {{project.root}}?");
    refused(&command("{{project.root"), "8:19", "not closed");
    refused(&command("{{env.NOWHERE}}"), "8:20", "NOWHERE is not set");
    refused(&command("{{jobs.b.result}}"), "8:20", "there is no job `b`");
    refused(&command("{{jobs.c.result.files}}"), "8:20", "write depends_on = [\"c\"]");
    refused(&command("{{discovery.files}}"), "8:20", "`c` writes `discovery.files`");
    refused(&command("{{compile.ir_files}}"), "8:20", "`compile.ir_files` has no value");
    refused(&(command("{{jobs.c.result.fils}}") + "\ndepends_on = ['c']"), "8:20", "did you mean `files`?");
    refused(&(command("{{jobs.c.status}}") + "\ndepends_on = ['c']"), "8:20", "{{jobs.c.result.files}}");
}

#[test]
fn places_that_results_cannot_go_to() {
    let scan = |id: &str, section: &str| format!("[[jobs]]\nid = '{id}'\ncallback = 'scan_files'\ntarget_section = '{section}'\n");
    refused(&scan("a", "discovery"), "4:18", "is no place in jmake.toml");
    refused(&scan("a", "discovery..files"), "4:18", "is no place in jmake.toml");
    refused(&scan("a", "../discovery.files"), "4:18", "is no place in jmake.toml");
    refused(&scan("a", "discovery.fils"), "4:18", "did you mean \"discovery.files\"?");
    refused(&(scan("a", "discovery.files") + &scan("b", "discovery.files")), "8:18", "nothing says which comes last");
}

#[test]
fn everything_wrong_is_said_at_once() {
    let said = said(
        "[[jobs]]\nid = 'a'\ncallback = 'nothing'\npriority = 'high'\ndepends_on = ['b']\n[[jobs]]\nid = 'a b'\ncallback = 'scan_files'",
    );
    assert_eq!(said.matches("jobs.toml:").count(), 3, "{said}");
}

#[test]
fn jobs_of_builds_that_cannot_be() {
    let make = |extra: &str| format!("[[jobs]]\nid = 'm'\ncallback = 'command'\nargs.argv = ['gen']\n{extra}");
    refused(&make("outputs = ['../a.h']"), "5:12", "no place that a build may write to");
    refused(&make("outputs = ['/etc/a.h']"), "5:12", "no place that a build may write to");
    refused(&make("outputs = ['jmake.toml']"), "5:12", "no place that a build may write to");
    refused(&make("outputs = ['a.h', 'gen/*.h']"), "5:19", "is a pattern");
    refused(&make("outputs = ['a.h']\ninputs = ['./a.h']"), "5:12", "is what the job reads, too");
    refused(&make("inputs = ['a.txt']"), "5:10", "`inputs` says nothing without `outputs`");
    refused(&make("outputs = ['a.h']\ntarget_section = 'custom.a'"), "6:18", "remove `target_section`");
    refused(&format!("{JOB}{}", make("outputs = ['a.h']\ndepends_on = ['a']")), "10:14", "`a` has no `outputs`");
    refused(&make("outputs = ['a.h']\nenv = { A = '{{env.HOME}}' }"), "6:14", "may be another from build to build");
    let two = make("outputs = ['a.h']\n") + &make("outputs = ['x/../a.h']").replace("'m'", "'n'");
    refused(&two, "10:12", "is made by `m` too");
    refused("[[jobs]]\nid = 'm'\ncallback = 'scan_files'\noutputs = ['a']", "4:11", "`outputs` is for `command`");
    let read = make("outputs = ['a.h']\n")
        + "[[jobs]]\nid = 'r'\ncallback = 'command'\ndepends_on = ['m']\nargs.argv = ['{{jobs.m.result.stdout}}']";
    refused(&read, "10:15", "has no `stdout`");
}

#[test]
fn arguments_that_functions_do_not_take() {
    let job = |callback: &str, lines: &str| format!("[[jobs]]\nid = 'a'\ncallback = '{callback}'\n{lines}");
    let optimise = |more: &str| job("optimize_ir", &format!("args = {{ ir_path = 'a.ll', output = 'b.ll', {more} }}"));
    refused(&optimise("opt_level = 'O9'"), "4:57", "must be one of O0, O1, O2, O3, Os, Oz, not \"O9\"");
    refused(&job("create_structure", "args.type = 'zzz'"), "4:13", "must be one of cpp_project, lib_project, binary_project");
    refused(&job("scan_files", "args.path = '/usr'"), "4:13", "a queue is about its own project");
    refused(&job("validate_config", "args.config = '../other.toml'"), "4:15", "names /other.toml");
    refused(&job("compile_to_object", "args = { ir_path = 'a.ll', output = '../a.o' }"), "4:37", "outside the project");
    refused(&job("compile_to_object", "args = { ir_path = 'a.ll', output = '/usr/a.o' }"), "4:37", "project.allow_outside = true");
    refused(&job("command", "args.argv = []"), "4:13", "names no program");
    refused(&job("command", "args.argv = ['']"), "4:13", "names no program");
    refused(&job("command", "args.shell = true"), "4:14", "write args.shell = ");
    refused(&job("command", "args.shell = 3"), "4:14", "must be a string, true or false, not integer");
    refused(&job("scan_files", "cwd = 'src'"), "4:7", "`scan_files` is no process");
    refused(&job("scan_files", "env = { A = 'b' }"), "4:7", "remove `env`");
    refused(&job("get_config_section", "args.section = 'lnk'"), "4:16", "did you mean `link`?");
    refused(&job("get_config_section", "args.section = 'project.name'"), "4:16", "is no table of jmake.toml");
    let allowed = json!({ "project": { "allow_outside": true } });
    let outside = job("compile_to_object", "args = { ir_path = 'a.ll', output = '/usr/a.o' }");
    assert!(super::read("jobs.toml", &outside, &super::Values { settings: allowed, ..super::values() }).0.is_some());
}

#[test]
fn values_that_the_settings_would_not_take() {
    let update = |section: &str, data: &str| {
        format!("[[jobs]]\nid = 'a'\ncallback = 'update_config'\nargs.section = '{section}'\nargs.data = {data}")
    };
    refused(&update("link", "{ opt_level = 'O9' }"), "5:13", "`link.opt_level` must be one of");
    refused(&update("link", "{ optlevel = 'O2' }"), "5:13", "`link.optlevel` is not a key");
    refused(&update("project", "{ name = ['x'] }"), "5:13", "`project.name` must be a string");
    refused(&update("custom", "{ x = [{ y = 1 }] }"), "5:13", "cannot be written");
    refused(&update("lnk", "{ opt_level = 'O2' }"), "4:16", "did you mean \"link\"?");
    refused(&update("a b]", "{ x = 'y' }"), "4:16", "is no place in jmake.toml");
    refused(&update("jobs", "{ id = 'y' }"), "4:16", "no job may change it");
    refused(&(update("custom", "{ x = 'y' }") + "\ntarget_section = 'custom.z'"), "6:18", "`update_config` has no result");
    let into = |callback: &str, section: &str| format!("[[jobs]]\nid = 'a'\ncallback = '{callback}'\ntarget_section = '{section}'");
    refused(&into("scan_files", "compile.flags"), "4:18", "`compile.flags` must be a list of strings, and `scan_files` gives a table");
    refused(&into("build_include_dirs", "discovery.files"), "4:18", "must be a table, and `build_include_dirs` gives a list of strings");
    refused(&into("get_all_tools", "link.opt_level"), "4:18", "must be a string");
    refused(&into("scan_files", "jobs.id"), "4:18", "no job may change it");
    refused(&into("scan_files", "job_queue.enabled"), "4:18", "no job may change it");
    refused(&into("scan_files", "targets.flags"), "4:18", "list of tables");
}

#[test]
fn results_and_files_that_two_jobs_make_in_no_order() {
    let into = |id: &str, section: &str| format!("[[jobs]]\nid = '{id}'\ncallback = 'scan_files'\ntarget_section = '{section}'\n");
    refused(&(into("a", "custom.x") + &into("b", "custom.x.y")), "8:18", "`custom.x.y` is within `custom.x`; `a` writes there too");
    refused(&(into("a", "custom.x.y.z") + &into("b", "custom.x")), "8:18", "`a` writes there too");
    let update = "[[jobs]]\nid = 'u'\ncallback = 'update_config'\nargs = { section = 'custom', data = { x = 'y' } }\n";
    refused(&(into("a", "custom.x") + update), "8:37", "`custom.x` is written by `a` too");
    let object = |id: &str, output: &str| {
        format!("[[jobs]]\nid = '{id}'\ncallback = 'compile_to_object'\nargs = {{ ir_path = 'a.ll', output = '{output}' }}\n")
    };
    refused(&(object("a", "x/a.o") + &object("b", "./x/../x/a.o")), "8:37", "`x/a.o` is made by `a` too");
    let text = into("a", "custom.x") + "[[jobs]]\nid = 'b'\ncallback = 'command'\nargs.argv = ['echo', '{{custom.x.c_sources}}']";
    refused(&text, "8:23", "`a` writes `custom.x.c_sources`, and may not have ended by then");
    assert!(super::read("jobs.toml", &(text + "\ndepends_on = ['a']"), &super::values()).0.is_some());
}

#[test]
fn templates_that_cannot_be_what_is_wanted() {
    let first = "[[jobs]]\nid = 'f'\ncallback = 'scan_files'\n[[jobs]]\nid = 'a'\ndepends_on = ['f']\n";
    let job = |lines: &str| format!("{first}{lines}");
    let link = |files: &str| job(&format!("callback = 'link_ir'\nargs = {{ ir_files = {files}, output = 'a.ll' }}"));
    refused(&link("'{{project.root}}'"), "8:22", "`args.ir_files` must be a list of strings, and `{{project.root}}` is a string");
    refused(&link("['a.ll', '{{jobs.f.result.files}}']"), "8:31", "is a table");
    refused(&job("callback = 'get_tool'\nargs.tool = '{{jobs.f.result.files}}'"), "8:14", "must be a string, and");
    refused(&job("callback = 'get_tool'\nargs.tool = 'x{{jobs.f.result.summary}}'"), "8:15", "cannot stand within text");
    refused(&job("callback = 'build_project'\nargs.force = '{{jobs.f.result.total}}'"), "8:15", "must be true or false, and");
    refused(&job("callback = 'command'\nargs.argv = ['x']\ncwd = '{{jobs.f.result.files}}'"), "9:8", "`cwd` must be a string");
    let failed = job("callback = 'command'\nwhen = 'failure'\nargs.argv = ['x', '{{jobs.f.result.total}}']");
    refused(&failed, "9:20", "`f` has failed when `a` begins, and gives nothing");
}
