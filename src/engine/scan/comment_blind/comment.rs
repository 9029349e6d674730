//! Comments: what each becomes, and which are not to be touched. Does not know tokens.

use super::Obstacle;
use super::canonical::{Walk, is_blank};
use super::directive::Directive;
use super::output::Sink;

impl<S: Sink> Walk<'_, S> {
    /// At `//` or `/*`.
    pub fn comment(&mut self) -> Result<(), Obstacle> {
        let rest = &self.text[self.at..];
        let (comment, after) = if rest[1] == b'/' {
            self.uses.line_comments = true;
            let line = &rest[..find(rest, [b'\n'; 2]).unwrap_or(rest.len())];
            let comment = line.strip_suffix(b"\r").unwrap_or(line);
            // The last in the text may be followed by more of it in the eyes of who appends a newline.
            refuse_join(comment)?;
            (comment, None)
        } else {
            let comment = block(rest)?;
            (comment, self.after_blanks(self.at + comment.len()))
        };
        refuse_unclear(comment)?;
        self.quote_in_angle(comment)?;
        self.put_comment(comment, after)
    }

    /// `after` is what follows it, blanks aside.
    fn put_comment(&mut self, comment: &[u8], after: Option<u8>) -> Result<(), Obstacle> {
        let (start, end) = (self.at, self.at + comment.len());
        let last = matches!(after, None | Some(b'\n' | b'\r'));
        let broken = comment.contains(&b'\n');
        match (self.line.directive, broken) {
            (Directive::Text, true) => return Err(Obstacle::TextDirective),
            (Directive::Text, false) => self.out.token(start, end),
            (_, true) if self.line.fresh && last => self.out.lines(start, end),
            (_, true) => self.out.broken(start, end),
            (_, false) if self.line.fresh && !last => self.out.leading(start, end),
            (_, false) => self.out.comment(),
        }
        self.at = end;
        Ok(())
    }
}

/// The block comment at the start of `rest`.
fn block(rest: &[u8]) -> Result<&[u8], Obstacle> {
    let mut at = 2;
    loop {
        let skip = find(&rest[at..], [b'*', b'\n']).ok_or(Obstacle::OpenComment)?;
        at += skip;
        match (rest[at], rest.get(at + 1)) {
            (b'*', Some(b'/')) => return Ok(&rest[..at + 2]),
            (b'*', _) if rest[at - 1] == b'/' => return Err(Obstacle::NestedComment),
            (b'\n', _) => refuse_join(&rest[..at])?,
            _ => {}
        }
        at += 1;
    }
}

/// A line that is joined to the next.
fn refuse_join(line: &[u8]) -> Result<(), Obstacle> {
    let last = line.iter().rev().find(|byte| !is_blank(**byte) && **byte != b'\r');
    if last == Some(&b'\\') { Err(Obstacle::SplicedComment) } else { Ok(()) }
}

/// Characters that are warned about in comments.
fn refuse_unclear(comment: &[u8]) -> Result<(), Obstacle> {
    if comment.is_ascii() {
        return Ok(());
    }
    let text = std::str::from_utf8(comment).map_err(|_| Obstacle::NotUtf8)?;
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.contains(turns) { Err(Obstacle::Direction) } else { Ok(()) }
}

/// Where the first byte is that is one of two, eight bytes at a time: comments are a third of many headers.
fn find(text: &[u8], wanted: [u8; 2]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    let [one, other] = wanted.map(|byte| u64::from_le_bytes([byte; 8]));
    let has_zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH != 0;
    let (words, rest) = text.as_chunks::<8>();
    let whole = words.iter().position(|word| has_zero(u64::from_le_bytes(*word) ^ one) || has_zero(u64::from_le_bytes(*word) ^ other));
    let from = whole.map_or(text.len() - rest.len(), |word| word * 8);
    text[from..].iter().position(|byte| wanted.contains(byte)).map(|at| from + at)
}
