//! Which flags make a driver look at the file system before it runs anything. Does not look.

use crate::engine::path::FilePath;

/// Flags whose argument, in the same word or the next, is a directory or file that the driver itself looks into.
const LOOKED_INTO: &[&str] = &[
    "--gcc-toolchain=",
    "--gcc-install-dir=",
    "--sysroot=",
    "--sysroot",
    "-isysroot",
    "-B",
    "-resource-dir=",
    "-resource-dir",
    "--config=",
    "--config",
    "--config-system-dir=",
    "--config-user-dir=",
    "-fprofile-use=",
];

/// Flags with a header that the driver replaces by a compiled one if that lies where it runs, under one of the names of [`COMPILED`].
const INCLUDED: &[&str] = &["-include", "--include=", "--include"];

/// How the names of compiled headers end.
pub const COMPILED: [&str; 2] = [".pch", ".gch"];

/// Places that the driver looks into because of `flags`, as spelled.
#[must_use]
pub fn looked_into(flags: &[FilePath]) -> Vec<FilePath> {
    let mut places = Vec::new();
    let mut words = flags.iter().map(FilePath::as_bytes);
    while let Some(word) = words.next() {
        if let Some(file) = word.strip_prefix(b"@") {
            places.push(FilePath::from_bytes(file));
            continue;
        }
        let fitting = LOOKED_INTO.iter().chain(INCLUDED).filter(|flag| word.starts_with(flag.as_bytes()));
        let Some(flag) = fitting.max_by_key(|flag| flag.len()) else { continue };
        let argument = Some(&word[flag.len()..]).filter(|rest| !rest.is_empty()).or_else(|| words.next());
        match argument {
            Some(header) if INCLUDED.contains(flag) => {
                places.extend(COMPILED.map(|end| FilePath::from_bytes(&[header, end.as_bytes()].concat())));
            }
            other => places.extend(other.map(FilePath::from_bytes)),
        }
    }
    places
}

/// The files that a configuration file names besides, as spelled: their names are seen from where it lies.
#[must_use]
pub fn named_by_configuration(text: &str) -> Vec<FilePath> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let words = lines.flat_map(str::split_whitespace).filter_map(|word| word.strip_prefix('@'));
    words.map(|name| FilePath::from(name.strip_prefix("<CFGDIR>/").unwrap_or(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_that_make_the_driver_look_are_known() {
        let check = |flags: &str, expect: &str| {
            let flags: Vec<FilePath> = flags.split_whitespace().map(FilePath::from).collect();
            let found: Vec<String> = looked_into(&flags).iter().map(ToString::to_string).collect();
            assert_eq!(found.join(" "), expect, "{flags:?}");
        };
        check("-O2 -Iinc -DA=b x.c", "");
        check("--gcc-toolchain=/opt/gcc --sysroot /s -isysroot/t -B tools -Bmore", "/opt/gcc /s /t tools more");
        check("@flags.rsp --config x.cfg --config=y.cfg -fprofile-use=prof", "flags.rsp x.cfg y.cfg prof");
        check("--config-user-dir=/c -resource-dir /r", "/c /r");
        check("--sysroot", "");
        check("-include a.h -includeb.h --include=c.h", "a.h.pch a.h.gch b.h.pch b.h.gch c.h.pch c.h.gch");
    }

    #[test]
    fn configuration_files_name_others() {
        let found = named_by_configuration("# @no.cfg\n-O2 @a.cfg\n  @<CFGDIR>/b.cfg\n-Dx=@y\n");
        assert_eq!(found, ["a.cfg".into(), "b.cfg".into()]);
    }
}
