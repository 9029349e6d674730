//! What is written down of runs.

use serde_json::{Value as Json, json};

use super::super::history::{Entry, JobState, Last, PastRun, begun, copy, done, entry, line, read_copy, replay};
use super::super::run::Status;
use super::queue;

const THREE: &str = "[[jobs]]\nid = 'a'\ncallback = 'scan_files'\n[[jobs]]\nid = 'b'\ndepends_on = ['a']\ncallback = 'scan_files'\n[[jobs]]\nid = 'c'\ncallback = 'scan_files'";

fn past(statuses: [Status; 3]) -> PastRun {
    let queue = queue(THREE);
    let job = |(job, status): (&super::super::queue::Job, Status)| JobState {
        status,
        attempts: 1,
        started_ms: Some(5),
        completed_ms: (status == Status::Completed).then_some(7),
        error: (status == Status::Failed).then(|| "it \"broke\"\nbadly".to_owned()),
        result: (status == Status::Completed).then(|| json!({ "success": true, "files": ["ü'\""] })),
        ..JobState::pending(&job.id, job.digest.hex())
    };
    let jobs = queue.jobs.iter().zip(statuses).map(job).collect();
    PastRun { run: 4, file: "jobs.toml".to_owned(), began_ms: 3, ended: Some((9, false)), jobs }
}

fn journal(run: &PastRun) -> Vec<u8> {
    let ids = run.jobs.iter().map(|job| job.id.clone()).collect();
    let mut text = line(&Entry::Begun { run: run.run, file: run.file.clone(), at_ms: run.began_ms, jobs: ids, done: Vec::new() });
    run.jobs.iter().for_each(|job| text.extend(line(&Entry::Job(Box::new(job.clone())))));
    text.extend(run.ended.map(|(at_ms, success)| line(&Entry::Finished { at_ms, success })).unwrap_or_default());
    text
}

#[test]
fn a_journal_and_its_copy_say_the_same() {
    let run = past([Status::Completed, Status::Failed, Status::Skipped]);
    assert_eq!(replay(&journal(&run), Last::Over), std::slice::from_ref(&run));
    assert_eq!(read_copy(&copy(&run)), Some(run.clone()));
    let whole = copy(&run);
    assert!(whole.contains("\nresult_digest = \""), "{whole}");
    let edited = read_copy(&whole.replace("success\\\":true", "success\\\":false")).unwrap();
    assert_eq!((edited.jobs[0].status, &edited.jobs[0].result), (Status::Completed, &None), "{whole}");
    assert_eq!(done(&queue(THREE), &edited), [None, None, None]);
    assert_eq!(read_copy("run = 1"), None);
    assert_eq!(read_copy("]["), None);
}

#[test]
fn a_run_that_goes_on_says_in_its_first_line_what_is_done() {
    let past = past([Status::Completed, Status::Failed, Status::Completed]);
    let run = begun(&queue(THREE), 5, 20, Some(&past));
    let runs = replay(&[journal(&past), line(&entry(&run))].concat(), Last::Over);
    assert_eq!(runs[1].jobs[0], past.jobs[0]);
    assert_eq!(runs[1].jobs.iter().map(|job| job.status).collect::<Vec<_>>(), [Status::Completed, Status::Pending, Status::Completed]);
    assert_eq!(done(&queue(THREE), &runs[1]), done(&queue(THREE), &past));
}

#[test]
fn a_job_that_was_running_when_the_daemon_died_was_interrupted() {
    let run = past([Status::Completed, Status::Running, Status::Pending]);
    assert_eq!(replay(&journal(&run), Last::Over)[0].jobs[1].status, Status::Interrupted);
    assert_eq!(read_copy(&copy(&run)).unwrap().jobs[1].status, Status::Interrupted);
    // Of a run that is under way it runs; of those before it nothing does.
    let two = [journal(&run), journal(&run)].concat();
    let statuses: Vec<Status> = replay(&two, Last::UnderWay).iter().map(|run| run.jobs[1].status).collect();
    assert_eq!(statuses, [Status::Interrupted, Status::Running]);
    assert_eq!(replay(b"", Last::UnderWay), []);
}

#[test]
fn whatever_a_journal_was_cut_at_it_says_a_beginning_of_the_run() {
    let whole = journal(&past([Status::Completed, Status::Completed, Status::Completed]));
    for cut in 0..whole.len() {
        let runs = replay(&whole[..cut], Last::Over);
        let completed: Vec<bool> = runs.iter().flat_map(|run| &run.jobs).map(|job| job.status == Status::Completed).collect();
        assert!(completed.is_sorted_by(|a, b| a >= b), "{cut}: {completed:?}");
    }
    let mut garbage = whole.clone();
    garbage.splice(0..0, b"\xff\x00{\n".iter().copied());
    assert_eq!(replay(&garbage, Last::Over), replay(&whole, Last::Over));
}

#[test]
fn another_run_does_again_what_is_not_done_and_what_depends_on_it() {
    let result = Some(json!({ "success": true, "files": ["ü'\""] }));
    let check = |text: &str, statuses: [Status; 3], expect: [bool; 3]| {
        let expect: Vec<Option<Json>> = expect.iter().map(|done| result.clone().filter(|_| *done)).collect();
        assert_eq!(done(&queue(text), &past(statuses)), expect, "{text}");
    };
    check(THREE, [Status::Completed; 3], [true; 3]);
    check(THREE, [Status::Completed, Status::Failed, Status::Completed], [true, false, true]);
    check(THREE, [Status::Interrupted, Status::Completed, Status::Completed], [false, false, true]);
    check(&THREE.replace("id = 'a'", "id = 'a'\npriority = 7"), [Status::Completed; 3], [false, false, true]);
    check(&THREE.replace("id = 'c'", "id = 'd'"), [Status::Completed; 3], [true, true, false]);
}
