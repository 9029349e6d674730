//! The daemon is killed before and after each change of a job's state is written down: what was recorded as done is not done again, and
//! nothing is lost.

use std::collections::BTreeMap;

use super::stage::with_door;
use crate::support::{DEADLINE, Space, until};

const JOBS: &str = "
[job_queue]
max_concurrent_jobs = 1
[[jobs]]
id = 'a'
callback = 'command'
args.argv = ['sh', '-c', 'echo a >> effects']
[[jobs]]
id = 'b'
callback = 'command'
depends_on = ['a']
args.argv = ['sh', '-c', 'echo b >> effects; exit $(cat code)']
retries = 1
[[jobs]]
id = 'c'
callback = 'command'
depends_on = ['b']
when = 'always'
target_section = 'custom.c'
args.argv = ['sh', '-c', 'echo c >> effects; echo 0 > code']
";

fn effects(space: &Space) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for line in String::from_utf8(space.read("effects")).unwrap().lines() {
        *counts.entry(line.to_owned()).or_default() += 1;
    }
    counts
}

fn states(space: &Space) -> BTreeMap<String, String> {
    let list = space.jmake(&["jobs", "list", "--json"]).ok().object();
    let jobs = list["runs"][0]["jobs"].as_array().cloned().unwrap_or_default();
    jobs.iter().map(|job| (job["id"].as_str().unwrap().to_owned(), job["status"].as_str().unwrap().to_owned())).collect()
}

/// Kills the daemon at the passage of `point` after `passed` others. `false`: the run ended before.
fn killed_at(point: &str, passed: usize) -> bool {
    let space = with_door(Space::new());
    space.write("jmake.toml", JOBS);
    space.write("code", "0\n");
    space.write("effects", "");
    std::fs::write(space.place("faults").join(point), "ok\n".repeat(passed) + "kill\n").unwrap();
    let run = space.jmake(&["jobs", "run"]);
    if run.status.success() {
        return false;
    }
    run.exits(4).says("jobs resume");
    let _unused = std::fs::remove_file(space.place("faults").join(point));
    let (done, before) = (states(&space), effects(&space));
    let what = format!("{point} after {passed}: {done:?} {before:?}");
    if done.is_empty() {
        space.jmake(&["jobs", "run"]).ok();
    } else {
        space.jmake(&["jobs", "resume"]).ok();
    }
    let after = effects(&space);
    for id in ["a", "b", "c"] {
        let (before, after) = (before.get(id).copied().unwrap_or(0), after[id]);
        let recorded = done.get(id).is_some_and(|status| status == "completed");
        assert!(if recorded { after == before } else { after == before + 1 }, "{id} {after}; {what}");
        assert!(after <= 2, "{id} {after}; {what}");
    }
    assert!(states(&space).values().all(|status| status == "completed"), "{what}: {:?}", states(&space));
    let table: toml::Table = String::from_utf8(space.read("jmake.toml")).unwrap().parse().unwrap();
    assert_eq!(table["custom"]["c"].as_str(), Some(""), "{what}");
    true
}

#[test]
fn a_daemon_killed_at_any_change_of_a_jobs_state_loses_nothing_and_does_nothing_twice() {
    for point in ["JobJournal.before", "JobJournal.after"] {
        let boundaries = (0..100).take_while(|passed| killed_at(point, *passed)).count();
        // The run begins and ends, and each job does.
        assert!(boundaries >= 5, "{point}: {boundaries}");
    }
}

/// A failure with another attempt, one without, what is skipped for it and what is done because of it, a timeout, two at once, and files for builds.
const MIXED: &str = r"
[job_queue]
max_concurrent_jobs = 2
retry_delay_seconds = 0
[[jobs]]
id = 'one'
callback = 'command'
args.argv = ['sh', '-c', 'echo one >> effects']
[[jobs]]
id = 'two'
callback = 'command'
args.argv = ['sh', '-c', 'echo two >> effects']
[[jobs]]
id = 'flaky'
callback = 'command'
depends_on = ['one']
retries = 1
args.argv = ['sh', '-c', 'echo flaky >> effects; test -e tried || { echo > tried; exit 1; }']
[[jobs]]
id = 'bad'
callback = 'command'
args.argv = ['sh', '-c', 'echo bad >> effects; exit 1']
[[jobs]]
id = 'never'
callback = 'command'
depends_on = ['bad']
args.argv = ['sh', '-c', 'echo never >> effects']
[[jobs]]
id = 'mend'
callback = 'command'
depends_on = ['bad']
when = 'failure'
args.argv = ['sh', '-c', 'echo mend >> effects']
[[jobs]]
id = 'slow'
callback = 'command'
timeout = 1
args.argv = ['sh', '-c', 'echo slow >> effects; exec sleep 1000']
[[jobs]]
id = 'make'
callback = 'command'
outputs = ['made.txt']
args.argv = ['sh', '-c', 'echo make >> effects; echo x > made.txt']
[[jobs]]
id = 'last'
callback = 'command'
depends_on = ['flaky', 'make', 'two']
args.argv = ['sh', '-c', 'echo last >> effects']
";

