//! Who depends on whom, directly and through others. Does not know what is made of it.

use std::collections::HashMap;

use super::{DeclareError, near};
use crate::engine::config::targets::{Kind, TargetSettings};

/// Targets by index, with those that each depends on.
pub(super) struct Order<'a> {
    targets: &'a [TargetSettings],
    direct: Vec<Vec<usize>>,
}

impl<'a> Order<'a> {
    /// Resolves the names.
    pub fn of(targets: &'a [TargetSettings]) -> Result<Self, DeclareError> {
        let mut by_name = HashMap::new();
        for (at, target) in targets.iter().enumerate() {
            if by_name.insert(target.name.as_str(), at).is_some() {
                return Err(DeclareError::Twice(target.name.clone()));
            }
        }
        let resolve = |target: &TargetSettings| {
            let unknown =
                |name: &String| DeclareError::Unknown { target: target.name.clone(), name: name.clone(), near: near(name, targets) };
            target
                .depends
                .iter()
                .map(|name| by_name.get(name.as_str()).copied().ok_or_else(|| unknown(name)))
                .collect::<Result<Vec<_>, _>>()
        };
        let order = Self { targets, direct: targets.iter().map(resolve).collect::<Result<_, _>>()? };
        order.circle().map_or(Ok(order), |circle| Err(DeclareError::Cycle(circle)))
    }

    fn circle(&self) -> Option<Vec<String>> {
        let mut done = vec![false; self.targets.len()];
        (0..self.targets.len()).find_map(|at| self.circle_from(at, &mut Vec::new(), &mut done))
    }

    fn circle_from(&self, at: usize, way: &mut Vec<usize>, done: &mut [bool]) -> Option<Vec<String>> {
        if let Some(start) = way.iter().position(|before| *before == at) {
            return Some(way[start..].iter().chain([&at]).map(|at| self.targets[*at].name.clone()).collect());
        }
        if done[at] {
            return None;
        }
        way.push(at);
        let found = self.direct[at].iter().find_map(|next| self.circle_from(*next, way, done));
        way.pop();
        done[at] = true;
        found
    }

    /// All on which `at` depends, itself not, each before those that it depends on. Not further than through those that `through` fits.
    fn reached(&self, at: usize, through: fn(Kind) -> bool) -> Vec<usize> {
        let mut done = vec![false; self.targets.len()];
        let mut out = Vec::new();
        self.visit(at, true, through, &mut done, &mut out);
        out.pop();
        out.reverse();
        out
    }

    fn visit(&self, at: usize, first: bool, through: fn(Kind) -> bool, done: &mut [bool], out: &mut Vec<usize>) {
        if std::mem::replace(&mut done[at], true) {
            return;
        }
        if first || through(self.targets[at].kind) {
            // Backwards, as all is turned around in the end: siblings stay in the order in which they are named.
            self.direct[at].iter().rev().for_each(|next| self.visit(*next, false, through, done, out));
        }
        out.push(at);
    }

    fn of_kind(&self, at: usize, through: fn(Kind) -> bool, wanted: fn(Kind) -> bool) -> impl Iterator<Item = usize> {
        self.reached(at, through).into_iter().filter(move |at| wanted(self.targets[*at].kind))
    }

    /// Targets whose objects `at` takes in.
    pub fn objects(&self, at: usize) -> impl Iterator<Item = usize> {
        // An archive has those that it depends on itself.
        self.of_kind(at, |kind| matches!(kind, Kind::Objects | Kind::Headers), |kind| kind == Kind::Objects)
    }

    /// Libraries that `at` is linked with, each before those that it uses. A shared one has what it uses.
    pub fn libraries(&self, at: usize) -> impl Iterator<Item = usize> {
        self.of_kind(at, is_merged, |kind| matches!(kind, Kind::SharedLibrary | Kind::StaticLibrary))
    }

    /// What `at` only waits for.
    pub fn before(&self, at: usize) -> impl Iterator<Item = usize> {
        self.direct[at]
            .iter()
            .copied()
            .filter(|at| matches!(self.targets[*at].kind, Kind::Executable | Kind::Plugin | Kind::Test | Kind::Example | Kind::Benchmark))
    }

    /// All whose public options `at` gets.
    pub fn all(&self, at: usize) -> impl Iterator<Item = &'a TargetSettings> {
        self.reached(at, |_| true).into_iter().map(|at| &self.targets[at])
    }

    /// Those that become part of `at` when it is linked: what they need of others it needs itself.
    pub fn merged(&self, at: usize) -> impl Iterator<Item = &'a TargetSettings> {
        self.of_kind(at, is_merged, is_merged).map(|at| &self.targets[at])
    }
}

fn is_merged(kind: Kind) -> bool {
    matches!(kind, Kind::StaticLibrary | Kind::Objects | Kind::Headers)
}
