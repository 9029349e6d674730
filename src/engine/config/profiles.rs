//! The profile that is asked for and those that it inherits from. Does not know what they say.

use super::problem::ConfigError;
use super::raw::Raw;

/// The built-in profiles and their flags.
const BUILT_IN: &[(&str, &[&str])] = &[("dev", &["-O0", "-g", "-gdwarf-4"]), ("release", &["-O2", "-DNDEBUG"])];

/// The flags of the built-in profile `name`, if it is one.
pub(super) fn built_in(name: &str) -> Option<&'static [&'static str]> {
    BUILT_IN.iter().find(|(n, _)| *n == name).map(|(_, flags)| *flags)
}

/// The profile and those it inherits from, itself first.
pub(super) fn chain(asked: &str, user: &Raw, project: &Raw) -> Result<Vec<String>, ConfigError> {
    if !fits_in_a_path(asked) {
        return Err(ConfigError::BadProfileName(asked.to_owned()));
    }
    let mut chain: Vec<String> = Vec::new();
    let mut next = Some(asked.to_owned());
    while let Some(name) = next {
        let tables = [project, user].map(|raw| raw.profiles.get(&name));
        if built_in(&name).is_none() && tables.iter().all(Option::is_none) {
            return Err(ConfigError::UnknownProfile { name, known: known(user, project) });
        }
        let inherits = tables.into_iter().flatten().find_map(|table| table.text("profile.NAME.inherits"));
        if chain.contains(&name) {
            chain.push(name);
            return Err(ConfigError::ProfileCycle(chain));
        }
        next = inherits.or_else(|| built_in(&name).is_none().then_some("dev")).map(ToOwned::to_owned);
        chain.push(name);
    }
    Ok(chain)
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
