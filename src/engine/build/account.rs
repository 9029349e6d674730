//! What a build has said and has to say: counts, artifacts, the first error. Does not know what may run.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use super::{Effect, NO_COST, Prepared};
use crate::engine::cxx::diagnostics;
use crate::engine::cxx::lower::CompileCommand;
use crate::engine::execution::{Ending, Execution};
use crate::engine::failure::Failure;
use crate::engine::graph::StepSpec;
use crate::engine::ids::{BuildId, StepId};
use crate::engine::path::FilePath;
use crate::engine::plan::PlanSummary;
use crate::engine::report::{Artifact, BuildEvent, Diagnostic, Outcome, Severity};

/// The books of one build.
#[derive(Debug)]
pub(super) struct Account {
    untouched: Option<u32>,
    /// Remarks to be made again in the end.
    reminders: Vec<String>,
    dry_run: bool,
    /// The client wants the tools' colours.
    color: bool,
    reasons: HashMap<StepId, String>,
    artifacts: Vec<Artifact>,
    compile_commands: Vec<CompileCommand>,
    first_error: Option<String>,
    refused: Option<Failure>,
    broken: Option<Failure>,
    pretended: u32,
    pretended_restores: u32,
}

impl Account {
    pub(super) fn new(dry_run: bool, color: bool, prepared: &Prepared) -> Self {
        Self {
            untouched: prepared.untouched,
            reminders: prepared.notices.iter().filter(|remark| remark.closing).map(|remark| remark.text.clone()).collect(),
            dry_run,
            color,
            reasons: HashMap::new(),
            artifacts: Vec::new(),
            compile_commands: Vec::new(),
            first_error: None,
            refused: None,
            broken: None,
            pretended: 0,
            pretended_restores: 0,
        }
    }

    /// Replaces what the front end says is made.
    pub(super) fn describe(&mut self, artifacts: Vec<Artifact>, compile_commands: Vec<CompileCommand>) {
        self.artifacts = artifacts;
        self.compile_commands = compile_commands;
    }

    /// Those of the whole description; `None` if only a part of it is known.
    pub(super) fn compile_commands(&self) -> Option<&[CompileCommand]> {
        self.untouched.is_none().then_some(&self.compile_commands)
    }

    /// The description was refused; the first reason stays.
    pub(super) fn refuse(&mut self, why: Failure) {
        self.refused.get_or_insert(why);
    }

    pub(super) fn started(&mut self, step: StepId, spec: &StepSpec, reason: String, _now: Duration, effects: &mut Vec<Effect>) {
        self.reasons.insert(step, reason);
        if self.dry_run {
            return;
        }
        let command = spec.command.iter().flat_map(|command| std::iter::once(&command.program).chain(&command.args)).cloned().collect();
        effects.push(Effect::Emit(BuildEvent::StepStarted { step, kind: spec.kind, label: spec.label.clone(), command }));
    }

    /// In a dry run: the step that would run.
    pub(super) fn pretended(&mut self, step: StepId, spec: &StepSpec) -> Effect {
        self.pretended += 1;
        self.finished(step, spec, Outcome::Cancelled, NO_COST)
    }

    /// What it said when it ran is said again: warnings do not go away by being put back.
    pub(super) fn restored(&mut self, step: StepId, spec: &StepSpec, why: &str, said: Vec<u8>, effects: &mut Vec<Effect>) {
        self.reasons.insert(step, why.to_owned());
        let text = self.text_of(spec, &Execution { output: said, ..Execution::empty() }, false);
        say(step, spec, text, Outcome::Cached, effects);
        effects.push(self.finished(step, spec, Outcome::Cached, NO_COST));
    }

    /// In a dry run: the step whose outputs would be put back.
    pub(super) fn pretended_restore(&mut self, step: StepId, spec: &StepSpec, why: &str) -> Effect {
        self.pretended_restores += 1;
        self.reasons.insert(step, why.to_owned());
        self.finished(step, spec, Outcome::Cached, NO_COST)
    }

    /// Why a step ran.
    pub(super) fn reason(&self, step: StepId) -> String {
        self.reasons.get(&step).cloned().unwrap_or_default()
    }

    /// Of a step that was stopped nobody wants to hear anything.
    pub(super) fn executed(
        &mut self,
        step: StepId,
        spec: &StepSpec,
        execution: Execution,
        (outcome, is_stopped): (Outcome, bool),
        effects: &mut Vec<Effect>,
    ) {
        let failed = outcome == Outcome::Failed;
        let text = if is_stopped { String::new() } else { self.text_of(spec, &execution, failed) };
        if failed {
            self.note_error(spec, &execution, &text);
        }
        say(step, spec, text, outcome, effects);
        effects.push(self.finished(step, spec, outcome, execution.cost));
    }

