//! One settings file as its user typed it: each value with its place, each problem, too. Does not know defaults or other files.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Problem;
use super::schema::{self, Form, Key, State};
use super::targets::Dependency;
use super::value::{Entry, Table};
use super::{forms, syntax, unknown};
use crate::engine::path::FilePath;

/// What one file says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Raw {
    /// The file, as messages call it.
    pub file: String,
    /// All but what follows.
    pub table: Table,
    /// `[profile.NAME]`.
    pub profiles: BTreeMap<String, Table>,
    /// `[[targets]]`.
    pub targets: Vec<Table>,
    /// `[[files]]`.
    pub files: Vec<Table>,
    /// `[dependencies]`, but for `pkg_config`, with line and column.
    pub dependencies: Vec<(Dependency, (usize, usize), Range<usize>)>,
    /// Sections that nothing is made of.
    pub inert: Vec<String>,
}

/// Whose file it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Owner {
    /// The project's jmake.toml.
    Project,
    /// The user's own.
    User,
}

/// What could be read, and all that is wrong or has no effect, in the order of the file.
#[must_use]
pub fn read(file: &str, content: &str, owner: Owner) -> (Raw, Vec<Problem>) {
    let lines = std::iter::once(0).chain(content.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let raw = Raw { file: file.to_owned(), ..Raw::default() };
    let mut reader = Reader { file, content, lines, owner, raw, problems: Vec::new(), unread: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(content);
    if errors.is_empty() {
        reader.top(table.get_ref());
    }
    let errors = errors.iter().map(|error| (error.message().trim(), error.span().unwrap_or(0..0)));
    for (at, message, advice) in syntax::slips(content, errors) {
        reader.error(at, message, advice);
    }
    reader.problems.sort_by_key(|p| (p.line, p.column));
    reader.raw.table.entries.sort_by_key(|entry| entry.span.start);
    reader.raw.dependencies.sort_by_key(|(.., span)| span.start);
    (reader.raw, reader.problems)
}

pub(super) type Typed<'i> = Spanned<DeValue<'i>>;

pub(super) struct Reader<'a> {
    file: &'a str,
    content: &'a str,
    lines: Vec<usize>,
    owner: Owner,
    raw: Raw,
    problems: Vec<Problem>,
    /// Keys of the table at hand whose values could not be read.
    unread: Vec<&'static str>,
}

/// Where keys are looked up, and how messages call them.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// What stands before a key in the schema, with its dot.
    pub(super) schema: String,
    /// What stands before it in messages, with its dot.
    pub(super) shown: String,
    /// What kind of table it is.
    pub(super) kind: Kind,
}

/// A kind of table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// The file itself.
    File,
    /// `[profile.NAME]`
    Profile,
    /// `[[targets]]` or `[[files]]`
    Item,
}

