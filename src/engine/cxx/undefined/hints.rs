//! What to write into jmake.toml for symbols that a link lacks, in words. Does not look for them.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Found, Lack, Lookup, Offer, Standing, Suspect};
use crate::engine::cxx::diagnostics::advice::library_of;
use crate::engine::path::FilePath;

/// So many symbols are named in one line; of more, only how many there are.
const NAMED: usize = 3;

/// The lines to show below the linker's own words.
#[must_use]
pub fn hints(lack: &Lack, lookup: &Lookup, found: &Found) -> Vec<String> {
    let chosen = chosen(lack, &found.libraries);
    let in_sources: Vec<usize> = found.sources.iter().flat_map(|(_, symbols)| symbols.iter().copied()).collect();
    let mut open: Vec<usize> = (0..lack.problems.undefined.len()).collect();
    let mut out = Vec::new();
    out.extend(libraries(lack, lookup, &chosen));
    open.retain(|symbol| !chosen.iter().any(|offer| offer.symbols.contains(symbol)));
    out.extend(targets(lack, lookup, found));
    out.extend(sources(lack, lookup, found));
    open.retain(|symbol| !in_sources.contains(symbol));
    out.extend(known(lack, lookup, &mut open));
    out.extend(virtual_tables(lack, &mut open));
    out.extend(nowhere(lack, &open));
    match &lookup.settings.options.platform.sysroot {
        Some(sysroot) => out.extend(outside(lack, sysroot, lookup.settings.options.platform.triple.as_deref())),
        None => out.extend(lack.problems.missing_libraries.iter().map(|library| missing(lookup, library))),
    }
    out.iter().map(|text| format!("hint: {text}")).collect()
}

/// Few libraries that together define all that any defines: for each symbol the one that is known for it, else the one that
/// defines most.
fn chosen(lack: &Lack, offers: &[Offer]) -> Vec<Offer> {
    let known = |symbol: usize| library_of(&lack.problems.undefined[symbol].symbol);
    let mut by_library: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for symbol in 0..lack.problems.undefined.len() {
        let able = offers.iter().enumerate().filter(|(_, offer)| offer.symbols.contains(&symbol));
        let best = able.min_by_key(|(at, offer)| {
            let unknown = known(symbol) != Some(offer.library.as_str());
            (unknown, usize::MAX - offer.symbols.len(), offer.library.len(), *at)
        });
        if let Some((at, _)) = best {
            by_library.entry(at).or_default().push(symbol);
        }
    }
    by_library.into_iter().map(|(at, symbols)| Offer { library: offers[at].library.clone(), symbols }).collect()
}

fn libraries(lack: &Lack, lookup: &Lookup, chosen: &[Offer]) -> Option<String> {
    if chosen.is_empty() {
        return None;
    }
    let lead = |library: &str| if library.contains('/') { "" } else { "lib" };
    let told: Vec<String> =
        chosen.iter().map(|offer| format!("{} in {}{}", being(lack, &offer.symbols), lead(&offer.library), offer.library)).collect();
    let names: Vec<&str> = chosen.iter().map(|offer| offer.library.as_str()).collect();
    // Archives must come behind what uses them.
    let late = names.iter().any(|name| lookup.settings.options.link_libraries.iter().any(|given| given == name));
    let verb = if late { ", which must come after what uses it: write" } else { ": add" };
    Some(format!("{}{verb} {}", told.join(", "), link_libraries(lookup, &names)))
}

/// The line with what it must hold, and where it belongs.
fn link_libraries(lookup: &Lookup, more: &[&str]) -> String {
    let given = lookup.settings.options.link_libraries.iter().map(String::as_str).filter(|given| !more.contains(given));
    format!("link_libraries = [{}] under [binary] in jmake.toml", quoted(given.chain(more.iter().copied())))
}

