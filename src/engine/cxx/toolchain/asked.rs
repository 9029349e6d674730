//! Whom to ask for its version when the newest install is wanted: that takes as long as a small compile. Does not know who answers.

use std::collections::BTreeSet;

use super::Version;

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

/// Whether the newest of those that were asked is as new as is `needed`.
#[must_use]
pub fn is_as_new(version: Version, needed: Option<u32>) -> bool {
    needed.is_none_or(|major| version.0 >= major)
}

#[cfg(test)]
mod tests {
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
        let answers = |major| Version(major, 0, 0);
        assert!(is_as_new(answers(19), Some(19)) && is_as_new(answers(20), Some(19)) && is_as_new(answers(1), None));
        assert!(!is_as_new(answers(17), Some(19)));
    }
}
