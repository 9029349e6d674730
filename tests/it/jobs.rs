//! `jmake jobs`: queues of the real daemon, which is killed, cancelled and asked twice.

use std::os::unix::fs::FileTypeExt;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::{DEADLINE, Running, Space, until};

const SOURCES: &[(&str, &str)] = &[
    ("include/twice.h", "#ifdef __cplusplus\nextern \"C\"\n#endif\nint twice(int n);\n"),
    ("src/twice.c", "#include \"twice.h\"\nint twice(int n) { return 2 * n; }\n"),
    ("src/four.cpp", "#include \"twice.h\"\nint four() { return twice(2); }\n"),
];

fn with_jobs(jobs: &str) -> Space {
    let space = Space::with(SOURCES);
    space.write("jmake.toml", jobs);
    space
}

/// How each job of the last run stands.
fn states(space: &Space) -> Vec<(String, String, u64)> {
    let list = space.jmake(&["jobs", "list", "--json"]).ok().object();
    let jobs = list["runs"][0]["jobs"].as_array().cloned().unwrap_or_default();
    let text = |job: &Value, key: &str| job[key].as_str().unwrap().to_owned();
    jobs.iter().map(|job| (text(job, "id"), text(job, "status"), job["attempts"].as_u64().unwrap())).collect()
}

