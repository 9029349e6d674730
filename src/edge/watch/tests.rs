//! Real directories, changed in all the ways that change what is true of them.

mod following;

use super::*;
use futures_util::{FutureExt, StreamExt};
use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::symlink;

struct Place {
    _dir: tempfile::TempDir,
    root: PathBuf,
    watches: Watches,
    reader: u64,
}

fn place(watched: &[&str]) -> Place {
    place_on(Watches::new(Arc::default()), watched)
}

fn place_on(watches: Watches, watched: &[&str]) -> Place {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    for name in watched {
        let path = if name.is_empty() { root.clone() } else { root.join(name) };
        fs::create_dir_all(&path).unwrap();
    }
    let reader = watches.claim();
    let place = Place { _dir: dir, root, watches, reader };
    watched.iter().for_each(|name| place.watch(name));
    place.drained();
    place
}

impl Place {
    fn at(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.root.clone() } else { self.root.join(name) }
    }

    fn watch(&self, name: &str) {
        self.watches.watch(&self.at(name)).unwrap();
    }

    /// Writes into a file of a directory that is watched, and looks whether that is told.
    fn tells_of(&self, name: &str) -> bool {
        self.drained();
        fs::write(self.at(name), "told?").unwrap();
        self.drained().split(' ').any(|told| told == name)
    }

    /// Changed paths, each once, sorted; `-` before what is gone, `*` for everything.
    fn drained(&self) -> String {
        let short = |path: &Path| path.strip_prefix(&self.root).unwrap().display().to_string();
        let text = |change: Change| match change {
            Change::Entry { path, .. } => short(&path),
            Change::Gone(path) => format!("-{}", short(&path)),
            Change::Everything => "*".to_owned(),
        };
        let mut all: Vec<String> = self.watches.drain(self.reader).into_iter().map(text).collect();
        all.sort();
        all.dedup();
        all.join(" ")
    }
}

#[test]
fn what_was_written_before_is_told() {
    let place = place(&["a"]);
    for n in 0..10_000 {
        fs::write(place.root.join("a/x"), n.to_string()).unwrap();
        assert_eq!(place.drained(), "a/x", "{n}");
    }
    let all: Vec<String> = (0..4000).map(|n| format!("a/{n}")).collect();
    all.iter().for_each(|name| fs::write(place.at(name), "x").unwrap());
    assert_eq!(place.drained().split(' ').collect::<HashSet<_>>(), all.iter().map(String::as_str).collect());
    assert_eq!(place.drained(), "");
}

