//! The daemon is killed before and after each change of a job's state is written down: what was recorded as done is not done again, and
//! nothing is lost.

use std::collections::BTreeMap;

use super::stage::with_door;
use crate::support::Space;

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
