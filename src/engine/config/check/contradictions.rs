//! Settings that cannot both be meant, and words that no tool will take. Does not look at the disk.

use super::Finder;
use crate::engine::config::merged::relative;
use crate::engine::config::options::Options;
use crate::engine::config::problem::Severity;
use crate::engine::config::schema::OPT_LEVELS;
use crate::engine::config::settings::{LibraryType, Lto, Settings};
use crate::engine::config::targets::{Kind, TargetSettings};
use crate::engine::config::value::{Entry, Table};
use crate::engine::discover::Language;
use crate::engine::scan::kind::FileKind;

/// Sanitizers that no program can have both of.
const EXCLUDE: &[(&str, &str)] = &[
    ("address", "thread"),
    ("address", "memory"),
    ("address", "hwaddress"),
    ("thread", "memory"),
    ("thread", "hwaddress"),
    ("thread", "leak"),
    ("memory", "leak"),
    ("memory", "hwaddress"),
];

/// Keys that are about the targets that discovery makes.
const OF_DISCOVERY: &[&str] = &[
    "binary.library_name",
    "binary.library_type",
    "binary.soname",
    "binary.version",
    "symbols.export_list",
    "discovery.include_patterns",
    "discovery.files.cpp_sources",
    "discovery.files.c_sources",
    "compile.extra_sources",
    "test.test_dir",
];

pub(super) fn check(finder: &mut Finder<'_>) {
    words(finder);
    flags_against_keys(finder);
    let examined = finder.examined;
    let Ok(settings) = &examined.settings else { return };
    of_project(finder, settings);
    for (table, target) in examined.project.targets.iter().zip(&settings.targets) {
        of_target(finder, table, target);
    }
}

fn of_project(finder: &mut Finder<'_>, settings: &Settings) {
    let table = &finder.examined.project.table;
    if settings.targets.is_empty() {
        options(finder, table, &settings.options);
    } else {
        for entry in OF_DISCOVERY.iter().filter_map(|path| table.get(path)) {
            let message = format!("`{}` has no effect: where there are [[targets]], they say what is built", entry.key.path);
            finder.warning(entry.span.clone(), message, "write it into the target that is meant, or remove it");
        }
    }
    let nothing =
        settings.targets.is_empty() && settings.discovery.files.as_ref().is_some_and(Vec::is_empty) && settings.extra_sources.is_empty();
    if let (true, Some(entry)) = (nothing, table.get("discovery.enabled")) {
        finder.warning(
            entry.span.clone(),
            "nothing is left to build",
            "list the sources in discovery.files.cpp_sources, or write [[targets]]",
        );
    }
    if settings.library_type == Some(LibraryType::Static) {
        for entry in ["binary.soname", "binary.version", "symbols.export_list"].iter().filter_map(|path| table.get(path)) {
            let message = format!("`{}` has no effect on a static library", entry.key.path);
            finder.warning(entry.span.clone(), message, "remove it, or write binary.library_type = \"shared\"");
        }
    }
    of_library(finder, settings);
    if settings.options.lto != Lto::Full
        && let Some(entry) = table.get("link.output_dir").filter(|_| table.text("link.output_dir") != Some(LINKED))
    {
        let message = "`link.output_dir` has no effect: only `lto = \"full\"` makes linked IR";
        finder.warning(entry.span.clone(), message, "remove it, or write link.lto = \"full\"");
    }
    if let Some(entry) =
        table.get("install.prefix").filter(|_| settings.install.prefix.as_ref().is_some_and(|p| !p.as_path().is_absolute()))
    {
        finder.warning(
            entry.span.clone(),
            "`install.prefix` is relative to wherever `jmake install` is called",
            "write it from the root: \"/usr/local\"",
        );
    }
}

/// What the original wrote into every file: that nothing comes of it is no news to anybody.
const LINKED: &str = "build/linked";

