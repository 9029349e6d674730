//! What the lists of many records have in common, each thing once and with a number. Records that are written down name numbers. Does
//! not know where things are written.

use std::collections::HashMap;
use std::sync::Arc;

use super::runs::{Item, Run, Runs};

/// Things by number, as they are written down: items, and runs by the numbers of their items.
#[derive(Debug)]
#[allow(missing_docs, reason = "said above")]
pub struct Rows<T: Item> {
    pub items: Vec<(u32, Arc<T>)>,
    pub runs: Vec<(u32, Vec<u32>)>,
}

impl<T: Item> Default for Rows<T> {
    fn default() -> Self {
        Self { items: Vec::new(), runs: Vec::new() }
    }
}

/// Runs by number, to read records with.
#[derive(Debug)]
pub struct Index<T: Item>(HashMap<u32, Run<T>>);

impl<T: Item> Index<T> {
    /// The list with these runs; `None` if one is missing.
    #[must_use]
    pub fn list(&self, numbers: &[u32]) -> Option<Runs<T>> {
        let runs: Option<Vec<Run<T>>> = numbers.iter().map(|number| self.0.get(number).cloned()).collect();
        runs.map(Runs::of)
    }
}

/// Numbers of what nobody needs any more: of items, and of runs.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[allow(missing_docs, reason = "said above")]
pub struct Swept {
    pub items: Vec<u32>,
    pub runs: Vec<u32>,
}

/// Things that are known.
#[derive(Debug)]
pub struct Shelf<T: Item> {
    items: HashMap<Arc<T>, u32>,
    runs: HashMap<Run<T>, u32>,
    /// The same by where they lie, which is found without looking at what they hold.
    places: HashMap<usize, u32>,
    /// Not yet written down.
    fresh: Rows<T>,
    next: u32,
}

impl<T: Item> Default for Shelf<T> {
    fn default() -> Self {
        Self { items: HashMap::new(), runs: HashMap::new(), places: HashMap::new(), fresh: Rows::default(), next: 0 }
    }
}

impl<T: Item> Shelf<T> {
    /// What was written down before. A run of which an item is missing is none.
    #[must_use]
    pub fn restored(rows: Rows<T>) -> (Self, Index<T>) {
        let mut shelf = Self::default();
        let numbers = rows.items.iter().map(|(number, _)| number).chain(rows.runs.iter().map(|(number, _)| number));
        shelf.next = numbers.max().map_or(0, |last| last.saturating_add(1));
        let items: HashMap<u32, Arc<T>> = rows.items.into_iter().collect();
        let mut index = HashMap::new();
        for (number, members) in rows.runs {
            let run: Option<Run<T>> = members.iter().map(|member| items.get(member).cloned()).collect();
            if let Some(run) = run {
                shelf.places.insert(place(&run), number);
                shelf.runs.insert(run.clone(), number);
                index.insert(number, run);
            }
        }
        shelf.items = items.into_iter().map(|(number, item)| (item, number)).collect();
        (shelf, Index(index))
    }

    /// The same list, made of what is known, and known from now on.
    pub fn share(&mut self, list: &Runs<T>) -> Runs<T> {
        Runs::of(list.runs().iter().map(|run| self.shared(run)).collect::<Vec<_>>())
    }

    fn shared(&mut self, run: &Run<T>) -> Run<T> {
        if self.places.contains_key(&place(run)) {
            return run.clone();
        }
        if let Some((known, _)) = self.runs.get_key_value(run) {
            return known.clone();
        }
        let (items, numbers): (Vec<Arc<T>>, Vec<u32>) = run.iter().map(|item| self.item(item)).unzip();
        let (run, number) = (Run::from(items), self.number());
        self.fresh.runs.push((number, numbers));
        self.places.insert(place(&run), number);
        self.runs.insert(run.clone(), number);
        run
    }

    fn item(&mut self, item: &Arc<T>) -> (Arc<T>, u32) {
        if let Some((known, number)) = self.items.get_key_value(item) {
            return (known.clone(), *number);
        }
        let number = self.number();
        self.fresh.items.push((number, item.clone()));
        self.items.insert(item.clone(), number);
        (item.clone(), number)
    }

    /// A number stands for the same thing for ever.
    fn number(&mut self) -> u32 {
        let number = self.next;
        self.next = self.next.saturating_add(1);
        number
    }

