//! The order in which the fields of a jmake.toml are asked for. Does not know what the answers are.

use crate::engine::config::document::Field;

/// Questions that wait, and those that are out.
#[derive(Clone, Debug)]
pub struct Queue {
    waiting: Vec<Field>,
    open: Vec<Field>,
}

/// What has to be answered first, if it is asked at all: it finds out what they need, too.
fn after(field: Field) -> &'static [Field] {
    match field {
        Field::IncludeDirs | Field::Binaries => &[Field::Files],
        Field::Files | Field::Tools | Field::OutputDir | Field::LibraryName => &[],
    }
}

impl Queue {
    /// A queue of these, nothing asked yet.
    #[must_use]
    pub fn new(fields: &[Field]) -> Self {
        Self { waiting: fields.to_vec(), open: Vec::new() }
    }

    /// The fields to ask for now, side by side. Each is given out once.
    pub fn ready(&mut self) -> Vec<Field> {
        let unanswered: Vec<Field> = self.waiting.iter().chain(&self.open).copied().collect();
        let waits = |field: &Field| after(*field).iter().any(|first| unanswered.contains(first));
        let (waiting, ready): (Vec<Field>, Vec<Field>) = self.waiting.iter().partition(|field| waits(field));
        self.waiting = waiting;
        self.open.extend(&ready);
        ready
    }

    /// A field was answered, well or not.
    pub fn answered(&mut self, field: Field) {
        self.open.retain(|open| *open != field);
    }
}
