//! Steps that may run now, longest way to the end first, pool by pool. Does not know states: whoever pops says what still counts.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use crate::engine::ids::StepId;

/// The pool of steps that want the terminal.
const CONSOLE: &str = "console";

/// A step in a queue. Entries are never removed but outdated: a step that rose is in its queue twice, and only the entry with
/// its present priority counts.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Entry {
    pub(super) priority: u64,
    pub(super) step: Reverse<StepId>,
}

#[derive(Debug)]
struct Pool {
    depth: usize,
    used: usize,
    waiting: BinaryHeap<Entry>,
}

impl Pool {
    fn new(depth: usize) -> Self {
        Self { depth: if depth == 0 { usize::MAX } else { depth }, used: 0, waiting: BinaryHeap::new() }
    }
}

/// The pools, and the steps that must run alone.
#[derive(Debug)]
pub(super) struct Ready {
    pools: Vec<Pool>,
    names: HashMap<String, usize>,
    alone: VecDeque<StepId>,
}

impl Ready {
    pub(super) fn new(depths: &HashMap<String, usize>) -> Self {
        let mut ready = Self { pools: vec![Pool::new(0)], names: HashMap::new(), alone: VecDeque::new() };
        let console = (CONSOLE, 1);
        for (name, depth) in depths.iter().map(|(name, depth)| (name.as_str(), *depth)).chain([console]) {
            ready.names.insert(name.to_owned(), ready.pools.len());
            ready.pools.push(Pool::new(depth));
        }
        ready
    }

    /// The pool called `name`, as an index. Unknown names share the unlimited one.
    pub(super) fn pool(&self, name: Option<&str>, console: bool) -> usize {
        let name = if console { Some(CONSOLE) } else { name };
        name.and_then(|name| self.names.get(name)).copied().unwrap_or(0)
    }

    pub(super) fn push(&mut self, pool: usize, step: StepId, priority: u64) {
        self.pools[pool].waiting.push(Entry { priority, step: Reverse(step) });
    }

    pub(super) fn push_alone(&mut self, step: StepId) {
        self.alone.push_back(step);
    }

    /// The next step that must run alone.
    pub(super) fn next_alone(&mut self, counts: impl Fn(StepId) -> bool) -> Option<StepId> {
        while let Some(&step) = self.alone.front() {
            if counts(step) {
                return Some(step);
            }
            self.alone.pop_front();
        }
        None
    }

    /// The best step among the pools that have room.
    pub(super) fn pop(&mut self, counts: impl Fn(Entry) -> bool) -> Option<StepId> {
        for pool in &mut self.pools {
            while pool.waiting.peek().is_some_and(|&top| !counts(top)) {
                pool.waiting.pop();
            }
        }
        let open = self.pools.iter_mut().filter(|pool| pool.used < pool.depth);
        let best = open.max_by_key(|pool| pool.waiting.peek().copied())?;
        best.waiting.pop().map(|entry| entry.step.0)
    }

    pub(super) fn take(&mut self, pool: usize) {
        self.pools[pool].used += 1;
    }

    pub(super) fn release(&mut self, pool: usize) {
        self.pools[pool].used -= 1;
    }
}
