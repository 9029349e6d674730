//! What is wrong with a text that is no TOML, in the words of its user, and what to write instead. Does not know keys.

use std::ops::Range;

use super::keys::nearest;
use super::value::quoted;

/// One slip: where, what, and what to write.
pub(in crate::engine) type Slip = (Range<usize>, String, String);

/// What the parser found, less what only follows from something before it: the rest of a line with a slip, and of an open list.
pub(in crate::engine) fn slips<'e>(content: &str, errors: impl Iterator<Item = (&'e str, Range<usize>)>) -> Vec<Slip> {
    let mut errors: Vec<(&str, Range<usize>)> = errors.collect();
    errors.sort_by_key(|(_, at)| at.start);
    let open = errors.iter().any(|(said, _)| said.starts_with("unclosed array,") || said.starts_with("unclosed inline"));
    let open = Some(content).filter(|_| open).and_then(open_bracket);
    let mut slips: Vec<Slip> = Vec::new();
    for (said, at) in errors {
        let line = line_start(content, at.start);
        if open.is_some_and(|open| at.start >= open) || slips.last().is_some_and(|(last, ..)| line_start(content, last.start) == line) {
            continue;
        }
        let (message, advice) = say(said, content, at.clone());
        slips.push((at, message, advice));
    }
    slips.extend(open.map(|at| {
        let end = if content[at..].starts_with('[') { ']' } else { '}' };
        let advice = format!("write `{end}` behind its last item, and a comma between two of them");
        (at..at + 1, format!("this bracket is opened and never closed with `{end}`"), advice)
    }));
    slips
}

/// What the parser found wrong, as its user would say it.
fn say(said: &str, content: &str, at: Range<usize>) -> (String, String) {
    let start = line_start(content, at.start);
    let line = content.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
    let place = Place {
        said,
        content,
        start,
        line: line.trim(),
        found: content.get(at.clone()).unwrap_or_default(),
        before: content.get(start..at.start).unwrap_or_default(),
        rest: content.get(at.start..start + line.len()).unwrap_or_default().trim_end(),
    };
    let rules = [value, twice, heading, list, key, more];
    rules.iter().find_map(|rule| rule(&place)).unwrap_or_else(|| {
        let message = if content.trim_start().starts_with('{') { "this is JSON, not TOML".to_owned() } else { said.replace('\n', "; ") };
        (message, "a line is `key = value` or `[section]`; text stands in quotes, lists in [ ]".to_owned())
    })
}

/// Where something is wrong.
struct Place<'a> {
    /// The parser's words.
    said: &'a str,
    content: &'a str,
    /// Where its line begins.
    start: usize,
    line: &'a str,
    found: &'a str,
    /// The line up to there, and from there.
    before: &'a str,
    rest: &'a str,
}

type Said = Option<(String, String)>;

#[allow(clippy::unnecessary_wraps, reason = "what rules end with")]
fn told(message: impl Into<String>, advice: impl Into<String>) -> Said {
    Some((message.into(), advice.into()))
}

