//! Shared libraries that installed files find when they run: those that come with them, and the directories they look in. Does not copy.

use std::path::Path;

use object::elf;
use object::read::elf::{ElfFile, FileHeader};

use super::{Item, Plan, join};
use crate::engine::path::{FilePath, fold};

/// What a program or shared library asks of those that load it.
#[derive(Debug, Default, Eq, PartialEq)]
struct Asked {
    /// Shared libraries by name.
    needed: Vec<String>,
    /// Where they are looked for, in order.
    run_path: Vec<String>,
    /// Where in the file it is said at which place of its names this text begins, and that place.
    at: Option<(usize, u64)>,
}

/// Adds to `plan` the shared libraries that what it has finds through its run paths where it was built. `read` gives the content of a file.
pub(super) fn add_needed(plan: &mut Plan, lib: &str, read: &dyn Fn(&FilePath) -> Option<Vec<u8>>) {
    let mut open: Vec<FilePath> = plan.values().filter_map(file).cloned().collect();
    while let Some(from) = open.pop() {
        let asked = read(&from).map(|bytes| asked(&bytes)).unwrap_or_default();
        for name in asked.needed.iter().filter(|name| !name.contains('/')) {
            let to = join(lib, &name.as_str().into());
            if plan.contains_key(&to) {
                continue;
            }
            let places = asked.run_path.iter().filter_map(|entry| seen(entry, &from)).map(|dir| dir.join(name));
            if let Some(found) = places.into_iter().find(|place| read(place).is_some()) {
                open.push(found.clone());
                plan.insert(to, Item::Copy { from: found, executable: true });
            }
        }
    }
}

fn file(item: &Item) -> Option<&FilePath> {
    match item {
        Item::Copy { from, executable: true } => Some(from),
        _ => None,
    }
}

/// The directory that an entry means for the file `from`, if it is one of the tree.
fn seen(entry: &str, from: &FilePath) -> Option<FilePath> {
    let rest = entry.strip_prefix("$ORIGIN")?.trim_start_matches('/');
    Some(FilePath::new(fold(&from.parent().as_path().join(rest))))
}

/// `bytes`, which were built as `from`, without the directories `built` among those that they look in: they do not go with them. Entries go from
/// the beginning only; the last one is the place of installed libraries, and what comes between is somebody's own.
#[must_use]
pub fn settled(mut bytes: Vec<u8>, from: &FilePath, built: &[FilePath]) -> Vec<u8> {
    let Asked { run_path, at, .. } = asked(&bytes);
    let Some((at, begins)) = at else { return bytes };
    let is_built = |entry: &String| {
        let place = seen(entry, from).unwrap_or_else(|| FilePath::new(fold(Path::new(entry))));
        built.contains(&place)
    };
    let last = run_path.len().saturating_sub(1);
    let gone = run_path[..last].iter().take_while(|entry| is_built(entry));
    let skipped: u64 = gone.map(|entry| entry.len() as u64 + 1).sum();
    let (value, wide) = (begins + skipped, bytes.get(4) == Some(&elf::ELFCLASS64.0));
    let little = bytes.get(5) == Some(&elf::ELFDATA2LSB.0);
    let mut number = if little { value.to_le_bytes().to_vec() } else { value.to_be_bytes().to_vec() };
    if !wide {
        number = if little { number[..4].to_vec() } else { number[4..].to_vec() };
    }
    if let Some(place) = bytes.get_mut(at..at + number.len()) {
        place.copy_from_slice(&number);
    }
    bytes
}

fn asked(bytes: &[u8]) -> Asked {
    match object::File::parse(bytes) {
        Ok(object::File::Elf32(file)) => of(&file),
        Ok(object::File::Elf64(file)) => of(&file),
        _ => Asked::default(),
    }
}

fn of<'a, H: FileHeader>(file: &ElfFile<'a, H, &'a [u8]>) -> Asked {
    let mut asked = Asked::default();
    let Ok(names) = file.elf_dynamic_table() else { return asked };
    let begins = names.dynamics().as_ptr().addr().checked_sub(file.data().as_ptr().addr());
    let size = size_of::<H::Dyn>();
    for (at, entry) in names.iter().enumerate() {
        let text = || names.string(entry).ok().map(|text| String::from_utf8_lossy(text).into_owned());
        match entry.tag {
            elf::DT_NEEDED => asked.needed.extend(text()),
            elf::DT_RUNPATH | elf::DT_RPATH => {
                asked.run_path = text().iter().flat_map(|text| text.split(':').map(ToOwned::to_owned)).collect();
                // A number's place is the second half of its entry.
                asked.at = begins.map(|begins| (begins + at * size + size / 2, entry.val));
            }
            _ => {}
        }
    }
    asked
}
