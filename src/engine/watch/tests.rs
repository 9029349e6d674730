//! Saves at any moment of a build, without a clock: what is reported as current is what was saved last.

use proptest::prelude::*;

use super::*;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn saved(names: &[&str]) -> Event {
    Event::Heard(Changes { paths: names.iter().map(|name| FilePath::from(*name)).collect(), everything: false })
}

fn nothing() -> Event {
    Event::Heard(Changes::default())
}

fn build(names: &[&str]) -> Action {
    Action::Build(Changes { paths: names.iter().map(|name| FilePath::from(*name)).collect(), everything: false })
}

const CURRENT: Action = Action::Report { current: true };
const OUTDATED: Action = Action::Report { current: false };

/// A watch whose first build has ended.
fn quiet() -> Watch {
    let (mut watch, first) = Watch::start();
    assert_eq!(first, [build(&[])]);
    assert_eq!(watch.on_event(ms(0), Event::Ended), [Action::Listen]);
    assert_eq!(watch.on_event(ms(0), nothing()), [CURRENT]);
    watch
}

#[test]
fn a_save_of_several_events_is_one_build() {
    let mut watch = quiet();
    assert_eq!(watch.wake_at(), None);
    assert_eq!(watch.on_event(ms(100), saved(&["a.c"])), []);
    assert_eq!(watch.on_event(ms(120), saved(&["a.c", "b.h"])), []);
    assert_eq!(watch.wake_at(), Some(ms(150)));
    assert_eq!(watch.on_event(ms(149), Event::Tick), []);
    assert_eq!(watch.on_event(ms(150), Event::Tick), [build(&["a.c", "b.h"])]);
    assert_eq!(watch.wake_at(), None);
}

#[test]
fn a_change_stops_the_build_that_it_outdates() {
    let mut watch = quiet();
    watch.on_event(ms(0), saved(&["a.c"]));
    watch.on_event(ms(30), Event::Tick);
    assert_eq!(watch.on_event(ms(40), saved(&["b.c"])), [Action::Cancel]);
    assert_eq!(watch.on_event(ms(50), saved(&["b.c"])), [], "it is being stopped");
    assert_eq!(watch.on_event(ms(200), Event::Ended), [OUTDATED]);
    assert_eq!(watch.wake_at(), Some(ms(80)), "they have settled long ago");
    assert_eq!(watch.on_event(ms(200), Event::Tick), [build(&["b.c"])]);
}

#[test]
fn a_build_that_ends_as_its_source_is_saved_is_not_current() {
    let mut watch = quiet();
    watch.on_event(ms(0), saved(&["a.c"]));
    watch.on_event(ms(30), Event::Tick);
    assert_eq!(watch.on_event(ms(90), Event::Ended), [Action::Listen]);
    assert_eq!(watch.on_event(ms(90), saved(&["a.c"])), [OUTDATED]);
    assert_eq!(watch.on_event(ms(120), Event::Tick), [build(&["a.c"])]);
}

#[test]
fn changes_without_end_are_built_all_the_same() {
    let mut watch = quiet();
    let mut now = ms(0);
    while watch.on_event(now, Event::Tick).is_empty() {
        watch.on_event(now, saved(&["a.c"]));
        now += ms(10);
        assert!(now < ms(1000));
    }
    assert_eq!(now, PATIENCE);
}

/// One turn of a simulation: so much time passes, then this happens.
#[derive(Clone, Debug)]
enum Turn {
    Save,
    End,
    Pass,
}

/// The world around a watch: versions of the source, and which of them a build looks at.
struct World {
    watch: Watch,
    now: Duration,
    version: u32,
    unheard: bool,
    building: Option<u32>,
    cancelled: bool,
    shown: Option<(u32, bool)>,
    builds: u32,
}

impl World {
    fn carry_out(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Build(_) => {
                    assert!(self.building.is_none(), "one at a time");
                    (self.building, self.cancelled, self.unheard) = (Some(self.version), false, false);
                    self.builds += 1;
                }
                Action::Cancel => self.cancelled = true,
                Action::Listen => self.hear(),
                Action::Report { current } => {
                    let built = self.building.take().expect("a build ended");
                    assert!(!current || built == self.version && !self.cancelled, "an old state is no current one");
                    self.shown = Some((built, current));
                }
            }
        }
    }

    fn tell(&mut self, event: Event) {
        let actions = self.watch.on_event(self.now, event);
        self.carry_out(actions);
    }

    fn hear(&mut self) {
        let changed = std::mem::take(&mut self.unheard);
        self.tell(if changed { saved(&["a.c"]) } else { nothing() });
    }

    fn wait(&mut self) {
        if let Some(at) = self.watch.wake_at() {
            self.now = self.now.max(at);
            self.tell(Event::Tick);
        }
    }
}

proptest! {
    #[test]
    fn what_is_shown_as_current_is_what_was_saved_last(
        turns in prop::collection::vec((prop_oneof![Just(Turn::Save), Just(Turn::End), Just(Turn::Pass)], 0..60u64, any::<bool>()), 0..60)
    ) {
        let (watch, actions) = Watch::start();
        let mut world =
            World { watch, now: ms(0), version: 0, unheard: false, building: None, cancelled: false, shown: None, builds: 0 };
        world.carry_out(actions);
        for (turn, passed, heard_at_once) in turns {
            world.now += ms(passed);
            match turn {
                Turn::Save => {
                    (world.version, world.unheard) = (world.version + 1, true);
                    if heard_at_once {
                        world.hear();
                    }
                }
                Turn::End if world.building.is_some() => world.tell(Event::Ended),
                Turn::End | Turn::Pass => world.tell(Event::Tick),
            }
        }
        world.hear();
        for _ in 0..3 {
            world.wait();
            if world.building.is_some() {
                world.tell(Event::Ended);
            }
        }
        prop_assert_eq!(world.shown, Some((world.version, true)));
        prop_assert!(world.builds <= world.version + 1, "{} builds of {} saves", world.builds, world.version);
        prop_assert_eq!(world.watch.wake_at(), None);
    }
}
