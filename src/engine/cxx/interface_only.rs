//! When a link reads no more of a shared library than its interface: with lld, under flags of which it is known that they make it look at
//! nothing else. Does not know what an interface is.
//!
//! Other linkers write more of a library into a program, such as the size of its functions.

mod table;

use std::path::Path;

use super::flags::Form;
use table::{LOOKALIKES, TABLE};

/// Whether that is so of the driver's only program, from the lines that `-###` printed.
#[must_use]
pub fn reads_interfaces(commands: &[Vec<String>]) -> bool {
    let [command] = commands else { return false };
    let mut words = command.iter().map(String::as_str);
    let lld = words.next().is_some_and(|program| is_lld(Path::new(program)));
    lld && std::iter::from_fn(|| words.next().map(|word| takes(word, &mut words))).all(|known| known)
}

/// `ld.lld`, `ld.lld-19`
fn is_lld(program: &Path) -> bool {
    let name = program.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name == "ld.lld" || name.strip_prefix("ld.lld-").is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Takes a word, and its argument.
fn takes<'a>(word: &'a str, rest: &mut impl Iterator<Item = &'a str>) -> bool {
    if !word.starts_with('-') {
        return is_operand(word);
    }
    // `--soname` and `-soname` are the same, `--lz` and `-lz` are not.
    let long = word.starts_with("--");
    let name = if long { &word[1..] } else { word };
    if LOOKALIKES.iter().any(|other| name.starts_with(other)) {
        return false;
    }
    let fits = |(known, form): &&(&str, Form)| match form {
        _ if long && known.len() == 2 => false,
        Form::Alone | Form::Separate => name == *known,
        Form::Joined | Form::Either => name.starts_with(known),
    };
    let Some((known, form)) = TABLE.iter().filter(fits).max_by_key(|(known, _)| known.len()) else { return false };
    let next = *form == Form::Separate || *form == Form::Either && name.len() == known.len();
    !next || rest.next().is_some()
}

/// Whether an operand of a link says nothing of how others are read: scripts may.
#[must_use]
pub fn is_operand(word: &str) -> bool {
    word == "/dev/null" || [".o", ".a", ".so"].iter().any(|end| word.ends_with(end)) || word.contains(".so.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(program: &str, flags: &str) -> bool {
        let line = format!(
            "{program} --hash-style=gnu --build-id --eh-frame-hdr -m elf_x86_64 -pie -dynamic-linker /lib64/ld.so -o x /lib/Scrt1.o -L/lib /dev/null {flags} -lc"
        );
        reads_interfaces(&[line.split_whitespace().map(str::to_owned).collect()])
    }

    #[test]
    fn no_linker_but_lld_is_known() {
        for (program, expect) in [
            ("/usr/lib/llvm-19/bin/ld.lld", true),
            ("ld.lld-14", true),
            ("/usr/bin/ld", false),
            ("/usr/bin/ld.gold", false),
            ("/usr/bin/mold", false),
            ("/usr/bin/ld.lld-wrapped", false),
        ] {
            assert_eq!(says(program, ""), expect, "{program}");
        }
        assert!(!reads_interfaces(&[]));
        assert!(!reads_interfaces(&[vec!["ld.lld".into()], vec!["ld.lld".into()]]));
    }

    #[test]
    fn every_flag_has_to_be_known() {
        let check = |flags: &str, expect: bool| assert_eq!(says("ld.lld", flags), expect, "{flags}");
        check("-shared -soname libx.so -z defs -znow --soname=libx.so", true);
        check("--as-needed -lz --no-as-needed --push-state --pop-state --start-group --end-group", true);
        check("-plugin-opt=mcpu=x86-64 -plugin-opt=O2 -plugin-opt=thinlto --lto-O3", true);
        check("--gc-sections --icf=safe -O2 -s -rpath $ORIGIN --version-script=x.map --dynamic-list=x.syms", true);
        check("-u__llvm_profile_runtime -u main --wrap=malloc", true);
        check("libx.so libx.so.1 x.a x.o", true);
        check("-EL --fix-cortex-a53-843419 --package-metadata={}", true);
        check("x.ld", false);
        check("-T x.ld", false);
        check("--script=x.ld", false);
        check("--format=binary", false);
        check("-b binary", false);
        check("--just-symbols=libx.so", false);
        check("-R libx.so", false);
        check("-Map=x.map", false);
        check("--trace", false);
        check("-t", false);
        check("--trace-symbol=x", false);
        check("--cref", false);
        check("--reproduce=x.tar", false);
        check("@more", false);
        check("--from-another-year", false);
        check("-r", false);
        check("-load-pass-plugin=x.so", false);
        check("-mllvm -x", false);
        check("--lz", false);
    }
}
