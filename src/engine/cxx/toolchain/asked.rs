//! Whom to ask for its version when the newest install is wanted. Does not know who answers.

/// Which installs are asked for their version: that takes as long as a small compile.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Asked {
    /// Those that may be the newest.
    MaybeNewest,
    /// All.
    All,
}

impl Asked {
    /// Who is asked first; `named` if one was asked for by its version or place.
    #[must_use]
    pub fn first(named: bool) -> Self {
        if named { Self::All } else { Self::MaybeNewest }
    }

    /// Who is asked if none of these can be used.
    #[must_use]
    pub fn more(self) -> Option<Self> {
        (self == Self::MaybeNewest).then_some(Self::All)
    }

    /// Those of `installs`. `major` is what an install's version is believed to begin with; one of which nothing is believed may be any.
    #[must_use]
    pub fn of<T>(self, installs: Vec<T>, major: impl Fn(&T) -> Option<u32>) -> Vec<T> {
        let newest = installs.iter().filter_map(&major).max();
        let may_be = |install: &T| major(install).is_none_or(|major| Some(major) == newest);
        installs.into_iter().filter(|install| self == Self::All || may_be(install)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_older_than_another_is_asked_last() {
        let check = |first: Asked, installs: &[Option<u32>], expect: &[Option<u32>]| {
            assert_eq!(first.of(installs.to_vec(), |major| *major), expect, "{first:?}");
        };
        let (all, newest) = ([Some(14), Some(19), None, Some(9), Some(19)], Asked::first(false));
        check(newest, &all, &[Some(19), None, Some(19)]);
        check(newest, &[None, None], &[None, None]);
        check(newest, &[], &[]);
        check(Asked::first(true), &all, &all);
        assert_eq!((newest.more(), Asked::All.more()), (Some(Asked::All), None));
    }
}
