//! The standards of C++ and C by their years, and since which clang each is known. Does not know settings.

use crate::engine::cxx::toolchain::OLDEST;

/// A year of C++, and the first clang that takes it; 0: each that builds at all.
const CXX: &[(&str, u32)] = &[
    ("98", 0),
    ("03", 0),
    ("0x", 0),
    ("11", 0),
    ("1y", 0),
    ("14", 0),
    ("1z", 0),
    ("17", 0),
    ("2a", 0),
    ("20", 0),
    ("2b", 12),
    ("23", 17),
    ("2c", 17),
    ("26", 17),
];

/// The same of C.
const C: &[(&str, u32)] =
    &[("89", 0), ("90", 0), ("9x", 0), ("99", 0), ("1x", 0), ("11", 0), ("17", 0), ("18", 0), ("2x", 0), ("23", 18), ("2y", 19)];

fn years(cxx: bool) -> &'static [(&'static str, u32)] {
    if cxx { CXX } else { C }
}

/// There is a standard of this year.
pub(super) fn is_known(year: &str, cxx: bool) -> bool {
    years(cxx).iter().any(|(known, _)| *known == year)
}

/// The first clang that takes `standard`, such as `gnu++26`, if not every one does.
pub(super) fn since(standard: &str, cxx: bool) -> Option<u32> {
    let year = standard.trim_start_matches(|c: char| !c.is_ascii_digit());
    let since = years(cxx).iter().find(|(known, _)| *known == year)?.1;
    (since > OLDEST.0).then_some(since)
}

/// The newest that clang `major` takes.
pub(super) fn newest(major: u32, cxx: bool) -> &'static str {
    years(cxx).iter().rev().find(|(_, since)| *since <= major).map_or("17", |(year, _)| year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standards_are_known_by_their_years() {
        assert!(["98", "20", "2c"].iter().all(|year| is_known(year, true)) && !is_known("99", true) && !is_known("21", true));
        assert!(["99", "18", "2y"].iter().all(|year| is_known(year, false)) && !is_known("20", false));
        assert_eq!(
            (since("gnu++26", true), since("c++20", true), since("c23", false), since("c11", false)),
            (Some(17), None, Some(18), None)
        );
        assert_eq!((newest(14, true), newest(14, false), newest(19, true)), ("2b", "2x", "26"));
    }
}