/// As [`killed_at`], of a queue of which some jobs fail each time.
fn mixed_killed_at(point: &str, passed: usize) -> bool {
    let space = with_door(Space::new());
    space.write("jmake.toml", MIXED);
    space.write("effects", "");
    std::fs::write(space.place("faults").join(point), "ok\n".repeat(passed) + "kill\n").unwrap();
    let run = space.jmake(&["jobs", "run"]);
    if run.status.code() == Some(1) {
        return false;
    }
    run.exits(4);
    let _unused = std::fs::remove_file(space.place("faults").join(point));
    let (done, before) = (states(&space), effects(&space));
    let what = format!("{point} after {passed}: {done:?} {before:?}");
    space.jmake(&["jobs", if done.is_empty() { "run" } else { "resume" }]).exits(1);
    let after = effects(&space);
    let times = |effects: &BTreeMap<String, usize>, id: &str| effects.get(id).copied().unwrap_or(0);
    let recorded = |id: &str| done.get(id).is_some_and(|status| status == "completed");
    for id in ["one", "two", "flaky", "make", "last"] {
        let (before, after) = (times(&before, id), times(&after, id));
        // An attempt of the flaky one fails; what was made before a build was cut off need not be made again.
        let most = before + if id == "flaky" { 2 } else { 1 };
        let least = if id == "make" { before.max(1) } else { before + 1 };
        assert!(if recorded(id) { after == before } else { (least..=most).contains(&after) }, "{id} {after}; {what}");
    }
    // What failed is done again, and with it what was done because of it.
    for id in ["bad", "mend", "slow"] {
        assert_eq!(times(&after, id), times(&before, id) + 1, "{id}; {what}");
    }
    assert_eq!(times(&after, "never"), 0);
    let ended = states(&space);
    let status = |id: &str| ended[id].as_str();
    assert_eq!(["bad", "slow", "never"].map(status), ["failed", "failed", "skipped"], "{what}");
    assert_eq!(["one", "two", "flaky", "make", "mend", "last"].map(status), ["completed"; 6], "{what}: {ended:?}");
    assert!(!space.processes().iter().any(|(_, command)| command.contains("sleep 1000")), "{what}");
    true
}

#[test]
fn a_daemon_killed_before_any_change_in_a_mixed_queue_loses_nothing_and_does_nothing_twice() {
    let boundaries = (0..100).take_while(|passed| mixed_killed_at("JobJournal.before", *passed)).count();
    assert!(boundaries >= 10, "{boundaries}");
}

#[test]
fn a_daemon_killed_after_any_change_in_a_mixed_queue_loses_nothing_and_does_nothing_twice() {
    let boundaries = (0..100).take_while(|passed| mixed_killed_at("JobJournal.after", *passed)).count();
    assert!(boundaries >= 10, "{boundaries}");
}

/// Kills the daemon while a run is cancelled. `false`: the run ended before.
fn cancel_killed_at(point: &str, passed: usize) -> bool {
    let space = with_door(Space::new());
    space.write(
        "jmake.toml",
        "[[jobs]]\nid = 'hold'\ncallback = 'command'\nargs.argv = ['sh', '-c', 'echo hold >> effects; test -e go || exec sleep 1000']\n\
         [[jobs]]\nid = 'next'\ncallback = 'command'\ndepends_on = ['hold']\nargs.argv = ['sh', '-c', 'echo next >> effects']\n",
    );
    space.write("effects", "");
    let run = space.start(&["jobs", "run"]);
    assert!(until(DEADLINE, || effects(&space).contains_key("hold")));
    std::fs::write(space.place("faults").join(point), "ok\n".repeat(passed) + "kill\n").unwrap();
    // Its daemon may be gone before it answers.
    let _cancelled = space.jmake(&["jobs", "cancel"]);
    let run = run.finish();
    let _unused = std::fs::remove_file(space.place("faults").join(point));
    if run.status.code() == Some(130) {
        return false;
    }
    run.exits(4);
    space.write("go", "");
    space.jmake(&["jobs", "resume"]).ok();
    assert_eq!(effects(&space), BTreeMap::from([("hold".to_owned(), 2), ("next".to_owned(), 1)]), "{point} after {passed}");
    assert!(states(&space).values().all(|status| status == "completed"), "{:?}", states(&space));
    assert!(!space.processes().iter().any(|(_, command)| command.contains("sleep 1000")), "{:?}", space.processes());
    true
}

#[test]
fn a_daemon_killed_while_a_run_is_cancelled_leaves_nothing_running() {
    for point in ["JobJournal.before", "JobJournal.after"] {
        let boundaries = (0..100).take_while(|passed| cancel_killed_at(point, *passed)).count();
        assert!(boundaries >= 2, "{point}: {boundaries}");
    }
}
