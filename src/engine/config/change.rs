//! A jmake.toml with other values in it, as long as it says nothing wrong because of them. Does not know who wants them there.

use super::document::{self, DocumentError, Value};
use super::problem::{Problem, Severity};
use super::schema::{self, Form};
use super::{Request, merge};

/// A value and where it goes: tables, then the key.
pub type Change = (Vec<String>, Value);

/// Why values have no place in a file.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ChangeError {
    /// The text cannot have them.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// No key has this name.
    #[error("`{0}` is not a key of jmake.toml and would have no effect; write a key of jmake.toml, or one below `custom`")]
    NoKey(String),
    /// What it would say is wrong.
    #[error("{0}; {1}")]
    Wrong(String, String),
}

/// `text` with all of `changes`. Where it says the same already, nothing changes.
pub fn changed(text: &str, changes: &[Change]) -> Result<String, ChangeError> {
    let mut whole = text.to_owned();
    for (path, value) in changes {
        if let Some(stranger) = value.leaves().iter().map(|(leaf, _)| dotted(path, *leaf)).find(|path| !is_known(path)) {
            return Err(ChangeError::NoKey(stranger.join(".")));
        }
        whole = document::set(&whole, &path.iter().map(String::as_str).collect::<Vec<_>>(), value)?;
    }
    let mut before = errors(text);
    for error in errors(&whole) {
        match before.iter().position(|old| old.message == error.message) {
            Some(at) => drop(before.swap_remove(at)),
            None => return Err(ChangeError::Wrong(error.message, error.advice.replace('\n', " "))),
        }
    }
    Ok(whole)
}

fn dotted(path: &[String], leaf: Option<&str>) -> Vec<String> {
    path.iter().cloned().chain(leaf.map(str::to_owned)).collect()
}

/// Whether something in a file heeds this key, or it is the user's own.
fn is_known(path: &[String]) -> bool {
    match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["custom" | "dependencies", _, ..] | ["profile", _, _, ..] => true,
        names => {
            let below = |length: usize| matches!(schema::find(&names[..length].join(".")), Some(key) if has_names(key.form));
            schema::find(&names.join(".")).is_some() || (2..names.len()).any(below)
        }
    }
}

/// Its value is a table of whatever names.
fn has_names(form: Form) -> bool {
    matches!(form, Form::Pairs | Form::Defines | Form::Anything)
}

fn errors(text: &str) -> Vec<Problem> {
    let request = Request {
        root_name: "project",
        user: None,
        project: Some(text),
        environment: &|_| None,
        profile: "dev",
        build_dir: "build".into(),
        path_of_file: "jmake.toml",
    };
    let problems = merge::examine(&request).problems;
    problems.into_iter().filter(|problem| problem.severity == Severity::Error).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[link]\nopt_level = \"O2\" # mine\n";

    fn change(path: &str, value: Value) -> Result<String, String> {
        let path = path.split('.').map(str::to_owned).collect();
        changed(TEXT, &[(path, value)]).map_err(|error| error.to_string())
    }

    #[test]
    fn what_fits_is_written() {
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(change("link.opt_level", text("O3")).unwrap(), "[link]\nopt_level = \"O3\" # mine\n");
        for path in ["custom.x", "custom.x.y", "compile.defines.A", "llvm.tools.clang", "profile.release.link.opt_level"] {
            let whole = change(path, text("O1")).unwrap();
            assert!(whole.contains("\"O1\"") && whole.starts_with(TEXT), "{path}: {whole}");
        }
    }

    #[test]
    fn what_would_be_wrong_is_not() {
        let refused = |path: &str, value: Value, expect: &str| {
            let said = change(path, value).unwrap_err();
            assert!(said.contains(expect), "{path}: {said}");
        };
        let text = |text: &str| Value::Text(text.to_owned());
        refused("link.opt_level", text("O9"), "`link.opt_level` must be one of");
        refused("lnk.opt_level", text("O2"), "`lnk.opt_level` is not a key");
        refused("a b].x", text("O2"), "is not a key");
        refused(".x", text("O2"), "is not a key");
        refused("link", Value::Table(vec![("optlevel".to_owned(), text("O2"))]), "`link.optlevel` is not a key");
        refused("project.name", Value::List(vec!["x".to_owned()]), "`project.name` must be a string");
        refused("compile.flags", Value::Table(vec![("a".to_owned(), text("b"))]), "`compile.flags.a` is not a key");
        refused("link.opt_level.deep", text("O2"), "is not a key");
        // What was wrong before is no reason to write nothing.
        let wrong = "[link]\nopt_level = \"O9\"\n";
        let name = || (vec!["project".to_owned(), "name".to_owned()], text("x"));
        assert!(changed(wrong, &[name()]).is_ok());
        assert!(changed(wrong, &[name(), (vec!["link".to_owned(), "opt_passes".to_owned()], text("x"))]).is_err());
    }
}
