//! What arguments will be, as far as that is known before anything ran: of what kind each name of a template is, and where what is typed cannot
//! be what its function takes. Does not know values that only jobs find.

use serde_json::Value as Json;

use super::check::Before;
use super::functions::Call;
use super::places;
use super::queue::{Argument, Job};
use super::reading::Reader;
use super::template::{Name, Part, Template};
use super::values::{Kind, Values};
use crate::engine::config::schema::{self, Form};

/// What a name is known to be.
enum Known {
    /// This very value.
    Value(Json),
    /// Something of this kind.
    Kind(Kind),
}

impl Known {
    fn fits(&self, kind: Kind) -> bool {
        match self {
            Self::Value(value) => kind.fits(value),
            Self::Kind(Kind::Any) => true,
            Self::Kind(known) => kind == Kind::Any || *known == kind || also(*known, kind),
        }
    }

    fn in_words(&self) -> String {
        match self {
            Self::Kind(kind) => kind.in_words(),
            Self::Value(value) => {
                let kinds = [Kind::Text, Kind::Truth, Kind::Decimal, Kind::Texts, Kind::Table];
                kinds.into_iter().find(|kind| kind.fits(value)).map_or_else(|| "a list".to_owned(), Kind::in_words)
            }
        }
    }

    /// It can stand within text.
    fn is_text(&self) -> bool {
        match self {
            Self::Value(value) => !value.is_array() && !value.is_object(),
            Self::Kind(kind) => !matches!(kind, Kind::Texts | Kind::Table | Kind::Tables),
        }
    }
}

/// A value of the first kind may be one of the second.
fn also(known: Kind, wanted: Kind) -> bool {
    matches!((known, wanted), (Kind::Text | Kind::Truth, Kind::TextOrTruth) | (Kind::Text, Kind::Choice(_)) | (Kind::Number, Kind::Decimal))
}

/// What is known of the jobs and the project.
pub(super) struct Kinds<'a> {
    pub jobs: &'a [Job],
    pub values: &'a Values,
    pub before: &'a Before,
}

