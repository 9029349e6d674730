//! The oracle: random edits of random projects, after each of which what JMake made equals what a clean build at the same path makes,
//! a second build runs nothing, and no step ran that a naive model does not allow.
//!
//! `make soak` runs the same for longer: `JMAKE_SOAK_SECONDS` says how long, `JMAKE_SOAK_SEED` where to begin, `JMAKE_SOAK_KEEP` where
//! to leave what failed.

pub mod chance;
pub mod check;
pub mod damage;
pub mod edits;
mod model;
pub mod project;
pub mod tree;

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::{Run, Space, llvm_bin};
use chance::Chance;
use check::{Known, Outcome, Reference, artifacts, identity};
use damage::{Loss, damage, end_daemon};
use model::{Facts, Model, outputs};
use project::Project;
use tree::Tree;

/// Seeds that are run each time, with the steps of each. None of them has found anything.
const SEEDS: [(u64, usize); 4] = [(2, STEPS), (3, STEPS), (4, STEPS), (5, STEPS)];
/// Seeds by which `make soak` found something, with the steps that it took and what it was: they are run each time from then on. A seed
/// tells the same story only as long as nothing changes in what it is told by (`chance`, `project`, `edits`, `damage`, `tree`), so that
/// what was found gets a test of its own as well.
const FOUND: [(u64, usize, &str); 1] = [(1, 2, "a library stayed when the last header under include/ went and a program took its place")];
/// Steps of a script.
const STEPS: usize = 8;
/// Steps of a script under `make soak`.
const LONG: usize = 25;

#[test]
fn any_edits_leave_what_a_clean_build_makes() {
    let reference = Reference::new();
    let Some(limit) = number("JMAKE_SOAK_SECONDS").map(Duration::from_secs) else {
        for (seed, steps) in SEEDS.into_iter().chain(FOUND.map(|(seed, steps, _)| (seed, steps))) {
            Play::new(seed, &reference).run(steps);
        }
        return;
    };
    let begin = Instant::now();
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let first = number("JMAKE_SOAK_SEED").unwrap_or(clock << 16);
    for seed in (first..).take_while(|_| begin.elapsed() < limit) {
        eprintln!("seed {seed}");
        Play::new(seed, &reference).run(LONG);
    }
}

/// The number that this variable says.
pub fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|error| panic!("{variable}={text}: {error}")))
}

/// What is asked of a build.
#[derive(Default)]
struct Request {
    variable: Option<(&'static str, &'static str)>,
    toolchain: Option<&'static str>,
    profile: Option<&'static str>,
    staged: bool,
}

const VARIABLES: [(&str, &str); 5] =
    [("CFLAGS", "-DEXTRA=5"), ("CFLAGS", "-DEXTRA=6"), ("CXXFLAGS", "-O1"), ("CPPFLAGS", "-DEXTRA=7"), ("LDFLAGS", "-Wl,--build-id")];

impl Request {
    fn args(&self, all: bool) -> Vec<&'static str> {
        let mut args = vec!["build", "--json", "-k"];
        args.extend(all.then_some("--all"));
        args.extend(self.staged.then_some("--staged"));
        args.extend(self.toolchain.into_iter().flat_map(|version| ["--toolchain", version]));
        args.extend(self.profile.into_iter().flat_map(|profile| ["--profile", profile]));
        args
    }
}

/// One script, as it is played.
struct Play<'a> {
    reference: &'a Reference,
    seed: u64,
    chance: Chance,
    space: Space,
    project: Project,
    past: Vec<Project>,
    tree: Tree,
    request: Request,
    model: Model,
    known: Known,
    /// Artifacts of which JMake cannot know that it made them: they stay when nothing makes them any more.
    strange: BTreeMap<String, Vec<u8>>,
    script: Vec<String>,
}

/// What happens next.
#[derive(Clone, Copy)]
enum Turn {
    Edit,
    Undo,
    Branch,
    Request,
    Damage,
    Daemon,
    KillDuring,
    EditDuring,
}

