//! Tokens of C and C++ text: comments and line splices are gone, literals are whole. Knows neither directives nor macros.

use std::borrow::Cow;

/// What a token is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TokenKind {
    Identifier,
    Number,
    /// A string literal with its quotes, raw ones with their prefix `R`.
    Text,
    Character,
    /// One byte of punctuation, but `::`, `->` and `##` whole.
    Punctuation,
    Newline,
    End,
}

/// A piece of text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a [u8],
    /// Where it starts in the spliced text.
    pub at: usize,
}

impl Token<'_> {
    pub fn is(&self, text: &str) -> bool {
        self.text == text.as_bytes() && matches!(self.kind, TokenKind::Identifier | TokenKind::Punctuation)
    }

    pub fn ends_line(&self) -> bool {
        matches!(self.kind, TokenKind::Newline | TokenKind::End)
    }
}

/// Text whose backslash-newlines are gone, with their places.
pub struct Spliced<'a> {
    text: Cow<'a, [u8]>,
    /// Offsets in `text` where a line was joined to the next, ascending.
    joins: Vec<usize>,
}

impl<'a> Spliced<'a> {
    /// Joins lines that end in a backslash, blanks after it allowed, as clang does.
    pub fn new(bytes: &'a [u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let (mut text, mut joins, mut kept) = (Vec::new(), Vec::new(), 0);
        for (at, _) in bytes.iter().enumerate().filter(|(_, b)| **b == b'\\') {
            if let Some(width) = splice_width(&bytes[at..]) {
                text.extend_from_slice(&bytes[kept..at]);
                joins.push(text.len());
                kept = at + width;
            }
        }
        if joins.is_empty() {
            return Self { text: Cow::Borrowed(bytes), joins };
        }
        text.extend_from_slice(&bytes[kept..]);
        Self { text: Cow::Owned(text), joins }
    }
}

fn splice_width(bytes: &[u8]) -> Option<usize> {
    let blanks = bytes[1..].iter().take_while(|b| matches!(b, b' ' | b'\t' | 0x0b | 0x0c)).count();
    match &bytes[1 + blanks..] {
        [b'\n', ..] => Some(blanks + 2),
        [b'\r', b'\n', ..] => Some(blanks + 3),
        _ => None,
    }
}

/// Reads tokens one after the other.
pub struct Lexer<'a> {
    text: &'a [u8],
    joins: &'a [usize],
    at: usize,
    raw_strings: bool,
    /// The last place a line number was asked for, and its line.
    counted: Option<(usize, u32)>,
}

impl<'a> Lexer<'a> {
    pub fn new(source: &'a Spliced<'_>, raw_strings: bool) -> Self {
        Self { text: &source.text, joins: &source.joins, at: 0, raw_strings, counted: None }
    }

