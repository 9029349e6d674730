//! Files and steps in dense tables: who makes what, who waits for whom. Does not know what a step runs, nor what is up to date.
//!
//! A path is stored once, whatever the number of steps that name it; edges are ids. A graph only grows.

mod cycle;
mod spec;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::{HashMap, HashSet};

pub use cycle::Cycle;
pub use spec::{
    Command, CxxStep, Depfile, Environment, Fence, Light, Origin, Output, Purity, ResponseFile, Search, SearchKind, StepFlags, StepSpec,
    ThinArchive,
};

use super::ids::{FileId, StepId};
use super::path::FilePath;

/// Why a description makes no graph.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum GraphError {
    /// Two steps promise the same file.
    #[error("{path} is made twice, by {first} and by {second}; give one of them another output")]
    TwoProducers {
        /// The file.
        path: FilePath,
        /// The step that was there before.
        first: String,
        /// The step that came later.
        second: String,
    },
    /// A step waits for itself.
    #[error("dependency cycle: {0}; remove one of these dependencies")]
    Cycle(Cycle),
    /// Something is wanted that no step makes.
    #[error("no step makes {path}; check its spelling, or add a step that makes it")]
    NotMade {
        /// The file.
        path: FilePath,
    },
}

/// A step in its graph.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its place in the graph.
    pub id: StepId,
    /// What the front end said.
    pub spec: StepSpec,
    inputs: Vec<FileId>,
    declared: usize,
    outputs: Vec<FileId>,
    validations: Vec<FileId>,
}

impl Step {
    /// All that must be there before it runs: explicit, implicit, order-only, then discovered inputs. Each once.
    #[must_use]
    pub fn inputs(&self) -> &[FileId] {
        &self.inputs
    }

    /// Inputs that only a run could tell, and that nobody declared.
    #[must_use]
    pub fn discovered(&self) -> &[FileId] {
        &self.inputs[self.declared..]
    }

    /// What it makes, in the order of the description.
    #[must_use]
    pub fn outputs(&self) -> &[FileId] {
        &self.outputs
    }

    /// What is built with it, without its waiting for that.
    #[must_use]
    pub fn validations(&self) -> &[FileId] {
        &self.validations
    }
}

#[derive(Clone, Debug)]
struct File {
    path: FilePath,
    producer: Option<StepId>,
    consumers: Vec<StepId>,
}

/// All files and steps of one build.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    files: Vec<File>,
    ids: HashMap<FilePath, FileId>,
    steps: Vec<Step>,
}

impl Graph {
    /// A graph of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a step in.
    ///
    /// # Errors
    ///
    /// When another step, or this one itself, already makes one of its outputs. The graph is then as before, save for ids of its paths.
    pub fn add(&mut self, spec: StepSpec) -> Result<StepId, GraphError> {
        let id = StepId(dense(self.steps.len()));
        let outputs = self.claim(id, &spec)?;
        let mut inputs = Vec::with_capacity(spec.explicit.len() + spec.implicit.len() + spec.order_only.len());
        for path in spec.explicit.iter().chain(&spec.implicit).chain(&spec.order_only) {
            let file = self.intern(path);
            let consumers = &mut self.files[file.index()].consumers;
            // Only this step can be the newest consumer while it is being added: a cheap way to keep each input once.
            if consumers.last() != Some(&id) {
                consumers.push(id);
                inputs.push(file);
            }
        }
        let validations = spec.validations.iter().map(|path| self.intern(path)).collect();
        self.steps.push(Step { id, declared: inputs.len(), inputs, outputs, validations, spec });
        Ok(id)
    }

    /// Adds inputs that a run of `step` found. One that another step makes is an ordering edge from now on; one that the step
    /// itself makes is left out. Returns those that were not inputs before.
    pub fn add_discovered(&mut self, step: StepId, paths: &[FilePath]) -> Vec<FileId> {
        let mut known: HashSet<FileId> = self.step(step).inputs.iter().copied().collect();
        let mut fresh = Vec::new();
        for path in paths {
            let file = self.intern(path);
            if self.producer(file) != Some(step) && known.insert(file) {
                self.files[file.index()].consumers.push(step);
                fresh.push(file);
            }
        }
        self.steps[step.index()].inputs.extend_from_slice(&fresh);
        fresh
    }

