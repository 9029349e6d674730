//! Files, environment and profile put in order, later wins: built-in, built-in profile, user file, project file, their
//! `[profile.NAME]`, environment. Does not know where the texts came from.

use std::collections::BTreeMap;

use crate::engine::path::FilePath;

use super::options::{EnvironmentFlags, Options};
use super::problem::{ConfigError, Problem};
use super::raw::{self, Raw};
use super::settings::{LibraryType, Lto, Settings};

/// All that settings are made of.
pub struct Request<'a> {
    /// The root directory's name, for projects without a name of their own.
    pub root_name: &'a str,
    /// Content of the user's own settings file, if there is one.
    pub user: Option<&'a str>,
    /// Content of the project's jmake.toml, if there is one.
    pub project: Option<&'a str>,
    /// Looks up `CFLAGS`, `CXXFLAGS`, `CPPFLAGS` and `LDFLAGS`.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// The profile asked for.
    pub profile: &'a str,
    /// Where artifacts go unless settings say otherwise.
    pub build_dir: FilePath,
    /// What messages call the project's file.
    pub path_of_file: &'a str,
}

/// What messages call the user's own file.
const USER_FILE: &str = "the user's config.toml";

/// The built-in profiles and their flags.
const BUILT_IN: &[(&str, &[&str])] = &[("dev", &["-O0", "-g", "-gdwarf-4"]), ("release", &["-O2", "-DNDEBUG"])];

/// Valid settings, and notes on keys that have no effect.
///
/// # Errors
/// All that is wrong in the files, a profile that does not exist, a variable that cannot be split.
pub fn load(request: &Request<'_>) -> Result<(Settings, Vec<String>), ConfigError> {
    if !fits_in_a_path(request.profile) {
        return Err(ConfigError::BadProfileName(request.profile.to_owned()));
    }
    let (user, project, notes) = read_both(request)?;
    let chain = chain(request.profile, &user, &project)?;
    let mut settings = merge(request, &user, &project);
    for name in chain.iter().rev() {
        settings.options.profile_flags.extend(built_in(name).unwrap_or(&[]).iter().map(ToString::to_string));
        for raw in [&user, &project] {
            settings.options.flags.extend(raw.profiles.get(name).into_iter().flat_map(|p| p.flags.iter().cloned()));
        }
    }
    let variable = |name: &'static str| variable(request, name);
    let preprocessor = variable("CPPFLAGS")?;
    settings.options.environment = EnvironmentFlags {
        c: [preprocessor.clone(), variable("CFLAGS")?].concat(),
        cxx: [preprocessor, variable("CXXFLAGS")?].concat(),
        link: variable("LDFLAGS")?,
    };
    Ok((settings, notes))
}

fn read_both(request: &Request<'_>) -> Result<(Raw, Raw, Vec<String>), ConfigError> {
    let (mut notes, mut problems): (Vec<String>, Vec<Problem>) = Default::default();
    let mut read = |file: &str, text: Option<&str>| match text.map(|text| raw::read(file, text)) {
        None => Raw::default(),
        Some(Ok((raw, found))) => {
            notes.extend(found);
            raw
        }
        Some(Err(found)) => {
            problems.extend(found);
            Raw::default()
        }
    };
    let (user, project) = (read(USER_FILE, request.user), read(request.path_of_file, request.project));
    if problems.is_empty() { Ok((user, project, notes)) } else { Err(ConfigError::Invalid(problems)) }
}

/// Everything but what the profile and the environment add.
fn merge(request: &Request<'_>, user: &Raw, project: &Raw) -> Settings {
    let both = |field: fn(&Raw) -> &Vec<String>| [field(project).clone(), field(user).clone()].concat();
    let text = |field: fn(&Raw) -> &Option<String>| field(project).clone().or_else(|| field(user).clone()).filter(|t| !t.is_empty());
    let library_name = text(|r| &r.library_name).unwrap_or_default();
    let implied = std::path::Path::new(&library_name).extension().is_some_and(|e| e == "a").then_some(LibraryType::Static);
    let options = Options {
        // Of two flags the later wins, of two include directories the earlier.
        flags: [user.flags.clone(), project.flags.clone()].concat(),
        defines: user.defines.iter().chain(&project.defines).map(|(k, v)| (k.clone(), v.clone())).collect::<BTreeMap<_, _>>(),
        include_dirs: both(|r| &r.include_dirs).iter().map(|dir| relative(dir)).collect(),
        lto: project.lto.or(user.lto).unwrap_or(Lto::Off),
        opt_passes: project.opt_passes.clone().or_else(|| user.opt_passes.clone()).unwrap_or_default(),
        allow_undefined: project.allow_undefined.or(user.allow_undefined).unwrap_or(false),
        link_libraries: both(|r| &r.link_libraries).iter().map(|l| l.strip_prefix("-l").unwrap_or(l).to_owned()).collect(),
        ..Options::default()
    };
    Settings {
        name: project.name.clone().filter(|n| !n.is_empty()).unwrap_or_else(|| request.root_name.to_owned()),
        profile: request.profile.to_owned(),
        options,
        extra_sources: project.extra_sources.iter().map(|path| relative(path)).collect(),
        library_name,
        library_type: project.library_type.or(user.library_type).or(implied),
        output_dir: text(|r| &r.output_dir).map(|dir| relative(&dir.replace("{profile}", request.profile))),
        llvm_root: text(|r| &r.llvm_root).map(|dir| relative(&dir)),
        choose_llvm: true,
        use_store: true,
        on_success: project.on_success.clone().or_else(|| user.on_success.clone()).unwrap_or_default(),
        on_failure: project.on_failure.clone().or_else(|| user.on_failure.clone()).unwrap_or_default(),
        build_dir: request.build_dir.clone(),
        ..Settings::default()
    }
}

/// A path as typed, without `.` components.
fn relative(typed: &str) -> FilePath {
    FilePath::new(crate::engine::path::fold(std::path::Path::new(typed)))
}

fn built_in(name: &str) -> Option<&'static [&'static str]> {
    BUILT_IN.iter().find(|(n, _)| *n == name).map(|(_, flags)| *flags)
}

/// The profile and those it inherits from, itself first.
fn chain(asked: &str, user: &Raw, project: &Raw) -> Result<Vec<String>, ConfigError> {
    let mut chain: Vec<String> = Vec::new();
    let mut next = Some(asked.to_owned());
    while let Some(name) = next {
        let tables = [project, user].map(|raw| raw.profiles.get(&name));
        if built_in(&name).is_none() && tables.iter().all(Option::is_none) {
            return Err(ConfigError::UnknownProfile { name, known: known(user, project) });
        }
        let inherits = tables.into_iter().flatten().find_map(|table| table.inherits.clone());
        if chain.contains(&name) {
            chain.push(name);
            return Err(ConfigError::ProfileCycle(chain));
        }
        next = inherits.or_else(|| built_in(&name).is_none().then(|| "dev".to_owned()));
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

fn variable(request: &Request<'_>, name: &'static str) -> Result<Vec<String>, ConfigError> {
    let value = (request.environment)(name).unwrap_or_default();
    shlex::split(&value).ok_or(ConfigError::BadVariable { name, value })
}