    /// The next token; `End` for ever at the end.
    pub fn token(&mut self) -> Token<'a> {
        self.skip_blanks();
        let start = self.at;
        let Some(first) = self.peek(0) else { return self.make(TokenKind::End, start) };
        let kind = match first {
            b'\n' | b'\r' => {
                self.at += 1;
                TokenKind::Newline
            }
            b'"' => self.quoted(b'"', TokenKind::Text),
            b'\'' => self.quoted(b'\'', TokenKind::Character),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_some_and(|b| b.is_ascii_digit()) => self.number(),
            _ if is_word(first) => self.word(),
            _ => return self.punctuation(first),
        };
        self.make(kind, start)
    }

    /// What `token` would give, without moving.
    pub fn peek_token(&mut self) -> Token<'a> {
        let at = self.at;
        let token = self.token();
        self.at = at;
        token
    }

    /// What is written there, blanks and line ends as single blanks.
    pub fn written(&self, place: std::ops::Range<usize>) -> String {
        let text = String::from_utf8_lossy(self.text.get(place).unwrap_or_default());
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A header-name, if one comes next: its name, and whether it is in angle brackets.
    pub fn header_name(&mut self) -> Option<(&'a [u8], bool)> {
        self.skip_blanks();
        let close = match self.peek(0)? {
            b'<' => b'>',
            b'"' => b'"',
            _ => return None,
        };
        let line = &self.text[self.at + 1..];
        let line = &line[..line.iter().position(|b| *b == b'\n').unwrap_or(line.len())];
        let width = line.iter().position(|b| *b == close)?;
        self.at += width + 2;
        Some((&line[..width], close == b'>'))
    }

    /// The one-based line of `at`, in the text as it was before lines were joined. Cheap when asked in order.
    pub fn line_of(&mut self, at: usize) -> u32 {
        let (from, line, before) = match self.counted {
            Some((from, line)) if from <= at => (from, line, self.joins.partition_point(|j| *j <= from)),
            _ => (0, 1, 0),
        };
        let newlines = self.text[from..at].iter().filter(|b| **b == b'\n').count();
        let joined = self.joins.partition_point(|j| *j <= at) - before;
        let line = u32::try_from(newlines + joined).map_or(u32::MAX, |more| line.saturating_add(more));
        self.counted = Some((at, line));
        line
    }

    fn make(&self, kind: TokenKind, start: usize) -> Token<'a> {
        Token { kind, text: &self.text[start..self.at], at: start }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn skip_blanks(&mut self) {
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b' ' | b'\t' | 0x0b | 0x0c | 0), _) => self.at += 1,
                (Some(b'\r'), Some(b'\n')) => self.at += 1,
                (Some(b'/'), Some(b'/')) => self.skip_to(|rest| rest.iter().position(|b| *b == b'\n')),
                (Some(b'/'), Some(b'*')) => {
                    self.at += 2;
                    self.skip_to(|rest| rest.windows(2).position(|w| w == b"*/").map(|p| p + 2));
                }
                _ => return,
            }
        }
    }

    fn skip_to(&mut self, find: impl Fn(&[u8]) -> Option<usize>) {
        let rest = &self.text[self.at..];
        self.at += find(rest).unwrap_or(rest.len());
    }

    /// A literal; one that is not closed ends with its line.
    fn quoted(&mut self, quote: u8, kind: TokenKind) -> TokenKind {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' => return kind,
                b'\\' if self.peek(1).is_some_and(|b| b != b'\n') => self.at += 1,
                b if b == quote => {
                    self.at += 1;
                    return kind;
                }
                _ => {}
            }
            self.at += 1;
        }
        kind
    }

    fn number(&mut self) -> TokenKind {
        while let Some(byte) = self.peek(0) {
            self.at += match (byte, self.peek(1)) {
                (b'e' | b'E' | b'p' | b'P', Some(b'+' | b'-')) => 2,
                (b'\'', Some(next)) if next.is_ascii_alphanumeric() => 2,
                (b'.', _) => 1,
                _ if is_word(byte) => 1,
                _ => break,
            };
        }
        TokenKind::Number
    }

    fn word(&mut self) -> TokenKind {
        let start = self.at;
        self.at += self.text[start..].iter().take_while(|b| is_word(**b)).count();
        let raw = matches!(&self.text[start..self.at], b"R" | b"LR" | b"uR" | b"UR" | b"u8R");
        if raw && self.raw_strings && self.peek(0) == Some(b'"') {
            return self.raw_string();
        }
        TokenKind::Identifier
    }

    fn raw_string(&mut self) -> TokenKind {
        let rest = &self.text[self.at + 1..];
        let Some(open) = rest.iter().take(17).position(|b| *b == b'(') else { return self.quoted(b'"', TokenKind::Text) };
        let close = [b")", &rest[..open], b"\""].concat();
        let body = &rest[open + 1..];
        let width = body.windows(close.len()).position(|w| w == close);
        self.at += 2 + open + width.map_or(body.len(), |w| w + close.len());
        TokenKind::Text
    }

    fn punctuation(&mut self, first: u8) -> Token<'a> {
        let start = self.at;
        let (width, text): (usize, Option<&'static [u8]>) = match (first, self.peek(1)) {
            (b':', Some(b':')) | (b'-', Some(b'>')) | (b'#', Some(b'#')) => (2, None),
            (b'<', Some(b'%')) => (2, Some(b"{")),
            (b'%', Some(b'>')) => (2, Some(b"}")),
            (b'%', Some(b':')) => (2, Some(b"#")),
            _ => (1, None),
        };
        self.at += width;
        let token = self.make(TokenKind::Punctuation, start);
        Token { text: text.unwrap_or(token.text), ..token }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(text: &[u8]) -> Vec<String> {
        let spliced = Spliced::new(text);
        let mut lexer = Lexer::new(&spliced, true);
        let mut out = Vec::new();
        loop {
            let token = lexer.token();
            if token.kind == TokenKind::End {
                return out;
            }
            out.push(String::from_utf8_lossy(token.text).into_owned());
        }
    }

    #[test]
    fn text_becomes_tokens() {
        for (text, expect) in [
            ("a b+c", "a|b|+|c"),
            ("a/* \" */b // x\n'c'", "a|b|\n|'c'"),
            ("ma\\\nin(\\ \r\n)", "main|(|)"),
            ("/\\\n/ gone\nx", "\n|x"),
            ("R\"x(a\")\\\n)x\" y", "R\"x(a\"))x\"|y"),
            ("1'000 0x1p+3 .5e-1 'a' 1'a'", "1'000|0x1p+3|.5e-1|'a'|1'a|'"),
            ("\"a\\\"b\" 'don\nt", "\"a\\\"b\"|'don|\n|t"),
            ("a::b->c##d", "a|::|b|->|c|##|d"),
            ("<% %> %: x", "{|}|#|x"),
            ("\u{feff}x\r\ny", "x|\n|y"),
            ("/* open", ""),
            ("R\"(open", "R\"(open"),
        ] {
            assert_eq!(tokens(text.as_bytes()).join("|"), expect, "{text:?}");
        }
    }

    #[test]
    fn lines_count_joined_ones() {
        let spliced = Spliced::new(b"a \\\n b\n/*\n*/ c \\\n\\\n d\n e");
        let mut lexer = Lexer::new(&spliced, true);
        let mut lines = Vec::new();
        loop {
            let token = lexer.token();
            match token.kind {
                TokenKind::End => break,
                TokenKind::Newline => {}
                _ => lines.push(lexer.line_of(token.at)),
            }
        }
        assert_eq!(lines, [1, 2, 4, 6, 7]);
    }

    proptest! {
        #[test]
        fn every_text_ends(bytes in proptest::collection::vec(prop_oneof![Just(b'\\'), Just(b'\n'), Just(b'"'), Just(b'R'), Just(b'('), Just(b'/'), Just(b'*'), any::<u8>()], 0..200)) {
            prop_assert!(tokens(&bytes).len() <= bytes.len());
        }
    }
}
