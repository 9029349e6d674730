//! Reads the make rules in which clang and lld list what they read. Does not know which of the files exist.

use std::collections::HashSet;

use crate::engine::path::FilePath;

/// Why a depfile cannot be believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DepfileError {
    /// No rule at all.
    #[error("the depfile is empty; run the step again, and if it stays empty, check the flags that name the depfile")]
    Empty,
    /// A line that is no rule.
    #[error("line {line} of the depfile has no `target:`; run the step again, or make its tool write make rules")]
    NoTarget {
        /// One-based.
        line: u32,
    },
    /// It stops in the middle of a rule.
    #[error("the depfile ends in the middle of a rule; run the step again")]
    Truncated,
}

/// The prerequisites of all rules, spelled as given, each once, in order of first appearance.
///
/// # Errors
/// When `bytes` are not make rules, or end too early.
pub fn parse(bytes: &[u8]) -> Result<Vec<FilePath>, DepfileError> {
    collect(Words { bytes, at: 0, line: 1, one_rule: false })
}

/// The prerequisites in a depfile that holds a single rule, where names may hold newlines: clang writes them as they are, and only
/// the last byte and a newline behind a backslash end a line.
///
/// # Errors
/// When `bytes` are no make rule, or end too early.
pub fn parse_one_rule(bytes: &[u8]) -> Result<Vec<FilePath>, DepfileError> {
    collect(Words { bytes, at: 0, line: 1, one_rule: true })
}

fn collect(mut words: Words<'_>) -> Result<Vec<FilePath>, DepfileError> {
    let mut found = Found::default();
    let mut rules = 0;
    while let Some(rule) = words.rule()? {
        rules += 1;
        for name in rule {
            found.add(name);
        }
    }
    if rules == 0 { Err(DepfileError::Empty) } else { Ok(found.order) }
}

#[derive(Default)]
struct Found {
    seen: HashSet<FilePath>,
    order: Vec<FilePath>,
}

impl Found {
    fn add(&mut self, name: Vec<u8>) {
        let path = FilePath::from_bytes(&name);
        if self.seen.insert(path.clone()) {
            self.order.push(path);
        }
    }
}

enum Word {
    /// A name; in the target list, whether a colon ends the list right after it.
    Name {
        name: Vec<u8>,
        colon: bool,
    },
    EndOfLine,
    EndOfFile,
}

struct Words<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    /// A newline in the midst belongs to a name.
    one_rule: bool,
}

