//! A jmake.toml as a text to be completed: which of six fields are missing, and the text with one of them filled. Every other byte stays as
//! it is. Does not know what is found in a project, nor who else reads the file.

mod field;
mod place;
mod typed;

pub use field::{Field, Value};

use std::ops::Range;

use toml_edit::{Document, Item};

use place::Place;

/// Why a field cannot be filled.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DocumentError {
    /// The text is no TOML.
    #[error("it is not valid TOML; `jmake check` shows where: {0}")]
    NotToml(String),
    /// Something else has the place of a table.
    #[error("`{0}` is not a table; write [{0}] on a line of its own instead")]
    NotATable(String),
    /// The text would not be TOML any more, or not say what was meant.
    #[error("`{0}` has no place in this file; write it by hand")]
    NoPlace(String),
}

/// Whether values that are there are written anew.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// Only what is missing is written.
    Fill,
    /// What is there is replaced where it differs.
    Refresh,
}

/// The fields in the order in which a text gets them: a section's keys before its tables, of which each goes before the last.
pub const WRITTEN: [Field; 6] = [Field::IncludeDirs, Field::Binaries, Field::Files, Field::OutputDir, Field::LibraryName, Field::Tools];

/// The fields that `text` does not have. An empty string counts as missing, an empty list does not.
pub fn missing(text: &str) -> Result<Vec<Field>, DocumentError> {
    let document = parse(text)?;
    Ok(Field::ALL.into_iter().filter(|field| is_missing(*field, document.as_table())).collect())
}

fn is_missing(field: Field, root: &toml_edit::Table) -> bool {
    let [section, key] = field.path();
    let Some(item) = root.get(section).and_then(Item::as_table_like).and_then(|table| table.get(key)) else { return true };
    let empty = |item: &Item| item.as_str() == Some("");
    match (item.as_table_like(), field.parts()) {
        (Some(table), []) => field == Field::Tools && table.is_empty(),
        (Some(table), parts) => parts.iter().any(|part| table.get(part).is_none_or(empty)),
        (None, _) => empty(item),
    }
}

/// `text` with `field` filled. What is there already stays, unless the mode says otherwise.
pub fn filled(text: &str, field: Field, value: &Value, mode: Mode) -> Result<String, DocumentError> {
    let whole = edited(text, &field.path(), value, mode)?;
    match missing(&whole) {
        Ok(missing) if !missing.contains(&field) => Ok(whole),
        _ => Err(DocumentError::NoPlace(field.name().to_owned())),
    }
}

/// `text` with `value` at `path`, whatever was there. Where it says the same already, nothing changes.
pub fn set(text: &str, path: &[&str], value: &Value) -> Result<String, DocumentError> {
    let no_place = || DocumentError::NoPlace(path.join("."));
    let whole = edited(text, path, value, Mode::Refresh)?;
    let document = parse(&whole).map_err(|_| no_place())?;
    let found = path.iter().try_fold(document.as_item(), |item, name| item.as_table_like()?.get(name));
    let said = |(name, leaf): (Option<&str>, &Value)| {
        let item = name.map_or(found, |name| found?.as_table_like()?.get(name));
        item.is_some_and(|item| leaf.is_in(item))
    };
    if value.leaves().into_iter().all(said) { Ok(whole) } else { Err(no_place()) }
}

fn edited(text: &str, path: &[&str], value: &Value, mode: Mode) -> Result<String, DocumentError> {
    let newline = if text.find('\n').is_some_and(|at| text[..at].ends_with('\r')) { "\r\n" } else { "\n" };
    // What follows the last line needs a line of its own; the text ends as it did all the same.
    let open = !text.is_empty() && text != "\u{feff}" && !text.ends_with('\n');
    let mut whole = if open { format!("{text}{newline}") } else { text.to_owned() };
    for (name, value) in value.leaves() {
        let path: Vec<&str> = path.iter().copied().chain(name).collect();
        if let Some(edit) = edit(&whole, &path, value, mode)? {
            whole.replace_range(edit.at, &edit.text.replace('\n', newline));
        }
    }
    if open && whole.ends_with(newline) {
        whole.truncate(whole.len() - newline.len());
    }
    Ok(whole)
}

/// One change of a text.
#[derive(Debug, Eq, PartialEq)]
struct Edit {
    at: Range<usize>,
    text: String,
}

fn edit(text: &str, path: &[&str], value: &Value, mode: Mode) -> Result<Option<Edit>, DocumentError> {
    let document = parse(text)?;
    Ok(match place::find(text, document.as_item(), path)? {
        Place::Absent { at, before, after } => Some(Edit { at: at..at, text: format!("{before}{}{after}", typed::value(value)) }),
        Place::Empty { at, rest } => Some(Edit { at, text: typed::inline(rest, value) }),
        Place::Present(item) if mode == Mode::Refresh && !value.is_in(item) => item.span().map(|at| Edit { at, text: typed::value(value) }),
        Place::Present(_) => None,
    })
}

fn parse(text: &str) -> Result<Document<&str>, DocumentError> {
    Document::parse(text).map_err(|error| DocumentError::NotToml(error.message().to_owned()))
}

#[cfg(test)]
mod tests;
