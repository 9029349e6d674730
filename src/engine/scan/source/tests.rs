//! Texts and what they say about themselves.

use proptest::prelude::*;

use super::*;

fn facts(text: &str) -> SourceFacts {
    scan(text.as_bytes(), Language::Cxx)
}

fn spelled(include: &Include) -> String {
    let name = &include.name;
    let shown = match include.form {
        IncludeForm::Quote => format!("\"{name}\""),
        IncludeForm::Angle => format!("<{name}>"),
        IncludeForm::Computed => format!("{name}"),
    };
    let (next, unsure) = (if include.next { "next " } else { "" }, if include.conditional { "?" } else { "" });
    format!("{next}{shown}{unsure}:{}", include.line)
}

fn list(includes: &[Include]) -> String {
    includes.iter().map(spelled).collect::<Vec<_>>().join(" ")
}

fn check_includes(text: &str, expect: &str) {
    assert_eq!(list(&facts(text).includes), expect, "{text:?}");
}

#[test]
fn includes_are_found_as_spelled() {
    check_includes("#include \"a.h\"\n#include <b/c.h>\n", "\"a.h\":1 <b/c.h>:2");
    check_includes("  #  include\t\"a b.h\" // x\n", "\"a b.h\":1");
    check_includes("#include/**/<a//b.h>\n", "<a//b.h>:1");
    check_includes("#include_next <a.h>\n#import \"b.h\"", "next <a.h>:1 \"b.h\":2");
    check_includes("#include HEADER(x)\n", "HEADER:1");
    check_includes("#inc\\\nlude \\\n \"a.h\"\n#include \"b.h\"", "\"a.h\":1 \"b.h\":4");
    check_includes("%: include <a.h>\n", "<a.h>:1");
    check_includes("\u{feff}#include <a.h>\r\n", "<a.h>:1");
}

#[test]
fn names_that_become_main_are_told() {
    let check = |text: &str, expect: &[&str]| assert_eq!(facts(text).main_names, expect, "{text:?}");
    check("#define tmain main\n", &["tmain"]);
    check("#ifdef A\n# define /**/ tmain main // x\n#endif\n#define b main", &["tmain", "b"]);
    check(
        "#define f(x) main\n#define g main(x)\n#define h (main)\n#define main main\n#define i mainly\n#if 0\n#define j main\n#endif",
        &[],
    );
    assert_eq!(facts("int a(void) { return 0; }\nstatic int b(void) { return 0; }\nint c;\nint d(void);").defined, {
        let mut names = ["a", "c"].map(name_digest);
        names.sort_unstable();
        names
    });
}

#[test]
fn what_only_looks_like_an_include_is_not_one() {
    check_includes("// #include \"a.h\"\n/*\n#include \"a.h\"\n*/\n", "");
    check_includes("const char *s = \"\\\n#include <a.h>\\\n\";", "");
    check_includes("auto s = R\"x(\n#include <a.h>\n)\" \n)x\";\n#include <b.h>", "<b.h>:5");
    check_includes("x #include <a.h>\n#define A #include <b.h>\n#included <c.h>\n#include\n", "");
    check_includes("#error don't\n#include <a.h>\nint n = 1'000; char c = '\"';\n#include <b.h>\n", "<a.h>:2 <b.h>:4");
}

