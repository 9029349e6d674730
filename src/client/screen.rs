//! Standard output and error in the order of writing. Does not know what is written.

use std::io::{self, Write};

/// Where a text goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stream {
    /// What was asked for.
    Out,
    /// How it goes wrong.
    Err,
}

/// Texts that wait to be written.
#[derive(Debug, Default)]
pub struct Screen {
    waiting: Vec<(Stream, Vec<u8>)>,
}

impl Screen {
    /// Adds a text.
    pub fn put(&mut self, stream: Stream, text: impl AsRef<[u8]>) {
        match self.waiting.last_mut() {
            Some((last, bytes)) if *last == stream => bytes.extend_from_slice(text.as_ref()),
            _ => self.waiting.push((stream, text.as_ref().to_vec())),
        }
    }

    /// Adds a text and ends it with a newline unless it ends with one.
    pub fn put_line(&mut self, stream: Stream, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        self.put(stream, text);
        if text.last() != Some(&b'\n') {
            self.put(stream, b"\n");
        }
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes what waits.
    pub fn take(&mut self) -> Vec<(Stream, Vec<u8>)> {
        std::mem::take(&mut self.waiting)
    }

    /// Writes what waits. A reader that went away is no error: the command goes on, and its exit code stands.
    pub fn flush(&mut self) {
        for (stream, bytes) in self.take() {
            let _ = match stream {
                Stream::Out => write(&mut io::stdout().lock(), &bytes),
                Stream::Err => write(&mut io::stderr().lock(), &bytes),
            };
        }
    }
}

fn write(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes)?;
    to.flush()
}

/// A name with its control characters made visible, so that it cannot break a line or steer a terminal.
#[must_use]
pub fn visible(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_control() { out.extend(character.escape_default()) } else { out.push(character) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_kept_and_neighbours_are_joined() {
        let mut screen = Screen::default();
        screen.put(Stream::Out, "a");
        screen.put_line(Stream::Out, "b");
        screen.put_line(Stream::Err, "c\n");
        screen.put(Stream::Out, "d");
        let expect = [(Stream::Out, b"ab\n".to_vec()), (Stream::Err, b"c\n".to_vec()), (Stream::Out, b"d".to_vec())];
        assert_eq!(screen.take(), expect);
        assert!(screen.is_empty());
    }

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(visible("a b'\"é\n\u{1b}[2J"), "a b'\"é\\n\\u{1b}[2J");
    }
}
