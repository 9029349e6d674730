//! The rules of a standard that decide where a comment or literal ends. Does not know other differences.

use serde::{Deserialize, Serialize};

use crate::engine::discover::Language;

/// How a compile reads its text.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Dialect {
    /// `//` begins a comment without further thought.
    pub line_comments: bool,
    /// `R"(…)"`
    pub raw_strings: bool,
    /// `1'000`
    pub digit_separators: bool,
}

impl Dialect {
    /// That of `-std=standard`, or of what clang takes without; `None` for assembler and for standards nobody here knows.
    #[must_use]
    pub fn of(language: Language, standard: Option<&str>) -> Option<Self> {
        match (language, standard) {
            (Language::C, None) => Some(C99),
            (Language::Cxx, None) => Some(CXX14),
            (Language::C, Some(name)) => by_name(C_STANDARDS, name),
            (Language::Cxx, Some(name)) => by_name(CXX_STANDARDS, name),
            (Language::Assembler | Language::AssemblerWithCpp, _) => None,
        }
    }
}

fn by_name(table: &[(&[&str], Dialect)], name: &str) -> Option<Dialect> {
    table.iter().find(|(names, _)| names.contains(&name)).map(|(_, dialect)| *dialect)
}

const C89: Dialect = Dialect { line_comments: false, raw_strings: false, digit_separators: false };
const C99: Dialect = Dialect { line_comments: true, ..C89 };
const C23: Dialect = Dialect { digit_separators: true, ..C99 };
const CXX11: Dialect = Dialect { raw_strings: true, ..C99 };
const CXX14: Dialect = Dialect { digit_separators: true, ..CXX11 };

/// By the names clang knows. Some clangs have raw strings in GNU C and some have not, so C has none here: a text with one has no
/// canonical text. `c2x` had no digit separators when the name was new.
const C_STANDARDS: &[(&[&str], Dialect)] = &[
    (&["c89", "c90", "iso9899:1990", "iso9899:199409"], C89),
    (&["gnu89", "gnu90", "c99", "gnu99", "c9x", "gnu9x", "iso9899:1999", "iso9899:199x"], C99),
    (&["c11", "gnu11", "c1x", "gnu1x", "iso9899:2011", "iso9899:201x", "c17", "gnu17", "c18", "gnu18"], C99),
    (&["iso9899:2017", "iso9899:2018", "c2x", "gnu2x"], C99),
    (&["c23", "gnu23", "iso9899:2024", "c2y", "gnu2y"], C23),
];

const CXX_STANDARDS: &[(&[&str], Dialect)] = &[
    (&["c++98", "c++03", "gnu++98", "gnu++03"], C99),
    (&["c++11", "gnu++11", "c++0x", "gnu++0x"], CXX11),
    (&["c++14", "gnu++14", "c++1y", "gnu++1y", "c++17", "gnu++17", "c++1z", "gnu++1z"], CXX14),
    (&["c++20", "gnu++20", "c++2a", "gnu++2a", "c++23", "gnu++23", "c++2b", "gnu++2b", "c++26", "gnu++26", "c++2c", "gnu++2c"], CXX14),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standards_differ_where_literals_and_comments_do() {
        let text = |language, standard| {
            let d = Dialect::of(language, standard)?;
            Some(
                [(d.line_comments, "//"), (d.raw_strings, "R"), (d.digit_separators, "'")]
                    .map(|(has, what)| if has { what } else { "" })
                    .concat(),
            )
        };
        for (language, standard, expect) in [
            (Language::C, None, Some("//")),
            (Language::C, Some("c89"), Some("")),
            (Language::C, Some("gnu89"), Some("//")),
            (Language::C, Some("gnu17"), Some("//")),
            (Language::C, Some("c2x"), Some("//")),
            (Language::C, Some("c23"), Some("//'")),
            (Language::C, Some("c++17"), None),
            (Language::Cxx, None, Some("//R'")),
            (Language::Cxx, Some("c++98"), Some("//")),
            (Language::Cxx, Some("gnu++11"), Some("//R")),
            (Language::Cxx, Some("gnu++20"), Some("//R'")),
            (Language::Cxx, Some("c++99"), None),
            (Language::AssemblerWithCpp, None, None),
        ] {
            assert_eq!(text(language, standard).as_deref(), expect, "{language:?} {standard:?}");
        }
    }
}
