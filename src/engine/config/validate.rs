//! What must hold between keys of the project's file for there to be settings at all. Does not know the disk.

use std::collections::BTreeSet;

use super::keys::nearest;
use super::problem::Problem;
use super::raw::Raw;
use super::value::{Table, Value};

/// All that is wrong between keys, and what contradicts how JMake works.
pub(super) fn validate(raw: &Raw, content: &str, root_name: &str) -> Vec<Problem> {
    let mut found = Found { raw, content, problems: Vec::new() };
    found.names();
    found.depends();
    found.circles();
    found.rules();
    found.remarks(root_name);
    found.problems
}

struct Found<'a> {
    raw: &'a Raw,
    content: &'a str,
    problems: Vec<Problem>,
}

fn name(table: &Table) -> &str {
    table.text("targets.name").unwrap_or_default()
}

fn depends(table: &Table) -> &[String] {
    table.texts("targets.depends").unwrap_or_default()
}

impl Found<'_> {
    fn at(&mut self, span: std::ops::Range<usize>, message: String, advice: impl Into<String>) {
        self.problems.push(Problem::at(&self.raw.file, self.content, span, message, advice));
    }

    fn names(&mut self) {
        let mut seen = BTreeSet::new();
        for table in &self.raw.targets {
            let Some(entry) = table.get("targets.name") else {
                if table.has("targets.name") {
                    continue;
                }
                self.at(table.span.clone(), "this target has no name".to_owned(), "write name = \"…\" below [[targets]]");
                continue;
            };
            let name = name(table);
            if name.contains('/') || name == "." || name == ".." || name.starts_with('-') {
                self.at(
                    entry.span.clone(),
                    format!("`{name}` cannot name a target"),
                    "leave `/` out, and begin with a letter; `output_dir` says where it goes",
                );
            } else if !seen.insert(name) {
                self.at(entry.span.clone(), format!("there are two targets `{name}`"), "rename or remove one of them");
            }
        }
    }

    fn depends(&mut self) {
        let names: Vec<&str> = self.raw.targets.iter().map(name).collect();
        for table in &self.raw.targets {
            let Some(entry) = table.get("targets.depends") else { continue };
            for (wanted, span) in &entry.items {
                if wanted == name(table) {
                    self.at(span.clone(), format!("the target `{wanted}` depends on itself"), "remove it from the list");
                } else if !names.contains(&wanted.as_str()) {
                    let near = nearest(wanted, names.iter().copied());
                    let advice = near.map_or_else(|| self.no_target(wanted), |near| format!("did you mean \"{near}\"?"));
                    self.at(span.clone(), format!("there is no target `{wanted}`"), advice);
                }
            }
        }
    }

    fn no_target(&self, wanted: &str) -> String {
        let others: Vec<&str> = self.raw.targets.iter().map(name).filter(|name| !name.is_empty()).collect();
        format!(
            "add a [[targets]] with name = \"{wanted}\", or write a library of the system into `link_libraries`; there are: {}",
            others.join(", ")
        )
    }

    /// Each circle once, at the first of its targets in the file.
    fn circles(&mut self) {
        let mut told: BTreeSet<String> = BTreeSet::new();
        for table in &self.raw.targets {
            let start = name(table);
            if told.contains(start) {
                continue;
            }
            if let Some(circle) = circle(&self.raw.targets, start) {
                told.extend(circle.iter().cloned());
                let span =
                    table.get("targets.depends").map_or(table.span.clone(), |entry| entry.span_of(circle.get(1).unwrap_or(&circle[0])));
                self.at(
                    span,
                    format!("targets depend on each other in a circle: {}", circle.join(" -> ")),
                    "remove one of these from a `depends`",
                );
            }
        }
    }

    fn rules(&mut self) {
        for table in &self.raw.files {
            if table.texts("files.match").map_or(!table.has("files.match"), <[String]>::is_empty) {
                self.at(
                    table.span.clone(),
                    "this [[files]] matches nothing".to_owned(),
                    "write match = [\"src/legacy/**\"] below [[files]]",
                );
            }
        }
    }

    fn remarks(&mut self, root_name: &str) {
        let table = &self.raw.table;
        let mut remarks = Vec::new();
        if let (Some(entry), Some(typed)) = (table.get("project.root"), table.text("project.root")) {
            let folded = super::merged::relative(typed);
            let same = folded.as_bytes().is_empty() || folded.as_path().is_absolute() && folded.name() == root_name;
            let message = format!("`project.root` is {typed}, but the root is always the directory of jmake.toml");
            remarks.extend((!same).then(|| (entry.span.clone(), message, "move jmake.toml there, or remove the line")));
        }
        for (stage, span) in table.get("workflow.stages").into_iter().flat_map(|entry| &entry.items) {
            // What is said of its section is not said again of its stage.
            let known = STAGES.contains(&stage.as_str()) || self.raw.inert.contains(stage);
            remarks.extend((!known).then(|| (span.clone(), format!("there is no stage `{stage}`"), "remove it from the list")));
        }
        let tables = [table].into_iter().chain(self.raw.profiles.values()).chain(&self.raw.targets).chain(&self.raw.files);
        for entry in tables.flat_map(|table| &table.entries) {
            let one = match &entry.value {
                Value::Text(text) => Some((text, &entry.span)),
                _ => None,
            };
            let texts = entry.items.iter().map(|(text, span)| (text, span)).chain(one);
            remarks.extend(texts.filter_map(|(text, span)| {
                Some((span.clone(), unexpanded(text)?, "write what it stands for; CFLAGS, CXXFLAGS, CPPFLAGS and LDFLAGS are heeded"))
            }));
        }
        for (span, message, advice) in remarks {
            self.problems.push(Problem::at(&self.raw.file, self.content, span, message, advice).warning());
        }
    }
}

/// Stages that a build has.
const STAGES: &[&str] = &["discovery", "compile", "link", "binary", "symbols", "test", "install"];

/// A variable that its user expects to be expanded. The loader knows some of its own.
fn unexpanded(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("${")?;
    let (name, _) = rest.split_once('}')?;
    (!["ORIGIN", "LIB", "PLATFORM"].contains(&name)).then(|| format!("`${{{name}}}` is not expanded"))
}

/// The way from `start` back to it, if there is one; `start` at both ends.
fn circle(targets: &[Table], start: &str) -> Option<Vec<String>> {
    let mut seen = BTreeSet::from([start]);
    let mut ways = vec![vec![start]];
    while let Some(way) = ways.pop() {
        let last = way.last().copied().unwrap_or(start);
        let table = targets.iter().find(|table| name(table) == last)?;
        for next in depends(table) {
            if next == start && way.len() > 1 {
                return Some(way.iter().copied().chain([start]).map(ToOwned::to_owned).collect());
            }
            if targets.iter().any(|table| name(table) == next) && seen.insert(next) {
                ways.push([way.as_slice(), &[next.as_str()]].concat());
            }
        }
    }
    None
}
