//! One build as a value: facts go in as [`Event`]s, what is to be done comes out as [`Effect`]s.
//!
//! It joins the [`Plan`] (what may run), the records (what need not run) and the report (what is said). Does not know
//! processes, files, actors or clients.

mod account;
mod answer;
mod causes;
mod checks;
mod ending;
mod event;
mod explanation;
mod growth;
pub mod lasting;
mod memory;
mod options;
mod pretence;
mod progress;
mod records;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::cxx::lower::CompileCommand;
use super::execution::Execution;
use super::explain::{Fate, Texts};
use super::failure::Failure;
use super::fingerprint::{Identity, Judgement, Reason, Record};
use super::front_end::FrontEnd;
use super::graph::StepSpec;
use super::ids::{BuildId, StepId};
use super::path::FilePath;
use super::plan::{self, Finish, Plan, Verdict};
use super::report::{BuildEvent, Cost, Remark, StepKind};
use super::request::BuildRequest;
use super::variables::Variables;

use account::Account;
pub use answer::Answer;
use ending::{finish_of, outcome_of};
pub use event::{Effect, Event, JudgeTask, Judged, Prepared};
pub use explanation::Subject;
pub use options::plan_options;
pub use records::Records;

/// One build.
#[derive(Debug)]
pub struct Build {
    id: BuildId,
    request: BuildRequest,
    root: FilePath,
    slots: usize,
    front_end: FrontEnd,
    plan: Plan,
    records: Records,
    known: HashMap<FilePath, StepId>,
    specs: HashMap<StepId, Arc<StepSpec>>,
    attempts: HashMap<StepId, u32>,
    restorable: HashMap<StepId, Record>,
    /// Steps whose inputs are small.
    light: HashSet<StepId>,
    /// Objects that must tell whether they define `main`, by the source they come from.
    awaiting: HashMap<StepId, FilePath>,
    confirmed: BTreeMap<FilePath, bool>,
    pretended: HashSet<StepId>,
    /// Opaque steps that began to run and have not come to a good end.
    unfinished: HashSet<StepId>,
    /// In a dry run: what would be put back.
    assumed: Vec<(FilePath, Identity)>,
    /// What became of each step that was judged.
    fates: HashMap<StepId, Fate>,
    texts: Option<Box<dyn Texts>>,
    /// Outputs to build, as of the newest description.
    wanted: Vec<FilePath>,
    sealed: bool,
    account: Account,
}

impl Build {
    /// Starts a build. `records` are those of the project as of now.
    #[must_use]
    pub fn start(id: BuildId, request: BuildRequest, prepared: Prepared, records: Records, now: Duration) -> (Self, Vec<Effect>) {
        let options = plan_options(&request, &prepared.front_end.settings);
        let mut build = Self {
            id,
            root: FilePath::new(&request.project.root),
            account: Account::new(request.dry_run, request.color, &prepared),
            request,
            front_end: prepared.front_end,
            slots: options.slots,
            plan: Plan::new(options),
            records,
            known: HashMap::new(),
            specs: HashMap::new(),
            attempts: HashMap::new(),
            restorable: HashMap::new(),
            light: HashSet::new(),
            awaiting: HashMap::new(),
            confirmed: BTreeMap::new(),
            pretended: HashSet::new(),
            unfinished: HashSet::new(),
            assumed: Vec::new(),
            fates: HashMap::new(),
            texts: None,
            wanted: Vec::new(),
            sealed: false,
        };
        let notice = |remark: Remark| Effect::Emit(BuildEvent::Notice { text: remark.text });
        let mut effects: Vec<_> = prepared.notices.into_iter().map(notice).collect();
        build.grow(now, prepared.lowered, &mut effects);
        (build, effects)
    }

    /// The build's id.
    #[must_use]
    pub fn id(&self) -> BuildId {
        self.id
    }

    /// Which objects define a `main` that is conditional.
    #[must_use]
    pub fn confirmed(&self) -> BTreeMap<FilePath, bool> {
        self.confirmed.clone()
    }

    /// What was asked for.
    #[must_use]
    pub fn request(&self) -> &BuildRequest {
        &self.request
    }

    /// How many of its steps may run at once.
    #[must_use]
    pub fn jobs(&self) -> usize {
        self.slots
    }

    /// The client's environment.
    #[must_use]
    pub fn variables(&self) -> Variables {
        self.request.project.variables.clone()
    }

    /// The directory of the compile database, and what is in that. It is wanted most while something does not compile; a dry run
    /// writes nothing, and a build of some steps only leaves it as it is.
    #[must_use]
    pub fn compile_database(&self) -> Option<(FilePath, Vec<CompileCommand>)> {
        let commands = self.account.compile_commands().filter(|_| !self.request.dry_run)?;
        Some((self.request.project.build_dir.clone(), commands.to_vec()))
    }

    /// Takes in a fact and says what to do.
    pub fn on_event(&mut self, now: Duration, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        match event {
            Event::Judged(all) => all.into_iter().for_each(|judged| self.judged(now, judged, &mut effects)),
            Event::Executed { step, attempt, execution } => self.executed(now, step, attempt, *execution, &mut effects),
            Event::Restored { step, result } => self.restored(now, step, result, &mut effects),
            Event::Cancel => self.feed(now, plan::Event::Cancel, &mut effects),
            Event::Shutdown => {
                self.account.refuse(Failure::internal(SHUTDOWN));
                self.feed(now, plan::Event::Cancel, &mut effects);
            }
            Event::WorkersLost => {
                let running = self.plan.running_steps().map(|(step, _)| step).collect();
                self.feed(now, plan::Event::Lost(running), &mut effects);
            }
        }
        effects.extend(self.progress(&effects));
        effects
    }

