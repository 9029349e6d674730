//! Real outputs of clang, ld.lld and GNU ld, and what is read from them.

use super::linker::{self, LinkProblems};
use super::*;

const COLOURED: &str = "\u{1b}[1msrc/e.c:1:17: \u{1b}[0m\u{1b}[0;1;31merror: \u{1b}[0m\u{1b}[1mincompatible [-Wint-conversion]\u{1b}[0m\n    1 | int x = \u{1b}[0;32m\"a\"\u{1b}[0m;\n      | \u{1b}[0;1;32m    ^   ~~~\n\u{1b}[0m\u{1b}[1msrc/e.c:2:2: \u{1b}[0m\u{1b}[0;1;35mwarning: \u{1b}[0m\u{1b}[1mhi [-W#warnings]\u{1b}[0m\n    2 | #warning hi\n1 warning and 1 error generated.\n";

const PLAIN: &str = "\
In file included from src/e2.cpp:1:
In file included from ./src/g.h:9:
./src/h.h:1:25: error: use of undeclared identifier 'undefd'
    1 | inline int hh(){ return undefd; }
      |                         ^
src/e2.cpp:2:53: note: in instantiation of 'q<int>' requested here
    2 |  x
      |  ^
src/e.c:3:10: fatal error: 'nope.h' file not found
2 errors generated.
clang++: error: linker command failed with exit code 1 (use -v to see invocation)
";

const LLD: &str = "\
ld.lld: error: undefined symbol: foo(int)
>>> referenced by u2.cpp:1 (/p/src/u2.cpp:1)
>>>               w/o/u2.o:(u2())
>>> referenced by u.cpp
>>>               w/o/u.o:(main)
>>> referenced by u.cpp
>>>               w/o/u.o:(main)

ld.lld: error: duplicate symbol: dup(int)
>>> defined at u2.cpp
>>>            w/o/u2.o:(dup(int))
>>> defined at u3.cpp
>>>            w/o/u3.o:(.text+0x0)

ld.lld: error: undefined symbol: deflate
>>> referenced by z.c
>>>               z.o:(main) in archive lib/libq.a
ld.lld: error: unable to find library -lnope
clang++: error: linker command failed with exit code 1 (use -v to see invocation)
";

const GNU: &str = "\
/usr/bin/ld: w/o/u3.o: in function `dup(int)':
u3.cpp:(.text+0x0): multiple definition of `dup(int)'; w/o/u2.o:u2.cpp:(.text+0x0): first defined here
/usr/bin/ld: cannot find -lnope: No such file or directory
/usr/bin/ld: w/o/u.o: in function `main':
u.cpp:(.text+0x22): undefined reference to `n::S::m(char const*)'
/usr/bin/ld: u.cpp:(.text+0x32): undefined reference to `n::S::m(char const*)'
/usr/bin/ld: /p/src/u.cpp:3: undefined reference to `bar_c'
/usr/bin/ld: w/o/u2.o: in function `u2()':
u2.cpp:(.text+0x1a): undefined reference to `bar_c'
clang++: error: linker command failed with exit code 1 (use -v to see invocation)
";

fn heads(output: &str) -> Vec<String> {
    let head = |d: &Diagnostic| {
        let file = d.file.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{:?} {file}:{}:{} {} ({} lines)", d.severity, d.line, d.column, d.message, d.rendered.lines().count())
    };
    parse(output).iter().map(head).collect()
}

#[test]
fn compilers_are_understood() {
    assert_eq!(
        heads(COLOURED),
        ["Error src/e.c:1:17 incompatible [-Wint-conversion] (3 lines)", "Warning src/e.c:2:2 hi [-W#warnings] (2 lines)"]
    );
    assert_eq!(
        heads(PLAIN),
        [
            "Error ./src/h.h:1:25 use of undeclared identifier 'undefd' (5 lines)",
            "Note src/e2.cpp:2:53 in instantiation of 'q<int>' requested here (3 lines)",
            "Error src/e.c:3:10 'nope.h' file not found (1 lines)",
            "Error :0:0 linker command failed with exit code 1 (use -v to see invocation) (1 lines)",
        ]
    );
}

#[test]
fn linkers_are_diagnosed() {
    assert_eq!(
        heads(LLD),
        [
            "Error :0:0 undefined symbol: foo(int) (7 lines)",
            "Error :0:0 duplicate symbol: dup(int) (5 lines)",
            "Error :0:0 undefined symbol: deflate (3 lines)",
            "Error :0:0 unable to find library -lnope (1 lines)",
            "Error :0:0 linker command failed with exit code 1 (use -v to see invocation) (1 lines)",
        ]
    );
    assert_eq!(heads(GNU).len(), 7, "{:#?}", heads(GNU));
    assert_eq!(heads(GNU)[4], "Error /p/src/u.cpp:3:0 undefined reference to `bar_c' (1 lines)");
}

