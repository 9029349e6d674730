//! When a text that differs in comments alone compiles to the same object: under flags of which that has been shown, in a compile
//! that said nothing. Does not know what comments are.
//!
//! What counts is the line that the driver expands the flags to, as that also carries what the environment and configuration files
//! add. A flag that is not in the table is one of which nothing is known.

mod table;

use super::flags::Form;
use crate::engine::discover::Language;
use crate::engine::report::StepKind;
use crate::engine::scan::comment_blind::{Dialect, Uses};
use table::TABLE;

/// Why comments count for a compile.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Counts {
    /// What the first one writes is read by others.
    #[error("comments count: the driver runs several programs")]
    Programs,
    /// Assembler, Objective-C, preprocessed text, a standard nobody here knows…
    #[error("comments count: the text is not C or C++ by a standard that JMake knows")]
    Language,
    /// Nobody has shown that they do not.
    #[error("comments may count under `{0}`")]
    Flag(String),
    /// Debug information holds a digest of each file.
    #[error("comments count for debug information in the form of DWARF 5: with -gdwarf-4 they do not")]
    Dwarf5,
}

/// How the driver's only program, from the lines that `-###` printed, reads its text, if comments do not count for it.
///
/// # Errors
/// They do, and why.
pub fn dialect_of(commands: &[Vec<String>]) -> Result<Dialect, Counts> {
    let [command] = commands else { return Err(Counts::Programs) };
    let mut line = Line::default();
    let mut words = command.iter().skip(1).map(String::as_str);
    while let Some(word) = words.next() {
        line.take(word, &mut words)?;
    }
    line.dialect()
}

/// How to read the texts of a compile whose comments do not count; `None` if plain digests stand. `dialect` is what
/// [`dialect_of`] says of the step's flags, `said` what the recorded run printed, `read` what its source and headers use, all of
/// them: files of which this is not known are in no such compile.
#[must_use]
pub fn may_stand_in(kind: StepKind, dialect: Option<Dialect>, said: &[u8], read: impl IntoIterator<Item = Uses>) -> Option<Dialect> {
    let compiles = matches!(kind, StepKind::Compile | StepKind::Frontend);
    // A warning shows its line, comments and all.
    let fits = compiles && said.is_empty() && !read.into_iter().any(Uses::bars_the_compile);
    dialect.filter(|_| fits)
}

/// What a line says so far.
#[derive(Default)]
struct Line<'a> {
    cc1: bool,
    language: Option<Language>,
    standard: Option<&'a str>,
    input: bool,
    debug: bool,
    dwarf: Option<&'a str>,
    /// Every warning is an error.
    strict: bool,
    /// `-Wcomment`, which `-Wall` holds but does not say.
    warns: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn take(&mut self, word: &'a str, rest: &mut impl Iterator<Item = &'a str>) -> Result<(), Counts> {
        let unknown = || Counts::Flag(word.to_owned());
        match word {
            "-cc1" => self.cc1 = true,
            "-x" => {
                self.language = match rest.next() {
                    Some("c") => Some(Language::C),
                    Some("c++") => Some(Language::Cxx),
                    _ => return Err(Counts::Language),
                }
            }
            "-mllvm" => return rest.next().filter(|option| table::LLVM.contains(option)).map(|_| ()).ok_or_else(unknown),
            _ if word.starts_with("-std=") => self.standard = word.strip_prefix("-std="),
            _ if word.starts_with("-dwarf-version=") => self.dwarf = word.strip_prefix("-dwarf-version="),
            _ if word.starts_with("-debug-info-kind=") => self.debug = true,
            _ if word.starts_with("-W") => return self.take_warning(word),
            _ if !word.starts_with('-') && !self.input => self.input = true,
            _ => return take_listed(word, rest).ok_or_else(unknown),
        }
        Ok(())
    }

    /// No warning but these looks at comments. Those that look at what is unclear in a text are not asked: it has no canonical text.
    fn take_warning(&mut self, word: &'a str) -> Result<(), Counts> {
        let name = word.strip_prefix("-Werror=").or_else(|| word.strip_prefix("-W")).unwrap_or_default();
        self.strict |= word == "-Werror";
        match name {
            "comment" | "comments" => self.warns = Some(word),
            "everything" => return Err(Counts::Flag(word.to_owned())),
            _ if name.starts_with("documentation") => return Err(Counts::Flag(word.to_owned())),
            _ => {}
        }
        Ok(())
    }

    fn dialect(self) -> Result<Dialect, Counts> {
        if self.debug && !matches!(self.dwarf, Some("2" | "3" | "4")) {
            return Err(Counts::Dwarf5);
        }
        if let Some(word) = self.warns.filter(|word| self.strict || word.starts_with("-Werror=")) {
            return Err(Counts::Flag(word.to_owned()));
        }
        let language = self.language.filter(|_| self.cc1).ok_or(Counts::Language)?;
        Dialect::of(language, self.standard).ok_or(Counts::Language)
    }
}

/// Takes a flag of the table, and its argument.
fn take_listed<'a>(word: &str, rest: &mut impl Iterator<Item = &'a str>) -> Option<()> {
    let fits = |(name, form): &&(&str, Form)| match form {
        Form::Alone | Form::Separate => word == *name,
        Form::Joined | Form::Either => word.starts_with(name),
    };
    let (name, form) = TABLE.iter().filter(fits).max_by_key(|(name, _)| name.len())?;
    let next = *form == Form::Separate || (*form == Form::Either && word.len() == name.len());
    let argument = if next { rest.next()? } else { &word[name.len()..] };
    (*name != "-D" || is_quiet(argument)).then_some(())
}

/// A macro that hides nothing that is looked for in texts.
fn is_quiet(definition: &str) -> bool {
    !["__DATE__", "__TIME__", "__TIMESTAMP__", "embed", "incbin", ".include", "import", "module"]
        .iter()
        .any(|word| definition.contains(word))
}

#[cfg(test)]
mod tests;
