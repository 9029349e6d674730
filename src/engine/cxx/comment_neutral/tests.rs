//! Lines of real drivers, shortened, and whether comments count under them.

use super::*;

fn says(line: &str) -> String {
    let words = line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    dialect_of(&[words])
        .map_or_else(|counts| counts.to_string(), |d| format!("//{} R{} '{}", d.line_comments, d.raw_strings, d.digit_separators))
}

#[test]
fn comments_count_unless_every_flag_is_known() {
    let c99 = "//true Rfalse 'false";
    let check = |flags: &str, expect: &str| {
        let line = format!("clang -cc1 -triple x86_64-pc-linux-gnu -emit-obj -main-file-name null {flags} -o x.o -x c /dev/null");
        let said = says(&line);
        assert!(said.contains(expect), "{flags}: {said}, not {expect}");
    };
    check("", c99);
    check("-O2 -Wall -Wextra -Werror -pedantic -I inc -Iinc -D NDEBUG -DX=1 -include a.h", c99);
    check("-std=c89", "//false Rfalse 'false");
    check("-std=c23", "//true Rfalse 'true");
    check("-std=c++17", "by a standard");
    check("-dwarf-version=5 -debugger-tuning=gdb", c99);
    check("-debug-info-kind=constructor -dwarf-version=4", c99);
    check("-debug-info-kind=constructor -dwarf-version=5", "-gdwarf-4 they do not");
    check("-debug-info-kind=constructor", "-gdwarf-4 they do not");
    check("-gembed-source", "`-gembed-source`");
    check("-fcoverage-mapping", "`-fcoverage-mapping`");
    check("-fcoverage-compilation-dir=/x", c99);
    check("-coverage-notes-file=x.gcno", "`-coverage-notes-file=x.gcno`");
    check("-Wdocumentation", "`-Wdocumentation`");
    check("-Werror=documentation-html", "`-Werror=documentation-html`");
    check("-Wno-documentation -Wno-everything -Wno-comment -Werror", c99);
    check("-Weverything", "`-Weverything`");
    check("-Wcomment", c99);
    check("-Wcomments -Werror", "`-Wcomments`");
    check("-Werror=comment", "`-Werror=comment`");
    check("-verify", "`-verify`");
    check("-traditional-cpp", "`-traditional-cpp`");
    check("-fasm-blocks", "`-fasm-blocks`");
    check("-fmodules", "`-fmodules`");
    check("-include-pch x.pch", "`-include-pch`");
    check("-D T=__TIMESTAMP__", "`-D`");
    check("-DT=__DATE__", "`-DT=__DATE__`");
    check("-mllvm -treat-scalable-fixed-error-as-warning", c99);
    check("-mllvm -x", "`-mllvm`");
    check("-mllvm", "`-mllvm`");
    check("-fplugin=x.so", "`-fplugin=x.so`");
    check("-fopenmp", "`-fopenmp`");
    check("x.c", "`/dev/null`");
}

#[test]
fn only_c_and_cxx_in_one_program_will_do() {
    assert_eq!(says("clang++ -cc1 -x c++ x.cpp"), "//true Rtrue 'true");
    assert_eq!(says("clang++ -cc1 -std=c++98 -x c++ x.cpp"), "//true Rfalse 'false");
    for line in [
        "clang -cc1as -x assembler x.s",
        "clang -cc1 -x cpp-output x.i",
        "clang -cc1 -x objective-c x.m",
        "clang -cc1 x.c",
        "clang -x c x.c",
    ] {
        assert_ne!(says(line).chars().next(), Some('/'), "{line}");
    }
    let command = || vec!["clang".to_owned(), "-cc1".to_owned(), "-x".to_owned(), "c".to_owned(), "x.c".to_owned()];
    assert!(dialect_of(&[command()]).is_ok());
    assert_eq!(dialect_of(&[command(), command()]), Err(Counts::Programs));
    assert_eq!(dialect_of(&[]), Err(Counts::Programs));
}

#[test]
fn only_a_silent_compile_of_quiet_texts_will_do() {
    let dialect = Dialect::of(Language::C, None);
    let quiet = Uses { line_comments: true, raw_strings: true, digit_separators: true, ..Uses::default() };
    let check = |kind, dialect, said: &str, read: &[Uses]| may_stand_in(kind, dialect, said.as_bytes(), read.iter().copied());
    assert_eq!(check(StepKind::Compile, dialect, "", &[quiet, Uses::default()]), dialect);
    assert_eq!(check(StepKind::Frontend, dialect, "", &[]), dialect);
    assert_eq!(check(StepKind::Backend, dialect, "", &[]), None);
    assert_eq!(check(StepKind::Compile, None, "", &[]), None);
    assert_eq!(check(StepKind::Compile, dialect, "warning", &[]), None);
    for loud in [Uses { time_macros: true, ..quiet }, Uses { embeds: true, ..quiet }, Uses { modules: true, ..quiet }] {
        assert_eq!(check(StepKind::Compile, dialect, "", &[quiet, loud]), None, "{loud:?}");
    }
}
