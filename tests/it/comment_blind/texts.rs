//! Random texts full of comments and of what looks like them, and changes that may or may not be to comments alone.
//! Does not know which are.

use crate::oracle::chance::Chance;

/// Lines that have comments, or are read otherwise because of where they are.
const LINES: &[&str] = &[
    "int a; /* b */ int c; // d\n",
    "#define A(x) #x /* a */ // b\n",
    "char *s = A(a    b /* c */ - d);\n",
    "#define B 1 /* a\n b */ + 2\n",
    "#define L(x) <x>\n",
    "#define E // a\n",
    "#if 0\n",
    "#if 1 // a\n",
    "#if B < 1 // a > b\n",
    "#elif 2 /* > */ > 1\n",
    "#else /* a */\n",
    "#endif // a\n",
    "#endif\n",
    "#endif\n",
    "#include <b.h> // a\n",
    "#include \"c.h\" /* a */\n",
    "#include E <.//b.h>\n",
    "#if __has_include(<.//b.h>) // a\n#endif\n",
    "#error a /* b */ c // d\n",
    "#pragma a // b\n",
    "#ident \"a\" // b\n",
    "# /* a */ define D 1\n",
    "#line 50 // a\n",
    "%:define F 1 // a\n",
    "char *s = \"/* a */\" \"// b\" ; // \"\n",
    "char c = '\"' /* a */ + '\\'' ; // '\n",
    "auto r = R\"(a // b)\" /* c */ ;\n",
    "auto r = R\"x(a )\" // b\n )x\" ; // )x\"\n",
    "int n = 1'000 /* ' */ + 0x1p+3 // '\n;\n",
    "/* a */ int x;\n",
    "/* a\n b */\n",
    " /* a\n b */ int y;\n",
    "int z; /* a\n b */\n",
    "int q = 1 \\\n + 2; // a\n",
    "#define C a \\\n /* b */ c \\\n // d\n",
    "int d = 8 //* a */ 2\n;\n",
    "int d = 8 / 2 / 1 /= 2 */ 3;\n",
    "f(/* a= */ 1,    /* b= */ 2);\n",
    "if (a)\n    b;\n/* */c;\n",
    "a\t/*\t*/\tb\n",
    "int a;\r\n// b\r\n/* c\r\n*/ d\r\n",
    "// caf\u{e9} ???\n",
    "\n",
    "   \n",
    "// a\n",
    "  /* a */  \n",
    "// don't\n",
];

/// Lines that are read in several ways: a text with one should be refused, and shows something if it is not.
const TRAPS: &[&str] = &[
    "A(R\\\n\"(\" // a)\")\n",
    "A(u8R\"(\" // a)\")\n",
    "A($R\"(\" // a)\")\n",
    "#if 0\n\u{a0}R\"(\" // a)\"\n#endif\n",
    "A(1\\\n'0/*'*/2*1/1)\n",
    "A(1'0/*'*/2*1/1)\n",
    "#include <.//b.h>\n",
    "%:include <.//b.h>\n",
    "#if __has_include( \\\n <.//b.h>)\nint b;\n#endif\n",
    "#define H __has_include\n#if H(<.//b.h>)\nint b;\n#endif\n",
    "#if 0\ndon't /* a\n#endif\n// */\n",
    "#if 0\n#error /* a */ /* b\n#endif\n// */\n",
    "#if 0\n#include <a/*b>\n#endif\n// */\n",
    "#if 0\n#include <a\"b> // \"a\n#endif\n",
    "a /\\\n/ b\n",
    "/* a *\\\n/ b; // */\n",
    "// a \\\n b\n",
    "#pragma a // b \\\n c\n",
    "// a ??/\n b\n",
    "\"a\\\n // b\" // c\n",
    "a <#b // #>\n",
    "A(\n<<<<<<< a\n)\n/*\n>>>>>>>\n*/\n",
    "/* /* a */\n",
    "// \u{202e}\n",
    "int d = 8 //**/ 2\n;\n",
];

