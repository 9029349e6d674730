//! Random queues, thousands of them, run to their end with failures, timeouts, retries, cancels and kills. On failure the seed is printed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::json;

use super::super::Queue;
use super::super::history::{self, Entry, Last, PastRun, begun, entry, line, replay};
use super::super::progress::{Clock, Effect, JobError, Progress};
use super::super::queue::When;
use super::super::run::{Action, Event, Outcome, Run, Status};
use super::{queue, values};

const CASES: u64 = 1_000;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// What a job does when its attempts are made.
#[derive(Clone, Copy, Debug)]
struct Fate {
    /// So many attempts fail.
    failures: u32,
    hopeless: bool,
    admitted_after: Duration,
    takes: Duration,
}

struct World {
    queue: Queue,
    fates: Vec<Fate>,
    most: usize,
}

fn world(random: &mut Random) -> World {
    let jobs = 1 + random.below(12);
    let most = 1 + random.below(4);
    let mut text = format!("[job_queue]\nmax_concurrent_jobs = {most}\nmax_retries = {}\n", random.below(3));
    for job in 0..jobs {
        text += &format!("[[jobs]]\nid = 'j{job}'\ncallback = 'scan_files'\npriority = {}\n", random.below(3));
        let on: BTreeSet<usize> = if job == 0 { BTreeSet::new() } else { (0..random.below(4)).map(|_| random.below(job)).collect() };
        let named: Vec<String> = on.iter().map(|on| format!("'j{on}'")).collect();
        text += &format!("depends_on = [{}]\n", named.join(", "));
        if !on.is_empty() && random.one_in(4) {
            text += ["when = 'failure'\n", "when = 'always'\n"][random.below(2)];
        }
        if random.one_in(4) {
            text += &format!("timeout = {}\n", 1 + random.below(4));
        }
    }
    let fate = |random: &mut Random| Fate {
        failures: if random.one_in(3) { u32::try_from(random.below(4)).unwrap() } else { 0 },
        hopeless: random.one_in(20),
        admitted_after: if random.one_in(4) { Duration::from_millis(random.next() % 2000) } else { Duration::ZERO },
        takes: Duration::from_millis(random.next() % 4000),
    };
    World { queue: queue(&text), fates: (0..jobs).map(|_| fate(random)).collect(), most }
}

/// What was seen of a run.
#[derive(Default)]
struct Trace {
    begun: BTreeSet<usize>,
    /// Attempts that ended well, by job.
    successes: BTreeMap<usize, u32>,
    /// How it ended.
    finished: Option<bool>,
    cancelled: bool,
    timed_out: usize,
    waited: usize,
}

/// An attempt that is out.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Out {
    attempt: u32,
    /// When something happens to it: it is admitted, and then it ends.
    at: Duration,
    admitted: Option<Duration>,
    stopped: bool,
}

struct Play<'w> {
    world: &'w World,
    progress: Progress,
    out: BTreeMap<usize, Out>,
    now: Duration,
    wake: Option<Duration>,
    trace: Trace,
    journal: Vec<u8>,
    /// What was done before.
    done: Vec<bool>,
}

impl<'w> Play<'w> {
    fn new(world: &'w World, journal: Vec<u8>) -> Self {
        let past = replay(&journal, Last::Over).pop();
        let done = past.as_ref().map_or_else(|| vec![false; world.queue.jobs.len()], |past| recorded(world, past));
        let progress = Progress::new(world.queue.clone(), values(), 2, past.as_ref());
        let begun = begun(&world.queue, past.as_ref().map_or(1, |past| past.run + 1), 0, past.as_ref());
        let mut play = Self {
            world,
            progress,
            out: BTreeMap::new(),
            now: Duration::ZERO,
            wake: None,
            trace: Trace::default(),
            journal: [journal, line(&entry(&begun))].concat(),
            done,
        };
        let effects = play.progress.begin(play.clock());
        play.see(effects);
        play
    }

