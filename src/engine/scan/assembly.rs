//! What the text of an `asm` statement reads: `.incbin` and `.include`, as they are written in a C literal. Does not look for files.

use super::lexer::{Token, TokenKind};

/// Directives of the assembler that read a file.
const READERS: [&[u8]; 2] = [b".incbin", b".include"];

/// How far a directive that reads a file has come, in a text of assembler.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Reader {
    /// Nowhere.
    #[default]
    Nothing,
    /// To its dot.
    Dot,
    /// To its name: the file's name comes next.
    Named,
}

impl Reader {
    /// How far it is after one more token.
    pub fn after(self, token: Token<'_>) -> Self {
        match self {
            _ if token.is(".") => Self::Dot,
            Self::Dot if token.is("incbin") || token.is("include") => Self::Named,
            _ => Self::Nothing,
        }
    }
}

/// The name of a file, if a token of assembler is one.
pub fn name(token: Token<'_>) -> Option<&[u8]> {
    token.text.get(1..token.text.len() - 1).filter(|name| token.kind == TokenKind::Text && is_plain(name))
}

/// The names of files that a literal reads, in order; `None` for one that ends elsewhere, or is made from operands or macros.
pub fn read_by(literal: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    let mut rest = literal;
    std::iter::from_fn(move || {
        let at = READERS.iter().filter_map(|reader| Some((memchr::memmem::find(rest, reader)?, reader.len()))).min()?;
        rest = &rest[at.0 + at.1..];
        let quoted = rest.trim_ascii_start();
        let name = quoted.strip_prefix(b"\\\"").and_then(|name| Some(&name[..memchr::memmem::find(name, b"\\\"")?]));
        Some(name.filter(|name| is_plain(name)))
    })
}

/// Whether a literal ends where the name of the file would begin, as one does that other text than `asm` compares with.
pub fn ends_before_name(literal: &[u8]) -> bool {
    let inner = literal.strip_suffix(b"\"").unwrap_or(literal).trim_ascii_end();
    READERS.iter().any(|reader| inner.ends_with(reader))
}

/// Whether no text follows that could be the rest of a literal, a macro's name among them.
pub fn ends(next: Token<'_>) -> bool {
    !next.is("#") && !matches!(next.kind, TokenKind::Text | TokenKind::Identifier)
}

/// Whether a name means itself: no escape, no operand, no parameter of a macro.
fn is_plain(name: &[u8]) -> bool {
    !name.is_empty() && !name.contains(&b'\\') && !name.contains(&b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_where_the_assembler_ends_them() {
        for (text, expect) in [
            (r#"".incbin \"a.bin\"\n.incbin\"b c\"""#, "a.bin,b c"),
            (r#"".include \"x.s\"\n\t.incbin \"y\",4""#, "x.s,y"),
            (r#"".incbin \"""#, "?"),
            (r#"".incbin \"%c0\"""#, "?"),
            (r#"".incbin \"a\\tb\"""#, "?"),
            (r#"R"(.incbin "raw")""#, "?"),
            (r#"".text\n.inc""#, ""),
        ] {
            let names: Vec<_> = read_by(text.as_bytes()).map(|name| name.map_or("?".into(), String::from_utf8_lossy)).collect();
            assert_eq!(names.join(","), expect, "{text}");
        }
        assert!(ends_before_name(b"\".incbin \""));
        assert!(!ends_before_name(b"\".incbin \\\"\""));
    }
}
