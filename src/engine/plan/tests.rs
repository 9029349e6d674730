//! The plan's rules, one small build each. `simulation` mixes them.

use std::time::Duration;

use super::*;
use crate::engine::graph::tests::spec;
use crate::engine::graph::{Purity, StepSpec};
use crate::engine::ids::StepId;
use crate::engine::report::Counts;

/// A plan, its events written short, its actions too: `check a b`, `run a (why)`, `restore a`, `stop a`, `refused …`, `complete …`.
struct Bench(Plan);

impl Bench {
    fn new(options: PlanOptions) -> Self {
        Self(Plan::new(options))
    }

    fn send(&mut self, event: Event) -> Vec<String> {
        let actions = self.0.on_event(Duration::from_millis(7), event);
        actions.iter().map(|action| self.text(action)).collect()
    }

    fn grow(&mut self, steps: &[&str], wanted: &str) -> Vec<String> {
        self.grow_specs(steps.iter().map(|text| spec(text)).collect(), wanted)
    }

    fn grow_specs(&mut self, steps: Vec<StepSpec>, wanted: &str) -> Vec<String> {
        self.send(Event::Grow { steps, wanted: wanted.split_whitespace().map(FilePath::from).collect() })
    }

    fn checked(&mut self, name: &str, verdict: Verdict) -> Vec<String> {
        let step = self.id(name);
        self.send(Event::Checked { step, verdict })
    }

    /// Says of each of `names` that it must run.
    fn dirty(&mut self, names: &str) -> Vec<String> {
        names.split_whitespace().flat_map(|name| self.checked(name, Verdict::Run("new".into()))).collect()
    }

    fn finished(&mut self, name: &str, finish: Finish) -> Vec<String> {
        let step = self.id(name);
        self.send(Event::Finished { step, finish })
    }

    fn ok(&mut self, name: &str) -> Vec<String> {
        self.finished(name, Finish::Succeeded { discovered: vec![] })
    }

    fn id(&self, name: &str) -> StepId {
        self.0.graph().producer_of(&name.into()).unwrap()
    }

    fn state(&self, name: &str) -> State {
        self.0.state(self.id(name))
    }

    fn text(&self, action: &Action) -> String {
        let name = |step: &StepId| self.0.graph().step(*step).spec.name();
        match action {
            Action::Check(steps) => format!("check {}", steps.iter().map(name).collect::<Vec<_>>().join(" ")),
            Action::Run { step, reason } => format!("run {} ({reason})", name(step)),
            Action::Restore(step) => format!("restore {}", name(step)),
            Action::Stop(step) => format!("stop {}", name(step)),
            Action::Refused(error) => format!("refused: {error}"),
            Action::Complete(end) => {
                let Counts { total, ran, cached, up_to_date, failed, not_run } = end.counts;
                let first = end.first_failure.as_ref().map(name).unwrap_or_default();
                let cancelled = if end.cancelled { " cancelled" } else { "" };
                format!("complete {total} = {ran} + {cached} + {up_to_date} + {failed} + {not_run} {first}{cancelled}")
            }
        }
    }
}

const NONE: [&str; 0] = [];

fn slots(slots: usize) -> PlanOptions {
    PlanOptions { slots, ..PlanOptions::default() }
}

/// Steps `names` that have to run, sealed, no slot filled yet. Then `count` slots.
fn queued(options: PlanOptions, names: &str, count: usize) -> (Bench, Vec<String>) {
    let mut bench = Bench::new(PlanOptions { slots: 0, ..options });
    let steps: Vec<String> = names.split_whitespace().map(|name| format!("{name}:")).collect();
    bench.grow(&steps.iter().map(String::as_str).collect::<Vec<_>>(), names);
    bench.send(Event::Sealed);
    bench.dirty(names);
    let actions = bench.send(Event::Slots(count));
    (bench, actions)
}

