//! State that meets errors of the disk.

use super::*;

fn keys(state: &ProjectState) -> Vec<String> {
    let mut keys: Vec<String> = state.records().keys().map(ToString::to_string).collect();
    keys.sort();
    keys
}

#[test]
fn what_cannot_be_written_is_written_once_it_can() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::real(&dir.path().join("cache"));
    let (state, _) = ProjectState::open(&world, dir.path()).unwrap();
    state.remember(&"a.o".into(), &Arc::default());
    state.commit();

    // The database closes itself after an error, and cannot be opened where a directory stands.
    assert!(state.with_database(|_| Err::<(), _>(redb::Error::PreviousIo)).is_err());
    let (place, away) = (dir.path().join(DIRECTORY).join("state.redb"), dir.path().join("away"));
    std::fs::rename(&place, &away).unwrap();
    std::fs::create_dir(&place).unwrap();
    state.remember(&"b.o".into(), &Arc::default());
    state.commit();
    assert_eq!(keys(&state), ["b.o"], "what is not written yet is not lost");

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
