//! A queue from a text, with all that is wrong with it. Types are those of the schema's table; what jobs mean to each other is looked at in
//! [`super::check`]. Does not know where the text comes from.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use serde_json::{Map, Value as Json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::arguments::data;
use super::check;
use super::fields::Fields;
use super::functions::{self, FUNCTIONS, Function, Parameter};
use super::generation;
use super::places;
use super::queue::{Job, Options, Places, Queue, When};
use super::template::Template;
use super::values::Values;
use crate::engine::config::keys::nearest;
use crate::engine::config::problem::{Problem, Severity};
use crate::engine::config::syntax;
use crate::engine::digest::Digest;

pub(super) type Typed<'i> = Spanned<DeValue<'i>>;

/// Keys that say who did what in the original.
pub(super) const OLD: &[&str] = &["daemon", "port", "status"];
/// So many jobs are a mistake.
const MOST_JOBS: usize = 10_000;

/// The queue of `content`, unless something is wrong with it; and all that is, in the order of the file. `values` are what its templates can
/// name before any job ran.
#[must_use]
pub fn read(file: &str, content: &str, values: &Values) -> (Option<Queue>, Vec<Problem>) {
    let mut reader = Reader { file, content, problems: Vec::new(), old: None };
    let (table, errors) = DeTable::parse_recoverable(content);
    for (at, message, advice) in syntax::slips(content, errors.iter().map(|error| (error.message().trim(), error.span().unwrap_or(0..0)))) {
        reader.error(at, message, advice);
    }
    let mut queue = None;
    if errors.is_empty() {
        let (options, mut jobs, named) = reader.top(table.get_ref());
        check::depend(&mut jobs, &named, &mut reader);
        check::values(&jobs, values, &mut reader);
        generation::check(&jobs, values, &mut reader);
        queue = Some(Queue { file: file.to_owned(), options, jobs });
    }
    reader.note_old();
    reader.problems.sort_by_key(|problem| (problem.line, problem.column));
    let wrong = reader.problems.iter().any(|problem| problem.severity == Severity::Error);
    (queue.filter(|_| !wrong), reader.problems)
}

/// Why a queue in `file` with these problems is not run.
#[must_use]
pub fn refusal(file: &str, problems: &[Problem]) -> String {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    format!("the jobs of {file} cannot be run{}", errors.map(|error| format!("\n{error}")).collect::<String>())
}

/// The jobs of `content`, if it has any, and what is wrong with them or with what is said of them all.
#[must_use]
pub fn problems(file: &str, content: &str, values: &Values) -> (Option<Queue>, Vec<Problem>) {
    let (table, errors) = DeTable::parse_recoverable(content);
    if !errors.is_empty() {
        return (None, Vec::new());
    }
    if table.get_ref().contains_key("jobs") {
        return read(file, content, values);
    }
    let mut reader = Reader { file, content, problems: Vec::new(), old: None };
    reader.options_of(table.get_ref());
    (None, reader.problems)
}

pub(super) struct Reader<'a> {
    pub(super) file: &'a str,
    pub(super) content: &'a str,
    pub(super) problems: Vec<Problem>,
    /// Where a key of the original was first seen.
    pub(super) old: Option<Range<usize>>,
}

/// Strings of a list, each with its place.
pub(super) type Items = Vec<(String, Range<usize>)>;
/// What jobs name in `depends_on`, by job.
pub(super) type Named = Vec<Items>;

