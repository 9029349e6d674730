//! A graph in Graphviz' language. Does not know what it is drawn by.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::client::screen::visible;
use crate::wire::{GraphReply, GraphStep, PathText};

/// Targets as clusters, steps as boxes, and an arrow from each step to those that wait for it.
pub(super) fn of(graph: &GraphReply) -> String {
    let mut out = String::from("digraph jmake {\n  rankdir = LR;\n  node [shape = box];\n");
    let made: HashMap<&PathText, usize> =
        graph.steps.iter().enumerate().filter_map(|(at, step)| Some((step.outputs.first()?, at))).collect();
    for (at, target) in graph.targets.iter().enumerate() {
        let _ = writeln!(out, "  subgraph cluster_{at} {{\n    label = {};", quoted(&[&target.name, &format!("({})", target.kind)]));
        for (step, node) in graph.steps.iter().enumerate().filter(|(_, step)| step.target == target.name) {
            let _ = writeln!(out, "    s{step} [label = {}];", label(node));
        }
        out.push_str("  }\n");
    }
    for (at, step) in graph.steps.iter().enumerate() {
        for before in step.depends_on.iter().filter_map(|name| made.get(name)) {
            let _ = writeln!(out, "  s{before} -> s{at};");
        }
    }
    files(&mut out, graph);
    out + "}\n"
}

/// Files as notes, with an arrow from each to those that include it.
fn files(out: &mut String, graph: &GraphReply) {
    let at: HashMap<&PathText, usize> = graph.files.iter().enumerate().map(|(at, file)| (&file.path, at)).collect();
    for (own, file) in graph.files.iter().enumerate() {
        let counts = format!("{} classes, {} functions", file.classes.len(), file.functions.len());
        let _ = writeln!(out, "  f{own} [shape = note, label = {}];", quoted(&[&file.path.to_string(), &counts]));
        for included in file.includes.iter().filter_map(|included| at.get(included)) {
            let _ = writeln!(out, "  f{included} -> f{own};");
        }
    }
}

fn label(step: &GraphStep) -> String {
    quoted(&[step.kind.name(), &step.label])
}

/// Lines of a label, as one string of the language. Control characters are shown, so none of them breaks a line.
fn quoted(lines: &[&str]) -> String {
    let escaped = lines.iter().map(|line| visible(line).replace('\\', "\\\\").replace('"', "\\\""));
    format!("\"{}\"", escaped.collect::<Vec<_>>().join("\\n"))
}
