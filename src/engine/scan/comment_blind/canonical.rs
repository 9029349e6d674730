//! The walk over a text, token by token, as far as needed to tell comments from anything else. Does not know where the canonical
//! text goes.
//!
//! It has to be right about text that is skipped by `#if 0` and about text that is not, without knowing which is which, and about
//! every standard. So it reads as the newest one does, notes what older ones lack, and gives up where readers would disagree.

use super::directive::{Directive, Line};
use super::output::{Output, Sink};
use super::{Obstacle, Uses};

/// A walk over `text`.
pub(super) struct Walk<'a, S> {
    pub text: &'a [u8],
    pub at: usize,
    pub out: Output<'a, S>,
    pub line: Line,
    pub uses: Uses,
    /// The last word was `export`.
    pub exported: bool,
}

impl<'a, S: Sink> Walk<'a, S> {
    pub fn new(text: &'a [u8], sink: &'a mut S) -> Self {
        Self { text, at: 0, out: Output::new(text, sink), line: Line::default(), uses: Uses::default(), exported: false }
    }

    /// Walks to the end, or to what makes the text unclear.
    pub fn run(mut self) -> Result<Uses, Obstacle> {
        refuse_anywhere(self.text)?;
        if self.text.starts_with(b"\xef\xbb\xbf") {
            self.token(3);
        }
        while let Some(byte) = self.peek(0) {
            self.step(byte)?;
        }
        self.out.finish();
        Ok(self.uses)
    }

    fn step(&mut self, byte: u8) -> Result<(), Obstacle> {
        match byte {
            b' ' | b'\t' | 0x0b | 0x0c => self.at += self.text[self.at..].iter().take_while(|byte| is_blank(**byte)).count(),
            b'\n' => self.newline(1),
            b'\r' => self.newline(2),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => return self.word(),
            b'0'..=b'9' => return self.number(),
            b'.' if self.peek(1).is_some_and(|b| b.is_ascii_digit()) => return self.number(),
            b'"' | b'\'' => return self.literal(byte),
            b'/' if matches!(self.peek(1), Some(b'/' | b'*')) => return self.comment(),
            b'\\' => return self.splice(),
            b'#' if self.line.fresh => return self.directive(),
            b'<' | b'>' => return self.angle(byte),
            // A digraph: the directive that it begins is not read.
            b'%' if self.line.fresh && self.peek(1) == Some(b':') => return Err(Obstacle::Byte),
            b'!'..=b'~' => self.plain(1),
            _ => return Err(Obstacle::Byte),
        }
        Ok(())
    }

    pub fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    /// The next byte that is not blank, from `at` on.
    pub fn after_blanks(&self, at: usize) -> Option<u8> {
        self.text[at..].iter().copied().find(|byte| !is_blank(*byte))
    }

    /// Keeps the next `width` bytes.
    pub fn token(&mut self, width: usize) {
        self.out.token(self.at, self.at + width);
        self.at += width;
    }

    /// Keeps a token of `width` bytes.
    pub fn plain(&mut self, width: usize) {
        self.token(width);
        self.line.fresh = false;
        self.line.header_next = false;
    }

    fn newline(&mut self, width: usize) {
        self.out.newline(self.at, self.at + width);
        self.at += width;
        self.line = Line::default();
    }

    fn word(&mut self) -> Result<(), Obstacle> {
        let rest = &self.text[self.at..];
        let word = &rest[..rest.iter().take_while(|byte| is_word(**byte)).count()];
        if word.starts_with(b"__") {
            self.uses.word(word);
        }
        self.module_word(word);
        match rest.get(word.len()) {
            Some(b'"') if is_raw_prefix(word) => return self.raw_string(word.len()),
            // `$` is a token of its own to some.
            Some(b'"') if word.contains(&b'$') => return Err(Obstacle::RawString),
            _ => self.plain(word.len()),
        }
        Ok(())
    }

    /// `import` may be followed by a header-name, wherever it is.
    fn module_word(&mut self, word: &[u8]) {
        let next = || self.after_blanks(self.at + word.len()).unwrap_or_default();
        match word {
            b"import" if is_word(next()) || matches!(next(), b'<' | b'"' | b':' | b'/' | b'\\') => {
                self.uses.modules = true;
                self.line.headers = true;
            }
            b"module" if (self.line.fresh || self.exported) && (is_word(next()) || matches!(next(), b';' | b':')) => {
                self.uses.modules = true;
            }
            // Whatever the macro is, it hides the word from where it is used.
            b"import" if self.line.directive != Directive::None => self.uses.modules = true,
            _ => {}
        }
        self.exported = word == b"export";
    }

    fn number(&mut self) -> Result<(), Obstacle> {
        let mut end = self.at + 1;
        loop {
            let next = |ahead: usize| self.text.get(end + ahead).copied().unwrap_or_default();
            end += match next(0) {
                b'e' | b'E' | b'p' | b'P' if matches!(next(1), b'+' | b'-') => 2,
                b'\'' if is_word(next(1)) && next(1) != b'$' => {
                    self.uses.digit_separators = true;
                    2
                }
                byte if is_word(byte) && byte != b'$' || byte == b'.' => 1,
                // Whether a quote is part of it, or of what follows, is not worth knowing.
                b'\'' | b'"' | b'$' => return Err(Obstacle::DigitSeparator),
                _ => break,
            };
        }
        self.plain(end - self.at);
        Ok(())
    }
}

/// What no text may hold, be it in a literal or a comment.
fn refuse_anywhere(text: &[u8]) -> Result<(), Obstacle> {
    // Two bytes at a time without a branch: most texts hold none of it, and this is as fast as reading them.
    let is = |byte: &u8, wanted: u8| u8::from(*byte == wanted);
    let suspect = text
        .iter()
        .zip(text.iter().skip(1))
        .fold(0, |any, (byte, next)| any | is(byte, 0) | (is(byte, b'\r') & (1 - is(next, b'\n'))) | (is(byte, b'?') & is(next, b'?')));
    if suspect == 0 && !matches!(text.last(), Some(0 | b'\r')) {
        return Ok(());
    }
    let trigraph = |three: &[u8]| three[0] == b'?' && three[1] == b'?' && b"=/'()!<>-".contains(&three[2]);
    if text.contains(&0) {
        Err(Obstacle::Nul)
    } else if text.iter().enumerate().any(|(at, byte)| *byte == b'\r' && text.get(at + 1) != Some(&b'\n')) {
        Err(Obstacle::CarriageReturn)
    } else if text.windows(3).any(trigraph) {
        Err(Obstacle::Trigraph)
    } else {
        Ok(())
    }
}

/// Whether a raw string begins so.
pub(super) fn is_raw_prefix(word: &[u8]) -> bool {
    matches!(word, b"R" | b"LR" | b"uR" | b"UR" | b"u8R")
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c)
}

/// Dollars count as letters, as clang has it.
pub(super) fn is_word(byte: u8) -> bool {
    WORD[usize::from(byte)]
}

const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_' || byte as u8 == b'$';
        byte += 1;
    }
    table
};
