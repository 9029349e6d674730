//! Who gets the next free worker: builds take turns, each in its own order. Does not know what is queued.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Items in turns by owner, and the workers that wait for one.
#[derive(Debug)]
pub struct FairQueue<Owner, Item> {
    waiting: HashMap<Owner, VecDeque<Item>>,
    turns: VecDeque<Owner>,
    idle: Vec<usize>,
}

impl<Owner, Item> Default for FairQueue<Owner, Item> {
    fn default() -> Self {
        Self { waiting: HashMap::new(), turns: VecDeque::new(), idle: Vec::new() }
    }
}

impl<Owner: Copy + Eq + Hash, Item> FairQueue<Owner, Item> {
    /// An item waits.
    pub fn push(&mut self, owner: Owner, item: Item) {
        let items = self.waiting.entry(owner).or_default();
        if items.is_empty() {
            self.turns.push_back(owner);
        }
        items.push_back(item);
    }

    /// A worker waits. A worker that waits already is not counted twice.
    pub fn free(&mut self, worker: usize) {
        if !self.idle.contains(&worker) {
            self.idle.push(worker);
        }
    }

    /// The next item with the worker that takes it, of those owners that `may` have one now; `None` if either is missing.
    pub fn pair(&mut self, may: impl Fn(Owner) -> bool) -> Option<(usize, Item)> {
        if self.idle.is_empty() {
            return None;
        }
        let turn = self.turns.iter().position(|owner| may(*owner))?;
        let owner = self.turns.remove(turn)?;
        let items = self.waiting.get_mut(&owner)?;
        let item = items.pop_front()?;
        if items.is_empty() {
            self.waiting.remove(&owner);
        } else {
            self.turns.push_back(owner);
        }
        Some((self.idle.pop()?, item))
    }

    /// Takes out what matches; it will not be run.
    pub fn remove(&mut self, owner: Owner, mut matches: impl FnMut(&Item) -> bool) -> Vec<Item> {
        let Some(items) = self.waiting.remove(&owner) else { return Vec::new() };
        let (gone, kept): (VecDeque<_>, VecDeque<_>) = items.into_iter().partition(|item| matches(item));
        if kept.is_empty() {
            self.turns.retain(|turn| *turn != owner);
        } else {
            self.waiting.insert(owner, kept);
        }
        gone.into()
    }

    /// Takes out everything; workers wait on.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.turns.clear();
    }

    /// Whether an item waits of an owner that is `wanted`.
    #[must_use]
    pub fn waits(&self, wanted: impl Fn(Owner) -> bool) -> bool {
        self.turns.iter().any(|owner| wanted(*owner))
    }

    /// Items that wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.values().map(VecDeque::len).sum()
    }

    /// Workers that wait.
    #[must_use]
    pub fn idle(&self) -> usize {
        self.idle.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_take_turns() {
        let mut queue = FairQueue::default();
        for item in ["a1", "a2", "a3"] {
            queue.push('a', item);
        }
        queue.push('b', "b1");
        (0..4).for_each(|worker| queue.free(worker));
        let order: Vec<_> = std::iter::from_fn(|| queue.pair(|_| true)).map(|(_, item)| item).collect();
        assert_eq!(order, ["a1", "b1", "a2", "a3"]);
    }

    #[test]
    fn nothing_is_handed_out_without_a_worker_and_removed_items_never_are() {
        let mut queue = FairQueue::default();
        queue.push('a', 1);
        queue.push('a', 2);
        assert_eq!(queue.pair(|_| true), None);
        assert_eq!(queue.remove('a', |item| *item == 1), [1]);
        queue.free(7);
        queue.free(7);
        assert!(queue.waits(|owner| owner == 'a') && !queue.waits(|owner| owner == 'b'));
        assert_eq!(queue.pair(|owner| owner == 'b'), None);
        assert_eq!((queue.pair(|_| true), queue.pair(|_| true)), (Some((7, 2)), None));
        assert_eq!((queue.waiting(), queue.idle()), (0, 0));
    }
}
