//! Backslash-newlines, which are kept as they are, with the blanks between. Does not know what they join.

use super::Obstacle;
use super::canonical::{Walk, is_blank, is_word};
use super::output::Sink;

impl<S: Sink> Walk<'_, S> {
    /// At a backslash outside of literals and comments.
    pub fn splice(&mut self) -> Result<(), Obstacle> {
        let width = width(&self.text[self.at..]).ok_or(Obstacle::Backslash)?;
        let before = self.at.checked_sub(1).map(|at| self.text[at]).unwrap_or_default();
        let mut next = self.at + width;
        while let Some(width) = width_at(self.text, next) {
            next += width;
        }
        refuse_glue(before, self.text.get(next).copied().unwrap_or_default())?;
        self.quote_in_angle(b"")?;
        self.token(width);
        Ok(())
    }
}

fn width_at(text: &[u8], at: usize) -> Option<usize> {
    text.get(at..).and_then(width)
}

/// How long the splice at the start of `bytes` is, if there is one. Blanks before the newline do not matter to clang.
fn width(bytes: &[u8]) -> Option<usize> {
    let rest = bytes.strip_prefix(b"\\")?;
    let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
    match &rest[blanks..] {
        [b'\n', ..] => Some(blanks + 2),
        [b'\r', b'\n', ..] => Some(blanks + 3),
        _ => None,
    }
}

/// Bytes that make one token if nothing but splices is between them, where that token is read otherwise than in two pieces.
fn refuse_glue(before: u8, next: u8) -> Result<(), Obstacle> {
    match (before, next) {
        // It may begin a comment, or have ended one.
        (b'/', _) => Err(Obstacle::SplicedComment),
        (b'%', b':') | (b'<', b'#' | b'<') | (b'>', b'>') => Err(Obstacle::SplicedToken),
        (before, next) if (is_word(before) || before == b'.') && continues(next) => Err(Obstacle::SplicedToken),
        _ => Ok(()),
    }
}

fn continues(byte: u8) -> bool {
    is_word(byte) || !byte.is_ascii() || matches!(byte, b'"' | b'\'' | b'.' | b'+' | b'-')
}
