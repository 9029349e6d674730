//! Strings with `{{names}}` in them. A string that is one name has that value's type; within text, only what can be text may stand. What a name
//! is given is not looked at again. `{{{{` stands for two open braces. Does not know what names mean.

use std::ops::Range;

use serde_json::Value as Json;

/// A string with names in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Template {
    /// In their order.
    pub parts: Vec<Part>,
}

/// A part of one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Part {
    /// As it is.
    Text(String),
    /// What stands for something else.
    Name(Name),
}

/// A name with dots in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Name {
    /// What is between the dots; none is empty.
    pub segments: Vec<String>,
    /// Where it stands in its file.
    pub span: Range<usize>,
    /// The line and the column of that, from one.
    pub place: (usize, usize),
}

impl Name {
    /// As it is typed.
    #[must_use]
    pub fn dotted(&self) -> String {
        self.segments.join(".")
    }
}

/// Why a string is no template.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TemplateError {
    /// Braces that are not closed.
    #[error("`{{{{` is not closed; write a name and `}}}}` after it, or `{{{{{{{{` for two braces")]
    Open,
    /// What is between them is no name.
    #[error("`{0}` is no name; write a section and a key, such as {{{{project.root}}}}")]
    NoName(String),
}

/// Why a template cannot be filled.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FillError {
    /// The name has no value.
    #[error("`{{{{{0}}}}}` has no value")]
    Undefined(String, (usize, usize)),
    /// The value cannot stand within text.
    #[error("`{{{{{0}}}}}` is a {1}, which cannot stand within text; write it as the whole string")]
    NoText(String, &'static str, (usize, usize)),
}

impl FillError {
    /// Line and column of the name.
    #[must_use]
    pub fn place(&self) -> (usize, usize) {
        match self {
            Self::Undefined(_, place) | Self::NoText(.., place) => *place,
        }
    }
}

const OPEN: &str = "{{";
const CLOSE: &str = "}}";

impl Template {
    /// `text`, which stands at `span` of `content`.
    pub fn parse(text: &str, content: &str, span: Range<usize>) -> Result<Self, TemplateError> {
        let (mut parts, mut plain, mut rest) = (Vec::new(), String::new(), text);
        let mut from = span.start;
        while let Some(at) = rest.find(OPEN) {
            plain.push_str(&rest[..at]);
            let inner = &rest[at + OPEN.len()..];
            if let Some(after) = inner.strip_prefix(OPEN) {
                plain.push_str(OPEN);
                rest = after;
                continue;
            }
            let end = inner.find(CLOSE).ok_or(TemplateError::Open)?;
            let whole = &rest[at..at + OPEN.len() + end + CLOSE.len()];
            // With escapes in the string it may be spelled differently there: then the whole string is its place.
            let found = content.get(from..span.end).and_then(|typed| typed.find(whole)).map(|at| from + at..from + at + whole.len());
            from = found.as_ref().map_or(from, |found| found.end);
            let segments = segments(&inner[..end])?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            let span = found.unwrap_or_else(|| span.clone());
            parts.push(Part::Name(Name { segments, place: place(content, span.start), span }));
            rest = &inner[end + CLOSE.len()..];
        }
        plain.push_str(rest);
        if !plain.is_empty() || parts.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    /// Its names.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name),
            Part::Text(_) => None,
        })
    }

    /// The string, if it has no names.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// What comes of it with the values that `value` knows.
    pub fn filled(&self, value: &dyn Fn(&Name) -> Option<Json>) -> Result<Json, FillError> {
        let known = |name: &Name| value(name).ok_or_else(|| FillError::Undefined(name.dotted(), name.place));
        if let [Part::Name(name)] = self.parts.as_slice() {
            return known(name);
        }
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Name(name) => text.push_str(&in_text(name, &known(name)?)?),
            }
        }
        Ok(Json::String(text))
    }
}

fn segments(typed: &str) -> Result<Vec<String>, TemplateError> {
    let segments: Vec<String> = typed.trim().split('.').map(|segment| segment.trim().to_owned()).collect();
    let wrong = |segment: &String| segment.is_empty() || segment.contains(['{', '}', '"', '\n']);
    if segments.iter().any(wrong) { Err(TemplateError::NoName(typed.trim().to_owned())) } else { Ok(segments) }
}

/// Line and column of a byte.
fn place(content: &str, at: usize) -> (usize, usize) {
    let before = content.get(..at).unwrap_or_default();
    (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}

fn in_text(name: &Name, value: &Json) -> Result<String, FillError> {
    match value {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => Ok(number.to_string()),
        Json::Bool(truth) => Ok(truth.to_string()),
        Json::Null => Err(FillError::Undefined(name.dotted(), name.place)),
        Json::Array(_) => Err(FillError::NoText(name.dotted(), "list", name.place)),
        Json::Object(_) => Err(FillError::NoText(name.dotted(), "table", name.place)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filled(text: &str) -> Result<Json, String> {
        let content = format!("x = \"{text}\"");
        let template = Template::parse(text, &content, 4..content.len()).map_err(|error| error.to_string())?;
        let value = |name: &Name| match name.dotted().as_str() {
            "a.text" => Some(json!("T{{a.text}}")),
            "a.list" => Some(json!(["x", 1])),
            "a.number" => Some(json!(3)),
            "a.null" => Some(Json::Null),
            _ => None,
        };
        template.filled(&value).map_err(|error| error.to_string())
    }

    #[test]
    fn names_are_filled_in_once_and_keep_their_type_where_they_are_all() {
        let check = |text: &str, expect: Json| assert_eq!(filled(text), Ok(expect), "{text}");
        check("", json!(""));
        check("plain } {", json!("plain } {"));
        check("{{a.list}}", json!(["x", 1]));
        check("{{ a . list }}", json!(["x", 1]));
        check("{{a.number}}", json!(3));
        check("{{a.number}}{{a.text}}", json!("3T{{a.text}}"));
        check("<{{a.text}}/x.ll>", json!("<T{{a.text}}/x.ll>"));
        check("{{{{a}} {{a.number}} {{{{{{a.number}}", json!("{{a}} 3 {{3"));
        let fails =
            |text: &str, expect: &str| assert!(filled(text).is_err_and(|error| error.contains(expect)), "{text}: {:?}", filled(text));
        fails("{{a.list}}!", "is a list");
        fails("{{b.c}}", "`{{b.c}}` has no value");
        fails("{{a.null}}!", "no value");
        fails("{{a.text", "not closed");
        fails("{{}}", "no name");
        fails("{{a..b}}", "`a..b` is no name");
    }

    #[test]
    fn names_know_their_places() {
        let content = "x = \"<{{a.b}}{{a.b}}>\"";
        let template = Template::parse("<{{a.b}}{{a.b}}>", content, 4..content.len()).unwrap();
        assert_eq!(template.names().map(|name| name.span.clone()).collect::<Vec<_>>(), [6..13, 13..20]);
        let escaped = r#"x = "\u007b{a.b}}""#;
        let template = Template::parse("{{a.b}}", escaped, 4..escaped.len()).unwrap();
        assert_eq!(template.names().next().unwrap().span, 4..escaped.len());
    }
}
