//! Whatever stands in a settings file: nothing panics, and every problem has a place in it. Does not know what is right.

use proptest::prelude::*;
use proptest::sample::select;

use super::{none, request};
use crate::engine::config::check::{Facts, Lies, asked, check};
use crate::engine::config::merge::examine;
use crate::engine::config::problem::Severity;
use crate::engine::config::schema::{self, Form, Key};
use crate::engine::config::{ConfigError, load, shown};

/// Reads, checks and lists the settings in `text`, and looks whether what is said fits it.
fn holds(text: &str, profile: &str) -> Result<(), TestCaseError> {
    let mut request = request(Some(text), &none);
    (request.profile, request.user) = (profile, Some("compile.flags = ['-u']"));
    let examined = examine(&request);
    let lies = asked(&examined).into_iter().map(|path| (path, Lies::Nothing)).collect();
    let problems = check(&examined, text, &Facts { lies, ..Facts::default() });
    let lines: Vec<&str> = text.split('\n').collect();
    for problem in &problems {
        prop_assert_eq!(&problem.file, "jmake.toml");
        prop_assert!(problem.line >= 1 && problem.line <= lines.len(), "{problem:?}");
        prop_assert!(!problem.message.is_empty() && !problem.advice.is_empty() && problem.width >= 1, "{problem:?}");
        prop_assert_eq!(&problem.text, lines[problem.line - 1].trim_end_matches('\r'));
        prop_assert!(!problem.note().contains('\n') || problem.message.contains('\n'));
    }
    prop_assert!(shown::rows(&examined, &request, None).iter().any(|row| row.key == "profile"));
    // A build complains of nothing that a check is silent about.
    match load(&request) {
        Err(ConfigError::Invalid(errors)) => prop_assert!(errors.iter().all(|error| problems.contains(error))),
        Err(_) => prop_assert!(examined.settings.is_err()),
        Ok((settings, _)) => {
            prop_assert!(examined.problems.iter().all(|problem| problem.severity == Severity::Warning));
            prop_assert_eq!(Ok(settings), examined.settings);
        }
    }
    Ok(())
}

/// A value that fits `form`, as TOML.
fn fitting(form: Form) -> BoxedStrategy<String> {
    let word = "[-a-z+/.*{}$]{0,8}".prop_map(|word| format!("'{word}'"));
    let list =
        |items: BoxedStrategy<String>| prop::collection::vec(items, 0..3).prop_map(|items| format!("[{}]", items.join(", "))).boxed();
    let table = |values: BoxedStrategy<String>| {
        prop::collection::btree_map("[A-C]", values, 0..3).prop_map(|pairs| {
            let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            format!("{{ {} }}", pairs.join(", "))
        })
    };
    match form {
        Form::Text | Form::Path | Form::OneOrMore => word.boxed(),
        Form::Texts | Form::Paths | Form::TextsOrAll => list(word.boxed()),
        Form::Truth => any::<bool>().prop_map(|truth| truth.to_string()).boxed(),
        Form::Number(least, most) => (least..=most.min(i64::MAX as u64)).prop_map(|number| number.to_string()).boxed(),
        Form::Choice(choices) | Form::Switch(choices) => select(choices).prop_map(|choice| format!("'{choice}'")).boxed(),
        Form::Choices(choices) => list(select(choices).prop_map(|choice| format!("'{choice}'")).boxed()),
        Form::Standard { cxx } => Just(if cxx { "'c++20'" } else { "'c11'" }.to_owned()).boxed(),
        Form::Defines | Form::Pairs => table(word.boxed()).boxed(),
        Form::Anything => Just("{ path = '../x' }".to_owned()).boxed(),
    }
}

const MISFITS: &[&str] =
    &["1", "-1", "1.5", "true", "''", "'x'", "[]", "[1]", "[['x']]", "{}", "{ a = 1 }", "1979-05-27", "0x10", "[{}]", "\"\\u0000\"", "'é'"];

/// A line with a key of the schema, or something like one.
fn line() -> impl Strategy<Value = (String, String)> {
    let keys: Vec<&'static Key> = schema::all().to_vec();
    let right = select(keys.clone()).prop_flat_map(|key| fitting(key.form).prop_map(move |value| (key.path.to_owned(), value)));
    let wrong = (select(keys), select(MISFITS)).prop_map(|(key, value)| (key.path.to_owned(), (*value).to_owned()));
    let unknown = ("[a-z]{1,8}(\\.[a-z]{1,8}){0,2}", select(MISFITS)).prop_map(|(key, value)| (key, (*value).to_owned()));
    prop_oneof![6 => right, 2 => wrong, 1 => unknown]
}

/// Lines of tables in their tables, those of targets in one or two of them.
fn document(lines: &[(String, String)]) -> String {
    let (mut top, mut targets, mut files) = (String::new(), vec![String::new(), String::new()], String::new());
    for (i, (key, value)) in lines.iter().enumerate() {
        let line = |key: &str| format!("{} = {value}\n", key.replace("NAME", "dev"));
        match key.split_once('.') {
            Some(("targets", rest)) => targets[i % 2].push_str(&line(rest)),
            Some(("files", rest)) => files.push_str(&line(rest)),
            Some(("jobs", _)) => {}
            _ => top.push_str(&line(key)),
        }
    }
    let targets: String = targets.iter().filter(|target| !target.is_empty()).map(|target| format!("[[targets]]\n{target}")).collect();
    let files = if files.is_empty() { files } else { format!("[[files]]\n{files}") };
    format!("{top}{targets}{files}")
}

proptest! {
    #[test]
    fn any_keys_with_any_values_are_answered(lines in prop::collection::vec(line(), 0..8), crlf: bool) {
        let text = document(&lines);
        holds(&if crlf { text.replace('\n', "\r\n") } else { text }, "dev")?;
    }

    #[test]
    fn any_text_is_answered(text in "(\\PC|\\n|\\r|\\t|\0|\\[|\\]|=|\"|'|\\{|#){0,120}", profile in "[a-z./]{0,4}") {
        holds(&text, &profile)?;
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        holds(&String::from_utf8_lossy(&bytes), "dev")?;
    }
}
