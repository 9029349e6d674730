//! The machine itself: which event does what, the one place where a step changes its state, and who runs next.
//! Does not know how the graph grows (`grow`) nor how runs end (`finish`).

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use super::node::Node;
use super::priority::Priorities;
use super::ready::Ready;
use super::{Action, Event, How, PlanOptions, PlanSummary, State, Verdict};
use crate::engine::graph::Graph;
use crate::engine::ids::StepId;
use crate::engine::path::FilePath;
use crate::engine::report::Counts;

/// One build. Owns its graph.
#[derive(Debug)]
pub struct Plan {
    pub(super) graph: Graph,
    pub(super) options: PlanOptions,
    pub(super) nodes: Vec<Node>,
    pub(super) ready: Ready,
    pub(super) priorities: Priorities,
    /// Steps that hold a slot, and since when.
    live: BTreeMap<StepId, Duration>,
    /// Steps that run something, by [`State::index`].
    tally: [u32; State::COUNT],
    /// Steps to which something must still happen.
    open: usize,
    sealed: bool,
    /// Nothing new starts.
    pub(super) halted: bool,
    pub(super) cancelled: bool,
    pub(super) refused: bool,
    completed: bool,
    pub(super) first_failure: Option<StepId>,
    now: Duration,
    /// Steps to ask about at the end of this event.
    pub(super) to_check: Vec<StepId>,
    pub(super) actions: Vec<Action>,
}

impl Plan {
    /// A build of nothing, until it is told more.
    #[must_use]
    pub fn new(options: PlanOptions) -> Self {
        Self {
            graph: Graph::new(),
            ready: Ready::new(&options.pools),
            options,
            nodes: Vec::new(),
            priorities: Priorities::default(),
            live: BTreeMap::new(),
            tally: [0; State::COUNT],
            open: 0,
            sealed: false,
            halted: false,
            cancelled: false,
            refused: false,
            completed: false,
            first_failure: None,
            now: Duration::ZERO,
            to_check: Vec::new(),
            actions: Vec::new(),
        }
    }

    /// The files and steps known so far.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Where `step` is.
    ///
    /// # Panics
    ///
    /// When `step` is not of this plan's graph.
    #[must_use]
    pub fn state(&self, step: StepId) -> State {
        self.nodes[step.index()].state
    }

    /// How many steps hold a slot.
    #[must_use]
    pub fn running(&self) -> usize {
        self.live.len()
    }

    /// The steps that hold a slot, and since when.
    pub fn running_steps(&self) -> impl Iterator<Item = (StepId, Duration)> {
        self.live.iter().map(|(&step, &since)| (step, since))
    }