    fn clock(&self) -> Clock {
        Clock { now: self.now, wall_ms: u64::try_from(self.now.as_millis()).unwrap() }
    }

    fn status(&self, job: usize) -> Status {
        self.progress.states()[job].status
    }

    fn see(&mut self, effects: Vec<Effect>) {
        self.wake = self.wake.filter(|at| *at > self.now);
        for effect in effects {
            assert!(self.trace.finished.is_none(), "{effect:?} after the end");
            match effect {
                Effect::Perform(order) => self.start(order.job, order.attempt),
                Effect::Stop { job, timed_out } => self.stop(job, timed_out),
                Effect::Record(entry) => self.journal.extend(line(&entry)),
                Effect::Wake(at) => {
                    assert!(at > self.now);
                    self.wake = Some(at);
                }
                Effect::Finish { success } => self.trace.finished = Some(success),
                Effect::TriesAgain { .. } => self.trace.waited += 1,
                Effect::Began { .. } | Effect::Ended { .. } => {}
            }
        }
        self.look();
    }

    fn start(&mut self, job: usize, attempt: u32) {
        let told = &self.world.queue.jobs[job];
        assert!(!self.trace.cancelled, "nothing is begun after a cancel");
        assert!(!self.done[job] && !self.trace.successes.contains_key(&job), "j{job} is begun after it succeeded");
        assert!(attempt <= 1 + told.retries.unwrap_or(self.world.queue.options.retries), "attempt {attempt} of j{job}");
        let known = self.journal.split(|byte| *byte == b'\n').rev().find_map(|line| match serde_json::from_slice(line).ok()? {
            Entry::Job(state) => Some(state).filter(|state| state.id == told.id).map(|state| (state.status, state.attempts)),
            _ => None,
        });
        assert_eq!(known, Some((Status::Running, attempt)), "j{job} is begun before that is written down");
        // Those that could begin as well come later, or are waiting for their next attempt.
        let rank = |job: usize| (self.world.queue.jobs[job].priority, Reverse(job));
        let passed = (0..self.done.len()).find(|other| self.fresh(*other) && self.wanted(*other) && rank(*other) > rank(job));
        assert_eq!(passed, None, "a job with a higher priority than j{job} waits");
        assert!(self.wanted(job), "j{job} is begun too early");
        self.trace.begun.insert(job);
        // There may be no place for it at once.
        let at = self.now + self.world.fates[job].admitted_after;
        assert_eq!(self.out.insert(job, Out { attempt, at, admitted: None, stopped: false }), None, "j{job} runs twice at once");
    }

    fn stop(&mut self, job: usize, timed_out: bool) {
        let out = self.out.get_mut(&job).expect("only what runs is stopped");
        let timeout = self.world.queue.jobs[job].timeout;
        if timed_out {
            assert_eq!(Some(self.now), out.admitted.zip(timeout).map(|(since, timeout)| since + timeout), "not at its time");
            self.trace.timed_out += 1;
        }
        (out.at, out.stopped) = (self.now, true);
    }

    /// Nothing was done of it in this run.
    fn fresh(&self, job: usize) -> bool {
        !self.trace.begun.contains(&job) && matches!(self.status(job), Status::Pending | Status::Running)
    }

    /// Whether what it depends on ended as it wants.
    fn wanted(&self, job: usize) -> bool {
        let told = &self.world.queue.jobs[job];
        let statuses: Vec<Status> = told.depends_on.iter().map(|on| self.status(*on)).collect();
        match told.when {
            When::Success => statuses.iter().all(|status| *status == Status::Completed),
            When::Failure => statuses.iter().all(|status| status.is_final()) && statuses.contains(&Status::Failed),
            When::Always => statuses.iter().all(|status| status.is_final()),
        }
    }

    /// As many run as could: a free place is free because nothing is ready.
    fn look(&self) {
        assert!(self.out.len() <= self.world.most);
        let idle = self.out.len() < self.world.most && !self.trace.cancelled;
        let waits = |job: &usize| self.fresh(*job) && self.wanted(*job);
        assert!(!idle || (0..self.done.len()).find(waits).is_none(), "a job waits beside a free place");
    }

