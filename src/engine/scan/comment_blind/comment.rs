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
            let line = &rest[..rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())];
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
        let skip = rest[at..].iter().position(|byte| matches!(byte, b'*' | b'\n')).ok_or(Obstacle::OpenComment)?;
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
