//! Whom to ask for its version when the newest install is wanted: that takes as long as a small compile. Does not know who answers.

use std::collections::BTreeSet;

use super::Install;
use crate::engine::failure::Failure;

/// The major version that an install's clang is believed to have, by the names in its `lib/clang`: clang finds its own headers in `19`,
/// `14.0.6` and the like, and compiles nothing without them. `None` if they tell of none or of several.
#[must_use]
pub fn believed_major<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Option<u32> {
    let major = |name: S| name.as_ref().split('.').next()?.parse().ok();
    let majors: BTreeSet<u32> = names.into_iter().filter_map(major).collect();
    majors.first().copied().filter(|_| majors.len() == 1)
}

/// Those of `installs` that may be the newest, with the major version that the newest of them then has if others are not asked: if it has not,
/// something else was believed than is so, or it cannot be used, and all are to be asked. `believed` is the major version that an install is
/// believed to have; one of which nothing is believed may be any.
#[must_use]
pub fn maybe_newest<T>(mut installs: Vec<T>, believed: impl Fn(&T) -> Option<u32>) -> (Vec<T>, Option<u32>) {
    let (all, newest) = (installs.len(), installs.iter().filter_map(&believed).max());
    installs.retain(|install| believed(install).is_none_or(|major| Some(major) == newest));
    let asked = installs.len();
    (installs, newest.filter(|_| asked < all))
}

/// What follows from the answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// This is the install that is meant.
    Use(Box<Install>),
    /// It may be among those that were not asked.
    AskAll,
    /// There is none.
    Fail(Failure),
}

/// Judges the answers. `chosen` is the install that fits best, `failed` why one did not answer that may have been it, `needed` what
/// [`maybe_newest`] says, `named` whether one was asked for by its version or place: who did needs no other.
#[must_use]
pub fn verdict(chosen: Result<Install, Failure>, failed: Option<Failure>, needed: Option<u32>, named: bool) -> Verdict {
    match (chosen, failed) {
        (Err(_), Some(failure)) => Verdict::Fail(failure),
        (Ok(_), Some(failure)) if !named => Verdict::Fail(failure),
        (Ok(install), _) if needed.is_none_or(|major| install.version.0 >= major) => Verdict::Use(Box::new(install)),
        (Err(failure), None) if needed.is_none() => Verdict::Fail(failure),
        _ => Verdict::AskAll,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Version;
    use super::*;

    #[test]
    fn names_of_directories_tell_a_version_unless_they_tell_two() {
        let check = |names: &[&str], expect: Option<u32>| assert_eq!(believed_major(names), expect, "{names:?}");
        check(&["19"], Some(19));
        check(&["14.0.6", "14", "x"], Some(14));
        check(&["14", "19"], None);
        check(&["include", ""], None);
        check(&[], None);
    }

    #[test]
    fn who_is_believed_older_than_another_is_not_asked() {
        let check = |installs: &[Option<u32>], asked: &[Option<u32>], needed: Option<u32>| {
            assert_eq!(maybe_newest(installs.to_vec(), |major| *major), (asked.to_vec(), needed), "{installs:?}");
        };
        check(&[Some(14), Some(19), None, Some(9), Some(19)], &[Some(19), None, Some(19)], Some(19));
        check(&[Some(19), None], &[Some(19), None], None);
        check(&[None, None], &[None, None], None);
        check(&[], &[], None);
    }

    #[test]
    fn an_install_is_used_that_is_as_new_as_was_believed_and_asked_for() {
        let install = |major| Install {
            bin_dir: "/l".into(),
            version: Version(major, 0, 0),
            triple: String::new(),
            tools: BTreeMap::new(),
            origin: String::new(),
        };
        let failure = |text: &str| Failure::environment(text.to_owned());
        let check = |chosen: Option<u32>, dead: bool, needed: Option<u32>, named: bool, expect: Verdict| {
            let chosen = chosen.map(install).ok_or_else(|| failure("none"));
            let case = format!("{chosen:?} {dead} {needed:?} {named}");
            assert_eq!(verdict(chosen, dead.then(|| failure("dead")), needed, named), expect, "{case}");
        };
        let (used, fails) = (|major| Verdict::Use(Box::new(install(major))), |text: &str| Verdict::Fail(failure(text)));
        check(Some(19), false, Some(19), false, used(19));
        check(Some(20), false, Some(19), false, used(20));
        check(Some(14), false, None, false, used(14));
        check(Some(17), false, Some(19), false, Verdict::AskAll);
        check(None, false, Some(19), false, Verdict::AskAll);
        check(None, false, None, false, fails("none"));
        check(Some(19), true, None, false, fails("dead"));
        check(Some(19), true, None, true, used(19));
        check(None, true, None, true, fails("dead"));
    }
}