impl Reader<'_> {
    fn top(&mut self, table: &DeTable<'_>) {
        let scope = Scope { schema: String::new(), shown: String::new(), kind: Kind::File };
        for (name, value) in table {
            let section = schema::find_section(name.get_ref());
            if self.owner == Owner::User && section.is_some_and(|section| !section.of_user) {
                let message = format!("`{}` has no effect in your own file", name.get_ref());
                self.warn(name.span(), message, "write it into the project's jmake.toml");
                continue;
            }
            match name.get_ref().as_ref() {
                "custom" | "job_queue" | "jobs" => {}
                "profile" => self.profiles(value),
                "targets" | "files" => self.items(name.get_ref(), value),
                "dependencies" => self.dependencies(value),
                other if section.is_some_and(|section| section.inert.is_some()) => self.inert(other, name, value),
                _ => {
                    let mut entries = Vec::new();
                    self.entry(&scope, name, value, &mut entries);
                    self.raw.table.entries.extend(entries);
                }
            }
        }
    }

    fn table(&mut self, scope: &Scope, table: &DeTable<'_>) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (name, value) in table {
            self.entry(scope, name, value, &mut entries);
        }
        entries.sort_by_key(|entry| entry.span.start);
        entries
    }

    fn entry(&mut self, scope: &Scope, name: &Spanned<std::borrow::Cow<'_, str>>, value: &Typed<'_>, entries: &mut Vec<Entry>) {
        let path = format!("{}{}", scope.schema, name.get_ref());
        let shown = format!("{}{}", scope.shown, name.get_ref());
        if let Some(key) = lookup(scope, &path, name.get_ref()) {
            entries.extend(self.known(key, &shown, value));
        } else if schema::is_table(&path) && (scope.kind != Kind::Profile || schema::IN_PROFILES.contains(&name.get_ref().as_ref())) {
            let kind = if scope.kind == Kind::Profile { Kind::File } else { scope.kind };
            match value.get_ref() {
                DeValue::Table(table) => {
                    let inner = Scope { schema: format!("{path}."), shown: format!("{shown}."), kind };
                    entries.extend(self.table(&inner, table));
                }
                _ => self.wrong(&shown, "a table", value, &format!("write it as a table: [{shown}]")),
            }
        } else {
            let typed = self.content.get(value.span()).unwrap_or_default();
            let (message, advice) = unknown::say(scope, name.get_ref(), value.get_ref(), typed);
            self.warn(name.span(), message, advice);
        }
    }

    fn known(&mut self, key: &'static Key, shown: &str, value: &Typed<'_>) -> Option<Entry> {
        if key.form == Form::TextsOrAll && value.get_ref().as_bool() == Some(false) {
            self.warn(value.span(), format!("`{shown}` has no effect as false"), "remove it, or name what is offered: [\"…\"]");
            return None;
        }
        let read = forms::read(key.form, shown, value);
        match key.state {
            State::Honoured => {}
            State::Record => return read.ok()?.map(|read| self.made(key, read, value.span())),
            State::Inert(why) => {
                self.warn(value.span(), format!("`{shown}` has no effect"), why);
                return None;
            }
            State::Only(only, why) => {
                if read.ok().flatten().is_none_or(|read| read.value.toml() != only) {
                    self.warn(value.span(), format!("`{shown}` is always {only}"), why);
                }
                return None;
            }
        }
        match read {
            Ok(read) => read.map(|read| self.made(key, read, value.span())),
            Err(wrongs) => {
                wrongs.into_iter().for_each(|wrong| self.error(wrong.span, wrong.message, wrong.advice));
                self.unread.push(key.path);
                None
            }
        }
    }

    fn made(&self, key: &'static Key, read: forms::Read, span: Range<usize>) -> Entry {
        let place = self.place(span.start);
        Entry { key, value: read.value, items: read.items, span, place }
    }

    /// A section that is not built is warned of once, unless it is turned off.
    fn inert(&mut self, section: &str, name: &Spanned<std::borrow::Cow<'_, str>>, value: &Typed<'_>) {
        let Some(why) = schema::find_section(section).and_then(|section| section.inert) else { return };
        self.raw.inert.push(section.to_owned());
        let off = value.get_ref().as_table().and_then(|table| table.get("enabled")).and_then(|enabled| enabled.get_ref().as_bool());
        if off != Some(false) {
            self.warn(name.span(), format!("`{section}` has no effect"), why);
        }
    }

    fn profiles(&mut self, value: &Typed<'_>) {
        let DeValue::Table(profiles) = value.get_ref() else {
            return self.wrong("profile", "a table", value, "write [profile.NAME] and below it flags = [\"-O1\"]");
        };
        for (name, value) in profiles {
            let shown = format!("profile.{}", name.get_ref());
            let DeValue::Table(table) = value.get_ref() else {
                let advice = format!("write [{shown}] and below it flags = [\"-O1\"]");
                self.wrong(&shown, "a table", value, &advice);
                continue;
            };
            let scope = Scope { schema: String::new(), shown: format!("{shown}."), kind: Kind::Profile };
            let entries = self.table(&scope, table);
            self.raw.profiles.insert(name.get_ref().to_string(), Table { entries, span: name.span(), unread: Vec::new() });
        }
    }

    fn items(&mut self, name: &str, value: &Typed<'_>) {
        let tables = value.get_ref().as_array().filter(|items| items.iter().all(|item| item.get_ref().is_table()));
        let Some(tables) = tables else {
            return self.wrong(name, "a list of tables", value, &format!("write [[{name}]] with two brackets on each side, once for each"));
        };
        for table in tables {
            let DeValue::Table(entries) = table.get_ref() else { continue };
            let scope = Scope { schema: format!("{name}."), shown: format!("{name}."), kind: Kind::Item };
            self.unread.clear();
            let entries = self.table(&scope, entries);
            let table = Table { entries, span: table.span(), unread: std::mem::take(&mut self.unread) };
            if name == "targets" { self.raw.targets.push(table) } else { self.raw.files.push(table) }
        }
    }

    fn dependencies(&mut self, value: &Typed<'_>) {
        let DeValue::Table(entries) = value.get_ref() else {
            return self.wrong("dependencies", "a table", value, "write it as a table: [dependencies]");
        };
        let scope = Scope { schema: "dependencies.".to_owned(), shown: "dependencies.".to_owned(), kind: Kind::File };
        for (name, value) in entries {
            let key = name.get_ref().as_ref();
            let path = value.get_ref().as_table().and_then(|table| table.get("path")).and_then(|path| path.get_ref().as_str());
            if key == "pkg_config" || unknown::of_another_dialect(&format!("dependencies.{key}")) {
                let mut found = Vec::new();
                self.entry(&scope, name, value, &mut found);
                self.raw.table.entries.extend(found);
            } else if let Some(path) = path.filter(|path| !path.is_empty() && !path.contains('\0')) {
                let path = FilePath::new(crate::engine::path::fold(std::path::Path::new(path)));
                if let Some(State::Inert(why)) = schema::find("dependencies.NAME").map(|key| key.state) {
                    self.warn(name.span(), format!("`dependencies.{key}` has no effect"), why);
                }
                let place = self.place(value.span().start);
                self.raw.dependencies.push((Dependency::Path { name: key.to_owned(), path }, place, value.span()));
            } else {
                let advice = format!("write {key} = {{ path = \"../{key}\" }}, or pkg_config = [\"{key}\"] for one that is installed");
                self.error(value.span(), format!("`dependencies.{key}` must be a table with a `path`"), advice);
            }
        }
    }

    fn place(&self, at: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= at);
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(0);
        (line, self.content.get(start..at).map_or(1, |text| text.chars().count() + 1))
    }

    fn wrong(&mut self, shown: &str, wanted: &str, value: &Typed<'_>, advice: &str) {
        let wrong = forms::wrong(shown, wanted, value, advice);
        self.error(wrong.span, wrong.message, wrong.advice);
    }

    fn error(&mut self, span: Range<usize>, message: impl Into<String>, advice: impl Into<String>) {
        self.problems.push(Problem::at(self.file, self.content, span, message, advice));
    }

    fn warn(&mut self, span: Range<usize>, message: impl Into<String>, advice: impl Into<String>) {
        self.problems.push(Problem::at(self.file, self.content, span, message, advice).warning());
    }
}

/// A profile knows its own keys, and those that a target may have beyond the project's.
fn lookup(scope: &Scope, path: &str, name: &str) -> Option<&'static Key> {
    if scope.kind != Kind::Profile {
        return schema::find(path).filter(|key| !key.path.contains("NAME"));
    }
    match name {
        "inherits" => schema::find("profile.NAME.inherits"),
        _ => schema::find(&format!("targets.{name}")).and_then(|key| key.of).and_then(schema::find),
    }
}
