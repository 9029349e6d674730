//! Files with what they include and declare, for people. Does not know targets.

use std::fmt::Write as _;

use super::super::listing::{SHORT, name};
use crate::client::screen::visible;
use crate::wire::{DeclarationReply, GraphFile};

/// Adds a file.
pub(super) fn put(out: &mut String, file: &GraphFile, verbose: bool) {
    let _ = writeln!(out, "\n{}", name(&file.path));
    if !file.includes.is_empty() {
        let _ = writeln!(out, "  includes {}", file.includes.iter().map(name).collect::<Vec<_>>().join(", "));
    }
    for error in &file.errors {
        let _ = writeln!(out, "{:>6} error: {}", line(error.line), visible(&error.message));
    }
    let mut all: Vec<&DeclarationReply> = file.namespaces.iter().chain(&file.classes).chain(&file.functions).collect();
    // Among what is on one line, what is around the others stays first.
    all.sort_by_key(|it| it.line);
    let limit = if verbose { usize::MAX } else { SHORT };
    for it in all.iter().take(limit) {
        let template = if it.template { "template " } else { "" };
        let signature = if it.r#type.is_empty() { String::new() } else { format!("  {}", visible(&it.r#type)) };
        let announced = if it.definition { "" } else { "  (declared)" };
        let _ = writeln!(out, "{:>6} {template}{} {}{signature}{announced}", line(it.line), it.kind, visible(&it.name));
    }
    if all.len() > limit {
        let _ = writeln!(out, "       … {} more (-v)", all.len() - limit);
    }
}

fn line(line: u32) -> String {
    if line == 0 { String::new() } else { line.to_string() }
}
