//! Builds that are killed with SIGKILL at random moments: the daemon, the client, or all that runs. The next build has to be what a clean one
//! is, with nothing left behind and nobody still at work on what was before.
//!
//! `make kills` runs more of it: `JMAKE_KILL_ROUNDS` says how many rounds, `JMAKE_KILL_SEED` where to begin.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Pid, Signal, kill_process};

use crate::oracle::chance::Chance;
use crate::oracle::check::{Outcome, Reference};
use crate::oracle::damage::files;
use crate::oracle::project::Project;
use crate::oracle::tree::Tree;
use crate::oracle::{edits, number};
use crate::support::{Space, until};

/// Rounds that are played each time.
const ROUNDS: u64 = 3;

/// Everything that there is, so that what runs before and after can be compared.
const BUILD: [&str; 4] = ["build", "--json", "-k", "--all"];

/// Who is killed.
#[derive(Clone, Copy, Debug)]
enum Victim {
    Daemon,
    Client,
    Compilers,
    /// Compilers go on without anybody.
    Both,
    Everybody,
}

const VICTIMS: [Victim; 8] =
    [Victim::Daemon, Victim::Daemon, Victim::Client, Victim::Compilers, Victim::Both, Victim::Both, Victim::Both, Victim::Everybody];

#[test]
fn a_build_that_is_killed_harms_no_later_one() {
    let reference = Reference::new();
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let first = number("JMAKE_KILL_SEED").unwrap_or(clock << 16);
    let rounds = number("JMAKE_KILL_ROUNDS").unwrap_or(ROUNDS);
    let (mut wrong, mut cut) = (Vec::new(), 0);
    for seed in first..first + rounds {
        let round = Round::play(seed, &reference);
        eprintln!("seed {seed}: {}", round.script.join("; "));
        cut += u64::from(round.cut);
        wrong.extend(
            (!round.wrong.is_empty()).then(|| format!("JMAKE_KILL_SEED={seed}: {}\n{}", round.script.join("; "), round.wrong.join("\n"))),
        );
    }
    eprintln!("{rounds} rounds, {cut} of them in the midst of a build, {} with something wrong", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// One project that is built, killed, perhaps edited, and built again.
struct Round {
    space: Space,
    chance: Chance,
    project: Project,
    tree: Tree,
    /// The client was still there when the signal came.
    cut: bool,
    script: Vec<String>,
    wrong: Vec<String>,
}

impl Round {
    fn play(seed: u64, reference: &Reference) -> Self {
        let mut chance = Chance::new(seed);
        let space = Space::new();
        reference.warm(&space.place("cache"));
        let project = Project::random(&mut chance);
        let mut round = Self { space, chance, project, tree: Tree::default(), cut: false, script: Vec::new(), wrong: Vec::new() };
        round.show();
        let mut span = Duration::from_millis(600);
        if round.chance.one_in(2) {
            let begin = Instant::now();
            round.space.jmake(&BUILD);
            span = begin.elapsed();
            round.edit();
        }
        round.kill(span);
        if round.chance.one_in(2) {
            round.edit();
        }
        round.look(reference);
        round
    }

    fn show(&mut self) {
        self.project.mend();
        self.tree.show(&self.space, &mut self.chance, &self.project);
    }

    fn edit(&mut self) {
        for _ in 0..self.chance.between(1, 4) {
            let said = edits::edit(&self.space, &mut self.chance, &mut self.project, &mut self.tree);
            self.show();
            self.script.push(said);
        }
    }

    /// Begins a build and kills somebody, at any moment of what such a build may take.
    fn kill(&mut self, span: Duration) {
        let victim = *self.chance.pick(&VICTIMS);
        let alone = self.chance.one_in(5);
        let daemon = (!alone).then(|| self.space.started_daemon());
        let build = self.space.start(if alone { &["build", "--json", "-k", "--all", "--no-daemon"] } else { &BUILD });
        let moment = Duration::from_micros(self.chance.below(usize::try_from(span.as_micros()).unwrap()) as u64);
        self.cut = !until(moment, || build.is_over());
        let doomed = self.doomed(victim, build.pid(), daemon);
        for pid in doomed {
            // It may have ended just now.
            let _gone = kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL);
        }
        self.script.push(format!("{victim:?} killed after {moment:?}{}", if alone { ", without a daemon" } else { "" }));
        build.finish();
    }

    fn doomed(&self, victim: Victim, client: i32, daemon: Option<i32>) -> Vec<i32> {
        let all = self.space.processes();
        let named = |part: &str| all.iter().filter(|(_, line)| line.contains(part)).map(|(pid, _)| *pid).collect::<Vec<_>>();
        match victim {
            Victim::Daemon => daemon.map_or_else(|| named("jmake-actors"), |pid| vec![pid]),
            Victim::Client => vec![client],
            Victim::Both => named("jmake-actors").into_iter().chain([client]).collect(),
            Victim::Compilers => named("llvm"),
            Victim::Everybody => all.iter().map(|(pid, _)| *pid).collect(),
        }
    }

    /// The next build, beside a clean one; the one after it; and what is left behind.
    fn look(&mut self, reference: &Reference) {
        let next = self.space.jmake(&BUILD);
        let strays: Vec<_> = self.space.processes().into_iter().filter(|(_, line)| line.contains("llvm")).collect();
        let own = Outcome::of(&next, &self.space.path(""));
        let clean = reference.build(&self.space, &BUILD, false);
        // An output whose record went with the killed process is nobody's, and stays when its target goes: that is no wrong artifact.
        self.wrong.extend(own.differences(&clean));
        if !strays.is_empty() {
            self.wrong.push(format!("somebody still works on what was before: {strays:?}"));
        }
        let left = self.leftovers();
        if !left.is_empty() {
            self.wrong.push(format!("left behind: {left:#?}"));
        }
        let again = self.space.jmake(&BUILD);
        if again.status.code() != next.status.code() || again.count("ran") + again.count("cached") > 0 {
            self.wrong.push(format!("a second build is not content: {again}"));
        }
        if !self.wrong.is_empty() {
            self.wrong.push(next.to_string());
        }
    }

    /// Files that no clean build makes, by their names.
    fn leftovers(&self) -> Vec<PathBuf> {
        let objects = files(&self.space.path(".jmake_cache/obj")).into_iter();
        // A list of members is written once its archive is in its place.
        let whole = |path: &PathBuf| match path.extension().and_then(|ending| ending.to_str()) {
            Some("members") => path.with_extension("a").exists(),
            Some(ending) => ["o", "bc", "a", "rsp"].contains(&ending),
            None => false,
        };
        let strange = objects.filter(|path| !whole(path));
        let half = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy();
            // The daemon may still write what it keeps of the last build.
            let writer = name.strip_prefix(".new-").and_then(|rest| rest.split('-').next());
            let writes = writer.is_some_and(|pid| Path::new("/proc").join(pid).exists());
            !writes && [".tmp", ".jmake-", ".new-"].iter().any(|part| name.contains(part))
        };
        let places = [self.space.path(""), self.space.place("cache"), self.space.place("state"), self.space.place("run")];
        let half = places.iter().flat_map(|place| files(place)).filter(half);
        let all: BTreeSet<PathBuf> = strange.chain(half).chain(files(&self.space.place("tmp"))).collect();
        all.into_iter().collect()
    }
}
