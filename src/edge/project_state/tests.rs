//! State that meets errors of the disk.

use super::*;
use crate::engine::digest::Digest;
use crate::engine::discover::Language;
use crate::engine::fingerprint::{Assembled, Identity, Input, Reading, Record, Runs};
use crate::engine::scan::comment_blind::Dialect;

fn keys(state: &ProjectState) -> Vec<String> {
    let mut keys: Vec<String> = state.records().iter().map(|(path, _)| path.to_string()).collect();
    keys.sort();
    keys
}

#[test]
fn what_cannot_be_written_is_written_once_it_can() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::real(&dir.path().join("cache"));
    let (state, _) = ProjectState::open(&world, dir.path()).unwrap();
    state.remember("a.o".into(), Arc::new(vec![record("a", "1")]));
    state.commit();

    // The database closes itself after an error, and cannot be opened where a directory stands.
    assert!(state.kept.with_database(|_| Err::<(), _>(redb::Error::PreviousIo)).is_err());
    let (place, away) = (dir.path().join(DIRECTORY).join("state.redb"), dir.path().join("away"));
    std::fs::rename(&place, &away).unwrap();
    std::fs::create_dir(&place).unwrap();
    state.remember("b.o".into(), Arc::new(vec![record("b", "1")]));
    state.commit();
    assert_eq!(keys(&state), ["a.o", "b.o"], "what is not written yet is not lost");

    std::fs::remove_dir(&place).unwrap();
    std::fs::rename(&away, &place).unwrap();
    state.commit();
    assert_eq!(keys(&state), ["a.o", "b.o"]);
    drop((state, world));
    let (state, note) = ProjectState::open(&World::real(&dir.path().join("cache")), dir.path()).unwrap();
    assert_eq!((keys(&state).join(" ").as_str(), note), ("a.o b.o", None));
}

#[test]
fn a_state_that_may_not_be_opened_now_is_not_set_aside() {
    for (kind, kept) in [
        (std::io::ErrorKind::StorageFull, true),
        (std::io::ErrorKind::ReadOnlyFilesystem, true),
        (std::io::ErrorKind::PermissionDenied, true),
        (std::io::ErrorKind::InvalidData, false),
        (std::io::ErrorKind::IsADirectory, false),
    ] {
        assert_eq!(is_of_the_machine(&kind.into()), kept, "{kind}");
    }
}

/// A record of a step that read this header in its `version`, and many others.
fn record(source: &str, version: &str) -> Record {
    let input = |path: String| -> Input { (path.as_str().into(), Some(Identity::of(Digest::of(path.as_bytes())))) };
    let headers = (0..200).map(|number| input(format!("/usr/include/{number}.h")));
    let own = ("own.h".into(), Some(Identity::of(Digest::of(version.as_bytes()))));
    Record {
        run: 0,
        key: Digest::of(source.as_bytes()),
        fields: (0..50).map(|number| ("argument".to_owned(), format!("-D{number}"))).collect(),
        inputs: [input(source.to_owned()), own].into_iter().chain(headers).collect(),
        lookups: crate::engine::fingerprint::Lookups::default(),
        times: None,
        assembled: Assembled::default(),
        reading: Dialect::of(Language::Cxx, None).map(Reading::Text),
        outputs: Vec::new(),
        stdout_stderr: Vec::new(),
        duration_ms: 0,
        why: String::new(),
    }
}

fn opened(dir: &Path) -> Arc<ProjectState> {
    ProjectState::open(&World::real(&dir.join("cache")), dir).unwrap().0
}

/// Removes the first row of a closed file.
fn damage(dir: &Path, table: redb::TableDefinition<'static, u32, &'static [u8]>) {
    let database = Database::open(dir.join(DIRECTORY).join("state.redb")).unwrap();
    let write = database.begin_write().unwrap();
    assert!(write.open_table(table).unwrap().pop_first().unwrap().is_some());
    write.commit().unwrap();
}

#[test]
fn records_share_what_they_have_in_common_on_disk_too() {
    let dir = tempfile::tempdir().unwrap();
    let state = opened(dir.path());
    let of = |number: u32| {
        let source = format!("{number}.c");
        Arc::new(vec![record(&source, "new"), record(&source, "old")])
    };
    for number in 0..300 {
        state.remember(format!("{number}.o").as_str().into(), of(number));
        // In groups, as builds do it.
        if number % 100 == 99 {
            state.commit();
        }
    }
    let written = std::fs::metadata(dir.path().join(DIRECTORY).join("state.redb")).unwrap().len();
    assert!(written < 2 << 20, "600 records of 252 paths and arguments take {written} bytes");
    drop(state);
    let state = opened(dir.path());
    let records = state.records();
    assert!((0..300).all(|number| *records.get(&format!("{number}.o").as_str().into()).unwrap() == of(number)));
    let last = |number: u32| records.get(&format!("{number}.o").as_str().into()).unwrap()[0].inputs.runs().last().unwrap().clone();
    assert!(Arc::ptr_eq(&last(0), &last(299)));
    // What is new goes on where the file ends.
    state.remember("late.o".into(), Arc::new(vec![record("late.c", "newest")]));
    state.commit();
    drop(state);
    let records = opened(dir.path()).records();
    assert_eq!(records.get(&"late.o".into()).unwrap().as_slice(), [record("late.c", "newest")]);
    assert!(records.len() == 301 && *records.get(&"0.o".into()).unwrap() == of(0));
}

#[test]
fn a_record_that_names_what_is_not_there_is_none() {
    for table in ["inputs", "input runs", "fields", "field runs"] {
        let dir = tempfile::tempdir().unwrap();
        let state = opened(dir.path());
        state.remember("a.o".into(), Arc::new(vec![record("a.c", "")]));
        state.remember("b.o".into(), Arc::new(vec![Record { inputs: Runs::default(), fields: Runs::default(), ..record("b", "1") }]));
        state.commit();
        drop(state);
        damage(dir.path(), redb::TableDefinition::new(table));
        let state = opened(dir.path());
        assert_eq!(keys(&state), ["b.o"], "{table}");
        // It is made anew.
        state.remember("a.o".into(), Arc::new(vec![record("a.c", "")]));
        state.commit();
        drop(state);
        assert_eq!(opened(dir.path()).records().get(&"a.o".into()).unwrap().as_slice(), [record("a.c", "")], "{table}");
    }
}

#[test]
fn what_is_left_of_texts_without_comments_is_known_to_the_next_process_of_this_project_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (cache, root, other) = (dir.path().join("cache"), dir.path().join("project"), dir.path().join("other"));
    let source = root.join("own.h");
    std::fs::create_dir_all(&root).unwrap();
    std::fs::create_dir(&other).unwrap();
    std::fs::write(&source, "int a; // one\n").unwrap();
    let content = Digest::of(b"int a; // one\n");
    let world = World::real(&cache);
    let text = world.texts.of(&source, &content).unwrap();
    let read = |world: &World, root: &Path| {
        let (state, _) = ProjectState::open(world, root).unwrap();
        let _records = state.records();
        world.text_of(root, &content)
    };
    let (state, _) = ProjectState::open(&world, &root).unwrap();
    state.remember("a.o".into(), Arc::new(vec![record("a.c", "int a; // one\n")]));
    state.commit();
    drop((state, world));
    std::fs::write(&source, "int a;\n").unwrap();
    let world = World::real(&cache);
    assert_eq!([&root, &other].map(|root| read(&world, root)), [Some(text), None]);
}
