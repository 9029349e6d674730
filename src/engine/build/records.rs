//! The records of a project as a value that is cheap to copy, however many there are: a build changes few of them. Does not know where
//! they come from.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::fingerprint::{AllAssembled, Record, Taints};
use crate::engine::path::FilePath;

/// Those of one step, the newest first.
pub type Variants = Arc<Vec<Record>>;

/// Records by the path of a step's first output. Copies have most of them in common.
#[derive(Clone, Debug, Default)]
pub struct Records {
    common: Arc<HashMap<FilePath, Variants>>,
    /// What came since that was copied; it hides what is below.
    news: HashMap<FilePath, Variants>,
    /// Whose further outputs files are, or were: by the first output.
    makers: Arc<HashMap<FilePath, FilePath>>,
    taints: Taints,
    assembled: AllAssembled,
}

/// News are merged when they are more than one in so many.
const FEW: usize = 8;

impl Records {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Those of a step.
    #[must_use]
    pub fn get(&self, path: &FilePath) -> Option<&Variants> {
        self.news.get(path).or_else(|| self.common.get(path)).filter(|records| !records.is_empty())
    }

    /// The newest of a step.
    #[must_use]
    pub fn newest(&self, path: &FilePath) -> Option<&Record> {
        self.get(path)?.first()
    }

    /// From now on these are those of a step. Says of which steps there are none any more: what these made it makes now.
    pub fn insert(&mut self, path: FilePath, records: Variants) -> Vec<FilePath> {
        let outputs = records.iter().take(1).flat_map(|newest| newest.outputs.iter().map(|(output, ..)| output));
        let outputs: Vec<&FilePath> = outputs.collect();
        let gone = self.meeting(&path, outputs.iter().copied());
        let news = outputs.into_iter().filter(|output| **output != path && self.makers.get(*output) != Some(&path));
        let news: Vec<(FilePath, FilePath)> = news.map(|output| (output.clone(), path.clone())).collect();
        if !news.is_empty() {
            Arc::make_mut(&mut self.makers).extend(news);
        }
        records.iter().take(1).for_each(|newest| self.made(newest));
        self.news.extend(gone.iter().map(|other| (other.clone(), Variants::default())));
        self.news.insert(path, records);
        if Arc::get_mut(&mut self.common).is_some() || self.news.len() > self.common.len() / FEW {
            Arc::make_mut(&mut self.common).extend(self.news.drain());
        }
        gone
    }

    /// Other steps than that at `path` which made one of these files when they last ran.
    pub fn meeting<'a>(&self, path: &FilePath, outputs: impl Iterator<Item = &'a FilePath>) -> Vec<FilePath> {
        let makes = |step: &FilePath, output: &FilePath| {
            step != path && self.newest(step).is_some_and(|newest| newest.outputs.iter().any(|(made, ..)| made == output))
        };
        let of = |output: &FilePath| {
            let further = self.makers.get(output).filter(|step| makes(step, output)).cloned();
            further.into_iter().chain(makes(output, output).then(|| output.clone())).collect::<Vec<_>>()
        };
        let mut all: Vec<FilePath> = outputs.flat_map(of).collect();
        all.sort();
        all.dedup();
        all
    }

    /// What a step left, as far as others ask in the same build.
    pub fn made(&mut self, newest: &Record) {
        self.taints.learn(newest);
        self.assembled.learn(newest);
    }

    /// What stems from opaque commands.
    #[must_use]
    pub fn taints(&self) -> &Taints {
        &self.taints
    }

    /// What is read for files of bitcode.
    #[must_use]
    pub fn assembled(&self) -> &AllAssembled {
        &self.assembled
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&FilePath, &Variants)> {
        let below = self.common.iter().filter(|(path, _)| self.news.is_empty() || !self.news.contains_key(*path));
        below.chain(&self.news).filter(|(_, records)| !records.is_empty())
    }

    /// The newest of each step.
    pub fn all_newest(&self) -> impl Iterator<Item = &Record> {
        self.iter().filter_map(|(_, records)| records.first())
    }

    /// Of how many steps.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl FromIterator<(FilePath, Variants)> for Records {
    fn from_iter<I: IntoIterator<Item = (FilePath, Variants)>>(all: I) -> Self {
        let common: HashMap<FilePath, Variants> = all.into_iter().collect();
        let mut all = Self::default();
        common.values().filter_map(|records| records.first()).for_each(|newest| all.made(newest));
        let further = common.iter().flat_map(|(path, records)| {
            let outputs = records.iter().take(1).flat_map(|newest| newest.outputs.iter().map(|(output, ..)| output));
            outputs.filter(move |output| *output != path).map(move |output| (output.clone(), path.clone()))
        });
        let makers = Arc::new(further.collect());
        Self { common: Arc::new(common), makers, ..all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::execution::Execution;
    use crate::engine::fingerprint::record_of;
    use crate::engine::graph::tests::spec;

    fn path(number: usize) -> FilePath {
        format!("{number}.o").as_str().into()
    }

    fn variants(count: usize) -> Variants {
        Arc::new(vec![record_of(&spec("a.o: a.c"), &"/p".into(), &Execution::empty(), None); count])
    }

    #[test]
    fn a_copy_does_not_see_what_comes_later() {
        let mut records: Records = (0..100).map(|number| (path(number), variants(1))).collect();
        let copy = records.clone();
        for (number, count) in [(7, 2), (100, 3), (7, 4)] {
            records.insert(path(number), variants(count));
        }
        assert!(Arc::ptr_eq(&records.common, &copy.common), "few are kept beside the others");
        let count = |records: &Records, number: usize| records.get(&path(number)).map(|all| all.len());
        assert_eq!([7, 8, 100].map(|number| count(&records, number)), [Some(4), Some(1), Some(3)]);
        assert_eq!([7, 8, 100].map(|number| count(&copy, number)), [Some(1), Some(1), None]);
        assert_eq!((records.len(), records.iter().count(), records.all_newest().count(), copy.len()), (101, 101, 101, 100));
        assert_eq!(records.iter().map(|(_, all)| all.len()).sum::<usize>(), 99 + 4 + 3);
        for number in 0..200 {
            records.insert(path(number), variants(5));
        }
        assert!(records.news.len() <= 200 / FEW && records.len() == 200 && records.iter().all(|(_, all)| all.len() == 5));
        drop(copy);
        records.insert(path(0), variants(1));
        assert!(records.news.is_empty() && records.newest(&path(0)).is_some());
    }
}
