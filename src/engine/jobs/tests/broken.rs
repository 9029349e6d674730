//! Queues that are refused before anything runs: what is said of each, and where.

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
