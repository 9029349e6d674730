//! Whether a library offers certain symbols, reading no more of it than its symbol table. Does not open files, and does not
//! know who wants to know.

use object::elf;
use object::read::archive::ArchiveFile;
use object::read::elf::{FileHeader, SectionHeader, Sym};
use object::read::{FileKind, ReadRef, StringTable};

/// The symbols among those that a shared library or archive defines for others that `wanted` picks. None of a file that is
/// neither, or that is damaged.
pub fn picked<'d, R: ReadRef<'d>>(data: R, wanted: &dyn Fn(&str) -> bool) -> Vec<String> {
    let found = match FileKind::parse(data) {
        Ok(FileKind::Elf32) => dynamic::<elf::FileHeader32<object::Endianness>, R>(data, wanted),
        Ok(FileKind::Elf64) => dynamic::<elf::FileHeader64<object::Endianness>, R>(data, wanted),
        Ok(FileKind::Archive) => indexed(data, wanted),
        _ => None,
    };
    let mut names = found.unwrap_or_default();
    names.sort();
    names.dedup();
    names
}

/// The dynamic symbols, whose names lie in one piece: reading them one by one would cost a system call each.
fn dynamic<'d, H: FileHeader, R: ReadRef<'d>>(data: R, wanted: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
    let header = H::parse(data).ok()?;
    let endian = header.endian().ok()?;
    let sections = header.sections(endian, data).ok()?;
    let table = sections.iter().find(|section| section.sh_type(endian) == elf::SHT_DYNSYM)?;
    let symbols: &[H::Sym] = table.data_as_array(endian, data).ok()?;
    let names = sections.section(table.link(endian)).ok()?.data(endian, data).ok()?;
    let names = StringTable::new(names, 0, names.len() as u64);
    let offered = |symbol: &&H::Sym| !symbol.is_undefined(endian) && !symbol.is_local();
    let name = |symbol: &H::Sym| std::str::from_utf8(symbol.name(endian, names).ok()?).ok();
    Some(symbols.iter().filter(offered).filter_map(name).filter(|name| wanted(name)).map(ToOwned::to_owned).collect())
}

/// What an archive's own index names.
fn indexed<'d, R: ReadRef<'d>>(data: R, wanted: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
    let symbols = ArchiveFile::parse(data).ok()?.symbols().ok()??;
    let names = symbols.flatten().filter_map(|symbol| std::str::from_utf8(symbol.name()).ok());
    Some(names.filter(|name| wanted(name)).map(ToOwned::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! fixture {
        ($name:literal) => {
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/binaries/", $name)).as_slice()
        };
    }

    #[test]
    fn what_a_library_offers_is_picked() {
        let check = |bytes: &[u8], wanted: &str, expect: &str| {
            assert_eq!(picked(bytes, &|name| wanted == "*" || name == wanted).join(" "), expect, "{wanted}");
        };
        check(fixture!("libvalue.so"), "*", "data value");
        check(fixture!("libvalue.so"), "value", "value");
        check(fixture!("libvalue.so"), "needed", "");
        check(fixture!("libvalue.a"), "*", "data internal main value");
        check(fixture!("libthin.a"), "value", "value");
        check(fixture!("main.o"), "*", "");
        check(b"/* GNU ld script */ INPUT(x)", "*", "");
        check(b"", "*", "");
    }

    proptest::proptest! {
        #[test]
        fn damage_never_panics(at in 0usize..2000, byte: u8, end in 0usize..2400) {
            for fixture in [fixture!("libvalue.so"), fixture!("libvalue.a"), fixture!("libthin.a")] {
                let mut bytes = fixture.to_vec();
                if let Some(b) = bytes.get_mut(at) { *b = byte; }
                bytes.truncate(end);
                let _ = picked(bytes.as_slice(), &|_| true);
            }
        }
    }
}
