//! Random builds, thousands of them, against a model that is too simple to be wrong.
//!
//! A world is a set of steps, each with a fate. They are told to the plan in batches and in random order, so that a file's producer
//! may turn up long after its consumers ran. All answers come in random order too. On failure the seed is printed: put it into `SEEDS`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use super::*;
use crate::engine::graph::{Output, Purity, StepSpec, tests::spec};
use crate::engine::ids::StepId;

/// Seeds that once failed.
const SEEDS: &[u64] = &[];
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

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fate {
    UpToDate,
    Restored,
    NotRestored,
    Runs,
}

#[derive(Clone, Debug)]
struct Task {
    /// Steps with smaller numbers; what they make is among the declared inputs.
    inputs: Vec<usize>,
    validations: Vec<usize>,
    /// Steps with smaller numbers whose output only a run, or a record, reveals.
    hidden: Vec<usize>,
    /// The record of an earlier build already names the hidden ones.
    recorded: bool,
    phony: bool,
    fate: Fate,
    fails: bool,
    /// Signals and voids before it comes to its end; `u32::MAX` for ever.
    signals: u32,
    voids: u32,
    pool: Option<&'static str>,
}

impl Task {
    fn random(number: usize, calm: bool, random: &mut Random) -> Self {
        let some = |random: &mut Random, most: usize| -> Vec<usize> {
            if number == 0 { Vec::new() } else { (0..random.below(most + 1)).map(|_| random.below(number)).collect() }
        };
        let endless =
            |random: &mut Random, few: usize| if random.one_in(6) { u32::MAX } else { u32::try_from(1 + random.below(few)).unwrap() };
        let (inputs, validations, hidden) = (some(random, 3), if random.one_in(4) { some(random, 1) } else { vec![] }, some(random, 1));
        Self {
            inputs,
            validations,
            hidden,
            recorded: random.one_in(2),
            phony: random.one_in(8),
            fate: [Fate::UpToDate, Fate::Restored, Fate::NotRestored, Fate::Runs, Fate::Runs, Fate::Runs][random.below(6)],
            fails: !calm && random.one_in(8),
            signals: if !calm && random.one_in(8) { endless(random, 1) } else { 0 },
            voids: if !calm && random.one_in(8) { endless(random, 3) } else { 0 },
            pool: [None, None, Some("two"), Some("console")][random.below(4)],
        }
    }

    /// Whether it ends badly each time it runs.
    fn doomed(&self) -> bool {
        self.fails || self.signals == u32::MAX || self.voids == u32::MAX
    }

    fn runs(&self) -> bool {
        !self.phony && matches!(self.fate, Fate::Runs | Fate::NotRestored)
    }

    fn spec(&self, number: usize) -> StepSpec {
        let mut spec = spec(&format!("o{number}: s{number}"));
        for (at, input) in self.inputs.iter().enumerate() {
            let file = output(*input, at % 2 == 1);
            [&mut spec.explicit, &mut spec.implicit, &mut spec.order_only][at % 3].push(file);
        }
        spec.validations = self.validations.iter().map(|&step| output(step, false)).collect();
        if number.is_multiple_of(2) {
            spec.outputs.push(Output::file(output(number, true)));
        }
        spec.purity = if self.phony { Purity::Phony } else { Purity::Understood };
        spec.flags.console = self.pool == Some("console");
        spec.pool = self.pool.map(str::to_owned);
        spec
    }
}

/// Even steps have a second output.
fn output(number: usize, second: bool) -> FilePath {
    FilePath::new(if second && number.is_multiple_of(2) { format!("p{number}") } else { format!("o{number}") })
}

struct World {
    tasks: Vec<Task>,
    /// Producers are always told before their consumers.
    orderly: bool,
    wanted: BTreeSet<usize>,
}

/// What the naive model says of a task.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Expect {
    Done,
    Failed,
    NotRun,
}

/// The naive model: what becomes of every wanted step if nothing ends the build early.
fn model(world: &World) -> BTreeMap<usize, Expect> {
    fn visit(tasks: &[Task], number: usize, known: &mut BTreeMap<usize, Expect>) -> Expect {
        if let Some(&expect) = known.get(&number) {
            return expect;
        }
        let task = &tasks[number];
        // All of them: being visited is being wanted.
        let mut good = |steps: &[usize]| steps.iter().filter(|&&step| visit(tasks, step, known) != Expect::Done).count() == 0;
        good(&task.validations);
        let expect = if !good(&task.inputs) || (task.recorded && !task.phony && !good(&task.hidden)) {
            Expect::NotRun
        } else if !task.runs() {
            Expect::Done
        } else if task.doomed() {
            Expect::Failed
        } else if good(&task.hidden) {
            Expect::Done
        } else {
            Expect::NotRun
        };
        known.insert(number, expect);
        expect
    }
    let mut known = BTreeMap::new();
    for &number in &world.wanted {
        visit(&world.tasks, number, &mut known);
    }
    known
}