const TURNS: [(usize, Turn); 8] = [
    (12, Turn::Edit),
    (3, Turn::Undo),
    (2, Turn::Branch),
    (2, Turn::Request),
    (4, Turn::Damage),
    (2, Turn::Daemon),
    (2, Turn::KillDuring),
    (2, Turn::EditDuring),
];

impl<'a> Play<'a> {
    fn new(seed: u64, reference: &'a Reference) -> Self {
        let mut chance = Chance::new(seed);
        let space = Space::new();
        reference.warm(&space.place("cache"));
        let project = Project::random(&mut chance);
        let request = Request { staged: chance.one_in(5), ..Request::default() };
        let (tree, model, known, strange, script, past) = Default::default();
        Self { reference, seed, chance, space, project, past, tree, request, model, known, strange, script }
    }

    fn run(mut self, steps: usize) {
        self.script.push("begin".to_owned());
        self.show();
        self.settle();
        for _ in 0..steps {
            self.turn();
            self.settle();
        }
    }

    fn turn(&mut self) {
        if self.project.is_torn() && !self.chance.one_in(3) {
            self.project.mend();
            self.say("all mended".to_owned());
        }
        match self.chance.weighted(&TURNS) {
            Turn::Edit => self.edit(),
            Turn::Undo => self.undo(),
            Turn::Branch => self.branch(),
            Turn::Request => self.ask_otherwise(),
            Turn::Damage => {
                let before = artifacts(&self.space);
                let (said, loss) = damage(&self.space, &mut self.chance);
                self.model.forget(loss);
                let now = artifacts(&self.space).into_iter();
                self.strange.extend(now.filter(|(path, bytes)| loss == Loss::Records || before.get(path) != Some(bytes)));
                self.say(said);
            }
            Turn::Daemon => {
                let signal = *self.chance.pick(&[Signal::KILL, Signal::TERM]);
                let was_there = end_daemon(&self.space, signal);
                self.say(format!("the daemon gets {signal:?}, {}", if was_there { "and ends" } else { "but there is none" }));
            }
            Turn::KillDuring => self.kill_during(),
            Turn::EditDuring => self.edit_during(),
        }
        self.show();
    }

    fn say(&mut self, what: String) {
        self.script.push(what);
    }

    fn show(&mut self) {
        self.tree.show(&self.space, &mut self.chance, &self.project);
    }

    fn edit(&mut self) {
        for _ in 0..self.chance.between(1, 3) {
            let before = self.project.clone();
            let said = edits::edit(&self.space, &mut self.chance, &mut self.project, &mut self.tree);
            self.show();
            self.past.push(before);
            self.say(said);
        }
    }

    fn undo(&mut self) {
        let recent = self.past.len().saturating_sub(5);
        if let Some(back) = self.past.get(recent + self.chance.below(5)).cloned() {
            self.past.push(std::mem::replace(&mut self.project, back));
            self.say("back to an earlier state".to_owned());
        }
    }

    fn branch(&mut self) {
        let others = self.tree.others();
        let new = others.is_empty() || self.chance.one_in(3);
        let name = if new { format!("branch{}", self.past.len()) } else { self.chance.pick(&others).clone() };
        self.past.push(self.project.clone());
        self.tree.switch(&self.space, &mut self.project, &name);
        self.say(format!("git: {name}"));
        if new {
            self.edit();
        }
    }

    fn ask_otherwise(&mut self) {
        match self.chance.below(4) {
            0 if llvm_bin(14).is_some() && llvm_bin(19).is_some() => {
                self.request.toolchain = *self.chance.pick(&[None, Some("14"), Some("19")]);
            }
            1 => self.request.profile = *self.chance.pick(&[None, Some("release")]),
            _ => {
                if let Some((name, _)) = self.request.variable.take() {
                    self.space.unset(name);
                }
                self.request.variable = self.chance.one_in(2).then(|| *self.chance.pick(&VARIABLES));
                if let Some((name, value)) = self.request.variable {
                    self.space.set(name, value);
                }
            }
        }
        self.say(format!("{:?}, {:?}", self.request.args(true), self.request.variable));
    }

