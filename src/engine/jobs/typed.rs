//! Between data of jobs and what is typed in jmake.toml. Does not know where it stands there.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use toml::de::DeTable;

use crate::engine::config::document::Value;
use crate::engine::config::schema;
use crate::engine::config::shown::Row;

/// `data` as a value of jmake.toml, which has no null and no lists of tables that JMake would write.
pub fn value(data: &Json) -> Result<Value, String> {
    Ok(match data {
        Json::Null => return Err("nothing came of it that could be written".to_owned()),
        Json::Bool(truth) => Value::Plain(truth.to_string()),
        Json::Number(number) => Value::Plain(number.to_string()),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => {
            let text = |item: &Json| item.as_str().map(str::to_owned).ok_or_else(|| format!("a list of other than strings: {item}"));
            Value::List(items.iter().map(text).collect::<Result<_, _>>()?)
        }
        Json::Object(entries) => {
            let entry = |(name, entry): (&String, &Json)| Ok((name.clone(), value(entry)?));
            Value::Table(entries.iter().map(entry).collect::<Result<_, String>>()?)
        }
    })
}

/// A value that was to be typed, as data.
#[must_use]
pub fn data(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::String(text.clone()),
        Value::Plain(plain) => serde_json::from_str(plain).unwrap_or(Json::Null),
        Value::List(texts) => texts.iter().cloned().map(Json::String).collect(),
        Value::Table(entries) => entries.iter().map(|(name, entry)| (name.clone(), data(entry))).collect::<Map<_, _>>().into(),
    }
}

/// All that can be said of the settings, as tables: what stands in the file `content`, and before that what counts, by `rows`.
#[must_use]
pub fn tree(content: &str, rows: &[Row]) -> Json {
    let mut tree = file(content);
    for (key, value) in settings(rows) {
        put(&mut tree, &key.split('.').collect::<Vec<_>>(), value);
    }
    tree
}

/// A file of settings, as it is typed; of one that is no TOML, what can be read.
#[must_use]
pub fn file(content: &str) -> Json {
    let table = DeTable::parse_recoverable(content).0.into_inner();
    Json::Object(table.iter().map(|(name, value)| (name.get_ref().to_string(), super::arguments::data(value.get_ref()))).collect())
}

/// What stands at `path` in tables and lists of `tree`.
#[must_use]
pub fn inner<'a>(tree: &'a Json, path: &[&str]) -> Option<&'a Json> {
    path.iter().try_fold(tree, |value, segment| match value {
        Json::Array(items) => items.get(segment.parse::<usize>().ok()?),
        other => other.get(segment),
    })
}

/// Puts `value` at `path`, as writing it into a file does: the entries of a table go to those that are there.
pub fn put(tree: &mut Json, path: &[&str], value: Json) {
    let place = path.iter().fold(tree, |tree, name| {
        if !tree.is_object() {
            *tree = Json::Object(Map::new());
        }
        &mut tree[*name]
    });
    match (place, value) {
        (Json::Object(all), Json::Object(more)) => all.extend(more),
        (place, value) => *place = value,
    }
}

/// Settings by dotted key. Lists and tables of several places are one.
fn settings(rows: &[Row]) -> BTreeMap<String, Json> {
    let mut settings: BTreeMap<String, Json> = BTreeMap::new();
    let of_a_table = |key: &str| ["targets.", "files.", "jobs."].iter().any(|table| key.starts_with(table));
    for row in rows.iter().filter(|row| schema::find(&row.key).is_some() && !of_a_table(&row.key)) {
        let Some(value) = parsed(&row.value) else { continue };
        match (settings.get_mut(&row.key), value) {
            (Some(Json::Array(all)), Json::Array(more)) => all.extend(more),
            (Some(Json::Object(all)), Json::Object(more)) => all.extend(more),
            (_, value) => drop(settings.insert(row.key.clone(), value)),
        }
    }
    settings
}

fn parsed(typed: &str) -> Option<Json> {
    file(&format!("value = {typed}")).get("value").cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn data_is_typed_and_read_again() {
        for given in [json!("a"), json!(["a", "b"]), json!(true), json!(3), json!({ "x": ["y"], "z": "w" })] {
            assert_eq!(data(&value(&given).unwrap()), given);
        }
        assert!(value(&json!(null)).is_err() && value(&json!([1])).is_err());
    }

    #[test]
    fn settings_are_what_counts_and_what_is_typed_beside_it() {
        let row = |key: &str, value: &str| Row { key: key.to_owned(), value: value.to_owned(), origin: String::new() };
        let rows = [
            row("profile", "\"dev\""),
            row("compile.flags", "[\"-O0\"]"),
            row("compile.flags", "[\"-g\"]"),
            row("compile.defines", "{ A = \"1\" }"),
            row("$CFLAGS", "\"x\""),
            row("targets.t.flags", "[\"-x\"]"),
        ];
        let content = "[compile]\nflags = ['-g']\nir_files = ['a.ll']\n[custom.mine]\ndeep = { x = [1, true] }\n[discovery.files]\n\
                       c_sources = ['a.c']\n[[targets]]\nname = 't'";
        let expect = json!({
            "compile": { "flags": ["-O0", "-g"], "defines": { "A": "1" }, "ir_files": ["a.ll"] },
            "custom": { "mine": { "deep": { "x": [1, true] } } },
            "discovery": { "files": { "c_sources": ["a.c"] } },
            "targets": [{ "name": "t" }],
        });
        let tree = tree(content, &rows);
        assert_eq!(tree, expect);
        assert_eq!(inner(&tree, &["custom", "mine", "deep", "x", "0"]), Some(&json!(1)));
        assert_eq!(inner(&tree, &["custom", "mine", "deep", "y"]), None);
    }

    #[test]
    fn values_are_put_where_a_file_would_have_them() {
        let mut tree = json!({ "a": { "b": { "x": 1 }, "c": 2 } });
        put(&mut tree, &["a", "b"], json!({ "y": 3 }));
        put(&mut tree, &["a", "c"], json!([4]));
        put(&mut tree, &["d", "e", "f"], json!("5"));
        assert_eq!(tree, json!({ "a": { "b": { "x": 1, "y": 3 }, "c": [4] }, "d": { "e": { "f": "5" } } }));
    }
}
