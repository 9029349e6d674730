//! The graph as a JSON file, in the words of the original's. Does not know where it goes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::{FileNode, SourceGraph};
use crate::engine::cxx::declarations::Declaration;
use crate::engine::path::FilePath;

/// The graph as a value, with what files declare if that is wanted and known.
#[must_use]
pub fn written(graph: &SourceGraph, with_declarations: bool) -> Json {
    let with_declarations = with_declarations && graph.with_declarations;
    let files: Map<String, Json> = graph.files.iter().map(|node| (node.path.to_string(), file(node, with_declarations))).collect();
    let includes = |node: &FileNode| (node.path.to_string(), paths(&node.includes));
    let includers = reverse(graph);
    let reverse: Map<String, Json> = includers.iter().map(|(path, by)| (path.to_string(), paths(by.iter().copied()))).collect();
    json!({
        "files": files,
        "include_graph": graph.files.iter().map(includes).collect::<Map<String, Json>>(),
        "reverse_graph": reverse,
        "compilation_order": paths(order(graph)),
    })
}

/// Whether a text is a graph that was written before, and may be replaced by another one.
#[must_use]
pub fn is_graph(text: &[u8]) -> bool {
    let graph: Option<Json> = serde_json::from_slice(text).ok();
    graph.is_some_and(|graph| ["files", "include_graph"].iter().all(|key| graph.get(key).is_some_and(Json::is_object)))
}

fn paths<'a>(paths: impl IntoIterator<Item = &'a FilePath>) -> Json {
    paths.into_iter().map(ToString::to_string).collect()
}

fn file(node: &FileNode, with_declarations: bool) -> Json {
    let mut file = json!({
        "is_header": node.is_header,
        "includes": node.named,
        "resolved_includes": paths(&node.includes),
    });
    if with_declarations {
        let of = |wanted: fn(&&Declaration) -> bool| node.declarations.iter().filter(wanted).map(declaration).collect::<Json>();
        file["namespaces"] = of(|it| !it.kind.is_class() && !it.kind.is_function());
        file["classes"] = of(|it| it.kind.is_class());
        file["functions"] = of(|it| it.kind.is_function());
        file["errors"] = node.troubles.iter().map(|(line, what)| json!({ "line": line, "message": what })).collect();
    }
    file
}

fn declaration(it: &Declaration) -> Json {
    let mut told = json!({ "name": it.name, "line": it.line });
    if it.kind.is_class() || it.kind.is_function() {
        told["kind"] = it.kind.name().into();
        told["template"] = it.template.into();
        told["definition"] = it.defined.into();
    }
    if it.kind.is_function() {
        told["type"] = it.signature.as_str().into();
    }
    told
}

fn reverse(graph: &SourceGraph) -> BTreeMap<&FilePath, BTreeSet<&FilePath>> {
    let mut includers: BTreeMap<&FilePath, BTreeSet<&FilePath>> = BTreeMap::new();
    for node in &graph.files {
        includers.entry(&node.path).or_default();
        for included in &node.includes {
            includers.entry(included).or_default().insert(&node.path);
        }
    }
    includers
}

/// What is included before what includes it; where files include each other, the first by its name comes last.
fn order(graph: &SourceGraph) -> Vec<&FilePath> {
    let by_path: BTreeMap<&FilePath, &FileNode> = graph.files.iter().map(|node| (&node.path, node)).collect();
    let (mut begun, mut order) = (BTreeSet::new(), Vec::new());
    for node in &graph.files {
        let mut open = vec![(node, 0)];
        if !begun.insert(&node.path) {
            continue;
        }
        // Chains of includes may be long, so nothing calls itself here.
        while let Some((node, next)) = open.pop() {
            match node.includes.get(next) {
                Some(included) => {
                    open.push((node, next + 1));
                    open.extend(by_path.get(included).filter(|_| begun.insert(included)).map(|node| (*node, 0)));
                }
                None => order.push(&node.path),
            }
        }
    }
    order
}
