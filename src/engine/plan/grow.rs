//! How a plan takes in more graph while it runs, how steps come to be wanted, and how they wait for each other.
//! Does not know how they run.

use std::collections::HashSet;

use super::node::Node;
use super::{Action, How, Plan, State};
use crate::engine::graph::{GraphError, Purity, StepSpec};
use crate::engine::ids::StepId;
use crate::engine::path::FilePath;

impl Plan {
    /// So long did steps take the last time, in milliseconds, by their first output. To be said before they come.
    pub fn expect(&mut self, durations: impl IntoIterator<Item = (FilePath, u64)>) {
        self.options.durations.extend(durations);
    }

    pub(super) fn grow(&mut self, steps: Vec<StepSpec>, wanted: &[FilePath]) {
        if self.halted {
            return;
        }
        if let Err(error) = self.take_in(steps).and_then(|()| self.want_all(wanted)) {
            self.refuse(error);
        }
    }

    fn take_in(&mut self, steps: Vec<StepSpec>) -> Result<(), GraphError> {
        let first = self.graph.len();
        let added = steps.into_iter().try_for_each(|spec| self.graph.add(spec).map(|_| ()));
        // Also after an error, so that every step of the graph has its node.
        let fresh: Vec<StepId> = self.graph.ids_from(first).collect();
        for &step in &fresh {
            let spec = &self.graph.step(step).spec;
            let pool = self.ready.pool(spec.pool.as_deref(), spec.flags.console);
            self.enlist(Node::new(spec, pool));
        }
        added?;
        let needed = self.send_back(&fresh, first);
        for &step in &fresh {
            self.node(step).pending = self.count_pending(step);
        }
        self.check_cycles(&fresh)?;
        let (graph, durations) = (&self.graph, &self.options.durations);
        let rose = self.priorities.grow(graph, |step| duration(&graph.step(step).spec, durations));
        self.requeue(rose);
        needed.into_iter().for_each(|maker| self.want(maker));
        Ok(())
    }

    pub(super) fn count_pending(&self, step: StepId) -> u32 {
        let open = self.graph.dependencies(step).filter(|&dependency| !matches!(self.state(dependency), State::Done(_)));
        u32::try_from(open.count()).unwrap_or(u32::MAX)
    }

    /// Older steps that read what `fresh` ones make can no longer stand where they are. Returns the fresh steps that are needed for that.
    fn send_back(&mut self, fresh: &[StepId], first: usize) -> Vec<StepId> {
        let mut needed = Vec::new();
        for &maker in fresh {
            let older: Vec<StepId> = self.graph.dependents(maker).filter(|step| step.index() < first).collect();
            if older.iter().any(|&step| self.state(step).is_open() || matches!(self.state(step), State::Done(_))) {
                needed.push(maker);
            }
            self.unsettle(older);
        }
        needed
    }

    /// One more input of each of `todo` is not done.
    fn unsettle(&mut self, mut todo: Vec<StepId>) {
        while let Some(step) = todo.pop() {
            let node = self.node(step);
            node.pending += 1;
            match node.state {
                State::Checking => {
                    node.stale_checks += 1;
                    self.set(step, State::Blocked);
                }
                State::Queued => self.set(step, State::Blocked),
                State::Running | State::Restoring | State::Stopping => node.outdated = true,
                State::Done(_) => {
                    self.set(step, State::Blocked);
                    todo.extend(self.graph.dependents(step));
                }
                State::Unwanted | State::Blocked | State::Failed | State::NotRun => {}
            }
        }
    }

    /// Every new cycle goes through a new step that something waits for. What is done is on no cycle.
    fn check_cycles(&self, fresh: &[StepId]) -> Result<(), GraphError> {
        let inner = fresh.iter().copied().filter(|&step| self.graph.dependents(step).next().is_some());
        match self.graph.find_cycle_from(inner, |step| matches!(self.state(step), State::Done(_))) {
            Some(cycle) => Err(GraphError::Cycle(cycle)),
            None => Ok(()),
        }
    }

    fn want_all(&mut self, wanted: &[FilePath]) -> Result<(), GraphError> {
        for path in wanted {
            let maker = self.graph.producer_of(path).ok_or_else(|| GraphError::NotMade { path: path.clone() })?;
            self.want(maker);
        }
        Ok(())
    }

