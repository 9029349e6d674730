//! Canonical texts as tables, the hostile pairs by name, and edits of comments in random text.

use proptest::prelude::*;

use super::*;
use crate::engine::discover::Language;

#[path = "../../../../tests/fixtures/comment_blind_pairs.rs"]
mod pairs;

fn newest() -> Dialect {
    Dialect::of(Language::Cxx, Some("c++20")).unwrap()
}

/// The canonical text, with the bytes that stand for something made visible.
fn shown(text: &str) -> String {
    let shown = canonical_text(text.as_bytes(), newest()).map(|text| String::from_utf8(text).unwrap());
    shown.map_or_else(
        |obstacle| format!("{obstacle:?}"),
        |text| text.replace('\u{1}', "^").replace('\u{2}', "~").replace('\u{3}', "$").replace('\u{4}', "|"),
    )
}

#[test]
fn every_hostile_pair_is_told_apart() {
    for (name, one, other, flags, extension, verdict) in pairs::PAIRS {
        let language = match *extension {
            "c" => Some(Language::C),
            "cpp" | "cppm" => Some(Language::Cxx),
            _ => None,
        };
        let standard = flags.split(' ').find_map(|flag| flag.strip_prefix("-std="));
        let dialect = language.and_then(|language| Dialect::of(language, standard));
        let digest = |text: &[u8]| {
            dialect.map_or_else(|| Err("dialect".to_owned()), |d| CommentBlind::of(text).digest(d).map_err(|o| format!("{o:?}")))
        };
        let (one, other) = (digest(one), digest(other));
        let alike = one.is_ok() && one == other;
        assert_eq!(alike, *verdict != "other", "{name}: {one:?}, {other:?}");
    }
}

#[test]
fn comments_become_blanks() {
    for (text, expect) in [
        ("a /* b */ c\n", "a         c\n"),
        ("a/*\t*/c // d\n", "a  \t  c\n"),
        ("a /* b */ /* c */  \n// d\n", "a\n\n"),
        (" /* a */ b\n", " ^^^^^^^ b\n"),
        (" /*\t*/b\n", " ^^|^^b\n"),
        ("/* a */\n", "\n"),
        (" /* a\n b */ \nc\n", "\n\nc\n"),
        ("/* a\r\n b */\r\n", "\r\n\r\n"),
        ("a /* b\n c */ d\n", "a ~      d\n"),
        ("/* b\n c */ d\n", "~      d\n"),
        ("#define A /* b\n c */\n", "#define A ~\n"),
        ("a // b", "a$"),
        ("a // b\n", "a\n"),
        ("a  ", "a$"),
        ("", ""),
        ("\u{feff}#error a // b\n", "\u{feff}#error a // b\n"),
        ("#error a // b \n# /* a */ b\n#pragma a /* b */ c\n", "#error a // b \n# /* a */ b\n#pragma a /* b */ c\n"),
        ("#include <a.h> // b\n#include \"//a\" /* b */\n", "#include <a.h>\n#include \"//a\"\n"),
        ("#define A \\ \n  b // c\n", "#define A \\ \n  b\n"),
        ("a = \"// b\" '\"' // c\n", "a = \"// b\" '\"'\n"),
        ("R\"x(/* \n \\\n // )\" )x\" // c\n", "R\"x(/* \n \\\n // )\" )x\"\n"),
        ("1'0 .1'0e+1'0 // '\n", "1'0 .1'0e+1'0\n"),
        ("#if A < 1 // b\n", "#if A < 1\n"),
        ("/* /*/ // /*\n", "^^^^^^\n"),
        ("a ??? b ?? c // ???\n", "a ??? b ?? c\n"),
        ("// caf\u{e9} \u{4e2d}\n\"\u{e9}\"\n", "\n\"\u{e9}\"\n"),
        ("a /= b / c\n", "a /= b / c\n"),
        ("/***/ a /**/ b /* *** */\n", "^^^^^ a      b\n"),
        ("a\\\nb\n", "SplicedToken"),
        ("a \\\nb\n", "a \\\nb\n"),
        ("a(\\\nb,\\\n)\n", "a(\\\nb,\\\n)\n"),
    ] {
        assert_eq!(shown(text), expect, "{text:?}");
    }
}

