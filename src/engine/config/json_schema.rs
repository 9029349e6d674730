//! The table of keys as JSON Schema (draft 7), for editors. Does not know editors.

use serde_json::{Map, Value, json};

use super::schema::{self, Form, IN_PROFILES, Key, SECTIONS, State};

/// The schema of jmake.toml.
#[must_use]
pub fn json_schema() -> Value {
    let mut top = properties("");
    for section in SECTIONS.iter().filter(|section| !matches!(section.name, "profile" | "targets" | "files" | "jobs" | "dependencies")) {
        top.insert(section.name.to_owned(), described(table(section.name), section.doc));
    }
    for (name, required) in [("targets", "name"), ("files", "match"), ("jobs", "id")] {
        let mut item = table(name);
        item["required"] = json!([required]);
        let doc = schema::find_section(name).map_or("", |section| section.doc);
        top.insert(name.to_owned(), described(json!({ "type": "array", "items": item }), doc));
    }
    top.insert("profile".to_owned(), profiles());
    top.insert("dependencies".to_owned(), dependencies());
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "jmake.toml",
        "description": "The settings of a project that JMake builds.",
        "type": "object",
        "properties": top,
        "additionalProperties": false,
    })
}

/// The keys and tables directly below `prefix`, which ends with a dot unless it is empty.
fn properties(prefix: &str) -> Map<String, Value> {
    let mut found = Map::new();
    for key in schema::all() {
        let Some(rest) = key.path.strip_prefix(prefix) else { continue };
        match rest.split_once('.') {
            None if !rest.contains("NAME") => {
                found.insert(rest.to_owned(), of_key(key));
            }
            Some((inner, _)) if !prefix.is_empty() && !found.contains_key(inner) => {
                found.insert(inner.to_owned(), table(&format!("{prefix}{inner}")));
            }
            _ => {}
        }
    }
    found
}

fn table(path: &str) -> Value {
    let free = path == "custom";
    json!({ "type": "object", "properties": properties(&format!("{path}.")), "additionalProperties": free })
}

fn profiles() -> Value {
    let mut profile = Map::new();
    let flat = schema::all()
        .iter()
        .filter(|key| !key.path.starts_with("targets.test."))
        .filter_map(|key| Some((key.last(), schema::find(key.of?)?)));
    profile.extend(flat.map(|(name, key)| (name.to_owned(), of_key(key))));
    profile.extend(schema::find("profile.NAME.inherits").map(|key| ("inherits".to_owned(), of_key(key))));
    profile.extend(IN_PROFILES.iter().map(|name| ((*name).to_owned(), table(name))));
    let one = json!({ "type": "object", "properties": profile, "additionalProperties": false });
    let doc = schema::find_section("profile").map_or("", |section| section.doc);
    described(json!({ "type": "object", "additionalProperties": one }), doc)
}

fn dependencies() -> Value {
    let path =
        json!({ "type": "object", "properties": { "path": { "type": "string" } }, "required": ["path"], "additionalProperties": false });
    let doc = schema::find("dependencies.NAME").map_or("", |key| key.doc);
    let mut all = table("dependencies");
    all["additionalProperties"] = described(path, doc);
    all
}

fn of_key(key: &Key) -> Value {
    let why = match key.state {
        State::Honoured | State::Record => String::new(),
        State::Only(only, why) => format!(" Always {only}: {why}."),
        State::Inert("") => " Has no effect.".to_owned(),
        State::Inert(why) => format!(" Has no effect: {why}."),
    };
    let mut described = described(of_form(key.form), &format!("{}{why}", key.doc));
    let default = (!key.default.is_empty()).then(|| serde_json::from_str(key.default)).and_then(Result::ok);
    if let Some(default) = default {
        described["default"] = default;
    }
    described
}

fn of_form(form: Form) -> Value {
    match form {
        Form::Text | Form::Path => json!({ "type": "string" }),
        Form::Texts | Form::Paths => json!({ "type": "array", "items": { "type": "string" } }),
        Form::TextsOrAll => json!({ "type": ["array", "boolean"], "items": { "type": "string" } }),
        Form::OneOrMore => json!({ "type": ["string", "array"], "items": { "type": "string" } }),
        Form::Truth => json!({ "type": "boolean" }),
        Form::Number(least, u64::MAX) => json!({ "type": "integer", "minimum": least }),
        Form::Number(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Form::Choice(choices) => {
            // What is empty counts as not given.
            let all: Vec<&str> = choices.iter().copied().chain([""]).collect();
            json!({ "type": "string", "enum": all })
        }
        Form::Choices(choices) => json!({ "type": "array", "items": { "type": "string", "enum": choices } }),
        Form::Switch(choices) => {
            let all: Vec<Value> = choices.iter().map(|choice| json!(choice)).chain([json!(true), json!(false)]).collect();
            json!({ "enum": all })
        }
        Form::Standard { cxx: true } => json!({ "type": "string", "pattern": r"^(c|gnu)\+\+[0-9][0-9a-z]$" }),
        Form::Standard { cxx: false } => json!({ "type": "string", "pattern": "^(c|gnu)[0-9][0-9a-z]$|^iso9899:" }),
        Form::Defines => json!({ "type": "object", "additionalProperties": { "type": ["string", "integer", "boolean"] } }),
        Form::Pairs => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Form::Anything => json!({}),
    }
}

fn described(mut schema: Value, doc: &str) -> Value {
    schema["description"] = json!(doc);
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The schema of the value at `path`, table by table.
    fn at<'a>(whole: &'a Value, path: &str) -> &'a Value {
        path.split('.').fold(whole, |schema, name| {
            let inner = if schema["type"] == "array" { &schema["items"] } else { schema };
            let named = &inner["properties"][name];
            if named.is_null() { &inner["additionalProperties"] } else { named }
        })
    }

    #[test]
    fn every_key_is_described_where_it_stands() {
        let whole = json_schema();
        for key in schema::all() {
            let found = at(&whole, key.path);
            assert!(
                found["description"].as_str().is_some_and(|text| text.starts_with(key.doc) || key.path.starts_with("profile")),
                "{}: {found}",
                key.path
            );
        }
    }

    #[test]
    fn values_have_their_types_and_unknown_keys_are_refused() {
        let whole = json_schema();
        let check = |path: &str, expect: Value| {
            for (name, value) in expect.as_object().unwrap() {
                assert_eq!(&at(&whole, path)[name], value, "{path}");
            }
        };
        check("compile.warnings_as_errors", json!({ "type": "boolean", "default": false }));
        check("link.lto", json!({ "enum": ["off", "thin", "full", true, false] }));
        check("compile.defines", json!({ "type": "object" }));
        check("daemon.workers", json!({ "type": "integer", "minimum": 1 }));
        check("targets", json!({ "type": "array" }));
        check("targets.test", json!({ "type": "object", "additionalProperties": false }));
        check("discovery.files", json!({ "type": "object", "additionalProperties": false }));
        check("profile.asan.sanitizers", json!({ "type": "array" }));
        check("profile.asan.target.triple", json!({ "type": "string" }));
        check("custom", json!({ "additionalProperties": true }));
        check("compile", json!({ "additionalProperties": false }));
        assert_eq!(whole["additionalProperties"], false);
        assert_eq!(whole["properties"]["targets"]["items"]["required"], json!(["name"]));
    }
}