    /// The step called `id`.
    ///
    /// # Panics
    ///
    /// When `id` is not of this graph.
    #[must_use]
    pub fn step(&self, id: StepId) -> &Step {
        &self.steps[id.index()]
    }

    /// All steps, in the order in which they came.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The steps that came when there were already `first` of them.
    pub fn ids_from(&self, first: usize) -> impl Iterator<Item = StepId> {
        self.steps.iter().skip(first).map(|step| step.id)
    }

    /// How many steps there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether there is no step.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The id of `path`, if any step names it.
    #[must_use]
    pub fn file_id(&self, path: &FilePath) -> Option<FileId> {
        self.ids.get(path).copied()
    }

    /// The path of `file`.
    #[must_use]
    pub fn path(&self, file: FileId) -> &FilePath {
        &self.files[file.index()].path
    }

    /// The step that makes `file`.
    #[must_use]
    pub fn producer(&self, file: FileId) -> Option<StepId> {
        self.files[file.index()].producer
    }

    /// The step that makes `path`.
    #[must_use]
    pub fn producer_of(&self, path: &FilePath) -> Option<StepId> {
        self.file_id(path).and_then(|file| self.producer(file))
    }

    /// The steps that wait for `file`, each once.
    #[must_use]
    pub fn consumers(&self, file: FileId) -> &[StepId] {
        &self.files[file.index()].consumers
    }

    /// The steps that make inputs of `step`: once for each such input.
    pub fn dependencies(&self, step: StepId) -> impl Iterator<Item = StepId> {
        self.step(step).inputs.iter().filter_map(|&file| self.producer(file))
    }

    /// The steps that wait for outputs of `step`: once for each such output.
    pub fn dependents(&self, step: StepId) -> impl Iterator<Item = StepId> {
        self.step(step).outputs.iter().flat_map(|&file| self.consumers(file).iter().copied())
    }

    /// The steps that make what is built with `step`.
    pub fn validators(&self, step: StepId) -> impl Iterator<Item = StepId> {
        self.step(step).validations.iter().filter_map(|&file| self.producer(file))
    }

    /// `roots` and all that must be built with them, in ascending order.
    #[must_use]
    pub fn closure(&self, roots: &[StepId]) -> Vec<StepId> {
        let mut within = vec![false; self.steps.len()];
        let mut todo = roots.to_vec();
        while let Some(step) = todo.pop() {
            if !std::mem::replace(&mut within[step.index()], true) {
                todo.extend(self.dependencies(step).chain(self.validators(step)));
            }
        }
        self.ids_from(0).filter(|id| within[id.index()]).collect()
    }

    /// Makes `id` the producer of all outputs of `spec`, or of none.
    fn claim(&mut self, id: StepId, spec: &StepSpec) -> Result<Vec<FileId>, GraphError> {
        let outputs: Vec<FileId> = spec.outputs.iter().map(|output| self.intern(&output.path)).collect();
        for (index, &file) in outputs.iter().enumerate() {
            if let Some(other) = self.files[file.index()].producer {
                outputs[..index].iter().for_each(|file| self.files[file.index()].producer = None);
                let first = if other == id { spec.name() } else { self.step(other).spec.name() };
                return Err(GraphError::TwoProducers { path: self.path(file).clone(), first, second: spec.name() });
            }
            self.files[file.index()].producer = Some(id);
        }
        Ok(outputs)
    }

    fn intern(&mut self, path: &FilePath) -> FileId {
        if let Some(&id) = self.ids.get(path) {
            return id;
        }
        let id = FileId(dense(self.files.len()));
        self.files.push(File { path: path.clone(), producer: None, consumers: Vec::new() });
        self.ids.insert(path.clone(), id);
        id
    }
}

/// Four thousand million files do not fit in memory, let alone in an id.
fn dense(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