/// A value that is none.
fn value(place: &Place<'_>) -> Said {
    let word = place.rest.split([',', ']', '}', '#']).next().unwrap_or_default().trim();
    let truth = match word.to_lowercase().as_str() {
        "true" | "yes" | "on" => Some("true"),
        "false" | "no" | "off" => Some("false"),
        _ => None,
    };
    let bare = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "_-+./".contains(c));
    let inner = word.trim_matches(['"', '\'', '“', '”', '„', '‘', '’', '«', '»']);
    match place.said {
        _ if place.line.ends_with('=') && !place.line.ends_with("==") => {
            told("there is no value after the `=`", "write one: \"text\", [\"a\", \"list\"], true or 3")
        }
        said if said.contains("must be quoted") && place.found.contains(' ') && place.rest.contains('=') => {
            told("there is no comma behind this value", "write a comma between two entries of a table")
        }
        said if said.contains("boolean") || said.contains("must be quoted") => match truth {
            Some(truth) => told(format!("`{word}` is no value"), format!("write {truth}")),
            None if bare && let Some(near) = nearest(word, ["true", "false"]) => {
                told(format!("`{word}` is no value"), format!("write {near}, or {} for text", quoted(word)))
            }
            None if bare || inner != word => told("text must stand in quotes", format!("write {}", quoted(inner))),
            None => told("text must stand in quotes", "put it in quotes"),
        },
        said if said.contains("missing opening quote") => told("text must stand in quotes", format!("write {}", quoted(inner))),
        said if said.contains("multi-line") => {
            told("text that begins with three quotes is not closed", "write three quotes where it ends, or one on each side of it")
        }
        said if said.contains("leading zero") => {
            let digits: String = place.line.chars().rev().take_while(char::is_ascii_digit).collect();
            let digits: String = digits.chars().rev().collect();
            told("a number cannot begin with 0", format!("write {}, or {} for text", digits.trim_start_matches('0'), quoted(&digits)))
        }
        said if ["float", "integer", "number", "date"].iter().any(|kind| said.starts_with(&format!("invalid {kind}"))) => {
            let typed = place.line.split_once('=').map_or(word, |(_, typed)| typed.split('#').next().unwrap_or(typed).trim());
            told(format!("`{typed}` is no number"), format!("write {}", quoted(typed)))
        }
        said if said.contains("string") && !said.contains("escape") => {
            told("this text has no closing quote", "close each quote on the line on which it is opened")
        }
        said if said.contains("escape") || said.contains("unicode") => {
            if let Some(typed) = quoted_around(place) {
                return told(
                    "a backslash in double quotes stands for something else",
                    format!("write '{typed}' in single quotes, or \"{}\"", typed.replace('\\', "/")),
                );
            }
            told("a backslash in double quotes stands for something else", "write two of them, or put the text in single quotes")
        }
        _ => None,
    }
}

/// The text in double quotes that a slip is in, if it has no quotes in it and could be a path.
fn quoted_around<'a>(place: &Place<'a>) -> Option<&'a str> {
    let begin = place.content.get(..place.start + place.before.len())?.rfind('"')? + 1;
    let end = begin + place.content.get(begin..)?.find('"')?;
    let typed = &place.content[begin..end];
    (begin > place.start && !typed.contains(['\n', '\''])).then_some(typed)
}

/// A key or a section that is there already.
fn twice(place: &Place<'_>) -> Said {
    if !place.said.contains("duplicate key") {
        return None;
    }
    let name = place.found;
    let is_heading = place.line.starts_with('[');
    let opens = |line: &str| {
        let line = line.trim();
        let headed = line.trim_start_matches('[').strip_prefix(name).is_some_and(|rest| rest.starts_with(']'));
        let keyed = line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(['=', '.']));
        if is_heading { headed && line.starts_with('[') || keyed } else { keyed }
    };
    let first = place.content[..place.start].lines().enumerate().filter(|(_, line)| opens(line)).last();
    let where_ = first.map(|(at, _)| format!(", the first time in line {}", at + 1)).unwrap_or_default();
    let single = first.is_some_and(|(_, line)| line.trim().starts_with('[') && !line.trim().starts_with("[["));
    match (is_heading, place.line.starts_with("[[")) {
        (true, true) if single => told(format!("`[[{name}]]` was `[{name}]` before{where_}"), "write two brackets on each side each time"),
        (true, _) => told(format!("`{name}` is begun twice{where_}"), "write all its keys in one place"),
        (false, _) => told(format!("`{name}` is given twice{where_}"), "remove one of the two, or join them"),
    }
}

/// The line of a section.
fn heading(place: &Place<'_>) -> Said {
    let name = place.line.trim_matches(['[', ']']);
    let brackets = |sign: char| place.line.chars().filter(|c| *c == sign).count();
    let plain = place.line.starts_with('[') && !name.contains(['[', ']', '=']);
    if plain && brackets('[') != brackets(']') {
        let right = if ["targets", "files", "jobs"].contains(&name) { format!("[[{name}]]") } else { format!("[{name}]") };
        return told("the brackets of this section do not match", format!("write {right}"));
    }
    if place.line.starts_with('[') && place.said.contains("cannot be empty") {
        return told("a section needs a name", "write one, such as [compile]");
    }
    if place.line.starts_with('[') && place.said.contains("unexpected key or value") {
        return told("there is something behind the section's name", format!("begin a new line before `{}`", place.rest));
    }
    None
}

/// Items of a list.
fn list(place: &Place<'_>) -> Said {
    if place.said.contains("missing comma") {
        return told(
            "there is no comma before this item",
            format!("write a comma: …, {}", place.rest.split([',', ']']).next().unwrap_or_default()),
        );
    }
    if place.said.contains("extra comma") {
        return told("there is a comma too many", "remove it");
    }
    place.said.contains("expected `]`").then(|| ("this list is not closed".to_owned(), "write `]` behind its last item".to_owned()))
}

