//! What to say of a key that is not in the schema: the nearest right name, or what another dialect meant by it. Does not know values.

use toml::de::DeValue;

use super::keys::nearest;
use super::raw::{Kind, Scope};
use super::{dialects, schema};

/// What is wrong with the key `name`, and what to write instead. `typed` is its value, as it stands in the file.
pub(super) fn say(scope: &Scope, name: &str, value: &DeValue<'_>, typed: &str) -> (String, String) {
    let shown = format!("{}{name}", scope.shown);
    if scope.kind == Kind::File
        && let Some(answer) = dialects::answer(&shown, value, typed)
    {
        return answer;
    }
    let message = format!("`{shown}` is not a key of jmake.toml and has no effect");
    let advice = match meant(scope, name) {
        Some(right) => format!("did you mean `{right}`?"),
        None => format!("remove it, or put it below [custom]; {}", there_are(scope)),
    };
    (message, advice)
}

/// The key is one of another dialect.
pub(super) fn of_another_dialect(path: &str) -> bool {
    dialects::known(path)
}

fn meant(scope: &Scope, name: &str) -> Option<String> {
    match scope.kind {
        Kind::Profile => nearest(name, of_profiles()).map(ToOwned::to_owned).or_else(|| elsewhere(name, &scope.shown)),
        Kind::Item => nearest(name, names(&scope.schema)).map(ToOwned::to_owned).or_else(|| dialects::other_name(name).map(item_name)),
        Kind::File => of_file(scope, name),
    }
}

fn of_file(scope: &Scope, name: &str) -> Option<String> {
    let path = format!("{}{name}", scope.schema);
    let here = dialects::other_name(&path).map(ToOwned::to_owned);
    let here = here.or_else(|| nearest(name, names(&scope.schema)).map(|near| format!("{}{near}", scope.shown)));
    here.or_else(|| elsewhere(name, "")).or_else(|| nearly_elsewhere(scope, name))
}

/// A name of another section that is nearly the same. Only names are compared: what two sections are called makes no two keys alike. A short name
/// is near to too many.
fn nearly_elsewhere(scope: &Scope, name: &str) -> Option<String> {
    let long = name.chars().count() > 4;
    let keys = schema::all().iter().filter(|key| long && !of_items(key.path));
    let near = nearest(name, keys.clone().map(|key| key.last()))?;
    let section = scope.schema.trim_end_matches('.');
    let found: Vec<&str> = keys.filter(|key| key.last() == near).map(|key| key.path).collect();
    // Of several the one whose section is nearly this one.
    let of_section = found.iter().find(|path| nearest(section, path.split('.').next()).is_some());
    of_section.or_else(|| found.first()).map(|path| (*path).to_owned())
}

fn of_items(path: &str) -> bool {
    ["targets.", "files.", "profile.", "jobs.", "job_queue.", "dependencies."].iter().any(|items| path.starts_with(items))
}

/// The same name in another section.
fn elsewhere(name: &str, before: &str) -> Option<String> {
    let sections = ["compile", "link", "binary", "project", "discovery", "target", "llvm", "test", "install"];
    let found = sections.iter().map(|section| format!("{section}.{name}")).find(|path| schema::find(path).is_some());
    found.or_else(|| dialects::other_name(name).map(ToOwned::to_owned)).map(|path| format!("{before}{path}"))
}

fn item_name(path: &str) -> String {
    let of = schema::all().iter().find(|key| key.of == Some(path));
    of.map_or(path, |key| key.last()).to_owned()
}

/// What may stand in the table that `prefix` is for.
fn names(prefix: &str) -> Vec<&'static str> {
    let keys = schema::all().iter().filter_map(|key| key.path.strip_prefix(prefix)).filter_map(|rest| rest.split('.').next());
    let sections = schema::SECTIONS.iter().filter(|_| prefix.is_empty()).map(|section| section.name);
    let mut names: Vec<&str> = keys.chain(sections).filter(|name| *name != "NAME").collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn of_profiles() -> Vec<&'static str> {
    let flat = schema::all().iter().filter(|key| key.of.is_some() && !key.path.starts_with("targets.test.")).map(|key| key.last());
    flat.chain(["inherits"]).chain(schema::IN_PROFILES.iter().copied()).collect()
}

fn there_are(scope: &Scope) -> String {
    let names = match scope.kind {
        Kind::Profile => of_profiles(),
        Kind::File | Kind::Item => names(&scope.schema),
    };
    format!("there are: {}", names.join(", "))
}
