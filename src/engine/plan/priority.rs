//! How long it takes from a step's start to the end of everything that waits for it. Does not know who is ready.

use crate::engine::graph::Graph;
use crate::engine::ids::StepId;

/// By step: its own duration, and the longest way through it.
#[derive(Debug, Default)]
pub(super) struct Priorities {
    own: Vec<u64>,
    longest: Vec<u64>,
}

impl Priorities {
    pub(super) fn of(&self, step: StepId) -> u64 {
        self.longest[step.index()]
    }

    /// Takes in the steps that `graph` has more than before, with durations from `own`. Returns steps that rose.
    /// `graph` must have no cycle.
    pub(super) fn grow(&mut self, graph: &Graph, own: impl Fn(StepId) -> u64) -> Vec<StepId> {
        let first = self.own.len();
        self.own.extend(graph.ids_from(first).map(own));
        self.longest.extend_from_slice(&self.own[first..]);
        self.settle_fresh(graph, first);
        self.raise(graph, graph.ids_from(first).collect())
    }

    /// New steps, last ones of the build first, so that each is settled once.
    fn settle_fresh(&mut self, graph: &Graph, first: usize) {
        let is_fresh = |step: &StepId| step.index() >= first;
        let mut open: Vec<u32> = vec![0; self.own.len() - first];
        for step in graph.ids_from(first) {
            for dependency in graph.dependencies(step).filter(is_fresh) {
                open[dependency.index() - first] += 1;
            }
        }
        let mut todo: Vec<StepId> = graph.ids_from(first).filter(|id| open[id.index() - first] == 0).collect();
        while let Some(step) = todo.pop() {
            let after = graph.dependents(step).map(|next| self.of(next)).max().unwrap_or(0);
            self.longest[step.index()] = self.own[step.index()].saturating_add(after);
            for dependency in graph.dependencies(step).filter(is_fresh) {
                let open = &mut open[dependency.index() - first];
                *open -= 1;
                if *open == 0 {
                    todo.push(dependency);
                }
            }
        }
    }

    /// Lifts what `todo` waits for. Returns those that rose. `graph` must have no cycle: it would rise for ever.
    pub(super) fn raise(&mut self, graph: &Graph, mut todo: Vec<StepId>) -> Vec<StepId> {
        let mut rose = Vec::new();
        while let Some(step) = todo.pop() {
            for dependency in graph.dependencies(step) {
                let through = self.own[dependency.index()].saturating_add(self.of(step));
                if through > self.of(dependency) {
                    self.longest[dependency.index()] = through;
                    todo.push(dependency);
                    rose.push(dependency);
                }
            }
        }
        rose
    }
}