/// What stands before a value.
fn key(place: &Place<'_>) -> Said {
    let name = place.line.split([':', '=', ' ', '\t']).next().unwrap_or_default().trim_end_matches('+');
    if place.line.starts_with("//") || place.line.starts_with("/*") || place.line.starts_with(';') || place.line.starts_with("--") {
        return told(
            "this is no remark in TOML",
            format!("begin it with `#`: # {}", place.line.trim_start_matches(['/', '*', ';', '-', ' '])),
        );
    }
    if place.said.contains("cannot be empty") {
        return told("there is no key before the `=`", "write key = value");
    }
    let expected = ["key with no value", "invalid unquoted key", "extra `=`"].iter().any(|said| place.said.contains(said));
    let after = place.line.strip_prefix(name).unwrap_or_default().trim_start();
    let glued = place.line.strip_prefix(name).is_some_and(|after| after.starts_with('+') && !after.starts_with("+="));
    let value = after.trim_start_matches([':', '=', '+', ' ']);
    match after.chars().next() {
        _ if !expected || name.is_empty() => None,
        // `c++ = "x"`: the sign belongs to the name.
        Some('+') if glued && after.trim_start_matches('+').trim_start().starts_with('=') => {
            let (typed, value) = place.line.split_once('=')?;
            told("a key with such a sign stands in quotes", format!("write {} = {}", quoted(typed.trim()), value.trim()))
        }
        Some(':' | '+' | '=') if value.is_empty() => {
            told(format!("`{name}` is no section"), format!("write [{name}] on a line of its own"))
        }
        Some(':' | '+' | '=') => {
            let plain = value.starts_with(|c: char| "\"'[{".contains(c) || c.is_ascii_digit()) || ["true", "false"].contains(&value);
            let value = if plain { value.to_owned() } else { quoted(value) };
            told("between a key and its value stands one `=`", format!("write {name} = {value}"))
        }
        Some('"' | '\'' | '[' | '{') => told(format!("there is no `=` behind `{name}`"), format!("write {name} = {after}")),
        Some(_) if after.contains('=') => told("a key has no blanks in it", format!("correct `{}`", place.line.split('=').next()?.trim())),
        _ => None,
    }
}

/// What stands behind a value.
fn more(place: &Place<'_>) -> Said {
    if !place.said.contains("unexpected key or value") {
        return None;
    }
    let before = place.before.trim_end();
    if let Some(sign) = place.rest.chars().next().filter(|c| [';', ','].contains(c)) {
        return told(format!("there is a `{sign}` behind the value"), "remove it; each key has a line of its own");
    }
    if let Some(sign) = place.rest.chars().next().filter(|c| [']', '}'].contains(c)) {
        return told(format!("there is a `{sign}` too many"), "remove it");
    }
    let typed = before.split_once('=').map_or("", |(_, typed)| typed.trim());
    if typed.starts_with('\'') && place.rest.contains('\'') {
        let whole = place.line.split_once('=').map_or("", |(_, typed)| typed.trim());
        let inner = whole.strip_prefix('\'').and_then(|inner| inner.strip_suffix('\'')).unwrap_or(whole);
        return told("the text ends at this quote", format!("put text with a `'` in it in double quotes: {}", quoted(inner)));
    }
    told("there is something behind the value", "begin a new line for each key; a remark begins with `#`")
}

fn line_start(content: &str, at: usize) -> usize {
    content.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
}

/// The first bracket of a value that nothing closes.
fn open_bracket(content: &str) -> Option<usize> {
    let mut open: Vec<usize> = Vec::new();
    let mut quote: Option<char> = None;
    let (mut remark, mut heading, mut before) = (false, false, '\n');
    for (at, c) in content.char_indices() {
        match (quote, c) {
            (_, '\n') => (quote, remark, heading) = (None, false, false),
            _ if remark || heading => {}
            (Some(sign), _) if c == sign && before != '\\' => quote = None,
            (Some(_), _) => {}
            (None, '#') => remark = true,
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') if open.is_empty() && content[line_start(content, at)..at].trim().is_empty() => heading = true,
            (None, '[' | '{') => open.push(at),
            (None, ']' | '}') => drop(open.pop()),
            _ => {}
        }
        before = c;
    }
    open.first().copied()
}
