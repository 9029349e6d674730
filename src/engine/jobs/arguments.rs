//! The arguments of a job as they are typed, held against what its function takes. Does not know what templates will be: each stands for what
//! is wanted there.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Number, Value as Json};
use toml::Spanned;
use toml::de::DeValue;

use super::functions::Function;
use super::queue::Argument;
use super::reading::{Reader, Typed};
use super::values::Kind;
use crate::engine::config::keys::nearest;

impl Reader<'_> {
    pub(super) fn args(
        &mut self,
        function: Option<&Function>,
        value: &Typed<'_>,
    ) -> (BTreeMap<String, Argument>, BTreeMap<String, Range<usize>>) {
        let (mut args, mut places) = (BTreeMap::new(), BTreeMap::new());
        let DeValue::Table(table) = value.get_ref() else {
            self.error(value.span(), "`args` must be a table", "write [jobs.args], and the arguments below it");
            return (args, places);
        };
        for (name, value) in table {
            places.insert(name.get_ref().to_string(), value.span());
            let parameter = function.map(|function| (function, function.parameter(name.get_ref())));
            if let Some((function, None)) = parameter {
                let known: Vec<&str> = function.parameters.iter().map(|parameter| parameter.name).collect();
                let near = nearest(name.get_ref(), known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
                let takes = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
                let advice = near.unwrap_or_else(|| format!("it takes {takes}"));
                self.error(name.span(), format!("`{}` takes no argument `{}`", function.name, name.get_ref()), advice);
            }
            if let Some(argument) = self.argument(value) {
                let kind = parameter.and_then(|(_, parameter)| parameter).map_or(Kind::Any, |parameter| parameter.kind);
                self.fits(kind, name.get_ref(), &argument, value);
                args.insert(name.get_ref().to_string(), argument);
            }
        }
        (args, places)
    }

    fn fits(&mut self, kind: Kind, name: &str, argument: &Argument, value: &Typed<'_>) {
        let fits = match argument {
            Argument::Filled(template) => {
                template.parts.len() == 1 || matches!(kind, Kind::Text | Kind::TextOrTruth | Kind::Choice(_) | Kind::Any)
            }
            Argument::List(items) => {
                let text = |item: &Argument| matches!(item, Argument::Filled(_) | Argument::Data(Json::String(_)));
                kind == Kind::Any || kind == Kind::Texts && items.iter().all(text)
            }
            Argument::Table(_) => matches!(kind, Kind::Any | Kind::Table),
            Argument::Data(data) => kind.fits(data),
        };
        if !fits {
            let typed = value.get_ref().as_str().filter(|_| matches!(kind, Kind::Choice(_))).map(|text| format!("\"{text}\""));
            let typed = typed.unwrap_or_else(|| value.get_ref().type_str().to_owned());
            let message = format!("`args.{name}` must be {}, not {typed}", kind.in_words());
            self.error(value.span(), message, "`jmake jobs list --functions` says what each function takes");
        }
    }

    fn argument(&mut self, value: &Typed<'_>) -> Option<Argument> {
        Some(match value.get_ref() {
            DeValue::String(text) => match self.parsed(text, value.span())? {
                template if template.plain().is_some() => Argument::Data(Json::String(template.plain().unwrap_or_default().to_owned())),
                template => Argument::Filled(template),
            },
            DeValue::Array(items) => Argument::List(items.iter().filter_map(|item| self.argument(item)).collect()),
            DeValue::Table(table) => {
                let entry = |(name, value): (&Spanned<std::borrow::Cow<'_, str>>, &Typed<'_>)| {
                    Some((name.get_ref().to_string(), self.argument(value)?))
                };
                Argument::Table(table.iter().filter_map(entry).collect())
            }
            other => Argument::Data(data(other)),
        })
    }
}

/// A value of TOML in the types of JSON.
pub(super) fn data(value: &DeValue<'_>) -> Json {
    match value {
        DeValue::String(text) => Json::String(text.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()) {
            Ok(number) => Json::from(number),
            Err(_) => Json::String(number.as_str().to_owned()),
        },
        DeValue::Float(number) => {
            let number = number.as_str().replace('_', "").parse().ok().and_then(Number::from_f64);
            number.map_or(Json::Null, Json::Number)
        }
        DeValue::Boolean(truth) => Json::Bool(*truth),
        DeValue::Datetime(time) => Json::String(time.to_string()),
        DeValue::Array(items) => Json::Array(items.iter().map(|item| data(item.get_ref())).collect()),
        DeValue::Table(table) => {
            Json::Object(table.iter().map(|(name, value)| (name.get_ref().to_string(), data(value.get_ref()))).collect())
        }
    }
}