#[test]
fn what_is_unclear_is_refused() {
    for (text, expect) in [
        ("a\0", "Nul"),
        ("a\rb\n", "CarriageReturn"),
        ("\"\r\"", "CarriageReturn"),
        ("// ??/\n", "Trigraph"),
        ("\u{e9}\n", "Byte"),
        ("\u{1}\n", "Byte"),
        ("\u{7f}\n", "Byte"),
        ("%:define A\n", "Byte"),
        ("\\u00e9\n", "Backslash"),
        ("a \\", "Backslash"),
        ("1\\\n0\n", "SplicedToken"),
        ("R\\\n\\\n\"\"\n", "SplicedToken"),
        ("a /\\\n/ b\n", "SplicedComment"),
        ("/**/\\\n", "SplicedComment"),
        ("// a \\ \nb\n", "SplicedComment"),
        ("// a \\\r\nb\n", "SplicedComment"),
        ("// a \\", "SplicedComment"),
        ("/* a \\\n */\n", "SplicedComment"),
        ("\"a\\\nb\"\n", "SplicedLiteral"),
        ("\"a\\\r\nb\"\n", "SplicedLiteral"),
        ("don't\n", "OpenLiteral"),
        ("\"a\\\"\n", "OpenLiteral"),
        ("'", "OpenLiteral"),
        ("/* a", "OpenComment"),
        ("/*/ a", "OpenComment"),
        ("/* a /* b */\n", "NestedComment"),
        ("/*/*b*/\n", "NestedComment"),
        ("#pragma a /*\n*/\n", "TextDirective"),
        ("#foo /*\n*/\n", "TextDirective"),
        ("#include <a//b>\n", "HeaderName"),
        ("#include <a\n", "HeaderName"),
        ("#include <a", "HeaderName"),
        ("#include A <a//b>\n", "HeaderName"),
        ("#include A <a\"b>c\"\n", "HeaderName"),
        ("#if A < 1 /* b */ && B > 2\n", "HeaderName"),
        ("#if A < 'b' && B > 2\n", "HeaderName"),
        ("#if A < \\\n && B > 2\n", "HeaderName"),
        ("<<<<<<< a\n", "Marker"),
        (">>>> a\n", "Marker"),
        ("a <#b\n", "Marker"),
        ("R\"a b(\"\n", "RawString"),
        ("R\"12345678901234567(\"\n", "RawString"),
        ("R\"a()b\"\n", "RawString"),
        ("$R\"a\"\n", "RawString"),
        ("#if 0\n#u8R\"(a\"b // \"\n#endif\n", "RawString"),
        ("# R\"(a)\"\n", "RawString"),
        ("1''\n", "DigitSeparator"),
        ("1\"a\"\n", "DigitSeparator"),
    ] {
        assert_eq!(shown(text), expect, "{text:?}");
    }
}

#[test]
fn what_a_text_uses_is_seen() {
    let check = |text: &str, expect: &str| {
        let u = CommentBlind::of(text.as_bytes()).uses();
        let all = [
            (u.line_comments, "//"),
            (u.raw_strings, "R"),
            (u.digit_separators, "'"),
            (u.time_macros, "time"),
            (u.embeds, "embed"),
            (u.modules, "module"),
        ];
        let found: Vec<&str> = all.iter().filter(|(uses, _)| *uses).map(|(_, name)| *name).collect();
        assert_eq!(found.join(" "), expect, "{text:?}");
    };
    check("int a; /* // */ \"R\" x__DATE__\n", "");
    check("// __DATE__\n", "//");
    check("u8R\"()\" 1'0 __TIMESTAMP__\n", "R ' time");
    check("#embed <a>\n", "embed");
    check("#if __has_embed(<a>)\n", "embed");
    check("asm(\".incbin \\\"a\\\"\");\n", "embed");
    check("asm(R\"(.include \"a\")\");\n", "R embed");
    check("export module a;\n", "module");
    check("module;\n", "module");
    check("int a; import b;\n", "module");
    check("#define A import\n", "module");
    check("#import <a>\n", "");
    check("struct module *a; int import, b = module;\n", "");
    check("don't\n __TIME__ .incbin\nmodule a", "// R ' time embed module");
    check("don't\n", "// R '");
}

