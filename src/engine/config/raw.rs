//! One settings file as its user typed it: every value optional, every problem with its place. Does not know defaults or other files.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys;
use super::problem::Problem;
use super::settings::{LibraryType, Lto};

/// What one file says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names are those of the file")]
pub struct Raw {
    pub name: Option<String>,
    pub flags: Vec<String>,
    pub defines: BTreeMap<String, String>,
    pub include_dirs: Vec<String>,
    pub extra_sources: Vec<String>,
    pub lto: Option<Lto>,
    pub opt_passes: Option<Vec<String>>,
    pub allow_undefined: Option<bool>,
    pub library_name: Option<String>,
    pub library_type: Option<LibraryType>,
    pub link_libraries: Vec<String>,
    pub output_dir: Option<String>,
    pub llvm_root: Option<String>,
    pub on_success: Option<Vec<String>>,
    pub on_failure: Option<Vec<String>>,
    pub profiles: BTreeMap<String, RawProfile>,
}

/// One `[profile.NAME]` table.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names are those of the file")]
pub struct RawProfile {
    pub flags: Vec<String>,
    pub inherits: Option<String>,
}

/// What was read, with what is worth a note, or all that is wrong.
///
/// # Errors
/// Every syntax and type error of the file.
pub fn read(file: &str, content: &str) -> Result<(Raw, Vec<String>), Vec<Problem>> {
    let mut reader = Reader { file, content, raw: Raw::default(), notes: Vec::new(), problems: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(content);
    if errors.is_empty() {
        reader.top(table.get_ref());
    }
    for error in &errors {
        let at = error.span().unwrap_or(0..0);
        reader.problem(at, error.message().trim().replace('\n', "; "), "see https://toml.io for how to write it");
    }
    if reader.problems.is_empty() { Ok((reader.raw, reader.notes)) } else { Err(reader.sorted()) }
}

struct Reader<'a> {
    file: &'a str,
    content: &'a str,
    raw: Raw,
    notes: Vec<String>,
    problems: Vec<Problem>,
}