    /// To the next moment at which something happens.
    fn step(&mut self, random: &mut Random) {
        let first = self.out.iter().map(|(job, out)| (out.at, *job)).min();
        let effects = match (first, self.wake) {
            (Some((at, job)), wake) if wake.is_none_or(|wake| at <= wake) => {
                self.now = self.now.max(at);
                let out = self.out[&job];
                if out.admitted.is_none() && !out.stopped {
                    let at = self.now + self.world.fates[job].takes;
                    self.out.insert(job, Out { admitted: Some(self.now), at, ..out });
                    self.progress.admitted(self.clock(), job, out.attempt)
                } else {
                    self.end(job, random)
                }
            }
            (_, Some(wake)) => {
                self.now = wake;
                self.progress.woken(self.clock())
            }
            (first, None) => panic!("nothing happens any more: {first:?} {:?}", self.progress.states()),
        };
        self.see(effects);
    }

    fn end(&mut self, job: usize, random: &mut Random) -> Vec<Effect> {
        let out = self.out.remove(&job).expect("it is out");
        let fate = self.world.fates[job];
        let late = out.admitted.zip(self.world.queue.jobs[job].timeout).is_some_and(|(since, timeout)| self.now > since + timeout);
        assert!(!late, "j{job} took longer than its timeout");
        let failed = |hopeless| Err(JobError { why: "it failed".to_owned(), output: String::new(), hopeless });
        // What is stopped may have come to its end in the same moment.
        let result = match () {
            () if out.stopped && (out.admitted.is_none() || !random.one_in(5)) => failed(false),
            () if fate.hopeless => failed(true),
            () if out.attempt <= fate.failures => failed(false),
            () => Ok(json!({ "success": true })),
        };
        if result.is_ok() {
            *self.trace.successes.entry(job).or_default() += 1;
        }
        let effects = self.progress.ended(self.clock(), job, out.attempt, result);
        if random.one_in(10) {
            let again = self.progress.ended(self.clock(), job, out.attempt, failed(false));
            assert!(again.iter().all(|effect| matches!(effect, Effect::Wake(_))), "{again:?}");
        }
        effects
    }
}

/// Which jobs need not be done again: by the rule of resuming, and as far as lines of the journal say that they and all before them completed.
fn recorded(world: &World, past: &PastRun) -> Vec<bool> {
    let done: Vec<bool> = history::done(&world.queue, past).iter().map(Option::is_some).collect();
    for (at, job) in world.queue.jobs.iter().enumerate() {
        let completed = past.jobs.iter().any(|state| state.id == job.id && state.status == Status::Completed);
        assert_eq!(done[at], completed && job.depends_on.iter().all(|on| done[*on]), "j{at}: {past:?}");
    }
    done
}

