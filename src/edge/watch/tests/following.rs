//! A table of a tree that is kept by looking only at what is said to have changed is, after any edits, the table of a fresh look.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::engine::change_log::{ChangeLog, Heard, Moment};

/// What files hold; directories hold nothing.
type Files = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// Follows one tree, as a project does.
struct Follower {
    place: Place,
    log: ChangeLog,
    since: Moment,
    files: Files,
}

impl Follower {
    fn new() -> Self {
        let place = place(&[]);
        fs::create_dir_all(place.at("tree")).unwrap();
        fs::create_dir_all(place.at("out")).unwrap();
        Self { place, log: ChangeLog::new(1), since: Moment::default(), files: Files::new() }
    }

    fn hear(&mut self) -> Heard {
        let changes = self.place.watches.drain(self.place.reader);
        for change in &changes {
            self.log.take(change);
        }
        self.log.since(self.since)
    }

    /// Everything that was written before is in the table afterwards.
    fn sync(&mut self) {
        let heard = self.hear();
        // A file that has several names is watched itself: by them it changes unheard.
        let structure = |path: &PathBuf| path.is_dir() || self.files.get(path) == Some(&None) || has_names(path);
        if heard.everything || heard.paths.iter().any(structure) {
            return self.look_at_everything();
        }
        self.since = heard.now;
        for path in heard.paths {
            match fs::read(&path) {
                Ok(content) if path.starts_with(self.place.at("tree")) => drop(self.files.insert(path, Some(content))),
                _ => drop(self.files.remove(&path)),
            }
        }
    }

    fn look_at_everything(&mut self) {
        loop {
            self.since = self.hear().now;
            self.files = look(&self.place.at("tree"));
            let whole = self.files.iter().filter(|(path, content)| content.is_none() || has_names(path)).map(|(path, _)| path.clone());
            let fresh = self.log.watch(whole.chain([self.place.root.clone()]));
            if fresh.is_empty() && self.log.stood_at(self.since) {
                return;
            }
            let failed = self.place.watches.watch_all(fresh);
            self.log.watches_set(&failed);
        }
    }
}

fn has_names(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|about| about.is_file() && about.nlink() > 1)
}

fn look(tree: &Path) -> Files {
    let entries = walkdir::WalkDir::new(tree).into_iter().filter_map(Result::ok);
    entries.map(|entry| (entry.path().to_owned(), fs::read(entry.path()).ok())).collect()
}

/// One edit; numbers choose names. What cannot be done is not done.
#[derive(Clone, Debug)]
enum Edit {
    Write(u8, u8, u8),
    Append(u8, u8),
    SaveByRename(u8, u8),
    DeleteAndCreate(u8, u8),
    Remove(u8, u8),
    MakeDeep(u8, u8),
    RemoveTree(u8),
    MoveTree(u8, u8),
    MoveFile(u8, u8, u8, u8),
    MoveAwayAndBack(u8),
    Swap(u8, u8),
    ReplaceHeld(u8),
    LinkFresh(u8, u8),
    WriteThroughLinks,
    ReplaceRoot,
    Sync,
}

const DIRS: [&str; 6] = ["tree", "tree/a", "tree/b", "tree/a/c", "tree/a/c/d", "tree/b/a"];
const NAMES: [&str; 4] = ["x.c", "y.h", "z", "x.c~"];

fn edit() -> impl Strategy<Value = Edit> {
    let (d, n) = (|| 0..DIRS.len() as u8, || 0..NAMES.len() as u8);
    prop_oneof![
        4 => (d(), n(), any::<u8>()).prop_map(|(d, n, c)| Edit::Write(d, n, c)),
        2 => (d(), n()).prop_map(|(d, n)| Edit::Append(d, n)),
        2 => (d(), n()).prop_map(|(d, n)| Edit::SaveByRename(d, n)),
        1 => (d(), n()).prop_map(|(d, n)| Edit::DeleteAndCreate(d, n)),
        1 => (d(), n()).prop_map(|(d, n)| Edit::Remove(d, n)),
        3 => (d(), n()).prop_map(|(d, n)| Edit::MakeDeep(d, n)),
        1 => d().prop_map(Edit::RemoveTree),
        2 => (d(), d()).prop_map(|(a, b)| Edit::MoveTree(a, b)),
        1 => (d(), n(), d(), n()).prop_map(|(a, n, b, m)| Edit::MoveFile(a, n, b, m)),
        1 => d().prop_map(Edit::MoveAwayAndBack),
        1 => (d(), d()).prop_map(|(a, b)| Edit::Swap(a, b)),
        2 => d().prop_map(Edit::ReplaceHeld),
        2 => (d(), n()).prop_map(|(d, n)| Edit::LinkFresh(d, n)),
        2 => Just(Edit::WriteThroughLinks),
        1 => Just(Edit::ReplaceRoot),
        3 => Just(Edit::Sync),
    ]
}

