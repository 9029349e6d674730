//! The targets and steps of a project as a graph to look at. Does not know how it is shown, nor what is up to date.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::cxx::lower::Lowered;
use super::discover::{Discovery, Group, Target, TargetKind};
use super::failure::Failure;
use super::front_end::FrontEnd;
use super::graph::{Graph, GraphError, Step, StepSpec};
use super::ids::StepId;
use super::path::FilePath;
use super::report::StepKind;

/// All targets and all steps.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ProjectGraph {
    /// In the order of their names.
    pub targets: Vec<TargetNode>,
    /// In the order of the description: what makes something may come after what needs it.
    pub steps: Vec<StepNode>,
    /// Remarks, in words.
    pub notes: Vec<String>,
}

/// A target.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TargetNode {
    /// Its name.
    pub name: String,
    /// What it becomes; `None`: a job makes files.
    pub kind: Option<TargetKind>,
    /// `None`: it is built by default.
    pub group: Option<Group>,
    /// What users get of it.
    pub artifacts: Vec<FilePath>,
    /// Targets that make what it needs.
    pub depends_on: Vec<String>,
}

/// A step.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names say all")]
pub struct StepNode {
    pub kind: StepKind,
    pub label: String,
    pub target: String,
    pub inputs: Vec<FilePath>,
    /// What has to be there before it runs, without being read by it for sure.
    pub after: Vec<FilePath>,
    /// The first names it.
    pub outputs: Vec<FilePath>,
    /// Steps that have to be done before, by position.
    pub depends_on: Vec<usize>,
}

impl ProjectGraph {
    /// The graph of what `lowered` describes. What only an object can tell is taken to be so: that a source which may define `main` does.
    pub fn of(front_end: &FrontEnd, lowered: Lowered) -> Result<Self, Failure> {
        let supposed: BTreeMap<FilePath, bool> = lowered.awaiting.iter().map(|awaited| (awaited.source.clone(), true)).collect();
        let lowered = if supposed.is_empty() { lowered } else { front_end.lower(&supposed)? };
        let mut graph = Self::described(&lowered, &front_end.discovery).map_err(Failure::usage)?;
        graph.notes.extend(supposed.keys().map(|source| format!("{source} is shown as a program: whether it is one, its object tells")));
        Ok(graph)
    }

    fn described(lowered: &Lowered, discovery: &Discovery) -> Result<Self, GraphError> {
        let mut graph = Graph::new();
        for spec in &lowered.steps {
            graph.add(spec.clone())?;
        }
        let owners = Owners::of(discovery);
        let steps: Vec<StepNode> = graph.steps().iter().map(|step| node(&graph, step, owners.owner(&step.spec))).collect();
        let mut targets: BTreeMap<String, TargetNode> = BTreeMap::new();
        for Target { name, kind, group, .. } in &discovery.targets {
            targets.insert(name.clone(), TargetNode { name: name.clone(), kind: Some(*kind), group: *group, ..TargetNode::default() });
        }
        for step in &steps {
            let made = |name: &String| TargetNode {
                kind: (name == OBJECTS).then_some(TargetKind::Objects),
                name: name.clone(),
                ..TargetNode::default()
            };
            let own = targets.entry(step.target.clone()).or_insert_with_key(made);
            let others = step.depends_on.iter().map(|at| &steps[*at].target).filter(|other| **other != step.target);
            own.depends_on.extend(others.cloned());
        }
        for artifact in &lowered.artifacts {
            targets.entry(artifact.target.clone()).or_default().artifacts.push(artifact.path.clone());
        }
        let tidy = |mut target: TargetNode| {
            target.depends_on = target.depends_on.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
            target
        };
        Ok(Self { targets: targets.into_values().map(tidy).collect(), steps, notes: lowered.notes.clone() })
    }
}

/// Where no library is made of them: the sources that all programs share.
const OBJECTS: &str = "(objects)";

/// By what steps are shown with a target. What is found has its objects in directories of its own, which are named otherwise; what programs
/// share goes with the library, if there is one.
struct Owners<'a> {
    declared: bool,
    library: Option<&'a str>,
    by_source: HashMap<&'a FilePath, &'a str>,
}

impl<'a> Owners<'a> {
    fn of(discovery: &'a Discovery) -> Self {
        let (libraries, others): (Vec<&Target>, Vec<&Target>) =
            discovery.targets.iter().partition(|target| target.kind == TargetKind::Library);
        let mut by_source = HashMap::new();
        for target in others {
            for source in target.main.iter().map(|(main, _)| main).chain(&target.sources) {
                by_source.entry(source).or_insert(target.name.as_str());
            }
        }
        let library = libraries.first().map(|target| target.name.as_str());
        Self { declared: !discovery.declared.is_empty(), library, by_source }
    }