#[test]
fn a_build_from_its_first_event_to_its_last() {
    let mut b = Bench::new(slots(1));
    assert_eq!(b.grow(&["app: a.o b.o", "a.o: a.c", "b.o: b.c", "other: z"], "app"), ["check a.o b.o"]);
    assert_eq!(b.send(Event::Sealed), NONE);
    assert_eq!(b.checked("a.o", Verdict::UpToDate), NONE);
    assert_eq!(b.checked("b.o", Verdict::Run("b.c changed".into())), ["run b.o (b.c changed)"]);
    assert_eq!((b.0.running(), b.state("app"), b.state("other")), (1, State::Blocked, State::Unwanted));
    assert_eq!(b.ok("b.o"), ["check app"]);
    assert_eq!(b.checked("app", Verdict::Restore), ["restore app"]);
    assert_eq!(b.finished("app", Finish::Restored), ["complete 3 = 1 + 1 + 1 + 0 + 0 "]);
    assert_eq!(b.send(Event::Cancel), NONE);
}

#[test]
fn nothing_to_do_ends_when_sealed() {
    let mut b = Bench::new(slots(1));
    assert_eq!(b.grow(&[], ""), NONE);
    assert_eq!(b.send(Event::Sealed), ["complete 0 = 0 + 0 + 0 + 0 + 0 "]);
}

#[test]
fn phony_steps_complete_by_themselves_and_do_not_count() {
    let phony = |text: &str| StepSpec { purity: Purity::Phony, ..spec(text) };
    let mut b = Bench::new(slots(1));
    assert_eq!(b.grow_specs(vec![phony("all: lib a"), phony("lib: "), spec("a: lib")], "all"), ["check a"]);
    assert_eq!(b.send(Event::Sealed), NONE);
    assert_eq!(b.checked("a", Verdict::UpToDate), ["complete 1 = 0 + 0 + 1 + 0 + 0 "]);
}

#[test]
fn validations_are_built_but_not_waited_for() {
    let mut b = Bench::new(slots(2));
    assert_eq!(b.grow(&["a: s |@ lint", "lint: s"], "a"), ["check a lint"]);
    assert_eq!(b.send(Event::Sealed), NONE);
    assert_eq!(b.dirty("a"), ["run a (new)"]);
    assert_eq!(b.ok("a"), NONE);
    assert_eq!(b.dirty("lint"), ["run lint (new)"]);
    assert_eq!(b.finished("lint", Finish::Failed), ["complete 2 = 1 + 0 + 0 + 1 + 0 lint"]);
}

#[test]
fn the_longest_way_goes_first() {
    let check = |durations: &[(&str, u64)], expect: [&str; 3]| {
        let durations = durations.iter().map(|&(name, ms)| (name.into(), ms)).collect();
        let mut b = Bench::new(PlanOptions { durations, ..slots(0) });
        b.grow(&["a:", "b:", "c:", "bb: b", "all: a bb c"], "all");
        b.dirty("a b c");
        assert_eq!(b.send(Event::Slots(3)), expect);
    };
    check(&[], ["run b (new)", "run a (new)", "run c (new)"]);
    check(&[("c", 9)], ["run c (new)", "run b (new)", "run a (new)"]);
    check(&[("a", 9), ("bb", 20)], ["run b (new)", "run a (new)", "run c (new)"]);
}

#[test]
fn growth_raises_what_is_already_queued() {
    let mut b = Bench::new(slots(0));
    b.grow(&["a:", "b:"], "a b");
    b.dirty("a b");
    assert_eq!(b.grow(&["z: y", "y: b"], "z"), NONE);
    assert_eq!(b.send(Event::Slots(1)), ["run b (new)"]);
}