/// What may be anywhere, and seldom is.
const PIECES: &[&str] = &[
    "/*",
    "*/",
    "//",
    "\n",
    "\r\n",
    " ",
    "\t",
    "\\\n",
    "\\ \n",
    "\\\r\n",
    "\"",
    "'",
    "\\",
    "\\\"",
    "R\"(",
    ")\"",
    "R\"x(",
    ")x\"",
    "u8R\"(",
    "R",
    "L",
    "1",
    "1'",
    "'0",
    "0x1p+",
    "e",
    ".",
    "$",
    "#",
    "##",
    "\n#",
    "<",
    ">",
    "<#",
    "#>",
    "<<<<<<<",
    "%:",
    "??/",
    "??",
    "(",
    ")",
    ";",
    ",",
    "/",
    "*",
    "\x0b",
    "\x0c",
    "\u{e9}",
    "\u{a0}",
    "\u{202e}",
    "import ",
    "export ",
    "module ",
    "__has_include(",
    "_x",
    "a",
    "\u{feff}",
    "__LINE__",
    "\x01",
];

/// Bytes that mean something to somebody.
const BYTES: &[u8] = b"ab  */\"'\\<>#?R(\n\t1.$\r\x0c\xe9";

/// Some lines.
pub fn text(chance: &mut Chance) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..chance.between(1, 8) {
        let at = out.len();
        let lines = if chance.one_in(24) { TRAPS } else { LINES };
        out.extend_from_slice(chance.pick(lines).as_bytes());
        if chance.one_in(6) {
            insert(chance, &mut out, at);
        }
    }
    if chance.one_in(8) {
        out.pop();
    }
    out
}

fn insert(chance: &mut Chance, text: &mut Vec<u8>, from: usize) {
    let at = chance.between(from, text.len());
    text.splice(at..at, chance.pick(PIECES).bytes());
}

/// `text` with a few changes, most of them in or to what may be comments.
pub fn variant(chance: &mut Chance, text: &[u8]) -> Vec<u8> {
    let mut out = text.to_vec();
    for _ in 0..chance.between(1, 3) {
        change(chance, &mut out);
    }
    out
}

fn change(chance: &mut Chance, text: &mut Vec<u8>) {
    match chance.below(12) {
        0..=3 => within_comment(chance, text),
        4 => replace(chance, text, "    ", &["/**/", "/*\t*", "// a"]),
        5 => replace(chance, text, "/* a */", &["       ", "/* b */", "/*\t\"\t*/", "/*\n  */"]),
        6 => replace(chance, text, "\n", &[" // a\n", "  \n", " /* a */\n", "// '\n", "\t\n"]),
        7 => replace(chance, text, "\n\n", &["\n// a\n", "\n  /* a */\n", "/*\n*/\n"]),
        8 => replace(chance, text, "/* a\n b */\n", &["\n\n", "// a\n// b\n", "/* c\n */\n"]),
        9 => replace(chance, text, "\n", &["\n", "\r\n", "\\\n", ""]),
        10 => insert(chance, text, 0),
        _ => {
            let at = chance.below(text.len());
            text.splice(at..(at + 1).min(text.len()), [*chance.pick(BYTES)]);
        }
    }
}

/// Where `part` is, at one of its places.
fn place(chance: &mut Chance, text: &[u8], part: &[u8]) -> Option<usize> {
    let places: Vec<usize> = (0..text.len()).filter(|at| text[*at..].starts_with(part)).collect();
    (!places.is_empty()).then(|| *chance.pick(&places))
}

fn replace(chance: &mut Chance, text: &mut Vec<u8>, from: &str, to: &[&str]) {
    if let Some(at) = place(chance, text, from.as_bytes()) {
        text.splice(at..at + from.len(), chance.pick(to).bytes());
    }
}

/// Another byte a little after what may begin a comment.
fn within_comment(chance: &mut Chance, text: &mut [u8]) {
    let begin: &[u8] = if chance.one_in(2) { b"/*" } else { b"//" };
    if let Some(at) = place(chance, text, begin) {
        let at = at + chance.between(2, 8);
        if at < text.len() && (text[at] != b'\n' || chance.one_in(8)) {
            text[at] = *chance.pick(BYTES);
        }
    }
}