#[test]
fn a_canonical_digest_is_no_plain_digest() {
    assert_ne!(CommentBlind::of(b"a\n").digest(newest()).unwrap(), Digest::of(b"a\n"));
}

/// Lines of code with places for comments: a run of blanks takes one of the same width, and an end of line any.
const LINES: &[&str] = &[
    "#include       <vector>",
    "#define MAX(a,     b)       ((a)     > (b)     ? (a) : (b))",
    "#if     defined(A) &&       B > 2",
    "#endif",
    "int     main(int argc,     char     **argv)      {",
    "  const char *s = \"/* no */\"      \"// no\"     ;",
    "      x =      'a'      + 1'000     / 2;",
    "  auto t = R\"(// no \" /* )\"       ;",
    "  f(a,      \\",
    "    b)     ;",
    "",
    "}",
];

/// `line` with a comment made of `letter` in the `place`th run of blanks that is wide enough, and `end` appended.
fn commented(line: &str, place: usize, letter: char, end: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let gap = line[indent..].match_indices("     ").nth(place).map(|(at, _)| indent + at);
    let mut out = line.to_owned();
    if let Some(at) = gap {
        out.replace_range(at..at + 5, &format!("/*{letter}*/"));
    }
    if line.ends_with('\\') { out } else { out + end }
}

proptest! {
    #[test]
    fn comments_in_the_place_of_blanks_change_nothing(
        lines in proptest::collection::vec((0..LINES.len(), 0..4_usize, "[a-z'\"#*]", "( |\t|/\\*[a-z' ]*\\*/|//[ -9a-z]*)"), 0..20),
    ) {
        let plain: String = lines.iter().map(|(line, ..)| LINES[*line].to_owned() + "\n").collect();
        let letters = lines.iter().map(|(line, place, letter, end)| {
            let blank = LINES[*line].is_empty() && end.starts_with("/*");
            commented(LINES[*line], *place, letter.chars().next().unwrap(), if blank { "" } else { end }) + "\n"
        });
        let with: String = letters.collect();
        let (plain, with) = (canonical_text(plain.as_bytes(), newest()), canonical_text(with.as_bytes(), newest()));
        prop_assert!(plain.is_ok());
        prop_assert_eq!(plain, with);
    }

    #[test]
    fn tokens_count(line in 0..LINES.len(), at in 0..100_usize) {
        let text = format!("{}\n", LINES[line]);
        let mut other = text.clone().into_bytes();
        let at = at % other.len();
        prop_assume!(!other[at].is_ascii_whitespace());
        other[at] ^= 1;
        prop_assert_ne!(canonical(text.as_bytes(), newest()), canonical(&other, newest()));
    }

    #[test]
    fn digests_are_those_of_the_text(bytes in proptest::collection::vec(prop_oneof![
        Just(b'\\'), Just(b'\n'), Just(b'"'), Just(b'R'), Just(b'('), Just(b'/'), Just(b'*'), Just(b'#'), Just(b'<'), Just(b'\''), any::<u8>(),
    ], 0..200)) {
        let text = canonical_text(&bytes, newest());
        let hashed = text.map(|text| { let mut sink = Hashing::default(); output::Sink::put(&mut sink, &text); sink.finish() });
        prop_assert_eq!(CommentBlind::of(&bytes).digest(newest()), hashed);
    }
}