#[test]
fn conditions_are_told_from_guards() {
    check_includes("#ifdef A\n#include <a.h>\n#else\n#include <b.h>\n#endif\n#include <c.h>", "<a.h>?:2 <b.h>?:4 <c.h>:6");
    check_includes("/* x */\n#ifndef A_H\n#define A_H\n#include <a.h>\n#endif", "<a.h>:4");
    check_includes("#pragma once\n#if !defined(A_H)\n# define A_H 1\n#include <a.h>\n#endif", "<a.h>:4");
    check_includes("#if !defined A_H\n#define A_H\n#include <a.h>\n#endif", "<a.h>:3");
    check_includes("#ifndef A\n#define B\n#include <a.h>\n#endif", "<a.h>?:3");
    check_includes("int x;\n#ifndef A\n#define A\n#include <a.h>\n#endif", "<a.h>?:4");
    check_includes("#if 0\n#include <a.h>\n#else\n#include <b.h>\n#endif", "<b.h>:4");
    check_includes("#if 1\n#include <a.h>\n#elif X\n#include <b.h>\n#endif", "<a.h>:2");
    check_includes("#if 0 && X\n#include <a.h>\n#elif X\n#include <b.h>\n#endif", "<b.h>?:4");
    check_includes("#if 0 // don't\nit's /* \n#endif\n*/\n#include <a.h>\n#endif\n#include <b.h>", "<a.h>:5 <b.h>:7");
    check_includes("#ifdef __cplusplus\n#include <a.h>\n#endif", "<a.h>?:2");
    check_includes("#if 0\n#if X\n#else\n#include <a.h>\n#endif\n#include <b.h>\n#endif\n#include <c.h>", "<c.h>:8");
    check_includes("#endif\n#else\n#include <a.h>", "<a.h>:3");
}

fn check_main(text: &str, expect: MainFact) {
    assert_eq!(facts(text).main, expect, "{text:?}");
}

#[test]
fn main_is_a_definition_at_the_top() {
    for text in [
        "int main() { }",
        "int main(int argc, char *argv[]) {",
        "int\nmain (void)\n{",
        "auto main() -> int {",
        "int main() try { } catch (...) {}",
        "int main(argc, argv) int argc; char **argv; {",
        "main(argc, argv)\n char *argv[];\n int argc;\n{",
        "int main(int c, char **v) __attribute__((noreturn)) {",
        "__attribute__((used)) int main() {",
        "extern \"C\" { int main() { } }",
        "extern \"C\" int main() {",
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\nint main() { }\n#ifdef __cplusplus\n}\n#endif",
        "namespace a { int f() { return 0; } }\nint main() {",
        "int x[] = {1, 2}; struct S { int main(); }; int main() {",
        "#ifdef A\nint f(int x) {\n#else\nint f() {\n#endif\n}\nint main() {",
        "#if 0\n#else\nint main() {\n#endif",
        "int ZEXPORT(main)(int); ZEXPORT(int) main(int c, char **v) {",
        "A::A() : x{1}, y(2) { } int main() {",
        "int f(int x = g({1})) { } int main() {",
        "std::vector<std::function<void()>> fs = { [] { if (1) { } } };\nint main() {",
        "#if !defined(LUA) \n#define LUA\n#endif\nint main() {",
    ] {
        check_main(text, MainFact::Yes);
    }
}

#[test]
fn other_mains_do_not_count() {
    for text in [
        "int main();",
        "extern int main(int, char **);",
        "int main(void) __attribute__((noreturn)); void f() {",
        "int wmain() { } int WinMain(int a) { } int domain() { }",
        "namespace a { int main() { } }",
        "class A { int main() { } };",
        "int A::main() { }",
        "void f() { main(); { } }",
        "#define X int main() { }\n",
        "// int main() { }\n",
        "const char *s = \"int main() {\";",
        "auto s = R\"(int main() { })\";",
        "#if 0\nint main() { }\n#endif",
        "int main = 3; struct main { };",
        "auto main2 = [](int main) { };",
    ] {
        check_main(text, MainFact::None);
    }
}

#[test]
fn a_main_that_depends_is_conditional() {
    for text in [
        "#ifdef TEST\nint main() { }\n#endif",
        "#if defined(A)\n#else\nint main() { }\n#endif",
        "#define CATCH_CONFIG_MAIN\n#include <catch.hpp>",
        "BENCHMARK_MAIN();",
        "struct A { };\nQTEST_MAIN(A)\n#include \"a.moc\"",
    ] {
        check_main(text, MainFact::Conditional);
    }
    check_main("#ifdef A\nint main() { }\n#endif\n#undef A\nint main() { }", MainFact::Yes);
    assert_eq!(scan(b"int main() {", Language::Assembler).main, MainFact::None);
}