#[test]
fn pools_and_the_console_limit_how_many_run() {
    let mut b = Bench::new(PlanOptions { pools: [("link".to_owned(), 1)].into(), ..slots(9) });
    let pool = |text: &str| StepSpec { pool: Some("link".into()), ..spec(text) };
    let mut console = spec("t1:");
    console.flags.console = true;
    let named = StepSpec { pool: Some("console".into()), ..spec("t2:") };
    b.grow_specs(vec![pool("l1:"), pool("l2:"), console, named, spec("a:")], "l1 l2 t1 t2 a");
    assert_eq!(b.dirty("l1 l2 t1 t2 a"), ["run l1 (new)", "run t1 (new)", "run a (new)"]);
    assert_eq!(b.ok("l1"), ["run l2 (new)"]);
    assert_eq!(b.ok("t1"), ["run t2 (new)"]);
}

#[test]
fn after_a_failure() {
    let check = |options: PlanOptions, on_failure: &[&str], rest: &[(&str, Finish, &[&str])]| {
        let (mut b, _) = queued(options, "a b c", 2);
        assert_eq!(b.finished("a", Finish::Failed), on_failure);
        for (name, finish, expect) in rest {
            assert_eq!(b.finished(name, finish.clone()), *expect);
        }
    };
    let fine = || Finish::Succeeded { discovered: vec![] };
    check(slots(2), &[], &[("b", fine(), &["complete 3 = 1 + 0 + 0 + 1 + 1 a"])]);
    check(slots(2), &[], &[("b", Finish::Voided("x".into()), &["complete 3 = 0 + 0 + 0 + 1 + 2 a"])]);
    let keep = PlanOptions { keep_going: true, ..slots(2) };
    check(keep, &["run c (new)"], &[("b", Finish::Failed, &[]), ("c", fine(), &["complete 3 = 1 + 0 + 0 + 2 + 0 a"])]);
    let fast = || PlanOptions { fail_fast: true, ..slots(2) };
    check(fast(), &["stop b"], &[("b", Finish::Stopped, &["complete 3 = 0 + 0 + 0 + 1 + 2 a"])]);
    check(fast(), &["stop b"], &[("b", fine(), &["complete 3 = 1 + 0 + 0 + 1 + 1 a"])]);
    check(fast(), &["stop b"], &[("b", Finish::Failed, &["complete 3 = 0 + 0 + 0 + 1 + 2 a"])]);
}

#[test]
fn keep_going_leaves_out_what_depends_on_the_failure() {
    let mut b = Bench::new(PlanOptions { keep_going: true, ..slots(1) });
    b.grow(&["a:", "x: a", "y: x", "z:"], "y z");
    b.send(Event::Sealed);
    assert_eq!(b.dirty("a z"), ["run a (new)"]);
    assert_eq!(b.finished("a", Finish::Failed), ["run z (new)"]);
    assert_eq!((b.state("x"), b.state("y")), (State::NotRun, State::NotRun));
    assert_eq!(b.ok("z"), ["complete 4 = 1 + 0 + 0 + 1 + 2 a"]);
}

#[test]
fn cancelling_stops_what_runs_and_waits_for_it() {
    let (mut b, _) = queued(slots(1), "a b c", 2);
    assert_eq!(b.send(Event::Cancel), ["stop a", "stop b"]);
    assert_eq!(b.send(Event::Cancel), NONE);
    assert_eq!(b.finished("a", Finish::Signalled(15)), NONE);
    assert_eq!(b.finished("b", Finish::Stopped), ["complete 3 = 0 + 0 + 0 + 0 + 3  cancelled"]);
    let mut b = Bench::new(slots(1));
    assert_eq!(b.send(Event::Cancel), ["complete 0 = 0 + 0 + 0 + 0 + 0  cancelled"]);
}

#[test]
fn a_step_that_somebody_else_stopped_cancels_the_build() {
    let (mut b, _) = queued(slots(1), "a b", 2);
    assert_eq!(b.finished("a", Finish::Stopped), ["stop b"]);
    assert_eq!(b.finished("b", Finish::Stopped), ["complete 2 = 0 + 0 + 0 + 0 + 2  cancelled"]);
}

