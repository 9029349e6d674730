//! What a new project begins with: templates of a few files, and their texts with the project's name in them. Does not write files.

mod built_in;
mod naming;

pub use built_in::{BUILT_IN, DEFAULT};
pub use naming::project_name;

use super::config::settings::Settings;
use super::cxx::lower::names;
use super::failure::Failure;
use super::path::FilePath;
use super::tree::SETTINGS;

/// A template that comes with JMake.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// As users ask for it.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// In a few words.
    pub about: &'static str,
    /// Its files: path and text.
    pub files: &'static [(&'static str, &'static str)],
}

/// A file of a template, or of a project made from it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TemplateFile {
    /// Relative to the project's root.
    pub path: FilePath,
    /// What is in it.
    pub content: Vec<u8>,
    /// It may be run.
    pub executable: bool,
}

impl Template {
    /// Its files, as they are.
    #[must_use]
    pub fn files(&self) -> Vec<TemplateFile> {
        let file =
            |(path, text): &(&str, &str)| TemplateFile { path: (*path).into(), content: text.as_bytes().to_vec(), executable: false };
        self.files.iter().map(file).collect()
    }
}

/// The built-in template of this name.
#[must_use]
pub fn built_in(name: &str) -> Option<&'static Template> {
    BUILT_IN.iter().find(|template| template.name == name || template.aliases.contains(&name))
}

/// Whether a directory of templates may have one of this name.
#[must_use]
pub fn can_be_named(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0'])
}

/// The answer to somebody who asked for a template that is not there.
#[must_use]
pub fn unknown(name: &str, users: &[String]) -> Failure {
    let known: Vec<&str> = BUILT_IN.iter().map(|template| template.name).chain(users.iter().map(String::as_str)).collect();
    let near = super::config::keys::nearest(name, known.iter().copied());
    let near = near.map_or_else(|| ".".to_owned(), |near| format!("; did you mean `{near}`?"));
    Failure::usage(format!("there is no template `{name}`{near} There are: {}. `jmake init --list` says what they are", known.join(", ")))
}

/// The part of `files` that a directory gets which has sources of its own: what describes them.
#[must_use]
pub fn without_sources(files: Vec<TemplateFile>) -> Vec<TemplateFile> {
    files.into_iter().filter(|file| [SETTINGS, ".gitignore"].iter().any(|name| file.path.as_bytes() == name.as_bytes())).collect()
}

/// `files` with the project's name in their names and texts: `{{name}}`, and `{{library}}` for the file of its library. Other things in
/// braces, and files that are no text, stay as they are.
#[must_use]
pub fn filled(files: Vec<TemplateFile>, name: &str) -> Vec<TemplateFile> {
    let library = names::library_file(&Settings { name: name.to_owned(), ..Settings::default() });
    let fill = |text: &str| text.replace("{{name}}", name).replace("{{library}}", &library);
    let file = |file: TemplateFile| TemplateFile {
        path: std::str::from_utf8(file.path.as_bytes()).map_or(file.path.clone(), |path| fill(path).as_str().into()),
        content: String::from_utf8(file.content).map_or_else(std::string::FromUtf8Error::into_bytes, |text| fill(&text).into_bytes()),
        executable: file.executable,
    };
    files.into_iter().map(file).collect()
}

#[cfg(test)]
mod tests;