#[test]
fn modules_are_found() {
    for (text, expect) in [
        ("export module a.b;", true),
        ("module;\n#include <x>\nexport module a:b;", true),
        ("module a;", true),
        ("import std;", true),
        ("import <vector>;", true),
        ("export import a;", true),
        ("int module = 3; f(import);", false),
        ("void f() { module; }", false),
        ("#ifdef M\nexport module a;\n#endif", false),
        ("struct module x;", false),
    ] {
        assert_eq!(facts(text).module, expect, "{text}");
    }
    assert!(!scan(b"module x;", Language::C).module);
}

#[test]
fn who_begins_or_ceases_to_read_data_says_another_thing() {
    let same = |one: &str, other: &str| {
        let facts = |text: &str| scan(text.as_bytes(), Language::C);
        (facts(one).says_the_same(&facts(other)), facts(other).says_the_same(&facts(one)))
    };
    let (none, blob, other) = ("int a;", "asm(\".incbin \\\"a\\\"\");", "\nasm(\".incbin \\\"b\\\"\");");
    assert_eq!((same(none, "\nint b;"), same(blob, other)), ((true, true), (true, true)));
    assert_eq!((same(none, blob), same(none, "char a[] = {\n#embed \"a\"\n};")), ((false, false), (false, false)));
}

#[test]
fn hidden_inputs_are_found() {
    for (text, embedded, assembled) in [
        ("#embed \"a.bin\" limit(3)\n#embed <b.bin>\n#embed X", "\"a.bin\":1 <b.bin>:2 X:3", ""),
        ("#if __has_embed(\"a.bin\")\n#endif", "\"a.bin\":1", ""),
        ("asm(\".incbin \\\"a.bin\\\"\\n.include \\\"b c\\\"\");", "", "\"a.bin\":1 \"b c\":1"),
        ("\n#define I(f) asm(\".incbin \\\"\" f \"\\\"\")", "", "\".incbin \\\"\":2"),
        ("asm(\".incbin \" F);", "", "\".incbin \":1"),
        ("asm(\".incbin \" #F);", "", "\".incbin \":1"),
        ("if (name == \".incbin\") f[\".include\"];", "", ""),
        ("// .incbin \"a\"\nint incbin; char *s = \"a\";", "", ""),
    ] {
        assert_eq!(list(&facts(text).embeds), embedded, "{text}");
        assert_eq!(list(&facts(text).assembled), assembled, "{text}");
    }
    for (text, expect) in [
        (".text\n .incbin \"a.bin\" # it's\n", "\"a.bin\":2"),
        (".include \"a.s\"\nincbin: .ascii \"x\"\ninclude \"y\"\n", "\"a.s\":1"),
        (".incbin FILE\n.incbin \"\\name\"\n", "FILE:1 \"\\name\":2"),
    ] {
        assert_eq!(list(&scan(text.as_bytes(), Language::Assembler).assembled), expect, "{text}");
    }
    assert_eq!(list(&scan(b"#include \"a.h\"\n .incbin \"a.bin\"\n", Language::AssemblerWithCpp).assembled), "\"a.bin\":2");
    let asked = facts("#if defined(__has_include) && __has_include(<a.h>) || __has_include(\"b.h\")\n#elif __has_include(X)\n#endif");
    assert_eq!(list(&asked.has_include), "<a.h>:1 \"b.h\":1 X?:2");
    for (text, expect) in
        [("f(__TIME__);", true), ("#define V __DATE__\n", true), ("\"__DATE__\" __TIMER__", false), ("#if 0\n__TIME__\n#endif", false)]
    {
        assert_eq!(facts(text).time_macros, expect, "{text}");
    }
}

#[test]
fn fuzzers_are_found() {
    assert!(facts("extern \"C\" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { }").fuzzer);
    assert!(!facts("extern \"C\" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); int main() { }").fuzzer);
    assert!(facts("int LLVMFuzzerTestOneInput(const uint8_t *, size_t); int main() { LLVMFuzzerTestOneInput(0, 0); }").drives_fuzzer);
    assert!(!facts("int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n) { }").drives_fuzzer);
}

