//! What clang itself makes of texts: many at once, for starting it takes longer than reading them. Does not know why it is asked.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::Clang;

/// A text as clang sees it: a line for each token, and what it has to say about it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Seen {
    tokens: Vec<String>,
    said: Vec<String>,
}

/// The tokens of each text as they are, comments and blanks left out.
pub fn raw(clang: &Clang, dir: &Path, texts: &[&[u8]]) -> Vec<Seen> {
    let mut seen = dump(clang, dir, texts, "-dump-raw-tokens");
    for text in &mut seen {
        text.tokens.retain(|token| !token.starts_with("comment '") && !is_blank(token));
        text.tokens.iter_mut().for_each(|token| *token = without_flags(token));
    }
    seen
}

/// The tokens of each text after preprocessing, with the blanks around them noted.
pub fn preprocessed(clang: &Clang, dir: &Path, texts: &[&[u8]]) -> Vec<Seen> {
    let mut seen = dump(clang, dir, texts, "-dump-tokens");
    // Where the end is does not matter.
    seen.iter_mut().for_each(|text| text.tokens.retain(|token| !token.starts_with("eof '")));
    seen
}

/// Texts for one process. A fatal error in one, such as a header that is not there, makes it silent about all that come after.
const TOGETHER: usize = 100;

fn dump(clang: &Clang, dir: &Path, texts: &[&[u8]], how: &str) -> Vec<Seen> {
    texts.chunks(TOGETHER).flat_map(|texts| dump_together(clang, dir, texts, how)).collect()
}

fn dump_together(clang: &Clang, dir: &Path, texts: &[&[u8]], how: &str) -> Vec<Seen> {
    let mut command = Command::new(clang.bin.join("clang"));
    command.args(["-cc1", "-x", clang.language]).arg(format!("-std={}", clang.standard));
    command.args(["-Wall", "-Wextra", "-pedantic", "-fno-caret-diagnostics", "-ferror-limit", "0", "-I.", how]);
    for (number, text) in texts.iter().enumerate() {
        std::fs::write(dir.join(name(number)), text).unwrap();
        command.arg(name(number));
    }
    let output = String::from_utf8_lossy(&command.current_dir(dir).output().unwrap().stderr).into_owned();
    let mut seen = read(&output);
    if output.contains(": fatal error: ") {
        seen.values_mut().for_each(|text| text.said.clear());
    }
    (0..texts.len()).map(|number| seen.remove(&name(number)).unwrap_or_default()).collect()
}

fn name(number: usize) -> String {
    format!("text{number:05}.x")
}

fn read(dump: &str) -> BTreeMap<String, Seen> {
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    let mut token = String::new();
    for line in dump.split('\n') {
        let file = line.get(..name(0).len()).filter(|file| file.starts_with("text") && file.ends_with(".x"));
        if let Some(file) = file.filter(|_| line[name(0).len()..].starts_with(':')) {
            // `:line:column: what`. The end of a line is where its last comment or blank ends.
            let what = line.splitn(4, ':').skip(1).enumerate().filter(|(at, _)| *at != 1).map(|(_, part)| part);
            seen.entry(file.to_owned()).or_default().said.push(what.collect::<String>().trim_end().to_owned());
        } else if let Some((head, place)) = line.split_once("\tLoc=<") {
            let file = place.split(':').next().unwrap_or_default();
            token = token + head + "\t@" + &place.replace(file, "");
            seen.entry(file.to_owned()).or_default().tokens.push(std::mem::take(&mut token));
        } else if !line.starts_with("In file included from ") && !line.starts_with("./") {
            token = token + line + "\n";
        }
    }
    seen
}

fn is_blank(token: &str) -> bool {
    let text = token.strip_prefix("unknown '").and_then(|token| token.split("'\t").next());
    text.is_some_and(|text| text.trim().is_empty())
}

fn without_flags(token: &str) -> String {
    token.replace(" [StartOfLine]", "").replace(" [LeadingSpace]", "")
}
