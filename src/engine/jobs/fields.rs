//! What stands in one table of a queue, by key: the values that have the form their key wants. Does not know what keys mean.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;

use super::reading::{Items, OLD, Reader};
use crate::engine::config::keys::nearest;
use crate::engine::config::problem::Problem;
use crate::engine::config::value::Value;
use crate::engine::config::{forms, schema};

/// What stands in a table, by key.
#[derive(Default)]
pub(super) struct Fields {
    pub values: BTreeMap<&'static str, (Value, Items)>,
    pub places: BTreeMap<&'static str, Range<usize>>,
    pub wrong: bool,
}

impl Fields {
    pub fn text(&mut self, key: &str) -> Option<String> {
        match self.values.get(key) {
            Some((Value::Text(text), _)) => Some(text.clone()),
            _ => None,
        }
    }

    pub fn truth(&mut self, key: &str) -> Option<bool> {
        match self.values.get(key) {
            Some((Value::Truth(truth), _)) => Some(*truth),
            _ => None,
        }
    }

    pub fn number(&mut self, key: &str) -> Option<u64> {
        match self.values.get(key) {
            Some((Value::Number(number), _)) => Some(*number),
            _ => None,
        }
    }

    pub fn texts(&self, key: &str) -> Items {
        self.values.get(key).map(|(_, items)| items.clone()).unwrap_or_default()
    }

    /// It is there, and was said to be wrong.
    pub fn is_wrong(&self, key: &str) -> bool {
        self.wrong && self.places.contains_key(key)
    }

    pub fn place(&self, key: &str, otherwise: &Range<usize>) -> Range<usize> {
        self.places.get(key).cloned().unwrap_or_else(|| otherwise.clone())
    }
}

impl Reader<'_> {
    /// The values of a table that have the form their key wants; the others are problems.
    pub(super) fn fields(&mut self, section: &str, table: &DeTable<'_>) -> Fields {
        let mut fields = Fields::default();
        for (name, value) in table {
            let path = format!("{section}.{}", name.get_ref());
            let Some(key) = schema::find(&path) else {
                self.unknown(section, name);
                continue;
            };
            fields.places.insert(key.last(), value.span());
            if let schema::State::Inert(why) = key.state {
                self.problems.push(Problem::at(self.file, self.content, name.span(), format!("`{path}` has no effect"), why).warning());
            }
            if OLD.contains(&key.last()) {
                self.old.get_or_insert(name.span());
            }
            match forms::read(key.form, &path, value) {
                Ok(Some(read)) => drop(fields.values.insert(key.last(), (read.value, read.items))),
                Ok(None) => {}
                Err(wrongs) => {
                    fields.wrong = true;
                    wrongs.into_iter().for_each(|wrong| self.error(wrong.span, wrong.message, wrong.advice));
                }
            }
        }
        fields
    }

    fn unknown(&mut self, section: &str, name: &Spanned<std::borrow::Cow<'_, str>>) {
        let known = schema::all().iter().filter(|key| key.section() == section).map(|key| key.last());
        let advice = match nearest(name.get_ref(), known.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: {}", known.collect::<Vec<_>>().join(", ")),
        };
        self.error(name.span(), format!("there is no key `{}` in `{section}`", name.get_ref()), advice);
    }
}