type Value<'i> = Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn top(&mut self, table: &DeTable<'_>) {
        for (section, value) in table {
            let section = section.get_ref();
            if !keys::SECTIONS.contains(&section.as_ref()) {
                self.notes.push(keys::note(self.file, section));
            } else if let DeValue::Table(entries) = value.get_ref() {
                for (key, value) in entries {
                    self.entry(section, key.get_ref(), value);
                }
            } else {
                self.wrong::<()>(section, "a table", value, &format!("write it as a table: [{section}]"));
            }
        }
    }

    fn entry(&mut self, section: &str, key: &str, value: &Value<'_>) {
        let path = format!("{section}.{key}");
        match path.as_str() {
            "project.name" => self.raw.name = self.text(&path, value),
            "compile.flags" => self.raw.flags = self.texts(&path, value),
            "compile.defines" => self.raw.defines = self.defines(&path, value),
            "compile.include_dirs" => self.raw.include_dirs = self.texts(&path, value),
            "compile.extra_sources" => self.raw.extra_sources = self.texts(&path, value),
            "link.lto" => self.raw.lto = self.lto(&path, value),
            "link.opt_passes" => self.raw.opt_passes = Some(self.texts(&path, value)),
            "link.allow_undefined" => self.raw.allow_undefined = self.truth(&path, value),
            "binary.library_name" => self.raw.library_name = self.text(&path, value),
            "binary.library_type" => self.raw.library_type = self.library_type(&path, value),
            "binary.link_libraries" => self.raw.link_libraries = self.texts(&path, value),
            "binary.output_dir" => self.raw.output_dir = self.text(&path, value),
            "llvm.root" => self.raw.llvm_root = self.text(&path, value),
            "hooks.on_success" => self.raw.on_success = Some(self.texts(&path, value)),
            "hooks.on_failure" => self.raw.on_failure = Some(self.texts(&path, value)),
            _ if section == "profile" => self.profile(key, value),
            _ => self.notes.push(keys::note(self.file, &path)),
        }
    }

    fn profile(&mut self, name: &str, value: &Value<'_>) {
        let DeValue::Table(entries) = value.get_ref() else {
            self.wrong::<()>(
                &format!("profile.{name}"),
                "a table",
                value,
                &format!("write [profile.{name}] and below it flags = [\"-O1\"]"),
            );
            return;
        };
        let mut profile = RawProfile::default();
        for (key, value) in entries {
            let path = format!("profile.{name}.{}", key.get_ref());
            match key.get_ref().as_ref() {
                "flags" => profile.flags = self.texts(&path, value),
                "inherits" => profile.inherits = self.text(&path, value),
                other => {
                    let hint = keys::nearest(other, ["flags", "inherits"]);
                    let hint = hint.map_or_else(String::new, |right| format!("; did you mean `{right}`?"));
                    self.notes.push(format!("{}: `{path}` is not a key of jmake.toml and has no effect{hint}", self.file));
                }
            }
        }
        self.raw.profiles.insert(name.to_owned(), profile);
    }

    fn text(&mut self, path: &str, value: &Value<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) if text.contains('\0') => {
                self.problem(value.span(), format!("`{path}` holds a NUL character"), "remove it");
                None
            }
            DeValue::String(text) => Some(text.to_string()),
            _ => self.wrong(path, "a string", value, "put it in quotes"),
        }
    }

    fn texts(&mut self, path: &str, value: &Value<'_>) -> Vec<String> {
        let DeValue::Array(items) = value.get_ref() else {
            let last = path.rsplit('.').next().unwrap_or(path);
            self.wrong::<()>(path, "a list of strings", value, &format!("write {last} = [\"…\", \"…\"]"));
            return Vec::new();
        };
        items.iter().filter_map(|item| self.text(&format!("an item of {path}"), item)).collect()
    }

    fn truth(&mut self, path: &str, value: &Value<'_>) -> Option<bool> {
        match value.get_ref() {
            DeValue::Boolean(truth) => Some(*truth),
            _ => self.wrong(path, "true or false", value, "write true or false, without quotes"),
        }
    }

    fn defines(&mut self, path: &str, value: &Value<'_>) -> BTreeMap<String, String> {
        let DeValue::Table(entries) = value.get_ref() else {
            self.wrong::<()>(path, "a table", value, "write defines = { NAME = \"value\" }");
            return BTreeMap::new();
        };
        entries.iter().filter_map(|(name, value)| self.define(name, value)).collect()
    }

    fn define(&mut self, name: &Spanned<std::borrow::Cow<'_, str>>, value: &Value<'_>) -> Option<(String, String)> {
        let key = name.get_ref().to_string();
        let plain = |c: char| c == '_' || c.is_alphanumeric();
        if !key.split('(').next().is_some_and(|n| !n.is_empty() && n.chars().all(plain)) {
            self.problem(name.span(), format!("`{key}` cannot be the name of a macro"), "use letters, digits and `_`");
            return None;
        }
        let text = match value.get_ref() {
            DeValue::String(_) => self.text(&format!("compile.defines.{key}"), value)?,
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().to_owned(),
            DeValue::Boolean(true) => "1".to_owned(),
            DeValue::Boolean(false) => "0".to_owned(),
            _ => self.wrong(&format!("compile.defines.{key}"), "a string, a decimal number, true or false", value, "put it in quotes")?,
        };
        Some((key, text))
    }

    fn lto(&mut self, path: &str, value: &Value<'_>) -> Option<Lto> {
        match value.get_ref() {
            DeValue::Boolean(true) => Some(Lto::Thin),
            DeValue::Boolean(false) => Some(Lto::Off),
            DeValue::String(text) => match text.as_ref() {
                "off" => Some(Lto::Off),
                "thin" => Some(Lto::Thin),
                "full" => Some(Lto::Full),
                _ => self.choice(path, value, &["off", "thin", "full"]),
            },
            _ => self.choice(path, value, &["off", "thin", "full"]),
        }
    }

    fn library_type(&mut self, path: &str, value: &Value<'_>) -> Option<LibraryType> {
        match value.get_ref().as_str() {
            Some("shared") => Some(LibraryType::Shared),
            Some("static") => Some(LibraryType::Static),
            _ => self.choice(path, value, &["shared", "static"]),
        }
    }

    fn choice<T>(&mut self, path: &str, value: &Value<'_>, choices: &[&str]) -> Option<T> {
        let quoted: Vec<String> = choices.iter().map(|c| format!("\"{c}\"")).collect();
        let near = value.get_ref().as_str().and_then(|typed| keys::nearest(typed, choices.iter().copied()));
        let advice = near.map_or_else(|| format!("write one of {}", quoted.join(", ")), |near| format!("did you mean \"{near}\"?"));
        self.problem(value.span(), format!("`{path}` must be one of {}", quoted.join(", ")), advice);
        None
    }

    fn wrong<T>(&mut self, path: &str, wanted: &str, value: &Value<'_>, advice: &str) -> Option<T> {
        let found = value.get_ref().type_str();
        let article = if found.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
        self.problem(value.span(), format!("`{path}` must be {wanted}, not {article} {found}"), advice);
        None
    }

    fn problem(&mut self, span: Range<usize>, message: impl Into<String>, advice: impl Into<String>) {
        self.problems.push(Problem::at(self.file, self.content, span, message, advice));
    }

    fn sorted(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|p| (p.line, p.column));
        self.problems
    }
}