/// Does it as far as possible.
fn apply(follower: &mut Follower, held: &mut Vec<fs::File>, edit: &Edit) -> std::io::Result<()> {
    let place = &follower.place;
    let dir = |d: u8| place.at(DIRS[d as usize]);
    let file = |d: u8, n: u8| dir(d).join(NAMES[n as usize]);
    match *edit {
        Edit::Write(d, n, content) => fs::write(file(d, n), [content]),
        Edit::Append(d, n) => {
            let open = fs::OpenOptions::new().append(true).open(file(d, n));
            open.and_then(|mut open| std::io::Write::write_all(&mut open, b"+"))
        }
        Edit::SaveByRename(d, n) => fs::write(dir(d).join(".tmp"), "renamed").and_then(|()| fs::rename(dir(d).join(".tmp"), file(d, n))),
        Edit::DeleteAndCreate(d, n) => fs::remove_file(file(d, n)).and_then(|()| fs::write(file(d, n), "again")),
        Edit::Remove(d, n) => fs::remove_file(file(d, n)),
        Edit::MakeDeep(d, n) => fs::create_dir_all(dir(d)).and_then(|()| fs::write(file(d, n), "deep")),
        Edit::RemoveTree(d) => fs::remove_dir_all(dir(d)),
        Edit::MoveTree(a, b) => fs::rename(dir(a), dir(b)),
        Edit::MoveFile(a, n, b, m) => fs::rename(file(a, n), file(b, m)),
        Edit::MoveAwayAndBack(d) => fs::rename(dir(d), place.at("out/d")).and_then(|()| {
            fs::write(place.at("out/d/x.c"), "while away")?;
            fs::rename(place.at("out/d"), dir(d))
        }),
        Edit::Swap(a, b) => rustix::fs::renameat_with(rustix::fs::CWD, dir(a), rustix::fs::CWD, dir(b), rustix::fs::RenameFlags::EXCHANGE)
            .map_err(Into::into),
        Edit::ReplaceHeld(d) => fs::File::open(dir(d)).and_then(|open| {
            held.push(open);
            fs::remove_dir_all(dir(d))?;
            fs::create_dir_all(dir(d))
        }),
        Edit::LinkFresh(d, n) => fs::write(dir(d).join(".tmp"), "linked").and_then(|()| {
            let name = place.at("out").join(held.len().to_string());
            let _taken = fs::remove_file(&name);
            fs::hard_link(dir(d).join(".tmp"), name)?;
            fs::rename(dir(d).join(".tmp"), file(d, n))
        }),
        Edit::WriteThroughLinks => {
            let links = fs::read_dir(place.at("out")).unwrap().map(|entry| entry.unwrap().path());
            links.filter(|path| path.is_file()).try_for_each(|path| fs::write(path, follower.files.len().to_string()))
        }
        Edit::ReplaceRoot => {
            fs::rename(place.at("tree"), place.at("out").join(format!("old{}", held.len()))).and_then(|()| fs::create_dir(place.at("tree")))
        }
        Edit::Sync => {
            follower.sync();
            Ok(())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn the_table_of_a_follower_is_that_of_a_fresh_look(edits in prop::collection::vec(edit(), 1..40)) {
        let mut follower = Follower::new();
        let mut held = Vec::new();
        for edit in &edits {
            let _what_is_possible = apply(&mut follower, &mut held, edit);
            if matches!(edit, Edit::Sync) {
                prop_assert_eq!(&follower.files, &look(&follower.place.at("tree")));
            }
        }
        follower.sync();
        prop_assert_eq!(&follower.files, &look(&follower.place.at("tree")));
    }
}