/// A line with the targets that the link's own one has to depend on.
fn targets(lack: &Lack, lookup: &Lookup, found: &Found) -> Option<String> {
    let (mut told, mut names, mut of) = (Vec::new(), Vec::new(), None);
    for (suspect, symbols) in &found.sources {
        if let Standing::Target { name, user } = &suspect.standing {
            told.push(format!("{} defined in {}, which is of target `{name}`", being(lack, symbols), suspect.path));
            of = Some(user);
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    let user = of?;
    let given = lookup.settings.targets.iter().find(|target| target.name == *user).map(|target| target.depends.as_slice());
    let all = quoted(given.unwrap_or_default().iter().map(String::as_str).chain(names));
    Some(format!("{}: write depends = [{all}] in the [[targets]] table of `{user}` in jmake.toml", told.join("; ")))
}

/// A line for all sources that only have to be asked for, and one for each that something else keeps out.
fn sources(lack: &Lack, lookup: &Lookup, found: &Found) -> Vec<String> {
    let mut out = Vec::new();
    let (mut told, mut paths) = (Vec::new(), Vec::new());
    for (suspect, symbols) in found.sources.iter().filter(|(suspect, _)| !matches!(suspect.standing, Standing::Target { .. })) {
        let place = format!("{} defined in {}", being(lack, symbols), suspect.path);
        match why_apart(suspect, lack.shared) {
            Ok(why) => {
                told.push(format!("{place}, {why}"));
                paths.push(suspect.path.to_string());
            }
            Err(why) => out.push(format!("{place}, {why}")),
        }
    }
    if !paths.is_empty() {
        let given: Vec<String> = lookup.settings.extra_sources.iter().map(ToString::to_string).collect();
        let all = quoted(given.iter().chain(&paths).map(String::as_str));
        out.insert(0, format!("{}: add extra_sources = [{all}] under [compile] in jmake.toml", told.join("; ")));
    }
    out
}

/// Why a source's definitions are not there: `Ok` if naming it brings them, else with the remedy.
fn why_apart(suspect: &Suspect, shared: bool) -> Result<String, String> {
    match &suspect.standing {
        Standing::Vendored => Ok("which is other people's code and not built".to_owned()),
        Standing::Unlisted => Ok("which discovery.files in jmake.toml does not list, and so is not built".to_owned()),
        Standing::Ignored => Ok("which is ignored or made by another build, and not built".to_owned()),
        Standing::Platform(platform) => Ok(format!("which is left out because its name says that it is for another platform ({platform})")),
        Standing::Grouped(noun) => Ok(format!("which belongs to {noun}s only")),
        Standing::Apart => Ok("which lies with a program and is no part of the library".to_owned()),
        Standing::LeftOut(why) => Err(format!("which is left out: {why}")),
        Standing::Program if shared => {
            Err("which defines main and so is no part of the library: move it to a file of its own, or, for a plugin, set \
                 allow_undefined = true under [link] in jmake.toml"
                .to_owned())
        }
        Standing::Program => Err("which is a program of its own: move it to a file without main".to_owned()),
        Standing::OtherProgram(name) => Err(format!(
            "which is of target `{name}` alone, a program: put it into a library, and that into `depends` of both, in jmake.toml"
        )),
        Standing::Target { .. } => Err("which is of another target".to_owned()),
        Standing::Conditional(condition) => Err(format!("but only under `{condition}`: {}", macro_to_define(condition))),
        Standing::Linked => Err("but in C: declare it extern \"C\" where C++ uses it".to_owned()),
    }
}

/// What to write so that a condition may hold.
fn macro_to_define(condition: &str) -> String {
    let words = condition.trim_start_matches('#').replace(['(', ')'], " ");
    let words: Vec<&str> = words.split_whitespace().collect();
    match words[..] {
        ["if", "defined", name] | ["ifdef" | "if", name] if name.chars().all(|c| c.is_alphanumeric() || c == '_') => {
            format!("add defines = {{ {name} = \"1\" }} under [compile] in jmake.toml, if this is how it is meant to be built")
        }
        _ => "give what that asks for in defines under [compile] in jmake.toml, if this is how it is meant to be built".to_owned(),
    }
}

/// Libraries that are well known but not where the linker looks.
fn known(lack: &Lack, lookup: &Lookup, open: &mut Vec<usize>) -> Option<String> {
    let mut by_library: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for symbol in &*open {
        if let Some(library) = library_of(&lack.problems.undefined[*symbol].symbol) {
            by_library.entry(library).or_default().push(*symbol);
        }
    }
    open.retain(|symbol| !by_library.values().flatten().any(|known| known == symbol));
    let told: Vec<String> = by_library.iter().map(|(library, symbols)| format!("{} in lib{library}", being(lack, symbols))).collect();
    let names: Vec<&str> = by_library.keys().copied().collect();
    let line =
        || format!(", which is not where the linker looks: install its development files, then add {}", link_libraries(lookup, &names));
    (!told.is_empty()).then(|| told.join(", ") + &line())
}

/// Tables of virtual functions come with one of these, so that it is this one which is missing.
fn virtual_tables(lack: &Lack, open: &mut Vec<usize>) -> Option<String> {
    let symbol = |at: &usize| &lack.problems.undefined[*at].symbol;
    let (tables, rest): (Vec<usize>, Vec<usize>) = open.iter().partition(|at| symbol(at).starts_with("vtable for "));
    *open = rest;
    let class = symbol(tables.first()?).trim_start_matches("vtable for ");
    let told = being(lack, &tables);
    Some(format!("{told} made where the first virtual function of {class} that is neither inline nor pure is defined: define that one"))
}

fn nowhere(lack: &Lack, open: &[usize]) -> Option<String> {
    if open.is_empty() {
        return None;
    }
    let told = format!("{} defined by no source of this project and no library where the linker looks", being(lack, open));
    let remedy = if lack.shared {
        "define it, or add the library that does to link_libraries under [binary] in jmake.toml; for a plugin, which gets it from the \
         program that loads it, set allow_undefined = true under [link]"
    } else {
        "define it, or add the library that does to link_libraries under [binary] in jmake.toml"
    };
    Some(format!("{told}: {remedy}"))
}

/// Libraries that should be in a root file system of another machine.
fn outside(lack: &Lack, sysroot: &FilePath, triple: Option<&str>) -> Option<String> {
    let mut libraries: Vec<&str> = lack.problems.missing_libraries.iter().map(String::as_str).collect();
    libraries.dedup();
    let named = libraries.iter().take(NAMED).map(|library| format!("lib{library}")).collect::<Vec<_>>().join(", ");
    let own = triple.filter(|triple| sysroot.as_path() == Path::new("/usr").join(triple));
    let remedy = match own {
        Some(triple) => {
            format!(
                "it is no root file system; the libraries of packages for {triple} are found without: leave target.sysroot out, and keep target.triple"
            )
        }
        None => {
            "it has to be a whole root file system, with usr/include, usr/lib and usr/lib/gcc of that machine; correct or complete it, \
                 or leave target.sysroot out where packages of this system bring that machine's libraries"
                .to_owned()
        }
    };
    (!named.is_empty()).then(|| format!("there is no {named} in target.sysroot = \"{sysroot}\" of jmake.toml: {remedy}"))
}

fn missing(lookup: &Lookup, library: &str) -> String {
    let ours = lookup.settings.options.link_libraries.iter().any(|given| given == library);
    let remedy = if ours { ", or correct link_libraries under [binary] in jmake.toml" } else { "" };
    format!("there is no lib{library}.so or lib{library}.a where the linker looks: install its development files{remedy}")
}

/// `symbol 'a' is`, `symbols 'a', 'b' are`, `symbols 'a', 'b', 'c' and 4 more are`.
fn being(lack: &Lack, symbols: &[usize]) -> String {
    let named: Vec<String> = symbols.iter().take(NAMED).map(|at| format!("'{}'", lack.problems.undefined[*at].symbol)).collect();
    match symbols.len() {
        0 | 1 => format!("symbol {} is", named.concat()),
        all if all > NAMED => format!("symbols {} and {} more are", named.join(", "), all - NAMED),
        _ => format!("symbols {} are", named.join(", ")),
    }
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))).collect::<Vec<_>>().join(", ")
}