/// A build under way, and what the world has seen of it.
struct Run<'a> {
    world: &'a World,
    random: Random,
    plan: Plan,
    numbers: HashMap<StepId, usize>,
    told: BTreeSet<usize>,
    untold: Vec<usize>,
    sealed: bool,
    checks: Vec<StepId>,
    live: BTreeSet<StepId>,
    restoring: Vec<StepId>,
    waited: BTreeSet<StepId>,
    good: BTreeSet<StepId>,
    signals: HashMap<StepId, u32>,
    voids: HashMap<StepId, u32>,
    killed: BTreeSet<StepId>,
    runs: HashMap<StepId, usize>,
    losses: HashMap<StepId, usize>,
    batches: usize,
    slots: usize,
    halted: bool,
    summary: Option<PlanSummary>,
}

impl<'a> Run<'a> {
    fn new(world: &'a World, seed: u64, keep_going: bool, fail_fast: bool) -> Self {
        let mut random = Random(seed);
        let slots = 1 + random.below(4);
        let mut untold: Vec<usize> = (0..world.tasks.len()).collect();
        if !world.orderly {
            for at in (1..untold.len()).rev() {
                untold.swap(at, random.below(at + 1));
            }
        }
        untold.reverse();
        let durations = (0..world.tasks.len()).filter(|_| random.one_in(2)).map(|n| (output(n, false), n as u64 * 7 % 11)).collect();
        let pools = [("two".to_owned(), 2)].into();
        Self {
            world,
            plan: Plan::new(PlanOptions { slots, keep_going, fail_fast, pools, durations }),
            random,
            numbers: HashMap::new(),
            told: BTreeSet::new(),
            untold,
            sealed: false,
            checks: Vec::new(),
            live: BTreeSet::new(),
            restoring: Vec::new(),
            waited: BTreeSet::new(),
            good: BTreeSet::new(),
            signals: HashMap::new(),
            voids: HashMap::new(),
            killed: BTreeSet::new(),
            runs: HashMap::new(),
            losses: HashMap::new(),
            batches: 0,
            slots,
            halted: false,
            summary: None,
        }
    }

