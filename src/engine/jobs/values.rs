//! Values that jobs are given and give: their kinds, and what a name in a template stands for. Does not know where they come from.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use serde_json::{Map, Value as Json};

use super::functions::{Call, Function};
use super::queue::{Argument, Job};
use super::template::{FillError, Name};
use super::typed;
use crate::engine::config::check::Checked;
use crate::engine::config::shown::Row;
use crate::engine::path::FilePath;
use crate::engine::request::ProjectRequest;
use crate::engine::variables::Variables;

/// What an argument may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A string.
    Text,
    /// A list of strings.
    Texts,
    /// True or false.
    Truth,
    /// A whole number.
    Number,
    /// A number.
    Decimal,
    /// A table.
    Table,
    /// A list of tables.
    Tables,
    /// A string, or true or false.
    TextOrTruth,
    /// One of these, also with a dash before it.
    Choice(&'static [&'static str]),
    /// Anything.
    Any,
}

impl Kind {
    /// As messages call it.
    #[must_use]
    pub fn in_words(self) -> String {
        let words = match self {
            Self::Text => "a string",
            Self::Texts => "a list of strings",
            Self::Truth => "true or false",
            Self::Number => "a whole number",
            Self::Decimal => "a number",
            Self::Table => "a table",
            Self::Tables => "a list of tables",
            Self::TextOrTruth => "a string, true or false",
            Self::Choice(choices) => return format!("one of {}", choices.join(", ")),
            Self::Any => "anything",
        };
        words.to_owned()
    }

    /// Whether `value` is one. A list of strings may have such lists among its items.
    #[must_use]
    pub fn fits(self, value: &Json) -> bool {
        match self {
            Self::Any => true,
            Self::Text => value.is_string(),
            Self::Texts => {
                let item = |item: &Json| item.is_string() || item.as_array().is_some_and(|items| items.iter().all(Json::is_string));
                value.as_array().is_some_and(|items| items.iter().all(item))
            }
            Self::Truth => value.is_boolean(),
            Self::Number => value.is_i64() || value.is_u64(),
            Self::Decimal => value.is_number(),
            Self::Table => value.is_object(),
            Self::Tables => value.as_array().is_some_and(|items| items.iter().all(Json::is_object)),
            Self::TextOrTruth => value.is_string() || value.is_boolean(),
            Self::Choice(choices) => value.as_str().is_some_and(|text| choices.contains(&text.trim_start_matches('-'))),
        }
    }
}

/// How a project is looked at.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names say all")]
pub struct Seen<'a> {
    pub root: &'a Path,
    pub profile: &'a str,
    pub build_dir: &'a FilePath,
}

impl<'a> Seen<'a> {
    /// As a client asks for it.
    #[must_use]
    pub fn by(project: &'a ProjectRequest) -> Self {
        Self { root: &project.root, profile: &project.profile, build_dir: &project.build_dir }
    }
}

/// The settings of a project, as they are typed and as they count.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names say all")]
pub struct Given<'a> {
    pub content: &'a str,
    pub rows: &'a [Row],
}

impl<'a> Given<'a> {
    /// As checking found them.
    #[must_use]
    pub fn of(checked: &'a Checked) -> Self {
        Self { content: &checked.content, rows: &checked.rows }
    }
}

/// Why a job cannot be given its arguments.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{why}")]
pub struct Unfit {
    /// In a sentence.
    pub why: String,
    /// The line and column of what is to be changed.
    pub place: Option<(usize, usize)>,
}

/// What the names of a queue's templates stand for.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// The project's root.
    pub root: String,
    /// The settings' file.
    pub config_path: String,
    /// Variables of whoever runs the queue.
    pub env: BTreeMap<String, String>,
    /// Settings, as tables, with what jobs put into them.
    pub settings: Json,
    /// Results of jobs that completed, by id.
    pub results: BTreeMap<String, Json>,
}