/// A library that is called one thing and made another, and sources under the wrong language.
fn of_library(finder: &mut Finder<'_>, settings: &Settings) {
    let table = &finder.examined.project.table;
    if let Some(entry) = table.get("binary.library_name").filter(|_| settings.library_name.ends_with(".a"))
        && settings.library_type == Some(LibraryType::Shared)
    {
        let message = format!("\"{}\" is the name of a static library, and `library_type` is \"shared\"", settings.library_name);
        finder.warning(entry.span.clone(), message, "correct one of the two; `library_type` counts");
    }
    for (path, other, of_it) in
        [("discovery.files.c_sources", "cpp_sources", Language::Cxx), ("discovery.files.cpp_sources", "c_sources", Language::C)]
    {
        for (typed, span) in table.get(path).into_iter().flat_map(|entry| &entry.items) {
            if FileKind::of(&relative(typed)) == FileKind::Source(of_it) {
                let message = format!("`{typed}` is {} by its name, and is built as that", if of_it == Language::C { "C" } else { "C++" });
                finder.warning(span.clone(), message, format!("write it into `{other}`"));
            }
        }
    }
}

fn of_target(finder: &mut Finder<'_>, table: &Table, target: &TargetSettings) {
    options(finder, table, &target.options);
    let name = &target.name;
    let kind = table.text("targets.kind").unwrap_or("executable");
    let pointless = |finder: &mut Finder<'_>, entry: Option<&Entry>, advice: &str| {
        if let Some(entry) = entry {
            let message =
                format!("`{}` has no effect on `{name}`, whose kind is \"{kind}\"", entry.key.path.trim_start_matches("targets."));
            finder.warning(entry.span.clone(), message, advice);
        }
    };
    // What it becomes is not known.
    if table.unread.contains(&"targets.kind") {
        return;
    }
    if target.kind != Kind::SharedLibrary {
        for key in ["targets.soname", "targets.version"] {
            pointless(finder, table.get(key), "remove it, or write kind = \"shared\"");
        }
    }
    if !matches!(target.kind, Kind::SharedLibrary | Kind::Plugin) {
        pointless(finder, table.get("targets.export_list"), "remove it, or write kind = \"shared\"");
    }
    if !matches!(target.kind, Kind::Test | Kind::Benchmark) {
        let of_test = table.entries.iter().find(|entry| entry.key.path.starts_with("targets.test."));
        pointless(finder, of_test, "remove it, or write kind = \"test\"");
    }
    if target.kind == Kind::Headers {
        pointless(finder, table.get("targets.sources"), "remove it, or write kind = \"static\"");
    } else if ["targets.sources", "targets.depends"]
        .iter()
        .all(|key| !table.unread.contains(key) && table.texts(key).is_none_or(<[_]>::is_empty))
    {
        let which = if name.is_empty() { "this target".to_owned() } else { format!("the target `{name}`") };
        finder.error(table.span.clone(), format!("{which} has no sources"), "write sources = [\"src/*.cpp\"]");
    }
}

fn options(finder: &mut Finder<'_>, table: &Table, options: &Options) {
    let entry = |paths: &[&str]| {
        let in_profiles = finder.examined.project.profiles.values();
        let tables = std::iter::once(table).chain([&finder.examined.project.table]).chain(in_profiles);
        tables.flat_map(|table| paths.iter().filter_map(|path| table.get(path))).next()
    };
    let both = |&&(one, other): &&(&str, &str)| [one, other].iter().all(|name| options.sanitizers.iter().any(|had| had == name));
    if let Some((one, other)) = EXCLUDE.iter().find(both)
        && let Some(entry) = entry(&["targets.sanitizers", "compile.sanitizers"])
    {
        let span = entry.span_of(other);
        finder.error(
            span,
            format!("the sanitizers \"{one}\" and \"{other}\" exclude each other"),
            "keep one of them; a [profile.NAME] may have the other",
        );
    }
    let entry = |paths: &[&str]| paths.iter().find_map(|path| table.get(path).or_else(|| finder.examined.project.table.get(path)));
    if options.lto == Lto::Thin
        && !options.opt_passes.is_empty()
        && let Some(entry) = entry(&["targets.opt_passes", "link.opt_passes"])
    {
        let message = "`opt_passes` cannot be had with `lto = \"thin\"`, where the linker optimises";
        finder.error(entry.span.clone(), message, "write lto = \"full\" or \"off\", or remove the passes");
    }
}

