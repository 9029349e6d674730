//! A run with all that is known of it: what jobs gave, how they stand, and what is to be done, written down and told. Does not know who does it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value as Json};

use super::functions::Function;
use super::history::{Entry, JobState, PastRun, done};
use super::queue::{Job, Queue};
use super::run::{Action, Event, Outcome, Run, Status};
use super::values::Values;

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Do a job; say how it ended with [`Progress::ended`].
    Perform(Box<Order>),
    /// End a job that is being done.
    Stop {
        /// Its position.
        job: usize,
        /// It took too long.
        timed_out: bool,
    },
    /// Write this down before anything else is done.
    Record(Box<Entry>),
    /// A job is begun.
    Began {
        /// Its position.
        job: usize,
        /// From one.
        attempt: u32,
    },
    /// A job failed, and is tried again later.
    TriesAgain {
        /// Its position.
        job: usize,
        /// Attempts so far.
        attempts: u32,
        /// Why it failed.
        error: String,
        /// What it printed.
        output: String,
    },
    /// A job came to its end.
    Ended {
        /// Its position.
        job: usize,
        /// What it printed, if it failed or was stopped.
        output: String,
    },
    /// Call [`Progress::woken`] then.
    Wake(Duration),
    /// Nothing is left to do.
    Finish {
        /// Every job did what it should.
        success: bool,
    },
}

/// A job to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Its position.
    pub job: usize,
    /// From one.
    pub attempt: u32,
    /// What it runs.
    pub function: &'static Function,
    /// What with.
    pub arguments: Map<String, Json>,
    /// Variables of its process beyond those of whoever runs the queue.
    pub env: BTreeMap<String, String>,
    /// Where its process runs, from the root.
    pub cwd: Option<String>,
    /// Where its result goes.
    pub section: Option<Vec<String>>,
    /// What it makes, if it is a step of builds.
    pub outputs: Vec<String>,
}

/// Why a job failed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct JobError {
    /// In a sentence.
    pub why: String,
    /// What it printed.
    pub output: String,
    /// Another attempt would not do better.
    pub hopeless: bool,
}

impl JobError {
    /// Another attempt would end in the same way.
    #[must_use]
    pub fn hopeless(why: impl ToString) -> Self {
        Self { why: why.to_string(), output: String::new(), hopeless: true }
    }
}

/// A run under way.
#[derive(Debug)]
pub struct Progress {
    queue: Queue,
    run: Run,
    values: Values,
    states: Vec<JobState>,
}

impl Progress {
    /// A run of `queue`; what is done in `past` is not done again.
    #[must_use]
    pub fn new(queue: Queue, mut values: Values, processors: usize, past: Option<&PastRun>) -> Self {
        let results = past.map(|past| done(&queue, past)).unwrap_or_default();
        let is_done: Vec<bool> = results.iter().map(Option::is_some).collect();
        let mut states: Vec<JobState> = queue.jobs.iter().map(|job| JobState::pending(&job.id, job.digest.hex())).collect();
        for (at, result) in results.into_iter().enumerate().filter_map(|(at, result)| Some((at, result?))) {
            if let Some(state) = past.into_iter().flat_map(|past| &past.jobs).find(|state| state.id == queue.jobs[at].id) {
                states[at] = state.clone();
            }
            values.completed(&queue.jobs[at], result);
        }
        Self { run: Run::new(&queue, processors, &is_done), queue, values, states }
    }

    /// The jobs.
    #[must_use]
    pub fn jobs(&self) -> &[Job] {
        &self.queue.jobs
    }

    /// How each stands.
    #[must_use]
    pub fn states(&self) -> &[JobState] {
        &self.states
    }

    /// Begins.
    pub fn begin(&mut self, clock: Clock) -> Vec<Effect> {
        self.feed(clock, Event::Begun, String::new())
    }

    /// A moment that was asked for has come.
    pub fn woken(&mut self, clock: Clock) -> Vec<Effect> {
        self.feed(clock, Event::Woken, String::new())
    }

    /// A job has a place to run in: from now on its time counts.
    pub fn admitted(&mut self, clock: Clock, job: usize, attempt: u32) -> Vec<Effect> {
        self.feed(clock, Event::Admitted { job, attempt }, String::new())
    }

    /// Nobody wants it any more.
    pub fn cancel(&mut self, clock: Clock) -> Vec<Effect> {
        self.feed(clock, Event::Cancelled, String::new())
    }

