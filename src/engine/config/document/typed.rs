//! Values as they are typed in TOML. Does not know where they go.

use super::Value;

/// A list longer than this gets a line for each item.
const LINE: usize = 100;

/// A value, in one line if it is short.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Plain(plain) => plain.clone(),
        Value::List(texts) => list(texts),
        Value::Table(entries) => {
            let entries: Vec<String> = entries.iter().map(|(name, entry)| format!("{} = {}", key(name), self::value(entry))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// A value at the end of the tables `names`.
pub(super) fn inline(names: &[&str], value: &Value) -> String {
    names.iter().rev().fold(self::value(value), |inner, name| format!("{{ {} = {inner} }}", key(name)))
}

/// Keys with dots between.
pub(super) fn dotted(names: &[&str]) -> String {
    names.iter().map(|name| key(name)).collect::<Vec<_>>().join(".")
}

fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { quoted(name) }
}

fn list(texts: &[String]) -> String {
    let items: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    let short = format!("[{}]", items.join(", "));
    if short.chars().count() <= LINE || items.len() == 1 {
        return short;
    }
    let lines: String = items.iter().map(|item| format!("    {item},\n")).collect();
    format!("[\n{lines}]")
}

/// A text in quotes, on one line whatever it holds.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_typed_so_that_they_are_read_as_they_were() {
        let long = vec!["x".repeat(60), "y".repeat(60)];
        let texts = ["", "a b", "q\"\\'", "tab\tnew\nreturn\r", "é\u{7f}\u{85}"].map(str::to_owned);
        let table = Value::Table(vec![("clang++".to_owned(), Value::Text("/x".to_owned())), (String::new(), Value::List(texts.to_vec()))]);
        for (given, lines) in [(Value::List(long), 4), (Value::List(Vec::new()), 1), (Value::List(texts.to_vec()), 1), (table, 1)] {
            let text = format!("k = {}", value(&given));
            let read = toml_edit::Document::parse(text.as_str()).unwrap();
            assert_eq!(text.lines().count(), lines, "{text}");
            let item = read.get("k").unwrap();
            match &given {
                Value::Table(entries) => entries.iter().for_each(|(name, entry)| assert!(entry.is_in(item.get(name).unwrap()), "{text}")),
                other => assert!(other.is_in(item), "{text}"),
            }
        }
    }
}
