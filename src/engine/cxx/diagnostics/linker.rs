//! What a link lacks, read from the output of ld.lld or GNU ld. Does not know where it could be found.

use std::collections::BTreeSet;

use super::strip;

/// A symbol that nobody defines.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Undefined {
    /// As the linker prints it: demangled, if it is a C++ name.
    pub symbol: String,
    /// The objects that use it, first use first.
    pub objects: Vec<String>,
}

/// A symbol defined twice.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Duplicate {
    /// As the linker prints it.
    pub symbol: String,
    /// Who defines it.
    pub objects: Vec<String>,
}

/// Why a link failed, as far as its output says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LinkProblems {
    /// In order of appearance.
    pub undefined: Vec<Undefined>,
    /// In order of appearance.
    pub duplicates: Vec<Duplicate>,
    /// Libraries that were not found, without `-l`.
    pub missing_libraries: Vec<String>,
}

/// Reads the output of a link.
#[must_use]
pub fn parse(output: &str) -> LinkProblems {
    let mut out = LinkProblems::default();
    let (mut block, mut section) = (Block::Other, String::new());
    for line in strip(output).lines().map(str::trim_end) {
        if let Some(text) = line.split_once("error: ").filter(|(program, _)| is_lld(program)).map(|(_, text)| text) {
            block = out.lld_heading(text);
        } else if let Some(text) = line.strip_prefix(">>>") {
            out.lld_detail(&block, text);
        } else if is_gnu(line) {
            out.gnu(line, &mut section);
        }
    }
    for undefined in &mut out.undefined {
        unique(&mut undefined.objects);
    }
    out
}

/// Which of ld.lld's lists the following lines belong to.
enum Block {
    Undefined,
    Duplicate,
    Other,
}

impl LinkProblems {
    fn lld_heading(&mut self, text: &str) -> Block {
        let hidden = ["undefined symbol: ", "undefined hidden symbol: ", "undefined protected symbol: ", "undefined internal symbol: "];
        if let Some(symbol) = hidden.iter().find_map(|lead| text.strip_prefix(lead)) {
            self.undefined.push(Undefined { symbol: symbol.to_owned(), objects: Vec::new() });
            return Block::Undefined;
        }
        if let Some(symbol) = text.strip_prefix("duplicate symbol: ") {
            self.duplicates.push(Duplicate { symbol: symbol.to_owned(), objects: Vec::new() });
            return Block::Duplicate;
        }
        self.missing_libraries.extend(text.strip_prefix("unable to find library -l").map(ToOwned::to_owned));
        Block::Other
    }

    /// `>>>               a.o:(main)` names an object; `>>> referenced by a.cpp:3` and `>>> defined at a.cpp:3` a source.
    fn lld_detail(&mut self, block: &Block, text: &str) {
        let object = text.starts_with("         ").then(|| object_of(text.trim()));
        match block {
            Block::Undefined => self.undefined.last_mut().into_iter().for_each(|u| u.objects.extend(object.clone())),
            Block::Duplicate => self.duplicates.last_mut().into_iter().for_each(|d| d.objects.extend(object.clone())),
            Block::Other => {}
        }
    }

    fn gnu(&mut self, line: &str, section: &mut String) {
        let text = line.trim_start_matches(gnu_prefix(line));
        if let Some((object, _)) = text.split_once(": in function `") {
            object.clone_into(section);
        } else if let Some((_, symbol)) = text.split_once("undefined reference to `") {
            let object = text.split_once(".o:").map_or_else(|| section.clone(), |(object, _)| format!("{object}.o"));
            self.refer(symbol.trim_end_matches('\''), object);
        } else if let Some((place, rest)) = text.split_once("multiple definition of `") {
            let (symbol, first) = rest.split_once("'; ").unwrap_or((rest.trim_end_matches('\''), ""));
            let here = place.split_once(".o:").map_or_else(|| section.clone(), |(object, _)| format!("{object}.o"));
            let first = first.split_once(".o:").map(|(object, _)| format!("{object}.o"));
            self.duplicates.push(Duplicate { symbol: symbol.to_owned(), objects: first.into_iter().chain([here]).collect() });
        } else if let Some(library) = text.strip_prefix("cannot find -l") {
            self.missing_libraries.push(library.split(':').next().unwrap_or(library).to_owned());
        }
    }

    fn refer(&mut self, symbol: &str, object: String) {
        if let Some(known) = self.undefined.iter_mut().find(|u| u.symbol == symbol) {
            known.objects.push(object);
        } else {
            self.undefined.push(Undefined { symbol: symbol.to_owned(), objects: vec![object] });
        }
    }
}

/// `a.o:(main)`, or `a.o:(.text+0x0)`.
fn object_of(text: &str) -> String {
    text.split_once(":(").map_or(text, |(object, _)| object).to_owned()
}

fn is_lld(program: &str) -> bool {
    program.trim_end_matches([':', ' ']).rsplit('/').next().is_some_and(|name| name.starts_with("ld.lld") || name == "ld64.lld")
}

/// Whether a line is GNU ld's: the program first, or a section of an object.
pub(super) fn is_gnu(line: &str) -> bool {
    !gnu_prefix(line).is_empty()
        || line.contains(":(.")
        || line.contains(": undefined reference to `")
        || line.contains(": multiple definition of `")
}

/// `/usr/bin/ld: ` or what stands for it.
pub(super) fn gnu_prefix(line: &str) -> &str {
    let Some((program, _)) = line.split_once(": ") else { return "" };
    let name = program.rsplit('/').next().unwrap_or(program);
    if name == "ld" || name.ends_with("-ld") || name.starts_with("ld.bfd") { &line[..program.len() + 2] } else { "" }
}

fn unique(objects: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    objects.retain(|object| seen.insert(object.clone()));
}
