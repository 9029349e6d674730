//! Places in jmake.toml that jobs may write to, and what fits there. Does not know the file.

use super::values::Kind;
use crate::engine::config::keys::nearest;
use crate::engine::config::schema::{self, Form};

/// What is wrong, and what to write instead.
pub type Wrong = (String, String);

/// Tables that say what runs: a run that changed them would not be the one that was checked.
const OWN: &[&str] = &["jobs", "job_queue"];
/// Lists of tables.
const LISTS: &[&str] = &["targets", "files"];

/// A table that `update_config` may write to.
///
/// # Errors
/// It is none.
pub fn table(typed: &str) -> Result<(), Wrong> {
    let segments: Vec<&str> = typed.split('.').collect();
    shaped(typed, &segments, 1)?;
    let has_names = |form: Form| matches!(form, Form::Pairs | Form::Defines);
    if schema::is_table(typed)
        || segments[0] == "custom"
        || segments[0] == "profile" && segments.len() > 1
        || schema::find(typed).is_some_and(|key| has_names(key.form))
    {
        return Ok(());
    }
    let tables = schema::all().iter().filter_map(|key| Some(key.path.rsplit_once('.')?.0));
    Err((format!("jmake.toml has no table `{typed}`"), meant(typed, tables, "write a table of jmake.toml, or one below `custom`")))
}

/// A key, or a table of keys, that a result may be written to.
///
/// # Errors
/// It is none.
pub fn key(typed: &str) -> Result<Vec<String>, Wrong> {
    let segments: Vec<&str> = typed.split('.').collect();
    shaped(typed, &segments, 2)?;
    let below =
        |length: usize| matches!(schema::find(&segments[..length].join(".")), Some(key) if matches!(key.form, Form::Pairs | Form::Defines));
    let known = schema::find(typed).is_some() || schema::is_table(typed) || segments[0] == "custom" || (2..segments.len()).any(below);
    if !known {
        let tables = schema::all().iter().filter_map(|key| Some(key.path.rsplit_once('.')?.0));
        let all = schema::all().iter().map(|key| key.path).chain(tables);
        return Err((format!("jmake.toml has no key `{typed}`"), meant(typed, all, "write a key of jmake.toml, or one below `custom`")));
    }
    Ok(segments.into_iter().map(str::to_owned).collect())
}

fn meant<'a>(typed: &str, names: impl Iterator<Item = &'a str>, otherwise: &str) -> String {
    nearest(typed, names).map_or_else(|| otherwise.to_owned(), |near| format!("did you mean \"{near}\"?"))
}

fn shaped(typed: &str, segments: &[&str], least: usize) -> Result<(), Wrong> {
    let bare = |segment: &&str| !segment.is_empty() && segment.chars().all(|c| c.is_ascii_alphanumeric() || "_-+".contains(c));
    if segments.len() < least || !segments.iter().all(bare) {
        let advice = "write a section and a key, such as \"discovery.files\"";
        return Err((format!("`{typed}` is no place in jmake.toml"), advice.to_owned()));
    }
    if OWN.contains(&segments[0]) {
        let advice = "a run is checked as a whole before it begins; write it by hand, or to a key below `custom`";
        return Err((format!("`{typed}` says what jobs do, and no job may change it"), advice.to_owned()));
    }
    if LISTS.contains(&segments[0]) {
        let advice = "write it by hand, or to a key below `custom`";
        return Err((format!("`{}` is a list of tables, which no job can write to", segments[0]), advice.to_owned()));
    }
    Ok(())
}

/// What may be written to the place `path`, in words, if a value of `kind` is not.
#[must_use]
pub fn wants(path: &str, kind: Kind) -> Option<&'static str> {
    let Some(key) = schema::find(path) else {
        return (schema::is_table(path) && !matches!(kind, Kind::Table | Kind::Any)).then_some("a table");
    };
    let (fits, words): (&[Kind], &str) = match key.form {
        Form::Text | Form::Path | Form::Choice(_) | Form::Standard { .. } => (&[Kind::Text], "a string"),
        Form::Texts | Form::TextsOrAll | Form::Paths | Form::Choices(_) => (&[Kind::Texts], "a list of strings"),
        Form::OneOrMore => (&[Kind::Text, Kind::Texts], "a string or a list of strings"),
        Form::Truth => (&[Kind::Truth], "true or false"),
        Form::Switch(_) => (&[Kind::Truth, Kind::Text], "true, false or a string"),
        Form::Number(..) => (&[Kind::Number], "a whole number"),
        Form::Defines | Form::Pairs => (&[Kind::Table], "a table"),
        Form::Anything => return None,
    };
    (kind != Kind::Any && !fits.contains(&kind)).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_keys_and_tables_that_no_job_lives_by() {
        for typed in ["link", "discovery.files", "custom", "custom.a.b", "profile.release", "llvm.tools", "compile.defines"] {
            assert_eq!(table(typed), Ok(()), "{typed}");
        }
        for (typed, expect) in [
            ("lnk", "did you mean \"link\"?"),
            ("a b]", "no place"),
            ("", "no place"),
            ("jobs", "no job may change it"),
            ("job_queue", "no job may change it"),
            ("targets", "list of tables"),
            ("link.opt_level", "no table `link.opt_level`"),
        ] {
            let (message, advice) = table(typed).unwrap_err();
            assert!(format!("{message}; {advice}").contains(expect), "{typed}: {message}; {advice}");
        }
        assert!(key("custom.x").is_ok() && key("llvm.tools.opt").is_ok() && key("custom").is_err() && key("jobs.id").is_err());
    }

    #[test]
    fn what_fits_depends_on_the_key() {
        assert_eq!(wants("discovery.files", Kind::Table), None);
        assert_eq!(wants("discovery.files", Kind::Texts), Some("a table"));
        assert_eq!(wants("compile.flags", Kind::Table), Some("a list of strings"));
        assert_eq!(wants("custom.x", Kind::Truth), None);
        assert_eq!(wants("compile.ir_files", Kind::Any), None);
    }
}
