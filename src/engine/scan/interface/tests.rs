//! Libraries made by clang and lld, and damaged ones. Links with them are compared in `tests/it/interfaces`.

use proptest::prelude::*;

use super::*;

const LIBRARY: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/binaries/libvalue.so"));
const PROGRAM: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/binaries/pie"));
const ARCHIVE: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/binaries/libvalue.a"));

#[test]
fn code_is_no_part_of_it_and_names_are() {
    let whole = interface(LIBRARY).unwrap();
    let with = |part: &[u8], other: &[u8]| {
        let at = memchr::memmem::find(LIBRARY, part).unwrap();
        interface(&[&LIBRARY[..at], other, &LIBRARY[at + part.len()..]].concat())
    };
    // ret
    let sections = object::read::elf::ElfFile64::<Endianness>::parse(LIBRARY).unwrap();
    let code = object::Object::section_by_name(&sections, ".text").and_then(|text| object::ObjectSection::file_range(&text)).unwrap();
    let mut other = LIBRARY.to_vec();
    other[usize::try_from(code.0).unwrap()] ^= 1;
    assert_eq!(interface(&other), Some(whole));
    assert_ne!(with(b"\0value\0", b"\0valuE\0"), Some(whole));
    assert_ne!(with(b"libvalue.so.1", b"libvalue.so.2"), Some(whole));
    assert_ne!(with(b"\0needed\0", b"\0neeDed\0"), Some(whole));
    assert_ne!(whole, Digest::of(LIBRARY));
}

#[test]
fn what_is_no_library_has_none() {
    for (bytes, expect) in [
        (LIBRARY, "Library"),
        (ARCHIVE, "Whole"),
        (b"", "Whole"),
        (b"\x7fELF", "Whole"),
        (b"GROUP ( /lib/libc.so.6 AS_NEEDED ( /lib/ld.so ) )", "Whole"),
        (b"TARGET(binary) INPUT(libz.so)", "Script"),
    ] {
        let said = format!("{:?}", Offer::of(bytes));
        assert_eq!(said.split('(').next(), Some(expect), "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
    }
    // It is of the same form, and no linker takes it.
    assert!(interface(PROGRAM).is_some());
}

#[test]
fn names_tell_libraries() {
    for (name, expect) in [("libz.so", true), ("libz.so.1.2", true), ("z.so", true), ("libz.a", false), ("libz.sox", false), ("so", false)]
    {
        assert_eq!(is_library_name(name.as_bytes()), expect, "{name}");
    }
}

proptest! {
    #[test]
    fn damage_never_panics(at in 0usize..3000, byte: u8, end in 0usize..4000) {
        let mut bytes = LIBRARY.to_vec();
        if let Some(b) = bytes.get_mut(at) { *b = byte; }
        bytes.truncate(end);
        let _ = Offer::of(&bytes);
    }
}