    /// `root` and all that must be built with it.
    pub(super) fn want(&mut self, root: StepId) {
        let mut todo = vec![root];
        while let Some(step) = todo.pop() {
            if self.state(step) == State::Unwanted {
                todo.extend(self.graph.dependencies(step).chain(self.graph.validators(step)));
                self.place(step);
            }
        }
    }

    /// Finds the state of a step that is wanted and whose inputs may have changed.
    pub(super) fn place(&mut self, step: StepId) {
        if self.halted || self.graph.dependencies(step).any(|dependency| self.state(dependency).is_lost()) {
            self.give_up(step);
        } else {
            self.set(step, State::Blocked);
            self.unblock(vec![step]);
        }
    }

    /// Marks `step` as done, and goes on with what waited for it.
    pub(super) fn done(&mut self, step: StepId, how: How) {
        self.set(step, State::Done(how));
        let waiting = self.settle_dependents(step);
        self.unblock(waiting);
    }

    /// Goes on with those of `todo` that are blocked by nothing any more.
    fn unblock(&mut self, mut todo: Vec<StepId>) {
        while let Some(step) = todo.pop() {
            let node = self.node(step);
            if node.state != State::Blocked || node.pending > 0 {
                continue;
            }
            if node.phony {
                self.set(step, State::Done(How::Phony));
                todo.extend(self.settle_dependents(step));
            } else {
                self.set(step, State::Checking);
                self.to_check.push(step);
            }
        }
    }

    /// One input less is open for each dependent of `step`.
    fn settle_dependents(&mut self, step: StepId) -> Vec<StepId> {
        let dependents: Vec<StepId> = self.graph.dependents(step).collect();
        dependents.iter().for_each(|&next| self.node(next).pending -= 1);
        dependents
    }

    /// Marks `step` as not run, and with it all that waits for it.
    pub(super) fn give_up(&mut self, step: StepId) {
        self.set(step, State::NotRun);
        self.give_up_dependents(step);
    }

    pub(super) fn give_up_dependents(&mut self, step: StepId) {
        let mut todo: Vec<StepId> = self.graph.dependents(step).collect();
        while let Some(step) = todo.pop() {
            if self.state(step) == State::Blocked {
                self.set(step, State::NotRun);
                todo.extend(self.graph.dependents(step));
            }
        }
    }

    /// Adds inputs that are known from a depfile or a record.
    pub(super) fn learn(&mut self, step: StepId, files: &[FilePath]) {
        self.graph.add_discovered(step, files);
        let pending = self.count_pending(step);
        self.node(step).pending = pending;
    }

    /// What `step` has just been found to wait for may have become more urgent. There must be no cycle.
    pub(super) fn raise_makers(&mut self, step: StepId) {
        let rose = self.priorities.raise(&self.graph, vec![step]);
        self.requeue(rose);
    }

    /// Whether one of `from` waits for `target`, directly or not.
    pub(super) fn reaches(&self, from: &[StepId], target: StepId) -> bool {
        let mut seen: HashSet<StepId> = HashSet::new();
        let mut todo = from.to_vec();
        while let Some(step) = todo.pop() {
            if step == target {
                return true;
            }
            if !matches!(self.state(step), State::Done(_)) && seen.insert(step) {
                todo.extend(self.graph.dependencies(step));
            }
        }
        false
    }

    fn requeue(&mut self, rose: Vec<StepId>) {
        for step in rose {
            if self.state(step) == State::Queued && !self.node(step).alone {
                self.queue(step);
            }
        }
    }

    /// Ends the build because its description makes no graph.
    pub(super) fn refuse(&mut self, error: GraphError) {
        self.refused = true;
        self.actions.push(Action::Refused(error));
        self.halt();
    }
}

/// What the step took the last time, in milliseconds.
fn duration(spec: &StepSpec, known: &std::collections::HashMap<FilePath, u64>) -> u64 {
    if spec.purity == Purity::Phony {
        return 0;
    }
    spec.outputs.first().and_then(|output| known.get(&output.path)).copied().unwrap_or(1)
}
