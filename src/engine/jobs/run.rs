//! One run of a queue, as a state machine: `on_event(now, event) -> actions`. Does not know what jobs do, nor the clock.
//!
//! ```text
//! pending ──▶ running ──▶ completed
//!    │         │  ▲  └──▶ failed
//!    │         ▼  │
//!    │        waiting (for its next attempt)
//!    ├──▶ skipped         what it waited for did not end as it wanted
//!    └──▶ cancelled       also from waiting and running
//! ```

use std::collections::{BTreeSet, BinaryHeap};
use std::time::Duration;

use super::queue::{Job, Options, Queue, When};
pub use super::transition::{Action, Event, Outcome, Status};

/// How the jobs of a run hang together.
#[derive(Clone, Debug)]
struct Node {
    depends_on: Vec<usize>,
    dependents: Vec<usize>,
    priority: u64,
    when: When,
    retries: u32,
    timeout: Option<Duration>,
    /// What varies the waits between attempts from job to job.
    salt: u64,
}

impl Node {
    fn new(job: &Job, options: &Options) -> Self {
        Self {
            depends_on: job.depends_on.clone(),
            dependents: Vec::new(),
            priority: job.priority,
            when: job.when,
            retries: job.retries.unwrap_or(options.retries),
            timeout: job.timeout.or(options.timeout),
            salt: u64::from_le_bytes(std::array::from_fn(|at| job.digest.bytes[at])),
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Pending,
    Running { deadline: Option<Duration>, stopped: bool },
    Waiting,
    Final(Status),
}

/// A run. An event costs what it changes, not what the queue holds.
#[derive(Clone, Debug)]
pub struct Run {
    nodes: Vec<Node>,
    states: Vec<State>,
    attempts: Vec<u32>,
    /// Of each job: how many that it depends on have not ended.
    open: Vec<usize>,
    /// What could start now: the highest priority first, and the first in the file among equals.
    ready: BinaryHeap<(u64, std::cmp::Reverse<usize>)>,
    running: BTreeSet<usize>,
    /// Jobs between two attempts, and until when.
    waiting: BTreeSet<(Duration, usize)>,
    /// How many have not ended.
    left: usize,
    delay: Duration,
    most_at_once: usize,
    begun: bool,
    cancelled: bool,
    finished: bool,
}

/// No wait between attempts is longer.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

impl Run {
    /// A run of `queue` on a machine with so many processors. Jobs of which `done` says so have completed before.
    #[must_use]
    pub fn new(queue: &Queue, processors: usize, done: &[bool]) -> Self {
        let mut nodes: Vec<Node> = queue.jobs.iter().map(|job| Node::new(job, &queue.options)).collect();
        for job in 0..nodes.len() {
            for on in nodes[job].depends_on.clone() {
                nodes[on].dependents.push(job);
            }
        }
        let is_done = |at: usize| done.get(at) == Some(&true);
        let state = |at: usize| if is_done(at) { State::Final(Status::Completed) } else { State::Pending };
        let states: Vec<State> = (0..nodes.len()).map(state).collect();
        Self {
            attempts: vec![0; nodes.len()],
            open: nodes.iter().map(|node| node.depends_on.iter().filter(|on| !is_done(**on)).count()).collect(),
            ready: BinaryHeap::new(),
            running: BTreeSet::new(),
            waiting: BTreeSet::new(),
            left: states.iter().filter(|state| **state == State::Pending).count(),
            delay: queue.options.retry_delay,
            most_at_once: queue.options.most_at_once.unwrap_or(processors).max(1),
            begun: false,
            cancelled: false,
            finished: false,
            nodes,
            states,
        }
    }

    /// How a job stands.
    #[must_use]
    pub fn status(&self, job: usize) -> Status {
        match self.states[job] {
            State::Pending | State::Waiting => Status::Pending,
            State::Running { .. } => Status::Running,
            State::Final(status) => status,
        }
    }

    /// Every job completed, or was not wanted.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        let well = |status: Status| matches!(status, Status::Completed | Status::Skipped);
        !self.cancelled && (0..self.nodes.len()).all(|job| well(self.status(job)))
    }

    /// What is to be done about `event`. One that concerns no running attempt changes nothing.
    pub fn on_event(&mut self, now: Duration, event: Event) -> Vec<Action> {
        let mut actions = Vec::new();
        match event {
            Event::Begun => self.begin(&mut actions),
            Event::Woken => {}
            Event::Admitted { job, attempt } => self.admitted(now, job, attempt),
            Event::Ended { job, attempt, outcome } => self.ended(now, job, attempt, outcome, &mut actions),
            Event::Cancelled => self.cancel(&mut actions),
        }
        self.go_on(now, &mut actions);
        actions
    }

    fn begin(&mut self, actions: &mut Vec<Action>) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        // All are asked before any is told: what becomes of one says by itself what becomes of those behind it.
        let wanted: Vec<(usize, bool)> = (0..self.nodes.len()).filter_map(|job| Some((job, self.wanted(job)?))).collect();
        for (job, wanted) in wanted {
            if wanted { self.is_ready(job) } else { self.end(job, Status::Skipped, actions) }
        }
    }

    fn admitted(&mut self, now: Duration, job: usize, attempt: u32) {
        if let State::Running { deadline, .. } = &mut self.states[job]
            && self.attempts[job] == attempt
        {
            *deadline = self.nodes[job].timeout.map(|timeout| now.saturating_add(timeout));
        }
    }

