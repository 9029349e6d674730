//! The profile that is asked for and those that it inherits from. Does not know what they say.

use std::collections::BTreeSet;

use super::keys::nearest;
use super::problem::{ConfigError, Problem};
use super::raw::Raw;

/// The built-in profiles and their flags.
const BUILT_IN: &[(&str, &[&str])] = &[("dev", &["-O0", "-g", "-gdwarf-4"]), ("release", &["-O2", "-DNDEBUG"])];

/// The flags of the built-in profile `name`, if it is one.
pub(super) fn built_in(name: &str) -> Option<&'static [&'static str]> {
    BUILT_IN.iter().find(|(n, _)| *n == name).map(|(_, flags)| *flags)
}

/// The profile and those it inherits from, itself first, as far as they are there.
pub(super) fn chain(asked: &str, user: &Raw, project: &Raw) -> Result<Vec<String>, ConfigError> {
    if !fits_in_a_path(asked) {
        return Err(ConfigError::BadProfileName(asked.to_owned()));
    }
    if !is_there(asked, user, project) {
        return Err(unknown(asked, known(user, project)));
    }
    let mut chain: Vec<String> = Vec::new();
    let mut next = Some(asked.to_owned());
    while let Some(name) = next.filter(|name| is_there(name, user, project) && !chain.contains(name)) {
        next = inherits(&name, user, project);
        chain.push(name);
    }
    Ok(chain)
}

fn unknown(asked: &str, known: Vec<String>) -> ConfigError {
    let nearest = near(asked, &known).map(ToOwned::to_owned);
    ConfigError::UnknownProfile { name: asked.to_owned(), nearest, known }
}

/// All that is wrong with `inherits`. In the user's own file it is no error: another project may have the profile that is meant.
pub(super) fn problems(user: (&Raw, &str), project: (&Raw, &str)) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut told: BTreeSet<String> = BTreeSet::new();
    for (raw, content) in [user, project] {
        for (name, table) in &raw.profiles {
            let (Some(entry), Some(wanted)) = (table.get(INHERITS), table.text(INHERITS)) else { continue };
            let found = match circle(name, user.0, project.0) {
                _ if !is_there(wanted, user.0, project.0) => {
                    let known = known(user.0, project.0);
                    let near = near(wanted, &known).map(|near| format!("did you mean \"{near}\"?"));
                    let advice = near.unwrap_or_else(|| format!("add a [profile.{wanted}], or write one of: {}", known.join(", ")));
                    (format!("there is no profile `{wanted}` to inherit from"), advice)
                }
                Some(circle) if !told.contains(name) => {
                    told.extend(circle.iter().cloned());
                    let message = format!("profiles inherit from each other in a circle: {}", circle.join(" -> "));
                    (message, "remove one of these `inherits`".to_owned())
                }
                _ => continue,
            };
            let problem = Problem::at(&raw.file, content, entry.span.clone(), found.0, found.1);
            problems.push(if std::ptr::eq(raw, user.0) { problem.warning() } else { problem });
        }
    }
    problems
}

/// The profile that was meant by `wanted`.
fn near<'a>(wanted: &str, known: &'a [String]) -> Option<&'a str> {
    let called = if ["debug", "Debug", "development"].contains(&wanted) { "dev" } else { wanted };
    nearest(called, known.iter().map(String::as_str))
}

const INHERITS: &str = "profile.NAME.inherits";

fn is_there(name: &str, user: &Raw, project: &Raw) -> bool {
    built_in(name).is_some() || [project, user].iter().any(|raw| raw.profiles.contains_key(name))
}

/// What `name` adds to: as the project says, else as the user does, else what is built in.
fn inherits(name: &str, user: &Raw, project: &Raw) -> Option<String> {
    let said = [project, user].into_iter().find_map(|raw| raw.profiles.get(name)?.text(INHERITS));
    said.or_else(|| built_in(name).is_none().then_some("dev")).map(ToOwned::to_owned)
}

/// The way from `name` back to it, if there is one; `name` at both ends.
fn circle(name: &str, user: &Raw, project: &Raw) -> Option<Vec<String>> {
    let mut way = vec![name.to_owned()];
    loop {
        let next = inherits(way.last()?, user, project)?;
        let known = way.contains(&next);
        way.push(next);
        match way.last() {
            Some(last) if last == name => return Some(way),
            _ if known => return None,
            _ => {}
        }
    }
}

fn known(user: &Raw, project: &Raw) -> Vec<String> {
    let mut names: Vec<String> = BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut own: Vec<&String> = user.profiles.keys().chain(project.profiles.keys()).collect();
    own.sort();
    names.extend(own.into_iter().cloned());
    names.iter().enumerate().filter(|(i, n)| !names[..*i].contains(n)).map(|(_, n)| n.clone()).collect()
}

/// The profile's name becomes a directory.
fn fits_in_a_path(profile: &str) -> bool {
    profile.len() <= 100
        && profile.starts_with(|c: char| c.is_alphanumeric())
        && profile.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
}