    fn task(&self, step: StepId) -> &'a Task {
        &self.world.tasks[self.numbers[&step]]
    }

    fn send(&mut self, event: Event) {
        let actions = self.plan.on_event(Duration::ZERO, event);
        for (number, step) in self.plan.graph().steps().iter().enumerate() {
            assert_eq!(self.plan.nodes[number].pending, self.plan.count_pending(step.id), "pending of {}", step.spec.name());
            let name: usize = step.spec.name()[1..].parse().unwrap();
            self.numbers.insert(step.id, name);
        }
        for action in actions {
            assert_eq!(self.summary, None, "{action:?} after the end");
            match action {
                Action::Check(steps) => {
                    steps.iter().for_each(|&step| self.assert_inputs_done(step));
                    self.checks.extend(steps);
                }
                Action::Restore(step) => {
                    self.assert_inputs_done(step);
                    self.restoring.push(step);
                }
                Action::Run { step, .. } => self.started(step),
                Action::Stop(step) => assert!(self.live.contains(&step)),
                Action::Refused(error) => panic!("{error}"),
                Action::Complete(summary) => self.summary = Some(summary),
            }
        }
        assert_eq!(self.plan.running(), self.live.len());
    }

    fn assert_inputs_done(&self, step: StepId) {
        for dependency in self.plan.graph().dependencies(step) {
            let state = self.plan.state(dependency);
            assert!(matches!(state, State::Done(_)), "{step} started while {dependency} was {state:?}");
            assert!(self.good.contains(&dependency) || self.task(dependency).phony, "{dependency} never was good");
        }
    }

    fn started(&mut self, step: StepId) {
        assert!(!self.halted, "{step} started after the end began");
        self.assert_inputs_done(step);
        assert!(self.live.insert(step), "{step} runs twice at once");
        assert!(self.live.len() <= self.slots, "more run than there are slots");
        let alone = self.live.iter().any(|step| self.killed.contains(step));
        assert!(!alone || self.live.len() == 1, "a killed step runs alone");
        for (pool, depth) in [("two", 2), ("console", 1)] {
            assert!(self.live.iter().filter(|&&step| self.task(step).pool == Some(pool)).count() <= depth, "pool {pool}");
        }
        let task = self.task(step);
        let runs = self.runs.entry(step).or_default();
        *runs += 1;
        let again = self.signals.get(&step).unwrap_or(&0).min(&1) + self.voids.get(&step).unwrap_or(&0).min(&3);
        // A producer that turns up late, by growth or in a depfile, makes a run too early.
        let early = usize::from(!task.hidden.is_empty()) + if self.world.orderly { 0 } else { self.batches };
        let allowed = 1 + again as usize + self.losses.get(&step).unwrap_or(&0) + early;
        assert!(*runs <= allowed, "{step} ran {runs} times, {allowed} allowed");
    }

    fn tell(&mut self) {
        let count = (1 + self.random.below(6)).min(self.untold.len());
        let batch: Vec<usize> = self.untold.drain(self.untold.len() - count..).rev().collect();
        self.told.extend(&batch);
        self.batches += 1;
        let steps = batch.iter().map(|&number| self.world.tasks[number].spec(number)).collect();
        let wanted = batch.iter().filter(|number| self.world.wanted.contains(number)).map(|&number| output(number, false)).collect();
        self.send(Event::Grow { steps, wanted });
        if self.untold.is_empty() {
            self.sealed = true;
            self.send(Event::Sealed);
        }
    }

    /// Answers a check. One that the plan should no longer care for gets a wrong answer.
    fn answer(&mut self) {
        let at = self.random.below(self.checks.len());
        let step = self.checks[at];
        let first = self.checks.iter().position(|&other| other == step).unwrap();
        self.checks.remove(first);
        let stale = self.checks.contains(&step) || self.plan.state(step) != State::Checking;
        let task = self.task(step);
        let verdict = if stale {
            Verdict::UpToDate
        } else if task.recorded && self.waited.insert(step) {
            Verdict::Wait(task.hidden.iter().map(|&number| output(number, false)).collect())
        } else if task.fate == Fate::UpToDate {
            self.good.insert(step);
            Verdict::UpToDate
        } else if task.fate != Fate::Runs {
            Verdict::Restore
        } else {
            Verdict::Run("because".into())
        };
        self.send(Event::Checked { step, verdict });
    }

    fn end(&mut self) {
        let at = self.random.below(self.live.len());
        let step = *self.live.iter().nth(at).unwrap();
        self.live.remove(&step);
        let task = self.task(step);
        let (signals, voids) = (*self.signals.get(&step).unwrap_or(&0), *self.voids.get(&step).unwrap_or(&0));
        let finish = if self.plan.state(step) == State::Stopping && self.random.one_in(2) {
            Finish::Stopped
        } else if signals < task.signals {
            *self.signals.entry(step).or_default() += 1;
            Finish::Signalled(9)
        } else if voids < task.voids {
            *self.voids.entry(step).or_default() += 1;
            Finish::Voided("s changed".into())
        } else if task.fails {
            Finish::Failed
        } else {
            self.good.insert(step);
            Finish::Succeeded { discovered: task.hidden.iter().map(|&number| output(number, false)).collect() }
        };
        let outdated = self.plan.nodes[step.index()].outdated;
        self.send(Event::Finished { step, finish: finish.clone() });
        if matches!(finish, Finish::Signalled(_)) && !outdated {
            self.killed.insert(step);
        }
        let ends = |failed: bool| failed && (!self.plan.options.keep_going || self.plan.options.fail_fast);
        self.halted |= ends(self.plan.state(step) == State::Failed);
    }

    fn restored(&mut self) {
        let at = self.random.below(self.restoring.len());
        let step = self.restoring.swap_remove(at);
        let good = self.task(step).fate == Fate::Restored;
        if good {
            self.good.insert(step);
        }
        let finish = if good { Finish::Restored } else { Finish::RestoreFailed("lost".into()) };
        self.send(Event::Finished { step, finish });
    }

    fn lose(&mut self) {
        let lost: Vec<StepId> = self.live.iter().copied().filter(|_| self.random.one_in(2)).collect();
        for &step in &lost {
            self.live.remove(&step);
            *self.losses.entry(step).or_default() += 1;
        }
        // Those that do not run must not mind.
        let others = (0..=self.plan.graph().len()).map(|n| StepId(u32::try_from(n).unwrap())).filter(|step| !self.live.contains(step));
        let named = others.filter(|step| lost.contains(step) || step.index() % 3 == 0).collect();
        self.send(Event::Lost(named));
    }

    fn run(&mut self, cancels: bool) -> PlanSummary {
        for _ in 0..10_000 {
            if let Some(summary) = self.summary {
                assert!(self.sealed || self.halted);
                assert_eq!(self.plan.on_event(Duration::ZERO, Event::Cancel), [], "silent after the end");
                assert!(self.live.is_empty() && self.restoring.is_empty());
                return summary;
            }
            match self.random.below(100) {
                0 if cancels => {
                    self.halted = true;
                    self.send(Event::Cancel);
                }
                1 => self.lose(),
                2..6 => {
                    // Without a slot nothing could ever end.
                    self.slots = 1 + self.random.below(4);
                    self.send(Event::Slots(self.slots));
                }
                6..20 if !self.untold.is_empty() => self.tell(),
                20..50 if !self.checks.is_empty() => self.answer(),
                50..80 if !self.live.is_empty() => self.end(),
                80..90 if !self.restoring.is_empty() => self.restored(),
                90 => self.send(Event::Finished { step: StepId(999), finish: Finish::Failed }),
                _ => assert!(
                    !(self.untold.is_empty() && self.checks.is_empty() && self.live.is_empty() && self.restoring.is_empty()),
                    "nothing to do, and no end"
                ),
            }
        }
        panic!("the build does not end");
    }
}

