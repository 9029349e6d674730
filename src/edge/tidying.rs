//! Removes files that somebody left half made who was killed. What such files are called is the engine's.

use std::collections::BTreeSet;
use std::path::Path;

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use super::project_state::DIRECTORY;
use crate::engine::build::Records;
use crate::engine::graph::StepSpec;
use crate::engine::half_made;
use crate::engine::path::FilePath;

/// Tidies up JMake's own directory and those of outputs. Nobody may be at work.
pub fn tidy(root: &Path, directories: &BTreeSet<FilePath>) {
    let own = walkdir::WalkDir::new(root.join(DIRECTORY)).into_iter().filter_map(Result::ok);
    let half_made = own.filter(|entry| !entry.file_type().is_dir() && half_made::is_in_own_place(entry.file_name().as_encoded_bytes()));
    half_made.for_each(|entry| remove(entry.path()));
    for directory in directories {
        remove_in(&directory.under(root), half_made::is_own);
    }
}

/// Removes from a directory what processes of JMake began there that are gone, whether they had the project for themselves or not.
pub fn tidy_after_others(directory: &Path) {
    let is_gone = |process: u32| {
        let process = i32::try_from(process).ok().and_then(Pid::from_raw);
        process.is_some_and(|process| test_kill_process(process) == Err(Errno::SRCH))
    };
    remove_in(directory, |name| half_made::writer(name).is_some_and(is_gone));
}

/// Where these steps and those of the records write.
#[must_use]
pub fn directories<'a>(steps: impl IntoIterator<Item = &'a StepSpec>, records: &Records) -> BTreeSet<FilePath> {
    let planned = steps.into_iter().flat_map(|step| &step.outputs).map(|output| output.path.parent());
    let made = records.iter().flat_map(|(_, all)| all.iter()).flat_map(|record| &record.outputs).map(|(path, ..)| path.parent());
    planned.chain(made).collect()
}

/// Removes what the killed tool of a step began that was to write `paths`.
pub fn tidy_beside<'a>(root: &Path, paths: impl IntoIterator<Item = &'a FilePath>) {
    for path in paths {
        remove_in(&path.parent().under(root), |name| half_made::is_of(path, name));
    }
}

fn remove_in(directory: &Path, is_half_made: impl Fn(&[u8]) -> bool) {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries.filter(|entry| is_half_made(entry.file_name().as_encoded_bytes())).for_each(|entry| remove(&entry.path()));
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!("{} was left half made and cannot be removed: {error}", path.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_living_write_stays() {
        let dir = tempfile::tempdir().unwrap();
        let mut ended = std::process::Command::new("true").spawn().unwrap();
        ended.wait().unwrap();
        let (living, ended) = (std::process::id(), ended.id());
        let stay = [
            format!(".jmake-{living}-a"),
            format!(".new-{living}-1"),
            "notes".to_owned(),
            format!("jmake-{ended}-a"),
            ".jmake-b".to_owned(),
        ];
        let go = [format!(".jmake-{ended}-a"), format!(".new-{ended}-0")];
        stay.iter().chain(&go).for_each(|name| std::fs::write(dir.path().join(name), "").unwrap());
        tidy_after_others(dir.path());
        assert!(stay.iter().all(|name| dir.path().join(name).exists()));
        assert!(go.iter().all(|name| !dir.path().join(name).exists()));
    }
}
