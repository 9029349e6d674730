//! Between data of jobs and what is typed in jmake.toml. Does not know where it stands there.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::engine::config::document::Value;
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

/// Settings by dotted key. Lists and tables of several places are one.
#[must_use]
pub fn settings(rows: &[Row]) -> BTreeMap<String, Json> {
    let mut settings: BTreeMap<String, Json> = BTreeMap::new();
    for row in rows {
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
    let table: toml::Table = format!("value = {typed}").parse().ok()?;
    serde_json::to_value(table.get("value")?).ok()
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
    fn lists_of_several_places_are_one() {
        let row = |key: &str, value: &str| Row { key: key.to_owned(), value: value.to_owned(), origin: String::new() };
        let rows = [row("a", "[\"x\"]"), row("a", "[\"y\"]"), row("b", "\"z\""), row("$CC", "clang"), row("d", "{ A = \"1\" }")];
        let expect = [("a", json!(["x", "y"])), ("b", json!("z")), ("d", json!({ "A": "1" }))];
        assert_eq!(settings(&rows), expect.map(|(key, value)| (key.to_owned(), value)).into());
    }
}
