//! What is wrong with a text that is no TOML, in the words of its user, and what to write instead. Does not know keys.

use std::ops::Range;

/// What the parser found wrong, and what to write instead.
pub(super) fn say(said: &str, content: &str, at: Range<usize>) -> (String, String) {
    let line_start = content.get(..at.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let line = content.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default().trim();
    let bare = content.get(at).filter(|bare| !bare.is_empty() && bare.chars().all(|c| c.is_alphanumeric() || "_-+./".contains(c)));
    let advice = if said.contains("duplicate key") {
        "remove one of the two, or join them: a table may be begun only once".to_owned()
    } else if said.contains("expected `]`") || said.contains("unclosed table") {
        "close the brackets".to_owned()
    } else if line.ends_with('=') {
        return ("there is no value after the `=`".to_owned(), "write one: \"text\", [\"a\", \"list\"], true or 3".to_owned());
    } else if let Some(bare) = bare.filter(|_| said.contains("must be quoted")) {
        return ("text must stand in quotes".to_owned(), format!("write \"{bare}\""));
    } else if line.contains('=') && (said.contains("string") || said.contains("literal")) {
        "put text in quotes, and close each quote on the same line".to_owned()
    } else {
        "a line is `key = value` or `[section]`; text stands in quotes, lists in [ ]".to_owned()
    };
    (said.replace('\n', "; "), advice)
}