impl Kinds<'_> {
    /// Arguments, variables and places of the job at `at` that cannot be what they have to.
    pub(super) fn check(&self, at: usize, reader: &mut Reader<'_>) {
        let job = &self.jobs[at];
        for (name, argument) in &job.args {
            let kind = job.function.parameter(name).map_or(Kind::Any, |parameter| parameter.kind);
            self.argument(at, (&format!("args.{name}"), kind), argument, reader);
        }
        for (name, template) in &job.env {
            self.template(at, (&format!("env.{name}"), Kind::Text), template, reader);
        }
        job.cwd.iter().for_each(|template| self.template(at, ("cwd", Kind::Text), template, reader));
        if let (Some(section), Some(kind)) = (&job.target_section, job.function.primary_kind())
            && job.outputs.is_empty()
            && let Some(wanted) = places::wants(&section.join("."), kind)
        {
            let place = job.places.keys.get("target_section").cloned().unwrap_or_else(|| job.places.whole.clone());
            let message = format!("`{}` must be {wanted}, and `{}` gives {}", section.join("."), job.function.name, kind.in_words());
            reader.error(place, message, "write another key, or one below `custom`");
        }
    }

    fn argument(&self, at: usize, wanted: (&str, Kind), argument: &Argument, reader: &mut Reader<'_>) {
        match argument {
            Argument::Data(_) => {}
            Argument::Filled(template) => self.template(at, wanted, template, reader),
            Argument::List(items) => items.iter().for_each(|item| {
                // A list among them counts as its items.
                let is_list = |template: &Template| matches!(self.whole(at, template), Some(known) if known.fits(Kind::Texts));
                let kind = match (wanted.1, item) {
                    (Kind::Texts, Argument::Filled(template)) if is_list(template) => Kind::Texts,
                    (Kind::Texts, _) => Kind::Text,
                    _ => Kind::Any,
                };
                self.argument(at, (wanted.0, kind), item, reader);
            }),
            Argument::Table(entries) => entries.values().for_each(|entry| self.argument(at, (wanted.0, Kind::Any), entry, reader)),
        }
    }

    fn template(&self, at: usize, (what, wanted): (&str, Kind), template: &Template, reader: &mut Reader<'_>) {
        if let [Part::Name(name)] = template.parts.as_slice() {
            if let Some(known) = self.whole(at, template).filter(|known| !known.fits(wanted)) {
                let message = format!("`{what}` must be {}, and `{{{{{}}}}}` is {}", wanted.in_words(), name.dotted(), known.in_words());
                reader.error(name.span.clone(), message, "`jmake jobs list --functions` says what each function takes and gives");
            }
            return;
        }
        for name in template.names() {
            if let Some(known) = self.known(at, name).filter(|known| !known.is_text()) {
                let message = format!("`{{{{{}}}}}` is {}, which cannot stand within text", name.dotted(), known.in_words());
                reader.error(name.span.clone(), message, "write it as the whole string");
            }
        }
    }

    /// What a string that is one name will be.
    fn whole(&self, at: usize, template: &Template) -> Option<Known> {
        match template.parts.as_slice() {
            [Part::Name(name)] => self.known(at, name),
            _ => None,
        }
    }

    fn known(&self, at: usize, name: &Name) -> Option<Known> {
        let segments: Vec<&str> = name.segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["jobs", _, "result"] => Some(Known::Kind(Kind::Table)),
            ["jobs", id, "result", "outputs"] if self.job(id).is_some_and(|job| !job.outputs.is_empty()) => Some(Known::Kind(Kind::Texts)),
            ["jobs", _, "result", "success"] => Some(Known::Kind(Kind::Truth)),
            ["jobs", id, "result", field] => self.job(id)?.function.result(field).map(|field| Known::Kind(field.kind)),
            ["jobs", ..] => None,
            ["env", _] | ["config_path"] | ["project", "root"] => Some(Known::Kind(Kind::Text)),
            _ => self.setting(at, name, &segments),
        }
    }

    fn job(&self, id: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.id == id)
    }

    /// What a job before wrote there last may be anything of its kind; what none writes is what it is.
    fn setting(&self, at: usize, name: &Name, segments: &[&str]) -> Option<Known> {
        // What these write, or complete, is known late.
        let writes_much = |job: &Job| matches!(job.function.call, Call::UpdateConfig | Call::GenerateConfig);
        let of_key = || schema::find(&segments.join(".")).and_then(|key| of_form(key.form)).map(Known::Kind);
        if self.jobs.iter().enumerate().any(|(writer, job)| self.before.has(at, writer) && writes_much(job)) {
            return of_key();
        }
        let touches = |section: &Vec<String>| section.iter().zip(segments).all(|(one, other)| one == other);
        let writers = || self.jobs.iter().enumerate().filter(|(_, job)| job.target_section.as_ref().is_some_and(touches));
        let mut writers = writers().filter(|(writer, _)| self.before.has(at, *writer)).map(|(_, job)| job);
        let Some(first) = writers.next() else { return self.values.of(name).filter(|value| !value.is_null()).map(Known::Value) };
        let exact = |job: &Job| job.target_section.as_ref().is_some_and(|section| section.len() == segments.len());
        let kind = first.function.primary_kind().filter(|_| exact(first))?;
        let same = writers.all(|job| exact(job) && job.function.primary_kind() == Some(kind));
        same.then_some(Known::Kind(kind)).or_else(of_key)
    }
}

fn of_form(form: Form) -> Option<Kind> {
    Some(match form {
        Form::Text | Form::Path | Form::Choice(_) | Form::Standard { .. } => Kind::Text,
        Form::Texts | Form::Paths | Form::Choices(_) => Kind::Texts,
        Form::Truth => Kind::Truth,
        Form::Number(..) => Kind::Number,
        Form::Defines | Form::Pairs => Kind::Table,
        Form::TextsOrAll | Form::OneOrMore | Form::Switch(_) | Form::Anything => return None,
    })
}