    fn text_of(&self, spec: &StepSpec, execution: &Execution, failed: bool) -> String {
        let said = String::from_utf8_lossy(&execution.output);
        let mut text = if self.color { said.into_owned() } else { diagnostics::strip(&said) };
        let own = match &execution.ending {
            Ending::Broken(why) => Some(format!("error: {why}")),
            Ending::Outdated(path) if failed => {
                Some(format!("error: {path} keeps changing while it is read; build again when nobody writes it"))
            }
            Ending::Outdated(path) => Some(format!("note: {path} changed while this step ran; it runs again")),
            Ending::Signalled(signal) if failed => {
                let signal = signal_name(*signal);
                Some(format!(
                    "error: {signal} ended the process, and again when it ran alone; the kernel's log says whether memory ran out"
                ))
            }
            Ending::Signalled(signal) => Some(format!("note: the process was ended by {}", signal_name(*signal))),
            Ending::Unwritten(path) => Some(format!(
                "error: job `{}` ended well and did not write {path}; let it write that file, or take it from its `outputs`",
                spec.target
            )),
            Ending::Exited(0) => None,
            Ending::Exited(code) if text.is_empty() => Some(format!("error: the process ended with code {code} and said nothing")),
            Ending::Exited(_) => None,
        };
        for line in own.iter().chain(&execution.advice) {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    fn note_error(&mut self, spec: &StepSpec, execution: &Execution, text: &str) {
        if let Ending::Broken(why) = &execution.ending {
            self.broken.get_or_insert(why.clone());
        }
        if self.first_error.is_some() {
            return;
        }
        if let Ending::Broken(why) = &execution.ending {
            self.first_error = Some(format!("{}: {why}", spec.label));
            return;
        }
        let first = diagnostics::parse(text).into_iter().find(|diagnostic| diagnostic.severity == Severity::Error);
        self.first_error = Some(match first {
            Some(found) => match found.file {
                Some(file) => format!("{file}:{}:{}: error: {}", found.line, found.column, found.message),
                None => format!("{}: error: {}", spec.label, found.message),
            },
            None => format!("{} failed: {}", spec.label, text.lines().next().unwrap_or("it said nothing")),
        });
    }

    fn finished(&mut self, step: StepId, spec: &StepSpec, outcome: Outcome, cost: crate::engine::report::Cost) -> Effect {
        Effect::Emit(BuildEvent::StepFinished {
            step,
            kind: spec.kind,
            label: spec.label.clone(),
            target: spec.target.clone(),
            outcome,
            reason: self.reason(step),
            cost,
        })
    }

    /// The last events of the build.
    pub(super) fn finish(&mut self, build: BuildId, now: Duration, summary: &PlanSummary) -> Vec<Effect> {
        let mut counts = summary.counts;
        counts.ran -= self.pretended.min(counts.ran);
        counts.cached -= self.pretended_restores.min(counts.cached);
        counts.not_run += self.pretended + self.pretended_restores;
        counts.up_to_date += self.untouched.unwrap_or(0);
        counts.total += self.untouched.unwrap_or(0);
        let refused = self.refused.take();
        let success = counts.failed == 0 && !summary.cancelled && refused.is_none();
        let exit_code = match (&refused, &self.broken) {
            (Some(why), _) => why.kind.exit_code(),
            (None, _) if summary.cancelled => 130,
            (None, Some(why)) => why.kind.exit_code(),
            (None, None) => u8::from(!success),
        };
        // Where nothing came between, they have just been read.
        let much_went_by = counts.ran + counts.cached + counts.failed + self.pretended + self.pretended_restores > 0;
        let reminders = std::mem::take(&mut self.reminders).into_iter().filter(|_| much_went_by);
        let mut effects: Vec<Effect> = reminders.map(|text| Effect::Emit(BuildEvent::Reminder { text })).collect();
        let made = success && !self.dry_run;
        if made {
            effects.extend(self.artifacts.iter().cloned().map(|artifact| Effect::Emit(BuildEvent::Artifact(artifact))));
        }
        if !success {
            let cancelled = || if summary.cancelled { "cancelled".to_owned() } else { "a step failed".to_owned() };
            let first = refused.map(|why| why.message).or_else(|| self.first_error.take()).unwrap_or_else(cancelled);
            effects.push(Effect::Emit(BuildEvent::BuildError { build, first }));
        }
        let artifacts = if made { distinct(&self.artifacts) } else { Vec::new() };
        let wall_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        effects.push(Effect::Emit(BuildEvent::BuildFinished { success, exit_code, counts, artifacts, wall_ms }));
        effects.push(Effect::Finish { exit_code });
        effects
    }
}

fn signal_name(signal: i32) -> String {
    let known =
        [(1, "HUP"), (2, "INT"), (3, "QUIT"), (4, "ILL"), (6, "ABRT"), (7, "BUS"), (8, "FPE"), (9, "KILL"), (11, "SEGV"), (15, "TERM")];
    let name = known.iter().find(|(number, _)| *number == signal).map(|(_, name)| format!(" (SIG{name})"));
    format!("signal {signal}{}", name.unwrap_or_default())
}

/// Tells a tool's text, and what can be told apart in it.
fn say(step: StepId, spec: &StepSpec, text: String, outcome: Outcome, effects: &mut Vec<Effect>) {
    if text.is_empty() {
        return;
    }
    let diagnostics = told(&text, outcome);
    let (label, target, failed) = (spec.label.clone(), spec.target.clone(), outcome == Outcome::Failed);
    effects.push(Effect::Emit(BuildEvent::StepOutput { step, label, target, failed, text }));
    effects.extend(diagnostics.into_iter().map(|diagnostic| Effect::Emit(BuildEvent::Diagnostic(diagnostic))));
}

/// The diagnostics in a tool's text; all of it as one where a failure has none that can be told apart.
fn told(text: &str, outcome: Outcome) -> Vec<Diagnostic> {
    let found = diagnostics::parse(text);
    if !found.is_empty() || outcome != Outcome::Failed {
        return found;
    }
    let message = text.lines().next().unwrap_or_default().to_owned();
    vec![Diagnostic { severity: Severity::Error, file: None, line: 0, column: 0, message, rendered: text.to_owned() }]
}

pub(super) fn distinct(artifacts: &[Artifact]) -> Vec<FilePath> {
    artifacts.iter().map(|artifact| artifact.path.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}
