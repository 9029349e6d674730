//! Binaries made by clang, lld and llvm-ar, and damaged ones.

use proptest::prelude::*;

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/binaries/", $name))
    };
}

/// `kind architecture soname needed | exports | undefined`
fn said(bytes: &[u8]) -> String {
    let Some(f) = detect(bytes) else { return "nothing".to_owned() };
    let (arch, soname) = (f.architecture.unwrap_or_default(), f.soname.unwrap_or_default());
    format!("{:?} {arch} {soname} {}|{}|{}", f.kind, f.needed.join(","), f.exports.join(","), f.undefined.join(","))
}

#[test]
fn content_tells_what_a_binary_is() {
    for (bytes, expect) in [
        (fixture!("main.o").as_slice(), "Object x86_64  |main|value"),
        (fixture!("value-aarch64.o"), "Object aarch64  |data,internal,value|needed"),
        (fixture!("main.bc"), "Bitcode   ||"),
        (fixture!("libvalue.a"), "StaticLibrary x86_64  |data,internal,main,value|needed"),
        (fixture!("libthin.a"), "StaticLibrary   |data,internal,value|"),
        (fixture!("libvalue.so"), "SharedLibrary x86_64 libvalue.so.1 |data,value|needed"),
        (fixture!("pie"), "Executable x86_64  libvalue.so.1||value"),
        (fixture!("static-pie"), "Executable x86_64  ||"),
        (fixture!("static"), "Executable x86_64  ||"),
        (b"#!/bin/sh\n", "nothing"),
        (b"", "nothing"),
        (b"\x7fELF", "nothing"),
    ] {
        assert_eq!(said(bytes), expect);
    }
}

#[test]
fn only_a_definition_counts() {
    assert!(defines_symbol(fixture!("main.o"), "main"));
    assert!(!defines_symbol(fixture!("main.o"), "value"));
    assert!(!defines_symbol(fixture!("value.o"), "main"));
    assert!(!defines_symbol(fixture!("value.o"), "hidden"));
    assert!(!defines_symbol(b"main", "main"));
}

proptest! {
    #[test]
    fn damage_never_panics(at in 0usize..2000, byte: u8, end in 0usize..2400) {
        for fixture in [fixture!("libvalue.so").as_slice(), fixture!("libvalue.a"), fixture!("main.o")] {
            let mut bytes = fixture.to_vec();
            if let Some(b) = bytes.get_mut(at) { *b = byte; }
            bytes.truncate(end);
            let _ = detect(&bytes);
            let _ = defines_symbol(&bytes, "main");
        }
    }
}
