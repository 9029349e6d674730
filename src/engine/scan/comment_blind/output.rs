//! The canonical text on its way out: what is kept, what becomes blanks, what is dropped. Does not know why.

use crate::engine::digest::{Digest, Hasher};

/// A comment before the first token of its line, byte by byte: it is not quite the same as a blank there.
const LEADING: u8 = 1;
/// A newline within a comment that shares its lines with tokens.
const NEWLINE: u8 = 2;
/// The text does not end in a newline.
const NO_NEWLINE: u8 = 3;
/// A tab within a comment before the first token of its line: tabs count for indentation.
const LEADING_TAB: u8 = 4;

/// Takes the canonical text.
pub trait Sink {
    /// Takes more of it.
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Hashes what it takes.
pub struct Hashing {
    hasher: Hasher,
    /// Pieces are small, and hashing is fast for large ones.
    waiting: Vec<u8>,
}

/// As many bytes as are hashed side by side on the widest of machines, twice.
const WAITING: usize = 32 << 10;

impl Default for Hashing {
    fn default() -> Self {
        Self { hasher: Hasher::for_purpose("JMake canonical text of C and C++, 1"), waiting: Vec::with_capacity(WAITING) }
    }
}

impl Hashing {
    /// The digest of all that was put.
    pub fn finish(mut self) -> Digest {
        self.hasher.raw(&self.waiting);
        self.hasher.finish()
    }
}

impl Sink for Hashing {
    fn put(&mut self, bytes: &[u8]) {
        if self.waiting.len() + bytes.len() > WAITING {
            self.hasher.raw(&self.waiting);
            self.waiting.clear();
        }
        if bytes.len() > WAITING {
            self.hasher.raw(bytes);
        } else {
            self.waiting.extend_from_slice(bytes);
        }
    }
}

/// Text between what went out and what is being read: first what is kept, then a gap of blanks and comments.
pub struct Output<'a, S> {
    text: &'a [u8],
    sink: &'a mut S,
    /// What is before this is out.
    from: usize,
    /// What is before this is kept.
    gap: usize,
    /// There are comments in the gap.
    comments: bool,
}

impl<'a, S: Sink> Output<'a, S> {
    pub fn new(text: &'a [u8], sink: &'a mut S) -> Self {
        Self { text, sink, from: 0, gap: 0, comments: false }
    }

    /// Keeps a token, and the gap before it.
    pub fn token(&mut self, start: usize, end: usize) {
        if self.comments {
            self.close_gap(start);
        }
        self.gap = end;
    }

    /// A comment that counts as blanks.
    pub fn comment(&mut self) {
        self.comments = true;
    }

    /// Keeps a newline, but not the gap before it.
    pub fn newline(&mut self, start: usize, end: usize) {
        if self.gap != start {
            self.drop_gap(start);
        }
        self.gap = end;
    }

    /// A comment with nothing beside it in its lines is as good as empty lines.
    pub fn lines(&mut self, start: usize, end: usize) {
        self.drop_gap(end);
        let mut before = 0;
        for byte in &self.text[start..end] {
            match (byte, before) {
                (b'\n', b'\r') => self.sink.put(b"\r\n"),
                (b'\n', _) => self.sink.put(b"\n"),
                _ => {}
            }
            before = *byte;
        }
    }

    /// A comment before the first token of its line.
    pub fn leading(&mut self, start: usize, end: usize) {
        self.close_gap(start);
        self.put_mapped(start, end, |byte| if byte == b'\t' { LEADING_TAB } else { LEADING });
        (self.from, self.gap) = (end, end);
    }

    /// A comment of several lines that has tokens beside it: its last line counts as blanks.
    pub fn broken(&mut self, start: usize, end: usize) {
        self.close_gap(start);
        let mut last = start;
        for at in (start..end).filter(|at| self.text[*at] == b'\n') {
            self.sink.put(&[NEWLINE]);
            last = at + 1;
        }
        (self.from, self.gap, self.comments) = (last, last, true);
    }

    /// The end of the text.
    pub fn finish(&mut self) {
        self.drop_gap(self.text.len());
        if self.text.last().is_some_and(|byte| *byte != b'\n') {
            self.sink.put(&[NO_NEWLINE]);
        }
    }

    fn drop_gap(&mut self, end: usize) {
        self.sink.put(&self.text[self.from..self.gap]);
        (self.from, self.gap, self.comments) = (end, end, false);
    }

    fn close_gap(&mut self, end: usize) {
        let gap = self.gap;
        self.drop_gap(end);
        // Blanks stay what they are: a tab moves what comes after it.
        self.put_mapped(gap, end, |byte| if matches!(byte, b'\t' | 0x0b | 0x0c) { byte } else { b' ' });
    }

    fn put_mapped(&mut self, start: usize, end: usize, map: impl Fn(u8) -> u8) {
        let mut piece = [0; 64];
        for bytes in self.text[start..end].chunks(piece.len()) {
            for (to, from) in piece.iter_mut().zip(bytes) {
                *to = map(*from);
            }
            self.sink.put(&piece[..bytes.len()]);
        }
    }
}
