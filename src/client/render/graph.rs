//! Targets and steps for people, or for Graphviz. Does not know sockets.

mod dot;
mod files;

use std::collections::HashMap;
use std::fmt::Write as _;

use super::listing::{SHORT, name, notes};
use crate::client::screen::{Screen, Stream, visible};
use crate::client::session::Show;
use crate::wire::{Control, FromDaemon, GraphPart, GraphReply, GraphStep, GraphTarget, PathText, Reply};

/// Shows one graph.
#[derive(Debug, Default)]
pub struct Graph {
    dot: bool,
    verbose: bool,
    parts: GraphPart,
    screen: Screen,
}

impl Graph {
    /// Shows nothing yet. `dot`: for Graphviz.
    #[must_use]
    pub fn new(dot: bool, verbose: bool) -> Self {
        Self { dot, verbose, ..Self::default() }
    }

    fn show(&mut self, reply: &GraphReply) {
        let whole = std::mem::take(&mut self.parts).whole(reply);
        if self.dot {
            self.screen.put(Stream::Out, dot::of(&whole));
            // The graph itself is for another program.
            whole.notes.iter().for_each(|note| self.screen.put_line(Stream::Err, format!("jmake: {note}")));
        } else {
            self.screen.put(Stream::Out, text(&whole, self.verbose));
        }
    }
}

impl Show for Graph {
    fn line(&mut self, line: &FromDaemon, _raw: &[u8]) {
        match line {
            FromDaemon::Control(Control::Reply(Reply::GraphPart(part))) => self.parts.take(part),
            FromDaemon::Control(Control::Reply(Reply::Graph(reply))) => self.show(reply),
            FromDaemon::Control(Control::Failed(failed)) => self.screen.put_line(Stream::Err, format!("jmake: error: {}", failed.message)),
            FromDaemon::Event(_) | FromDaemon::Control(_) => {}
        }
    }

    fn note(&mut self, text: &str, detail: bool) {
        if !detail || self.verbose {
            self.screen.put_line(Stream::Err, format!("jmake: {text}"));
        }
    }

    fn flush(&mut self) {
        self.screen.flush();
    }

    fn end(&mut self) {
        self.screen.flush();
    }
}

fn text(graph: &GraphReply, verbose: bool) -> String {
    let counted = |count: usize, what: &str| if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") };
    let (targets, steps) = (counted(graph.targets.len(), "target"), counted(graph.steps.len(), "step"));
    let mut out = format!("project {}: {targets}, {steps}\n", name(&graph.root));
    let owners: HashMap<&PathText, &str> =
        graph.steps.iter().filter_map(|step| Some((step.outputs.first()?, step.target.as_str()))).collect();
    for target in &graph.targets {
        head(&mut out, target);
        let own: Vec<&GraphStep> = graph.steps.iter().filter(|step| step.target == target.name).collect();
        let limit = if verbose { usize::MAX } else { SHORT };
        // What it is all for comes last, and is shown in any case.
        let left_out = own.len().saturating_sub(limit);
        let shown = own.iter().enumerate().filter(|(at, _)| left_out == 0 || *at < limit - 1 || *at == own.len() - 1);
        for (at, step) in shown {
            if left_out > 0 && at == own.len() - 1 {
                let _ = writeln!(out, "  … {} more (-v)", own.len() - limit);
            }
            line(&mut out, step, &owners);
        }
    }
    graph.files.iter().for_each(|file| files::put(&mut out, file, verbose));
    if !graph.notes.is_empty() {
        out.push('\n');
    }
    notes(&mut out, &graph.notes);
    out
}

fn head(out: &mut String, target: &GraphTarget) {
    let group = target.group.as_ref().map(|group| format!(", {group}")).unwrap_or_default();
    let needs: Vec<String> = target.depends_on.iter().map(|name| visible(name)).collect();
    let needs = if needs.is_empty() { String::new() } else { format!(", needs {}", needs.join(", ")) };
    let _ = writeln!(out, "\n{} ({}{group}){needs}", visible(&target.name), target.kind);
}

/// A step, with what it takes from others: by name if it is one, else in sum.
fn line(out: &mut String, step: &GraphStep, owners: &HashMap<&PathText, &str>) {
    let mut by_target: Vec<(&str, Vec<&PathText>)> = Vec::new();
    for before in &step.depends_on {
        let owner = owners.get(before).copied().unwrap_or_default();
        match by_target.iter_mut().find(|(target, _)| *target == owner) {
            Some((_, all)) => all.push(before),
            None => by_target.push((owner, vec![before])),
        }
    }
    let taken = by_target.iter().map(|(target, all)| match all.as_slice() {
        [one] => name(one),
        many if *target == step.target => format!("{} steps above", many.len()),
        many => format!("{} steps of {}", many.len(), visible(target)),
    });
    let from = taken.collect::<Vec<_>>().join(", ");
    let from = if from.is_empty() { from } else { format!("  ← {from}") };
    let _ = writeln!(out, "  {:<8} {}{from}", step.kind.name(), visible(&step.label));
}

#[cfg(test)]
mod tests;
