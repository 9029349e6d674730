//! Values of several places by key, each with where it came from; later wins, or goes beyond. Does not know which places there are.

use std::collections::BTreeMap;

use super::origin::Origin;
use super::schema::{self, Join, Key};
use super::value::Value;
use crate::engine::path::FilePath;

/// One value of one place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Given {
    /// The value.
    pub value: Value,
    /// Where it came from.
    pub origin: Origin,
    /// The place's number: a later place has a higher one.
    pub place: usize,
}

/// All values of all places.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Merged {
    given: BTreeMap<&'static str, Vec<Given>>,
    place: usize,
}

impl Merged {
    /// What is put from now on is of a later place.
    pub fn next_place(&mut self) {
        self.place += 1;
    }

    /// Adds a value that goes before all so far.
    pub fn put(&mut self, key: &'static Key, value: Value, origin: Origin) {
        let place = self.place;
        self.given.entry(key.path).or_default().push(Given { value, origin, place });
    }

    /// The number of the last place that gave `path`.
    #[must_use]
    pub fn last_place(&self, path: &str) -> Option<usize> {
        self.given.get(path).and_then(|all| all.last()).map(|given| given.place)
    }

    /// Without what places before `place` gave of `path`.
    pub fn forget_before(&mut self, path: &str, place: usize) {
        if let Some(all) = self.given.get_mut(path) {
            all.retain(|given| given.place >= place);
        }
    }

    /// What counts of `key`, in the order in which it counts: each value with where it came from. Nothing if nobody gave it.
    #[must_use]
    pub fn effective(&self, key: &Key) -> Vec<Given> {
        let all = self.given.get(key.path).map(Vec::as_slice).unwrap_or_default();
        match key.join {
            Join::Replace => all.last().cloned().into_iter().collect(),
            Join::Append => all.to_vec(),
            Join::Prepend => all.iter().rev().cloned().collect(),
            Join::Override => overridden(all),
        }
    }

    fn value(&self, path: &str) -> Option<Value> {
        let mut effective = self.effective(schema::find(path)?).into_iter().map(|given| given.value);
        let first = effective.next()?;
        Some(effective.fold(first, together))
    }

    /// The string of `path`.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<String> {
        match self.value(path) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The path of `path`, without `.` components; `{profile}` is `profile`.
    #[must_use]
    pub fn path(&self, path: &str, profile: &str) -> Option<FilePath> {
        self.text(path).map(|text| relative(&text.replace("{profile}", profile)))
    }

    /// The list of `path`, if there is one.
    #[must_use]
    pub fn list(&self, path: &str) -> Option<Vec<String>> {
        match self.value(path) {
            Some(Value::Texts(texts)) => Some(texts),
            _ => None,
        }
    }

    /// The list of `path`, empty if there is none.
    #[must_use]
    pub fn texts(&self, path: &str) -> Vec<String> {
        self.list(path).unwrap_or_default()
    }

    /// The list of paths of `path`.
    #[must_use]
    pub fn paths(&self, path: &str) -> Vec<FilePath> {
        self.texts(path).iter().map(|text| relative(text)).collect()
    }

    /// Whether `path` is true, or is so unless said.
    #[must_use]
    pub fn truth(&self, path: &str) -> bool {
        self.truth_given(path).unwrap_or_else(|| schema::find(path).is_some_and(|key| key.default == "true"))
    }

    /// Whether `path` is true, if somebody said so.
    #[must_use]
    pub fn truth_given(&self, path: &str) -> Option<bool> {
        match self.value(path) {
            Some(Value::Truth(truth)) => Some(truth),
            _ => None,
        }
    }

    /// The number of `path`.
    #[must_use]
    pub fn number(&self, path: &str) -> Option<u64> {
        match self.value(path) {
            Some(Value::Number(number)) => Some(number),
            _ => None,
        }
    }

    /// The table of `path`.
    #[must_use]
    pub fn pairs(&self, path: &str) -> BTreeMap<String, String> {
        match self.value(path) {
            Some(Value::Pairs(pairs)) => pairs,
            _ => BTreeMap::new(),
        }
    }
}

/// Of each place, the entries of its table that no later place overrides.
fn overridden(all: &[Given]) -> Vec<Given> {
    let mut kept = Vec::new();
    for (i, given) in all.iter().enumerate() {
        let Value::Pairs(pairs) = &given.value else { continue };
        let later =
            |name: &String| all[i + 1..].iter().any(|later| matches!(&later.value, Value::Pairs(pairs) if pairs.contains_key(name)));
        let own: BTreeMap<_, _> = pairs.iter().filter(|(name, _)| !later(name)).map(|(k, v)| (k.clone(), v.clone())).collect();
        if !own.is_empty() {
            kept.push(Given { value: Value::Pairs(own), ..given.clone() });
        }
    }
    kept
}

fn together(first: Value, next: Value) -> Value {
    match (first, next) {
        (Value::Texts(first), Value::Texts(next)) => Value::Texts([first, next].concat()),
        (Value::Pairs(first), Value::Pairs(next)) => Value::Pairs(first.into_iter().chain(next).collect()),
        (_, next) => next,
    }
}

/// A path as typed, without `.` components.
#[must_use]
pub fn relative(typed: &str) -> FilePath {
    FilePath::new(crate::engine::path::fold(std::path::Path::new(typed)))
}