fn assert_ended_well(run: &Run, summary: &PlanSummary) {
    let counts = summary.counts;
    assert_eq!(counts.total, counts.ran + counts.cached + counts.up_to_date + counts.failed + counts.not_run, "{counts:?}");
    assert_eq!(summary.success(), counts.failed + counts.not_run == 0 && !summary.cancelled, "{summary:?}");
    for (&step, &number) in &run.numbers {
        let (state, task) = (run.plan.state(step), &run.world.tasks[number]);
        assert!(!state.is_open(), "{step} is {state:?}");
        assert!(state != State::Failed || task.runs() && task.doomed(), "{step} failed without cause");
        if let State::Done(how) = state {
            assert!(run.plan.graph().dependencies(step).all(|d| matches!(run.plan.state(d), State::Done(_))));
            assert_eq!(how == How::Ran, run.runs.contains_key(&step) && task.runs(), "{step} is done by {how:?}");
            assert!(!task.doomed() || !task.runs(), "{step} is done but doomed");
        }
    }
}

fn assert_as_the_model_says(run: &Run, world: &World) {
    for (number, expect) in model(world) {
        let step = run.plan.graph().producer_of(&output(number, false)).unwrap();
        let state = run.plan.state(step);
        if world.orderly {
            let seen = match state {
                State::Done(_) => Expect::Done,
                State::Failed => Expect::Failed,
                _ => Expect::NotRun,
            };
            assert_eq!(seen, expect, "o{number}");
        } else if state != State::Unwanted {
            // A step may fail before it is known that it waits for another that fails.
            assert_eq!(matches!(state, State::Done(_)), expect == Expect::Done, "o{number} is {state:?}, expected {expect:?}");
        }
    }
}

/// All at once, and all up to date: nothing runs.
fn assert_second_build_runs_nothing(world: &World) {
    let mut plan = Plan::new(PlanOptions { slots: 2, ..PlanOptions::default() });
    let steps: Vec<StepSpec> = world.tasks.iter().enumerate().map(|(number, task)| task.spec(number)).collect();
    let wanted = (0..world.tasks.len()).map(|number| output(number, false)).collect();
    let mut todo = plan.on_event(Duration::ZERO, Event::Grow { steps, wanted });
    todo.extend(plan.on_event(Duration::ZERO, Event::Sealed));
    let mut ends = 0;
    while let Some(action) = todo.pop() {
        match action {
            Action::Check(steps) => todo.extend(
                steps.into_iter().flat_map(|step| plan.on_event(Duration::ZERO, Event::Checked { step, verdict: Verdict::UpToDate })),
            ),
            Action::Complete(summary) => {
                ends += 1;
                let real = world.tasks.iter().filter(|task| !task.phony).count();
                assert_eq!((summary.success(), summary.counts.up_to_date as usize), (true, real));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(ends, 1);
}

fn simulate(seed: u64) {
    let mut random = Random(seed);
    let (calm, size) = (random.one_in(3), 1 + random.below(14));
    let tasks: Vec<Task> = (0..size).map(|number| Task::random(number, calm, &mut random)).collect();
    let wanted = (0..size).filter(|_| random.one_in(2)).collect();
    let world = World { tasks, orderly: random.one_in(2), wanted };
    let (keep_going, fail_fast, cancels) = (random.one_in(2), random.one_in(4), random.one_in(4));
    let mut run = Run::new(&world, random.next(), keep_going, fail_fast);
    let summary = run.run(cancels);
    assert_ended_well(&run, &summary);
    for _ in 0..2 {
        let mut run = Run::new(&world, random.next(), true, false);
        let summary = run.run(false);
        assert_ended_well(&run, &summary);
        assert_as_the_model_says(&run, &world);
    }
    assert_second_build_runs_nothing(&world);
}

#[test]
fn plan_simulation_matches_a_naive_model() {
    let seeds = SEEDS.iter().copied().chain(0..CASES);
    for seed in seeds {
        if let Err(panic) = std::panic::catch_unwind(|| simulate(seed)) {
            eprintln!("seed {seed}");
            std::panic::resume_unwind(panic);
        }
    }
}