impl Values {
    /// What stands for something before any job ran: the project with these settings, and these variables.
    #[must_use]
    pub fn of_project(project: &Seen<'_>, config_path: &Path, variables: &Variables, given: &Given<'_>) -> Self {
        let mut settings = typed::tree(given.content, given.rows);
        for (section, usual) in [("compile", "ir"), ("link", "ir"), ("binary", "lib")] {
            let path = [section, "output_dir"];
            let dir = typed::inner(&settings, &path).and_then(Json::as_str).map(|dir| dir.replace("{profile}", project.profile));
            let usual = || project.build_dir.join(project.profile).join(usual).to_string();
            typed::put(&mut settings, &path, Json::String(dir.unwrap_or_else(usual)));
        }
        let root = project.root.to_string_lossy().into_owned();
        typed::put(&mut settings, &["project", "root"], Json::String(root.clone()));
        let text = |(name, value): &(OsString, OsString)| Some((name.to_str()?.to_owned(), value.to_str()?.to_owned()));
        Self {
            root,
            config_path: config_path.to_string_lossy().into_owned(),
            env: variables.all().iter().filter_map(text).collect(),
            settings,
            ..Self::default()
        }
    }

    /// What `name` stands for now.
    #[must_use]
    pub fn of(&self, name: &Name) -> Option<Json> {
        let segments: Vec<&str> = name.segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["config_path"] => Some(Json::String(self.config_path.clone())),
            ["env", variable] => self.env.get(*variable).cloned().map(Json::String),
            ["jobs", id, "result", rest @ ..] => typed::inner(self.results.get(*id)?, rest).cloned(),
            _ => typed::inner(&self.settings, &segments).cloned(),
        }
    }

    /// A job completed: its result can be named, and what it writes into the settings too.
    pub fn completed(&mut self, job: &Job, result: Json) {
        if let (Some(section), Some(value)) = (&job.target_section, primary(job, &result)) {
            typed::put(&mut self.settings, &section.iter().map(String::as_str).collect::<Vec<_>>(), value.clone());
        }
        if job.function.call == Call::UpdateConfig
            && let Ok(arguments) = self.arguments(job)
            && let (Some(section), Some(data)) = (arguments["section"].as_str(), arguments.get("data"))
        {
            typed::put(&mut self.settings, &section.split('.').collect::<Vec<_>>(), data.clone());
        }
        self.results.insert(job.id.clone(), result);
    }

    /// `argument` with all of its templates filled.
    pub fn filled(&self, argument: &Argument) -> Result<Json, FillError> {
        match argument {
            Argument::Data(data) => Ok(data.clone()),
            Argument::Filled(template) => template.filled(&|name| self.of(name)),
            Argument::List(items) => items.iter().map(|item| self.filled(item)).collect::<Result<_, _>>().map(Json::Array),
            Argument::Table(entries) => {
                let entry = |(name, entry): (&String, &Argument)| Ok((name.clone(), self.filled(entry)?));
                entries.iter().map(entry).collect::<Result<Map<_, _>, _>>().map(Json::Object)
            }
        }
    }

    /// All arguments of `job`, each of its kind.
    ///
    /// # Errors
    /// One is not, or stands for nothing.
    pub fn arguments(&self, job: &Job) -> Result<Map<String, Json>, Unfit> {
        let mut arguments = Map::new();
        for (name, argument) in &job.args {
            let unfilled = |error: FillError| Unfit { why: format!("args.{name}: {error}"), place: Some(error.place()) };
            let value = self.filled(argument).map_err(unfilled)?;
            let kind = job.function.parameter(name).map_or(Kind::Any, |parameter| parameter.kind);
            if !kind.fits(&value) {
                let mut place = None;
                argument.templates(&mut |template| place = place.or(template.names().next().map(|name| name.place)));
                let why = format!("args.{name} of `{}` must be {}, and became {value}", job.function.name, kind.in_words());
                return Err(Unfit { why, place });
            }
            arguments.insert(name.clone(), value);
        }
        Ok(arguments)
    }
}

/// What of a job's result its `target_section` receives.
#[must_use]
pub fn primary<'a>(job: &Job, result: &'a Json) -> Option<&'a Json> {
    primary_of(job.function, result)
}

/// What a `target_section` receives of a function's result.
#[must_use]
pub fn primary_of<'a>(function: &Function, result: &'a Json) -> Option<&'a Json> {
    result.get(function.primary).filter(|value| !value.is_null())
}
