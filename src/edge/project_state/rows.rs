//! The state file as tables. Records name what they share with others by number; a record that names what is not there is none, and
//! its step runs again. All that is written together is there together.

use std::collections::HashSet;
use std::path::Path;

use redb::{Database, Durability, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine::digest::Digest;
use crate::engine::fingerprint::{Field, Input, Item, Rows, Swept};
use crate::engine::path::FilePath;
use crate::engine::scan::comment_blind::CommentBlind;

/// So many bytes of pages are kept: records are read once, and the system keeps them, too.
const PAGES: usize = 1 << 20;
/// Changes with the format of what is stored; files of another format are set aside.
const FORMAT: u64 = 10;

type Numbered = TableDefinition<'static, u32, &'static [u8]>;

const FORMATS: TableDefinition<'_, &str, u64> = TableDefinition::new("format");
const LAST_RUN: &str = "last run";
const STEPS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("steps");
const TEXTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("texts");

/// Where items of a kind are, and runs of them.
struct Tables {
    items: Numbered,
    runs: Numbered,
}

const INPUTS: Tables = Tables { items: Numbered::new("inputs"), runs: Numbered::new("input runs") };
const FIELDS: Tables = Tables { items: Numbered::new("fields"), runs: Numbered::new("field runs") };

/// All of one file.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub inputs: Rows<Input>,
    pub fields: Rows<Field>,
    /// Records as they are written, by the path of a step's first output; nothing where there are none any more.
    pub steps: Vec<(FilePath, Vec<u8>)>,
    /// What was left of texts without their comments, by the content that a record names.
    pub texts: Vec<(Digest, CommentBlind)>,
    /// The newest run of an opaque command that the records tell of.
    pub last_run: Option<u64>,
}

/// What is written at once.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub content: Content,
    /// What nobody names any more.
    pub swept: (Swept, Swept),
    /// If something was swept, the contents that are named still.
    pub named: Option<HashSet<Digest>>,
}

/// Opens a file, or makes it.
pub(super) fn open(path: &Path) -> Result<Database, redb::Error> {
    let database = Database::builder().set_cache_size(PAGES).create(path)?;
    match format(&database)? {
        Some(FORMAT) => Ok(database),
        Some(_) => Err(redb::Error::Corrupted("another version of JMake wrote it".to_owned())),
        None => {
            let write = database.begin_write()?;
            write.open_table(FORMATS)?.insert("format", FORMAT)?;
            write.open_table(STEPS)?;
            for tables in [INPUTS, FIELDS] {
                write.open_table(tables.items)?;
                write.open_table(tables.runs)?;
            }
            write.commit()?;
            Ok(database)
        }
    }
}

/// What is written in a database that is not new. Only reads: a full disk is no reason not to look.
/// Why a database could not be opened, in words.
pub fn reason(error: redb::Error) -> String {
    match error {
        redb::Error::Corrupted(why) => why,
        other => other.to_string(),
    }
}

fn format(database: &Database) -> Result<Option<u64>, redb::Error> {
    match database.begin_read()?.open_table(FORMATS) {
        Ok(formats) => Ok(formats.get("format")?.map(|value| value.value())),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Everything, as of one moment.
pub(super) fn read(database: &Database) -> Result<Content, redb::Error> {
    let read = database.begin_read()?;
    let mut content = Content { last_run: read.open_table(FORMATS)?.get(LAST_RUN)?.map(|value| value.value()), ..Content::default() };
    content.inputs.items = numbered(read.open_table(INPUTS.items)?)?;
    content.inputs.runs = numbered(read.open_table(INPUTS.runs)?)?;
    content.fields.items = numbered(read.open_table(FIELDS.items)?)?;
    content.fields.runs = numbered(read.open_table(FIELDS.runs)?)?;
    for row in read.open_table(STEPS)?.iter()? {
        let (path, records) = row?;
        content.steps.push((FilePath::from_bytes(path.value()), records.value().to_vec()));
    }
    match read.open_table(TEXTS) {
        Ok(texts) => {
            for row in texts.iter()? {
                let (of, text) = row?;
                content.texts.extend(postcard::from_bytes(of.value()).ok().zip(postcard::from_bytes(text.value()).ok()));
            }
        }
        // Nothing was ever written there.
        Err(redb::TableError::TableDoesNotExist(_)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(content)
}

/// Rows that cannot be read are left out.
fn numbered<T: DeserializeOwned>(table: impl ReadableTable<u32, &'static [u8]>) -> Result<Vec<(u32, T)>, redb::Error> {
    let mut all = Vec::new();
    for row in table.iter()? {
        let (number, value) = row?;
        all.extend(postcard::from_bytes(value.value()).ok().map(|value| (number.value(), value)));
    }
    Ok(all)
}

/// Writes all of it durably, or nothing.
pub(super) fn write(database: &Database, batch: &Batch) -> Result<(), redb::Error> {
    let mut write = database.begin_write()?;
    write.set_durability(Durability::Immediate)?;
    if let Some(run) = batch.content.last_run {
        write.open_table(FORMATS)?.insert(LAST_RUN, run)?;
    }
    put(&write, &INPUTS, &batch.content.inputs, &batch.swept.0)?;
    put(&write, &FIELDS, &batch.content.fields, &batch.swept.1)?;
    {
        let mut table = write.open_table(STEPS)?;
        for (path, records) in &batch.content.steps {
            if records.is_empty() {
                table.remove(path.as_bytes())?;
            } else {
                table.insert(path.as_bytes(), records.as_slice())?;
            }
        }
        let mut texts = write.open_table(TEXTS)?;
        for (content, text) in &batch.content.texts {
            if let (Ok(of), Ok(text)) = (postcard::to_stdvec(content), postcard::to_stdvec(text)) {
                texts.insert(of.as_slice(), text.as_slice())?;
            }
        }
        if let Some(named) = &batch.named {
            texts.retain(|of, _| postcard::from_bytes(of).is_ok_and(|content| named.contains(&content)))?;
        }
    }
    write.commit()?;
    Ok(())
}

fn put<T: Item + Serialize>(write: &WriteTransaction, tables: &Tables, rows: &Rows<T>, swept: &Swept) -> Result<(), redb::Error> {
    let mut items = write.open_table(tables.items)?;
    for (number, item) in &rows.items {
        insert(&mut items, *number, item.as_ref())?;
    }
    for number in &swept.items {
        items.remove(number)?;
    }
    let mut runs = write.open_table(tables.runs)?;
    for (number, members) in &rows.runs {
        insert(&mut runs, *number, members)?;
    }
    for number in &swept.runs {
        runs.remove(number)?;
    }
    Ok(())
}

/// What cannot be encoded is not there, and neither is what names it.
fn insert(table: &mut redb::Table<'_, u32, &'static [u8]>, number: u32, value: &impl Serialize) -> Result<(), redb::Error> {
    if let Ok(encoded) = postcard::to_stdvec(value) {
        table.insert(number, encoded.as_slice())?;
    }
    Ok(())
}
