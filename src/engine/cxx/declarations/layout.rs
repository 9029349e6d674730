//! Lines of JSON as clang lays it out: one value, or one bracket, a line. Its trees are too large to be held, and too deep for a reader that
//! calls itself. Does not know what the values mean.

use std::borrow::Cow;

/// One line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Line<'a> {
    /// An object or a list begins, under a key if it is not an item of a list.
    Open { key: &'a [u8], list: bool },
    /// It ends.
    Close,
    /// A value, an object or list without anything in it too.
    Value { key: &'a [u8], value: &'a [u8] },
    /// Nothing.
    Blank,
}

/// What a line says. Keys have no escapes; whatever looks otherwise is a value without a key.
pub(super) fn line(bytes: &[u8]) -> Line<'_> {
    let text = bytes.trim_ascii();
    let text = text.strip_suffix(b",").unwrap_or(text);
    match text {
        [] => Line::Blank,
        [b'}' | b']'] => Line::Close,
        [b'{'] => Line::Open { key: b"", list: false },
        [b'['] => Line::Open { key: b"", list: true },
        _ => match keyed(text) {
            Some((key, b"{")) => Line::Open { key, list: false },
            Some((key, b"[")) => Line::Open { key, list: true },
            Some((key, value)) => Line::Value { key, value },
            None => Line::Value { key: b"", value: text },
        },
    }
}

fn keyed(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = text.strip_prefix(b"\"")?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    let value = rest[end..].strip_prefix(b"\": ")?;
    Some((&rest[..end], value))
}

/// A value that is text.
pub(super) fn text(value: &[u8]) -> Option<Cow<'_, str>> {
    match value {
        // Most have no escapes.
        [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => std::str::from_utf8(inner).ok().map(Cow::Borrowed),
        _ => serde_json::from_slice::<String>(value).ok().map(Cow::Owned),
    }
}

/// A value that is a number.
pub(super) fn number(value: &[u8]) -> Option<u32> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_brackets_or_values() {
        let open = |key: &'static str, list| Line::Open { key: key.as_bytes(), list };
        let value = |key: &'static str, value: &'static str| Line::Value { key: key.as_bytes(), value: value.as_bytes() };
        for (text, expect) in [
            ("{", open("", false)),
            ("  [", open("", true)),
            ("    },", Line::Close),
            ("]", Line::Close),
            ("  \"inner\": [", open("inner", true)),
            ("\"loc\": {\r", open("loc", false)),
            ("\"loc\": {},", value("loc", "{}")),
            ("\"name\": \"a\\\"b\",", value("name", "\"a\\\"b\"")),
            ("\"line\": 12", value("line", "12")),
            ("\"an item\",", value("", "\"an item\"")),
            ("\"cut", value("", "\"cut")),
            ("7", value("", "7")),
            ("", Line::Blank),
        ] {
            assert_eq!(line(text.as_bytes()), expect, "{text}");
        }
    }

    #[test]
    fn values_are_text_or_numbers() {
        assert_eq!(text(b"\"a\"").as_deref(), Some("a"));
        assert_eq!(text(b"\"\\u00e9\\\"\\n\"").as_deref(), Some("é\"\n"));
        assert_eq!((text(b"12"), text(b"\"a"), number(b"x"), number(b"12")), (None, None, None, Some(12)));
    }
}