    /// The numbers of the runs of a shared list; `None` if it is not made of what is known.
    #[must_use]
    pub fn numbers(&self, list: &Runs<T>) -> Option<Vec<u32>> {
        list.runs().iter().map(|run| self.places.get(&place(run)).copied()).collect()
    }

    /// What has to be written down with any record that names it.
    #[must_use]
    pub fn take_fresh(&mut self) -> Rows<T> {
        std::mem::take(&mut self.fresh)
    }

    /// It could not be written down.
    pub fn put_back(&mut self, rows: Rows<T>) {
        self.fresh.items.extend(rows.items);
        self.fresh.runs.extend(rows.runs);
    }

    /// All items.
    pub fn items(&self) -> impl Iterator<Item = &T> {
        self.items.keys().map(AsRef::as_ref)
    }

    /// How much is known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len() + self.runs.len()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets what nobody else holds, and says what of that is written down. Everything else must be written down already.
    #[must_use]
    pub fn sweep(&mut self) -> Swept {
        let mut swept = Swept::default();
        self.runs.retain(|run, number| {
            let held = Arc::strong_count(run) > 1;
            if !held {
                self.places.remove(&place(run));
                swept.runs.push(*number);
            }
            held
        });
        self.items.retain(|item, number| {
            let held = Arc::strong_count(item) > 1;
            if !held {
                swept.items.push(*number);
            }
            held
        });
        swept
    }
}

fn place<T>(run: &Run<T>) -> usize {
    run.as_ptr().addr()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn list(range: std::ops::Range<u32>) -> Runs<String> {
        range.map(|number| format!("include/{number}.h")).collect()
    }

    fn known(shelf: &mut Shelf<String>, rows: &mut Rows<String>) {
        let fresh = shelf.take_fresh();
        rows.items.extend(fresh.items);
        rows.runs.extend(fresh.runs);
    }

    #[test]
    fn what_lists_share_is_kept_once() {
        let mut shelf = Shelf::default();
        let one = shelf.share(&list(0..500));
        assert_eq!(one, list(0..500));
        let before = shelf.len();
        let other = shelf.share(&list(0..501));
        assert!(shelf.len() <= before + 2, "one item, one run: {before} and {}", shelf.len());
        assert!(Arc::ptr_eq(&one.runs()[0], &other.runs()[0]));
        assert_eq!(shelf.numbers(&list(0..500)), None, "equal, but not of the shelf");
    }

    #[test]
    fn numbers_lead_back_after_a_restart() {
        let (mut shelf, mut rows) = (Shelf::default(), Rows::default());
        let one = shelf.share(&list(0..100));
        known(&mut shelf, &mut rows);
        let numbers = shelf.numbers(&one).unwrap();
        let copy = || Rows { items: rows.items.clone(), runs: rows.runs.clone() };
        let (mut again, index) = Shelf::restored(copy());
        let back = index.list(&numbers).unwrap();
        assert_eq!(back, one);
        assert_eq!(again.numbers(&back), Some(numbers.clone()));
        assert!(again.take_fresh().items.is_empty());
        // New things get new numbers.
        let other = again.share(&list(200..300));
        assert!(again.numbers(&other).unwrap().iter().all(|number| !numbers.contains(number)));

        let mut damaged = copy();
        damaged.items.remove(0);
        let (_, index) = Shelf::restored(damaged);
        assert_eq!(index.list(&numbers), None, "an item is missing");
        let mut damaged = copy();
        damaged.runs.pop();
        let (_, index) = Shelf::restored(damaged);
        assert_eq!(index.list(&numbers), None, "a run is missing");
    }

    #[test]
    fn what_nobody_holds_is_swept() {
        let mut shelf = Shelf::default();
        let kept = shelf.share(&list(0..300));
        let gone = shelf.share(&list(250..350));
        drop(shelf.take_fresh());
        assert_eq!(shelf.sweep(), Swept::default());
        drop(gone);
        let swept = shelf.sweep();
        assert_eq!(swept.items.len(), 50);
        assert!(!swept.runs.is_empty() && shelf.numbers(&kept).is_some());
        let all: HashSet<u32> = shelf.numbers(&kept).unwrap().into_iter().collect();
        assert!(swept.runs.iter().all(|number| !all.contains(number)));
        drop(kept);
        let _all = shelf.sweep();
        assert!(shelf.is_empty());
    }
}
