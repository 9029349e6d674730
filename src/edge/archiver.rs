//! Writes archives of ELF objects as `llvm-ar` would, byte for byte, without starting that: what it loads takes longer than what it does.
//! Whatever is out of the ordinary is left to it. Does not know what archives are for.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use ar_archive_writer::{ArchiveKind, NewArchiveMember, ObjectReader, write_archive_to_stream};
use object::{Object, ObjectSymbol, SymbolKind};

use super::fs;
use crate::engine::cxx::argv::archive::Kind;
use crate::engine::graph::StepSpec;
use crate::engine::path::FilePath;

/// More than this is copied by a process, which can be stopped.
const LIMIT: u64 = 64 << 20;

/// How objects are read for the index.
static ELF: ObjectReader = ObjectReader {
    get_symbols: symbols,
    is_64_bit_object_file: |object| object.get(4) == Some(&2),
    is_ec_object_file: |_| false,
    is_any_arm64_coff: |_| false,
    get_xcoff_member_alignment: |_| 0,
};

/// Writes the archive that `step` makes at `place`, beside where it belongs. False if that is left to the archiver: then there is nothing at
/// `place`.
#[must_use]
pub fn write(step: &StepSpec, root: &Path, place: &Path) -> bool {
    let known = step.cxx.as_ref().is_some_and(|cxx| cxx.known_archiver);
    let kind = step.command.as_ref().filter(|_| known).and_then(|command| Kind::of(&command.args));
    let (Some(kind), Some(output)) = (kind, step.outputs.first()) else { return false };
    write_all(kind, &step.explicit, root, &output.path.parent(), place)
}

/// The same, of these objects; the archive belongs into the directory `home`.
#[must_use]
pub fn write_all(kind: Kind, objects: &[FilePath], root: &Path, home: &FilePath, place: &Path) -> bool {
    let Some(members) = members(objects, root, kind, home) else { return false };
    let written = || -> io::Result<()> {
        let mut file = BufWriter::new(File::create(place)?);
        write_archive_to_stream(&mut file, &members, ArchiveKind::Gnu, kind == Kind::Thin, None)?;
        file.flush()
    };
    let done = written().is_ok();
    if !done {
        // There may be nothing.
        let _none = std::fs::remove_file(place);
    }
    done
}

/// All of them, if they are objects, and not too much. The writer measures names by letters, so these have to be bytes.
fn members(objects: &[FilePath], root: &Path, kind: Kind, home: &FilePath) -> Option<Vec<NewArchiveMember<'static>>> {
    let mut left = LIMIT;
    let mut members = Vec::with_capacity(objects.len());
    for object in objects {
        let name = match kind {
            Kind::Whole => object.as_path().file_name()?.to_str()?.to_owned(),
            Kind::Thin => below(home, object)?,
        };
        let bytes = fs::read(&object.under(root)).ok().filter(|_| name.is_ascii())?;
        left = left.checked_sub(bytes.len() as u64)?;
        if !bytes.starts_with(b"\x7fELF") || object::File::parse(bytes.as_slice()).is_err() {
            return None;
        }
        members.push(NewArchiveMember::new(bytes, &ELF, name));
    }
    Some(members).filter(|members| !members.is_empty())
}

/// How an archive in the directory `home` names an object below it.
fn below(home: &FilePath, object: &FilePath) -> Option<String> {
    let plain = |path: &Path| path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    let name = object.as_path().strip_prefix(home.as_path()).ok().filter(|name| plain(name) && plain(home.as_path()))?;
    Some(name.to_str()?.to_owned())
}

/// What others may use of an object.
fn symbols(object: &[u8], tell: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<bool> {
    let file = object::File::parse(object).map_err(io::Error::other)?;
    for symbol in file.symbols() {
        let is_own = matches!(symbol.kind(), SymbolKind::File | SymbolKind::Section) || !symbol.is_global();
        if !is_own && !symbol.is_undefined() {
            tell(symbol.name_bytes().map_err(io::Error::other)?)?;
        }
    }
    Ok(true)
}
