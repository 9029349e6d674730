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
    /// What was filled in before is written anew where it differs. What somebody typed stays.
    Refresh,
}

/// Stands behind what was filled in, or behind the header above it, and says that it may be written anew.
pub const MARK: &str = "# jmake complete";

/// The fields in the order in which a text gets them: a section's keys before its tables, of which each goes before the last.
pub const WRITTEN: [Field; 6] = [Field::IncludeDirs, Field::Binaries, Field::Files, Field::OutputDir, Field::LibraryName, Field::Tools];

/// The fields that `text` does not have. An empty string counts as missing, an empty list does not.
pub fn missing(text: &str) -> Result<Vec<Field>, DocumentError> {
    let document = parse(text)?;
    Ok(Field::ALL.into_iter().filter(|field| is_missing(*field, document.as_table())).collect())
}

/// The fields of `text` of which something was filled in before and may be written anew.
pub fn marked(text: &str) -> Result<Vec<Field>, DocumentError> {
    let document = parse(text)?;
    let is_marked = |field: &Field| {
        let names: Vec<Option<&str>> =
            if field.parts().is_empty() { vec![None] } else { field.parts().iter().copied().map(Some).collect() };
        let tools = document.get("llvm").and_then(|llvm| llvm.as_table_like()?.get("tools")).and_then(Item::as_table_like);
        let names = match (field, tools) {
            (Field::Tools, Some(tools)) => tools.iter().map(|(name, _)| Some(name)).collect(),
            _ => names,
        };
        names.into_iter().any(|name| {
            let path: Vec<&str> = field.path().into_iter().chain(name).collect();
            matches!(place::find(text, document.as_item(), &path, false), Ok(Place::Present { marked: true, .. }))
        })
    };
    Ok(Field::ALL.into_iter().filter(|field| field.is_found() && is_marked(field)).collect())
}

/// The fields of `text` that somebody typed: they are left alone whatever the mode.
pub fn typed(text: &str) -> Result<Vec<Field>, DocumentError> {
    let (missing, marked) = (missing(text)?, marked(text)?);
    Ok(Field::ALL.into_iter().filter(|field| field.is_found() && !missing.contains(field) && !marked.contains(field)).collect())
}

/// Whether `text` declares targets.
pub fn has_targets(text: &str) -> Result<bool, DocumentError> {
    let document = parse(text)?;
    Ok(document.get("targets").is_some_and(|item| item.as_array_of_tables().is_some_and(|tables| !tables.is_empty()) || item.is_array()))
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
    let whole = edited(text, &field.path(), value, How { mode: Some(mode), mark: field.is_found() })?;
    match missing(&whole) {
        Ok(missing) if !missing.contains(&field) => Ok(whole),
        _ => Err(DocumentError::NoPlace(field.name().to_owned())),
    }
}

/// `text` with `value` at `path`, whatever was there. Where it says the same already, nothing changes.
pub fn set(text: &str, path: &[&str], value: &Value) -> Result<String, DocumentError> {
    let no_place = || DocumentError::NoPlace(path.join("."));
    let whole = edited(text, path, value, How { mode: None, mark: false })?;
    let document = parse(&whole).map_err(|_| no_place())?;
    let found = path.iter().try_fold(document.as_item(), |item, name| item.as_table_like()?.get(name));
    let said = |(name, leaf): (Option<&str>, &Value)| {
        let item = name.map_or(found, |name| found?.as_table_like()?.get(name));
        item.is_some_and(|item| leaf.is_in(item))
    };
    if value.leaves().into_iter().all(said) { Ok(whole) } else { Err(no_place()) }
}

/// How a value is put into a text.
#[derive(Clone, Copy)]
struct How {
    /// `None`: over whatever is there.
    mode: Option<Mode>,
    /// It may be written anew one day.
    mark: bool,
}

fn edited(text: &str, path: &[&str], value: &Value, how: How) -> Result<String, DocumentError> {
    let newline = if text.find('\n').is_some_and(|at| text[..at].ends_with('\r')) { "\r\n" } else { "\n" };
    // What follows the last line needs a line of its own; the text ends as it did all the same.
    let open = !text.is_empty() && text != "\u{feff}" && !text.ends_with('\n');
    let mut whole = if open { format!("{text}{newline}") } else { text.to_owned() };
    for (name, value) in value.leaves() {
        let path: Vec<&str> = path.iter().copied().chain(name).collect();
        if let Some(edit) = edit(&whole, &path, value, how)? {
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

fn edit(text: &str, path: &[&str], value: &Value, how: How) -> Result<Option<Edit>, DocumentError> {
    let document = parse(text)?;
    Ok(match place::find(text, document.as_item(), path, how.mark)? {
        Place::Absent { at, before, after } => Some(Edit { at: at..at, text: format!("{before}{}{after}", typed::value(value)) }),
        Place::Empty { at, rest, after } => Some(Edit { at, text: typed::inline(rest, value) + after }),
        Place::Present { item, marked } => {
            let anew = how.mode.is_none() || (how.mode == Some(Mode::Refresh) && marked);
            item.span().filter(|_| anew && !value.is_in(item)).map(|at| Edit { at, text: typed::value(value) })
        }
    })
}

fn parse(text: &str) -> Result<Document<&str>, DocumentError> {
    Document::parse(text).map_err(|error| DocumentError::NotToml(error.message().to_owned()))
}

#[cfg(test)]
mod tests;
