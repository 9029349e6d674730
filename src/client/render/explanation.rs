//! An explanation for people. Does not know how it was found out.

use std::fmt::Write as _;

use super::listing::SHORT;
use crate::client::screen::visible;
use crate::wire::{ExplainReply, ExplainedStep};

/// All of it; long ones show their beginning unless the user wants more.
#[must_use]
pub fn explanation(reply: &ExplainReply, verbose: bool) -> String {
    let limit = if verbose { usize::MAX } else { SHORT };
    let mut out = format!("{}\n", head(reply));
    let (still, moving): (Vec<_>, Vec<_>) = reply.steps.iter().partition(|step| step.is_up_to_date());
    let shown: Vec<&ExplainedStep> = if moving.is_empty() { still } else { moving };
    // What was asked about comes last, and is what people want to see.
    let (first, last) = shown.split_at(shown.len().saturating_sub(1));
    for step in first.iter().take(limit.saturating_sub(1)).chain(last) {
        let _ = writeln!(out, "  {}", line(step));
    }
    let (count, more) = (u32::try_from(shown.len().min(limit)).unwrap_or(u32::MAX), reply.run + reply.restore);
    if more > count {
        let _ = writeln!(out, "  … {} more (-v, --json)", more - count);
    }
    for note in &reply.notes {
        let _ = writeln!(out, "note: {note}");
    }
    out
}

fn head(reply: &ExplainReply) -> String {
    let ExplainReply { subject, read, total, run, restore, .. } = reply;
    let name = if subject.is_empty() { "this project".to_owned() } else { visible(subject) };
    let steps = if *read { "that read it " } else { "" };
    let plural = if *total == 1 { "" } else { "s" };
    match (run, restore) {
        (0, 0) if *read => format!("{name}: nothing would run; {total} step{plural} read it"),
        (0, 0) => format!("{name} is up to date: nothing would run"),
        (run, 0) => format!("{name}: {run} of {total} step{plural} {steps}would run"),
        (0, restore) => format!("{name}: nothing would run; the outputs of {restore} of {total} step{plural} {steps}would be put back"),
        (run, restore) => {
            format!("{name}: {run} of {total} step{plural} {steps}would run, and the outputs of {restore} would be put back")
        }
    }
}

fn line(step: &ExplainedStep) -> String {
    let what = format!("{} {}", step.kind.name(), visible(&step.label));
    let why = visible(&step.why);
    match (step.is_up_to_date(), why.is_empty()) {
        (true, true) => what,
        (true, false) => format!("{what} ran last: {why}"),
        (false, _) => format!("{what}: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::StepKind;

    fn step(kind: StepKind, label: &str, fate: &str, why: &str) -> ExplainedStep {
        let (label, fate, why) = (label.to_owned(), fate.to_owned(), why.to_owned());
        ExplainedStep { kind, label, target: String::new(), output: None, fate, why, because: Vec::new() }
    }

    #[test]
    fn what_would_run_is_told_or_that_nothing_would() {
        let reply = ExplainReply {
            subject: "app".into(),
            total: 3,
            run: 2,
            steps: vec![
                step(StepKind::Compile, "a.c", "run", "c.h changed (a.c → b.h → c.h)"),
                step(StepKind::Link, "app", "run", "compile a.c would run before it: …"),
            ],
            ..ExplainReply::default()
        };
        assert_eq!(
            explanation(&reply, false),
            "app: 2 of 3 steps would run\n  compile a.c: c.h changed (a.c → b.h → c.h)\n  link app: compile a.c would run before it: …\n"
        );
        let done = ExplainReply { run: 0, steps: vec![step(StepKind::Link, "app", "up_to_date", "first build")], ..reply.clone() };
        assert_eq!(explanation(&done, false), "app is up to date: nothing would run\n  link app ran last: first build\n");
        let restored = ExplainReply { restore: 1, run: 0, read: true, steps: Vec::new(), ..reply };
        assert_eq!(
            explanation(&restored, false).lines().next(),
            Some("app: nothing would run; the outputs of 1 of 3 steps that read it would be put back")
        );
    }

    #[test]
    fn long_ones_are_cut_but_for_the_end() {
        let mut steps: Vec<_> = (0..100).map(|n| step(StepKind::Compile, &format!("{n}.c"), "run", "first build")).collect();
        steps.push(step(StepKind::Link, "app", "run", "first build"));
        let reply = ExplainReply { subject: String::new(), total: 101, run: 101, steps, ..ExplainReply::default() };
        let text = explanation(&reply, false);
        assert!(text.starts_with("this project: 101 of 101 steps would run\n  compile 0.c: first build\n"), "{text}");
        assert!(text.ends_with("  compile 18.c: first build\n  link app: first build\n  … 81 more (-v, --json)\n"), "{text}");
        assert_eq!(explanation(&reply, true).lines().count(), 102);
    }
}
