//! The fewest directories that make the project's own `#include`s resolve. Does not know targets.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::links::{Links, Meaning, rank};
use crate::engine::path::FilePath;

/// The directories to search, in order, so that the includes of `ours` resolve, and then those of `groups`.
pub(super) fn infer(links: &Links, ours: &HashSet<usize>, groups: &HashSet<usize>) -> Vec<FilePath> {
    let mut chosen = BTreeSet::new();
    cover(needs(links, ours), links, &mut chosen);
    cover(needs(links, groups), links, &mut chosen);
    let mut order: Vec<FilePath> = chosen.into_iter().collect();
    order.sort_by_cached_key(|dir| (links.shadowing.contains(dir), rank(dir)));
    order
}

/// What the includes of `files` need: for each, the directories that would do.
fn needs(links: &Links, files: &HashSet<usize>) -> Vec<Vec<FilePath>> {
    let includes = files.iter().flat_map(|at| &links.of[*at]);
    let distinct: BTreeSet<(&FilePath, Vec<FilePath>)> = includes
        .filter_map(|link| match &link.meaning {
            Meaning::Search(candidates) => Some((&link.include.name, candidates.iter().map(|(_, dir)| dir.clone()).collect())),
            _ => None,
        })
        .collect();
    distinct.into_iter().map(|(_, dirs)| dirs).collect()
}

/// Greedy set cover, with preferences where directories cover equally much.
fn cover(mut needs: Vec<Vec<FilePath>>, links: &Links, chosen: &mut BTreeSet<FilePath>) {
    needs.retain(|dirs| !dirs.iter().any(|dir| chosen.contains(dir)));
    while !needs.is_empty() {
        let mut counts: BTreeMap<&FilePath, usize> = BTreeMap::new();
        for dir in needs.iter().flatten() {
            *counts.entry(dir).or_default() += 1;
        }
        let best = counts.into_iter().min_by_key(|(dir, count)| (links.shadowing.contains(*dir), usize::MAX - count, rank(dir)));
        let Some(dir) = best.map(|(dir, _)| dir.clone()) else { return };
        needs.retain(|dirs| !dirs.contains(&dir));
        chosen.insert(dir);
    }
}