/// Flags that say again, and otherwise, what a key says.
fn flags_against_keys(finder: &mut Finder<'_>) {
    let raw = &finder.examined.project;
    let own = |table: &'_ Table, key: &str| {
        let last = key.rsplit('.').next().unwrap_or(key);
        table.text(&format!("targets.{last}")).or_else(|| table.text(key)).map(ToOwned::to_owned)
    };
    for table in std::iter::once(&raw.table).chain(raw.profiles.values()).chain(&raw.targets) {
        let flags = table.get("compile.flags").or_else(|| table.get("targets.flags"));
        for (flag, span) in flags.into_iter().flat_map(|entry| &entry.items) {
            let (key, said) = if let Some(standard) = flag.strip_prefix("-std=") {
                (if standard.contains("++") { "compile.std" } else { "compile.c_std" }, standard)
            } else if let Some(level) = flag.strip_prefix('-').filter(|flag| OPT_LEVELS.contains(flag)) {
                ("link.opt_level", level)
            } else {
                continue;
            };
            if let Some(value) = own(table, key).filter(|value| value != said) {
                let message = format!("`{flag}` goes before `{key}`, which is \"{value}\"");
                finder.warning(span.clone(), message, "remove one of the two");
            }
        }
    }
}

/// Words of lists that do not mean what they look like.
fn words(finder: &mut Finder<'_>) {
    let raw = &finder.examined.project;
    let tables = std::iter::once(&raw.table).chain(raw.profiles.values()).chain(&raw.targets).chain(&raw.files);
    for entry in tables.flat_map(|table| &table.entries) {
        for (word, span) in &entry.items {
            let wrong = match entry.key.path {
                "compile.flags" | "targets.flags" | "files.flags" | "link.flags" | "targets.link_flags" => flag(word),
                "binary.link_libraries" | "targets.link_libraries" => library(word),
                _ => None,
            };
            if let Some((severity, message, advice)) = wrong {
                finder.put(severity, span.clone(), message, advice);
            }
        }
    }
}

type Wrong = Option<(Severity, String, String)>;

fn flag(word: &str) -> Wrong {
    let words: Vec<&str> = word.split(' ').filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && words.iter().all(|word| word.starts_with('-')) {
        let quoted: Vec<String> = words.iter().map(|word| crate::engine::config::value::quoted(word)).collect();
        let message = format!("`{word}` is one argument with a blank in it");
        return Some((Severity::Warning, message, format!("write {}", quoted.join(", "))));
    }
    None
}

fn library(word: &str) -> Wrong {
    if let Some(dir) = word.strip_prefix("-L") {
        return Some((Severity::Error, format!("`{word}` is no library"), format!("write lib_dirs = [\"{dir}\"] instead")));
    }
    let file = word.rsplit('/').next().unwrap_or(word);
    let bare = file.strip_prefix("lib").and_then(|bare| bare.split_once(".so").or_else(|| bare.split_once(".a"))).map(|(bare, _)| bare);
    let bare = bare.filter(|bare| !bare.is_empty())?;
    let dir = word.rsplit_once('/').map(|(dir, _)| format!(", and its directory into lib_dirs = [\"{dir}\"]"));
    Some((Severity::Warning, format!("`{word}` is looked for as lib{word}.so"), format!("write \"{bare}\"{}", dir.unwrap_or_default())))
}
