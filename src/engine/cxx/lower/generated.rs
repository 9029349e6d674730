//! Jobs that make files, as steps of the same build: sources wait for the headers that they may read, and a job waits for its program, if the
//! project makes that. Does not know what jobs are in a file.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::objects::{Lowering, blank};
use super::{LowerError, LowerRequest, names, select};
use crate::engine::digest::Digest;
use crate::engine::discover::{Target, TargetKind};
use crate::engine::graph::{Command, CxxStep, Environment, Output, Purity, StepSpec};
use crate::engine::jobs::generation::{Generation, Located};
use crate::engine::path::FilePath;
use crate::engine::report::StepKind;

/// Why what a job makes is not shared.
const UNSHARED: &str = "a job may read more than its `inputs`";

/// What jobs make, and all sources and headers that read of it, directly or not. `perhaps`: also those whose text does not tell.
pub fn readers(request: &LowerRequest<'_>, perhaps: bool) -> HashSet<FilePath> {
    let outputs = request.generations.iter().flat_map(|located| &located.generation.outputs);
    let mut found: HashSet<FilePath> = outputs.cloned().collect();
    if found.is_empty() {
        return found;
    }
    found.extend(request.discovery.unclear.iter().filter(|_| perhaps).cloned());
    request.discovery.with_includers(found)
}

impl<'a> Lowering<'a> {
    /// The steps of all jobs that make files, and who waits for them.
    pub fn generated(&mut self, project: &[FilePath], withheld: bool) -> Result<(), LowerError> {
        for located in self.request.generations {
            self.out.input_patterns.extend(located.generation.inputs.iter().cloned());
            let program = self.generator(located, project, withheld)?;
            let step = step(located, program);
            self.push(step)?;
        }
        self.order();
        Ok(())
    }

    /// What a job runs: a program of the project by the target's name, else what was found.
    fn generator(&mut self, located: &'a Located, project: &[FilePath], withheld: bool) -> Result<FilePath, LowerError> {
        let Generation { id, program, .. } = &located.generation;
        let Some(target) = self.own_program(program) else {
            let missing = || LowerError::NoProgram { job: id.clone(), program: program.clone() };
            return located.program.clone().ok_or_else(missing);
        };
        // It is made because the job wants it: nobody asked for it by name.
        let before = (self.out.wanted.len(), self.out.artifacts.len());
        self.target(target, project, withheld)?;
        self.out.wanted.truncate(before.0);
        self.out.artifacts.truncate(before.1);
        let paths = select::artifact_paths(self.request.settings, self.request.discovery, target);
        paths.into_iter().next().ok_or_else(|| LowerError::NoProgram { job: id.clone(), program: program.clone() })
    }

    fn own_program(&self, name: &str) -> Option<&'a Target> {
        self.request.discovery.targets.iter().find(|target| target.name == name && target.kind == TargetKind::Executable)
    }

    /// Whether a job runs the target.
    pub fn is_generator(&self, target: &str) -> bool {
        self.request.generations.iter().any(|located| located.generation.program == target)
    }

    /// Whose directory has the archive of the project's objects that a target links.
    pub fn archive_home(&self, target: &str) -> String {
        if self.is_generator(target) { target.to_owned() } else { names::library(self.request.settings) }
    }

    /// For a program that a job runs: those of the project's sources that can be compiled before.
    pub fn unmade(&self, target: &str, project: &[FilePath]) -> Option<Vec<FilePath>> {
        let sure = &self.request.discovery.project_sources;
        let early = |source: &&FilePath| !self.made.contains(*source) && sure.contains(source);
        self.is_generator(target).then(|| project.iter().filter(early).cloned().collect())
    }

    /// Lets compiles wait for what they may read. A job's own program cannot wait for it; if it does read it, the build says so.
    fn order(&mut self) {
        if self.request.generations.is_empty() {
            return;
        }
        let readers = readers(&self.request, true);
        let makers: Vec<(Vec<FilePath>, HashSet<usize>)> = self.request.generations.iter().map(|located| self.behind(located)).collect();
        for (at, step) in self.out.steps.iter_mut().enumerate() {
            let reads = step.cxx.as_ref().and_then(|cxx| cxx.source.as_ref()).is_some_and(|source| readers.contains(source));
            let waits = makers.iter().filter(|(_, behind)| reads && !behind.contains(&at));
            step.order_only.extend(waits.filter_map(|(outputs, _)| outputs.first()).cloned());
        }
    }

    /// A job's outputs, and the steps that have to be done before it, by position.
    fn behind(&self, located: &Located) -> (Vec<FilePath>, HashSet<usize>) {
        let outputs = located.generation.outputs.clone();
        let (mut behind, mut open) = (HashSet::new(), outputs.clone());
        while let Some(path) = open.pop() {
            let makes = |located: &&Located| located.generation.outputs.contains(&path);
            let first = self.request.generations.iter().find(makes).and_then(|located| located.generation.outputs.first());
            if let Some(at) = self.maker(first.unwrap_or(&path)).filter(|at| behind.insert(*at)) {
                let step = &self.out.steps[at];
                open.extend(step.explicit.iter().chain(&step.implicit).chain(&step.order_only).cloned());
            }
        }
        (outputs, behind)
    }
}

fn step(located: &Located, program: FilePath) -> StepSpec {
    let Generation { id, args, cwd, env, outputs, after, .. } = &located.generation;
    let inputs: BTreeSet<FilePath> = located.inputs.iter().cloned().collect();
    StepSpec {
        purity: Purity::Opaque,
        explicit: inputs.into_iter().collect(),
        implicit: vec![program.clone()],
        order_only: after.clone(),
        outputs: outputs.iter().cloned().map(Output::file).collect(),
        command: Some(Command {
            program,
            args: args.iter().map(|arg| arg.as_str().into()).collect(),
            cwd: cwd.clone(),
            environment: Environment::Tools,
            sets: env.clone(),
            responses: Vec::new(),
            depfile: None,
            variables: Vec::new(),
            identity: Digest::of(b"job"),
            origins: Arc::default(),
        }),
        cxx: Some(CxxStep { uncacheable: Some(UNSHARED.to_owned()), ..CxxStep::default() }),
        ..blank(StepKind::Job, outputs.first().map_or_else(|| id.clone(), ToString::to_string), id.clone())
    }
}
