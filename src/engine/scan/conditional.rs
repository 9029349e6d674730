//! Where in nested `#if`s a scan stands: live or dead, sure or not. Does not evaluate macros.

use super::lexer::{Token, TokenKind};

/// What is known of a condition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// `#if 0`
    Never,
    /// `#if 1`, or an include guard.
    Always,
    /// Anything else.
    Perhaps,
}

#[derive(Clone, Debug)]
struct Frame {
    /// This branch may be compiled.
    live: bool,
    /// This branch may be compiled or not.
    unsure: bool,
    /// An earlier branch is compiled for sure, so that this one is not.
    settled: bool,
    /// An earlier branch may be compiled.
    doubted: bool,
    /// Whether all of it stands in live text, and in text that may be left out.
    inside: (bool, bool),
}

/// The `#if`s that are open.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    frames: Vec<Frame>,
}

impl Conditions {
    /// Whether the text here may be compiled.
    pub fn live(&self) -> bool {
        self.frames.last().is_none_or(|f| f.live && f.inside.0)
    }

    /// Whether the text here may also be left out.
    pub fn unsure(&self) -> bool {
        self.frames.last().is_some_and(|f| f.unsure || f.inside.1)
    }

    /// `#if`
    pub fn open(&mut self, verdict: Verdict) {
        let inside = (self.live(), self.unsure());
        let mut frame = Frame { live: true, unsure: false, settled: false, doubted: false, inside };
        frame.branch(verdict);
        self.frames.push(frame);
    }

    /// `#elif` and `#else`, which is `#elif 1`.
    pub fn next(&mut self, verdict: Verdict) {
        if let Some(frame) = self.frames.last_mut() {
            frame.branch(verdict);
        }
    }

    /// `#endif`
    pub fn close(&mut self) {
        self.frames.pop();
    }

    /// The innermost `#if` turned out to be an include guard.
    pub fn is_guard(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            (frame.live, frame.unsure, frame.settled, frame.doubted) = (true, false, true, false);
        }
    }
}

impl Frame {
    fn branch(&mut self, verdict: Verdict) {
        self.live = !self.settled && verdict != Verdict::Never;
        self.unsure = self.live && (self.doubted || verdict == Verdict::Perhaps);
        self.settled |= verdict == Verdict::Always;
        self.doubted |= verdict == Verdict::Perhaps;
    }
}

/// What an `#if` asks.
#[derive(Clone, Copy)]
pub enum Condition<'a> {
    Never,
    Always,
    NotDefined(&'a [u8]),
    Other,
}

impl<'a> Condition<'a> {
    /// What the directive called `directive` asks with `tokens`.
    pub fn of(directive: Token<'_>, tokens: &[Token<'a>]) -> Self {
        match (directive.text, tokens) {
            (b"ifndef", [name, ..]) => Self::NotDefined(name.text),
            (b"if" | b"elif", [first, rest @ ..]) if first.kind == TokenKind::Number => Self::of_number(first.text, rest),
            (b"if", [not, defined, name]) if not.is("!") && defined.is("defined") => Self::NotDefined(name.text),
            (b"if", [not, defined, open, name, close]) if not.is("!") && defined.is("defined") && open.is("(") && close.is(")") => {
                Self::NotDefined(name.text)
            }
            _ => Self::Other,
        }
    }

    fn of_number(number: &[u8], rest: &[Token<'_>]) -> Self {
        let next = rest.first();
        let ends = next.is_none();
        match number.iter().all(|b| *b == b'0') {
            true if ends || next.is_some_and(|t| t.is("&")) => Self::Never,
            false if ends && number.iter().all(u8::is_ascii_digit) => Self::Always,
            _ => Self::Other,
        }
    }

    /// What that means, if the macros are unknown.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Never => Verdict::Never,
            Self::Always => Verdict::Always,
            Self::NotDefined(_) | Self::Other => Verdict::Perhaps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `0`, `1`, `?` open; `/0`, `/1`, `/?` go to the next branch; `.` closes. Gives `-` dead, `!` sure, `~` unsure.
    fn check(text: &str, expect: &str) {
        let mut conditions = Conditions::default();
        let mut next = false;
        for c in text.chars() {
            let verdict = match c {
                '0' => Verdict::Never,
                '1' => Verdict::Always,
                '?' => Verdict::Perhaps,
                '/' => {
                    next = true;
                    continue;
                }
                _ => {
                    conditions.close();
                    continue;
                }
            };
            if std::mem::take(&mut next) { conditions.next(verdict) } else { conditions.open(verdict) }
        }
        let got = if !conditions.live() {
            "-"
        } else if conditions.unsure() {
            "~"
        } else {
            "!"
        };
        assert_eq!(got, expect, "{text}");
    }

    #[test]
    fn branches_are_judged() {
        for (text, expect) in [
            ("", "!"),
            ("0", "-"),
            ("1", "!"),
            ("?", "~"),
            ("0/1", "!"),
            ("0/?", "~"),
            ("1/1", "-"),
            ("1/?", "-"),
            ("?/1", "~"),
            ("?/0", "-"),
            ("?1", "~"),
            ("?0", "-"),
            ("0?", "-"),
            ("?.1", "!"),
            (".", "!"),
        ] {
            check(text, expect);
        }
    }
}
