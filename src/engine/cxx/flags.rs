//! What each compiler flag names: an input, an output, a directory to search, or nothing. Does not know what exists.
//!
//! A flag that is not in the table is *unknown*: its step may still run, but its result is never shared, and every
//! argument of it that names something that exists counts as an input.

use super::driver_paths;
use crate::engine::path::FilePath;

mod table;

use table::TABLE;

/// How a flag carries its argument.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// None: `-c`.
    Alone,
    /// The rest of the word, which may be empty: `-O2`.
    Joined,
    /// The next word: `-include x.h`.
    Separate,
    /// The rest of the word, or the next one if that is empty: `-Idir`, `-I dir`.
    Either,
}

/// What a flag's argument names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// A file that is read.
    Input,
    /// A file that is looked for as `#include` does, and listed in the depfile.
    Included,
    /// A file that is written.
    Output,
    /// A directory in which files are looked for.
    SearchDir,
    /// Nothing on disk.
    Neutral,
    /// Nobody knows.
    Unknown,
}

/// What a list of flags names.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Classified {
    /// Files that are read, as spelled.
    pub inputs: Vec<FilePath>,
    /// Files that are included, as spelled: the depfile says where they were found.
    pub included: Vec<FilePath>,
    /// Files that are written, as spelled.
    pub outputs: Vec<FilePath>,
    /// Directories that are searched, as spelled.
    pub search_dirs: Vec<FilePath>,
    /// Flags nobody knows, whole.
    pub unknown: Vec<String>,
    /// Arguments of those that could name files, and files that are used if they are there.
    pub named_paths: Vec<FilePath>,
}

impl Classified {
    /// Why a step with these flags may not be shared, if so.
    #[must_use]
    pub fn uncacheable(&self) -> Option<String> {
        let flags = self.unknown.iter().map(|f| format!("`{f}`")).collect::<Vec<_>>().join(", ");
        (!self.unknown.is_empty()).then(|| format!("JMake does not know what {flags} reads or writes"))
    }

    fn put(&mut self, role: Role, flag: &str, argument: Option<&str>) {
        let list = match role {
            Role::Neutral => return,
            Role::Input => &mut self.inputs,
            Role::Included => {
                // A header that was compiled before goes in its place, wherever the header itself is.
                let compiled = argument.filter(|_| !flag.starts_with("-imacros"));
                let places = compiled.into_iter().flat_map(|header| driver_paths::COMPILED.iter().map(move |end| format!("{header}{end}")));
                self.named_paths.extend(places.map(|place| FilePath::from(place.as_str())));
                &mut self.included
            }
            Role::Output => &mut self.outputs,
            Role::SearchDir => &mut self.search_dirs,
            Role::Unknown => {
                let next = argument.filter(|a| !flag.ends_with(a));
                self.unknown.push(next.map_or_else(|| flag.to_owned(), |a| format!("{flag} {a}")));
                let words = [Some(flag), next].into_iter().flatten().flat_map(|word| word.split(['=', ',']));
                // A linker reads more words from a file that is named so.
                let words = words.map(|word| word.strip_prefix('@').unwrap_or(word));
                self.named_paths.extend(words.filter(|w| !w.is_empty() && !w.starts_with('-')).map(FilePath::from));
                return;
            }
        };
        list.extend(argument.map(FilePath::from));
    }
}

/// Sorts `flags` by what they name.
#[must_use]
pub fn classify<S: AsRef<str>>(flags: &[S]) -> Classified {
    let mut out = Classified::default();
    let mut words = flags.iter().map(AsRef::as_ref);
    while let Some(word) = words.next() {
        match find(word) {
            Some((name, form, role)) => {
                let rest = &word[name.len()..];
                let next = form == Form::Separate || (form == Form::Either && rest.is_empty());
                let argument = if next { words.next() } else { Some(rest).filter(|rest| !rest.is_empty()) };
                out.put(role, word, argument);
            }
            None => out.put(fallback(word), word, None),
        }
    }
    out
}

/// The row that fits: whole words first, then the longest beginning.
fn find(word: &str) -> Option<(&'static str, Form, Role)> {
    let fits = |(name, form, _): &&(&str, Form, Role)| match form {
        Form::Alone | Form::Separate => word == *name,
        Form::Joined | Form::Either => word.starts_with(name),
    };
    TABLE.iter().filter(fits).max_by_key(|(name, form, _)| (name.len(), matches!(form, Form::Alone | Form::Separate))).copied()
}

/// Families in which a flag without an argument names nothing.
fn fallback(word: &str) -> Role {
    let family = ["-f", "-m", "-W", "--"].iter().any(|family| word.starts_with(family));
    if family && !word.contains(['=', ',', '/']) && word.len() > 2 { Role::Neutral } else { Role::Unknown }
}

/// Whether objects are bitcode with these flags.
#[must_use]
pub fn makes_bitcode<S: AsRef<str>>(flags: &[S]) -> bool {
    let last = flags.iter().map(AsRef::as_ref).rfind(|f| *f == "-flto" || f.starts_with("-flto=") || *f == "-fno-lto");
    last.is_some_and(|flag| flag != "-fno-lto")
}

/// Whether a step with these flags may run as separate stages with the same result.
#[must_use]
pub fn can_be_staged<S: AsRef<str>>(flags: &[S]) -> bool {
    let known = classify(flags).unknown.is_empty();
    known && !makes_bitcode(flags) && !flags.iter().any(|f| f.as_ref().starts_with("-save-temps"))
}

#[cfg(test)]
mod tests;
