//! Strings and characters, which are kept whole. Does not know their values.

use super::Obstacle;
use super::canonical::Walk;
use super::output::Sink;

/// The longest name between `R"` and `(`.
const DELIMITER: usize = 16;

impl<S: Sink> Walk<'_, S> {
    /// At a quote.
    pub fn literal(&mut self, quote: u8) -> Result<(), Obstacle> {
        let rest = &self.text[self.at..];
        let mut width = 1;
        loop {
            width += match (rest.get(width), rest.get(width + 1)) {
                (Some(b'\\'), Some(b'\n' | b'\r')) => return Err(Obstacle::SplicedLiteral),
                (None | Some(b'\n'), _) => return Err(Obstacle::OpenLiteral),
                (Some(b'\\'), _) => 2,
                (Some(byte), _) if *byte == quote => break,
                _ => 1,
            };
        }
        self.put_literal(width + 1)
    }

    /// At `R"` or the like, with a prefix of this width.
    pub fn raw_string(&mut self, prefix: usize) -> Result<(), Obstacle> {
        self.uses.raw_strings = true;
        let rest = &self.text[self.at + prefix + 1..];
        let open = rest.iter().take(DELIMITER + 1).position(|byte| *byte == b'(').ok_or(Obstacle::RawString)?;
        let delimiter = &rest[..open];
        if delimiter.iter().any(|byte| !(b'!'..=b'~').contains(byte) || matches!(byte, b')' | b'\\' | b'"')) {
            return Err(Obstacle::RawString);
        }
        let body = &rest[open + 1..];
        let closes = |at: &usize| body[at + 1..].starts_with(delimiter) && body.get(at + 1 + open) == Some(&b'"');
        let end = body.iter().enumerate().filter(|(_, byte)| **byte == b')').map(|(at, _)| at).find(closes);
        let end = end.ok_or(Obstacle::RawString)?;
        // The quote, the delimiter twice, two brackets and a quote.
        self.put_literal(prefix + 1 + open + 1 + end + 1 + open + 1)
    }

    fn put_literal(&mut self, width: usize) -> Result<(), Obstacle> {
        let literal = &self.text[self.at..self.at + width];
        self.uses.literal(literal);
        self.quote_in_angle(literal)?;
        self.plain(width);
        Ok(())
    }
}
