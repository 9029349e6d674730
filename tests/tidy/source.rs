//! One Rust file, read just well enough to check laws: its code without comments, literals and test modules, and every
//! path that it mentions, spelled from the crate's root. Does not know any law.

/// A file of this repository.
pub struct Source {
    /// From the repository's root.
    pub path: String,
    /// As it is.
    pub text: String,
    /// With comments, literals and test modules blanked; as many lines as `text`.
    pub code: String,
    /// Every path in `code`, `use` trees expanded, `self`, `super` and `jmake` resolved to `crate`.
    pub mentions: Vec<String>,
    /// True if nothing but tests is in it.
    pub is_test: bool,
}

impl Source {
    /// Reads `text` as the file at `path`.
    pub fn new(path: &str, text: &str) -> Self {
        let code = without_tests(&blanked(text));
        let mentions = mentions(path, &code);
        let is_test = path.starts_with("tests/") || path.ends_with("/tests.rs") || path.contains("/tests/");
        Self { path: path.to_owned(), text: text.to_owned(), code, mentions, is_test }
    }

    /// The files that this one declares as `#[cfg(test)] mod name;`.
    pub fn test_files(&self) -> Vec<String> {
        let code = blanked(&self.text);
        let words: Vec<&str> = code.split_whitespace().collect();
        let names = words.windows(3).filter(|three| three[0] == "#[cfg(test)]" && three[1] == "mod");
        let folder = self.path.trim_end_matches(".rs").trim_end_matches("/mod").trim_end_matches("/lib");
        names.filter_map(|three| Some(format!("{folder}/{}.rs", three[2].strip_suffix(';')?))).collect()
    }

    /// The first folder or file below `src`, for files that are not tests; "bin" for the programs.
    pub fn room(&self) -> Option<&str> {
        if self.is_test {
            return None;
        }
        let below = self.path.strip_prefix("src/")?;
        Some(below.split('/').next().unwrap_or(below))
    }
}

/// `text` with comments and literals replaced by blanks; newlines stay.
pub fn blanked(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = at + literal_length(&bytes[at..], at.checked_sub(1).map(|before| bytes[before]));
        if end > at {
            out[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        }
        at = end.max(at + 1);
    }
    String::from_utf8(out).expect("whole characters were replaced")
}

/// How long the comment or literal at the start of `rest` is; 0 if there is none.
fn literal_length(rest: &[u8], before: Option<u8>) -> usize {
    let in_word = before.is_some_and(is_word);
    match rest {
        [b'/', b'/', ..] => rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()),
        [b'/', b'*', ..] => block_comment_length(rest),
        [b'"', ..] => quoted_length(rest, b'"'),
        [b'r', b'"' | b'#', ..] if !in_word => raw_length(rest, 1),
        [b'b', b'r', b'"' | b'#', ..] if !in_word => raw_length(rest, 2),
        // A lifetime is no literal: a character ends after one character or an escape.
        [b'\'', b'\\', ..] => quoted_length(rest, b'\''),
        [b'\'', ..] => {
            let character =
                std::str::from_utf8(&rest[1..rest.len().min(5)]).or_else(|error| std::str::from_utf8(&rest[1..=error.valid_up_to()]));
            let width = character.ok().and_then(|text| text.chars().next()).map_or(0, char::len_utf8);
            if width > 0 && rest.get(1 + width) == Some(&b'\'') { width + 2 } else { 0 }
        }
        _ => 0,
    }
}