    /// Whether the build has ended.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.completed
    }

    /// Whether nothing new starts any more.
    #[must_use]
    pub fn is_halted(&self) -> bool {
        self.halted
    }

    /// Counts so far, of wanted steps that run something. They add up once the build is complete; until then `total` has more.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let of = |state: State| self.tally[state.index()];
        Counts {
            total: self.tally.iter().sum::<u32>() - of(State::Unwanted),
            ran: of(State::Done(How::Ran)),
            cached: of(State::Done(How::Restored)),
            up_to_date: of(State::Done(How::UpToDate)),
            failed: of(State::Failed),
            not_run: of(State::NotRun),
        }
    }

    /// Takes one event in; `now` is the time since the build's start. Steps that are not of this plan, answers to questions that it
    /// no longer asks, and all that comes after [`Action::Complete`] change nothing.
    pub fn on_event(&mut self, now: Duration, event: Event) -> Vec<Action> {
        if self.completed {
            return Vec::new();
        }
        self.now = now;
        match event {
            Event::Grow { steps, wanted } => self.grow(steps, &wanted),
            Event::Sealed => self.sealed = true,
            Event::Checked { step, verdict } if self.knows(step) => self.checked(step, verdict),
            Event::Finished { step, finish } if self.knows(step) => self.finished(step, finish),
            Event::Checked { .. } | Event::Finished { .. } => {}
            Event::Slots(slots) => self.options.slots = slots,
            Event::Cancel => self.cancel(),
            Event::Lost(steps) => steps.into_iter().for_each(|step| self.lost(step)),
        }
        self.admit();
        self.close();
        std::mem::take(&mut self.actions)
    }

    pub(super) fn knows(&self, step: StepId) -> bool {
        step.index() < self.nodes.len()
    }

    pub(super) fn node(&mut self, step: StepId) -> &mut Node {
        &mut self.nodes[step.index()]
    }

    /// The one place where a step changes its state.
    pub(super) fn set(&mut self, step: StepId, next: State) {
        let node = &mut self.nodes[step.index()];
        let last = std::mem::replace(&mut node.state, next);
        assert!(last.may_become(next), "step {step} went from {last:?} to {next:?}");
        if !node.phony {
            self.tally[last.index()] -= 1;
            self.tally[next.index()] += 1;
        }
        self.open = self.open + usize::from(next.is_open()) - usize::from(last.is_open());
        match (last.is_live(), next.is_live()) {
            (false, true) => {
                self.ready.take(node.pool);
                self.live.insert(step, self.now);
            }
            (true, false) => {
                self.ready.release(node.pool);
                self.live.remove(&step);
            }
            _ => {}
        }
    }

    /// Counts a step that has just been added.
    pub(super) fn enlist(&mut self, node: Node) {
        self.tally[node.state.index()] += u32::from(!node.phony);
        self.nodes.push(node);
    }

    fn checked(&mut self, step: StepId, verdict: Verdict) {
        let node = self.node(step);
        if node.stale_checks > 0 {
            node.stale_checks -= 1;
        } else if node.state == State::Checking {
            match verdict {
                Verdict::UpToDate => {
                    let how = if node.ran { How::Ran } else { How::UpToDate };
                    self.done(step, how);
                }
                Verdict::Restore => {
                    self.set(step, State::Restoring);
                    self.actions.push(Action::Restore(step));
                }
                Verdict::Run(reason) => self.enqueue(step, reason),
                Verdict::Wait(files) => self.wait_for(step, &files),
            }
        }
    }

    /// The record of `step` names `files`, which others make. A record may be older than the graph: if one of them waits for
    /// `step` by now, only a run can tell what it reads today.
    fn wait_for(&mut self, step: StepId, files: &[FilePath]) {
        let makers: Vec<StepId> = files.iter().filter_map(|file| self.graph.producer_of(file)).filter(|&maker| maker != step).collect();
        if self.reaches(&makers, step) {
            self.enqueue(step, "what it read is now made from what it makes".to_owned());
        } else {
            self.learn(step, files);
            self.raise_makers(step);
            makers.into_iter().for_each(|maker| self.want(maker));
            self.place(step);
        }
    }

    /// Puts `step` into the queue.
    pub(super) fn enqueue(&mut self, step: StepId, reason: String) {
        self.set(step, State::Queued);
        self.node(step).reason = reason;
        self.queue(step);
    }

    /// Makes an entry for a step that is queued.
    pub(super) fn queue(&mut self, step: StepId) {
        let (alone, pool) = (self.node(step).alone, self.node(step).pool);
        if alone {
            self.ready.push_alone(step);
        } else {
            self.ready.push(pool, step, self.priority(step));
        }
    }

    fn priority(&self, step: StepId) -> u64 {
        if self.nodes[step.index()].urgent { u64::MAX } else { self.priorities.of(step) }
    }

    /// Starts what may start.
    fn admit(&mut self) {
        while !self.halted && self.live.len() < self.options.slots {
            let Some(step) = self.next() else { break };
            self.set(step, State::Running);
            let node = self.node(step);
            (node.urgent, node.ran) = (false, true);
            let reason = node.reason.clone();
            self.actions.push(Action::Run { step, reason });
        }
    }

    fn next(&mut self) -> Option<StepId> {
        if self.live.keys().next().is_some_and(|step| self.nodes[step.index()].alone) {
            return None;
        }
        let nodes = &self.nodes;
        if let Some(step) = self.ready.next_alone(|step| nodes[step.index()].state == State::Queued) {
            return self.live.is_empty().then_some(step);
        }
        let priorities = &self.priorities;
        self.ready.pop(|entry| {
            let (step, node) = (entry.step.0, &nodes[entry.step.0.index()]);
            node.state == State::Queued && entry.priority == if node.urgent { u64::MAX } else { priorities.of(step) }
        })
    }

    /// Asks about the steps whose turn came, and ends the build if nothing is left.
    fn close(&mut self) {
        let mut steps = std::mem::take(&mut self.to_check);
        steps.retain(|step| self.nodes[step.index()].state == State::Checking);
        steps.sort_unstable_by_key(|&step| (Reverse(self.priority(step)), step));
        if !steps.is_empty() {
            self.actions.push(Action::Check(steps));
        }
        if self.open == 0 && (self.sealed || self.halted) {
            self.completed = true;
            self.actions.push(Action::Complete(self.summary()));
        }
    }

    fn summary(&self) -> PlanSummary {
        PlanSummary {
            counts: self.counts(),
            cancelled: self.cancelled,
            refused: self.refused,
            first_failure: self.first_failure,
            took: self.now,
        }
    }
}