#[test]
fn what_a_program_shares_is_known() {
    for (text, expect) in [
        ("int verbose; static int n; const char *names[] = {0}; int x = 3;", "verbose names x"),
        ("void usage(void) { } static void help() { } namespace { int a; void f() { } } namespace n { int b = 1; }", "usage b"),
        ("extern int e; typedef int T; struct S; struct S { int m; }; int p(int);", ""),
    ] {
        let got = facts(&format!("{text}\nint main() {{ }}")).defines;
        assert_eq!(got[..got.len() - 1].join(" "), expect, "{text}");
        assert_eq!(facts(text).defines, [""; 0]);
    }
    for (text, name, expect) in [
        ("extern int verbose;", "verbose", true),
        ("extern const char *names[];", "names", true),
        ("void usage(void);", "usage", true),
        ("namespace a { extern \"C\" { void usage(int x); } }", "usage", true),
        ("int verbose; static void usage(void); class A { void f(); };", "usage", false),
        ("class A { void f(); };", "f", false),
    ] {
        assert_eq!(facts(text).declares.contains(&name_digest(name)), expect, "{text}");
    }
}

#[test]
fn what_others_can_use_is_offered() {
    for (text, expect) in [
        ("int f(void) { g(); } static void h() { } int v = 1; static int w; extern int x;", "f v"),
        ("namespace a { int f() { } namespace { void g() { } } inline void i() { } } void a::S::m(int) const { }", "a::f a::S::m"),
        ("int ZEXPORT adler(a, b)\n uLong a;\n const Bytef *b;\n{ } int x;", "adler x"),
        ("void A::b(int) const noexcept(true) LOCKS(mu) { } A::A() : x(1) { }", "A::b A::A"),
        ("class A { void f() { } }; int v = f(1); auto l = [](int) { };", "v l"),
        ("EXPORT(int) f(int x) { } __attribute__((x)) int g() { }", "f g"),
        ("#ifdef X\nint f(void) { }\n#else\nint g(void) { }\n#endif", "f g"),
    ] {
        let names: Vec<String> = offered(text.as_bytes(), Language::Cxx).into_iter().map(|it| it.name).collect();
        assert_eq!(names.join(" "), expect, "{text}");
    }
}

#[test]
fn what_is_offered_under_a_condition_is_told_with_it() {
    let check = |text: &str, expect: &[(&str, Option<&str>)]| {
        let found = offered(text.as_bytes(), Language::Cxx);
        let found: Vec<(&str, Option<&str>)> = found.iter().map(|it| (it.name.as_str(), it.under.as_deref())).collect();
        assert_eq!(found, expect, "{text}");
    };
    check("#if  defined(A)\t&& \\\n B /* x */\nint f() { }\n#endif\nint g() { }", &[("f", Some("#if defined(A) && B")), ("g", None)]);
    check("#ifndef H\n#define H\nint f() { }\n#ifdef A\nint g() { }\n#endif\n#endif", &[("f", None), ("g", Some("#ifdef A"))]);
    check("#ifdef A\n#if 1\nint f() { }\n#endif\n#endif", &[("f", Some("#ifdef A"))]);
    check("#if 1\nint f() { }\n#endif", &[("f", None)]);
}

proptest! {
    #[test]
    fn random_text_never_panics(words in proptest::collection::vec(prop_oneof![
        Just("#if X\n"), Just("#else\n"), Just("#endif\n"), Just("\n#include"), Just("{"), Just("}"), Just("("), Just(")"), Just("main"),
        Just("\""), Just("R\"("), Just("\\\n"), Just(";"), Just("extern \"C\""), Just("#define"), Just("__has_include("), Just("incbin"), Just("\u{ff}"),
    ], 0..60)) {
        let text = words.concat();
        for language in [Language::C, Language::Cxx, Language::Assembler, Language::AssemblerWithCpp] {
            let _ = scan(text.as_bytes(), language);
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = scan(&bytes, Language::Cxx);
    }
}
