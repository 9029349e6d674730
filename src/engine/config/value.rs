//! Values of keys, each with its place. Does not know which key wants which.

use std::collections::BTreeMap;
use std::ops::Range;

use super::schema::Key;

/// What a key was given.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// A string or a path.
    Text(String),
    /// A list.
    Texts(Vec<String>),
    /// True or false.
    Truth(bool),
    /// A number.
    Number(u64),
    /// A table of strings.
    Pairs(BTreeMap<String, String>),
}

impl Value {
    /// As TOML has it.
    #[must_use]
    pub fn toml(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Texts(texts) => format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ")),
            Self::Truth(truth) => truth.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Pairs(pairs) if pairs.is_empty() => "{}".to_owned(),
            Self::Pairs(pairs) => {
                let pairs = pairs.iter().map(|(name, value)| format!("{} = {}", bare_or_quoted(name), quoted(value)));
                format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// `text` in the quotes of TOML.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn bare_or_quoted(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { name.to_owned() } else { quoted(name) }
}

/// One key of one file with its value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// Which key.
    pub key: &'static Key,
    /// Its value.
    pub value: Value,
    /// Where the value stands.
    pub span: Range<usize>,
    /// Where each string of a list or of a table stands.
    pub items: Vec<(String, Range<usize>)>,
    /// The line and the column of the value, from one.
    pub place: (usize, usize),
}

impl Entry {
    /// Where `item` stands in it, else all of it.
    #[must_use]
    pub fn span_of(&self, item: &str) -> Range<usize> {
        self.items.iter().find(|(text, _)| text == item).map_or_else(|| self.span.clone(), |(_, span)| span.clone())
    }
}

/// The entries of one table.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Table {
    /// In the order of the file.
    pub entries: Vec<Entry>,
    /// Where it begins.
    pub span: Range<usize>,
    /// Keys that it has too, with values that could not be read.
    pub unread: Vec<&'static str>,
}

impl Table {
    /// The entry of `path`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.path == path)
    }

    /// `path` is there, with a value or with one that could not be read: what is wrong with it is said already.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.get(path).is_some() || self.unread.contains(&path)
    }

    /// The string that `path` was given.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        match self.get(path).map(|entry| &entry.value) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The list that `path` was given.
    #[must_use]
    pub fn texts(&self, path: &str) -> Option<&[String]> {
        match self.get(path).map(|entry| &entry.value) {
            Some(Value::Texts(texts)) => Some(texts),
            _ => None,
        }
    }

    /// The truth that `path` was given.
    #[must_use]
    pub fn truth(&self, path: &str) -> Option<bool> {
        match self.get(path).map(|entry| &entry.value) {
            Some(Value::Truth(truth)) => Some(*truth),
            _ => None,
        }
    }

    /// The table of strings that `path` was given; empty if none.
    #[must_use]
    pub fn pairs(&self, path: &str) -> BTreeMap<String, String> {
        match self.get(path).map(|entry| &entry.value) {
            Some(Value::Pairs(pairs)) => pairs.clone(),
            _ => BTreeMap::new(),
        }
    }
}
