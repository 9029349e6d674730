//! Lists that have long stretches in common, as those of headers do: they are cut where their items say, so that equal stretches come
//! out as equal runs, which are kept once. Does not know what is kept where.

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

/// Something that is listed.
pub trait Item: Eq + Hash + fmt::Debug {
    /// What decides whether a run ends behind it. What changes in an item should not be part of it.
    fn mark(&self) -> &[u8];
}

/// A stretch of a list.
pub type Run<T> = Arc<[Arc<T>]>;

/// A run ends behind one item out of so many,
const USUAL: u32 = 16;
/// or when it has so many.
const LONGEST: usize = 64;

/// A list in runs. Equal lists are cut alike.
#[derive(Clone, Eq, PartialEq)]
pub struct Runs<T: Item>(Box<[Run<T>]>);

impl<T: Item> Runs<T> {
    /// Those runs, one after another.
    #[must_use]
    pub fn of(runs: impl IntoIterator<Item = Run<T>>) -> Self {
        Self(runs.into_iter().collect())
    }

    /// Its items.
    pub fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        self.0.iter().flat_map(|run| run.iter()).map(Arc::as_ref)
    }

    /// Its runs.
    #[must_use]
    pub fn runs(&self) -> &[Run<T>] {
        &self.0
    }
}

impl<T: Item> From<Vec<T>> for Runs<T> {
    fn from(items: Vec<T>) -> Self {
        let (mut runs, mut open) = (Vec::new(), Vec::new());
        for item in items {
            let ends = ends_run(item.mark(), USUAL);
            open.push(Arc::new(item));
            if ends || open.len() == LONGEST {
                runs.push(std::mem::take(&mut open).into());
            }
        }
        if !open.is_empty() {
            runs.push(open.into());
        }
        Self(runs.into())
    }
}

impl<T: Item> FromIterator<T> for Runs<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().collect::<Vec<_>>().into()
    }
}

impl<T: Item> Default for Runs<T> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<T: Item> fmt::Debug for Runs<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Whether a stretch ends behind an item of this mark, as it does behind one out of `usual`. FNV-1a, folded: in each process alike.
#[must_use]
pub fn ends_run(mark: &[u8], usual: u32) -> bool {
    let mixed = mark.iter().fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    (mixed ^ mixed >> 15).is_multiple_of(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Item for String {
        fn mark(&self) -> &[u8] {
            self.as_bytes()
        }
    }

    fn list(numbers: impl Iterator<Item = u32>) -> Runs<String> {
        numbers.map(|number| format!("include/{number}.h")).collect()
    }

    #[test]
    fn a_list_is_what_went_in() {
        let all: Vec<String> = list(0..1000).iter().cloned().collect();
        assert_eq!(all, (0..1000).map(|number| format!("include/{number}.h")).collect::<Vec<_>>());
        assert_eq!(list(0..0), Runs::default());
        assert!(list(0..1000).runs().iter().all(|run| !run.is_empty() && run.len() <= LONGEST));
        let same = Runs::from(vec!["x".to_owned(); 1000]);
        assert!(same.iter().count() == 1000 && same.runs().len() >= 1000 / LONGEST);
    }

    #[test]
    fn most_runs_of_similar_lists_are_equal() {
        let one = list(0..1000);
        let other = list((0..1000).filter(|number| *number != 500));
        assert_ne!(one, other);
        let differ = other.runs().iter().filter(|run| !one.runs().contains(run)).count();
        assert!(differ == 1 && one.runs().len() > 30, "{differ} of {}", one.runs().len());
    }
}
