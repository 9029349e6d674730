//! Files, environment and profile put in order, later wins: built-in, built-in profile, user file, project file (for a target, its own table), their
//! `[profile.NAME]`, environment. Does not know where the texts came from.

use crate::engine::path::FilePath;

use super::merged::Merged;
use super::options::EnvironmentFlags;
use super::origin::Origin;
use super::problem::{self, ConfigError, Problem, Severity};
use super::raw::{self, Owner, Raw};
use super::schema;
use super::settings::Settings;
use super::value::{Entry, Table};
use super::{profiles, settle, validate};

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

/// Valid settings, and a line for each key that has no effect.
///
/// # Errors
/// All that is wrong in the files, a profile that does not exist, a variable that cannot be split.
pub fn load(request: &Request<'_>) -> Result<(Settings, Vec<String>), ConfigError> {
    let examined = examine(request);
    let (errors, warnings): (Vec<Problem>, Vec<Problem>) = examined.problems.into_iter().partition(|p| p.severity == Severity::Error);
    if !errors.is_empty() {
        return Err(ConfigError::Invalid(errors));
    }
    Ok((examined.settings?, problem::notes(&warnings)))
}

/// All that is known of settings, valid or not.
#[derive(Debug)]
pub struct Examined {
    /// The project's file.
    pub project: Raw,
    /// The values of the whole project, each with where it came from.
    pub merged: Merged,
    /// The flags of the built-in profiles in use, by profile.
    pub profile_flags: Vec<(String, Vec<String>)>,
    /// All that is wrong or has no effect, in the order of the files.
    pub problems: Vec<Problem>,
    /// What comes out, as far as it can; an error that stands at no place of a file.
    pub settings: Result<Settings, ConfigError>,
}

/// Reads and merges everything, whatever is wrong.
#[must_use]
pub fn examine(request: &Request<'_>) -> Examined {
    let (user, mut problems) = raw::read(USER_FILE, request.user.unwrap_or_default(), Owner::User);
    let (project, found) = raw::read(request.path_of_file, request.project.unwrap_or_default(), Owner::Project);
    problems.extend(found);
    problems.extend(validate::validate(&project, request.project.unwrap_or_default(), request.root_name));
    let texts = [request.user, request.project].map(Option::unwrap_or_default);
    problems.extend(profiles::problems((&user, texts[0]), (&project, texts[1])));
    let (layers, chain) = match profiles::chain(request.profile, &user, &project) {
        Ok(chain) => (Layers::of(&user, &project, &chain), Ok(chain)),
        Err(error) => (Layers::of(&user, &project, &[]), Err(error)),
    };
    let flags = |name: &String| profiles::built_in(name).map(|flags| (name.clone(), flags.iter().map(ToString::to_string).collect()));
    let profile_flags: Vec<(String, Vec<String>)> = chain.iter().flatten().rev().filter_map(flags).collect();
    let settings = chain.and_then(|_| environment(request)).map(|environment| {
        let parts = settle::Parts { request, layers: &layers, project: &project, profile_flags: &profile_flags, environment };
        settle::settle(&parts)
    });
    problems.sort_by_key(|problem| problem.file != USER_FILE);
    Examined { merged: layers.merged(None), project, profile_flags, problems, settings }
}

fn environment(request: &Request<'_>) -> Result<EnvironmentFlags, ConfigError> {
    let variable = |name: &'static str| {
        let value = (request.environment)(name).unwrap_or_default();
        shlex::split(&value).ok_or(ConfigError::BadVariable { name, value })
    };
    let preprocessor = variable("CPPFLAGS")?;
    Ok(EnvironmentFlags {
        c: [preprocessor.clone(), variable("CFLAGS")?].concat(),
        cxx: [preprocessor, variable("CXXFLAGS")?].concat(),
        link: variable("LDFLAGS")?,
    })
}

/// The tables that values come from, in order.
#[derive(Debug)]
pub(super) struct Layers<'a> {
    files: Vec<(&'a str, &'a Table)>,
    /// Name of the profile, file, table.
    profiles: Vec<(&'a str, &'a str, &'a Table)>,
    project_file: &'a str,
}

impl<'a> Layers<'a> {
    fn of(user: &'a Raw, project: &'a Raw, chain: &[String]) -> Self {
        let files = [user, project].map(|raw| (raw.file.as_str(), &raw.table)).to_vec();
        let of_profile = |name: &String| {
            let found =
                [user, project].map(|raw| raw.profiles.get_key_value(name).map(|(name, table)| (name.as_str(), raw.file.as_str(), table)));
            found.into_iter().flatten()
        };
        Self { files, profiles: chain.iter().rev().flat_map(of_profile).collect(), project_file: &project.file }
    }

    /// All of them, with the table of a target in its place.
    pub(super) fn merged(&self, target: Option<&Table>) -> Merged {
        let mut merged = Merged::default();
        let origin = |file: &str, entry: &Entry| Origin::File(file.to_owned(), entry.place.0, entry.place.1);
        for (file, table) in &self.files {
            merged.next_place();
            for entry in &table.entries {
                merged.put(entry.key, entry.value.clone(), origin(file, entry));
            }
        }
        for entry in target.into_iter().flat_map(|table| &table.entries) {
            if let Some(key) = entry.key.of.and_then(schema::find) {
                merged.put(key, entry.value.clone(), origin(self.project_file, entry));
            }
        }
        for (profile, file, table) in &self.profiles {
            merged.next_place();
            for entry in &table.entries {
                let (line, column) = entry.place;
                merged.put(entry.key, entry.value.clone(), Origin::Profile((*profile).to_owned(), (*file).to_owned(), line, column));
            }
        }
        later_choice(&mut merged);
        merged
    }
}

/// Keys of which each says which LLVM is used.
const CHOOSING: &[&str] = &["llvm.root", "llvm.version", "llvm.use_jmake_llvm"];

/// Of keys that choose an LLVM those of the last place count: a profile's version is not to lose against a project's directory or its tools.
fn later_choice(merged: &mut Merged) {
    let chooses = |path: &&&str| **path != "llvm.use_jmake_llvm" || merged.truth_given(path) == Some(false);
    let Some(last) = CHOOSING.iter().filter(chooses).filter_map(|path| merged.last_place(path)).max() else { return };
    for path in CHOOSING.iter().copied().chain(["llvm.tools"]) {
        merged.forget_before(path, last);
    }
}
