//! Values that are one of some words, and what people call these. Does not know keys.

use toml::de::DeValue;

use super::forms::{Wrong, named, wrong};
use super::keys;
use super::raw::Typed;
use super::standards;

/// One of `choices`.
pub(super) fn choice(shown: &str, value: &Typed<'_>, choices: &[&str]) -> Result<String, Vec<Wrong>> {
    let typed = value.get_ref().as_str();
    if let Some(known) = choices.iter().find(|choice| Some(**choice) == typed) {
        return Ok((*known).to_owned());
    }
    let quoted: Vec<String> = choices.iter().map(|c| format!("\"{c}\"")).collect();
    let near = typed.and_then(|typed| near(typed, choices));
    let advice = near.map_or_else(|| format!("write one of {}", quoted.join(", ")), |near| format!("did you mean \"{near}\"?"));
    let message = match typed.filter(|_| choices.len() > MANY) {
        Some(typed) => format!("{} cannot be \"{typed}\"", named(shown)),
        None => format!("{} must be one of {}", named(shown), quoted.join(", ")),
    };
    Err(vec![Wrong { span: value.span(), message, advice }])
}

/// So many choices are not all listed twice.
const MANY: usize = 6;

/// What people call a choice that has another name here.
const SYNONYMS: &[(&str, &str)] = &[
    ("dynamic", "shared"),
    ("so", "shared"),
    ("archive", "static"),
    ("library", "static"),
    ("lib", "static"),
    ("program", "executable"),
    ("binary", "executable"),
    ("bin", "executable"),
    ("app", "executable"),
    ("module", "plugin"),
    ("interface", "headers"),
    ("header-only", "headers"),
    ("asan", "address"),
    ("ubsan", "undefined"),
    ("tsan", "thread"),
    ("msan", "memory"),
    ("full-lto", "full"),
    ("0", "O0"),
    ("1", "O1"),
    ("2", "O2"),
    ("3", "O3"),
    ("s", "Os"),
    ("z", "Oz"),
];

/// The choice that begins like what was typed, such as `executable` for `exe`, else the nearest.
fn near<'a>(typed: &str, choices: &[&'a str]) -> Option<&'a str> {
    let typed = typed.trim_start_matches('-').to_lowercase();
    let same =
        |choice: &&&str| choice.to_lowercase() == typed || (typed.len() > 2 && (choice.starts_with(&typed) || typed.starts_with(**choice)));
    let meant =
        |word: &str| SYNONYMS.iter().find(|(it, _)| *it == word).and_then(|(_, choice)| choices.iter().copied().find(|it| it == choice));
    let words = || SYNONYMS.iter().map(|(word, _)| *word).filter(|word| word.len() > 3 && meant(word).is_some());
    let nearest = || keys::nearest(&typed, choices.iter().copied()).or_else(|| meant(keys::nearest(&typed, words())?));
    choices.iter().find(same).copied().or_else(|| meant(&typed)).or_else(nearest)
}

/// A standard of C++, or of C if not.
pub(super) fn standard(shown: &str, value: &Typed<'_>, cxx: bool) -> Result<String, Vec<Wrong>> {
    let typed = match value.get_ref() {
        DeValue::String(text) => text.trim_start_matches("-std=").to_lowercase(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        _ => return Err(vec![wrong(shown, "a string", value, if cxx { "write \"c++20\"" } else { "write \"c17\"" })]),
    };
    let year = typed.trim_start_matches(|c: char| !c.is_ascii_digit());
    let known = standards::is_known(year, cxx);
    let family = &typed[..typed.len() - year.len()];
    let right = if cxx { ["c++", "gnu++"] } else { ["c", "gnu"] };
    let as_typed = value.get_ref().as_str() == Some(typed.as_str());
    if as_typed && (known && right.contains(&family) || (!cxx && typed.starts_with("iso9899:"))) {
        return Ok(typed);
    }
    let language = if cxx { "C++" } else { "C" };
    let advice = match (known, cxx) {
        (true, _) => format!("did you mean \"{}{year}\"?", if family.starts_with("gnu") { right[1] } else { right[0] }),
        (false, true) => "write one such as \"c++20\" or \"gnu++17\"".to_owned(),
        (false, false) => "write one such as \"c17\" or \"gnu11\"".to_owned(),
    };
    Err(vec![Wrong { span: value.span(), message: format!("`{shown}` must be a standard of {language}"), advice }])
}