#[test]
fn a_killed_step_runs_once_more_alone() {
    let (mut b, _) = queued(PlanOptions { keep_going: true, ..slots(0) }, "a b c", 2);
    assert_eq!(b.finished("a", Finish::Signalled(9)), NONE);
    assert_eq!(b.ok("b"), ["run a (signal 9 killed it)"]);
    assert_eq!(b.send(Event::Slots(5)), NONE);
    assert_eq!(b.finished("a", Finish::Signalled(9)), ["run c (new)"]);
    assert_eq!(b.state("a"), State::Failed);
}

#[test]
fn a_voided_step_runs_again_at_once_three_times() {
    let (mut b, _) = queued(PlanOptions { durations: [("b".into(), 99)].into(), ..slots(0) }, "a b", 0);
    assert_eq!(b.send(Event::Slots(1)), ["run b (new)"]);
    let void = || Finish::Voided("b.c changed".into());
    assert_eq!(b.ok("b"), ["run a (new)"]);
    for _ in 0..3 {
        assert_eq!(b.finished("a", void()), ["run a (b.c changed)"]);
    }
    assert_eq!(b.finished("a", void()), ["complete 2 = 1 + 0 + 0 + 1 + 0 a"]);
}

#[test]
fn lost_workers_put_back_only_what_ran() {
    let (mut b, _) = queued(slots(0), "a b c", 2);
    b.ok("a");
    let all: Vec<StepId> = ["a", "b", "c"].map(|name| b.id(name)).into();
    assert_eq!(b.send(Event::Lost(all.clone())), ["run b (new)", "run c (new)"]);
    assert_eq!((b.state("a"), b.0.running()), (State::Done(How::Ran), 2));
    b.send(Event::Cancel);
    assert_eq!(b.send(Event::Lost(all)), ["complete 3 = 1 + 0 + 0 + 0 + 2  cancelled"]);
}

#[test]
fn what_the_store_cannot_deliver_runs() {
    let mut b = Bench::new(slots(1));
    b.grow(&["a:"], "a");
    assert_eq!(b.checked("a", Verdict::Restore), ["restore a"]);
    assert_eq!(b.finished("a", Finish::RestoreFailed("the store lost it".into())), ["run a (the store lost it)"]);
}

#[test]
fn an_input_that_another_step_makes_is_waited_for() {
    let discovers = |file: &str| Finish::Succeeded { discovered: vec![file.into(), "plain.h".into()] };
    let mut b = Bench::new(slots(4));
    b.grow(&["gen.h:", "a.o: a.c", "app: a.o"], "app");
    b.send(Event::Sealed);
    assert_eq!(b.dirty("a.o"), ["run a.o (new)"]);
    assert_eq!(b.finished("a.o", discovers("gen.h")), ["check gen.h"], "it read gen.h before gen.h was made");
    assert_eq!(b.dirty("gen.h"), ["run gen.h (new)"]);
    assert_eq!(b.ok("gen.h"), ["check a.o"]);
    assert_eq!(b.dirty("a.o"), ["run a.o (new)"]);
    assert_eq!(b.finished("a.o", discovers("gen.h")), ["check app"]);
    assert_eq!(b.checked("app", Verdict::UpToDate), ["complete 3 = 2 + 0 + 1 + 0 + 0 "]);
}

#[test]
fn a_recorded_input_that_another_step_makes_is_waited_for() {
    let mut b = Bench::new(slots(4));
    b.grow(&["gen.h:", "a.o: a.c"], "a.o");
    assert_eq!(b.checked("a.o", Verdict::Wait(vec!["gen.h".into(), "x.h".into()])), ["check gen.h"]);
    assert_eq!(b.checked("gen.h", Verdict::UpToDate), ["check a.o"]);
    assert_eq!(b.checked("a.o", Verdict::Wait(vec!["gen.h".into()])), ["check a.o"], "all done: asked again");
}

#[test]
fn a_record_older_than_the_graph_makes_no_cycle() {
    let mut b = Bench::new(slots(4));
    b.grow(&["a.o: a.c", "gen.h: tool", "tool: a.o"], "gen.h");
    assert_eq!(b.checked("a.o", Verdict::Wait(vec!["gen.h".into()])), ["run a.o (what it read is now made from what it makes)"]);
}

