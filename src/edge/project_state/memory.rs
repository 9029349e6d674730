//! What is remembered of a project as long as it is open: all records, what they share, and what of that is not yet written down. Does
//! not touch files.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::rows::{Batch, Content};
use crate::engine::build::Records;
use crate::engine::digest::Digest;
use crate::engine::fingerprint::{Field, Input, Record, Shelf, Swept, distrusted};
use crate::engine::path::FilePath;
use crate::engine::scan::comment_blind::CommentBlind;

/// Sweeping is worth its while when so much is known, and twice as much as after the last time.
const MUCH: usize = 1 << 14;

/// Records of steps that are not written down.
pub(super) type Unsaved = HashMap<FilePath, Arc<Vec<Record>>>;

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// What the file holds and what came since; `None` until it was read.
    pub known: Option<Known>,
    pub unsaved: Unsaved,
    /// The newest run of an opaque command that the file tells of.
    pub last_run: Option<u64>,
}

/// Records, made of what they share.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub records: Records,
    /// What was left without their comments of texts that records name, as far as an earlier process wrote it down.
    pub texts: HashMap<Digest, CommentBlind>,
    inputs: Shelf<Input>,
    fields: Shelf<Field>,
    after_sweep: usize,
}

impl Memory {
    /// Takes what a file holds, where `run` is the newest run of an opaque command: if the file does not tell of that, whoever ran it was
    /// killed, and nothing is known of such steps. What came meanwhile is newer.
    pub(super) fn learn(&mut self, content: Content, run: Option<u64>) {
        self.last_run = content.last_run;
        let knows_all = content.last_run == run;
        let mut known = Known::of(content);
        let doubtful = known.records.iter().filter(|_| !knows_all);
        let doubtful: Vec<_> = doubtful.filter_map(|(path, records)| Some((path.clone(), Arc::new(distrusted(records)?)))).collect();
        let mut gone = Vec::new();
        for (path, records) in &doubtful {
            gone.extend(known.records.insert(path.clone(), records.clone()));
        }
        for (path, records) in &mut self.unsaved {
            *records = known.share(records);
            gone.extend(known.records.insert(path.clone(), records.clone()));
        }
        for (path, records) in doubtful {
            self.unsaved.entry(path).or_insert(records);
        }
        self.known = Some(known);
        self.drop_all(gone);
    }

    /// Nothing is known of these steps any more.
    fn drop_all(&mut self, steps: Vec<FilePath>) {
        self.unsaved.extend(steps.into_iter().map(|path| (path, Arc::default())));
    }

    /// Takes a step's newest records, and says of what they are made now.
    pub(super) fn remember(&mut self, path: FilePath, mut records: Arc<Vec<Record>>) -> Arc<Vec<Record>> {
        let mut gone = Vec::new();
        if let Some(known) = &mut self.known {
            records = known.share(&records);
            gone = known.records.insert(path.clone(), records.clone());
        }
        self.unsaved.insert(path, records.clone());
        self.drop_all(gone);
        records
    }

    /// What has to be written now, and the records in it. Nothing if the file was not read: then its numbers are not known.
    /// `text` knows what is left of a content without its comments, `last_run` is the newest run of an opaque command that it tells of.
    pub(super) fn batch(&mut self, text: &dyn Fn(&Digest) -> Option<CommentBlind>, last_run: Option<u64>) -> Option<(Batch, Unsaved)> {
        let is_news = !self.unsaved.is_empty() || self.last_run != last_run;
        let known = self.known.as_mut().filter(|_| is_news)?;
        self.last_run = last_run;
        let unsaved = std::mem::take(&mut self.unsaved);
        let steps = unsaved.iter().filter_map(|(path, records)| Some((path.clone(), known.encode(records)?))).collect();
        let (inputs, fields) = (known.inputs.take_fresh(), known.fields.take_fresh());
        let contents: HashSet<Digest> = inputs.items.iter().filter_map(|(_, item)| Some(item.1?.digest)).collect();
        let texts = contents.into_iter().filter_map(|content| Some((content, text(&content)?))).collect();
        let swept = known.sweep();
        let named = (!swept.0.items.is_empty()).then(|| known.inputs.items().filter_map(|item| Some(item.1?.digest)).collect());
        Some((Batch { content: Content { inputs, fields, steps, texts, last_run }, swept, named }, unsaved))
    }

    /// A batch could not be written: it is part of the next one.
    pub(super) fn put_back(&mut self, batch: Batch, unsaved: Unsaved) {
        self.last_run = None;
        if let Some(known) = &mut self.known {
            known.inputs.put_back(batch.content.inputs);
            known.fields.put_back(batch.content.fields);
        }
        for (path, records) in unsaved {
            self.unsaved.entry(path).or_insert(records);
        }
    }
}

/// For each record, the runs of its inputs and of its fields.
type Lists = Vec<(Vec<u32>, Vec<u32>)>;

impl Known {
    fn of(content: Content) -> Self {
        let (inputs, input_runs) = Shelf::restored(content.inputs);
        let (fields, field_runs) = Shelf::restored(content.fields);
        let decode = |encoded: &[u8]| {
            let (lists, records) = postcard::from_bytes::<(Lists, Vec<Record>)>(encoded).ok()?;
            let whole = |(record, (read, said)): (Record, (Vec<u32>, Vec<u32>))| {
                Some(Record { inputs: input_runs.list(&read)?, fields: field_runs.list(&said)?, ..record })
            };
            records.into_iter().zip(lists).map(whole).collect::<Option<Vec<_>>>()
        };
        let records = content.steps.into_iter().filter_map(|(path, encoded)| Some((path, Arc::new(decode(&encoded)?)))).collect();
        Self { records, texts: content.texts.into_iter().collect(), inputs, fields, after_sweep: 0 }
    }

    fn share(&mut self, records: &[Record]) -> Arc<Vec<Record>> {
        let share = |record: &Record| Record {
            inputs: self.inputs.share(&record.inputs),
            fields: self.fields.share(&record.fields),
            ..record.clone()
        };
        Arc::new(records.iter().map(share).collect())
    }

    fn encode(&self, records: &[Record]) -> Option<Vec<u8>> {
        if records.is_empty() {
            return Some(Vec::new());
        }
        let lists = records.iter().map(|record| Some((self.inputs.numbers(&record.inputs)?, self.fields.numbers(&record.fields)?)));
        postcard::to_stdvec(&(lists.collect::<Option<Lists>>()?, records)).ok()
    }

    fn sweep(&mut self) -> (Swept, Swept) {
        let much = || self.inputs.len() + self.fields.len();
        if much() < MUCH.max(2 * self.after_sweep) {
            return Default::default();
        }
        let swept = (self.inputs.sweep(), self.fields.sweep());
        self.after_sweep = self.inputs.len() + self.fields.len();
        swept
    }
}