impl Words<'_> {
    fn ends_line(&self) -> bool {
        self.peek(0) == Some(b'\n') && (!self.one_rule || self.at + 1 == self.bytes.len())
    }

    /// The prerequisites of the next rule; `None` at the end.
    fn rule(&mut self) -> Result<Option<Vec<Vec<u8>>>, DepfileError> {
        let mut targets = false;
        loop {
            let line = self.line;
            match self.word(true)? {
                Word::Name { colon: true, .. } => break,
                Word::Name { .. } => targets = true,
                Word::EndOfLine | Word::EndOfFile if targets => return Err(DepfileError::NoTarget { line }),
                Word::EndOfLine => {}
                Word::EndOfFile => return Ok(None),
            }
        }
        let mut names = Vec::new();
        while let Word::Name { name, .. } = self.word(false)? {
            names.push(name);
        }
        Ok(Some(names))
    }

    fn word(&mut self, target: bool) -> Result<Word, DepfileError> {
        self.skip_blanks()?;
        match self.peek(0) {
            None => return Ok(Word::EndOfFile),
            Some(_) if self.ends_line() => {
                self.at += 1;
                self.line += 1;
                return Ok(Word::EndOfLine);
            }
            Some(_) => {}
        }
        let mut name = Vec::new();
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' => break,
                b'\n' if self.ends_line() => break,
                b'\r' if self.peek(1) == Some(b'\n') => break,
                b':' if target && self.ends_word(1) => {
                    self.at += 1;
                    return Ok(Word::Name { name, colon: true });
                }
                b'$' if self.peek(1) == Some(b'$') => self.take(&mut name, b'$', 2),
                b'\\' if self.continuation().is_some() => break,
                b'\\' => self.backslashes(&mut name, target),
                other => self.take(&mut name, other, 1),
            }
        }
        // A colon may stand apart from the last target.
        let colon = target && name.is_empty();
        Ok(Word::Name { name, colon })
    }

    /// Escapes as clang writes them: `\#` always, and before a space a run of backslashes is doubled and one added.
    fn backslashes(&mut self, name: &mut Vec<u8>, target: bool) {
        let run = self.bytes[self.at..].iter().take_while(|b| **b == b'\\').count();
        let run = if self.continuation_at(self.at + run - 1).is_some() { run - 1 } else { run };
        let literal = |count: usize| std::iter::repeat_n(b'\\', count);
        match self.peek(run) {
            Some(b' ') => {
                name.extend(literal(run / 2));
                self.at += run;
                if run % 2 == 1 {
                    self.take(name, b' ', 1);
                }
            }
            Some(byte) if byte == b'#' || (byte == b':' && target) => {
                name.extend(literal(run - 1));
                self.at += run;
                self.take(name, byte, 1);
            }
            _ => {
                name.extend(literal(run));
                self.at += run;
            }
        }
    }

    fn take(&mut self, name: &mut Vec<u8>, byte: u8, width: usize) {
        name.push(byte);
        self.at += width;
    }

    fn skip_blanks(&mut self) -> Result<(), DepfileError> {
        loop {
            match self.peek(0) {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\r') if self.peek(1) == Some(b'\n') => self.at += 1,
                Some(b'\\') => match self.continuation() {
                    Some(width) => {
                        self.at += width;
                        self.line += 1;
                        if self.at >= self.bytes.len() {
                            return Err(DepfileError::Truncated);
                        }
                    }
                    None if self.at + 1 == self.bytes.len() => return Err(DepfileError::Truncated),
                    None => return Ok(()),
                },
                _ => return Ok(()),
            }
        }
    }

    fn continuation(&self) -> Option<usize> {
        self.continuation_at(self.at)
    }

    /// The width of a backslash-newline at `at`.
    fn continuation_at(&self, at: usize) -> Option<usize> {
        match self.bytes.get(at..)? {
            [b'\\', b'\n', ..] => Some(2),
            [b'\\', b'\r', b'\n', ..] => Some(3),
            _ => None,
        }
    }

    fn ends_word(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), None | Some(b' ' | b'\t' | b'\n' | b'\r')) || self.continuation_at(self.at + ahead).is_some()
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expect: &[&str]) {
        let got: Vec<String> = parse(text.as_bytes()).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(got, expect, "{text:?}");
    }

    #[test]
    fn rules_give_their_prerequisites_in_order() {
        check("a.o: a.c a.h\n", &["a.c", "a.h"]);
        check("a.o: a.c \\\n  a.h \\\r\n b.h\n", &["a.c", "a.h", "b.h"]);
        check("a.o a.d: a.c\n", &["a.c"]);
        check("a.o : a.c", &["a.c"]);
        check("a.o:\\\n a.c\n", &["a.c"]);
        check("a.o: a.h b.h a.h ./a.h\n", &["a.h", "b.h", "./a.h"]);
        check("a.o:\n", &[]);
    }

    #[test]
    fn phony_targets_add_nothing() {
        check("p: \\\n  /lib/x.o \\\n  a.o\n\n/lib/x.o:\n\na.o:\n", &["/lib/x.o", "a.o"]);
    }

    #[test]
    fn escapes_of_clang_are_undone() {
        check(r"o: a\ b.h c\#d.h e$$f.h g\h.h", &["a b.h", "c#d.h", "e$f.h", r"g\h.h"]);
        check(r"o: a\\\ b.h x\\ y", &[r"a\ b.h", r"x\", "y"]);
        check(r"o: a:b.h c: \#", &["a:b.h", "c:", "#"]);
        check(r"a\ b\:c.o d:e: x", &["x"]);
        check("o: x$y a\\\\\\\n b", &["x$y", r"a\\", "b"]);
    }

    #[test]
    fn newlines_in_names_are_kept_where_there_is_one_rule() {
        let check = |text: &str, expect: &[&str]| {
            let got: Vec<String> = parse_one_rule(text.as_bytes()).unwrap().iter().map(ToString::to_string).collect();
            assert_eq!(got, expect, "{text:?}");
        };
        check("a.o: a.c \\\n  a.h\n", &["a.c", "a.h"]);
        check("a.o: d\nx/a.c \\\n  d\nx/a.h\n", &["d\nx/a.c", "d\nx/a.h"]);
        check("a.o: \na.c", &["\na.c"]);
    }

    #[test]
    fn what_is_no_rule_is_an_error() {
        for (text, expect) in [
            ("", DepfileError::Empty),
            ("\n \n", DepfileError::Empty),
            ("a.c\n", DepfileError::NoTarget { line: 1 }),
            ("a.o: a.c\nb.h\n", DepfileError::NoTarget { line: 2 }),
            ("a.o: a.c \\\n", DepfileError::Truncated),
            ("a.o: a.c \\", DepfileError::Truncated),
        ] {
            assert_eq!(parse(text.as_bytes()), Err(expect), "{text:?}");
        }
    }

    /// A name as clang writes it.
    fn escaped(name: &str) -> String {
        let mut out = String::new();
        for (at, c) in name.char_indices() {
            match c {
                '#' => out.push('\\'),
                ' ' => {
                    out.push('\\');
                    out.extend(name[..at].chars().rev().take_while(|c| *c == '\\'));
                }
                '$' => out.push('$'),
                _ => {}
            }
            out.push(c);
        }
        out
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(prop_oneof![Just(b'\\'), Just(b'\n'), Just(b' '), Just(b':'), any::<u8>()], 0..200)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn what_clang_writes_comes_back(names in proptest::collection::btree_set(r"[a-z #$:\\]{0,8}[a-z]", 1..6)) {
            let text = format!("o.o: {}\n", names.iter().map(|n| escaped(n)).collect::<Vec<_>>().join(" \\\n  "));
            let got = parse(text.as_bytes()).unwrap();
            prop_assert_eq!(got.iter().map(ToString::to_string).collect::<Vec<_>>(), names.into_iter().collect::<Vec<_>>());
        }
    }
}
