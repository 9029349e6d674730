//! One typed value by the form that its key wants, or what is wrong with it and what to write. Does not know keys.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeArray, DeTable, DeValue};

use super::raw::Typed;
use super::schema::Form;
use super::value::Value;
use super::words::{choice, standard};

/// A value that fits.
pub(in crate::engine) struct Read {
    pub(in crate::engine) value: Value,
    /// Where each string of a list or of a table stands.
    pub(in crate::engine) items: Vec<(String, Range<usize>)>,
}

/// One that does not.
pub(in crate::engine) struct Wrong {
    pub(in crate::engine) span: Range<usize>,
    pub(in crate::engine) message: String,
    pub(in crate::engine) advice: String,
}

/// `value` as `form`. `None`: an empty string, which is as good as nothing.
pub(in crate::engine) fn read(form: Form, shown: &str, value: &Typed<'_>) -> Result<Option<Read>, Vec<Wrong>> {
    let plain = |value: Value| Ok(Some(Read { value, items: Vec::new() }));
    match form {
        Form::Anything => Ok(None),
        Form::Text | Form::Path => match text(shown, value)? {
            empty if empty.is_empty() => Ok(None),
            text => plain(Value::Text(text)),
        },
        Form::OneOrMore if value.get_ref().is_str() => {
            let one = text(shown, value)?;
            Ok(Some(Read { items: vec![(one.clone(), value.span())], value: Value::Texts(vec![one]) }))
        }
        Form::OneOrMore if !value.get_ref().is_array() => {
            let last = shown.rsplit('.').next().unwrap_or(shown);
            Err(vec![wrong(shown, "a string or a list of strings", value, &format!("write {last} = \"…\""))])
        }
        Form::TextsOrAll if value.get_ref().as_bool() == Some(true) => Ok(None),
        Form::Texts | Form::Paths | Form::OneOrMore | Form::TextsOrAll => texts(shown, value, text).map(Some),
        Form::Choices(choices) => texts(shown, value, |shown, value| choice(shown, value, choices)).map(Some),
        Form::Truth => match value.get_ref() {
            DeValue::Boolean(truth) => plain(Value::Truth(*truth)),
            _ => Err(vec![wrong(shown, "true or false", value, "write true or false, without quotes")]),
        },
        Form::Number(least, most) => plain(Value::Number(number(shown, value, least, most)?)),
        Form::Switch(choices) => match value.get_ref().as_bool() {
            Some(truth) => plain(Value::Text(choices[usize::from(truth)].to_owned())),
            None => plain(Value::Text(choice(shown, value, choices)?)),
        },
        Form::Choice(_) if value.get_ref().as_str() == Some("") => Ok(None),
        Form::Choice(choices) => plain(Value::Text(choice(shown, value, choices)?)),
        Form::Standard { cxx } => plain(Value::Text(standard(shown, value, cxx)?)),
        Form::Defines => pairs(shown, value, &as_defines(shown, value), define).map(Some),
        Form::Pairs => pairs(shown, value, "write it as a table of strings: { NAME = \"value\" }", pair).map(Some),
    }
}

fn text(shown: &str, value: &Typed<'_>) -> Result<String, Vec<Wrong>> {
    match value.get_ref() {
        DeValue::String(text) if text.contains('\0') => Err(vec![Wrong {
            span: value.span(),
            message: format!("{} holds a NUL character", named(shown)),
            advice: "remove it".to_owned(),
        }]),
        DeValue::String(text) => Ok(text.to_string()),
        _ => Err(vec![wrong(shown, "a string", value, &as_text(value))]),
    }
}

/// What was typed without quotes or in brackets, as the string that was meant.
fn as_text(value: &Typed<'_>) -> String {
    let typed = match value.get_ref() {
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Datetime(date) => date.to_string(),
        DeValue::Array(items) => match (items.len(), items.iter().next().and_then(|item| item.get_ref().as_str())) {
            (1, Some(only)) => only.to_owned(),
            _ => return "write one string, in quotes and without brackets".to_owned(),
        },
        DeValue::String(_) | DeValue::Table(_) => return "write one string, in quotes".to_owned(),
    };
    format!("write {}", super::value::quoted(&typed))
}

/// What was typed as a list of `NAME=value`, as the table that was meant.
fn as_defines(shown: &str, value: &Typed<'_>) -> String {
    let last = shown.rsplit('.').next().unwrap_or(shown);
    let items = value.get_ref().as_array().into_iter().flatten().filter_map(|item| item.get_ref().as_str());
    let pairs: Vec<String> = items
        .map(|item| item.trim_start_matches("-D").split_once('=').unwrap_or((item.trim_start_matches("-D"), "")))
        .map(|(name, value)| format!("{name} = {}", super::value::quoted(value)))
        .collect();
    let pairs = if pairs.is_empty() { "NAME = \"value\"".to_owned() } else { pairs.join(", ") };
    format!("write {last} = {{ {pairs} }}")
}