impl Reader<'_> {
    fn top(&mut self, table: &DeTable<'_>) -> (Options, Vec<Job>, Named) {
        let options = self.options_of(table);
        let (mut jobs, mut named) = (Vec::new(), Vec::new());
        for value in self.tables(table.get("jobs")) {
            let DeValue::Table(table) = value.get_ref() else { continue };
            if let Some((job, names)) = self.job(table, value.span()) {
                jobs.push(job);
                named.push(names);
            }
        }
        (options, jobs, named)
    }

    fn options_of(&mut self, table: &DeTable<'_>) -> Options {
        match table.get("job_queue").map(|value| (value.get_ref(), value)) {
            None => Options::default(),
            Some((DeValue::Table(table), _)) => self.options(table),
            Some((_, value)) => {
                self.error(value.span(), "`job_queue` must be a table", "write [job_queue], and its keys below it");
                Options::default()
            }
        }
    }

    fn tables<'t, 'i>(&mut self, value: Option<&'t Typed<'i>>) -> Vec<&'t Typed<'i>> {
        let Some(value) = value else {
            self.error(0..0, "there are no jobs", "write [[jobs]] for each, with an `id` and a `callback` below it");
            return Vec::new();
        };
        let items: Vec<&Typed<'_>> = value.get_ref().as_array().into_iter().flatten().collect();
        if items.is_empty() || !items.iter().all(|item| item.get_ref().is_table()) {
            self.error(value.span(), "`jobs` must be a list of tables", "write [[jobs]] with two brackets on each side, once for each");
            return Vec::new();
        }
        if let Some(more) = items.get(MOST_JOBS) {
            self.error(more.span(), format!("there are {} jobs, and {MOST_JOBS} is the most", items.len()), "use several queues");
            return Vec::new();
        }
        items
    }

    fn options(&mut self, table: &DeTable<'_>) -> Options {
        let mut fields = self.fields("job_queue", table);
        let default = Options::default();
        Options {
            enabled: fields.truth("enabled").unwrap_or(default.enabled),
            auto_execute: fields.truth("auto_execute").unwrap_or(default.auto_execute),
            persistence: fields.truth("persistence").unwrap_or(default.persistence),
            most_at_once: fields.number("max_concurrent_jobs").and_then(|number| usize::try_from(number).ok()),
            timeout: fields.number("job_timeout_seconds").map(Duration::from_secs),
            retries: fields.number("max_retries").and_then(|number| u32::try_from(number).ok()).unwrap_or(default.retries),
            retry_delay: fields.number("retry_delay_seconds").map_or(default.retry_delay, Duration::from_secs),
        }
    }

    fn job(&mut self, table: &DeTable<'_>, whole: Range<usize>) -> Option<(Job, Items)> {
        let mut fields = self.fields("jobs", table);
        let id = self.id(&mut fields, &whole);
        let function = self.function(&mut fields, &whole);
        let target_section = self.section(&mut fields);
        let args = table.get("args").map(|args| self.args(function, args)).unwrap_or_default();
        let env = table.get("env").map(|env| self.templates(env)).unwrap_or_default();
        let cwd = table.get("cwd").and_then(|cwd| self.template(cwd));
        let (inputs, outputs) = (self.list(&fields, "inputs"), self.list(&fields, "outputs"));
        let (id, function) = (id?, function?);
        if table.get("args").is_none_or(|args| args.get_ref().is_table()) {
            self.missing(function, &args.1, &fields, &whole);
        }
        let places = Places {
            whole: whole.clone(),
            depends_on: fields.texts("depends_on").into_iter().map(|(_, span)| span).collect(),
            outputs: fields.texts("outputs").into_iter().map(|(_, span)| span).collect(),
            keys: fields.places.clone(),
            args: args.1,
        };
        let job = Job {
            id,
            label: fields.text("type").unwrap_or_default(),
            priority: fields.number("priority").unwrap_or(5),
            depends_on: Vec::new(),
            target_section,
            function,
            args: args.0,
            retries: fields.number("retries").and_then(|number| u32::try_from(number).ok()),
            timeout: fields.number("timeout").map(Duration::from_secs),
            when: when(&mut fields),
            env,
            cwd,
            inputs,
            outputs,
            digest: digest(table),
            line: self.content[..whole.start.min(self.content.len())].matches('\n').count() + 1,
            places,
        };
        Some((job, fields.texts("depends_on")))
    }

    fn id(&mut self, fields: &mut Fields, whole: &Range<usize>) -> Option<String> {
        let wrong = |c: char| !(c.is_alphanumeric() || c == '_' || c == '-');
        match fields.text("id") {
            Some(id) if id.contains(wrong) => {
                let advice = "use letters, digits, `_` and `-`, so that templates can name it";
                self.error(fields.place("id", whole), format!("`{id}` cannot be the id of a job"), advice);
                None
            }
            Some(id) => Some(id),
            None if fields.is_wrong("id") => None,
            None => {
                self.error(whole.clone(), "this job has no `id`", "write id = \"name\"");
                None
            }
        }
    }

    fn function(&mut self, fields: &mut Fields, whole: &Range<usize>) -> Option<&'static Function> {
        let Some(name) = fields.text("callback") else {
            if !fields.is_wrong("callback") {
                self.error(
                    whole.clone(),
                    "this job has no `callback`",
                    "write callback = \"command\" and args.argv, or name another function",
                );
            }
            return None;
        };
        let found = functions::find(&name);
        if found.is_none() {
            let near = nearest(&name, FUNCTIONS.iter().map(|function| function.name));
            let advice =
                near.map_or_else(|| "`jmake jobs list --functions` lists all".to_owned(), |near| format!("did you mean \"{near}\"?"));
            self.error(fields.place("callback", whole), format!("there is no function `{name}`"), advice);
        }
        found
    }

    /// `section.key`, where a result can go.
    fn section(&mut self, fields: &mut Fields) -> Option<Vec<String>> {
        let typed = fields.text("target_section")?;
        let at = fields.place("target_section", &(0..0));
        places::key(&typed).map_err(|(message, advice)| self.error(at, message, advice)).ok()
    }

    /// Each argument that the function takes has to be there.
    fn missing(&mut self, function: &Function, given: &BTreeMap<String, Range<usize>>, fields: &Fields, whole: &Range<usize>) {
        // A line for the shell is a program by itself.
        let told = |parameter: &Parameter| given.contains_key(parameter.name) || parameter.name == "argv" && given.contains_key("shell");
        for parameter in function.parameters.iter().filter(|parameter| parameter.required && !told(parameter)) {
            let message = format!("`{}` needs args.{}", function.name, parameter.name);
            self.error(fields.place("callback", whole), message, format!("{} It is {}", parameter.doc, parameter.kind.in_words()));
        }
    }

    fn templates(&mut self, value: &Typed<'_>) -> BTreeMap<String, Template> {
        let table = value.get_ref().as_table().into_iter().flatten();
        table.filter_map(|(name, value)| Some((name.get_ref().to_string(), self.template(value)?))).collect()
    }

    fn list(&mut self, fields: &Fields, key: &str) -> Vec<Template> {
        fields.texts(key).into_iter().filter_map(|(text, span)| self.parsed(&text, span)).collect()
    }

    fn template(&mut self, value: &Typed<'_>) -> Option<Template> {
        self.parsed(value.get_ref().as_str()?, value.span())
    }

    pub(super) fn parsed(&mut self, text: &str, span: Range<usize>) -> Option<Template> {
        match Template::parse(text, self.content, span.clone()) {
            Ok(template) => Some(template),
            Err(error) => {
                let message = error.to_string();
                let (message, advice) = message.split_once("; ").unwrap_or((&message, "mend it"));
                self.error(span, message, advice);
                None
            }
        }
    }

    fn note_old(&mut self) {
        if let Some(at) = self.old.take() {
            let message = "`daemon`, `port` and `status` of jobs have no effect";
            let advice = "one daemon does all jobs, and their states are in .jmake_cache/job_state.toml; the lines may stay";
            self.problems.push(Problem::at(self.file, self.content, at, message, advice).warning());
        }
    }

    pub(super) fn error(&mut self, span: Range<usize>, message: impl Into<String>, advice: impl Into<String>) {
        self.problems.push(Problem::at(self.file, self.content, span, message, advice));
    }
}

fn when(fields: &mut Fields) -> When {
    match fields.text("when").as_deref() {
        Some("failure") => When::Failure,
        Some("always") => When::Always,
        _ => When::Success,
    }
}

/// The identity of what a job says, whatever the order of its keys.
fn digest(table: &DeTable<'_>) -> Digest {
    let mut data: Map<String, Json> = table.iter().map(|(name, value)| (name.get_ref().to_string(), data(value.get_ref()))).collect();
    OLD.iter().for_each(|old| drop(data.remove(*old)));
    Digest::of(Json::Object(data).to_string().as_bytes())
}
