//! Writes results of jobs into the settings, one after the other however many jobs end at once. Decides neither what nor where.

use std::cell::RefCell;

use serde_json::Value as Json;

use super::perform::{Doer, Told};
use crate::edge::compute::wait;
use crate::edge::config_edit;
use crate::engine::complete::{self, Found, Question};
use crate::engine::config::change::{self, Change};
use crate::engine::config::document::Mode;
use crate::engine::failure::Failure;
use crate::engine::jobs::progress::JobError;
use crate::engine::jobs::{answers, places, typed};

impl Doer {
    /// Writes values into a table, all at once or none.
    pub(super) async fn update(&self, section: &str, data: Option<&Json>) -> Told<Json> {
        let entries = data.and_then(Json::as_object).cloned().unwrap_or_default();
        places::table(section).map_err(|(message, advice)| JobError::hopeless(format!("{message}; {advice}")))?;
        let mut changes = Vec::new();
        for (name, value) in &entries {
            let path = section.split('.').chain([name.as_str()]).map(str::to_owned).collect();
            let value = typed::value(value).map_err(|why| JobError::hopeless(format!("args.data.{name} cannot be written: {why}")))?;
            changes.push((path, value));
        }
        self.put(changes).await.map_err(|why| JobError { why: format!("`{section}` cannot be updated: {}", why.why), ..why })?;
        Ok(answers::updated(&entries.keys().collect::<Vec<_>>()))
    }

    /// Writes a result into the settings, if they do not say so already.
    pub(super) async fn write(&self, section: &[String], value: Option<&Json>) -> Told<()> {
        let failed = |why: String| format!("its result cannot be written to `{}`: {why}", section.join("."));
        let value = typed::value(value.unwrap_or(&Json::Null)).map_err(|why| JobError::hopeless(failed(why)))?;
        self.put(vec![(section.to_vec(), value)]).await.map_err(|why| JobError { why: failed(why.why.clone()), ..why })
    }

    /// Fills what is missing in the settings, and says what they are then.
    pub(super) async fn generate(&self, refresh: bool) -> Told<Json> {
        let mode = if refresh { Mode::Refresh } else { Mode::Fill };
        let path = self.settings();
        let read = wait(move || {
            config_edit::begin(&path)?;
            config_edit::read(&path)
        });
        let text = read.await.map_err(Failure::internal)??.unwrap_or_default();
        let (mut values, mut survey) = (complete::Values::new(), None);
        for field in complete::wanted(&text, mode).map_err(JobError::hopeless)? {
            let found = match (complete::question(field), &survey) {
                (Question::Survey, Some(found)) => Found::clone(found),
                (question, _) => self.found(question).await?,
            };
            values.insert(field, complete::value(field, &found)?);
            survey = matches!(found, Found::Survey(_)).then_some(found).or(survey);
        }
        let (path, _turn) = (self.settings(), self.writer.lock().await);
        let known = values.clone();
        let changed = wait(move || config_edit::change(&path, &|text| complete::completed(text, &known, mode).0));
        let changed = changed.await.map_err(Failure::internal)??;
        if let Some((field, why)) = complete::completed(&changed.before, &values, mode).1.into_iter().next() {
            return Err(JobError::hopeless(format!("{} cannot be filled: {why}", field.name())));
        }
        let filled: Vec<&str> = values.keys().map(|field| field.name()).filter(|_| changed.before != changed.after).collect();
        let config = self.tree(&self.checked().await?);
        Ok(answers::generated_config(&self.settings().display().to_string(), &filled, &config))
    }

    async fn put(&self, changes: Vec<Change>) -> Told<()> {
        let path = self.settings();
        // The others of this run would only see each other's changes and begin again.
        let _turn = self.writer.lock().await;
        let written = wait(move || {
            config_edit::begin(&path)?;
            let wrong = RefCell::new(None);
            config_edit::change(&path, &|text| {
                let changed = change::changed(text, &changes);
                *wrong.borrow_mut() = changed.as_ref().err().map(ToString::to_string);
                changed.unwrap_or_else(|_| text.to_owned())
            })?;
            Ok::<_, Failure>(wrong.into_inner())
        });
        match written.await.map_err(Failure::internal)?? {
            Some(why) => Err(JobError::hopeless(why)),
            None => Ok(()),
        }
    }
}