type ReadItem<'a> = &'a dyn Fn(&str, &Typed<'_>) -> Result<String, Vec<Wrong>>;

fn texts(shown: &str, value: &Typed<'_>, item: impl Fn(&str, &Typed<'_>) -> Result<String, Vec<Wrong>>) -> Result<Read, Vec<Wrong>> {
    let DeValue::Array(items) = value.get_ref() else {
        let last = shown.rsplit('.').next().unwrap_or(shown);
        // One string is what nearly everybody means by it.
        let typed = value.get_ref().as_str().map_or_else(|| "[\"…\", \"…\"]".to_owned(), as_list);
        return Err(vec![wrong(shown, "a list of strings", value, &format!("write {last} = {typed}"))]);
    };
    each(items, &format!("{ITEM}{shown}"), &item)
}

/// What was typed as one string, as the list that was meant.
fn as_list(typed: &str) -> String {
    let words = shlex::split(typed).filter(|words| !words.is_empty()).unwrap_or_else(|| vec![typed.to_owned()]);
    format!("[{}]", words.iter().map(|word| super::value::quoted(word)).collect::<Vec<_>>().join(", "))
}

fn each(items: &DeArray<'_>, shown: &str, item: ReadItem<'_>) -> Result<Read, Vec<Wrong>> {
    let (mut found, mut wrongs) = (Vec::new(), Vec::new());
    for value in items {
        match item(shown, value) {
            Ok(text) => found.push((text, value.span())),
            Err(wrong) => wrongs.extend(wrong),
        }
    }
    let value = Value::Texts(found.iter().map(|(text, _)| text.clone()).collect());
    if wrongs.is_empty() { Ok(Read { value, items: found }) } else { Err(wrongs) }
}

fn number(shown: &str, value: &Typed<'_>, least: u64, most: u64) -> Result<u64, Vec<Wrong>> {
    let DeValue::Integer(typed) = value.get_ref() else {
        return Err(vec![wrong(shown, "a whole number", value, "write it without quotes and without a point")]);
    };
    let found = u64::from_str_radix(&typed.as_str().replace(['+', '_'], ""), typed.radix()).ok();
    found.filter(|number| (least..=most).contains(number)).ok_or_else(|| {
        let wanted = if most == u64::MAX { format!("at least {least}") } else { format!("from {least} to {most}") };
        vec![Wrong { span: value.span(), message: format!("`{shown}` must be {wanted}"), advice: format!("write a number {wanted}") }]
    })
}

type ReadPair = fn(&str, &str, Range<usize>, &Typed<'_>) -> Result<String, Vec<Wrong>>;

fn pairs(shown: &str, value: &Typed<'_>, advice: &str, read: ReadPair) -> Result<Read, Vec<Wrong>> {
    let DeValue::Table(entries) = value.get_ref() else {
        return Err(vec![wrong(shown, "a table", value, advice)]);
    };
    of_table(shown, entries, read)
}

fn of_table(shown: &str, entries: &DeTable<'_>, read: ReadPair) -> Result<Read, Vec<Wrong>> {
    let (mut found, mut items, mut wrongs) = (BTreeMap::new(), Vec::new(), Vec::new());
    for (name, value) in entries {
        match read(shown, name.get_ref(), name.span(), value) {
            Ok(text) => {
                items.push((text.clone(), value.span()));
                found.insert(name.get_ref().to_string(), text);
            }
            Err(wrong) => wrongs.extend(wrong),
        }
    }
    if wrongs.is_empty() { Ok(Read { value: Value::Pairs(found), items }) } else { Err(wrongs) }
}

fn define(shown: &str, name: &str, at: Range<usize>, value: &Typed<'_>) -> Result<String, Vec<Wrong>> {
    let plain = |c: char| c == '_' || c.is_alphanumeric();
    let begins = |name: &str| name.starts_with(|c: char| !c.is_ascii_digit());
    if !name.split('(').next().is_some_and(|n| begins(n) && n.chars().all(plain)) {
        let message = format!("`{name}` cannot be the name of a macro");
        return Err(vec![Wrong { span: at, message, advice: "use letters, digits and `_`, and no digit at its beginning".to_owned() }]);
    }
    let shown = format!("{shown}.{name}");
    match value.get_ref() {
        DeValue::String(_) => text(&shown, value),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        DeValue::Boolean(truth) => Ok(if *truth { "1" } else { "0" }.to_owned()),
        _ => Err(vec![wrong(&shown, "a string, a decimal number, true or false", value, "put it in quotes")]),
    }
}

fn pair(shown: &str, name: &str, at: Range<usize>, value: &Typed<'_>) -> Result<String, Vec<Wrong>> {
    if name.is_empty() || name.contains(['\0', '=']) {
        return Err(vec![Wrong {
            span: at,
            message: format!("{name:?} cannot be a name in `{shown}`"),
            advice: "rename or remove it".to_owned(),
        }]);
    }
    text(&format!("{shown}.{name}"), value)
}

/// A key in a message, or an item of its list.
pub(super) fn named(shown: &str) -> String {
    shown.strip_prefix(ITEM).map_or_else(|| format!("`{shown}`"), |list| format!("{ITEM}`{list}`"))
}

/// What stands before the key of a list in messages about one of its items.
const ITEM: &str = "an item of ";

/// The wrong type, and what to write instead.
pub(super) fn wrong(shown: &str, wanted: &str, value: &Typed<'_>, advice: &str) -> Wrong {
    let found = value.get_ref().type_str();
    let article = if found.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
    Wrong { span: value.span(), message: format!("{} must be {wanted}, not {article} {found}", named(shown)), advice: advice.to_owned() }
}