    /// A job was done, or not.
    pub fn ended(&mut self, clock: Clock, job: usize, attempt: u32, result: Result<Json, JobError>) -> Vec<Effect> {
        let (outcome, output) = match result {
            Ok(result) => {
                self.states[job].error = None;
                self.states[job].result = Some(result.clone());
                self.values.completed(&self.queue.jobs[job], result);
                (Outcome::Succeeded, String::new())
            }
            Err(error) => {
                self.states[job].error = Some(error.why);
                (if error.hopeless { Outcome::Hopeless } else { Outcome::Failed }, error.output)
            }
        };
        self.feed(clock, Event::Ended { job, attempt, outcome }, output)
    }

    fn feed(&mut self, clock: Clock, event: Event, output: String) -> Vec<Effect> {
        let mut effects = Vec::new();
        let actions = self.run.on_event(clock.now, event);
        let mut refused = Vec::new();
        for action in actions {
            self.act(clock, action, &output, &mut effects, &mut refused);
        }
        for (job, attempt, why) in refused {
            effects.extend(self.ended(clock, job, attempt, Err(JobError::hopeless(why))));
        }
        effects
    }

    fn act(&mut self, clock: Clock, action: Action, output: &str, effects: &mut Vec<Effect>, refused: &mut Vec<(usize, u32, String)>) {
        match action {
            Action::Start { job, attempt } => match self.order(job, attempt) {
                Ok(order) => effects.push(Effect::Perform(Box::new(order))),
                Err(why) => refused.push((job, attempt, why)),
            },
            Action::Stop { job, timed_out } => effects.push(Effect::Stop { job, timed_out }),
            Action::Note { job, status, attempts } => self.note(clock, (job, status, attempts), output, effects),
            Action::Wake(at) => effects.push(Effect::Wake(at)),
            Action::Finish => {
                let success = self.run.succeeded();
                effects.push(Effect::Record(Box::new(Entry::Finished { at_ms: clock.wall_ms, success })));
                effects.push(Effect::Finish { success });
            }
        }
    }

    fn note(&mut self, clock: Clock, (job, status, attempts): (usize, Status, u32), output: &str, effects: &mut Vec<Effect>) {
        let state = &mut self.states[job];
        (state.status, state.attempts) = (status, attempts);
        (state.started_ms, state.completed_ms) = match status {
            Status::Running => (Some(clock.wall_ms), None),
            _ => (state.started_ms, Some(clock.wall_ms)),
        };
        if status == Status::Running {
            state.error = None;
        }
        let error = state.error.clone().unwrap_or_default();
        effects.push(Effect::Record(Box::new(Entry::Job(Box::new(state.clone())))));
        effects.push(match status {
            Status::Running => Effect::Began { job, attempt: attempts },
            Status::Pending => Effect::TriesAgain { job, attempts, error, output: output.to_owned() },
            Status::Failed | Status::Cancelled => Effect::Ended { job, output: output.to_owned() },
            _ => Effect::Ended { job, output: String::new() },
        });
    }

    fn order(&self, job: usize, attempt: u32) -> Result<Order, String> {
        let told = &self.queue.jobs[job];
        let at = |place: Option<(usize, usize)>, why: String| match place {
            Some((line, column)) => format!("{}:{line}:{column}: {why}", self.queue.file),
            None => why,
        };
        let text = |template: &super::template::Template, what: &str| match template.filled(&|name| self.values.of(name)) {
            Ok(Json::String(text)) => Ok(text),
            Ok(other) => Err(format!("{what} must be a string, and became {other}")),
            Err(error) => Err(at(Some(error.place()), format!("{what}: {error}"))),
        };
        let env = told.env.iter().map(|(name, template)| Ok((name.clone(), text(template, &format!("env.{name}"))?)));
        Ok(Order {
            job,
            attempt,
            function: told.function,
            arguments: self.values.arguments(told).map_err(|unfit| at(unfit.place, unfit.why))?,
            env: env.collect::<Result<_, String>>()?,
            cwd: told.cwd.as_ref().map(|cwd| text(cwd, "cwd")).transpose()?,
            section: told.target_section.clone(),
            outputs: told.outputs.iter().map(|output| text(output, "outputs")).collect::<Result<_, String>>()?,
        })
    }
}

/// What the clocks say.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Since the run began.
    pub now: Duration,
    /// Milliseconds since 1970.
    pub wall_ms: u64,
}