#[test]
fn entries_come_change_and_go() {
    let place = place(&["", "a"]);
    let at = |name: &str| place.root.join(name);
    fs::write(at("a/x"), "").unwrap();
    assert_eq!(place.drained(), "a/x");
    fs::rename(at("a/x"), at("a/y")).unwrap();
    assert_eq!(place.drained(), "a/x a/y");
    fs::set_permissions(at("a/y"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(place.drained(), "a/y");
    fs::create_dir_all(at("b/c")).unwrap();
    assert_eq!(place.drained(), "b");
    fs::remove_file(at("a/y")).unwrap();
    assert_eq!(place.drained(), "a/y");
}

#[test]
fn a_directory_that_goes_or_moves_takes_what_is_below_with_it() {
    let place = place(&["", "a", "a/b", "ab"]);
    let at = |name: &str| place.root.join(name);
    fs::rename(at("a"), at("z")).unwrap();
    assert_eq!(place.drained(), "-a -a/b a z");
    fs::write(at("z/x"), "").unwrap();
    assert_eq!(place.drained(), "", "it is watched no more");
    fs::create_dir(at("a")).unwrap();
    place.watches.watch(&at("a")).unwrap();
    fs::write(at("a/x"), "").unwrap();
    assert_eq!(place.drained(), "a a/x");
    fs::remove_dir_all(at("a")).unwrap();
    assert_eq!(place.drained(), "-a a a/x");
    fs::write(at("ab/x"), "").unwrap();
    assert_eq!(place.drained(), "ab/x");
}

#[test]
fn a_file_is_told_of_under_its_other_name_too() {
    let place = place(&["a", "b"]);
    let at = |name: &str| place.root.join(name);
    fs::write(at("a/x"), "").unwrap();
    fs::hard_link(at("a/x"), at("y")).unwrap();
    place.watches.watch(&at("a/x")).unwrap();
    place.drained();
    fs::write(at("y"), "more").unwrap();
    assert_eq!(place.drained(), "a/x");
}

/// Writes until the kernel can queue no more.
fn fill_the_queue(place: &Place) {
    let limit: usize = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap().trim().parse().unwrap();
    let (one, two) = (fs::File::create(place.at("a/1")).unwrap(), fs::File::create(place.at("a/2")).unwrap());
    for n in 0..=limit {
        std::io::Write::write_all(&mut if n % 2 == 0 { &one } else { &two }, b"x").unwrap();
    }
}

#[test]
fn lost_events_are_told() {
    let place = place(&["a"]);
    fill_the_queue(&place);
    assert!(place.drained().contains('*'));
    assert_eq!(place.drained(), "");
    place.watch("a");
    assert!(place.tells_of("a/x"));
}

#[test]
fn what_moved_while_events_were_lost_is_watched_where_it_is_now() {
    let place = place(&["", "a", "b"]);
    fill_the_queue(&place);
    fs::rename(place.at("b"), place.at("z")).unwrap();
    fs::create_dir(place.at("b")).unwrap();
    assert!(place.drained().contains('*'));
    fs::write(place.at("z/x"), "").unwrap();
    assert_eq!(place.drained(), "", "a watch that nobody asked for again says nothing");
    ["", "a", "b"].iter().for_each(|name| place.watch(name));
    assert!(place.tells_of("b/x"));
}

#[test]
fn a_directory_that_is_replaced_while_somebody_is_in_it_is_gone() {
    for (watched, removed) in [(&["a"][..], "a"), (&["a/b"], "a/b"), (&["", "a", "a/b"], "a")] {
        let place = place(watched);
        let inside = fs::File::open(place.at(removed)).unwrap();
        fs::remove_dir_all(place.at(removed)).unwrap();
        fs::create_dir_all(place.at(watched.last().unwrap())).unwrap();
        let told = place.drained();
        assert!(told.split(' ').any(|one| one == format!("-{removed}")), "{told}");
        watched.iter().for_each(|name| place.watch(name));
        assert!(place.tells_of(&format!("{}/x", watched.last().unwrap())), "{removed}");
        drop(inside);
        assert!(place.tells_of(&format!("{}/x", watched.last().unwrap())), "{removed}");
    }
}

#[test]
fn a_directory_above_that_moves_takes_all_with_it() {
    let place = place(&["a/b/c", "a/b2", "d/e"]);
    fs::rename(place.at("a"), place.at("z")).unwrap();
    assert_eq!(place.drained(), "-a/b/c -a/b2");
    fs::create_dir_all(place.at("a/b/c")).unwrap();
    place.watch("a/b/c");
    assert!(place.tells_of("a/b/c/x"));
    assert!(place.tells_of("d/e/x"));
    fs::write(place.at("z/b/c/x"), "").unwrap();
    assert_eq!(place.drained(), "");
}

#[test]
fn a_linked_file_that_is_replaced_is_gone() {
    let place = place(&["a"]);
    fs::write(place.at("a/x"), "").unwrap();
    fs::hard_link(place.at("a/x"), place.at("old")).unwrap();
    place.watch("a/x");
    place.drained();
    fs::write(place.at("new"), "").unwrap();
    fs::hard_link(place.at("new"), place.at("other")).unwrap();
    fs::rename(place.at("new"), place.at("a/x")).unwrap();
    assert_eq!(place.drained(), "-a/x a/x");
    fs::write(place.at("old"), "no longer a/x").unwrap();
    assert_eq!(place.drained(), "");
    place.watch("a/x");
    fs::write(place.at("other"), "under its other name").unwrap();
    assert_eq!(place.drained(), "a/x");
}

#[test]
fn what_is_made_again_in_the_same_place_is_another() {
    let place = place(&["", "a"]);
    for _ in 0..3 {
        fs::remove_dir_all(place.at("a")).unwrap();
        fs::create_dir(place.at("a")).unwrap();
        assert!(place.drained().starts_with("-a a"));
        place.watch("a");
        assert!(place.tells_of("a/x"));
    }
    fs::rename(place.at("a"), place.at("z")).unwrap();
    fs::rename(place.at("z"), place.at("a")).unwrap();
    assert_eq!(place.drained(), "-a a z");
    place.watch("a");
    assert!(place.tells_of("a/x"));
}

#[test]
fn a_directory_of_two_names_is_told_of_under_both() {
    let place = place(&["a"]);
    symlink("a", place.at("link")).unwrap();
    place.watch("link");
    fs::write(place.at("a/x"), "").unwrap();
    assert_eq!(place.drained(), "a/x link/x");
    place.watches.unwatch_all([place.at("link").as_path()]);
    assert_eq!(place.drained(), "-link");
    assert!(place.tells_of("a/x"));
}

#[test]
fn what_is_no_longer_wanted_is_told_of_once_and_takes_nothing_with_it() {
    let place = place(&["a", "a/b", "c/d"]);
    place.watches.unwatch_all(["a", "c/d", "never"].map(|name| place.at(name)).iter().map(PathBuf::as_path));
    assert_eq!((place.drained().as_str(), place.watches.count()), ("-a -c/d", 1));
    fs::write(place.at("a/x"), "").unwrap();
    fs::write(place.at("c/d/x"), "").unwrap();
    assert_eq!(place.drained(), "");
    assert!(place.tells_of("a/b/x"));
    fs::rename(place.at("a"), place.at("z")).unwrap();
    assert_eq!(place.drained(), "-a/b", "the way is still watched");
    place.watch("c/d");
    assert!(place.tells_of("c/d/x"));
}

#[test]
fn daemons_do_not_take_each_others_events() {
    let place = place(&["a"]);
    let other = Watches::new(Arc::default());
    let reader = other.claim();
    other.watch(&place.at("a")).unwrap();
    fs::write(place.at("a/x"), "").unwrap();
    assert_eq!(place.drained(), "a/x");
    let expected = Change::Entry { watched: place.at("a"), path: place.at("a/x") };
    assert_eq!(other.drain(reader), [expected]);
}

/// The real kernel, but for some names.
#[derive(Debug)]
struct Refusing(Inotify, fn(&Path) -> Option<Errno>);

impl Kernel for Refusing {
    fn add(&self, path: &Path, interest: kernel::Interest) -> Result<i32, Errno> {
        self.1(path).map_or_else(|| self.0.add(path, interest), Err)
    }
    fn remove(&self, number: i32) {
        self.0.remove(number);
    }
    fn read(&self, take: &mut dyn FnMut(kernel::Event<'_>)) -> Result<(), Errno> {
        self.0.read(take)
    }
    fn descriptor(&self) -> Option<std::os::fd::OwnedFd> {
        self.0.descriptor()
    }
}

fn refusing(refusal: fn(&Path) -> Option<Errno>) -> Watches {
    Watches::on(Some(Box::new(Refusing(Inotify::new().unwrap(), refusal))), Arc::default())
}

#[test]
fn at_the_limit_all_is_given_back() {
    let place = place_on(refusing(|path| path.ends_with("last").then_some(Errno::NOSPC)), &["before"]);
    let wanted: Vec<PathBuf> = ["before", "a", "b", "last", "c"].map(|name| place.at(name)).into();
    wanted.iter().for_each(|path| fs::create_dir_all(path).unwrap());
    assert!(matches!(place.watches.watch(&place.at("last")), Err(WatchError::Full { .. })));
    assert_eq!(place.watches.watch_all(wanted.clone()), wanted);
    assert_eq!((place.drained().as_str(), place.watches.count()), ("-a -b", 1));
    assert!(place.tells_of("before/x"));
}

#[test]
fn a_directory_above_that_must_not_be_read_is_looked_at() {
    let watches = refusing(|path| path.ends_with("closed").then_some(Errno::ACCESS));
    let place = place_on(watches, &["closed/a/b"]);
    assert!(place.tells_of("closed/a/b/x"));
    for moved in ["closed", "closed/a"] {
        let inside = fs::File::open(place.at("closed/a")).unwrap();
        fs::rename(place.at(moved), place.at("z")).unwrap();
        fs::create_dir_all(place.at("closed/a/b")).unwrap();
        assert_eq!(place.drained(), "-closed/a/b");
        place.watch("closed/a/b");
        assert!(place.tells_of("closed/a/b/x"));
        fs::remove_dir_all(place.at("z")).unwrap();
        drop(inside);
    }
    let inside = fs::File::open(place.at("closed/a")).unwrap();
    fs::remove_dir_all(place.at("closed/a")).unwrap();
    fs::create_dir_all(place.at("closed/a/b")).unwrap();
    assert!(place.drained().contains("-closed/a/b"));
    drop(inside);
    assert!(matches!(place.watches.watch(&place.at("closed")), Err(WatchError::Refused { .. })));
}

#[test]
fn a_reader_that_was_replaced_takes_nothing() {
    let mut place = place(&["a"]);
    let old = place.reader;
    place.reader = place.watches.claim();
    fs::write(place.root.join("a/x"), "").unwrap();
    assert_eq!(place.watches.drain(old), []);
    assert_eq!(place.drained(), "a/x");
}

#[tokio::test]
async fn what_somebody_heard_who_does_not_take_it_is_told_at_once() {
    let place = place(&["a"]);
    fs::write(place.root.join("a/x"), "").unwrap();
    place.watches.hear();
    // Nothing is in the kernel's queue any more.
    let mut items = place.watches.readiness().unwrap();
    assert_eq!(items.next().now_or_never(), Some(Some(())));
    assert_eq!(place.drained(), "a/x");
    place.watches.hear();
    assert_eq!(items.next().now_or_never(), None, "nothing was heard");
}

#[test]
fn what_does_not_tell_cannot_be_watched() {
    let place = place(&["a"]);
    assert!(matches!(place.watches.watch(&place.at("none")), Err(WatchError::Refused { .. })));
    assert!(matches!(place.watches.watch(Path::new("/proc/self/task")), Err(WatchError::NoEvents { .. })));
    assert_eq!(place.watches.watch_all(["none", "a"].map(|name| place.at(name)).into()), [place.at("none")]);
    assert_eq!(place.watches.count(), 1);
    let without = Watches::on(None, Arc::default());
    assert!(matches!(without.watch(&place.at("a")), Err(WatchError::Refused { .. })));
    assert!(without.readiness().is_none() && without.drain(without.claim()).is_empty());
}