    fn ended(&mut self, now: Duration, job: usize, attempt: u32, outcome: Outcome, actions: &mut Vec<Action>) {
        if !self.running.contains(&job) || self.attempts[job] != attempt {
            return;
        }
        self.running.remove(&job);
        let again = outcome == Outcome::Failed && attempt <= self.nodes[job].retries;
        match outcome {
            Outcome::Succeeded => self.end(job, Status::Completed, actions),
            _ if self.cancelled => self.end(job, Status::Cancelled, actions),
            _ if again => {
                self.states[job] = State::Waiting;
                self.waiting.insert((now.saturating_add(self.wait(job, attempt)), job));
                actions.push(Action::Note { job, status: Status::Pending, attempts: attempt });
            }
            _ => self.end(job, Status::Failed, actions),
        }
    }

    /// Twice as long from attempt to attempt, and up to a quarter less, so that jobs that failed together do not come together again.
    fn wait(&self, job: usize, attempt: u32) -> Duration {
        let whole = self.delay.saturating_mul(1 << (attempt - 1).min(16)).min(LONGEST_WAIT);
        let mixed = (self.nodes[job].salt ^ u64::from(attempt)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let less = whole.as_nanos() / 4 * u128::from(mixed) / (1 << 32);
        whole.saturating_sub(Duration::from_nanos(u64::try_from(less).unwrap_or(0)))
    }

    fn cancel(&mut self, actions: &mut Vec<Action>) {
        self.cancelled = true;
        self.waiting.clear();
        self.ready.clear();
        for job in 0..self.states.len() {
            match &mut self.states[job] {
                State::Pending | State::Waiting => self.end(job, Status::Cancelled, actions),
                State::Running { stopped, .. } if !*stopped => {
                    *stopped = true;
                    actions.push(Action::Stop { job, timed_out: false });
                }
                State::Running { .. } | State::Final(_) => {}
            }
        }
    }

    /// A job has ended so; those that only waited for it may be ready, or will never be.
    fn end(&mut self, job: usize, status: Status, actions: &mut Vec<Action>) {
        let mut ended = vec![(job, status)];
        while let Some((job, status)) = ended.pop() {
            if matches!(self.states[job], State::Final(_)) {
                continue;
            }
            self.states[job] = State::Final(status);
            self.left -= 1;
            actions.push(Action::Note { job, status, attempts: self.attempts[job] });
            for dependent in self.nodes[job].dependents.clone() {
                self.open[dependent] -= 1;
                match self.wanted(dependent) {
                    Some(true) => self.is_ready(dependent),
                    Some(false) => ended.push((dependent, Status::Skipped)),
                    None => {}
                }
            }
        }
    }

    fn is_ready(&mut self, job: usize) {
        self.ready.push((self.nodes[job].priority, std::cmp::Reverse(job)));
    }

    /// Whatever can be started now, and when to look again.
    fn go_on(&mut self, now: Duration, actions: &mut Vec<Action>) {
        self.time_out(now, actions);
        while let Some((until, job)) = self.waiting.first().copied()
            && until <= now
        {
            self.waiting.pop_first();
            self.is_ready(job);
        }
        while self.running.len() < self.most_at_once
            && let Some((_, std::cmp::Reverse(job))) = self.ready.pop()
        {
            self.start(job, actions);
        }
        if self.left == 0 && !std::mem::replace(&mut self.finished, true) {
            actions.push(Action::Finish);
        } else if let Some(at) = self.moment(now) {
            actions.push(Action::Wake(at));
        }
    }

    fn time_out(&mut self, now: Duration, actions: &mut Vec<Action>) {
        for job in &self.running {
            if let State::Running { deadline: Some(deadline), stopped } = &mut self.states[*job]
                && *deadline <= now
                && !*stopped
            {
                *stopped = true;
                actions.push(Action::Stop { job: *job, timed_out: true });
            }
        }
    }

    /// Whether a job that has not begun is to be run; `None`: that is not known yet, or has been said.
    fn wanted(&self, job: usize) -> Option<bool> {
        if self.states[job] != State::Pending || self.cancelled {
            return None;
        }
        let node = &self.nodes[job];
        let mut statuses = node.depends_on.iter().map(|on| self.status(*on));
        let ended = self.open[job] == 0;
        match node.when {
            When::Success if statuses.any(|status| status.is_final() && status != Status::Completed) => Some(false),
            When::Success => ended.then_some(true),
            When::Failure => ended.then(|| statuses.any(|status| status == Status::Failed)),
            When::Always => ended.then_some(true),
        }
    }

    fn start(&mut self, job: usize, actions: &mut Vec<Action>) {
        self.attempts[job] += 1;
        self.states[job] = State::Running { deadline: None, stopped: false };
        self.running.insert(job);
        actions.push(Action::Note { job, status: Status::Running, attempts: self.attempts[job] });
        actions.push(Action::Start { job, attempt: self.attempts[job] });
    }

    fn moment(&self, now: Duration) -> Option<Duration> {
        let deadlines = self.running.iter().filter_map(|job| match self.states[*job] {
            State::Running { deadline, stopped: false } => deadline,
            _ => None,
        });
        deadlines.chain(self.waiting.first().map(|(until, _)| *until)).filter(|moment| *moment > now).min()
    }
}
