//! Which files were doubted lately, so that whoever looked at many need not look at all of them again. Does not know why.

use std::collections::VecDeque;

/// So many are remembered; who looked before that has to look at all again.
const KEPT: usize = 256;

/// Names of files in the order in which they were doubted.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    names: VecDeque<Box<[u8]>>,
    /// How many came before those.
    before: u64,
}

impl Doubts {
    /// Now.
    pub(super) fn moment(&self) -> u64 {
        self.before + self.names.len() as u64
    }

    /// One more.
    pub(super) fn add(&mut self, name: &[u8]) {
        self.names.push_back(name.into());
        if self.names.len() > KEPT {
            self.names.pop_front();
            self.before += 1;
        }
    }

    /// Any file may be doubted.
    pub(super) fn add_all(&mut self) {
        self.before = self.moment() + 1;
        self.names.clear();
    }

    /// Those that were doubted since `moment`; `None` if that may be any.
    pub(super) fn since(&self, moment: u64) -> Option<impl Iterator<Item = &[u8]>> {
        let known = usize::try_from(moment.checked_sub(self.before)?).ok()?;
        Some(self.names.iter().skip(known).map(AsRef::as_ref))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_since_is_told_or_it_may_be_anything() {
        let mut doubts = Doubts::default();
        let since = |doubts: &Doubts, moment| doubts.since(moment).map(|all| all.map(<[u8]>::to_vec).collect::<Vec<_>>());
        let first = doubts.moment();
        assert_eq!(since(&doubts, first), Some(vec![]));
        doubts.add(b"a");
        let second = doubts.moment();
        doubts.add(b"b");
        assert_eq!(since(&doubts, first), Some(vec![b"a".to_vec(), b"b".to_vec()]));
        assert_eq!(since(&doubts, second), Some(vec![b"b".to_vec()]));
        doubts.add_all();
        assert_eq!(since(&doubts, second), None);
        let third = doubts.moment();
        for _ in 0..KEPT {
            doubts.add(b"c");
        }
        assert_eq!(since(&doubts, third).map(|all| all.len()), Some(KEPT));
        doubts.add(b"d");
        assert_eq!(since(&doubts, third), None, "more than is remembered");
    }
}