    /// A build that somebody ends: the daemon's process or the client's, at once or politely.
    fn kill_during(&mut self) {
        self.edit();
        let daemon = self.space.started_daemon();
        let mut build = self.space.start(&self.request.args(true));
        let begun = build.hears(|line| line.contains("step_started"));
        let victim = if self.chance.one_in(2) { daemon } else { build.pid() };
        let signal = *self.chance.pick(&[Signal::KILL, Signal::TERM, Signal::INT]);
        // It may be over already.
        let _gone = kill_process(Pid::from_raw(victim).unwrap(), signal);
        self.say(format!("{signal:?} to the {} while it builds ({begun})", if victim == daemon { "daemon" } else { "client" }));
        build.finish();
        self.unsure();
    }

    fn edit_during(&mut self) {
        self.edit();
        let mut build = self.space.start(&self.request.args(true));
        let begun = build.hears(|line| line.contains("step_started"));
        self.say(format!("while it builds ({begun}):"));
        self.edit();
        build.finish();
        self.unsure();
    }

    /// Nobody knows which steps of a build came to their end.
    fn unsure(&mut self) {
        self.model.forget(Loss::Records);
    }

    /// Builds, and looks at everything.
    fn settle(&mut self) {
        let all = !self.chance.one_in(4);
        let args = self.request.args(all);
        let before = outputs(&self.space);
        let run = self.build(&args);
        let own = Outcome::of(&run, &self.space.path(""));
        let moved = self.chance.one_in(8);
        let surroundings = format!("{args:?} {:?}", self.request.variable);
        let clean = self
            .known
            .entry(identity(&self.space, &surroundings))
            .or_insert_with(|| self.reference.build(&self.space, &args, moved))
            .clone();
        let mut wrong = own.differences(&clean);
        for made in finished(&run).iter().filter(|step| matches!(step["outcome"].as_str(), Some("ran" | "cached"))) {
            self.strange.remove(made["label"].as_str().unwrap_or_default());
        }
        if all && clean.code == Some(0) {
            wrong.extend(own.left_over(&clean, self.request.profile.unwrap_or("dev"), &self.strange));
        }
        let settings = format!("{:?} {:?} {:?}", self.request.args(true), self.request.variable, self.project.settings);
        let facts = Facts::new(&self.space, &clean, settings, self.request.profile.unwrap_or("dev"), before);
        wrong.extend(self.model.judge(&finished(&run), &facts));
        let again = self.build(&args);
        let restless = finished(&again).iter().filter(|step| step["outcome"] != "failed").map(ToString::to_string).collect::<Vec<_>>();
        if !restless.is_empty() || again.status.code() != run.status.code() {
            wrong.push(format!("a second build is not content: {restless:#?}\n{again}"));
        }
        assert!(wrong.is_empty(), "{}\n{run}", wrong.join("\n"));
    }

    fn build(&mut self, args: &[&str]) -> Run {
        let mut args = args.to_vec();
        if self.chance.one_in(5) {
            args.push("--no-daemon");
        }
        self.say(format!("    {}", args.join(" ")));
        self.space.jmake(&args)
    }
}

/// The steps that did something.
fn finished(run: &Run) -> Vec<Value> {
    let events = run.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    events.filter(|event| event["type"] == "step_finished").collect()
}

impl Drop for Play<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- JMAKE_SOAK_SEED={}, and what was done:\n{}", self.seed, self.script.join("\n"));
            if let Some(place) = std::env::var_os("JMAKE_SOAK_KEEP") {
                let copied = self.space.command("cp").arg("-a").arg(self.space.place("")).arg(place).status();
                eprintln!("--- what it left was copied: {copied:?}");
            }
        }
    }
}