fn lines(space: &Space, path: &str) -> Vec<String> {
    String::from_utf8(space.read(path)).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn results_go_into_the_settings_and_are_not_written_twice() {
    let space = with_jobs(
        "# mine\n[job_queue]\nmax_concurrent_jobs = 2\n\n[compile]\nflags = [ \"-O1\" ] # fast\n\n\
         [[jobs]]\nid = 'files'\ncallback = 'scan_files'\ntarget_section = 'discovery.files'\n\
         [[jobs]]\nid = 'say'\ncallback = 'command'\ndepends_on = ['files']\ntarget_section = 'custom.said'\n\
         args.argv = ['echo', 'C: {{discovery.files.c_sources}}', '{{discovery.files.cpp_sources}}']\n",
    );
    let refused = space.jmake(&["jobs", "run"]).exits(1);
    refused.says("is a list, which cannot stand within text");
    space.edit("jmake.toml", "'C: {{discovery.files.c_sources}}'", "'C:', '{{discovery.files.c_sources}}'");
    space.jmake(&["jobs", "run"]).ok().says("completed  files").says("2 jobs: 2 completed");
    let text = String::from_utf8(space.read("jmake.toml")).unwrap();
    assert!(text.starts_with("# mine\n[job_queue]") && text.contains("flags = [ \"-O1\" ] # fast\n"), "{text}");
    assert!(text.contains("c_sources = [\"src/twice.c\"]") && text.contains("said = \"C: src/twice.c src/four.cpp\""), "{text}");
    let written = std::fs::metadata(space.path("jmake.toml")).unwrap().modified().unwrap();
    space.jmake(&["jobs", "run"]).ok();
    assert_eq!(std::fs::metadata(space.path("jmake.toml")).unwrap().modified().unwrap(), written);
    space.jmake(&["check"]).ok();
}

#[test]
fn a_failure_is_told_with_what_was_printed_and_what_waits_is_skipped() {
    let space = with_jobs(
        "[[jobs]]\nid = 'bad'\ncallback = 'command'\nretries = 1\nargs.argv = ['sh', '-c', 'echo tried >> tries; echo to-out; echo to-err >&2; exit 3']\n\
         [[jobs]]\nid = 'after'\ncallback = 'command'\ndepends_on = ['bad']\nargs.argv = ['touch', 'after']\n\
         [[jobs]]\nid = 'mend'\ncallback = 'command'\ndepends_on = ['bad']\nwhen = 'failure'\nargs.argv = ['touch', 'mended']\n\
         [[jobs]]\nid = 'tidy'\ncallback = 'command'\ndepends_on = ['after']\nwhen = 'always'\nargs.argv = ['touch', 'tidied']\n\
         [job_queue]\nretry_delay_seconds = 0\n",
    );
    let run = space.jmake(&["jobs", "run"]).exits(1);
    run.says("FAILED bad: it ended with exit code 3, attempt 2").says("to-out\nto-err\n").says("jmake jobs resume");
    assert_eq!(lines(&space, "tries").len(), 2);
    assert!(space.exists("mended") && space.exists("tidied") && !space.exists("after"));
    let states = states(&space);
    let status = |id: &str| states.iter().find(|(job, ..)| job == id).unwrap().1.as_str();
    assert_eq!(["bad", "after", "mend", "tidy"].map(status), ["failed", "skipped", "completed", "completed"]);
    // What is mended goes on, and what is done is not done again.
    space.edit("jmake.toml", "exit 3", "exit 0");
    space.remove("tidied");
    space.jmake(&["jobs", "resume"]).ok().says("completed  bad");
    assert!(space.exists("after"));
}

/// As in `engine::jobs`.
const SEVEN: &str = include_str!("../../src/engine/jobs/tests/seven.toml");

#[test]
fn the_originals_seven_jobs_run_as_written() {
    let space = with_jobs(SEVEN);
    let run = space.jmake(&["jobs", "run"]).ok();
    run.says("`daemon`, `port` and `status` of jobs have no effect");
    let states = states(&space);
    assert!(states.len() == 7 && states.iter().all(|(_, status, attempts)| status == "completed" && *attempts == 1), "{states:?}");
    let text = String::from_utf8(space.read("jmake.toml")).unwrap();
    for line in SEVEN.lines() {
        assert!(text.contains(line), "gone: {line}");
    }
    let table: toml::Table = text.parse().unwrap();
    let at = |section: &str, key: &str| table[section][key].clone();
    let ir: Vec<String> = at("compile", "ir_files").as_array().unwrap().iter().map(|path| path.as_str().unwrap().to_owned()).collect();
    assert_eq!(ir, ["build/dev/ir/src/four.cpp.ll", "build/dev/ir/src/twice.c.ll"]);
    let linked = String::from_utf8(space.read(at("link", "output").as_str().unwrap())).unwrap();
    assert!(linked.contains("@twice") && linked.contains("@_Z4fourv"), "{linked}");
    assert!(space.exists(at("binary", "library_path").as_str().unwrap()));
    let tools = at("llvm", "tools");
    assert!(["llvm-link", "llvm-nm", "llvm-objdump"].iter().all(|tool| tools.as_table().unwrap().contains_key(*tool)), "{tools}");
    assert_eq!(at("compile", "output_dir").as_str(), Some("build/{profile}/ir"));
    assert!(!space.exists("build/{profile}") && space.exists("build/dev/ir"));
    // What they wrote changes nothing, and the file is not written again.
    assert_eq!(space.build(&[]).ok().count("ran"), 0);
    space.jmake(&["jobs", "run"]).ok();
    assert_eq!(space.read("jmake.toml"), text.as_bytes());
}

#[test]
fn a_broken_queue_is_refused_before_anything_runs() {
    let space = with_jobs(
        "[[jobs]]\nid = 'first'\ncallback = 'command'\nargs.argv = ['touch', 'ran']\n\
         [[jobs]]\nid = 'second'\ncallback = 'command'\nargs.argv = ['true']\ndepends_on = ['frist']\n",
    );
    let run = space.jmake(&["jobs", "run"]).exits(2);
    run.says("jmake.toml:9:15: error: there is no job `frist`").says("did you mean \"first\"?");
    assert!(!space.exists("ran"));
    space.jmake(&["check"]).exits(2).says("there is no job `frist`");
    space.write("jmake.toml", "[job_queue]\nenabled = false\n[[jobs]]\nid = 'a'\ncallback = 'command'\nargs.argv = ['true']\n");
    space.jmake(&["jobs", "run"]).exits(2).says("job_queue.enabled is false");
    space.remove("jmake.toml");
    space.jmake(&["jobs", "run"]).exits(2).says("there is no");
    space.jmake(&["jobs", "resume"]).exits(2);
}

/// Jobs in a row; each says that it began, and waits at its gate.
fn gated(space: &Space, count: usize) {
    let mut text = String::new();
    for job in 0..count {
        text +=
            &format!("[[jobs]]\nid = 'j{job}'\ncallback = 'command'\nargs.argv = ['sh', '-c', 'echo j{job} >> effects; cat gate{job}']\n");
        if job > 0 {
            text += &format!("depends_on = ['j{}']\n", job - 1);
        }
        let made = space.command("mkfifo").arg(space.path(format!("gate{job}"))).status().unwrap();
        assert!(made.success() && std::fs::metadata(space.path(format!("gate{job}"))).unwrap().file_type().is_fifo());
    }
    space.write("jmake.toml", text);
    space.write("effects", "");
}

/// Lets a job go on; from now on nobody waits there.
fn open(space: &Space, job: usize) {
    let gate = space.path(format!("gate{job}"));
    space.write(format!("gate{job}.open"), "through\n");
    // Whoever has it open reads on as soon as somebody opens it for writing.
    std::fs::write(&gate, "through\n").unwrap();
    std::fs::rename(space.path(format!("gate{job}.open")), gate).unwrap();
}

fn begun(space: &Space, count: usize) {
    assert!(until(DEADLINE, || lines(space, "effects").len() == count), "{:?}", lines(space, "effects"));
}

#[test]
fn a_run_whose_daemon_is_killed_goes_on_where_it_was() {
    for at in 0..4 {
        let space = Space::new();
        gated(&space, 4);
        let run = space.start(&["jobs", "run"]);
        for job in 0..at {
            begun(&space, job + 1);
            open(&space, job);
        }
        begun(&space, at + 1);
        kill_process(Pid::from_raw(space.daemon().unwrap()).unwrap(), Signal::KILL).unwrap();
        run.finish().exits(4).says("`jmake jobs resume` goes on from there");
        // The readable copy alone is enough, once it says as much.
        (at..4).for_each(|job| {
            space.remove(format!("gate{job}"));
            space.write(format!("gate{job}"), "");
        });
        let resumed = space.jmake(&["jobs", "resume"]).ok();
        resumed.says(&format!("job j{at} was interrupted: it may have half run, and runs again"));
        let mut expect: Vec<String> = (0..=at).chain(at..4).map(|job| format!("j{job}")).collect();
        assert_eq!(lines(&space, "effects"), expect, "killed at {at}");
        assert!(states(&space).iter().all(|(_, status, _)| status == "completed"));
        // And once more there is nothing left to do.
        space.jmake(&["jobs", "resume"]).ok().says("4 done before");
        expect.truncate(5);
        assert_eq!(lines(&space, "effects").len(), expect.len());
    }
}

#[test]
fn what_a_killed_run_left_running_is_ended_before_it_runs_again() {
    let space = Space::new();
    gated(&space, 1);
    space.edit("jmake.toml", "cat gate0", "cat gate0; echo done >> effects");
    let run = space.start(&["jobs", "run"]);
    begun(&space, 1);
    let list = space.jmake(&["jobs", "list"]).ok();
    list.says("run 1 of jmake.toml: is under way").says("running");
    let runs = space.jmake(&["jobs", "list", "--json"]).ok().object()["runs"].clone();
    assert_eq!((runs[0]["running"].as_bool(), runs[0]["jobs"][0]["status"].as_str()), (Some(true), Some("running")), "{runs}");
    kill_process(Pid::from_raw(space.daemon().unwrap()).unwrap(), Signal::KILL).unwrap();
    run.finish().exits(4);
    assert!(space.processes().iter().any(|(_, command)| command.contains("gate0")), "it is left running");
    space.jmake(&["jobs", "list"]).ok().says("did not end").says("interrupted");
    let resumed = space.start(&["jobs", "resume"]);
    begun(&space, 2);
    open(&space, 0);
    resumed.finish().ok().says("was left running by a run that was killed, and is ended").says("job j0 was interrupted");
    assert_eq!(lines(&space, "effects"), ["j0", "j0", "done"]);
    assert!(space.processes().iter().all(|(_, command)| !command.contains("gate0")), "{:?}", space.processes());
}

#[test]
fn a_run_without_the_daemon_is_ended_where_it_was_begun() {
    let space = Space::new();
    gated(&space, 1);
    let run = space.start(&["jobs", "run", "--no-daemon"]);
    begun(&space, 1);
    space.jmake(&["jobs", "list"]).ok().says("is under way");
    space.jmake(&["jobs", "run"]).exits(2).says("is under way; process ").says("with Ctrl-C or `kill ").does_not_say("jobs cancel");
    space.jmake(&["jobs", "cancel"]).exits(1).says("is not this daemon's; process ");
    run.signal(Signal::INT);
    run.finish().exits(130);
    space.jmake(&["jobs", "list"]).ok().says("cancelled").does_not_say("under way");
}

#[test]
fn the_readable_copy_alone_is_enough_to_go_on() {
    let space = Space::new();
    gated(&space, 3);
    open_file(&space, 0);
    space.edit("jmake.toml", "cat gate1", "exit $(cat code)");
    space.write("code", "1\n");
    space.jmake(&["jobs", "run"]).exits(1);
    space.remove(".jmake_cache/job_journal");
    let copy = String::from_utf8(space.read(".jmake_cache/job_state.toml")).unwrap();
    assert!(copy.contains("id = \"j0\"\nstatus = \"completed\"") && copy.contains("id = \"j2\"\nstatus = \"skipped\""), "{copy}");
    space.write("code", "0\n");
    open_file(&space, 2);
    space.jmake(&["jobs", "resume"]).ok().says("1 done before");
    assert_eq!(lines(&space, "effects"), ["j0", "j1", "j1", "j2"]);
}

fn open_file(space: &Space, job: usize) {
    space.remove(format!("gate{job}"));
    space.write(format!("gate{job}"), "");
}

#[test]
fn a_run_is_cancelled_by_its_client_by_another_one_and_by_its_going_away() {
    let space = Space::new();
    gated(&space, 2);
    space.edit("jmake.toml", "cat gate0", "echo on its way; cat gate0");
    let wait = |space: &Space, count| {
        begun(space, count);
        assert!(!space.processes().is_empty());
    };
    let ended = |space: &Space| {
        let cat = || space.processes().iter().any(|(_, command)| command.contains("gate0"));
        assert!(until(DEADLINE, || !cat()), "{:?}", space.processes());
        assert!(until(DEADLINE, || states(space).iter().all(|(_, status, _)| status == "cancelled")), "{:?}", states(space));
    };
    let run = space.start(&["jobs", "run"]);
    wait(&space, 1);
    run.signal(Signal::INT);
    run.finish().exits(130);
    ended(&space);
    let run = space.start(&["jobs", "run"]);
    wait(&space, 2);
    space.jmake(&["jobs", "run"]).exits(2).says("is under way");
    space.jmake(&["jobs", "cancel"]).ok().says("the run ends");
    run.finish().exits(130).says("cancelled  j0").says("on its way\n");
    ended(&space);
    space.jmake(&["jobs", "cancel"]).exits(1).says("no run is under way");
    let run = space.start(&["jobs", "run"]);
    wait(&space, 3);
    run.signal(Signal::KILL);
    run.finish();
    ended(&space);
}

#[test]
fn a_job_that_takes_too_long_ends_with_all_it_started() {
    let space = with_jobs(
        "[[jobs]]\nid = 'slow'\ncallback = 'command'\ntimeout = 1\nargs.argv = ['sh', '-c', 'echo to-out; echo to-err >&2; sh -c \"echo x >> began; cat gate\" & wait']\n",
    );
    assert!(space.command("mkfifo").arg(space.path("gate")).status().unwrap().success());
    space.jmake(&["jobs", "run"]).exits(1).says("FAILED slow: it took longer than its timeout").says("to-out\nto-err\n");
    assert!(until(DEADLINE, || space.processes().iter().all(|(_, command)| !command.contains("gate"))));
}

#[test]
fn scripts_get_events_lists_and_graphs() {
    let space = with_jobs(
        "[[jobs]]\nid = 'a'\ntype = 'setup'\ncallback = 'command'\nargs.argv = ['true']\n[[jobs]]\nid = 'b'\npriority = 9\ndepends_on = ['a']\ncallback = 'get_all_tools'\n",
    );
    let run = space.jmake(&["jobs", "run", "--json"]).ok();
    let kinds: Vec<String> = run.events().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect();
    let expect = ["jobs_started", "job_started", "job_finished", "job_started", "job_finished", "jobs_finished"];
    assert_eq!(kinds, expect, "{run}");
    let last = run.events_of("jobs_finished").remove(0);
    assert_eq!((last["success"].as_bool(), last["exit_code"].as_u64()), (Some(true), Some(0)));
    let dot = space.jmake(&["jobs", "graph", "--dot"]).ok();
    assert!(dot.stdout.starts_with("digraph jobs {") && dot.stdout.contains("\"a\" -> \"b\";"), "{dot}");
    space.jmake(&["jobs", "graph"]).ok().says("b (get_all_tools, priority 9) after a");
    space.jmake(&["jobs", "list", "--functions"]).ok().says("command(argv, [shell])");
    space.jmake(&["jobs", "list"]).ok().says("run 1 of jmake.toml: succeeded");
}

/// Jobs that each write a key of their own, `count` of them.
fn writers(count: usize) -> String {
    let job = |at: usize| {
        format!(
            "[[jobs]]\nid = 'j{at}'\ncallback = 'command'\nargs.argv = ['echo', 'v{at}']\ntarget_section = 'custom.k{at}'\n\
             [[jobs]]\nid = 'u{at}'\ncallback = 'update_config'\nargs = {{ section = 'custom.t{at}', data = {{ a = 'x', b = ['y'] }} }}\n"
        )
    };
    (0..count).map(job).collect::<String>() + "[job_queue]\nmax_concurrent_jobs = 16\n"
}

#[test]
fn jobs_that_end_together_all_write_their_results() {
    let space = with_jobs(&writers(40));
    space.jmake(&["jobs", "run"]).ok().says("80 jobs: 80 completed");
    let table: toml::Table = String::from_utf8(space.read("jmake.toml")).unwrap().parse().unwrap();
    for at in 0..40 {
        assert_eq!(table["custom"][&format!("k{at}")].as_str(), Some(format!("v{at}").as_str()));
        assert_eq!(table["custom"][&format!("t{at}")]["b"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn what_the_settings_would_not_take_is_not_written() {
    let run = |job: &str, expect: &str| {
        let text = format!("[[jobs]]\nid = 'a'\n{job}\n");
        let space = with_jobs(&text);
        space.jmake(&["jobs", "run"]).exits(1).says(expect);
        assert_eq!(space.read("jmake.toml"), text.as_bytes(), "{job}");
    };
    run("callback = 'command'\nargs.argv = ['echo', 'hi']\ntarget_section = 'link.opt_level'", "`link.opt_level` must be one of");
    // What a job prints is known late.
    let update = |section: &str, data: &str| {
        format!(
            "depends_on = ['s']\ncallback = 'update_config'\nargs = {{ section = '{{{{jobs.s.result.stdout}}}}', data = {data} }}\n\
             [[jobs]]\nid = 's'\ncallback = 'command'\nargs.argv = ['printf', '{section}']"
        )
    };
    run(&update("link", "{ opt_level = '{{config_path}}' }"), "`link.opt_level` must be one of");
    run(&update("lnk", "{ opt_level = 'O2' }"), "did you mean \"link\"?");
    run(&update("jobs", "{ id = 'x' }"), "no job may change it");
    run(&update("a b]", "{ id = 'x' }"), "is no place in jmake.toml");
    run(&update("project", "{ version = '1', name = ['{{project.name}}'] }"), "`project.name` must be a string");
}

#[test]
fn what_is_not_on_this_machine_is_said_before_anything_runs() {
    let first = "[[jobs]]\nid = 'first'\ncallback = 'command'\nargs.argv = ['touch', 'ran']\n";
    let job = |lines: &str| format!("{first}[[jobs]]\nid = 'a'\ncallback = 'command'\n{lines}\n");
    for (lines, expect) in [
        ("args.argv = ['jmake-no-such-program', 'x']", "jmake.toml:8:13: error: there is no program `jmake-no-such-program`"),
        ("args.argv = ['./none']", "there is no program `./none`, which `a` runs"),
        ("args.argv = ['true']\ncwd = 'none'", "jmake.toml:9:7: error: there is no directory `none`, in which `a` runs"),
    ] {
        let space = with_jobs(&job(lines));
        space.jmake(&["jobs", "run"]).exits(2).says(expect);
        assert!(!space.exists("ran"), "{lines}");
        // It may be on another machine.
        space.jmake(&["check"]).ok().says("there is no ");
    }
    // What a job before may make is not known.
    let space = with_jobs(&job("depends_on = ['first']\nargs.argv = ['ls']\ncwd = 'made'").replace("'touch', 'ran'", "'mkdir', 'made'"));
    space.jmake(&["jobs", "run"]).ok();
    // What has no value only then is said with its place.
    let late = "[[jobs]]\nid = 'slow'\ncallback = 'command'\nargs.argv = ['false']\n[[jobs]]\nid = 'b'\ncallback = 'command'\nwhen = 'always'\ndepends_on = ['slow']\n\
                args.argv = ['echo', '{{jobs.slow.result.stdout}}']\n";
    let space = with_jobs(late);
    space.jmake(&["jobs", "run"]).exits(1).says("FAILED b: jmake.toml:10:23: args.argv: `{{jobs.slow.result.stdout}}` has no value");
}

#[test]
fn templates_and_sections_see_all_that_is_typed() {
    let space = with_jobs(
        "[compile]\nir_files = ['a.ll', 'b.ll']\n[discovery.files]\nc_sources = ['src/twice.c']\ncpp_sources = ['src/four.cpp']\n\
         [custom.mine]\nnumbers = [1, 2]\n\
         [[jobs]]\nid = 'say'\ncallback = 'command'\ntarget_section = 'custom.said'\n\
         args.argv = ['echo', '{{compile.ir_files}}', '{{discovery.files.c_sources.0}}', '{{custom.mine.numbers.1}}/{{project.name}}', '{{compile.flags}}']\n\
         [[jobs]]\nid = 'files'\ncallback = 'build_include_dirs'\nargs.files = '{{discovery.files}}'\n\
         [[jobs]]\nid = 'held'\ncallback = 'get_config_section'\nargs.section = 'discovery'\ntarget_section = 'custom.held'\n\
         [[jobs]]\nid = 'own'\ncallback = 'get_config_section'\nargs.section = 'custom.mine'\n\
         [[jobs]]\nid = 'number'\ncallback = 'command'\ndepends_on = ['own', 'held']\ntarget_section = 'custom.number'\n\
         args.argv = ['echo', '{{jobs.own.result.data.numbers.0}}-{{jobs.held.result.data.files.c_sources.0}}']\n",
    );
    space.jmake(&["jobs", "run"]).ok();
    let table: toml::Table = String::from_utf8(space.read("jmake.toml")).unwrap().parse().unwrap();
    assert_eq!(table["custom"]["said"].as_str(), Some("a.ll b.ll src/twice.c 2/project -O0 -g -gdwarf-4"));
    assert_eq!(table["custom"]["number"].as_str(), Some("1-src/twice.c"));
    assert_eq!(table["custom"]["held"]["files"]["cpp_sources"].as_array().unwrap().len(), 1);
}

#[test]
fn a_directory_that_is_not_there_and_output_that_is_too_long_are_said() {
    let space =
        with_jobs("[[jobs]]\nid = 'a'\ncallback = 'command'\nargs.argv = ['true']\ncwd = '{{custom.where}}'\n[custom]\nwhere = 'none'\n");
    space.jmake(&["jobs", "run"]).exits(1).says("/none, which is no directory");
    let long = "[[jobs]]\nid = 'a'\ncallback = 'command'\nargs.argv = ['sh', '-c', 'head -c 1100000 /dev/zero | tr \"\\\\0\" x']\n";
    let space = with_jobs(long);
    space.jmake(&["jobs", "run"]).ok().says("job a: it printed more than the 1048576 bytes that are kept of it");
    space.write("jmake.toml", format!("{long}target_section = 'custom.x'\n"));
    space.jmake(&["jobs", "run"]).exits(1).says("it printed more than is kept, so that its result is not written");
}

#[test]
fn options_of_a_queue_are_checked_where_there_are_no_jobs() {
    let space = with_jobs("[job_queue]\nenabled = 'yes'\nmax_retires = 2\n");
    space.jmake(&["check"]).exits(2).says("`job_queue.enabled` must be true or false").says("did you mean `max_retries`?");
}

#[test]
fn queues_share_the_machine_and_a_job_may_build() {
    let space = Space::new();
    let job = |script: &str| format!("[[jobs]]\nid = 'job'\ncallback = 'command'\nargs.argv = ['sh', '-c', '''{script}''']\n");
    space.write("a/jmake.toml", job("echo a begins >> ../log; cat gate; echo a ends >> ../log"));
    space.write("b/jmake.toml", job("echo b >> ../log"));
    space.write("c/jmake.toml", job(&format!("{} build -j 1 && echo c built >> ../log", env!("CARGO_BIN_EXE_jmake"))));
    space.write("c/main.c", "int main(void) { return 0; }\n");
    assert!(space.command("mkfifo").arg(space.path("a/gate")).status().unwrap().success());
    space.write("log", "");
    // One process at a time: the first has the place.
    let first = space.start(&["jobs", "run", "-C", "a", "-j", "1"]);
    begun_in(&space, 1);
    let mut second = space.start(&["jobs", "run", "-C", "b", "-j", "1", "--json"]);
    second.wait_for_event("job_started");
    // What a job may wait for has a place beyond.
    space.jmake(&["build", "-C", "c", "-j", "1"]).ok();
    assert_eq!(lines(&space, "log"), ["a begins"]);
    std::fs::write(space.path("a/gate"), "through").unwrap();
    first.finish().ok();
    second.finish().ok();
    assert_eq!(lines(&space, "log"), ["a begins", "a ends", "b"]);
    space.write("c/main.c", "int main(void) { return 1; }\n");
    space.jmake(&["jobs", "run", "-C", "c", "-j", "1"]).ok();
    assert_eq!(lines(&space, "log").last().unwrap(), "c built");
}

fn begun_in(space: &Space, count: usize) {
    assert!(until(DEADLINE, || lines(space, "log").len() == count), "{:?}", lines(space, "log"));
}

#[test]
fn a_terminal_shows_a_row_for_each_job_that_runs_or_waits() {
    let mut space = with_jobs(
        "[job_queue]\nretry_delay_seconds = 2\nmax_concurrent_jobs = 2\n\
         [[jobs]]\nid = 'held'\ncallback = 'command'\nargs.argv = ['cat', 'gate']\n\
         [[jobs]]\nid = 'again'\ncallback = 'command'\nretries = 1\n\
         args.argv = ['sh', '-c', 'test -e tried || { echo > tried; exit 1; }; echo through > gate']\n",
    );
    space.set("TERM", "xterm");
    assert!(space.command("mkfifo").arg(space.path("gate")).status().unwrap().success());
    let on_terminal = |line: &str| {
        let mut command = space.command("script");
        let line = format!("stty cols 100 rows 24; exec {} {line}", env!("CARGO_BIN_EXE_jmake"));
        command.args(["-qefc", &line, "/dev/null"]);
        Running::start(command).finish().ok()
    };
    let run = on_terminal("jobs run");
    let row =
        |standing: &str, job: &str| run.stdout.split(standing).skip(1).any(|rest| rest.chars().take(16).collect::<String>().contains(job));
    assert!(row("running", "held") && row("running", "again") && row("waiting", "again"), "{run}");
    let table = |run: &crate::support::Run| run.stdout.contains("status") && run.stdout.contains("attempts");
    assert!(table(&run), "{run}");
    run.says("[0/2] 1 running, 1 waiting")
        .says("job again failed, and is tried again: it ended with exit code 1")
        .says("2 jobs: 2 completed");
    space.remove("tried");
    let quiet = on_terminal("jobs run -q");
    assert!(!table(&quiet) && !quiet.stdout.contains("running"), "{quiet}");
}