#[test]
fn every_job_has_its_effect_once_and_in_order() {
    let (mut timed_out, mut waited, mut resumed) = (0, 0, 0);
    for seed in 0..CASES {
        let mut random = Random(seed);
        let world = world(&mut random);
        let (mut journal, mut done) = (Vec::new(), vec![false; world.queue.jobs.len()]);
        // Killed up to twice, then run to the end, perhaps cancelled.
        for life in 0..3 {
            let begins = journal.len();
            let mut play = Play::new(&world, journal);
            let lost = done.iter().zip(&play.done).any(|(before, now)| *before && !now);
            assert!(!lost, "seed {seed}: what was done is to be done again");
            resumed += play.done.iter().filter(|done| **done).count();
            let kill_after = random.one_in(2).then(|| random.below(15)).filter(|_| life < 2);
            let cancel_after = random.one_in(6).then(|| random.below(10));
            let mut steps = 0;
            while play.trace.finished.is_none() && kill_after.is_none_or(|after| steps < after) {
                if cancel_after == Some(steps) {
                    play.trace.cancelled = true;
                    let effects = play.progress.cancel(play.clock());
                    play.see(effects);
                } else {
                    play.step(&mut random);
                }
                steps += 1;
                assert!(steps < 10_000, "seed {seed} never ends");
            }
            assert!(play.trace.successes.values().all(|times| *times == 1), "seed {seed}: {:?}", play.trace.successes);
            if play.trace.finished.is_some() {
                ends(&play, seed);
            }
            (timed_out, waited) = (timed_out + play.trace.timed_out, waited + play.trace.waited);
            done = play.done;
            journal = play.journal;
            // A machine that crashes may lose the end of it.
            if random.one_in(3) {
                let lost = random.below(journal.len() - begins + 1);
                journal.truncate(journal.len() - lost);
                // Even the line that it began with.
                if !journal.ends_with(b"\n") {
                    journal = history::journal(&replay(&journal, Last::Over));
                }
            }
        }
    }
    assert!(timed_out > 100 && waited > 100 && resumed > 100, "{timed_out} {waited} {resumed}");
}

/// Every job is at an end, and the end is the one that its attempts and its dependencies ask for.
fn ends(play: &Play<'_>, seed: u64) {
    for (at, job) in play.world.queue.jobs.iter().enumerate() {
        let statuses: Vec<Status> = job.depends_on.iter().map(|on| play.status(*on)).collect();
        let wanted = match job.when {
            When::Success => statuses.iter().all(|status| *status == Status::Completed),
            When::Failure => statuses.contains(&Status::Failed),
            When::Always => true,
        };
        match play.status(at) {
            // What was done before stays done, whatever becomes of the others.
            Status::Completed if play.done[at] => {}
            Status::Completed => assert!(wanted && play.trace.successes.contains_key(&at), "seed {seed}: j{at}"),
            Status::Failed => assert!(wanted, "seed {seed}: j{at}"),
            Status::Skipped => assert!(!wanted, "seed {seed}: j{at}"),
            Status::Cancelled => assert!(play.trace.cancelled, "seed {seed}: j{at}"),
            other => panic!("seed {seed}: j{at} is {other:?} at the end"),
        }
    }
    let all_well = (0..play.done.len()).all(|job| matches!(play.status(job), Status::Completed | Status::Skipped));
    assert_eq!(play.trace.finished, Some(all_well && !play.trace.cancelled), "seed {seed}");
}

#[test]
fn waits_grow_and_differ_from_job_to_job() {
    let queue = queue(
        "[job_queue]\nmax_retries = 20\nretry_delay_seconds = 2\n[[jobs]]\nid = 'a'\ncallback = 'scan_files'\n[[jobs]]\nid = 'b'\ncallback = 'scan_files'",
    );
    let mut run = Run::new(&queue, 1, &[]);
    let mut now = Duration::ZERO;
    let wake = |actions: Vec<Action>| actions.into_iter().find_map(|action| if let Action::Wake(at) = action { Some(at) } else { None });
    run.on_event(now, Event::Begun);
    let first = wake(run.on_event(now, Event::Ended { job: 0, attempt: 1, outcome: Outcome::Failed })).unwrap();
    assert!(first > Duration::from_millis(1499) && first <= Duration::from_secs(2), "{first:?}");
    let other = wake(run.on_event(now, Event::Ended { job: 1, attempt: 1, outcome: Outcome::Hopeless })).unwrap();
    assert_eq!(other, first, "the hopeless one is not tried again");
    let (mut last, mut waited) = (first, first);
    for attempt in 2..=12 {
        now = last;
        run.on_event(now, Event::Woken);
        last = wake(run.on_event(now, Event::Ended { job: 0, attempt, outcome: Outcome::Failed })).unwrap();
        waited = last.saturating_sub(now);
        assert!(waited <= Duration::from_secs(300));
    }
    assert!(waited >= Duration::from_secs(225), "{waited:?}");
}