    fn owner(&self, step: &StepSpec) -> String {
        let shared = self.library.unwrap_or(OBJECTS);
        let source = step.cxx.as_ref().and_then(|cxx| cxx.source.as_ref());
        let owner = match (source, step.kind) {
            _ if self.declared => step.target.as_str(),
            (Some(source), _) => self.by_source.get(source).copied().unwrap_or(shared),
            (None, StepKind::Archive) if self.library != Some(step.target.as_str()) => shared,
            (None, _) => step.target.as_str(),
        };
        owner.to_owned()
    }
}

fn node(graph: &Graph, step: &Step, target: String) -> StepNode {
    let spec = &step.spec;
    let before: BTreeSet<usize> = graph.dependencies(step.id).map(StepId::index).collect();
    StepNode {
        kind: spec.kind,
        label: spec.label.clone(),
        target,
        inputs: spec.explicit.iter().chain(&spec.implicit).cloned().collect(),
        after: spec.order_only.clone(),
        outputs: spec.outputs.iter().map(|output| output.path.clone()).collect(),
        depends_on: before.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::discover::{IfMain, Main};
    use crate::engine::graph::{CxxStep, tests::spec};
    use crate::engine::report::{Artifact, ArtifactKind};

    fn target(name: &str, kind: TargetKind, main: Option<&str>, sources: &[&str]) -> Target {
        Target {
            name: name.to_owned(),
            kind,
            group: None,
            main: main.map(|main| (main.into(), Main::Yes)),
            sources: sources.iter().map(|source| (*source).into()).collect(),
            uses_project: true,
            if_main: IfMain::default(),
            libraries: Vec::new(),
            why: String::new(),
        }
    }

    /// `compile p a.o: a.c`, each step with its kind, its target, and what makes what from what.
    fn lowered(text: &str) -> Lowered {
        let step = |line: &str| {
            let mut words = line.trim().splitn(3, ' ');
            let (kind, target) = (words.next().unwrap(), words.next().unwrap().to_owned());
            let plain = spec(words.next().unwrap());
            let (kind, source) = match kind {
                "compile" => (StepKind::Compile, plain.explicit.first().cloned()),
                "archive" => (StepKind::Archive, None),
                "custom" => (StepKind::Custom, None),
                _ => (StepKind::Link, None),
            };
            StepSpec { kind, target, cxx: Some(CxxStep { source, ..CxxStep::default() }), ..plain }
        };
        Lowered { steps: text.split(';').map(step).collect(), ..Lowered::default() }
    }

    /// Each target with the steps that it has and the targets that it needs.
    fn shown(graph: &ProjectGraph) -> Vec<String> {
        let outputs = |name: &str| {
            let own = graph.steps.iter().filter(|step| step.target == name);
            own.map(|step| step.outputs[0].to_string()).collect::<Vec<_>>().join(" ")
        };
        let line = |it: &TargetNode| format!("{} {:?}: {} < {}", it.name, it.kind, outputs(&it.name), it.depends_on.join(" "));
        graph.targets.iter().map(line).collect()
    }

    #[test]
    fn what_programs_share_goes_with_the_library_or_stands_for_itself() {
        let mut all = lowered(
            "compile p a.o: a.c; archive p @all.a: a.o; link libp libp.so: a.o; compile p main.o: main.c; link p bin/p: main.o @all.a; \
             custom gen g.h: x; compile t t.o: t.c g.h; link t bin/t: t.o @all.a",
        );
        all.artifacts.push(Artifact {
            target: "p".to_owned(),
            kind: ArtifactKind::Executable,
            path: "bin/p".into(),
            test: None,
            runner: Vec::new(),
        });
        let programs =
            || vec![target("p", TargetKind::Executable, Some("main.c"), &[]), target("t", TargetKind::Executable, Some("t.c"), &[])];
        let mut discovery = Discovery { targets: programs(), ..Discovery::default() };
        discovery.targets.push(target("libp", TargetKind::Library, None, &["a.c"]));
        let graph = ProjectGraph::described(&all, &discovery).unwrap();
        let expect = [
            "gen None: g.h < ",
            "libp Some(Library): a.o @all.a libp.so < ",
            "p Some(Executable): main.o bin/p < libp",
            "t Some(Executable): t.o bin/t < gen libp",
        ];
        assert_eq!(shown(&graph), expect);
        assert_eq!(graph.targets[2].artifacts, ["bin/p".into()]);
        assert_eq!(graph.steps[4].depends_on, [1, 3]);

        discovery.targets = programs();
        let without = lowered("compile p a.o: a.c; archive p @all.a: a.o; compile p main.o: main.c; link p bin/p: main.o @all.a");
        let graph = ProjectGraph::described(&without, &discovery).unwrap();
        let expect = ["(objects) Some(Objects): a.o @all.a < ", "p Some(Executable): main.o bin/p < (objects)", "t Some(Executable):  < "];
        assert_eq!(shown(&graph), expect);
    }
}
