//! Lines of a daemon from a stream of bytes. Does not know what they say.

use std::io::{self, BufRead, BufReader, Read};

use crate::wire::{MAX_LINE, WireError};

/// The stream of a connection, cut into lines.
pub struct Lines(BufReader<Box<dyn Read + Send>>);

impl Lines {
    /// Lines of `source`.
    #[must_use]
    pub fn new(source: Box<dyn Read + Send>) -> Self {
        Self(BufReader::with_capacity(64 << 10, source))
    }

    /// Whether the next line is here already.
    #[must_use]
    pub fn has_line(&self) -> bool {
        self.0.buffer().contains(&b'\n')
    }

    /// The next line with its newline. An error says how the stream ended; every stream ends so.
    pub fn next_line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        let length = (&mut self.0).take(MAX_LINE as u64 + 1).read_until(b'\n', &mut line)?;
        if length > MAX_LINE {
            return Err(io::Error::other(WireError::TooLong(length)));
        }
        if line.last() != Some(&b'\n') {
            let what = if line.is_empty() { "it closed the connection" } else { "its last line is cut off" };
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what));
        }
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_cut_at_newlines() {
        let check = |input: Vec<u8>, expect: &[&str], end: &str| {
            let mut lines = Lines::new(Box::new(io::Cursor::new(input)));
            for line in expect {
                assert_eq!(lines.next_line().unwrap(), line.as_bytes());
            }
            let error = lines.next_line().unwrap_err().to_string();
            assert!(error.contains(end), "{error}");
        };
        check(b"".to_vec(), &[], "closed");
        check(b"a\n\nb\n".to_vec(), &["a\n", "\n", "b\n"], "closed");
        check(b"a\nb".to_vec(), &["a\n"], "cut off");
        check(vec![b'x'; MAX_LINE + 1], &[], "longer than");
        check([vec![b'x'; MAX_LINE], b"\n".to_vec()].concat(), &[], "longer than");
    }
}
