//! The graph against hand-drawn ones.

use super::*;
use crate::engine::report::StepKind;

/// `out: in in | implicit || order |@ validation`, as in Ninja.
pub(crate) fn spec(text: &str) -> StepSpec {
    let (outputs, inputs) = text.split_once(':').unwrap();
    let mut lists: [Vec<FilePath>; 4] = Default::default();
    let mut at = 0;
    for word in inputs.split_whitespace() {
        match ["|", "||", "|@"].iter().position(|mark| *mark == word) {
            Some(mark) => at = mark + 1,
            None => lists[at].push(word.into()),
        }
    }
    let [explicit, implicit, order_only, validations] = lists;
    StepSpec {
        kind: StepKind::Custom,
        purity: Purity::Understood,
        label: outputs.trim().to_owned(),
        target: "t".to_owned(),
        explicit,
        implicit,
        order_only,
        validations,
        outputs: outputs.split_whitespace().map(|path| Output::file(path.into())).collect(),
        flags: StepFlags::default(),
        pool: None,
        command: None,
        cxx: None,
    }
}

fn graph(steps: &[&str]) -> Graph {
    let mut graph = Graph::new();
    for step in steps {
        graph.add(spec(step)).unwrap();
    }
    graph
}

#[test]
fn edges_follow_every_kind_of_input() {
    let mut graph = graph(&["gen.h:", "pch:", "dir:", "lint:", "late.h:", "a.o: a.c gen.h | pch || dir gen.h |@ lint"]);
    let compile = graph.producer_of(&"a.o".into()).unwrap();
    let fresh = graph.add_discovered(compile, &["late.h".into(), "a.o".into(), "gen.h".into(), "std.h".into(), "std.h".into()]);
    assert_eq!(fresh.iter().map(|&f| graph.path(f).to_string()).collect::<Vec<_>>(), ["late.h", "std.h"]);
    assert_eq!(graph.step(compile).discovered(), fresh);
    let names = |ids: Vec<StepId>| ids.iter().map(|&id| graph.step(id).spec.name()).collect::<Vec<_>>();
    assert_eq!(names(graph.dependencies(compile).collect()), ["gen.h", "pch", "dir", "late.h"]);
    assert_eq!(names(graph.closure(&[compile])), ["gen.h", "pch", "dir", "lint", "late.h", "a.o"]);
    let gen_h = graph.file_id(&"gen.h".into()).unwrap();
    assert_eq!(graph.consumers(gen_h), [compile]);
    assert_eq!(graph.dependents(graph.producer(gen_h).unwrap()).collect::<Vec<_>>(), [compile]);
    assert_eq!(graph.file_id(&"nobody".into()), None);
}

#[test]
fn a_second_producer_is_refused_and_leaves_nothing() {
    let check = |first: &str, second: &str, error: &str| {
        let mut graph = graph(&[first]);
        assert_eq!(graph.add(spec(second)).unwrap_err().to_string(), error);
        assert_eq!(graph.len(), 1);
        assert_eq!(graph.producer_of(&"new".into()), None);
    };
    check("a.o: a.c", "new a.o: b.c", "a.o is made twice, by a.o and by new; give one of them another output");
    check("a.o: a.c", "new new: b.c", "new is made twice, by new and by new; give one of them another output");
}

#[test]
fn cycles_name_their_steps() {
    let check =
        |steps: &[&str], expect: Option<&str>| assert_eq!(graph(steps).find_cycle().map(|c| c.to_string()).as_deref(), expect, "{steps:?}");
    check(&["a.o: b.o", "b.o: a.o"], Some("a.o → b.o → a.o"));
    check(&["a: a"], Some("a → a"));
    check(&["x: a", "a: | b", "b: || c", "c: a"], Some("a → b → c → a"));
    check(&["a: b c", "b: d", "c: d", "d:"], None);
    check(&["a: |@ b", "b: a"], None);
}

#[test]
fn a_discovered_cycle_is_found() {
    let mut graph = graph(&["a:", "b: a"]);
    assert_eq!(graph.find_cycle(), None);
    graph.add_discovered(StepId(0), &["b".into()]);
    assert_eq!(graph.find_cycle().unwrap().to_string(), "a → b → a");
}

#[test]
fn a_very_long_chain_needs_no_stack() {
    let mut graph = Graph::new();
    for n in 0..50_000 {
        graph.add(spec(&format!("f{}: f{n}", n + 1))).unwrap();
    }
    assert_eq!(graph.find_cycle(), None);
    assert_eq!(graph.closure(&[StepId(49_999)]).len(), 50_000);
}
