//! Writes results of jobs into the settings, one after the other however many jobs end at once. Decides neither what nor where.

use std::cell::RefCell;

use serde_json::Value as Json;

use super::perform::{Doer, Told};
use crate::edge::compute::wait;
use crate::edge::config_edit;
use crate::engine::config::change::{self, Change};
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
