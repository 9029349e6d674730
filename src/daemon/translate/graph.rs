//! Targets, steps and files as clients hear of them. Does not know how they are shown.

use std::path::Path;

use super::{group_name, path, target_kind};
use crate::engine::cxx::declarations::{Declaration, DeclarationKind};
use crate::engine::project_graph::{StepNode, TargetNode};
use crate::engine::source_graph::{FileNode, SourceGraph};
use crate::messages::orchestrator::Charted;
use crate::wire::{DeclarationReply, GraphFile, GraphReply, GraphStep, GraphTarget, TroubleReply};

/// The answer to `graph`.
pub(in crate::daemon) fn charted(root: &Path, charted: Charted, files: SourceGraph) -> GraphReply {
    let graph = charted.graph;
    let library_kind = charted.settings.library_type.unwrap_or_default().kind().name();
    let unseen = files.unseen();
    GraphReply {
        root: root.into(),
        targets: graph.targets.into_iter().map(|node| target(node, library_kind)).collect(),
        steps: graph.steps.iter().map(|node| step(node, &graph.steps)).collect(),
        notes: graph.notes.into_iter().chain(unseen).collect(),
        files: if files.with_declarations { files.files.into_iter().map(file).collect() } else { Vec::new() },
    }
}

fn target(node: TargetNode, library_kind: &str) -> GraphTarget {
    GraphTarget {
        name: node.name,
        kind: node.kind.map_or("job", |kind| target_kind(kind, library_kind)).to_owned(),
        group: node.group.map(|group| group_name(group).to_owned()),
        artifacts: node.artifacts.iter().map(path).collect(),
        depends_on: node.depends_on,
    }
}

fn step(node: &StepNode, all: &[StepNode]) -> GraphStep {
    let before = node.depends_on.iter().filter_map(|at| all.get(*at)?.outputs.first());
    GraphStep {
        kind: node.kind,
        label: node.label.clone(),
        target: node.target.clone(),
        inputs: node.inputs.iter().map(path).collect(),
        after: node.after.iter().map(path).collect(),
        outputs: node.outputs.iter().map(path).collect(),
        depends_on: before.map(path).collect(),
    }
}

fn file(node: FileNode) -> GraphFile {
    let (namespaces, others): (Vec<_>, Vec<_>) = node.declarations.into_iter().partition(|it| it.kind == DeclarationKind::Namespace);
    let (classes, functions): (Vec<_>, Vec<_>) = others.into_iter().partition(|it| it.kind.is_class());
    let told = |all: Vec<Declaration>| all.into_iter().map(declaration).collect();
    GraphFile {
        path: path(&node.path),
        is_header: node.is_header,
        includes: node.includes.iter().map(path).collect(),
        namespaces: told(namespaces),
        classes: told(classes),
        functions: told(functions),
        errors: node.troubles.into_iter().map(|(line, message)| TroubleReply { line, message }).collect(),
    }
}

fn declaration(it: Declaration) -> DeclarationReply {
    DeclarationReply {
        name: it.name,
        kind: it.kind.name().to_owned(),
        line: it.line,
        template: it.template,
        definition: it.defined,
        r#type: it.signature,
    }
}