#[test]
fn the_text_is_kept_as_printed() {
    assert!(parse(COLOURED)[0].rendered.starts_with("\u{1b}[1msrc/e.c:1:17: "));
    assert_eq!(strip(COLOURED).matches('\u{1b}').count(), 0);
    assert!(
        parse(PLAIN)[0].rendered.starts_with("In file included from src/e2.cpp:1:\nIn file included from ./src/g.h:9:\n./src/h.h:1:25")
    );
    assert!(parse(PLAIN)[0].rendered.ends_with("                        ^"));
    assert_eq!(strip("a\u{1b}[31mb\u{1b}]c\u{1b}"), "abc");
}

fn summary(problems: &LinkProblems) -> Vec<String> {
    let undefined = problems.undefined.iter().map(|u| format!("undefined {} in {}", u.symbol, u.objects.join(" ")));
    let duplicates = problems.duplicates.iter().map(|d| format!("twice {} in {}", d.symbol, d.objects.join(" ")));
    undefined.chain(duplicates).chain(problems.missing_libraries.iter().map(|l| format!("missing {l}"))).collect()
}

#[test]
fn what_a_link_lacks_is_found() {
    assert_eq!(
        summary(&linker::parse(LLD)),
        ["undefined foo(int) in w/o/u2.o w/o/u.o", "undefined deflate in z.o", "twice dup(int) in w/o/u2.o w/o/u3.o", "missing nope"]
    );
    assert_eq!(
        summary(&linker::parse(GNU)),
        [
            "undefined n::S::m(char const*) in w/o/u.o",
            "undefined bar_c in w/o/u.o w/o/u2.o",
            "twice dup(int) in w/o/u2.o w/o/u3.o",
            "missing nope"
        ]
    );
    assert_eq!(linker::parse(PLAIN), LinkProblems::default());
}

#[test]
fn well_known_libraries_are_advised() {
    let check = |symbol: &str, expect: Option<&str>| assert_eq!(advice::library_of(symbol), expect, "{symbol}");
    check("deflateInit2_", Some("z"));
    check("sqrt", Some("m"));
    check("sqrt_of_mine", None);
    check("glfwInit", Some("glfw"));
    check("glClear", Some("GL"));
    check("glue", None);
    check("gl", None);
    check("vtable for testing::Test", Some("gtest"));
    check("foo(int)", None);
}

proptest::proptest! {
    #[test]
    fn no_output_makes_it_panic(text in "(\u{1b}|\\[|é|ld\\.lld: |error: |undefined symbol: |>>> |:\\(|\\.o:|`|'|; |/ld: |cannot find -l|multiple definition of `|[a-z0-9:\n]){0,40}") {
        for diagnostic in parse(&text) {
            proptest::prop_assert!(text.contains(&diagnostic.rendered));
        }
        for undefined in linker::parse(&text).undefined {
            proptest::prop_assert!(strip(&text).contains(&undefined.symbol));
            let _ = advice::library_of(&undefined.symbol);
        }
    }
}
