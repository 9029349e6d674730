//! Random queues, thousands of them, run to their end with failures, timeouts, retries, cancels and kills. On failure the seed is printed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::Queue;
use super::super::queue::When;
use super::super::run::{Action, Event, Outcome, Run, Status};
use super::queue;

const CASES: u64 = 3_000;

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
        takes: Duration::from_millis(random.next() % 4000),
    };
    World { queue: queue(&text), fates: (0..jobs).map(|_| fate(random)).collect(), most }
}

/// What was seen of a run.
#[derive(Default)]
struct Trace {
    /// Attempts that ended well, by job.
    successes: BTreeMap<usize, u32>,
    finished: bool,
    cancelled: bool,
}

/// An attempt that is out, and when it ends by itself.
type Out = BTreeMap<usize, (u32, Duration, bool)>;

struct Play<'w> {
    world: &'w World,
    run: Run,
    out: Out,
    now: Duration,
    wake: Option<Duration>,
    trace: Trace,
    statuses: Vec<Status>,
}

impl<'w> Play<'w> {
    fn new(world: &'w World, done: &[bool]) -> Self {
        let run = Run::new(&world.queue, 2, done);
        let statuses = (0..world.queue.jobs.len()).map(|job| run.status(job)).collect();
        Self { world, run, out: Out::new(), now: Duration::ZERO, wake: None, trace: Trace::default(), statuses }
    }

    fn tell(&mut self, event: Event) {
        self.wake = None;
        for action in self.run.on_event(self.now, event) {
            assert!(!self.trace.finished, "{action:?} after the end");
            match action {
                Action::Start { job, attempt } => self.start(job, attempt),
                Action::Stop { job, .. } => {
                    let out = self.out.get_mut(&job).expect("only what runs is stopped");
                    *out = (out.0, self.now, true);
                }
                Action::Note { job, status, .. } => self.statuses[job] = status,
                Action::Wake(at) => {
                    assert!(at > self.now);
                    self.wake = Some(at);
                }
                Action::Finish => self.trace.finished = true,
            }
        }
        self.look();
    }

    fn start(&mut self, job: usize, attempt: u32) {
        let takes = self.world.fates[job].takes;
        assert!(!self.trace.cancelled, "nothing is begun after a cancel");
        assert!(!self.trace.successes.contains_key(&job), "j{job} is begun after it succeeded");
        assert_eq!(self.out.insert(job, (attempt, self.now + takes, false)), None, "j{job} runs twice at once");
        let statuses: Vec<Status> = self.world.queue.jobs[job].depends_on.iter().map(|on| self.run.status(*on)).collect();
        let ended = |status: &Status| !matches!(status, Status::Pending | Status::Running);
        match self.world.queue.jobs[job].when {
            When::Success => assert!(statuses.iter().all(|status| *status == Status::Completed), "j{job}: {statuses:?}"),
            When::Failure => assert!(statuses.iter().all(ended) && statuses.contains(&Status::Failed), "j{job}: {statuses:?}"),
            When::Always => assert!(statuses.iter().all(ended), "j{job}: {statuses:?}"),
        }
    }

    /// As many run as could: a free place is free because nothing is ready.
    fn look(&self) {
        assert!(self.out.len() <= self.world.most);
        let ready = |job: usize| {
            let deps = &self.world.queue.jobs[job].depends_on;
            self.world.queue.jobs[job].when == When::Success
                && self.run.status(job) == Status::Pending
                && deps.iter().all(|on| self.run.status(*on) == Status::Completed)
        };
        let idle = self.out.len() < self.world.most && !self.trace.cancelled;
        assert!(!idle || (0..self.statuses.len()).all(|job| !ready(job)), "a job waits beside a free place");
        (0..self.statuses.len()).for_each(|job| assert_eq!(self.statuses[job], self.run.status(job), "every change is noted"));
    }

    /// To the next moment at which something happens.
    fn step(&mut self, random: &mut Random) {
        let first = self.out.iter().map(|(job, (_, at, _))| (*at, *job)).min();
        match (first, self.wake) {
            (Some((at, job)), wake) if wake.is_none_or(|wake| at <= wake) => {
                self.now = self.now.max(at);
                let (attempt, _, stopped) = self.out.remove(&job).expect("it is out");
                let fate = self.world.fates[job];
                // What is stopped may have come to its end in the same moment.
                let outcome = match () {
                    () if stopped && !random.one_in(5) => Outcome::Failed,
                    () if fate.hopeless => Outcome::Hopeless,
                    () if attempt <= fate.failures => Outcome::Failed,
                    () => Outcome::Succeeded,
                };
                if outcome == Outcome::Succeeded {
                    *self.trace.successes.entry(job).or_default() += 1;
                }
                self.tell(Event::Ended { job, attempt, outcome });
                if random.one_in(10) {
                    self.tell(Event::Ended { job, attempt, outcome: Outcome::Succeeded });
                }
            }
            (_, Some(wake)) => {
                self.now = wake;
                self.tell(Event::Woken);
            }
            (first, None) => panic!("nothing happens any more: {first:?} {:?}", self.statuses),
        }
    }
}

#[test]
fn every_job_has_its_effect_once_and_in_order() {
    for seed in 0..CASES {
        let mut random = Random(seed);
        let world = world(&mut random);
        let mut done = vec![false; world.queue.jobs.len()];
        // Killed once, then run to the end, perhaps cancelled.
        let kill_after = random.one_in(2).then(|| random.below(15));
        for life in 0..2 {
            let mut play = Play::new(&world, &done);
            play.tell(Event::Begun);
            let cancel_after = random.one_in(6).then(|| random.below(10));
            let mut steps = 0;
            while !(play.trace.finished || life == 0 && kill_after.is_none_or(|after| steps >= after)) {
                if cancel_after == Some(steps) {
                    play.trace.cancelled = true;
                    play.tell(Event::Cancelled);
                } else {
                    play.step(&mut random);
                }
                steps += 1;
                assert!(steps < 10_000, "seed {seed} never ends");
            }
            for (job, times) in &play.trace.successes {
                assert!(!done[*job] && *times == 1, "seed {seed}: j{job}");
            }
            if play.trace.finished {
                ends(&play, seed);
            }
            // As `history::done`: what depends on a job that is done again is done again.
            for (at, job) in world.queue.jobs.iter().enumerate() {
                done[at] = play.run.status(at) == Status::Completed && job.depends_on.iter().all(|on| done[*on]);
            }
        }
    }
}

/// Every job is at an end, and the end is the one that its attempts and its dependencies ask for.
fn ends(play: &Play<'_>, seed: u64) {
    let status = |job: usize| play.run.status(job);
    for (at, job) in play.world.queue.jobs.iter().enumerate() {
        let statuses: Vec<Status> = job.depends_on.iter().map(|on| status(*on)).collect();
        let wanted = match job.when {
            When::Success => statuses.iter().all(|status| *status == Status::Completed),
            When::Failure => statuses.contains(&Status::Failed),
            When::Always => true,
        };
        match status(at) {
            Status::Completed | Status::Failed => assert!(wanted, "seed {seed}: j{at}"),
            Status::Skipped => assert!(!wanted, "seed {seed}: j{at}"),
            Status::Cancelled => assert!(play.trace.cancelled, "seed {seed}: j{at}"),
            other => panic!("seed {seed}: j{at} is {other:?} at the end"),
        }
    }
    let all_well = (0..play.statuses.len()).all(|job| matches!(status(job), Status::Completed | Status::Skipped));
    assert_eq!(play.run.succeeded(), all_well && !play.trace.cancelled, "seed {seed}");
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