    fn feed(&mut self, now: Duration, event: plan::Event, effects: &mut Vec<Effect>) {
        let actions = self.plan.on_event(now, event);
        self.act(now, actions, effects);
        self.await_no_lost(now, effects);
    }

    fn act(&mut self, now: Duration, actions: Vec<plan::Action>, effects: &mut Vec<Effect>) {
        for action in actions {
            match action {
                plan::Action::Check(steps) => self.check(now, steps, effects),
                plan::Action::Restore(step) if self.request.dry_run => self.pretend_restore(now, step, effects),
                plan::Action::Restore(step) => {
                    let inspect_main = self.awaiting.contains_key(&step);
                    let spec = self.spec(step);
                    effects.extend(self.restorable.remove(&step).map(|record| Effect::Restore { step, spec, record, inspect_main }));
                }
                plan::Action::Run { step, reason } => self.run(now, step, reason, effects),
                plan::Action::Stop(step) => effects.push(Effect::Stop(step)),
                plan::Action::Refused(why) => self.refuse(now, Failure::usage(why), effects),
                plan::Action::Complete(summary) => effects.extend(self.account.finish(self.id, now, &summary)),
            }
        }
    }

    fn spec(&mut self, step: StepId) -> Arc<StepSpec> {
        let graph = self.plan.graph();
        self.specs.entry(step).or_insert_with(|| Arc::new(graph.step(step).spec.clone())).clone()
    }

    fn judged(&mut self, now: Duration, judged: Judged, effects: &mut Vec<Effect>) {
        let Judged { step, judgement, renewed, defines_main, light } = judged.forced(self.request.force);
        if light {
            self.light.insert(step)
        } else {
            self.light.remove(&step)
        };
        let path = key(&self.spec(step));
        let first = renewed.is_some();
        if let Some(records) = renewed {
            self.keep(path.clone(), records, effects);
        }
        let verdict = match judgement {
            Judgement::UpToDate { .. } => {
                self.fates.insert(step, Fate::UpToDate(None));
                Verdict::UpToDate
            }
            Judgement::Restore { record, why, .. } => {
                match self.records.get(&path).and_then(|all| all.get(if first { 0 } else { record })).cloned() {
                    Some(found) => {
                        self.restorable.insert(step, found);
                        self.restored_because(step, why);
                        Verdict::Restore
                    }
                    None => Verdict::Run(self.runs_because(step, Reason::NeverBuilt).to_string()),
                }
            }
            Judgement::Run(reason) => Verdict::Run(self.runs_because(step, reason).to_string()),
        };
        let settled = matches!(verdict, Verdict::UpToDate);
        self.feed(now, plan::Event::Checked { step, verdict }, effects);
        if settled {
            self.confirm(now, step, defines_main, effects);
        }
    }

    fn run(&mut self, now: Duration, step: StepId, reason: String, effects: &mut Vec<Effect>) {
        let spec = self.spec(step);
        let spec = if self.light.contains(&step) { Arc::new(StepSpec::clone(&spec).lightened()) } else { spec };
        self.account.started(step, &spec, reason, now, effects);
        if self.request.dry_run {
            return self.pretend_run(now, step, effects);
        }
        self.distrust(step, &spec, effects);
        let attempt = self.attempts.entry(step).and_modify(|n| *n += 1).or_insert(1);
        let lookup = (spec.kind == StepKind::Link).then(|| self.front_end.lookup(&spec.target));
        let (assembled, inspect_main) = (self.records.assembled().read_by(&spec), self.awaiting.contains_key(&step));
        effects.push(Effect::Run { step, attempt: *attempt, spec, lookup, assembled, inspect_main });
    }

    fn executed(&mut self, now: Duration, step: StepId, attempt: u32, mut execution: Execution, effects: &mut Vec<Effect>) {
        if self.attempts.get(&step) != Some(&attempt) || !self.plan.state(step).is_live() {
            return;
        }
        let spec = self.spec(step);
        let finish = finish_of(&execution, self.plan.state(step));
        let defines_main = execution.defines_main;
        if matches!(finish, Finish::Succeeded { .. }) {
            self.records.taints().tell(&spec, &mut execution);
            self.remember(step, &spec, &execution, effects);
        }
        let outcome = outcome_of(&finish, self.plan.tries_again(step, &finish));
        let is_stopped = finish == Finish::Stopped;
        self.account.executed(step, &spec, execution, (outcome, is_stopped), effects);
        let succeeded = matches!(finish, Finish::Succeeded { .. });
        self.feed(now, plan::Event::Finished { step, finish }, effects);
        if succeeded {
            self.confirm(now, step, defines_main, effects);
        }
    }
}

/// A step is known by its first output; a phony step by its label.
fn key(spec: &StepSpec) -> FilePath {
    spec.outputs.first().map_or_else(|| FilePath::from(spec.label.as_str()), |output| output.path.clone())
}

/// Why a build ended that nobody cancelled.
pub const SHUTDOWN: &str = "the daemon was stopped; run the command again to start another one";

/// What a step costs that did not run.
const NO_COST: Cost = Cost { wall_ms: 0, user_ms: 0, max_rss_kb: 0 };