#[test]
fn a_producer_that_turns_up_late_sends_its_consumers_back() {
    let mut b = Bench::new(slots(1));
    b.grow(&["done: x.h", "after: done", "running: x.h", "queued: x.h", "asked: x.h"], "after running queued asked");
    b.checked("done", Verdict::UpToDate);
    b.checked("after", Verdict::UpToDate);
    assert_eq!(b.dirty("running queued"), ["run running (new)"]);
    assert_eq!(b.grow(&["x.h: x.in"], ""), ["check x.h"]);
    for name in ["done", "after", "queued", "asked"] {
        assert_eq!(b.state(name), State::Blocked, "{name}");
    }
    assert_eq!(b.checked("asked", Verdict::UpToDate), NONE, "an answer to an outdated question");
    assert_eq!(b.finished("running", Finish::Failed), NONE, "it ran too early");
    let checks = b.checked("x.h", Verdict::UpToDate);
    assert_eq!(checks, ["check done running queued asked"]);
}

#[test]
fn what_makes_no_graph_is_refused() {
    let check = |steps: &[&str], wanted: &str, error: &str| {
        let mut b = Bench::new(slots(1));
        let actions = b.grow(steps, wanted);
        assert_eq!(actions[0], format!("refused: {error}"));
        assert!(actions[1].starts_with("complete"), "{actions:?}");
    };
    check(&["a: b", "b: a"], "a", "dependency cycle: a → b → a; remove one of these dependencies");
    check(&["a:", "a:"], "a", "a is made twice, by a and by a; give one of them another output");
    check(&["a:"], "b", "no step makes b; check its spelling, or add a step that makes it");
}

#[test]
fn cycles_that_arise_while_building_are_refused() {
    let mut b = Bench::new(slots(2));
    b.grow(&["a: x", "b: a", "c:"], "b c");
    assert_eq!(b.dirty("c"), ["run c (new)"]);
    assert_eq!(b.grow(&["x: b"], ""), ["refused: dependency cycle: x → b → a → x; remove one of these dependencies"]);
    assert_eq!(b.ok("c"), ["complete 3 = 1 + 0 + 0 + 0 + 2 "], "what runs ends first");

    let mut b = Bench::new(slots(2));
    b.grow(&["a:", "b: a"], "b");
    b.dirty("a");
    let actions = b.finished("a", Finish::Succeeded { discovered: vec!["b".into()] });
    assert_eq!(actions[0], "refused: dependency cycle: a → b → a; remove one of these dependencies");
    assert_eq!(actions[1], "complete 2 = 0 + 0 + 0 + 1 + 1 a");
}

#[test]
fn a_hundred_thousand_steps_take_one_pass() {
    let mut b = Bench::new(slots(64));
    let mut steps: Vec<StepSpec> = (0..100_000).map(|n| spec(&format!("o{n}: s{n} common.h"))).collect();
    let mut link = spec("app:");
    link.explicit = (0..100_000).map(|n| FilePath::new(format!("o{n}"))).collect();
    steps.push(link);
    let mut todo = b.0.on_event(Duration::ZERO, Event::Grow { steps, wanted: vec!["app".into()] });
    todo.extend(b.0.on_event(Duration::ZERO, Event::Sealed));
    let mut last = None;
    while let Some(action) = todo.pop() {
        let reply = |b: &mut Bench, event| b.0.on_event(Duration::ZERO, event);
        match action {
            Action::Check(asked) => {
                for step in asked {
                    todo.extend(reply(&mut b, Event::Checked { step, verdict: Verdict::Run("new".into()) }));
                }
            }
            Action::Run { step, .. } => {
                todo.extend(reply(&mut b, Event::Finished { step, finish: Finish::Succeeded { discovered: vec![] } }));
            }
            Action::Complete(end) => last = Some(end.counts.ran),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(last, Some(100_001));
}
