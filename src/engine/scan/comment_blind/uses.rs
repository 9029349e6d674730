//! What in a text depends on the standard, or makes comments count for a whole compile. Does not know where it is.

use serde::{Deserialize, Serialize};

use super::{Dialect, Obstacle};

/// What a text uses.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Uses {
    /// `//`
    pub line_comments: bool,
    /// `R"(…)"`
    pub raw_strings: bool,
    /// `1'000`
    pub digit_separators: bool,
    /// `__DATE__`, `__TIME__` or `__TIMESTAMP__`.
    pub time_macros: bool,
    /// Files become data, and those may be files of code: `#embed`, `.incbin`, `.include`.
    pub embeds: bool,
    /// It is a module unit, or imports one.
    pub modules: bool,
}

impl Uses {
    /// No file of a compile that reads this text may go by its canonical text, this one included.
    #[must_use]
    pub fn bars_the_compile(self) -> bool {
        self.time_macros || self.embeds || self.modules
    }

    /// What `dialect` lacks.
    pub(super) fn fit(self, dialect: Dialect) -> Option<Obstacle> {
        [
            (self.line_comments && !dialect.line_comments, Obstacle::LineComment),
            (self.raw_strings && !dialect.raw_strings, Obstacle::RawString),
            (self.digit_separators && !dialect.digit_separators, Obstacle::DigitSeparator),
        ]
        .into_iter()
        .find_map(|(lacks, obstacle)| lacks.then_some(obstacle))
    }

    /// Takes note of an identifier.
    pub(super) fn word(&mut self, word: &[u8]) {
        match word {
            b"__DATE__" | b"__TIME__" | b"__TIMESTAMP__" => self.time_macros = true,
            b"__has_embed" => self.embeds = true,
            _ => {}
        }
    }

    /// Takes note of a literal, which may be assembler.
    pub(super) fn literal(&mut self, literal: &[u8]) {
        self.embeds |= literal.len() > 8 && (holds(literal, b".incbin") || holds(literal, b".include"));
    }

    /// What `text` may use at most, where it cannot be read.
    pub(super) fn at_most(text: &[u8]) -> Self {
        let any = |words: &[&[u8]]| words.iter().any(|word| holds(text, word));
        let begins = |line: &[u8]| [&b"export"[..], b"import", b"module"].iter().any(|word| line.trim_ascii_start().starts_with(word));
        Self {
            line_comments: true,
            raw_strings: true,
            digit_separators: true,
            time_macros: any(&[b"__DATE__", b"__TIME__", b"__TIMESTAMP__"]),
            embeds: any(&[b"embed", b".incbin", b".include"]),
            modules: text.split(|b| *b == b'\n').any(begins),
        }
    }
}

fn holds(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part == word)
}