fn block_comment_length(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted_length(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

fn raw_length(rest: &[u8], prefix: usize) -> usize {
    let hashes = rest[prefix..].iter().take_while(|byte| **byte == b'#').count();
    if rest.get(prefix + hashes) != Some(&b'"') {
        return 0; // A raw identifier.
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let body = prefix + hashes + 1;
    rest[body..].windows(close.len()).position(|window| window == close).map_or(rest.len(), |at| body + at + close.len())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// `code` with what follows `#[cfg(test)]` blanked, up to its `;` or closing brace.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = code.to_owned();
    while let Some(start) = out.find(MARK) {
        let end = item_end(&out, start + MARK.len());
        let blank: String = out[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(start..end, &blank);
    }
    out
}

/// Where the item that begins at or after `from` ends.
pub fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0_i32;
    for (at, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => {
                depth -= 1;
                if depth == 0 && byte == b'}' {
                    return at + 1;
                }
            }
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Every path in `code`, spelled from the crate's root.
fn mentions(path: &str, code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code.to_owned();
    while let Some(at) = find_use(&rest) {
        let end = rest[at..].find(';').map_or(rest.len(), |length| at + length + 1);
        expand("", rest[at + 4..end].trim_end_matches(';'), &mut found);
        let blank = " ".repeat(end - at);
        rest.replace_range(at..end, &blank);
    }
    found.extend(inline_paths(&rest));
    found.iter().map(|mention| resolved(path, mention)).collect()
}

fn find_use(code: &str) -> Option<usize> {
    code.match_indices("use ").map(|(at, _)| at).find(|at| *at == 0 || !is_word(code.as_bytes()[at - 1]))
}

/// `a::{b, c::d}` becomes `a::b`, `a::c::d`.
fn expand(prefix: &str, tree: &str, found: &mut Vec<String>) {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let name = tree.split(" as ").next().unwrap_or(tree).split_whitespace().collect::<String>();
        if !name.is_empty() {
            found.push(format!("{prefix}{name}"));
        }
        return;
    };
    let prefix = format!("{prefix}{}", tree[..open].split_whitespace().collect::<String>());
    let inner = tree[open + 1..].trim_end().strip_suffix('}').unwrap_or(&tree[open + 1..]);
    let (mut depth, mut start) = (0, 0);
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b',' if depth == 0 => {
                expand(&prefix, &inner[start..at], found);
                start = at + 1;
            }
            _ => {}
        }
    }
    expand(&prefix, &inner[start..], found);
}

/// `a::b::c` wherever it stands.
fn inline_paths(code: &str) -> Vec<String> {
    code.split(|c: char| !(c.is_ascii() && is_word(c as u8)) && c != ':')
        .map(|word| word.trim_matches(':'))
        .filter(|word| word.contains("::"))
        .map(str::to_owned)
        .collect()
}

/// `mention`, made in the file at `path`, from the crate's root.
fn resolved(path: &str, mention: &str) -> String {
    let module: Vec<&str> = path
        .strip_prefix("src/")
        .unwrap_or(path)
        .trim_end_matches(".rs")
        .split('/')
        .filter(|part| !matches!(*part, "mod" | "lib" | "main"))
        .collect();
    let mut parts: Vec<&str> = mention.split("::").collect();
    let mut base = module;
    match parts[0] {
        "jmake" => parts[0] = "crate",
        "self" | "super" => {
            while let Some(first @ ("self" | "super")) = parts.first().copied() {
                if first == "super" {
                    base.pop();
                }
                parts.remove(0);
            }
            parts.splice(0..0, std::iter::once("crate").chain(base));
        }
        _ => {}
    }
    parts.join("::")
}

#[test]
fn literals_are_blank() {
    for (text, expect) in [
        ("a // b\nc", "a     \nc"),
        ("a /* b /* c */ d */ e", "a                   e"),
        (r#"f("x\"y", 'z', '\'')"#, "f(      ,    ,     )"),
        (r##"r#"a"b"# + r"c" + br"d""##, "         +      +      "),
        ("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)"),
        ("var\"s\"", "var   "),
    ] {
        assert_eq!(blanked(text), expect, "{text}");
    }
}

#[test]
fn tests_are_no_code() {
    for (text, expect) in
        [("a;\n#[cfg(test)]\nmod tests;\nb;", "a;\n\n\nb;"), ("#[cfg(test)]\nmod tests {\n fn f() {}\n}\nb;", "\n\n\n\nb;")]
    {
        let lines: Vec<String> = Source::new("src/x.rs", text).code.lines().map(|line| line.trim().to_owned()).collect();
        assert_eq!(lines.join("\n"), expect, "{text}");
    }
}

#[test]
fn test_files_are_known_by_their_declaration() {
    for (path, text, expect) in [
        ("src/engine/plan/mod.rs", "#[cfg(test)]\nmod simulation;", &["src/engine/plan/simulation.rs"][..]),
        ("src/engine/graph.rs", "mod a;\n#[cfg(test)]\nmod b;\n#[cfg(test)]\nmod c {}", &["src/engine/graph/b.rs"]),
        ("src/lib.rs", "#[cfg(test)]\nmod a;", &["src/a.rs"]),
    ] {
        assert_eq!(Source::new(path, text).test_files(), expect, "{path}: {text}");
    }
}

#[test]
fn paths_are_spelled_from_the_root() {
    for (path, text, expect) in [
        (
            "src/engine/plan/mod.rs",
            "use super::{graph, ids::{StepId, FileId as F}};",
            "crate::engine::graph crate::engine::ids::StepId crate::engine::ids::FileId",
        ),
        ("src/engine/graph.rs", "use super::ids;", "crate::engine::ids"),
        ("src/edge/mod.rs", "pub use self::clock::Clock;", "crate::edge::clock::Clock"),
        ("src/bin/jmake.rs", "fn main() { jmake::client::run() }", "crate::client::run"),
        ("src/engine/graph.rs", "fn f() { std::fs::read(x) }", "std::fs::read"),
        ("src/lib.rs", "self::a::b", "crate::a::b"),
    ] {
        assert_eq!(Source::new(path, text).mentions.join(" "), expect, "{path}: {text}");
    }
}
