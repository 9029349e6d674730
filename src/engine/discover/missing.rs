//! What cannot be included: which sources that leaves out, and headers that a configure step would make.

use std::collections::{BTreeMap, HashMap};

use super::Repeat;
use super::links::{Link, Links, Meaning, closure};
use super::request::Files;
use super::roles::Roles;
use crate::engine::path::FilePath;
use crate::engine::scan::facts::IncludeForm;

/// A header that nothing provides, and the file that asks for it.
struct Gap {
    name: FilePath,
    angle: bool,
    asked_by: usize,
}

/// Leaves out the sources that cannot be compiled for want of a header, and says what could be done.
pub(super) fn leave_out(files: &Files, links: &Links, roles: &mut Roles) -> Vec<String> {
    let sources: Vec<usize> = roles.parts.keys().copied().collect();
    let advice = advice(files, links, &sources);
    let gaps = gaps(links);
    for at in sources.into_iter().filter(|at| !files.asked_for(*at)) {
        let grouped = roles.member(at).is_some();
        let stops = |gap: &&Gap| gap.angle || grouped;
        if let Some(gap) = gaps.get(&at).into_iter().flatten().find(stops) {
            let repeat = match (gap.angle, grouped) {
                (true, false) => Repeat::Always,
                (_, true) => Repeat::WithGroups,
                (false, false) => Repeat::Never,
            };
            roles.leave_out(files, at, reason(files, at, gap), repeat);
        }
    }
    advice
}

/// A remark for each header that a configure step would make and that one of `sources` includes.
fn advice(files: &Files, links: &Links, sources: &[usize]) -> Vec<String> {
    let mut out: BTreeMap<FilePath, String> = BTreeMap::new();
    let mut reached: Vec<usize> = links.reached_from(sources.to_vec()).into_iter().collect();
    reached.sort_unstable();
    for at in reached {
        for link in links.of[at].iter().filter(|l| matches!(l.meaning, Meaning::Missing)) {
            let Some(text) = configured(files, &link.include.name) else { continue };
            let by = files.path(at);
            let note = if link.include.conditional {
                format!("{text}; {by} includes it under a condition only, so giving what it would define in compile.defines may do")
            } else {
                format!("{text}; {by} includes it")
            };
            out.entry(link.include.name.clone()).or_insert(note);
        }
    }
    out.into_values().collect()
}

fn reason(files: &Files, at: usize, gap: &Gap) -> String {
    let name = &gap.name;
    let spelled = if gap.angle { format!("<{name}>") } else { format!("\"{name}\"") };
    let through = if gap.asked_by == at { String::new() } else { format!(" (through {})", files.path(gap.asked_by)) };
    match configured(files, name) {
        Some(text) => format!("it includes {spelled}{through}: {text}"),
        None => match files.machine.as_ref().filter(|_| gap.angle) {
            Some(machine) => format!(
                "it includes {spelled}{through}, which is nowhere to be found with {machine}: correct that in jmake.toml, or install the \
                 headers of that machine"
            ),
            None => format!("it includes {spelled}{through}, which is nowhere to be found"),
        },
    }
}

/// What each file surely includes, directly or not, and nothing provides; names in angle brackets first.
fn gaps(links: &Links) -> HashMap<usize, Vec<Gap>> {
    let includers = links.includers(true);
    let mut out: HashMap<usize, Vec<Gap>> = HashMap::new();
    for asked_by in 0..links.of.len() {
        let missing: Vec<&Link> = links.of[asked_by].iter().filter(|l| is_gap(l)).collect();
        if missing.is_empty() {
            continue;
        }
        for at in closure(vec![asked_by], |at| includers[at].clone()) {
            let gap = |l: &&Link| Gap { name: l.include.name.clone(), angle: l.include.form == IncludeForm::Angle, asked_by };
            out.entry(at).or_default().extend(missing.iter().map(gap));
        }
    }
    for gaps in out.values_mut() {
        gaps.sort_by_key(|g| (!g.angle, g.asked_by));
    }
    out
}

fn is_gap(link: &Link) -> bool {
    matches!(link.meaning, Meaning::Missing) && !link.include.conditional
}

/// How a header that a configure step makes is to be had, if `name` looks like one.
fn configured(files: &Files, name: &FilePath) -> Option<String> {
    let base = name.name();
    let templates = [".in", ".cmake", ".in.cmake", ".cmake.in", ".cmakein", ".meson"].map(|ending| format!("{base}{ending}"));
    if let Some(template) = templates.iter().find_map(|t| files.named(t)) {
        let made = template.parent().join(&base);
        return Some(format!("{name} is made by a configure step: copy {template} to {made} and edit it"));
    }
    let stem = name.stem().to_lowercase();
    let looks_so = stem == "config" || stem.ends_with("_config") || stem.ends_with("-config");
    looks_so.then(|| format!("{name} looks like a header that a configure step makes: write it by hand, or build with that step"))
}
