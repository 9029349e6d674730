//! Small projects, and what they build.

use std::sync::Arc;

use super::*;
use crate::engine::scan::kind::FileKind;
use crate::engine::scan::source::scan;

/// What the system of these tests has.
const SYSTEM: [&str; 7] = ["stdio.h", "string.h", "vector", "gtest/gtest.h", "gmock/gmock.h", "sys/types.h", "zlib.h"];

const MAIN: &str = "int main() { }";

/// One file a line, `path: text`; `MAIN` stands for a main function, `<x>` and `"x"` at the start for includes, `\n` for a newline.
fn files(text: &str) -> Vec<FileEntry> {
    let entry = |line: &str| {
        let (path, text) = line.trim().split_once(':').unwrap();
        let text: String = text.trim().replace("\\n", "\n").replace("MAIN", MAIN);
        let spelled = |line: &str| {
            if line.starts_with(['<', '"']) { line.split(' ').map(|i| format!("#include {i}\n")).collect() } else { format!("{line}\n") }
        };
        let text: String = text.lines().map(spelled).collect();
        let path = FilePath::from(path);
        let kind = FileKind::of(&path);
        let facts = kind.scanned_as().map(|language| scan(text.as_bytes(), language)).unwrap_or_default();
        FileEntry { path, kind, facts: Arc::new(facts) }
    };
    text.lines().filter(|l| !l.trim().is_empty()).map(entry).collect()
}

/// What is told beside files.
#[derive(Default)]
struct Given {
    name: Option<&'static str>,
    dirs: Vec<FilePath>,
    extra: Vec<FilePath>,
    library: bool,
}

fn found(text: &str) -> Discovery {
    found_with(text, &Given::default())
}

fn found_with(text: &str, given: &Given) -> Discovery {
    discover(&Request { files: &files(text), ..request(given) })
}

fn request(given: &Given) -> Request<'_> {
    Request {
        name: given.name.unwrap_or("proj"),
        files: &[],
        include_dirs: &given.dirs,
        only_include_dirs: None,
        declared: &[],
        extra_sources: &given.extra,
        want_library: given.library,
        machine: None,
        test_dir: None,
        system_has: &|name: &str| SYSTEM.contains(&name),
    }
}

fn list(paths: &[FilePath]) -> String {
    paths.iter().map(|p| if p.as_bytes().is_empty() { ".".to_owned() } else { p.to_string() }).collect::<Vec<_>>().join(" ")
}

/// `name = main + sources - libraries`, `?` after a main or library that is not sure, the group in brackets.
fn target(t: &Target) -> String {
    assert!(!t.why.is_empty());
    let mut out = t.name.clone();
    if let Some(group) = t.group {
        out += &format!(" [{}]", group.noun());
    }
    out += " =";
    if let Some((path, main)) = &t.main {
        out += &format!(" {path}{}", if *main == Main::Yes { "" } else { "?" });
    }
    match (t.kind, &t.if_main) {
        (TargetKind::Library, IfMain::Stays) => out += " library",
        (TargetKind::Library, IfMain::Goes(_)) => out += " library?",
        _ => {}
    }
    for (sign, part) in [("+", list(&t.sources)), ("-", t.libraries.join(" "))] {
        if !part.is_empty() {
            out += &format!(" {sign} {part}");
        }
    }
    out
}

/// The targets, the directories if any, and what is left out, `!` for what is repeated in the end.
fn shown(d: &Discovery) -> String {
    let mut lines: Vec<String> = d.targets.iter().map(target).collect();
    if !d.include_dirs.is_empty() {
        lines.push(format!("dirs {}", list(&d.include_dirs)));
    }
    for out in &d.left_out {
        assert!(!out.why.is_empty());
        lines.push(format!("out {}{}", out.path, if out.repeat == Repeat::Always { "!" } else { "" }));
    }
    lines.join("\n")
}

fn check(text: &str, expect: &str) {
    let expect: Vec<&str> = expect.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(shown(&found(text)), expect.join("\n"), "{text}");
}

fn note_about(d: &Discovery, text: &str) -> bool {
    d.notes.iter().any(|n| n.contains(text))
}

mod includes;
mod members;
mod products;
